"""Cookie delivery: the cookies, CSRF, session fixation, CORS."""

from __future__ import annotations

import time

import pytest

from harness import PASSWORD, TOKEN_MEMBERS, add_back_end, assert_problem
from harness.cookies import ACCESS, REFRESH, Browser, cookies_of

NEW_PASSWORD = "another fine long password"


@pytest.fixture
def browser(server, user):
    browser = Browser(server)
    browser.login(user)
    return browser


def test_cookies_have_every_protective_attribute(server, user):
    cookies = cookies_of(Browser(server).login(user))
    assert set(cookies) == {ACCESS, REFRESH}
    for name, (value, attributes) in cookies.items():
        assert value
        assert "secure" in attributes and "httponly" in attributes
        assert attributes["path"] == "/" and "domain" not in attributes
        assert attributes["samesite"] == ("Strict" if name == REFRESH else "Lax")
    assert cookies[ACCESS][1]["max-age"] == "600"
    assert cookies[REFRESH][1]["max-age"] == "1209600"


@pytest.mark.parametrize("name", [ACCESS, REFRESH])
def test_a_repeated_cookie_is_refused(browser, name):
    jar = "; ".join(f"{key}={value}" for key, value in [*browser.jar.items(), (name, browser.jar[name])])
    assert_problem(browser.get("/v1/session", headers={"Cookie": jar}), "invalid_request")
    assert_problem(browser.post("/v1/refresh", headers={"Cookie": jar}), "invalid_request")


@pytest.mark.parametrize("alias", [
    "__host-heirloom-access", "__HOST-HEIRLOOM-ACCESS", "heirloom-access", "\u2000__Host-heirloom-access", "$Version",
    "__Host-heirloom-access\u00a0", "%5f_Host-heirloom-access",
])
def test_a_cookie_with_a_similar_name_has_no_effect(browser, alias):
    jar = "; ".join(f"{key}={value}" for key, value in browser.jar.items())
    assert browser.get("/v1/session", headers={"Cookie": f"{alias}=evil; {jar}"}).status == 200
    answer = browser.get("/v1/session", headers={"Cookie": f"{alias}={browser.jar[ACCESS]}"})
    assert_problem(answer, "invalid_token", challenge=True)


@pytest.mark.parametrize("junk", [
    "", "=", "a", ";;;", "\x01", "x=1; =; y", ACCESS, f"{ACCESS}=junk", f"{REFRESH}=\"q\"",
])
def test_an_undecodable_cookie_authenticates_nobody_and_is_no_server_error(server, junk):
    answer = Browser(server).get("/v1/session", headers={"Cookie": junk})
    assert answer.status in (400, 401), answer


def test_cookies_fit_into_4096_bytes_even_with_post_quantum_signatures(make_server):
    browser = Browser(make_server({"accessToken": {"algorithm": "ML-DSA-65"}}))
    for name, (value, _) in cookies_of(browser.login()).items():
        assert len(name) + len(value) <= 4096
    assert browser.get("/v1/session").status == 200


@pytest.mark.parametrize("name, code", [("another", "invalid_token"), (5, "invalid_request"), ([], "invalid_request")])
def test_a_refresh_that_names_another_client_is_refused_and_keeps_the_cookies(browser, name, code):
    jar = dict(browser.jar)
    assert_problem(browser.post("/v1/refresh", {"client_id": name}), code)
    assert browser.jar == jar
    assert browser.post("/v1/refresh", {"client_id": "web"}).status == 200


def test_no_body_holds_a_token(browser, user):
    answers = [browser.login(user), browser.get("/v1/session"), browser.post("/v1/refresh")]
    for answer in answers:
        assert answer.status == 200, answer
        assert not {"access_token", "refresh_token", "token_type"} & set(answer.json)
        for value in browser.jar.values():
            assert value.encode() not in answer.body
    assert set(answers[0].json) == (TOKEN_MEMBERS - {"access_token", "refresh_token", "token_type"}) | {"csrf_token"}
    assert set(answers[2].json) == set(answers[0].json)


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "nonsense"},
    {"Sec-Fetch-Site": "same-origin, cross-site"}, {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "", "Origin": "https://evil.example"}, {"Sec-Fetch-Site": "", "Origin": "null"},
    {"Sec-Fetch-Site": "", "Origin": "http://evil.example", "Host": "evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8080"},
])
@pytest.mark.parametrize("method, path", [
    ("POST", "/v1/refresh"), ("POST", "/v1/logout"), ("POST", "/v1/logout-all"), ("POST", "/v1/password"),
    ("DELETE", "/v1/sessions/me"),
])
def test_a_request_from_another_origin_has_no_effect(browser, method, path, headers):
    path = path.replace("me", browser.get("/v1/session").json["session_id"])
    jar = dict(browser.jar)
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD} if path == "/v1/password" else None
    answer = browser.request(method, path, body, headers=headers)
    assert_problem(answer, "csrf_failed")
    assert browser.jar == jar and "Set-Cookie" not in answer.headers
    assert browser.get("/v1/session").json["generation"] == 0


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "", "Origin": "http://localhost:8080"},
])
def test_a_request_from_this_origin_is_served(browser, headers):
    assert browser.post("/v1/refresh", headers=headers).status == 200


