"""Verifies Heirloom's access tokens, and refuses those of ended sessions within milliseconds: it follows the feed.

Needs PyJWT[crypto] and requests, and a client: heirloom client add NAME --confidential --permit feed
"""

import threading
import time

import jwt
import requests


class Verifier:
    def __init__(self, issuer: str, audience: str, client: tuple[str, str], server: str | None = None):
        self.issuer, self.audience, self.client = issuer, audience, client
        self.server = (server or issuer).rstrip("/")
        self.keys = jwt.PyJWKClient(self.server + "/.well-known/jwks.json")
        self.revoked: dict[tuple, tuple] = {}  # (kind, id): (before, until)
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self):
        after = 0
        while True:
            try:
                query = {"after": after, "wait": 30}
                answer = requests.get(self.server + "/v1/revocations", query, auth=self.client, timeout=60)
                answer.raise_for_status()
                page = answer.json()
            except requests.RequestException:  # What is known stays in force.
                time.sleep(1)
                continue
            kept = {} if page["reset"] else {k: v for k, v in self.revoked.items() if v[1] > time.time() - 10}
            for entry in page["revocations"]:
                key = entry["kind"], entry["id"]
                before, until = kept.get(key, (0, 0))
                kept[key] = max(before, entry.get("before", 0)), max(until, entry["until"])
            self.revoked, after = kept, page["next"]

    def verify(self, token: str) -> dict:
        """Returns the claims. Raises jwt.ExpiredSignatureError when a refresh helps, else jwt.PyJWTError."""
        if jwt.get_unverified_header(token).get("typ") != "at+jwt":
            raise jwt.InvalidTokenError("this is not an access token")
        claims = jwt.decode(
            token, self.keys.get_signing_key_from_jwt(token), algorithms=["ES256"], issuer=self.issuer, leeway=10,
            audience=self.audience, options={"require": ["exp", "iss", "aud", "sub", "client_id", "iat", "jti"]})
        if "cnf" in claims:
            raise jwt.InvalidTokenError("this token is bound to a key, and needs a proof")
        subject, session = claims["sub"], claims.get("sid")
        # The time in the session's id, a UUIDv7. A client's own token has no session.
        opened = int(session.replace("-", "")[:12], 16) if session else claims["iat"] * 1000
        if ("session", session) in self.revoked or opened < self.revoked.get(("subject", subject), (0,))[0]:
            raise jwt.InvalidTokenError("the session has ended")
        if claims["iat"] < self.revoked.get(("claims", subject), (0,))[0]:
            raise jwt.ExpiredSignatureError("the claims have changed")
        return claims
