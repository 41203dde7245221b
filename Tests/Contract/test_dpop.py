"""Sessions that are bound to a key (RFC 9449): birth, refresh, reuse. Contract: docs/oauth.md, docs/rotation.md."""

from __future__ import annotations

import json
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from harness import TOKEN_MEMBERS, add_back_end, add_client, assert_problem, claims, encode, form, together, vouch
from harness.admin import Admin
from harness.cookies import Browser
from harness.proofs import ISSUER, MAKERS, Key, tampered, unsigned


@pytest.fixture(scope="module")
def key():
    return Key()


def events(server, session: str, kind: str) -> list[dict]:
    found = Admin(server).get_json(f"/admin/v1/events?kind={kind}&limit=1000")["events"]
    return [event for event in found if event.get("session_id") == session]


# Birth.


@pytest.mark.parametrize("algorithm", [*MAKERS, "Ed25519"])
def test_a_login_with_a_proof_makes_tokens_bound_to_its_key(server, algorithm):
    key = Key("EdDSA" if algorithm == "Ed25519" else algorithm)
    proof = key.proof("POST", "/v1/login", headers={"alg": algorithm})
    tokens = server.login(scope="read", headers={"DPoP": proof})
    assert set(tokens) == TOKEN_MEMBERS and tokens["token_type"] == "DPoP"
    assert claims(tokens["access_token"])["cnf"] == {"jkt": key.thumbprint}
    after = key.rotate(server, tokens["refresh_token"])
    assert after["token_type"] == "DPoP"
    assert claims(after["access_token"])["cnf"] == {"jkt": key.thumbprint}
    key.assert_live(server, after)


def test_a_login_without_a_proof_stays_unbound_whatever_its_refreshes_prove(server, key):
    tokens = server.login()
    assert tokens["token_type"] == "Bearer" and "cnf" not in claims(tokens["access_token"])
    after = key.rotate(server, tokens["refresh_token"])
    assert after["token_type"] == "Bearer" and "cnf" not in claims(after["access_token"])
    # The proof is checked all the same, and binds nothing.
    assert_problem(key.refresh(server, after["refresh_token"], proof="x.y.z"), "invalid_dpop_proof")
    server.assert_live(after)


def test_a_vouched_session_is_bound_to_the_key_that_the_back_end_names(server, key):
    caller = add_back_end(server, "dpop-voucher", "--scope", "read")
    tokens = vouch(server, caller, "device-owner", client_id="web", dpop_jkt=key.thumbprint)
    assert tokens["token_type"] == "DPoP"
    assert claims(tokens["access_token"])["cnf"] == {"jkt": key.thumbprint}
    assert_problem(server.refresh(tokens["refresh_token"]), "invalid_dpop_proof")
    key.assert_live(server, tokens)
    for wrong in ("", "x", key.thumbprint + "A", key.thumbprint[:-1] + "!", 7, ["x"]):
        answer = server.post(
            "/v1/sessions", {"subject": "device-owner", "dpop_jkt": wrong}, headers={"Authorization": caller.basic})
        assert_problem(answer, "invalid_request")


def test_client_credentials_with_a_proof_are_bound_to_its_key(server, key):
    client = add_client(server, "dpop-machine", "--scope", "read")
    headers = {
        "Content-Type": "application/x-www-form-urlencoded", "Authorization": client.basic,
        "DPoP": key.proof("POST", "/oauth/token")}
    answer = server.post("/oauth/token", "grant_type=client_credentials", headers=headers)
    assert answer.status == 200 and answer.json["token_type"] == "DPoP", answer
    assert claims(answer.json["access_token"])["cnf"] == {"jkt": key.thumbprint}
    # The same bytes again.
    again = server.post("/oauth/token", "grant_type=client_credentials", headers=headers)
    assert again.status == 400 and again.json["error"] == "invalid_dpop_proof", again
    plain = form(server, "/oauth/token", {"grant_type": "client_credentials"}, client)
    assert plain.json["token_type"] == "Bearer" and "cnf" not in claims(plain.json["access_token"])


