"""Tokens as bytes and claims."""

from __future__ import annotations

import base64
import json


def claims(token: str) -> dict:
    """The claims of a JWT, not verified."""
    return json.loads(unbase64(token.split(".")[1]))


def unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