def test_a_login_from_another_origin_sets_no_cookie(server, user):
    members = {"username": user, "password": PASSWORD, "delivery": "cookie"}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        answer = server.post("/v1/login", members, headers=headers)
        assert_problem(answer, "csrf_failed")
        assert "Set-Cookie" not in answer.headers


def test_the_csrf_token_belongs_to_one_session(server, browser, user):
    other = Browser(server)
    other.login(user)
    for token in (None, "", "x", other.csrf, browser.csrf[:-1], browser.csrf + "A"):
        for path in ("/v1/refresh", "/v1/logout", "/v1/logout-all"):
            assert_problem(browser.post(path, csrf=token), "csrf_failed")
    assert browser.get("/v1/session").json["csrf_token"] == browser.csrf != other.csrf
    assert browser.post("/v1/refresh").json["csrf_token"] == browser.csrf


@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"])
@pytest.mark.parametrize("path", ["/v1/login", "/v1/refresh", "/v1/logout", "/v1/logout-all", "/v1/password"])
def test_a_media_type_that_a_form_can_send_is_refused(browser, path, media_type):
    answer = browser.post(path, '{"delivery":"cookie"}', headers={"Content-Type": media_type})
    assert_problem(answer, "unsupported_media_type")


def test_a_get_changes_nothing(browser):
    before = dict(browser.jar)
    for path in ("/v1/session", "/v1/sessions", "/v1/verify"):
        for headers in ({}, {"Sec-Fetch-Site": "cross-site"}):
            assert browser.get(path, headers=headers).status == 200
    assert browser.jar == before and browser.get("/v1/session").json["generation"] == 0
    for path in ("/v1/refresh", "/v1/logout", "/v1/logout-all"):
        assert_problem(browser.get(path), "method_not_allowed")


def test_a_replayed_refresh_cookie_in_a_get_is_refused_and_ends_nothing(browser):
    stale = browser.jar[REFRESH]
    for _ in range(2):
        assert browser.post("/v1/refresh").status == 200
    assert browser.get("/v1/session", headers={"Cookie": f"{REFRESH}={stale}"}).status == 401
    assert browser.get("/v1/session").status == 200


@pytest.mark.parametrize("access", [None, "", "junk", "another session's"])
def test_without_a_valid_access_cookie_the_browser_must_refresh(server, browser, access):
    """Otherwise nothing would make it refresh, and the session would expire while its user is active."""
    if access is None:
        del browser.jar[ACCESS]
    else:
        browser.jar[ACCESS] = access if access != "another session's" else server.login("bob")["access_token"]
    for path in ("/v1/session", "/v1/sessions", "/v1/verify"):
        answer = browser.get(path)
        assert_problem(answer, "expired_token", action="refresh")
        assert "Set-Cookie" not in answer.headers
    assert browser.get("/account").status == 200
    assert browser.post("/v1/refresh").status == 200 and set(browser.jar) == {ACCESS, REFRESH}
    for path in ("/v1/session", "/v1/sessions", "/v1/verify"):
        assert browser.get(path).status == 200


def test_the_access_cookie_alone_identifies_the_session(browser):
    del browser.jar[REFRESH]
    assert browser.get("/v1/session").json["csrf_token"] == browser.csrf
    assert browser.get("/v1/verify").status == 200


def test_the_refresh_cookie_alone_ends_sessions(browser):
    del browser.jar[ACCESS]
    assert browser.post("/v1/logout-all").json == {"revoked_sessions": 1}


# Remembering.