def test_each_access_token_of_a_confidential_client_is_bound_to_the_key_of_its_request(server):
    caller = add_back_end(server, "dpop-confidential", "--scope", "read")
    first, second = Key(), Key()
    tokens = vouch(server, caller, "carl", dpop_jkt=first.thumbprint)
    assert claims(tokens["access_token"])["cnf"] == {"jkt": first.thumbprint}

    def refresh(token: str, key: Key | None):
        headers = {"Authorization": caller.basic} | ({"DPoP": key.proof("POST", "/v1/refresh")} if key else {})
        answer = server.post("/v1/refresh", {"refresh_token": token}, headers=headers)
        assert answer.status == 200, answer
        return answer.json

    tokens = refresh(tokens["refresh_token"], second)
    assert tokens["token_type"] == "DPoP" and claims(tokens["access_token"])["cnf"] == {"jkt": second.thumbprint}
    tokens = refresh(tokens["refresh_token"], None)
    assert tokens["token_type"] == "Bearer" and "cnf" not in claims(tokens["access_token"])


def test_a_reference_token_says_that_it_is_bound(server, key):
    add_client(server, "dpop-opaque", "--access-token-format", "opaque", confidential=False)
    tokens = key.login(server, client_id="dpop-opaque")
    assert tokens["access_token"].startswith("ha1_") and tokens["token_type"] == "DPoP"
    assert key.session(server, tokens["access_token"]).status == 200
    refused = server.session(tokens["access_token"])
    assert refused.status == 401 and refused.headers["WWW-Authenticate"].startswith('DPoP error="invalid_token"')


# A client that takes bound sessions only.


def test_a_client_that_demands_proofs_gets_no_token_without_one(make_server):
    server = make_server()
    key = Key()
    before = server.login()
    server.command("client", "set", "web", "--dpop")
    answer = server.try_login()
    assert_problem(answer, "invalid_dpop_proof")
    tokens = key.login(server)
    assert_problem(server.refresh(tokens["refresh_token"]), "invalid_dpop_proof")
    key.assert_live(server, tokens)
    # A session that was opened unbound must log in again, and lives on for the other ones.
    for answer in (server.refresh(before["refresh_token"]), key.refresh(server, before["refresh_token"])):
        assert answer.status == 401 and answer.json["action"] == "login", answer
    assert server.session(before["access_token"]).status == 200
    listed = json.loads(server.command("client", "list", "--json"))
    assert [client["dpop_bound_access_tokens"] for client in listed] == [True]
    server.command("client", "set", "web", "--no-dpop")
    server.assert_live(before)


def test_a_confidential_client_that_demands_proofs(server, key):
    client = add_client(server, "dpop-strict", "--dpop")
    answer = form(server, "/oauth/token", {"grant_type": "client_credentials"}, client)
    assert answer.status == 400 and answer.json["error"] == "invalid_dpop_proof", answer
    headers = {
        "Content-Type": "application/x-www-form-urlencoded", "Authorization": client.basic,
        "DPoP": key.proof("POST", "/oauth/token")}
    answer = server.post("/oauth/token", "grant_type=client_credentials", headers=headers)
    assert answer.status == 200 and answer.json["token_type"] == "DPoP", answer


def test_the_admin_api_sets_whether_a_client_demands_proofs(server):
    admin = Admin(server)
    made = admin.post("/admin/v1/clients", {"client_id": "dpop-admin", "dpop_bound_access_tokens": True})
    assert made.status == 201 and made.json["dpop_bound_access_tokens"] is True, made
    changed = admin.request("PATCH", "/admin/v1/clients/dpop-admin", {"scope": "read"})
    assert changed.json["dpop_bound_access_tokens"] is True
    changed = admin.request("PATCH", "/admin/v1/clients/dpop-admin", {"dpop_bound_access_tokens": False})
    assert "dpop_bound_access_tokens" not in changed.json
    replaced = admin.request("PUT", "/admin/v1/clients/dpop-admin", {})
    assert "dpop_bound_access_tokens" not in replaced.json
    assert_problem(
        admin.request("PATCH", "/admin/v1/clients/dpop-admin", {"dpop_bound_access_tokens": "yes"}), "invalid_request")


# Row 3a: proofs that do not count.


