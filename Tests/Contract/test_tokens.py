"""Access tokens and the published keys, verified with other projects' libraries."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, mldsa
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet

from harness import TIMEOUT, add_back_end, assert_problem, base64url, claims, unbase64, vouch

ISSUER, AUDIENCE = "http://localhost:8080", "api"
KEY_MEMBERS = {
    "ES256": {"kty": "EC", "crv": "P-256", "x": None, "y": None},
    "EdDSA": {"kty": "OKP", "crv": "Ed25519", "x": None},
    "RS256": {"kty": "RSA", "n": None, "e": None},
    "ML-DSA-65": {"kty": "AKP", "pub": None},
}


@pytest.fixture(scope="module", params=KEY_MEMBERS)
def signing(request, make_shared_server):
    """A server for each algorithm."""
    server = make_shared_server({"accessToken": {"algorithm": request.param}})
    server.algorithm = request.param
    return server


def key_set(server) -> list[dict]:
    return server.get("/.well-known/jwks.json").json["keys"]


def header(token: str) -> dict:
    return json.loads(unbase64(token.split(".")[0]))


def key_of(server, token: str) -> dict:
    (key,) = [key for key in key_set(server) if key["kid"] == header(token)["kid"]]
    return key


def verify(server, token: str) -> dict:
    """Verifies a token with another project's library and the published keys; returns the claims, or raises."""
    key = key_of(server, token)
    if key["alg"] == "ML-DSA-65":
        public = mldsa.MLDSA65PublicKey.from_public_bytes(unbase64(key["pub"]))
        signed, signature = token.rsplit(".", 1)
        public.verify(unbase64(signature), signed.encode())
        return claims(token)
    return jwt.decode(
        token, jwt.PyJWK(key), algorithms=[key["alg"]], audience=AUDIENCE, issuer=ISSUER,
        options={"require": ["exp", "iat", "iss", "sub", "aud", "jti"]})


# Claims and signatures.


def test_a_token_has_the_documented_header_and_claims(signing):
    before = int(time.time())
    tokens = signing.login(scope="read write")
    after = int(time.time())
    token = tokens["access_token"]
    assert header(token) == {"typ": "at+jwt", "alg": signing.algorithm, "kid": key_of(signing, token)["kid"]}
    verified = verify(signing, token)
    assert verified == {
        "iss": ISSUER, "sub": tokens["subject"], "aud": AUDIENCE, "client_id": "web", "iat": verified["iat"],
        "exp": verified["iat"] + 600, "jti": verified["jti"], "sid": tokens["session_id"], "scope": "read write",
        "auth_time": verified["auth_time"], "amr": ["pwd"],
    }
    assert all(type(verified[name]) is int for name in ("iat", "exp", "auth_time"))
    assert before <= verified["auth_time"] <= verified["iat"] <= after
    assert len(unbase64(verified["jti"])) >= 16
    for part in token.split("."):
        assert base64url(unbase64(part)) == part


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_joserfc_accepts_a_token(signing):
    token = signing.login()["access_token"]
    if signing.algorithm == "ML-DSA-65":  # joserfc does not support these keys.
        assert verify(signing, token)
        return
    keys = KeySet.import_key_set({"keys": key_set(signing)})
    decoded = joserfc_jwt.decode(token, keys, algorithms=[signing.algorithm])
    joserfc_jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True}).validate(decoded.claims)


def test_a_server_accepts_its_own_token_and_no_edited_one(signing):
    tokens = signing.login()
    head, payload, signature = tokens["access_token"].split(".")
    edited = base64url(json.dumps({**claims(tokens["access_token"]), "sub": "root"}).encode())
    last = signature[:-1] + ("A" if signature[-1] != "A" else "Q")
    for forged in (f"{head}.{edited}.{signature}", f"{head}.{payload}.", f"{head}.{payload}.{last}"):
        assert_problem(signing.session(forged), "invalid_token")
    signing.assert_live(tokens)


