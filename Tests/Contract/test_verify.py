"""Verification of access tokens: by a proxy that asks the service, and by an API with the library TokenVerifier.

test_proxies.py has the first one with real proxies."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness import (
    add_back_end, add_client, assert_problem, base64url, form, vouch, wait_until)
from harness.admin import Admin
from harness.cookies import Browser
from harness.endpoint import Endpoint


# /v1/verify.


def identity(answer) -> dict:
    """The X-Auth headers of an answer, all of which must be there, once each."""
    names = ("Subject", "Session", "Client", "Scope", "Claims")
    assert all(len(answer.headers.get_all(f"X-Auth-{name}") or []) == 1 for name in names), answer
    return {name: answer.headers[f"X-Auth-{name}"] for name in names}


@pytest.mark.parametrize("form", ["jwt", "opaque"])
def test_verify_answers_with_the_tokens_claims_until_the_logout(server, form):
    client = add_back_end(server, f"verify-{form}", "--access-token-format", form, "--scope", "read write")
    tokens = vouch(server, client, "sub@example", scope="read write")
    assert tokens["access_token"].startswith("ha1_" if form == "opaque" else "eyJ")
    answer = server.get("/v1/verify", headers={"Authorization": f"bEaReR {tokens['access_token']}"})
    assert answer.status == 200 and answer.body == b""
    assert answer.headers["Cache-Control"] == "no-store"
    assert identity(answer) == {
        "Subject": "sub@example", "Session": tokens["session_id"], "Client": client.name, "Scope": "read write",
        "Claims": ""}
    assert server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]}).status == 204
    assert_problem(server.get("/v1/verify", bearer=tokens["access_token"]), "session_revoked")


def test_verify_has_all_headers_where_there_is_nothing_to_say(server):
    machine = add_client(server, "machine")
    fields = {"grant_type": "client_credentials"}
    own = form(server, "/oauth/token", fields, machine).json["access_token"]
    forged = {"X-Auth-Session": "forged", "X-Auth-Claims": "e30"}
    assert identity(server.get("/v1/verify", bearer=own, headers=forged)) == {
        "Subject": "client:machine", "Session": "", "Client": "machine", "Scope": "", "Claims": ""}
    browser = Browser(server)
    login = browser.login()
    assert identity(browser.get("/v1/verify")) == {
        "Subject": login.json["subject"], "Session": login.json["session_id"], "Client": "web", "Scope": "",
        "Claims": ""}


@pytest.mark.parametrize("path", [
    "/v1/verify", "/v1/verify/", "/v1/verify?csrf=0", "/v1/verify/api/notes", "/v1/verify//x/../%2e?a=b&csrf=",
    "/v1/verify/v1/login",
])
def test_verify_takes_any_method_and_any_path_below_it(server, path):
    token = server.login()["access_token"]
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "QUERY"):
        answer = server.request(method, path, bearer=token)
        assert answer.status == 200 and identity(answer)["Client"] == "web", (method, answer)
        assert server.request(method, path).status == 401, method
    assert_problem(server.request("OPTIONS", path, bearer=token), "method_not_allowed")
    with_body = server.post(path, '{"refresh_token": 1', bearer=token, headers={"Content-Type": "application/json"})
    assert with_body.status == 200


@pytest.mark.parametrize("path", ["/v1/verifyx", "/v1/verify%2Fx", "/v1/Verify", "/v1/verify;x", "/x/v1/verify"])
def test_a_path_that_only_resembles_verify_is_not_found(server, path):
    assert_problem(server.get(path, bearer=server.login()["access_token"]), "not_found")


def test_all_paths_below_verify_are_one_route_in_the_metrics(make_server):
    server = make_server()
    token = server.login()["access_token"]
    for path in ("", "/", "/a", "/a/b", f"/{token}"):
        assert server.get(f"/v1/verify{path}", bearer=token).status == 200
    routes = {dict(labels).get("route"): count for (name, *labels), count in Admin(server).metrics().items()
              if name == "heirloom_http_requests_total"}
    assert routes["/v1/verify"] == 5 and set(routes) == {"/v1/verify", "/v1/login"}


@pytest.fixture(scope="module")
def behind_a_proxy(make_shared_server):
    return make_shared_server({"http": {"trustedProxies": ["127.0.0.1"]}})


CROSS = {"Sec-Fetch-Site": "cross-site"}
NO_ORIGIN = {"Sec-Fetch-Site": ""}


@pytest.mark.parametrize("headers, csrf, status", [
    ({}, "own", 200), ({}, None, 403), ({}, "wrong", 403), ({}, "AAAA", 403), (CROSS, "own", 403), (CROSS, None, 403),
    ({"Sec-Fetch-Site": "same-site"}, "own", 403), ({"Sec-Fetch-Site": "none"}, "own", 200), (NO_ORIGIN, "own", 403),
    ({**NO_ORIGIN, "Origin": "http://localhost:8080"}, "own", 200),
    ({**NO_ORIGIN, "Origin": "https://evil.example"}, "own", 403),
])
def test_verify_checks_an_unsafe_request_on_a_cookie_where_it_is_asked_to(behind_a_proxy, headers, csrf, status):
    browser = Browser(behind_a_proxy)
    browser.login()
    for method, forwarded in (("GET", "POST"), ("GET", "DELETE"), ("POST", "PATCH"), ("GET", "post"), ("GET", "get"),
                              ("GET", "X"), ("GET", ""), ("POST", None), ("PUT", None)):
        sent = {**headers, **({} if forwarded is None else {"X-Forwarded-Method": forwarded})}
        # The harness leaves out headers without a value.
        if forwarded == "":
            sent["X-Forwarded-Method"] = " "
        answer = browser.request(method, "/v1/verify?csrf=1", headers=sent, csrf=None) if csrf is None else (
            browser.request(method, "/v1/verify?csrf=1", headers={
                **sent, "X-CSRF-Token": browser.csrf if csrf == "own" else csrf}, csrf=None))
        assert answer.status == status, (method, forwarded, answer)
        if status == 403:
            assert answer.code == "csrf_failed"
        # Nothing is checked unless it is asked for.
        assert browser.request(method, "/v1/verify", headers=sent, csrf=None).status == 200
    for method, forwarded in (("GET", None), ("GET", "GET"), ("POST", "GET"), ("POST", "HEAD"), ("GET", "OPTIONS")):
        sent = {**headers, **({"X-Forwarded-Method": forwarded} if forwarded else {})}
        assert browser.request(method, "/v1/verify?csrf=1", headers=sent, csrf=None).status == 200, (method, forwarded)


@pytest.mark.parametrize("query", [
    "csrf=1&csrf=1", "csrf=0&csrf=1", "csrf=1&path=%zz", "x&csrf=1&path=/api?csrf=0", "a=%FF&csrf=1&csrf=",
    "csrf=1&" + "a&" * 99,
])
def test_the_query_of_the_request_in_question_turns_no_check_off_and_is_no_mistake(server, query):
    browser = Browser(server)
    browser.login()
    assert_problem(browser.request("POST", f"/v1/verify?{query}", csrf=None), "csrf_failed")
    assert browser.request("POST", f"/v1/verify?{query}").status == 200
    assert browser.request("POST", f"/v1/verify?{query.replace('csrf=1', 'csrf=10')}", csrf=None).status == 200


def test_verify_believes_the_method_of_a_trusted_proxy_alone_and_one_method_alone(server, behind_a_proxy):
    browser = Browser(server)
    browser.login()
    answer = browser.request("POST", "/v1/verify?csrf=1", headers={"X-Forwarded-Method": "GET"}, csrf=None)
    assert_problem(answer, "csrf_failed")
    assert browser.request("GET", "/v1/verify?csrf=1", headers={"X-Forwarded-Method": "POST"}, csrf=None).status == 200
    browser = Browser(behind_a_proxy)
    browser.login()
    twice = {"X-Forwarded-Method": "GET\r\nX-Forwarded-Method: GET"}
    assert_problem(browser.request("GET", "/v1/verify?csrf=1", headers=twice, csrf=None), "csrf_failed")


def test_verify_needs_no_proof_of_a_request_with_a_token(behind_a_proxy):
    token = behind_a_proxy.login()["access_token"]
    for headers in ({}, CROSS):
        answer = behind_a_proxy.get(
            "/v1/verify?csrf=1", bearer=token, headers={**headers, "X-Forwarded-Method": "POST"})
        assert answer.status == 200


def test_verify_refuses_missing_and_malformed_credentials_with_a_challenge(server):
    assert_problem(server.get("/v1/verify"), "invalid_token", challenge=True)
    tokens = server.login()
    assert_problem(server.get("/v1/verify", headers={"Authorization": "Basic YTpi"}), "invalid_token", challenge=True)
    assert_problem(server.get(f"/v1/verify?access_token={tokens['access_token']}"), "invalid_token", challenge=True)
    for token in (tokens["refresh_token"], "ha1_", "ha1_AAAA", "x.y.z", "." * 5000):
        assert_problem(server.get("/v1/verify", bearer=token), "invalid_token")


def test_verify_answers_401_and_not_400_which_proxies_report_as_500(server):
    twice = "__Host-heirloom-access=a; __Host-heirloom-access=b"
    assert_problem(server.get("/v1/verify", headers={"Cookie": twice}), "invalid_token")


def test_an_opaque_token_with_one_character_changed_is_refused(server):
    client = add_back_end(server, "tampered", "--access-token-format", "opaque", "--scope", "read")
    token = vouch(server, client, "carl", scope="read")["access_token"]
    for index in range(len("ha1_"), len(token), 7):
        other = "A" if token[index] != "A" else "B"
        assert_problem(server.get("/v1/verify", bearer=token[:index] + other + token[index + 1:]), "invalid_token")


def test_an_opaque_token_is_accepted_as_a_bearer_token_until_it_expires(make_server):
    server = make_server({"accessToken": {"lifetimeSeconds": 1}})
    client = add_back_end(server, "opaque", "--access-token-format", "opaque")
    tokens = vouch(server, client, "carl")
    assert server.session(tokens["access_token"]).json["subject"] == "carl"
    time.sleep(2.1)
    assert_problem(server.get("/v1/verify", bearer=tokens["access_token"]), "expired_token", action="refresh")
    # A logout is still accepted.
    assert server.post("/v1/logout", bearer=tokens["access_token"]).status == 204
    answer = server.post(
        "/v1/refresh", {"refresh_token": tokens["refresh_token"]}, headers={"Authorization": client.basic})
    assert_problem(answer, "session_revoked")


# The example service, which verifies with the library alone.


def test_an_api_believes_no_keys_behind_a_redirect(make_server, notes):
    server = make_server()
    server.allow_scope("notes:read")
    tokens = server.login(scope="notes:read")
    asked = []

    class Redirector(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{server.port}{self.path}")
            self.end_headers()

        def log_message(self, *_):
            pass

    redirector = ThreadingHTTPServer(("127.0.0.1", 0), Redirector)
    threading.Thread(target=redirector.serve_forever, daemon=True).start()
    try:
        api = notes(Endpoint(redirector.server_port), add_client(server, "redirected"))
        wait_until(lambda: api.status(tokens["access_token"]) is not None)
        wait_until(lambda: "/.well-known/jwks.json" in asked)
        assert api.status(tokens["access_token"]) == 503
    finally:
        redirector.shutdown()
        redirector.server_close()


def test_an_api_verifies_offline_and_refuses_sessions_after_their_logout(make_server, notes):
    server = make_server()
    client = add_client(server, "notes")
    server.allow_scope("notes:read notes:write")
    tokens = server.login(scope="notes:read notes:write")
    apis = [notes(server, client).wait(tokens["access_token"]) for _ in range(2)]
    assert apis[0].post("/notes", "bread", bearer=tokens["access_token"]).status == 201
    assert apis[0].get("/notes", bearer=tokens["access_token"]).json == ["bread"]

    reader = server.login(scope="notes:read")
    assert apis[0].get("/notes", bearer=reader["access_token"]).status == 200
    answer = apis[0].post("/notes", "cheese", bearer=reader["access_token"])
    assert answer.status == 403
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="notes:write"'
    answer = apis[0].get("/notes")
    assert answer.status == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer, DPoP algs=")
    for wrong in (tokens["refresh_token"], "x", "." * 5000, forged(tokens["access_token"])):
        answer = apis[0].get("/notes", bearer=wrong)
        assert answer.status == 401 and answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"', wrong

    # One session ends, the other remains live.
    server.post("/v1/logout", {"refresh_token": reader["refresh_token"]})
    for api in apis:
        wait_until(lambda: api.status(reader["access_token"]) == 401)
        assert api.status(tokens["access_token"]) == 200
    # All end, and a session opened right after remains live.
    assert server.post("/v1/logout-all", bearer=tokens["access_token"]).status == 200
    after = server.login(scope="notes:read")
    for api in apis:
        wait_until(lambda: api.status(tokens["access_token"]) == 401)
        assert api.status(after["access_token"]) == 200


def test_an_api_verifies_during_an_outage_and_misses_no_revocation(make_server, notes):
    server = make_server({"accessToken": {"algorithm": "EdDSA"}})
    client = add_client(server, "notes")
    server.allow_scope("notes:read")
    first, second = (server.login(scope="notes:read") for _ in range(2))
    api = notes(server, client).wait(first["access_token"])
    port = server.port
    assert server.stop() == 0
    assert api.status(first["access_token"]) == api.status(second["access_token"]) == 200
    # A session ends while the service is down.
    server.command("session", "revoke", second["session_id"])
    server.start("--http-port", str(port))
    wait_until(lambda: api.status(second["access_token"]) == 401)
    assert api.status(first["access_token"]) == 200
    # The verifier knows the next key already and accepts its tokens at once.
    server.command("key", "rotate")
    header = first["access_token"].split(".")[0]
    wait_until(lambda: server.login(scope="notes:read")["access_token"].split(".")[0] != header)
    assert api.status(server.login(scope="notes:read")["access_token"]) == 200


def forged(token: str) -> str:
    """Returns the token's claims without a signature."""
    return base64url(b'{"typ":"at+jwt","alg":"none"}') + "." + token.split(".")[1] + "."
