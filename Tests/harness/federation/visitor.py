"""A browser that signs in with a provider, as the server sees it."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from ..cookies import Browser, cookies_of
from ..messages import Answer
from .provider import Issuer, Provider

ATTEMPT = "__Host-heirloom-login-"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
PAGE = {"Accept": "text/html"}


class Visitor(Browser):
    """A browser and the provider that it goes to."""

    def __init__(self, server, provider: Provider | None = None):
        super().__init__(server)
        self.provider = provider

    @property
    def attempts(self) -> list[str]:
        """The names of the cookies of attempts."""
        return [name for name in self.jar if name.startswith(ATTEMPT)]

    def begin(self, name: str, headers: dict | None = None, **fields: str) -> Answer:
        return self.post(f"/login/{name}", urlencode(fields), headers={**FORM, **(headers or {})}, csrf=None)

    def authorization_url(self, name: str, **fields: str) -> str:
        """Begins, and returns where the page goes on to."""
        answer = self.begin(name, **fields)
        assert answer.status == 200, answer
        return onward(answer)

    def ask(self, name: str, **fields: str) -> list[tuple[str, str]]:
        """Begins, and returns the provider's answer to the browser."""
        return self.issuer(name).authorize(urlsplit(self.authorization_url(name, **fields)).query)[1]

    def issuer(self, name: str) -> Issuer:
        return self.provider[name]

    def finish(self, name: str, answer: list[tuple[str, str]] | str, **options) -> Answer:
        query = answer if isinstance(answer, str) else urlencode(answer)
        return self.get(f"/login/{name}/finish?{query}", headers={**PAGE, **options.pop("headers", {})}, **options)

    def come_back(self, name: str, answer: list[tuple[str, str]], by: str = "GET") -> Answer:
        """The callback, as another site leads to it, and what its page steps on to."""
        fields = urlencode(answer)
        path, body = (f"/login/{name}/callback?{fields}", None) if by == "GET" else (f"/login/{name}/callback", fields)
        headers = {**(FORM if body else PAGE), "Sec-Fetch-Site": "cross-site", "Cookie": "", "Origin": "null"}
        step = self.request(by, path, body, headers=headers, csrf=None)
        assert step.status == 200 and "Set-Cookie" not in step.headers, step
        return self.get(onward(step), headers=PAGE)

    def sign_in(self, name: str, **fields: str) -> Answer:
        """All steps of a login; the answer of the last one."""
        return self.come_back(name, self.ask(name, **fields))

    @property
    def session(self) -> dict:
        answer = self.get("/v1/session")
        assert answer.status == 200, answer
        self.csrf = answer.json["csrf_token"]
        return answer.json

    def is_signed_in(self) -> bool:
        return self.get("/v1/session").status == 200


def onward(answer: Answer) -> str:
    """Where a page steps on to by a meta refresh."""
    found = re.search(r'<meta http-equiv="refresh" content="0; url=([^"]*)">', answer.body.decode())
    assert found, answer
    return html.unescape(found[1])


def parameters(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True))


def assert_only_clears_attempts(answer: Answer) -> None:
    """The answer sets no cookie, and clears none but those of attempts."""
    for name, (value, attributes) in cookies_of(answer).items():
        assert name.startswith(ATTEMPT) and value == "" and attributes["max-age"] == "0", answer
