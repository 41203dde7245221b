"""Verifies Heirloom's access tokens, and refuses those of ended sessions within milliseconds: it follows the feed.

Needs PyJWT[crypto] and requests, and a client: heirloom client add NAME --confidential --permit feed
"""

import logging
import threading
import time

import jwt
import requests


class Verifier:
    def __init__(self, issuer, audience, client, server=None):
        self.issuer, self.audience, self.client = issuer, audience, client
        self.server = (server or issuer).rstrip("/")
        self.keys = jwt.PyJWKClient(self.server + "/.well-known/jwks.json")
        self.revoked, self.next = {}, 0  # (kind, id): (before, until)
        self.read(wait=0)
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self):
        while True:
            try:
                self.read(wait=30)
            except Exception as error:
                logging.warning("The feed cannot be read, and what is known stays in force: %s", error)
                time.sleep(1)

    def read(self, wait):
        url = f"{self.server}/v1/revocations?after={self.next}&wait={wait}"
        answer = requests.get(url, auth=self.client, timeout=60)
        answer.raise_for_status()
        page = answer.json()
        kept = {} if page["reset"] else {k: v for k, v in self.revoked.items() if v[1] > time.time() - 10}
        for entry in page["revocations"]:
            before, until = kept.get((entry["kind"], entry["id"]), (0, 0))
            kept[entry["kind"], entry["id"]] = max(before, entry.get("before", 0)), max(until, entry["until"])
        self.revoked, self.next = kept, page["next"]

    def verify(self, token):
        """Returns the claims. Raises jwt.ExpiredSignatureError when a refresh helps, else jwt.PyJWTError."""
        claims = jwt.decode(
            token, self.keys.get_signing_key_from_jwt(token), algorithms=["ES256"], issuer=self.issuer, leeway=10,
            audience=self.audience, options={"require": ["exp", "iss", "aud", "sub", "client_id", "iat", "jti"]})
        if jwt.get_unverified_header(token).get("typ") != "at+jwt" or "cnf" in claims:
            raise jwt.InvalidTokenError("this is not an access token for bearers")
        subject, session = claims["sub"], claims.get("sid")
        # The time in the session's id, a UUIDv7. A client's own token has no session.
        opened = int(session.replace("-", "")[:12], 16) if session else claims["iat"] * 1000
        if ("session", session) in self.revoked or opened < self.revoked.get(("subject", subject), (0,))[0]:
            raise jwt.InvalidTokenError("the session has ended")
        if claims["iat"] < self.revoked.get(("claims", subject), (0,))[0]:
            raise jwt.ExpiredSignatureError("the claims have changed")
        return claims