def max_ages(answer):
    return [attributes.get("max-age") for _, attributes in cookies_of(answer).values()]


def test_cookies_of_a_session_that_is_not_remembered_have_no_lifetime(server, user):
    browser = Browser(server)
    members = {"username": user, "password": PASSWORD, "delivery": "cookie"}
    answer = browser.post("/v1/login", {**members, "remember": False}, csrf=None)
    browser.csrf = answer.json["csrf_token"]
    assert max_ages(answer) == [None, None] and answer.json["refresh_expires_in"] == 43_200
    for _ in range(2):
        answer = browser.post("/v1/refresh")
        assert max_ages(answer) == [None, None] and answer.json["refresh_expires_in"] <= 43_200
    assert max_ages(browser.post("/v1/logout")) == ["0", "0"]
    for remember in (True, None):
        answer = browser.post("/v1/login", {**members, "remember": remember}, csrf=None)
        assert max_ages(answer) == ["600", "1209600"]
    for wrong in ("false", 0, []):
        assert_problem(browser.post("/v1/login", {**members, "remember": wrong}, csrf=None), "invalid_request")


def test_a_session_that_is_not_remembered_ends_at_its_own_absolute_lifetime(make_server):
    server = make_server({"refreshToken": {"unrememberedLifetimeSeconds": 2}})
    kept = server.login()
    tokens = server.login(remember=False)
    assert tokens["refresh_expires_in"] == 2 and kept["refresh_expires_in"] == 1_209_600
    tokens = server.rotate(tokens["refresh_token"])
    assert tokens["refresh_expires_in"] <= 2
    time.sleep(2.1)
    assert_problem(server.refresh(tokens["refresh_token"]), "expired_token")
    server.rotate(kept["refresh_token"])


# Cookies of a session that a back-end vouches for.


@pytest.fixture(scope="module")
def vouch(server):
    client = add_back_end(server, "backend")
    return lambda **members: server.post(
        "/v1/sessions", {"subject": "carl", **members}, headers={"Authorization": client.basic})


def test_a_back_end_passes_the_cookies_of_a_vouched_session_on(server, vouch):
    answer = vouch(
        client_id="web", delivery="cookie", address="2001:db8::7", user_agent="Firefox/1", device="tablet",
        remember=False)
    assert answer.status == 201 and max_ages(answer) == [None, None]
    assert not {"access_token", "refresh_token"} & set(answer.json)
    browser = Browser(server)
    browser.jar = {name: value for name, (value, _) in cookies_of(answer).items()}
    browser.csrf = answer.json["csrf_token"]
    session = browser.get("/v1/session").json
    assert (session["address"], session["user_agent"], session["device"]) == ("2001:db8::7", "Firefox/1", "tablet")
    assert session["csrf_token"] == browser.csrf
    answer = browser.post("/v1/refresh")
    assert answer.status == 200 and max_ages(answer) == [None, None]


@pytest.mark.parametrize("members", [
    {"delivery": "cookie"}, {"delivery": "cookie", "client_id": "backend"}, {"delivery": "header"},
    {"address": "somewhere"}, {"address": ""}, {"address": "192.0.2.1\0"}, {"address": "192.0.2.1:80"},
    {"address": "192.0.2.0/24"}, {"address": 7}, {"user_agent": 7}, {"remember": "no"},
])
def test_a_vouched_session_with_a_wrong_member_is_refused(vouch, members):
    answer = vouch(**members)
    assert_problem(answer, "invalid_request")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path, code", [
    ("/v1/logout", None), ("/v1/refresh", "session_revoked"), ("/v1/logout-all", "session_revoked"),
])
@pytest.mark.parametrize("csrf", [None, "x", "own"])
def test_cookies_of_an_ended_session_need_no_csrf_token_and_are_cleared(server, browser, path, code, csrf):
    assert server.post("/v1/logout", bearer=browser.jar[ACCESS]).status == 204
    assert_problem(browser.post(path, csrf=csrf, headers={"Sec-Fetch-Site": "cross-site"}), "csrf_failed")
    answer = browser.post(path, csrf=csrf)
    if code:
        assert_problem(answer, code)
    else:
        assert answer.status == 204
    assert len(cookies_of(answer)) == 2 and browser.jar == {}


