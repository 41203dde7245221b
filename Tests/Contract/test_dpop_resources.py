"""Bound access tokens at the service's own endpoints, cookies of bound sessions, and proofs at /v1/verify."""

from __future__ import annotations

import time

import pytest

from harness import PASSWORD, add_client, assert_problem, claims
from harness.cookies import SAME, Browser, cookies_of
from harness.proofs import Key, tampered

ALGORITHMS = 'algs="ES256 EdDSA Ed25519 PS256 RS256"'


def assert_challenge(answer, code: str, error: str, action: str) -> None:
    """401 with one challenge of the scheme DPoP."""
    assert answer.status == 401 and answer.json["code"] == code and answer.json["action"] == action, answer
    assert answer.headers.get_all("WWW-Authenticate") == [f'DPoP error="{error}", {ALGORITHMS}'], answer


# Each endpoint that takes an access token: method, path, body, and the status of a success.
ENDPOINTS = [
    ("GET", "/v1/session", None, 200),
    ("HEAD", "/v1/session", None, 200),
    ("GET", "/v1/sessions", None, 200),
    ("DELETE", "/v1/sessions/{other}", None, 204),
    ("POST", "/v1/password", {"current_password": PASSWORD, "new_password": "another long password"}, 204),
    ("POST", "/v1/logout-all", None, 200),
]


@pytest.fixture(params=ENDPOINTS, ids=lambda endpoint: " ".join(endpoint[:2]))
def endpoint(request, server, user):
    """A request with a bound access token of a session of its own."""
    method, path, body, status = request.param
    key = Key()
    other, tokens = key.login(server, user), key.login(server, user)

    class Endpoint:
        def __init__(self):
            self.key, self.tokens, self.status = key, tokens, status
            self.method, self.path = method, path.replace("{other}", other["session_id"])

        def send(self, headers: dict):
            return server.request(self.method, self.path, body, headers=headers)

        def headers(self, **options) -> dict:
            return key.headers(self.method, self.path, tokens["access_token"], **options)

    return Endpoint()


