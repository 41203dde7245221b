"""A provider with one issuer for each case. By default an issuer is honest and strict; its case breaks one thing."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from ..tokens import base64url
from .case import Case, Reply
from .jws import SigningKey, compact, half_hash, rsa_key

CLIENT, SECRET = "heirloom", "a secret-of_the.client~0123456789"


class Issuer:
    """One issuer: its case, its keys, its codes, and the requests that it got."""

    def __init__(self, provider: "Provider", name: str, case: Case):
        self.provider, self.name, self.case = provider, name, case
        self.url = f"{provider.origin}/{name}"
        self.published: list[SigningKey] = [rsa_key()]
        self.signing: SigningKey = rsa_key()
        self.subject = f"{name}|248289761001"
        self.sid: str | None = "upstream-session-1"
        self.codes: dict[str, dict] = {}
        self.requests: Counter = Counter()
        # What came to the token endpoint.
        self.exchanges: list[dict] = []
        # The parameters of the last authorization request.
        self.asked: dict = {}

    # Documents.

    def metadata(self) -> object:
        return self.case.metadata({
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo", "response_types_supported": ["code"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": [
                "RS256", "PS256", "ES256", "EdDSA"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "authorization_response_iss_parameter_supported": True, "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True})

    def key_set(self) -> object:
        return self.case.keys({"keys": [key.jwk for key in self.published]})

    def claims(self, **changes) -> dict:
        """The claims of an honest ID token, without a nonce."""
        now = int(time.time())
        claims = {"iss": self.url, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300, **changes}
        return {**claims, "sid": self.sid} if self.sid else claims

    def sign(self, claims: dict | bytes, header: dict | None = None) -> str:
        """A token that the issuer signs as its case says."""
        key = self.case.key(self) if self.case.key else self.signing
        algorithm = self.case.algorithm
        return compact(header or {"alg": algorithm, "kid": getattr(key, "kid", "one"), "typ": "JWT"}, claims, key,
                       algorithm)

    def id_token(self, nonce: str | None, access_token: str) -> object:
        claims = self.claims()
        if nonce is not None:
            claims["nonce"] = nonce
        claims["at_hash"] = half_hash(access_token, self.case.algorithm)
        if "max_age" in self.asked:
            claims["auth_time"] = claims["iat"]
        key = self.case.key(self) if self.case.key else self.signing
        header = self.case.header({
            "alg": self.case.algorithm, "kid": getattr(key, "kid", "one"), "typ": "JWT"})
        return self.case.token(self.sign(self.case.claims(claims), header))

    def logout_token(self, header: dict | None = None, **changes) -> str:
        """A logout token (OpenID Connect Back-Channel Logout 1.0 §2.4); a claim that is `None` is left out."""
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": secrets.token_urlsafe(16),
            "sub": self.subject, "sid": self.sid,
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}}, **changes}
        return self.sign({name: value for name, value in claims.items() if value is not None},
                         header or {"alg": self.case.algorithm, "kid": self.signing.kid, "typ": "logout+jwt"})

    # Endpoints.

    def authorize(self, query: str) -> tuple[str, list[tuple[str, str]], str]:
        """The redirect URI, the parameters of the answer and the response mode."""
        asked = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True))
        self.requests["authorize"] += 1
        self.asked = asked
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT, asked
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split(), asked
        code = secrets.token_urlsafe(24)
        self.codes[code] = asked
        answer = [("code", code), ("state", asked["state"]), ("iss", self.url)]
        return asked["redirect_uri"], self.case.redirect(answer), asked.get("response_mode", "query")

    def exchange(self, headers, body: bytes) -> Reply:
        """The token endpoint of a strict provider: HTTP Basic or a form, PKCE, and codes that work once."""
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        self.exchanges.append(fields)
        client, secret = fields.get("client_id"), fields.get("client_secret")
        if (header := headers.get("Authorization")) is not None:
            pair = base64.b64decode(header.removeprefix("Basic ")).decode()
            client, secret = (unquote_plus(part) for part in pair.split(":", 1))
        if (client, secret) != (CLIENT, SECRET):
            return Reply(b'{"error":"invalid_client"}', 401)
        asked = self.codes.pop(fields.get("code", ""), None)
        challenge = base64url(hashlib.sha256(fields.get("code_verifier", "").encode()).digest())
        if not asked or asked["code_challenge"] != challenge or asked["redirect_uri"] != fields.get("redirect_uri"):
            return Reply(b'{"error":"invalid_grant"}', 400)
        access_token = secrets.token_urlsafe(24)
        members = {"access_token": access_token, "token_type": "Bearer", "expires_in": 300,
                   "id_token": self.id_token(asked.get("nonce"), access_token)}
        return Reply(document(self.case.response(members)))

    def reply(self, endpoint: str, handler: BaseHTTPRequestHandler, body: bytes) -> Reply:
        self.requests[endpoint] += 1
        replacement = self.case.replies.get(endpoint)
        if replacement is not None:
            return replacement() if callable(replacement) else replacement
        if endpoint == "discovery":
            return Reply(document(self.metadata()))
        if endpoint == "keys":
            return Reply(document(self.key_set()))
        if endpoint == "token":
            return self.exchange(handler.headers, body)
        return Reply(b'{"error":"not found"}', 404)


class Provider:
    """An HTTP server on loopback with an issuer for each case. `host`: how it is named in its issuers."""

    def __init__(self, cases: dict[str, Case], host: str = "127.0.0.1"):
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                provider.answer(self, b"")

            def do_POST(self):
                provider.answer(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.origin = f"http://{host}:{self.server.server_port}"
        # Ends what hangs when the provider ends.
        self.ended = threading.Event()
        self.last_place = ""
        self.issuers = {name: Issuer(self, name, case) for name, case in cases.items()}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __getitem__(self, name: str) -> Issuer:
        return self.issuers[name]

    def settings(self, secret_file) -> dict:
        """The section `federation` of the service's configuration."""
        secret_file.write_text(SECRET)
        return {"providers": {
            name: {"name": f"The {name}", "issuer": issuer.url, "clientId": CLIENT,
                   "clientSecretFile": str(secret_file), **issuer.case.settings}
            for name, issuer in self.issuers.items()}}

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        if self.ended.is_set():
            # Connections that stayed open end too.
            handler.close_connection = True
            return
        url = urlsplit(handler.path)
        _, name, *rest = url.path.split("/")
        issuer, path = self.issuers.get(name), "/".join(rest)
        if issuer is None:
            handler.send_error(404)
        elif path == "authorize" and issuer.case.asks:
            self.send_form(handler, "get", f"{issuer.url}/agree", parse_qsl(url.query), f"Agree to {name}")
        elif path in ("authorize", "agree"):
            self.send_browser(handler, *issuer.authorize(url.query))
        else:
            endpoint = {".well-known/openid-configuration": "discovery"}.get(path, path)
            self.send(handler, issuer.reply(endpoint, handler, body))

    def send_browser(self, handler, place: str, answer: list[tuple[str, str]], mode: str) -> None:
        """Leads a browser back: by a redirect, or by a form that a person submits (`form_post`)."""
        # Where the last answer led.
        self.last_place = f"{place}?{urlencode(answer)}"
        if mode == "query":
            handler.send_response(302)
            handler.send_header("Location", self.last_place)
            handler.send_header("Content-Length", "0")
            return handler.end_headers()
        self.send_form(handler, "post", place, answer, "Go back")

    def send_form(self, handler, method: str, place: str, fields: list[tuple[str, str]], button: str) -> None:
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">' for name, value in fields)
        page = f'<form method="{method}" action="{html.escape(place)}">{hidden}<button>{button}</button></form>'
        self.send(handler, Reply(page.encode(), headers={"Content-Type": "text/html; charset=utf-8"}))

    def send(self, handler, reply: Reply) -> None:
        if reply.wait and self.ended.wait(reply.wait):
            return
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body) + (10 if reply.cut else 0)))
        handler.end_headers()
        try:
            handler.wfile.write(reply.body)
        except OSError:
            pass
        handler.close_connection = reply.cut or handler.close_connection

    def end(self) -> None:
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()


def document(value) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()
