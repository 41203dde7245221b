"""Clients that authenticate with a key instead of a secret: private_key_jwt (RFC 7521, RFC 7523)."""

from __future__ import annotations

import json
import time
import uuid

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

from harness import Answer, Server, add_back_end, add_client, form, together, vouch
from harness.admin import Admin

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ISSUER = "http://localhost:8080"
MAKERS = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()), "EdDSA": ed25519.Ed25519PrivateKey.generate,
    "RS256": lambda: rsa.generate_private_key(65537, 2048), "PS256": lambda: rsa.generate_private_key(65537, 2048),
}


class KeyClient:
    """A client with a key instead of a secret."""

    def __init__(self, server: Server, name: str, algorithm: str = "ES256"):
        self.server, self.name, self.algorithm = server, name, algorithm
        self.new_key()
        run = server.cli("client", "add", name, "--confidential", "--json", "--jwks-file", str(self.write_keys()))
        assert run.returncode == 0, run
        assert json.loads(run.stdout) == {"client_id": name}  # No secret beside the key.

    def new_key(self) -> None:
        self.key = MAKERS[self.algorithm]()
        public = get_default_algorithms()[self.algorithm].to_jwk(self.key.public_key(), as_dict=True)
        self.jwks = {"keys": [{**public, "alg": self.algorithm, "kid": uuid.uuid4().hex}]}

    def write_keys(self):
        file = self.server.folder / f"{self.name}.jwks.json"
        file.write_text(json.dumps(self.jwks))
        return file

    def assertion(self, headers: dict | None = None, **claims) -> str:
        now = int(time.time())
        usual = {
            "iss": self.name, "sub": self.name, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": uuid.uuid4().hex}
        payload = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        headers = {"kid": self.jwks["keys"][0]["kid"], **(headers or {})}
        return jwt.encode(payload, self.key, algorithm=self.algorithm, headers=headers)

    def fields(self, assertion: str | None = None, **fields) -> dict:
        return {"client_assertion_type": TYPE, "client_assertion": assertion or self.assertion(), **fields}

    def token(self, assertion: str | None = None, **fields) -> Answer:
        usual = {"grant_type": "client_credentials"} | fields
        return form(self.server, "/oauth/token", self.fields(assertion, **usual))


def assert_refused(answer: Answer, words: str = "") -> None:
    assert answer.status == 401 and answer.json["error"] == "invalid_client", answer
    assert answer.headers["WWW-Authenticate"] and words in answer.json["error_description"], answer


@pytest.fixture(scope="module")
def client(server):
    return KeyClient(server, "keyed")


@pytest.mark.parametrize("algorithm", MAKERS)
def test_a_key_of_each_algorithm_authenticates_its_client(server, algorithm):
    client = KeyClient(server, f"keyed-{algorithm}", algorithm)
    assert client.token().status == 200
    assert client.token(client_id=client.name).status == 200
    other = KeyClient(server, f"other-{algorithm}", algorithm)
    assert_refused(client.token(other.assertion(iss=client.name, sub=client.name)))


def test_an_assertion_works_once(make_server):
    server = make_server()
    client = KeyClient(server, "keyed")
    used = client.assertion()
    answers = [answer.status for answer in together(*[lambda: client.token(used)] * 16)]
    assert sorted(answers) == [200] + [401] * 15
    assert_refused(client.token(used), "jti")
    # Nor after a crash, nor as another assertion with the same jti.
    server.kill()
    server.start()
    assert_refused(client.token(used), "jti")
    jti = jwt.decode(used, options={"verify_signature": False})["jti"]
    assert_refused(client.token(client.assertion(jti=jti)), "jti")
    assert client.token().status == 200


def test_an_assertion_is_accepted_at_every_oauth_endpoint(server, client):
    caller = add_back_end(server, "key-voucher")
    tokens = vouch(server, caller, "carl", client_id=client.name)
    refreshed = client.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.status == 200, refreshed
    asked = form(server, "/oauth/introspect", client.fields(token=refreshed.json["access_token"]))
    assert asked.json["active"] and asked.json["client_id"] == client.name
    own = client.assertion(aud=ISSUER + "/oauth/revoke")
    assert form(server, "/oauth/revoke", client.fields(own, token=refreshed.json["refresh_token"])).status == 200
    asked = form(server, "/oauth/introspect", client.fields(token=refreshed.json["access_token"]))
    assert asked.json == {"active": False}
    # Its tokens are useless without the key.
    again = vouch(server, caller, "carl", client_id=client.name)
    refused = form(server, "/oauth/token", {
        "grant_type": "refresh_token", "refresh_token": again["refresh_token"], "client_id": client.name})
    assert_refused(refused)


def test_a_refused_assertion_is_explained_only_to_the_holder_of_the_key(client):
    now = int(time.time())
    for words, claims in [
        ("aud", {"aud": "https://other.example"}), ("aud", {"aud": None}), ("aud", {"aud": [ISSUER + "/x"]}),
        ("exp", {"exp": None}), ("exp", {"exp": now - 120}), ("exp", {"exp": now + 86_400}), ("exp", {"exp": "soon"}),
        ("jti", {"jti": None}), ("jti", {"jti": ""}), ("iat", {"iat": now + 3600}), ("nbf", {"nbf": now + 3600}),
        ("iss", {"iss": "somebody"}),
    ]:
        assert_refused(client.token(client.assertion(**claims)), words)
    # A caller without the key gets no detail.
    forged = client.assertion(exp=now - 120).rsplit(".", 1)[0] + "." + client.assertion().rsplit(".", 1)[1]
    for assertion in (forged, "x", "." * 5000, client.assertion(sub="nobody"), client.assertion(sub=None),
                      client.assertion({"typ": "at+jwt"}), client.assertion({"kid": "x"}),
                      client.assertion({"crit": ["exp"]})):
        answer = client.token(assertion)
        assert_refused(answer)
        assert "client_assertion" not in answer.json["error_description"]


def test_a_second_way_to_authenticate_in_one_request_is_refused(server, client):
    secretive = add_client(server, "secretive")
    good = {"grant_type": "client_credentials", **client.fields()}
    for fields, basic in [
        ({**good, "client_secret": secretive.secret}, None), (good, secretive),
        ({**good, "client_assertion_type": "urn:x"}, None),
        ({name: value for name, value in good.items() if name != "client_assertion_type"}, None),
    ]:
        answer = form(server, "/oauth/token", fields, basic)
        assert answer.status == 400 and answer.json["error"] == "invalid_request", answer
    assert_refused(client.token(client_id="secretive"))
    assert_refused(form(server, "/oauth/token", {"grant_type": "client_credentials", "client_assertion_type": TYPE}))
    # A client with a secret has no key to sign with.
    assert_refused(client.token(client.assertion(iss="secretive", sub="secretive")))
    # An access token is no assertion.
    access = client.token().json["access_token"]
    assert_refused(client.token(access))


def test_keys_are_replaced_by_command_and_by_the_admin_api(make_server):
    server = make_server()
    client = KeyClient(server, "keyed")
    old = client.assertion()
    client.new_key()
    server.command("client", "set-keys", "keyed", "--jwks-file", str(client.write_keys()))
    assert_refused(client.token(old))
    assert client.token().status == 200
    admin = Admin(server)
    client.new_key()
    assert admin.request("PUT", "/admin/v1/clients/keyed/jwks", client.jwks).status == 204
    assert client.token().status == 200
    listed = admin.get_json("/admin/v1/clients/keyed")
    assert listed["jwks"]["keys"][0]["kid"] == client.jwks["keys"][0]["kid"] and listed["secrets"] == 0
    answer = admin.request("POST", "/admin/v1/clients", {"client_id": "made", "jwks": client.jwks})
    assert answer.status == 201 and answer.json["confidential"] and "client_secret" not in answer.json, answer
    assert admin.request("PUT", "/admin/v1/clients/web/jwks", client.jwks).status == 404
    # A private key is refused, and no answer repeats it.
    private = get_default_algorithms()["ES256"].to_jwk(client.key, as_dict=True)
    for body in (private, {"keys": [private]}, {"keys": []}, {"keys": 1}, {}, {"jwks": []}):
        answer = admin.request("PUT", "/admin/v1/clients/keyed/jwks", body)
        assert answer.status == 400 and private["d"] not in answer.body.decode(), answer
    file = server.folder / "private.json"
    file.write_text(json.dumps(private))
    run = server.cli("client", "add", "third", "--confidential", "--jwks-file", str(file))
    assert run.returncode == 1 and "private" in run.stderr and private["d"] not in run.stderr, run
