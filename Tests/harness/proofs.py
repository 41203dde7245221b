"""Keys that clients hold, and the proofs that they make (RFC 9449)."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

from .messages import Answer
from .tokens import base64url

ISSUER = "http://localhost:8080"
MAKERS = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()), "EdDSA": ed25519.Ed25519PrivateKey.generate,
    "RS256": lambda: rsa.generate_private_key(65537, 2048), "PS256": lambda: rsa.generate_private_key(65537, 2048),
}


class Key:
    """A key of a client, which makes proofs."""

    def __init__(self, algorithm: str = "ES256", private=None):
        self.algorithm = algorithm
        self.private = private or MAKERS[algorithm]()
        public = get_default_algorithms()[algorithm].to_jwk(self.private.public_key(), as_dict=True)
        self.jwk = {name: public[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in public}

    @property
    def thumbprint(self) -> str:
        """RFC 7638."""
        text = json.dumps(self.jwk, separators=(",", ":"), sort_keys=True)
        return base64url(hashlib.sha256(text.encode()).digest())

    def proof(
        self, method: str, path: str, *, token: str | None = None, nonce: str | None = None,
        headers: dict | None = None, issuer: str = ISSUER, **claims
    ) -> str:
        """A proof for a request; a claim or a header that is None is left out."""
        usual = {"jti": uuid.uuid4().hex, "htm": method, "htu": issuer + path, "iat": int(time.time()), "nonce": nonce}
        if token is not None:
            usual["ath"] = ath(token)
        payload = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        head = {"typ": "dpop+jwt", "alg": self.algorithm, "jwk": self.jwk, **(headers or {})}
        head = {name: value for name, value in head.items() if value is not None}
        return self.sign(head, payload)

    def sign(self, header: dict, payload: dict) -> str:
        """A JWT with exactly these members, whatever they are."""
        parts = [base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, payload)]
        signed = ".".join(parts).encode()
        return ".".join([*parts, base64url(get_default_algorithms()[self.algorithm].sign(signed, self.private))])

    # Requests to a server.

    def headers(self, method: str, path: str, token: str | None = None, **options) -> dict:
        """The header of a proof, and for an access token that of its scheme."""
        headers = {"DPoP": self.proof(method, path, token=token, **options)}
        return headers | ({"Authorization": f"DPoP {token}"} if token is not None else {})

    def login(self, server, name: str = "ada", **members) -> dict:
        """A login that must succeed, of a session that is bound to this key."""
        tokens = server.login(name, headers=self.headers("POST", "/v1/login"), **members)
        return tokens

    def refresh(self, server, token: str, *, proof: str | None = None, **members) -> Answer:
        headers = {"DPoP": proof or self.proof("POST", "/v1/refresh")}
        return server.post("/v1/refresh", {"refresh_token": token, **members}, headers=headers)

    def rotate(self, server, token: str) -> dict:
        """A refresh that must succeed."""
        answer = self.refresh(server, token)
        assert answer.status == 200, answer
        return answer.json

    def session(self, server, token: str) -> Answer:
        return server.get("/v1/session", headers=self.headers("GET", "/v1/session", token))

    def assert_live(self, server, tokens: dict) -> None:
        """The session of these tokens, its newest ones, is live."""
        assert self.session(server, tokens["access_token"]).status == 200
        assert self.refresh(server, tokens["refresh_token"]).status == 200


def ath(token: str) -> str:
    return base64url(hashlib.sha256(token.encode()).digest())


def tampered(proof: str) -> str:
    """The same proof with another signature."""
    head, _, signature = proof.rpartition(".")
    data = bytearray(base64.urlsafe_b64decode(signature + "=="))
    data[-1] ^= 1
    return f"{head}.{base64url(bytes(data))}"


def unsigned(header: dict, payload: dict) -> str:
    return jwt.encode(payload, None, algorithm="none", headers=header)
