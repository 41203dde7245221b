"""An OpenID provider that signs people in and ends their sessions."""

import base64
import hashlib
import json
import pathlib
import subprocess
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Provider:
    """Publishes its metadata and its key, and signs with the program openssl."""

    name, audience = "bench", "bench-app"

    def __init__(self, folder: pathlib.Path):
        self.key = folder / "provider.pem"
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.key)
        modulus = openssl("rsa", "-in", self.key, "-noout", "-modulus").decode().strip().split("=")[1]
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = json.dumps(provider.documents.get(self.path, {})).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        jwk = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "k", "n": encode(bytes.fromhex(modulus)), "e": "AQAB"}
        self.documents = {
            "/keys": {"keys": [jwk]},
            "/.well-known/openid-configuration": {
                "issuer": self.issuer, "jwks_uri": self.issuer + "/keys",
                "authorization_endpoint": self.issuer + "/authorize", "token_endpoint": self.issuer + "/token",
                "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"]}}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def settings(self) -> dict:
        """The section `federation` of the service's configuration."""
        return {"providers": {self.name: {
            "name": "Bench", "issuer": self.issuer, "clientId": self.audience, "clientAuthentication": "none",
            "audiences": [self.audience]}}}

    def id_token(self, subject: str, nonce: str) -> str:
        now = int(time.time())
        return self.sign({"typ": "JWT"}, {
            "iss": self.issuer, "sub": subject, "aud": self.audience, "iat": now, "exp": now + 300, "sid": subject,
            "nonce": hashlib.sha256(nonce.encode()).hexdigest()})

    def logout_token(self, subject: str) -> str:
        now = int(time.time())
        return self.sign({"typ": "logout+jwt"}, {
            "iss": self.issuer, "sub": subject, "sid": subject, "aud": self.audience, "iat": now, "exp": now + 120,
            "jti": str(uuid.uuid4()), "events": {"http://schemas.openid.net/event/backchannel-logout": {}}})

    def sign(self, header: dict, claims: dict) -> str:
        data = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "k", **header}, claims))
        return data + "." + encode(openssl("dgst", "-sha256", "-sign", self.key, input=data.encode()))

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def openssl(*arguments, input: bytes | None = None) -> bytes:
    return subprocess.run(["openssl", *arguments], input=input, check=True, capture_output=True).stdout


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
