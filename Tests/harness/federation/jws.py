"""Keys and signatures of the hostile provider, with every part open to change."""

from __future__ import annotations

import hashlib
import hmac
import json
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from ..tokens import base64url

HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}


class SigningKey:
    """A signing key and its public JWK."""

    def __init__(self, private, kid: str):
        self.private, self.kid = private, kid

    @property
    def jwk(self) -> dict:
        """Complete: with `alg`, `use` and `kid`."""
        public = self.private.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            numbers = public.public_numbers()
            members = {"kty": "RSA", "alg": "RS256", "n": number(numbers.n), "e": number(numbers.e)}
        elif isinstance(public, ec.EllipticCurvePublicKey):
            numbers = public.public_numbers()
            members = {"kty": "EC", "crv": "P-256", "alg": "ES256", "x": number(numbers.x, 32),
                       "y": number(numbers.y, 32)}
        else:
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            members = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": base64url(raw)}
        return {**members, "use": "sig", "kid": self.kid}

    @property
    def pem(self) -> bytes:
        """The public key, as a confused verifier would use it for an HMAC."""
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, data: bytes, algorithm: str) -> bytes:
        if algorithm == "none":
            return b""
        if algorithm == "EdDSA":
            return self.private.sign(data)
        digest = HASHES[algorithm[2:]]()
        if algorithm.startswith("ES"):
            pair = decode_dss_signature(self.private.sign(data, ec.ECDSA(digest)))
            return b"".join(part.to_bytes(32, "big") for part in pair)
        if algorithm.startswith("PS"):
            return self.private.sign(data, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
        return self.private.sign(data, padding.PKCS1v15(), digest)


class HMACKey:
    """A secret that is used where a signature should be."""

    def __init__(self, secret: bytes):
        self.secret = secret

    def sign(self, data: bytes, algorithm: str) -> bytes:
        return hmac.new(self.secret, data, hashlib.sha256).digest()


@cache
def rsa_key(kid: str = "one", bits: int = 2048) -> SigningKey:
    return SigningKey(rsa.generate_private_key(65537, bits), kid)


@cache
def ec_key(kid: str = "curve") -> SigningKey:
    return SigningKey(ec.generate_private_key(ec.SECP256R1()), kid)


@cache
def ed_key(kid: str = "edwards") -> SigningKey:
    return SigningKey(ed25519.Ed25519PrivateKey.generate(), kid)


def number(value: int, length: int | None = None) -> str:
    return base64url(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


def compact(header: dict | bytes, payload: dict | bytes, key, algorithm: str = "RS256") -> str:
    """A JWS in compact form. Header and payload are signed as they are."""
    def part(value) -> str:
        return base64url(value if isinstance(value, bytes) else json.dumps(value).encode())

    data = f"{part(header)}.{part(payload)}"
    return f"{data}.{base64url(key.sign(data.encode(), algorithm))}"


def half_hash(text: str, algorithm: str) -> str:
    """at_hash (OpenID Connect Core §3.1.3.6)."""
    whole = hashlib.new("sha512" if algorithm == "EdDSA" else f"sha{algorithm[2:]}", text.encode()).digest()
    return base64url(whole[:len(whole) // 2])
