"""OAuth clients of the service."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from .messages import Answer
from .server import Server


@dataclass
class Client:
    name: str
    secret: str

    @property
    def basic(self) -> str:
        """The Authorization header: HTTP Basic of the form-encoded id and secret (RFC 6749 §2.3.1)."""
        pair = f"{quote(self.name, safe='')}:{quote(self.secret, safe='')}"
        return "Basic " + base64.b64encode(pair.encode()).decode()


def add_client(server: Server, name: str, *options: str, confidential: bool = True) -> Client:
    kind = ["--confidential"] if confidential else []
    made = json.loads(server.command("client", "add", name, *kind, "--json", *options))
    assert made["client_id"] == name
    return Client(name, made.get("client_secret", ""))


def add_back_end(server: Server, name: str, *options: str) -> Client:
    """A confidential client with every permission: it may open sessions for anybody."""
    return add_client(server, name, "--permit", "introspect,feed,credentials,vouch", *options)


def vouch(server: Server, client: Client, subject: str, **members) -> dict:
    """Opens a session as `client`, for a subject that the client has authenticated itself."""
    answer = server.post("/v1/sessions", {"subject": subject, **members}, headers={"Authorization": client.basic})
    assert answer.status == 201, answer
    return answer.json


def form(server: Server, path: str, fields: dict | str, client: Client | None = None) -> Answer:
    """Posts a form; `client` authenticates by HTTP Basic."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if client is not None:
        headers["Authorization"] = client.basic
    return server.post(path, fields if isinstance(fields, str) else urlencode(fields), headers=headers)
