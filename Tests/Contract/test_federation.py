"""A login with a provider: its steps, its attempts, and who may sign in."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode, urlsplit

import pytest

from harness import PASSWORD, add_back_end, assert_problem, claims, together
from harness.admin import Admin
from harness.cookies import ACCESS, REFRESH, Browser, cookies_of
from harness.federation import (
    ATTEMPT, Case, Provider, Visitor, assert_only_clears_attempts, having, onward, parameters)

CASES = {
    "honest": Case(),
    "other": Case(),
    "posts": Case(settings={"responseMode": "form_post"}),
    "known": Case(settings={"signUp": "known"}),
    "domain": Case(settings={"require": {"hd": ["example.com"]}}, claims=having(hd="example.org")),
    "member": Case(settings={"require": {"hd": ["example.com"]}}, claims=having(hd="example.com")),
    "timed": Case(settings={"maxAgeSeconds": 600}),
    "cancels": Case(redirect=lambda answer: [("error", "access_denied"), *answer[1:]]),
    "breaks": Case(redirect=lambda answer: [("error", "server_error"), ("error_description", "oh no"), *answer[1:]]),
}
RETURN = "https://app.example/start"


@pytest.fixture(scope="module")
def provider():
    provider = Provider(CASES)
    yield provider
    provider.end()


@pytest.fixture(scope="module")
def server(make_shared_server, provider, tmp_path_factory):
    return make_shared_server({
        "federation": provider.settings(tmp_path_factory.mktemp("federation") / "secret"),
        "pages": {"returnTo": [RETURN]}, "log": {"level": "debug"}})


@pytest.fixture
def visitor(server, provider):
    """A person whom no provider has seen before."""
    for issuer in provider.issuers.values():
        issuer.subject = f"person {uuid.uuid4()}"
    return Visitor(server, provider)


# The steps.

def test_a_login_with_a_provider_opens_a_session(visitor):
    answer = visitor.sign_in("honest", remember="on")
    assert (answer.status, answer.headers["Location"]) == (303, "/account"), answer
    cookies = cookies_of(answer)
    assert {ACCESS, REFRESH} <= set(cookies)
    assert cookies[REFRESH][1]["max-age"] == "1209600" and cookies[REFRESH][1]["samesite"] == "Strict"
    token = claims(visitor.jar[ACCESS])
    assert token["amr"] == ["fed"] and token["sid"] == visitor.session["session_id"]
    assert visitor.attempts == []
    page = visitor.get("/account", headers={"Accept": "text/html"})
    assert page.status == 200 and b"The honest" in page.body and b"Change your password" not in page.body


def test_a_subject_is_not_what_the_provider_calls_it_and_stays_the_same(visitor):
    visitor.sign_in("honest")
    first = visitor.session
    assert str(uuid.UUID(first["subject"])) == first["subject"]
    again = Visitor(visitor.server, visitor.provider)
    again.sign_in("honest")
    assert again.session["subject"] == first["subject"] and again.session["session_id"] != first["session_id"]
    visitor.issuer("honest").subject += "x"
    other = Visitor(visitor.server, visitor.provider)
    other.sign_in("honest")
    assert other.session["subject"] != first["subject"]


def test_the_same_sub_of_another_issuer_is_another_person(visitor):
    visitor.issuer("other").subject = visitor.issuer("honest").subject
    visitor.sign_in("honest")
    subject = visitor.session["subject"]
    other = Visitor(visitor.server, visitor.provider)
    other.sign_in("other")
    assert other.session["subject"] != subject


def test_the_request_has_pkce_state_and_nonce_and_a_configured_redirect_uri(visitor):
    seen = [parameters(onward(visitor.begin("honest", headers={"Host": "evil.example"}))) for _ in range(3)]
    for asked in seen:
        assert asked["redirect_uri"] == "http://localhost:8080/login/honest/callback"
        assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")
    for name in ("state", "nonce", "code_challenge"):
        assert len({asked[name] for asked in seen}) == 3 and all(len(asked[name]) >= 43 for asked in seen)


def test_the_page_that_leads_on_keeps_the_policy_and_sends_no_referrer(visitor):
    answer = visitor.begin("honest")
    assert answer.headers["Referrer-Policy"] == "no-referrer" and answer.headers["Cache-Control"] == "no-store"
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert onward(answer).startswith(visitor.issuer("honest").url + "/authorize?")


def test_a_login_that_is_not_remembered_has_session_cookies(visitor):
    cookies = cookies_of(visitor.sign_in("honest"))
    assert "max-age" not in cookies[ACCESS][1] and "max-age" not in cookies[REFRESH][1]


def test_a_response_by_post_is_served_like_one_by_get(visitor):
    answer = visitor.ask("posts")
    assert visitor.issuer("posts").asked["response_mode"] == "form_post"
    finished = visitor.come_back("posts", [*answer, ("user", '{"name":"A"}')], by="POST")
    assert finished.status == 303 and visitor.is_signed_in()


def test_the_time_of_the_authentication_is_the_providers_where_it_was_asked_for(visitor):
    visitor.sign_in("timed")
    assert visitor.issuer("timed").asked["max_age"] == "600"
    assert claims(visitor.jar[ACCESS])["auth_time"] > 0


def test_a_program_gets_the_url_as_a_document(visitor):
    answer = visitor.begin("honest", headers={"Accept": "application/json"}, remember="on")
    assert answer.status == 200 and answer.headers["Content-Type"] == "application/json", answer
    assert list(answer.json) == ["authorization_url"] and len(visitor.attempts) == 1
    url = answer.json["authorization_url"]
    finished = visitor.come_back("honest", visitor.issuer("honest").authorize(urlsplit(url).query)[1])
    assert finished.status == 303 and visitor.is_signed_in()


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
])
def test_another_site_cannot_begin(visitor, headers):
    for accept in ("application/json", "text/html"):
        answer = visitor.begin("honest", headers={**headers, "Accept": accept})
        assert answer.status == 403 and "Set-Cookie" not in answer.headers
    assert visitor.attempts == []


@pytest.mark.parametrize("method, path", [
    ("POST", ""), ("GET", "/callback?code=a&state=b"), ("POST", "/callback"), ("GET", "/finish?code=a&state=b"),
    ("POST", "/backchannel-logout"), ("POST", "/events"),
])
@pytest.mark.parametrize("name", ["nobody", "HONEST", "honest%20", "a" * 33])
def test_an_unknown_provider_is_not_found(server, method, path, name):
    form = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    answer = server.request(method, f"/login/{name}{path}", "x=1" if method == "POST" else None, headers=form)
    assert answer.status == 404 and "Set-Cookie" not in answer.headers


# The callback.

@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_callback_reads_no_cookie_asks_nobody_and_changes_nothing(visitor, method):
    answer = visitor.ask("honest")
    jar, asked = dict(visitor.jar), dict(visitor.issuer("honest").requests)
    for headers in ({}, {"Cookie": "a=b; " * 100}):
        fields = urlencode(answer)
        path = "/login/honest/callback" + ("?" + fields if method == "GET" else "")
        step = visitor.request(method, path, fields if method == "POST" else None, csrf=None, headers={
            "Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded", **headers})
        assert step.status == 200 and "Set-Cookie" not in step.headers, step
        assert step.headers["Referrer-Policy"] == "no-referrer" and step.headers["Cache-Control"] == "no-store"
        place = onward(step)
        assert place.startswith("/login/honest/finish?") and parameters(place) == dict(answer)
    assert visitor.jar == jar and visitor.issuer("honest").requests == asked
    assert visitor.finish("honest", answer).status == 303


def test_a_prefetch_has_no_effect(visitor):
    answer = visitor.ask("honest")
    query = urlencode(answer)
    for purpose in ("prefetch", "prefetch;prerender"):
        for step in ("callback", "finish"):
            got = visitor.get(f"/login/honest/{step}?{query}", headers={"Sec-Purpose": purpose})
            assert (got.status, got.body) == (204, b"") and "Set-Cookie" not in got.headers
    assert len(visitor.attempts) == 1
    assert visitor.finish("honest", answer).status == 303 and visitor.is_signed_in()


@pytest.mark.parametrize("query", ["code=" + "a" * 4096, "code=%ff&state=a", "code=%", "code=a%00b&state=a", "state=ü"])
def test_a_callback_with_wrong_sizes_or_characters_is_refused(visitor, query):
    for method in ("GET", "POST"):
        path = "/login/honest/callback" + ("?" + query if method == "GET" else "")
        answer = visitor.server.request(
            method, path, query if method == "POST" else None,
            headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status in (400, 502) and "Set-Cookie" not in answer.headers, answer


# Attempts.

def test_the_cookie_of_an_attempt_is_strict_and_small(visitor):
    cookies = cookies_of(visitor.begin("honest", **{"return": "/notes"}))
    (name, (value, attributes)), = cookies.items()
    assert name.startswith(ATTEMPT) and len(name) == len(ATTEMPT) + 12 and len(name) + len(value) <= 700
    assert "secure" in attributes and "httponly" in attributes and attributes["samesite"] == "Strict"
    assert attributes["path"] == "/" and "domain" not in attributes and attributes["max-age"] == "600"


def test_a_browser_keeps_five_attempts_and_the_oldest_goes(visitor):
    begun = [(visitor.ask("honest"), visitor.attempts[-1]) for _ in range(7)]
    assert visitor.attempts == [name for _, name in begun[2:]]
    assert visitor.finish("honest", begun[0][0]).status == 400
    assert visitor.finish("honest", begun[2][0]).status == 303


def test_attempts_of_several_windows_do_not_disturb_each_other(visitor):
    first, second = visitor.ask("honest"), visitor.ask("other")
    assert visitor.come_back("other", second).status == 303
    assert visitor.come_back("honest", first).status == 303
    assert visitor.is_signed_in() and visitor.attempts == []


def test_an_answer_that_is_delivered_twice_signs_nobody_out(visitor):
    answer = visitor.ask("honest")
    jar = dict(visitor.jar)
    assert visitor.finish("honest", answer).status == 303
    session = visitor.session["session_id"]
    # The browser aborted the first delivery and has not seen its cookies.
    late = Visitor(visitor.server, visitor.provider)
    late.jar = jar
    assert late.finish("honest", answer).status == 303 and late.session["session_id"] == session
    # The back button: the attempt's cookie is gone, and the browser is signed in.
    back = visitor.finish("honest", answer)
    assert (back.status, back.headers["Location"]) == (303, "/account")
    assert visitor.session["session_id"] == session and len(visitor.issuer("honest").exchanges) >= 1


def test_many_deliveries_at_once_open_one_session(visitor):
    answer = visitor.ask("honest")
    before = len(visitor.issuer("honest").exchanges)
    windows = [Visitor(visitor.server, visitor.provider) for _ in range(64)]
    for window in windows:
        window.jar = dict(visitor.jar)
    answers = together(*[lambda window=window: window.finish("honest", answer) for window in windows])
    assert {answer.status for answer in answers} == {303}, answers
    assert len({window.session["session_id"] for window in windows}) == 1
    assert len(visitor.issuer("honest").exchanges) == before + 1
    assert len(windows[0].get("/v1/sessions").json["sessions"]) == 1


def test_an_unknown_attempt_gets_a_button_to_begin_anew(visitor):
    answer = visitor.ask("honest")
    stranger = Visitor(visitor.server, visitor.provider)
    before = dict(visitor.issuer("honest").requests)
    refused = stranger.finish("honest", answer)
    assert refused.status == 400 and b'action="/login/honest"' in refused.body, refused
    assert_only_clears_attempts(refused)
    assert visitor.issuer("honest").requests == before and not stranger.is_signed_in()
    assert visitor.finish("honest", answer).status == 303


@pytest.mark.parametrize("change", ["swapped", "cut", "flipped", "renamed", "twice", "other provider", "long"])
def test_a_cookie_that_is_not_the_attempts_is_refused(visitor, change):
    first, second = visitor.ask("honest"), visitor.ask("honest")
    one, two = visitor.attempts
    jar = dict(visitor.jar)
    name, cookies = "honest", {
        "swapped": {one: jar[two], two: jar[one]}, "cut": {one: jar[one][:-4]},
        "flipped": {one: jar[one][:-5] + ("A" if jar[one][-5] != "A" else "B") + jar[one][-4:]},
        "renamed": {one[:-1] + ("A" if one[-1] != "A" else "B"): jar[one]}, "long": {one: jar[one] + "A" * 4000},
    }.get(change, {one: jar[one]})
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    if change == "twice":
        sent = f"{sent}; {sent}"
    if change == "other provider":
        name = "other"
    before = dict(visitor.issuer(name).requests)
    answer = visitor.finish(name, first, headers={"Cookie": sent})
    assert answer.status in (400, 502), answer
    assert_only_clears_attempts(answer)
    assert visitor.issuer(name).requests["token"] == before.get("token", 0)


def test_an_attempt_lasts_as_long_as_it_is_configured(make_server, provider, tmp_path):
    settings = provider.settings(tmp_path / "secret")
    server = make_server({"federation": {**settings, "attemptSeconds": 60}})
    visitor = Visitor(server, provider)
    assert next(iter(cookies_of(visitor.begin("honest")).values()))[1]["max-age"] == "60"


def test_a_person_who_cancels_is_back_at_the_login(visitor):
    answer = visitor.sign_in("cancels")
    assert (answer.status, answer.headers["Location"]) == (303, "/login?notice=cancelled")
    assert_only_clears_attempts(answer)
    assert b"did not finish" in visitor.get(answer.headers["Location"], headers={"Accept": "text/html"}).body


def test_a_refused_sign_in_is_a_page_in_the_language_of_the_browser(visitor):
    german = {"Accept": "text/html", "Accept-Language": "de"}
    answer = visitor.get("/login/honest/finish?code=x&state=y", headers=german)
    page = answer.body.decode()
    assert answer.status == 400 and '<html lang="de">' in page and "<h1>Sie sind nicht angemeldet</h1>" in page
    assert "Diese Anmeldung wurde bereits verwendet" in page
    answer = visitor.get("/login/honest/finish?code=x&state=y", headers={**german, "Accept": "application/json"})
    assert answer.json["detail"].startswith("This sign-in was used already")


def test_another_error_is_not_repeated_on_the_page(visitor):
    answer = visitor.sign_in("breaks")
    assert answer.status == 502 and b"oh no" not in answer.body and b"server_error" not in answer.body
    assert_only_clears_attempts(answer)
    assert visitor.issuer("breaks").exchanges == []


# Where it leads.

@pytest.mark.parametrize("target", [
    "/notes", "/notes?page=2#top", "/notes?at=https://x", RETURN, RETURN + "/x?y=1", RETURN + "?a",
])
def test_a_login_comes_back_to_where_it_began(visitor, target):
    assert visitor.sign_in("honest", **{"return": target}).headers["Location"] == target
    other = Browser(visitor.server)
    form = urlencode({"username": "ada", "password": PASSWORD, "return": target})
    answer = other.post("/login", form, headers={"Content-Type": "application/x-www-form-urlencoded"}, csrf=None)
    assert answer.headers["Location"] == target


@pytest.mark.parametrize("target", [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil",
    "notes", "", "/%0d%0aSet-Cookie:x\r\n", "https://app.example.evil.example/start",
    "https://app.example@evil.example",
    "https://app.example/starting", "https://app.example/start/../evil", "https://app.example/start/%2e%2e/evil",
    "https://user@app.example/start", "http://app.example/start", "https://app.example:8443/start", "/" + "a" * 600,
    "https://app.example", "/ünï", "data:text/html,x", " /notes", "https:app.example/start", "///evil.example",
    "/a//b",
])
def test_a_login_never_leads_elsewhere(visitor, target):
    assert visitor.sign_in("honest", **{"return": target}).headers["Location"] == "/account"
    page = Browser(visitor.server).get("/login?" + urlencode({"return": target}), headers={"Accept": "text/html"})
    assert page.status == 200 and b'name="return"' not in page.body


# Who may sign in.

def test_an_unknown_person_does_not_sign_in_where_only_known_ones_may(visitor):
    answer = visitor.sign_in("known")
    assert answer.status == 403 and not visitor.is_signed_in()
    assert_only_clears_attempts(answer)


def test_a_requirement_that_is_not_met_keeps_a_person_out(visitor):
    answer = visitor.sign_in("domain")
    assert answer.status == 403
    assert_only_clears_attempts(answer)
    assert visitor.sign_in("member").status == 303


def test_all_who_may_not_sign_in_see_one_page(visitor):
    def page(answer):
        return answer.body.decode().replace("domain", "X").replace("known", "X").split("Request")[0]

    assert page(visitor.sign_in("domain")) == page(visitor.sign_in("known"))


def test_a_disabled_person_does_not_sign_in_and_a_deleted_one_does_not_come_again(visitor):
    visitor.sign_in("honest")
    subject = visitor.session["subject"]
    for action in ("disable", "delete"):
        visitor.server.command("user", action, subject)
        answer = Visitor(visitor.server, visitor.provider).sign_in("honest")
        assert answer.status == 403, (action, answer)
        assert_only_clears_attempts(answer)


def test_a_login_ends_the_old_session_of_the_browser(visitor):
    visitor.login("ada")
    old = dict(visitor.jar)
    assert visitor.sign_in("honest").status == 303
    session = visitor.session
    visitor.jar = old
    assert visitor.get("/v1/session").status == 401
    assert session["subject"] and session["client_id"] == "web"


# Limits, logs, and the audit trail.

def test_too_many_attempts_of_one_address_must_wait(make_server, provider, tmp_path):
    server = make_server({
        "federation": provider.settings(tmp_path / "secret"), "loginLimits": {"perAddress": 5, "windowSeconds": 3600}})
    for _ in range(8):
        # A login that succeeds is not counted.
        assert Visitor(server, provider).sign_in("honest").status == 303
    statuses = [Visitor(server, provider).begin("honest").status for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    answer = Visitor(server, provider).begin("honest", headers={"Accept": "application/json"})
    assert_problem(answer, "too_many_attempts")
    assert "Set-Cookie" not in answer.headers


def test_a_delivery_that_is_repeated_gives_no_attempt_back(make_server, provider, tmp_path):
    server = make_server({
        "federation": provider.settings(tmp_path / "secret"), "loginLimits": {"perAddress": 3, "windowSeconds": 3600}})
    visitor = Visitor(server, provider)
    answer = visitor.ask("honest")
    jar = dict(visitor.jar)
    for _ in range(3):
        visitor.jar = dict(jar)
        assert visitor.finish("honest", answer).status == 303
    assert [Visitor(server, provider).begin("honest").status for _ in range(4)] == [200] * 3 + [429]


def test_nothing_secret_is_logged(visitor):
    answer = dict(visitor.ask("honest"))
    asked = visitor.issuer("honest").asked
    cookie = visitor.jar[visitor.attempts[0]]
    assert visitor.come_back("honest", list(answer.items())).status == 303
    exchange = visitor.issuer("honest").exchanges[-1]
    visitor.finish("honest", [("code", answer["code"]), ("state", "x" * 43), ("error", "access_denied")])
    log, stored = visitor.server.log, visitor.server.stored
    secrets = [answer["code"], answer["state"], asked["nonce"], asked["code_challenge"], exchange["code_verifier"],
               cookie[:40], "a secret-of", "upstream-session-1"]
    assert [secret for secret in secrets if secret in log] == []
    assert [secret for secret in secrets if secret.encode() in stored] == []
    assert "path=/login/*/finish" in log


def test_the_audit_trail_names_the_provider(visitor):
    visitor.sign_in("honest")
    events = Admin(visitor.server).get_json(f"/admin/v1/events?subject={visitor.session['subject']}")["events"]
    login = next(event for event in events if event["kind"] == "login")
    assert login["detail"] == "honest" and login["session_id"] == visitor.session["session_id"]


def test_an_access_token_of_a_vouched_session_is_not_a_fresh_authentication(server, visitor):
    back_end = add_back_end(server, f"back {uuid.uuid4()}"[:20].replace(" ", "-"))
    visitor.login("bob")
    subject = visitor.session["subject"]
    answer = server.post(
        "/v1/sessions", {"subject": subject, "client_id": "web", "delivery": "cookie", "amr": ["pwd"]},
        headers={"Authorization": back_end.basic})
    vouched = Visitor(server, visitor.provider)
    vouched.jar = {name: value for name, (value, _) in cookies_of(answer).items()}
    vouched.csrf = answer.json["csrf_token"]
    refused = vouched.post(
        "/account/link/honest", urlencode({"csrf": vouched.csrf}),
        headers={"Content-Type": "application/x-www-form-urlencoded"}, csrf=None)
    assert (refused.status, refused.headers["Location"]) == (303, "/account?notice=confirm")
    assert vouched.attempts == []