def test_several_audiences_are_an_array(make_server):
    server = make_server({"audience": ["api", "billing"], "issuer": "https://issuer.example/tenant"})
    access = claims(server.login()["access_token"])
    assert (access["aud"], access["iss"]) == (["api", "billing"], "https://issuer.example/tenant")


def test_no_host_header_changes_the_issuer(server):
    tokens = server.login(headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert claims(tokens["access_token"])["iss"] == ISSUER


# The key set.


def test_the_key_set_holds_public_keys_and_nothing_else(signing):
    keys = key_set(signing)
    assert len(keys) == len({key["kid"] for key in keys}) == 2  # The current and the next key.
    for key in keys:
        expected = KEY_MEMBERS[signing.algorithm]
        assert set(key) == {*expected, "use", "alg", "kid"}
        assert (key["use"], key["alg"]) == ("sig", signing.algorithm)
        assert all(key[name] == value for name, value in expected.items() if value)
    if signing.algorithm == "RS256":
        assert all(len(unbase64(key["n"])) >= 256 for key in keys)


def test_the_key_set_is_cacheable_and_revalidates(server):
    answer = server.get("/.well-known/jwks.json")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/jwk-set+json"
    assert "max-age=" in answer.headers["Cache-Control"]
    assert "no-store" not in answer.headers["Cache-Control"]
    etag = answer.headers["ETag"]
    for known in (etag, f'"other", {etag}', "*"):
        unchanged = server.get("/.well-known/jwks.json", headers={"If-None-Match": known})
        assert (unchanged.status, unchanged.body) == (304, b""), known
        assert unchanged.headers["ETag"] == etag
    assert server.get("/.well-known/jwks.json", headers={"If-None-Match": '"other"'}).status == 200


def test_a_weak_tag_of_the_key_set_revalidates(server):
    # RFC 9110 §13.1.2: If-None-Match compares weakly. Proxies that compress make tags weak.
    etag = server.get("/.well-known/jwks.json").headers["ETag"]
    assert server.get("/.well-known/jwks.json", headers={"If-None-Match": f"W/{etag}"}).status == 304


def test_after_a_key_rotation_earlier_tokens_remain_valid(signing):
    before = signing.login()
    old_kid = header(before["access_token"])["kid"]
    (announced,) = [key["kid"] for key in key_set(signing) if key["kid"] != old_kid]
    old_etag = signing.get("/.well-known/jwks.json").headers["ETag"]
    assert signing.command("key", "rotate").strip() == announced

    deadline = time.monotonic() + TIMEOUT
    while header((after := signing.login())["access_token"])["kid"] != announced:
        assert time.monotonic() < deadline, "the server does not use the new key"
        time.sleep(0.1)
    assert signing.get("/.well-known/jwks.json").headers["ETag"] != old_etag
    assert len(key_set(signing)) == 3
    for tokens in (before, after):
        assert verify(signing, tokens["access_token"])["sid"] == tokens["session_id"]
        signing.assert_live(tokens)
    states = {key["kid"]: key["state"] for key in json.loads(signing.command("key", "list", "--json"))}
    assert (states[old_kid], states[announced]) == ("retired", "current")
    assert sorted(states.values()) == ["current", "next", "retired"]


def test_a_revoked_key_is_unpublished_and_its_tokens_are_refused(make_server):
    server = make_server()
    tokens = server.login()
    kid = header(tokens["access_token"])["kid"]
    server.command("key", "revoke", kid)
    deadline = time.monotonic() + TIMEOUT
    while kid in [key["kid"] for key in key_set(server)]:
        assert time.monotonic() < deadline, "the server still publishes the revoked key"
        time.sleep(0.1)
    assert_problem(server.session(tokens["access_token"]), "invalid_token")
    fresh = server.rotate(tokens["refresh_token"])
    server.assert_live(fresh)


# Hostile tokens.


def encoded(part) -> str:
    return base64url(json.dumps(part).encode())


def with_header(token: str, **members) -> str:
    """Replaces header members and keeps the signature, which is then wrong."""
    _, payload, signature = token.split(".")
    changed = {name: value for name, value in {**header(token), **members}.items() if value is not None}
    return f"{encoded(changed)}.{payload}.{signature}"


def signed_with(secret: bytes, token: str, **members) -> str:
    """Signs the token with HS256 and a secret that is public."""
    signed = with_header(token, alg="HS256", **members).rsplit(".", 1)[0]
    return f"{signed}.{base64url(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def signed_by_stranger(token: str, **members) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    return jwt.encode(claims(token), key, "ES256", headers={**header(token), **members.get("extra", {}), "jwk": jwk})


def spare_bit(token: str) -> str:
    """Encodes the same signature differently: 64 bytes leave four bits of the last character unused."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


def hostile(server, token: str) -> dict[str, str]:
    head, payload, signature = token.split(".")
    key = key_of(server, token)
    public = jwt.PyJWK(key).key
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551.to_bytes(32, "big")
    r, s = unbase64(signature)[:32], unbase64(signature)[32:]
    duplicate = json.dumps(header(token))[:-1] + ', "alg": "ES256"}'
    tokens = {
        "no signature": f"{head}.{payload}.",
        "two parts": f"{head}.{payload}",
        "four parts": f"{token}.{signature}",
        "five parts": f"{token}.{payload}.{signature}",
        "padded": token + "==",
        "spare bits of the signature": spare_bit(token),
        "standard alphabet": token.replace("-", "+").replace("_", "/") + "+",
        "another header": with_header(token, typ="JWT"),
        "no typ": with_header(token, typ=None),
        "no kid": with_header(token, kid=None),
        "kid of a path": with_header(token, kid="../../../../dev/null"),
        "kid of SQL": with_header(token, kid="' UNION SELECT 'x"),
        "kid of another type": with_header(token, kid=1),
        "unknown crit": with_header(token, crit=["exp"]),
        "compressed": with_header(token, zip="DEF"),
        "duplicate member": f"{base64url(duplicate.encode())}.{payload}.{signature}",
        "header that is no object": f"{encoded([])}.{payload}.{signature}",
        "deep header": f"{base64url(b'[' * 5000)}.{payload}.{signature}",
        "edited payload": f"{head}.{encoded({**claims(token), 'sid': 'x'})}.{signature}",
        "longer life": f"{head}.{encoded({**claims(token), 'exp': 2**53})}.{signature}",
        "r = s = 0": f"{head}.{payload}.{base64url(bytes(64))}",
        "r = s = n": f"{head}.{payload}.{base64url(order * 2)}",
        "r = 0": f"{head}.{payload}.{base64url(bytes(32) + s)}",
        "r and s swapped": f"{head}.{payload}.{base64url(s + r)}",
        "too short": f"{head}.{payload}.{base64url(r + s[:-1])}",
        "too long": f"{head}.{payload}.{base64url(bytes(1) + r + s)}",
        "DER": f"{head}.{payload}.{base64url(b'0' + bytes([68]) + bytes([2, 32]) + r + bytes([2, 32]) + s)}",
        "HS256 with the PEM": signed_with(pem, token),
        "HS256 with the PEM without its end": signed_with(pem.strip(), token),
        "HS256 with the DER": signed_with(der, token),
        "HS256 with the JWK": signed_with(json.dumps(key).encode(), token),
        "HS256 with the x": signed_with(unbase64(key["x"]), token),
        "HS256 with nothing": signed_with(b"", token, kid="../../../../dev/null"),
        "a key in its header": signed_by_stranger(token),
        "a key that its header names": signed_by_stranger(token, extra={"jku": "http://127.0.0.1:1/jwks.json"}),
        "dots": "." * 7000,
        "too large": f"{head}.{payload}{'A' * 9000}.{signature}",
    }
    for none in ("none", "None", "NONE", "", "ES384", "RS256", "PS256", "EdDSA", "ML-DSA-65", "es256", None, 1):
        tokens[f"alg {none}"] = with_header(token, alg=none)
        tokens[f"alg {none} without signature"] = with_header(token, alg=none).rsplit(".", 1)[0] + "."
    return tokens


def test_no_hostile_token_is_accepted(server):
    tokens = server.login()
    for name, token in hostile(server, tokens["access_token"]).items():
        for method, path in (("GET", "/v1/session"), ("POST", "/v1/logout-all")):
            answer = server.request(method, path, bearer=token)
            assert answer.status == 401, (name, answer)
            assert_problem(answer, "invalid_token")
        assert server.post("/v1/logout", bearer=token).status == 204, name
    server.assert_live(tokens)


def test_no_kind_of_token_is_accepted_in_place_of_another(server):
    tokens = server.login()
    assert_problem(server.session(tokens["refresh_token"]), "invalid_token")
    assert_problem(server.refresh(tokens["access_token"]), "invalid_token")
    assert_problem(server.post("/v1/logout-all", bearer=tokens["refresh_token"]), "invalid_token")
    assert_problem(server.post("/v1/logout-all", {"refresh_token": tokens["access_token"]}), "invalid_token")
    assert_problem(server.session(tokens["session_id"]), "invalid_token")
    server.assert_live(tokens)


def test_a_token_of_another_issuer_or_audience_is_refused(make_server):
    server = make_server()
    tokens = server.login()
    for changed in ({"issuer": "http://localhost:8080/"}, {"issuer": "http://localhost"}, {"audience": ["apis"]}):
        server.stop()
        server.configure(changed)
        server.start()
        assert_problem(server.session(tokens["access_token"]), "invalid_token")


# `heirloom token inspect`.


def test_inspect_shows_a_tokens_claims_and_refuses_a_foreign_one(server):
    tokens = server.login()
    run = server.cli("token", "inspect", tokens["access_token"])
    assert run.returncode == 0, run
    shown_header, shown_claims = (json.loads(line) for line in run.stdout.splitlines())
    assert shown_header == header(tokens["access_token"])
    assert shown_claims == claims(tokens["access_token"])
    for forged in (hostile(server, tokens["access_token"])["edited payload"], "garbage", "hr1_garbage"):
        assert server.cli("token", "inspect", forged).returncode == 1


def test_inspect_shows_no_character_that_acts_on_the_terminal(server):
    parts = [base64url(json.dumps(part, ensure_ascii=False).encode())
             for part in ({"alg": "ES256", "kid": "\u202e"}, {"sub": "\u009b2J"})]
    run = server.cli("token", "inspect", ".".join([*parts, "AAAA"]))
    assert run.returncode == 1 and "\\u{202E}" in run.stdout and "\\u{9B}2J" in run.stdout, run
    assert "\u202e" not in run.stdout and "\u009b" not in run.stdout


def test_inspect_neither_consumes_a_refresh_token_nor_prints_its_secret(server):
    first, second = server.chain(1)
    for tokens in (first, second):
        run = server.cli("token", "inspect", stdin=tokens["refresh_token"] + "\n")
        assert run.returncode == 0, run
        assert tokens["session_id"] in run.stdout
        assert tokens["refresh_token"][30:50] not in run.stdout + run.stderr
    server.assert_live(second)
    assert server.events(first["session_id"]) == ["login"]


def test_inspect_shows_an_opaque_token_and_whether_it_is_live(server):
    client = add_back_end(server, "inspected", "--access-token-format", "opaque", "--scope", "read")
    tokens = vouch(server, client, "ida", scope="read")
    run = server.cli("token", "inspect", tokens["access_token"])
    assert run.returncode == 0 and tokens["session_id"] in run.stdout and "live for another" in run.stdout
    server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]})
    assert "live" not in server.cli("token", "inspect", tokens["access_token"]).stdout
    assert server.cli("token", "inspect", tokens["access_token"][:-4] + "AAAA").returncode == 1
