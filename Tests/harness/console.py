"""The console of a server as one visitor's browser sees it."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

from .cookies import SAME, cookies_of
from .endpoint import Endpoint
from .messages import Answer
from .server import Server


class Console(Endpoint):
    """A visitor of the console, with the cookie and the CSRF token that the server gave them."""

    cookie_name = "heirloom-console"

    def __init__(self, server: Server):
        super().__init__(server.admin_port)
        self.server = server
        self.cookie: str | None = None
        self.csrf: str | None = None

    def request(self, method: str, path: str, body=None, *, headers: dict | None = None, **options) -> Answer:
        sent = {"Accept": "text/html", **(headers or {})}
        if self.cookie:
            sent.setdefault("Cookie", f"{self.cookie_name}={self.cookie}")
        answer = super().request(method, path, body, headers={k: v for k, v in sent.items() if v}, **options)
        if self.cookie_name in cookies_of(answer):
            self.cookie = cookies_of(answer)[self.cookie_name][0] or None
        if token := re.search(r'name="csrf" value="([\w-]+)"', answer.body.decode(errors="replace")):
            self.csrf = token[1]
        return answer

    def submit(self, path: str, headers: dict | None = None, **fields) -> Answer:
        """Sends a form of the console, with the CSRF token unless `fields` names another."""
        fields = {"csrf": self.csrf, **fields}
        body = urlencode({name: value for name, value in fields.items() if value is not None})
        form = {"Content-Type": "application/x-www-form-urlencoded", **SAME}
        return self.post(path, body, headers={**form, **(headers or {})})

    def link(self) -> str:
        """The path of a new one-time link."""
        return re.fullmatch(r"http://[^/]+(/console/enter\?token=[\w-]+)\n", self.server.command("console"))[1]

    def enter(self) -> "Console":
        """Signs in by a link."""
        page = self.get(self.link())
        assert page.status == 200, page
        token = re.search(r'name="token" value="([\w-]+)"', page.body.decode())[1]
        answer = self.submit("/console/enter", csrf=None, token=token)
        assert (answer.status, answer.headers["Location"]) == (303, "/console"), answer
        assert self.get("/console").status == 200
        return self

    def text(self, path: str) -> str:
        """The words of a page."""
        answer = self.get(path)
        assert answer.status == 200, answer
        body = answer.body.decode().split("<main", 1)[1]
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body.split(">", 1)[1])).split())
