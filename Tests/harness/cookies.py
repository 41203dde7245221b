"""A browser as the server sees one: it keeps cookies and sends the site that its requests come from."""

from __future__ import annotations

from .messages import Answer
from .server import Server
from .settings import PASSWORD

ACCESS, REFRESH = "__Host-heirloom-access", "__Host-heirloom-refresh"
SAME = {"Sec-Fetch-Site": "same-origin"}


def cookies_of(answer: Answer) -> dict[str, tuple[str, dict]]:
    """The cookies that an answer sets: value and attributes, the attributes' names in lower case."""
    found = {}
    for line in answer.headers.get_all("Set-Cookie") or []:
        pair, *attributes = [part.strip() for part in line.split(";")]
        name, value = pair.split("=", 1)
        assert name not in found, line
        found[name] = (value, {key.lower(): rest for key, _, rest in (part.partition("=") for part in attributes)})
    return found


class Browser:
    """A browser with the cookies of one server. `csrf=None` sends no CSRF token."""

    def __init__(self, server: Server):
        self.server = server
        self.jar: dict[str, str] = {}
        self.csrf = ""

    def request(
        self, method: str, path: str, body=None, *, headers: dict | None = None, csrf: str | None = "own"
    ) -> Answer:
        sent = {**SAME, **(headers or {})}
        if self.jar:
            sent.setdefault("Cookie", "; ".join(f"{name}={value}" for name, value in self.jar.items()))
        if csrf is not None and method != "GET":
            sent["X-CSRF-Token"] = self.csrf if csrf == "own" else csrf
        answer = self.server.request(method, path, body, headers={key: value for key, value in sent.items() if value})
        for name, (value, attributes) in cookies_of(answer).items():
            if attributes.get("max-age") == "0":
                self.jar.pop(name, None)
            else:
                self.jar[name] = value
        return answer

    def get(self, path: str, **options) -> Answer:
        return self.request("GET", path, **options)

    def post(self, path: str, body=None, **options) -> Answer:
        return self.request("POST", path, body, **options)

    def login(self, name: str = "ada", password: str = PASSWORD) -> Answer:
        answer = self.post("/v1/login", {"username": name, "password": password, "delivery": "cookie"}, csrf=None)
        assert answer.status == 200, answer
        self.csrf = answer.json["csrf_token"]
        return answer
