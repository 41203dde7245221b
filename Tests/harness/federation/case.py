"""What one issuer of the hostile provider does differently."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Reply:
    """An answer of an endpoint. `wait`: seconds before each part of the body; `cut`: the connection ends early."""

    body: bytes = b""
    status: int = 200
    headers: dict = field(default_factory=lambda: {"Content-Type": "application/json"})
    wait: float = 0
    cut: bool = False


Change = Callable[[dict], object]


def same(value):
    return value


@dataclass
class Case:
    """An issuer. Each function gets what an honest provider sends and returns what this one sends; bytes are sent as
    they are."""

    # Members of the discovery document.
    metadata: Change = same
    # Members of the key set.
    keys: Change = same
    # Claims of the ID token.
    claims: Change = same
    # Its header.
    header: Change = same
    # The compact token, after it was signed.
    token: Callable[[str], object] = same
    # Members of the token response.
    response: Change = same
    # Parameters of the authorization response: a list of pairs.
    redirect: Callable[[list], list] = same
    # Replies that replace an endpoint's: "discovery", "keys", "token".
    replies: dict[str, Callable[[], Reply] | Reply] = field(default_factory=dict)
    # The key that signs: a function of the provider.
    key: Callable | None = None
    algorithm: str = "RS256"
    # Whether the provider shows a page with a button before it answers.
    asks: bool = False
    # Keys of the provider in the service's configuration.
    settings: dict = field(default_factory=dict)


def without(*names: str) -> Change:
    """Removes members."""
    return lambda members: {name: value for name, value in members.items() if name not in names}


def having(**values) -> Change:
    """Replaces members; a function is called with the old value."""
    def change(members: dict) -> dict:
        return {**members, **{
            name: value(members.get(name)) if callable(value) else value for name, value in values.items()}}
    return change


def later(seconds: float) -> Callable:
    """A time from now."""
    return lambda _: int(time.time() + seconds)


def doubled(name: str, value: str) -> Callable[[dict], bytes]:
    """A JSON object with one member twice, first as `value`."""
    def change(members: dict) -> bytes:
        return b'{"%s":%s,' % (name.encode(), value.encode()) + json.dumps(members).encode()[1:]
    return change


def nested(depth: int) -> Callable[[dict], bytes]:
    """A JSON object with a deep member."""
    def change(members: dict) -> bytes:
        return b'{"deep":' + b"[" * depth + b"]" * depth + b"," + json.dumps(members).encode()[1:]
    return change
