"""Proofs of possession (RFC 9449), also wrong ones."""

from __future__ import annotations

import hashlib
import json
import time
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from .tokens import base64url


class ProofKey:
    """A key of a client, ES256."""

    def __init__(self):
        self.private = ec.generate_private_key(ec.SECP256R1())
        numbers = self.private.public_key().public_numbers()
        # In the order of a thumbprint (RFC 7638 §3).
        self.jwk = {
            "crv": "P-256", "kty": "EC", "x": base64url(numbers.x.to_bytes(32, "big")),
            "y": base64url(numbers.y.to_bytes(32, "big"))}

    @property
    def thumbprint(self) -> str:
        return base64url(hashlib.sha256(json.dumps(self.jwk, separators=(",", ":")).encode()).digest())

    def sign(self, header: dict, claims: dict) -> str:
        text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        r, s = decode_dss_signature(self.private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def proof(self, method: str, url: str, token: str | None = None, *, header: dict | None = None, **claims) -> str:
        """A proof for a request, with an access token or without one. A claim or member of None is left out."""
        whole = {"jti": str(uuid.uuid4()), "htm": method, "htu": url, "iat": int(time.time())}
        if token is not None:
            whole["ath"] = base64url(hashlib.sha256(token.encode()).digest())
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk, **(header or {})}
        return self.sign(
            {name: value for name, value in head.items() if value is not None},
            {name: value for name, value in {**whole, **claims}.items() if value is not None})

    def headers(self, method: str, url: str, token: str, **claims) -> dict[str, str]:
        """The headers of a request that is authorized by a bound access token."""
        return {"Authorization": f"DPoP {token}", "DPoP": self.proof(method, url, token, **claims)}