def test_a_reuse_of_a_refresh_cookie_ends_the_session_and_clears_the_cookies(browser):
    stale = browser.jar[REFRESH]
    for _ in range(2):
        assert browser.post("/v1/refresh").status == 200
    answer = browser.post("/v1/refresh", headers={"Cookie": f"{REFRESH}={stale}"})
    assert_problem(answer, "reuse_detected")
    assert {name: value for name, (value, _) in cookies_of(answer).items()} == {ACCESS: "", REFRESH: ""}


def test_a_logout_clears_the_cookies_of_an_ended_session_too(server, browser):
    jar = dict(browser.jar)
    for _ in range(2):
        answer = browser.post("/v1/logout", headers={"Cookie": "; ".join(f"{k}={v}" for k, v in jar.items())})
        assert answer.status == 204
        assert all(value == "" for value, _ in cookies_of(answer).values()) and len(cookies_of(answer)) == 2
    assert browser.jar == {}
    answer = browser.post("/v1/logout", headers={"Cookie": f"{ACCESS}=x; {REFRESH}=y"})
    assert answer.status == 204 and len(cookies_of(answer)) == 2


def test_a_bearer_token_takes_precedence_over_cookies_and_needs_no_csrf_token(server, browser, user):
    tokens = server.login(user)
    answer = server.request(
        "POST", "/v1/logout", bearer=tokens["access_token"],
        headers={"Cookie": "; ".join(f"{k}={v}" for k, v in browser.jar.items())})
    assert answer.status == 204 and "Set-Cookie" not in answer.headers
    server.assert_ended(tokens)
    assert browser.get("/v1/session").status == 200


def test_every_login_is_a_new_session_with_new_secrets(server, user):
    browser, seen = Browser(server), set()
    for _ in range(3):
        answer = browser.login(user)
        seen |= {answer.json["session_id"], answer.json["csrf_token"], *browser.jar.values()}
    assert len(seen) == 12


def test_a_planted_cookie_does_not_fix_the_session_of_a_login(server, user):
    attacker = Browser(server)
    planted = attacker.login("bob").json["session_id"]
    victim = Browser(server)
    victim.jar = dict(attacker.jar)
    assert victim.login(user).json["session_id"] != planted
    assert attacker.get("/v1/session").json["subject"] != victim.get("/v1/session").json["subject"]


def test_a_cookie_of_an_ended_session_is_refused_at_the_next_request(browser):
    jar = dict(browser.jar)
    assert browser.post("/v1/logout").status == 204
    cookie = "; ".join(f"{k}={v}" for k, v in jar.items())
    for method, path in (("GET", "/v1/session"), ("GET", "/v1/verify"), ("POST", "/v1/refresh")):
        assert_problem(browser.request(method, path, headers={"Cookie": cookie}), "session_revoked")


def test_a_deleted_user_is_signed_out_and_a_new_one_of_that_name_is_another_subject(make_server):
    server = make_server()
    browser = Browser(server)
    subject = browser.login().json["subject"]
    server.cli("user", "delete", "ada")
    assert_problem(browser.get("/v1/session"), "session_revoked")
    server.add_user("ada")
    assert browser.login().json["subject"] != subject