def wrong_proofs(key: Key) -> dict[str, list[str]]:
    """Each check of RFC 9449 §4.3 broken alone, as values of the header DPoP."""
    now = int(time.time())
    weak = rsa.generate_private_key(65537, 1024)
    rsa_key = Key("RS256")

    def proof(**options) -> str:
        return key.proof("POST", "/v1/refresh", **options)

    def without(name: str) -> str:
        return proof(**{name: None})

    header = {"typ": "dpop+jwt", "jwk": key.jwk}
    payload = {"jti": "1", "htm": "POST", "htu": ISSUER + "/v1/refresh", "iat": now}
    private = {**key.jwk, "d": key.jwk["x"]}
    secret = {"kty": "oct", "k": "c2VjcmV0"}
    return {
        "two": [proof(), proof()], "joined": [f"{proof()}, {proof()}"], "empty": [""], "no JWT": ["x"],
        "padding": [proof() + "="], "four parts": [proof() + ".x"],
        "no jti": [without("jti")], "empty jti": [proof(jti="")], "long jti": [proof(jti="x" * 257)],
        "jti number": [proof(jti=1)], "no htm": [without("htm")], "no htu": [without("htu")],
        "no iat": [without("iat")], "iat text": [proof(iat=str(now))],
        "typ JWT": [proof(headers={"typ": "JWT"})], "typ at+jwt": [proof(headers={"typ": "at+jwt"})],
        "no typ": [proof(headers={"typ": None})],
        "alg none": [unsigned(header, payload)], "alg HS256": [proof(headers={"alg": "HS256"})],
        "alg ES384": [proof(headers={"alg": "ES384"})], "alg of another key type": [proof(headers={"alg": "RS256"})],
        "signature": [tampered(proof())], "signature of another key": [Key().sign(header | {"alg": "ES256"}, payload)],
        "private key": [proof(headers={"jwk": private})], "symmetric key": [proof(headers={"jwk": secret})],
        "no key": [proof(headers={"jwk": None})], "weak key": [Key("RS256", weak).proof("POST", "/v1/refresh")],
        "crit": [proof(headers={"crit": ["exp"]})],
        "htm get": [proof(htm="GET")], "htm post": [proof(htm="post")],
        "htu of another path": [proof(htu=ISSUER + "/v1/login")],
        "htu with a slash": [proof(htu=ISSUER + "/v1/refresh/")],
        "htu of another host": [proof(htu="http://localhost/v1/refresh")],
        "htu https": [proof(htu="https://localhost:8080/v1/refresh")],
        "old": [proof(iat=now - 120)], "from the future": [proof(iat=now + 120)],
        "another key": [Key().proof("POST", "/v1/refresh")], "another kind of key": [
            rsa_key.proof("POST", "/v1/refresh")],
    }


def test_no_wrong_proof_has_an_effect_on_a_bound_session(server):
    key = Key()
    tokens = key.login(server)
    for name, fields in wrong_proofs(key).items():
        body = json.dumps({"refresh_token": tokens["refresh_token"]}).encode()
        head = "".join(f"DPoP: {field}\r\n" for field in fields)
        request = (
            f"POST /v1/refresh HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n{head}\r\n").encode() + body
        (answer,) = server.burst([request])
        assert answer.status == 400 and answer.code == "invalid_dpop_proof", (name, answer)
        assert answer.json["action"] == "fix", name
    key.assert_live(server, tokens)


@pytest.mark.parametrize("htu", [
    "HTTP://LOCALHOST:8080/v1/refresh", ISSUER + "/v1/refresh?x=1", ISSUER + "/v1/refresh#x",
    ISSUER + "/v1/./refresh", ISSUER + "/v1/%72efresh", ISSUER + "/x/../v1/refresh",
])
def test_other_spellings_of_the_uri_are_the_same_uri(server, htu):
    key = Key()
    tokens = key.login(server)
    answer = key.refresh(server, tokens["refresh_token"], proof=key.proof("POST", "/v1/refresh", htu=htu))
    assert answer.status == 200, answer


@pytest.mark.parametrize("moment", [-58, 58, 0.5])
def test_a_proof_within_a_minute_counts(server, moment):
    key = Key()
    tokens = key.login(server)
    iat = time.time() + moment if isinstance(moment, float) else int(time.time()) + moment
    proof = key.proof("POST", "/v1/refresh", iat=iat)
    assert key.refresh(server, tokens["refresh_token"], proof=proof).status == 200