def test_a_bound_token_needs_its_scheme_and_a_proof(server, endpoint):
    token = endpoint.tokens["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    refused = [endpoint.send(bearer), endpoint.send(bearer | {"DPoP": endpoint.headers()["DPoP"]})]
    if endpoint.method != "HEAD":
        for answer in refused:
            assert_challenge(answer, "invalid_token", "invalid_token", "fix")
        assert_challenge(
            endpoint.send({"Authorization": f"DPoP {token}"}), "invalid_dpop_proof", "invalid_dpop_proof", "fix")
    assert {answer.status for answer in refused} == {401}
    endpoint.key.assert_live(server, endpoint.tokens)


def test_a_proof_must_be_for_this_request_and_this_token(server, endpoint):
    key, token = endpoint.key, endpoint.tokens["access_token"]
    other = key.login(server)["access_token"]
    method = "POST" if endpoint.method != "POST" else "GET"
    for name, proof in {
        "ath of another token": key.proof(endpoint.method, endpoint.path, token=other),
        "no ath": key.proof(endpoint.method, endpoint.path),
        "ath as hex": key.proof(endpoint.method, endpoint.path, ath="ab" * 32),
        "method": key.proof(method, endpoint.path, token=token),
        "path": key.proof(endpoint.method, "/v1/login", token=token),
        "signature": tampered(key.proof(endpoint.method, endpoint.path, token=token)),
        "key": Key().proof(endpoint.method, endpoint.path, token=token),
        "time": key.proof(endpoint.method, endpoint.path, token=token, iat=int(time.time()) - 120),
    }.items():
        answer = endpoint.send({"Authorization": f"DPoP {token}", "DPoP": proof})
        assert answer.status == 401, (name, answer)
        if endpoint.method != "HEAD":
            assert_challenge(answer, "invalid_dpop_proof", "invalid_dpop_proof", "fix")
    headers = endpoint.headers()
    assert endpoint.send(headers).status == endpoint.status
    # The same bytes again.
    answer = endpoint.send(headers)
    assert answer.status == 401, answer
    if endpoint.method != "HEAD" and "logout-all" not in endpoint.path:
        assert_challenge(answer, "invalid_dpop_proof", "invalid_dpop_proof", "retry")


def test_challenges_name_both_schemes(server):
    answer = server.get("/v1/session")
    assert answer.headers.get_all("WWW-Authenticate") == ["Bearer", f"DPoP {ALGORITHMS}"]
    answer = server.session("x.y.z")
    assert answer.headers.get_all("WWW-Authenticate") == ['Bearer error="invalid_token"', f"DPoP {ALGORITHMS}"]
    answer = server.get("/v1/session", headers={"Authorization": "DPoP x.y.z"})
    assert_challenge(answer, "invalid_token", "invalid_token", "login")
    # A token that is not bound is no DPoP token.
    key, tokens = Key(), server.login()
    answer = server.get("/v1/session", headers=key.headers("GET", "/v1/session", tokens["access_token"]))
    assert_challenge(answer, "invalid_token", "invalid_token", "login")


def test_two_authorization_headers_are_refused(server):
    key = Key()
    token = key.login(server)["access_token"]
    head = (
        f"GET /v1/session HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Authorization: DPoP {token}\r\nDPoP: {key.proof('GET', '/v1/session', token=token)}\r\n\r\n")
    (answer,) = server.burst([head.encode()])
    assert_problem(answer, "invalid_request")


def test_a_refresh_token_of_a_bound_session_needs_a_proof_to_end_all(server, user):
    key = Key()
    tokens = key.login(server, user)
    body = {"refresh_token": tokens["refresh_token"]}
    assert_problem(server.post("/v1/logout-all", body), "invalid_dpop_proof")
    headers = {"DPoP": key.proof("POST", "/v1/logout-all")}
    # The bound access token beside it is not a bearer token.
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    answer = server.post("/v1/logout-all", body, headers=headers | bearer)
    assert answer.status == 401, answer
    assert server.post("/v1/logout-all", body, headers=headers).json == {"revoked_sessions": 1}


def test_an_expired_bound_token_is_to_be_refreshed(make_server):
    server = make_server({"accessToken": {"lifetimeSeconds": 1}})
    key = Key()
    token = key.login(server)["access_token"]
    time.sleep(2.1)
    answer = key.session(server, token)
    assert answer.json["code"] == "expired_token" and answer.json["action"] == "refresh", answer


# Cookies.


def bound_browser(server, key: Key) -> Browser:
    browser = Browser(server)
    answer = browser.post(
        "/v1/login", {"username": "ada", "password": PASSWORD, "delivery": "cookie"}, csrf=None,
        headers={"DPoP": key.proof("POST", "/v1/login")})
    assert answer.status == 200, answer
    browser.csrf = answer.json["csrf_token"]
    return browser


def test_a_bound_browser_refreshes_with_a_proof_and_reads_with_its_access_cookie(server):
    key = Key()
    browser = bound_browser(server, key)
    access = browser.jar["__Host-heirloom-access"]
    assert "cnf" not in claims(access)
    assert browser.get("/v1/session").status == 200
    refused = browser.post("/v1/refresh")
    assert_problem(refused, "invalid_dpop_proof")
    assert not cookies_of(refused)
    answer = browser.post("/v1/refresh", headers={"DPoP": key.proof("POST", "/v1/refresh")})
    assert answer.status == 200, answer
    assert browser.jar["__Host-heirloom-access"] != access
    # The refresh token is bound wherever it is shown.
    token = browser.jar["__Host-heirloom-refresh"]
    assert_problem(server.refresh(token), "invalid_dpop_proof")
    rotated = key.rotate(server, token)
    assert rotated["token_type"] == "DPoP" and claims(rotated["access_token"])["cnf"] == {"jkt": key.thumbprint}


def test_the_refresh_cookie_alone_shows_pages_and_changes_nothing(server):
    key = Key()
    browser = bound_browser(server, key)
    del browser.jar["__Host-heirloom-access"]
    assert browser.get("/account").status == 200
    for method, path in (("DELETE", "/v1/sessions/x"), ("POST", "/v1/logout-all"), ("POST", "/v1/password")):
        body = {"current_password": PASSWORD, "new_password": "another long password"} if "password" in path else None
        answer = browser.request(method, path, body)
        assert answer.status == 400 and answer.code == "invalid_dpop_proof", (path, answer)
    answer = browser.post(
        "/account/end-all", f"csrf={browser.csrf}", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status == 303 and answer.headers["Location"] == "/account", answer
    assert not cookies_of(answer)
    answer = browser.post("/v1/logout-all", headers={"DPoP": key.proof("POST", "/v1/logout-all")})
    assert answer.status == 200, answer


def test_a_bound_access_token_in_a_cookie_is_no_way_around_the_proof(server):
    key = Key()
    tokens = key.login(server)
    cookie = {"Cookie": f"__Host-heirloom-access={tokens['access_token']}", **SAME}
    for path in ("/v1/session", "/v1/sessions", "/v1/verify"):
        assert server.get(path, headers=cookie).status == 401, path


# /v1/verify.


@pytest.fixture(scope="module")
def behind_proxy(make_shared_server):
    return make_shared_server({"http": {"trustedProxies": ["127.0.0.1"]}})


UPSTREAM = "https://notes.example"


def forwarded(key: Key, token: str, *, leave_out: str = "", proof: str | None = None, **changed) -> dict:
    headers = {
        "X-Forwarded-Method": "POST", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "notes.example",
        "X-Forwarded-Uri": "/notes/7?draft=1", "Authorization": f"DPoP {token}",
        "DPoP": proof or key.proof("POST", "/notes/7", token=token, issuer=UPSTREAM)}
    headers.update({name.replace("_", "-"): value for name, value in changed.items()})
    return {name: value for name, value in headers.items() if name != leave_out}


def test_verify_judges_the_proof_of_the_forwarded_request(behind_proxy):
    key = Key()
    tokens = key.login(behind_proxy)
    token = tokens["access_token"]
    headers = forwarded(key, token)
    answer = behind_proxy.get("/v1/verify", headers=headers)
    assert answer.status == 200 and answer.headers["X-Auth-Session"] == tokens["session_id"], answer
    assert_challenge(
        behind_proxy.get("/v1/verify", headers=headers), "invalid_dpop_proof", "invalid_dpop_proof", "retry")
    # The path of the subrequest means nothing, nor does its method.
    assert behind_proxy.post("/v1/verify/notes/7", headers=forwarded(key, token)).status == 200
    own = key.proof("GET", "/v1/verify", token=token)
    assert behind_proxy.get("/v1/verify", headers=forwarded(key, token, proof=own)).status == 401
    assert_challenge(
        behind_proxy.get("/v1/verify", headers=forwarded(key, token) | {"Authorization": f"Bearer {token}"}),
        "invalid_token", "invalid_token", "fix")


@pytest.mark.parametrize("changed", [
    {"X_Forwarded_Method": "GET"}, {"X_Forwarded_Method": "post"}, {"X_Forwarded_Proto": "http"},
    {"X_Forwarded_Host": "other.example"}, {"X_Forwarded_Host": "notes.example:8443"},
    {"X_Forwarded_Host": "notes.example, notes.example"}, {"X_Forwarded_Uri": "/notes/8"},
    {"X_Forwarded_Uri": "notes/7"}, {"X_Forwarded_Uri": "/notes/7/"}, {"X_Forwarded_Proto": ""},
])
def test_verify_refuses_a_proof_for_another_request(behind_proxy, changed):
    key = Key()
    token = key.login(behind_proxy)["access_token"]
    answer = behind_proxy.get("/v1/verify", headers=forwarded(key, token, **changed))
    assert_challenge(answer, "invalid_dpop_proof", "invalid_dpop_proof", "fix")


FORWARDED = ("X-Forwarded-Method", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Uri")


@pytest.mark.parametrize("name", FORWARDED)
def test_verify_needs_each_forwarded_header_once(behind_proxy, name):
    key = Key()
    token = key.login(behind_proxy)["access_token"]
    assert behind_proxy.get("/v1/verify", headers=forwarded(key, token, leave_out=name)).status == 401
    headers = forwarded(key, token)
    lines = [f"{key}: {value}" for key, value in headers.items()] + [f"{name}: {headers[name]}"]
    request = "GET /v1/verify HTTP/1.1\r\nHost: localhost\r\n" + "\r\n".join(lines) + "\r\n\r\n"
    (answer,) = behind_proxy.burst([request.encode()])
    assert answer.status == 401, answer


def test_verify_trusts_no_other_peer(server):
    key = Key()
    token = key.login(server)["access_token"]
    assert server.get("/v1/verify", headers=forwarded(key, token)).status == 401


# Nonces.


@pytest.fixture(scope="module")
def with_nonces(make_shared_server):
    return make_shared_server({"dpop": {"requireNonce": True}})


def test_a_proof_needs_a_nonce_where_nonces_are_on(with_nonces):
    server, key = with_nonces, Key()
    body = {"username": "ada", "password": PASSWORD}

    def login(proof: str):
        return server.post("/v1/login", body, headers={"DPoP": proof})

    for proof in (
        key.proof("POST", "/v1/login"), key.proof("POST", "/v1/login", nonce=""),
        key.proof("POST", "/v1/login", nonce="made-up"), key.proof("POST", "/v1/login", nonce="A" * 43),
        key.proof("POST", "/v1/login", iat=1),
    ):
        answer = login(proof)
        assert_problem(answer, "use_dpop_nonce")
        assert len(answer.headers.get_all("DPoP-Nonce")) == 1 and answer.headers["Cache-Control"] == "no-store"
    nonce = answer.headers["DPoP-Nonce"]
    # The time does not matter under a valid nonce.
    answer = login(key.proof("POST", "/v1/login", nonce=nonce, iat=1))
    assert answer.status == 200 and answer.json["token_type"] == "DPoP", answer
    tokens = answer.json
    # It may be used again, by another proof only.
    proof = key.proof("POST", "/v1/refresh", nonce=nonce)
    answer = key.refresh(server, tokens["refresh_token"], proof=proof)
    assert answer.status == 200, answer
    assert_problem(
        key.refresh(server, answer.json["refresh_token"], proof=proof), "invalid_dpop_proof", action="retry")
    # Without a proof nothing is bound, and no nonce is needed.
    assert server.try_login().json["token_type"] == "Bearer"
    # A resource has nonces of its own.
    path = "/v1/session"
    refused = server.get(path, headers=key.headers("GET", path, tokens["access_token"], nonce=nonce))
    assert_challenge(refused, "use_dpop_nonce", "use_dpop_nonce", "retry")
    other = refused.headers["DPoP-Nonce"]
    assert other != nonce
    assert server.get(path, headers=key.headers("GET", path, tokens["access_token"], nonce=other)).status == 200


def test_nonces_survive_a_restart_and_are_named_to_oauth_clients(make_server):
    server = make_server({"dpop": {"requireNonce": True}})
    client = add_client(server, "machine", "--scope", "read")
    key = Key()

    def token(nonce: str | None = None):
        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "Authorization": client.basic,
            "DPoP": key.proof("POST", "/oauth/token", nonce=nonce)}
        return server.post("/oauth/token", "grant_type=client_credentials", headers=headers)

    answer = token()
    assert answer.status == 400 and answer.json["error"] == "use_dpop_nonce", answer
    server.restart()
    assert token(answer.headers["DPoP-Nonce"]).status == 200


def test_pages_of_allowed_origins_may_send_proofs_and_read_nonces(make_server):
    server = make_server({"http": {"allowedOrigins": ["https://app.example"]}, "dpop": {"requireNonce": True}})
    origin = {"Origin": "https://app.example"}
    answer = server.request("OPTIONS", "/v1/refresh", headers=origin | {"Access-Control-Request-Method": "POST"})
    assert "DPoP" in answer.headers["Access-Control-Allow-Headers"].split(", ")
    answer = server.get("/v1/session", headers=origin)
    assert "DPoP-Nonce" in answer.headers["Access-Control-Expose-Headers"].split(", ")