def test_a_password_change_needs_the_current_password_and_ends_other_sessions(server, browser, user):
    other = Browser(server)
    other.login(user)
    wrong = browser.post("/v1/password", {"current_password": "wrong wrong", "new_password": NEW_PASSWORD})
    assert wrong.status == 401 and other.get("/v1/session").status == 200
    right = browser.post("/v1/password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD})
    assert right.status == 204
    assert browser.get("/v1/session").status == 200 and browser.post("/v1/refresh").status == 200
    assert_problem(other.get("/v1/session"), "session_revoked")


def test_a_user_lists_and_ends_only_sessions_of_their_own(server, browser, user):
    other, stranger = Browser(server), Browser(server)
    other_id = other.login(user).json["session_id"]
    stranger_id = stranger.login("bob").json["session_id"]
    listed = browser.get("/v1/sessions").json["sessions"]
    assert {session["session_id"]: session["current"] for session in listed}[other_id] is False
    assert sum(session["current"] for session in listed) == 1
    assert_problem(browser.request("DELETE", f"/v1/sessions/{stranger_id}"), "not_found")
    assert browser.request("DELETE", f"/v1/sessions/{other_id}").status == 204
    assert_problem(other.get("/v1/session"), "session_revoked")
    assert stranger.get("/v1/session").status == 200


def test_a_logout_all_by_cookie_ends_every_session_and_clears_the_cookies(server, browser, user):
    other = Browser(server)
    other.login(user)
    answer = browser.post("/v1/logout-all")
    assert answer.status == 200 and answer.json["revoked_sessions"] == 2 and browser.jar == {}
    assert_problem(other.get("/v1/session"), "session_revoked")


ALLOWED = "https://app.example"


@pytest.fixture
def sharing(make_server):
    return make_server({"http": {"allowedOrigins": [ALLOWED]}})


def test_only_a_configured_origin_may_read_answers(sharing):
    for origin in ("https://evil.example", "null", ALLOWED + ".evil.example", "http://app.example", ALLOWED + ":8443"):
        answer = sharing.get("/v1/session", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer.headers and "Origin" in answer.headers["Vary"]
    answer = sharing.get("/v1/session", headers={"Origin": ALLOWED})
    assert answer.headers["Access-Control-Allow-Origin"] == ALLOWED
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in answer.headers["Vary"]


def test_only_a_configured_origin_gets_a_preflight_answer(sharing):
    asked = {"Origin": ALLOWED, "Access-Control-Request-Method": "POST"}
    answer = sharing.request("OPTIONS", "/v1/refresh", headers=asked)
    assert answer.status == 204 and answer.headers["Access-Control-Allow-Origin"] == ALLOWED
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "x-csrf-token" in answer.headers["Access-Control-Allow-Headers"].lower()
    assert sharing.request("OPTIONS", "/v1/refresh", headers={**asked, "Origin": "https://evil.example"}).status == 405
    assert sharing.request("OPTIONS", "/nothing", headers=asked).status == 404


# What libraries for tracing, wrappers of fetch and caches add, and what the service itself reads.
@pytest.mark.parametrize("name", [
    "Authorization", "Content-Type", "X-CSRF-Token", "DPoP", "Last-Event-ID", "If-None-Match", "If-Modified-Since",
    "Accept", "Accept-Language", "Cache-Control", "Pragma", "X-Requested-With", "X-Request-Id", "Idempotency-Key",
    "traceparent", "tracestate", "baggage", "sentry-trace", "b3", "X-B3-TraceId", "x-datadog-trace-id", "newrelic",
])
def test_an_allowed_page_may_send_the_headers_that_libraries_add(server_for_sharing, name):
    asked = {"Origin": ALLOWED, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": name.lower()}
    answer = server_for_sharing.request("OPTIONS", "/v1/refresh", headers=asked)
    assert answer.status == 204
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().replace(" ", "").split(",")
    assert name.lower() in allowed
    # These are for proxies to write.
    assert not {"forwarded", "host", "x-forwarded-for", "x-forwarded-method", "x-real-ip"} & set(allowed)


@pytest.fixture(scope="module")
def server_for_sharing(make_shared_server):
    return make_shared_server({"http": {"allowedOrigins": [ALLOWED]}})


@pytest.mark.parametrize("path", [
    "/.well-known/jwks.json", "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"])
def test_pages_of_every_origin_may_read_the_public_documents(server, server_for_sharing, path):
    for one in (server, server_for_sharing):
        for origin in (ALLOWED, "https://any.example", "null"):
            answer = one.get(path, headers={"Origin": origin})
            assert answer.status == 200 and answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in answer.headers and "Vary" not in answer.headers
            again = one.get(path, headers={"Origin": origin, "If-None-Match": answer.headers["ETag"]})
            assert again.status == 304 and again.headers["Access-Control-Allow-Origin"] == "*"
            preflight = one.request("OPTIONS", path, headers={
                "Origin": origin, "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "if-none-match"})
            assert preflight.status == 204 and preflight.headers["Access-Control-Allow-Origin"] == "*"
            assert "if-none-match" in preflight.headers["Access-Control-Allow-Headers"].lower()
    assert_problem(server.request("OPTIONS", path, headers={"Origin": ALLOWED}), "method_not_allowed")


def test_without_configured_origins_no_answer_has_cors_headers(server):
    answer = server.get("/v1/session", headers={"Origin": "http://localhost:8080"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("origin", ["*", "app.example", "https://app.example/", "https://App.example", "null"])
def test_an_allowed_origin_in_a_form_that_no_browser_sends_is_refused(make_server, origin):
    server = make_server({"http": {"allowedOrigins": [origin]}}, start=False, user=False)
    checked = server.cli("config", "check")
    assert checked.returncode != 0 and "http.allowedOrigins" in checked.stderr