def test_a_huge_proof_is_refused(server):
    key = Key()
    tokens = key.login(server)
    answer = key.refresh(server, tokens["refresh_token"], proof=key.proof("POST", "/v1/refresh", x="x" * 5000))
    assert answer.status == 400 and answer.code == "invalid_dpop_proof"
    (answer, _) = server.raw(encode(
        "POST", "/v1/refresh", {"refresh_token": tokens["refresh_token"]}, headers={"DPoP": "x" * (1 << 20)}))
    assert answer.startswith(b"HTTP/1.1 431"), answer[:100]
    key.assert_live(server, tokens)


def test_a_missing_proof_is_refused_with_an_event_once_a_minute(make_server):
    server = make_server()
    key = Key()
    tokens = key.login(server)
    for _ in range(3):
        assert_problem(server.refresh(tokens["refresh_token"]), "invalid_dpop_proof")
    assert len(events(server, tokens["session_id"], "key_mismatch")) == 1
    metrics = Admin(server).metrics()
    assert metrics["heirloom_refreshes_total", ("verdict", "key_mismatch")] == 3
    key.assert_live(server, tokens)


# A thief.


def test_a_thief_without_the_key_can_neither_refresh_nor_end_the_session(server):
    key, thief = Key(), Key()
    generations = [key.login(server)]
    for _ in range(6):
        generations.append(key.rotate(server, generations[-1]["refresh_token"]))
    for tokens in generations:
        assert_problem(server.refresh(tokens["refresh_token"]), "invalid_dpop_proof")
        assert_problem(thief.refresh(server, tokens["refresh_token"]), "invalid_dpop_proof")
        answer = server.post("/v1/logout-all", {"refresh_token": tokens["refresh_token"]})
        assert_problem(answer, "invalid_dpop_proof")
    key.assert_live(server, generations[-1])


def test_a_thief_with_the_key_ends_the_family_and_is_told_apart(make_server):
    server = make_server()
    key = Key()
    first = key.login(server)
    second = key.rotate(server, first["refresh_token"])
    key.rotate(server, second["refresh_token"])
    assert_problem(key.refresh(server, first["refresh_token"]), "reuse_detected")
    (event,) = events(server, first["session_id"], "reuse_detected")
    assert "with the session's own key" in event["detail"]
    metrics = Admin(server).metrics()
    assert metrics["heirloom_refreshes_total", ("verdict", "reuse_detected_own_key")] == 1
    # Without a proof a caller does not learn that the session has ended.
    assert_problem(server.refresh(second["refresh_token"]), "invalid_dpop_proof")
    assert_problem(key.refresh(server, second["refresh_token"]), "session_revoked")
    browser = Browser(server)
    browser.login()
    assert "a copy of the device" in browser.get("/account", ).body.decode()


# Row 7: retries.


def test_the_same_bytes_twice_are_one_rotation(make_server):
    server = make_server()
    key = Key()
    tokens = key.login(server)
    proof = key.proof("POST", "/v1/refresh")
    request = encode("POST", "/v1/refresh", {"refresh_token": tokens["refresh_token"]}, headers={"DPoP": proof})
    answers = server.burst([request] * 8)
    assert sorted(answer.status for answer in answers) == [200] + [400] * 7, answers
    for answer in answers:
        if answer.status == 400:
            assert_problem(answer, "invalid_dpop_proof", action="retry")
    (rotated,) = [answer.json for answer in answers if answer.status == 200]
    # The same token with a new proof is a retry.
    assert key.rotate(server, tokens["refresh_token"])["refresh_token"] == rotated["refresh_token"]
    # Nor after a restart.
    server.restart()
    assert_problem(
        key.refresh(server, rotated["refresh_token"], proof=proof), "invalid_dpop_proof", action="retry")
    key.assert_live(server, rotated)


def test_parallel_refreshes_with_proofs_of_their_own_make_one_generation(server):
    key = Key()
    tokens = key.login(server)
    proofs = [key.proof("POST", "/v1/refresh") for _ in range(64)]
    answers = server.burst([
        encode("POST", "/v1/refresh", {"refresh_token": tokens["refresh_token"]}, headers={"DPoP": proof})
        for proof in proofs])
    assert {answer.status for answer in answers} == {200}, answers
    successors = {answer.json["refresh_token"] for answer in answers}
    assert len(successors) == 1
    key.rotate(server, successors.pop())


def test_a_lost_answer_may_be_asked_for_long_after_the_window(make_server):
    server = make_server({"refreshToken": {"retryWindowSeconds": 1, "maxRetries": 2}})
    key = Key()
    first = key.login(server)
    second = key.rotate(server, first["refresh_token"])
    time.sleep(2.1)
    for _ in range(2):
        assert key.rotate(server, first["refresh_token"])["refresh_token"] == second["refresh_token"]
    assert len(events(server, first["session_id"], "late_retry")) == 2
    assert not events(server, first["session_id"], "refresh_retry")
    # At most maxRetries a generation.
    assert_problem(key.refresh(server, first["refresh_token"]), "reuse_detected")


def test_a_window_of_zero_is_strict_for_bound_sessions_too(make_server):
    server = make_server({"refreshToken": {"retryWindowSeconds": 0}})
    key = Key()
    first = key.login(server)
    key.rotate(server, first["refresh_token"])
    assert_problem(key.refresh(server, first["refresh_token"]), "reuse_detected")


def test_an_unbound_session_has_no_late_retry_whatever_it_proves(make_server):
    server = make_server({"refreshToken": {"retryWindowSeconds": 1}})
    key = Key()
    first = server.login()
    key.rotate(server, first["refresh_token"])
    time.sleep(2.1)
    assert_problem(key.refresh(server, first["refresh_token"]), "reuse_detected")


# The grants of OAuth.


def test_the_oauth_endpoint_refreshes_bound_sessions_with_a_proof(server):
    key = Key()
    tokens = key.login(server, scope="read write")
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": "web"}
    answer = form(server, "/oauth/token", fields)
    assert answer.status == 400 and answer.json["error"] == "invalid_dpop_proof", answer
    headers = {"Content-Type": "application/x-www-form-urlencoded", "DPoP": key.proof("POST", "/oauth/token")}
    body = "&".join(f"{name}={value}" for name, value in {**fields, "scope": "read"}.items())
    answer = server.post("/oauth/token", body, headers=headers)
    assert answer.status == 200 and answer.json["token_type"] == "DPoP" and answer.json["scope"] == "read", answer
    assert claims(answer.json["access_token"])["cnf"] == {"jkt": key.thumbprint}
    # The proof is for the other endpoint.
    headers["DPoP"] = key.proof("POST", "/v1/refresh")
    assert server.post("/oauth/token", body, headers=headers).json["error"] == "invalid_dpop_proof"


def test_introspection_says_what_a_token_is_bound_to(server):
    key = Key()
    asker = add_client(server, "dpop-asker")
    bound, free = key.login(server), server.login()
    answer = form(server, "/oauth/introspect", {"token": bound["access_token"]}, asker).json
    assert answer["active"] and answer["token_type"] == "DPoP" and answer["cnf"] == {"jkt": key.thumbprint}
    answer = form(server, "/oauth/introspect", {"token": free["access_token"]}, asker).json
    assert answer["active"] and answer["token_type"] == "Bearer" and "cnf" not in answer


def test_logout_and_revocation_need_no_proof(server):
    key = Key()
    for end in (
        lambda tokens: server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]}),
        lambda tokens: server.post("/v1/logout", bearer=tokens["access_token"]),
        lambda tokens: server.post("/v1/logout", headers={"Authorization": f"DPoP {tokens['access_token']}"}),
        lambda tokens: form(server, "/oauth/revoke", {"token": tokens["refresh_token"], "client_id": "web"}),
        lambda tokens: form(server, "/oauth/revoke", {"token": tokens["access_token"], "client_id": "web"}),
    ):
        tokens = key.login(server)
        assert end(tokens).status in (200, 204)
        assert_problem(key.refresh(server, tokens["refresh_token"]), "session_revoked")


def test_the_metadata_names_the_algorithms(server):
    metadata = server.get("/.well-known/oauth-authorization-server").json
    assert metadata["dpop_signing_alg_values_supported"] == ["ES256", "EdDSA", "Ed25519", "PS256", "RS256"]


def test_the_database_holds_one_row_a_proof_until_it_is_forgotten(make_server):
    server = make_server()
    key = Key()
    tokens = key.login(server)
    for _ in range(5):
        tokens = key.rotate(server, tokens["refresh_token"])
    ((count,),) = server.query("SELECT count(*) FROM used_once")
    assert count == 6
