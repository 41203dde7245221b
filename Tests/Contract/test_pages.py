"""The pages as bytes. Tests/Browser tests them in a browser."""

from __future__ import annotations

import gzip
import html
import re
from urllib.parse import urlencode

import pytest

from harness import PASSWORD, assert_problem
from harness.cookies import ACCESS, REFRESH, Browser, cookies_of

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}


@pytest.fixture
def browser(server, user):
    browser = Browser(server)
    browser.login(user)
    return browser


def submit(browser, path, **fields):
    return browser.post(path, urlencode(fields), headers=FORM, csrf=None)


@pytest.mark.parametrize("path", ["/login", "/account", "/inspect", "/nothing", "/setup"])
def test_every_page_forbids_inline_code_and_foreign_sources(server, browser, path):
    asking = server if path == "/login" else browser
    answer = asking.get(path, headers={"Accept": "text/html"})
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert {policy[name] for name in ("default-src", "frame-ancestors", "base-uri")} == {"'none'"}
    assert "unsafe" not in str(policy) and "http" not in str(policy) and "*" not in str(policy)
    assert answer.headers["Referrer-Policy"] == "same-origin" and answer.headers["Permissions-Policy"]
    page = answer.body.decode()
    assert not re.search(r"<style|<script(?! src=\"/)|\son\w+=|\sstyle=|javascript:|(?:src|href)=\"(?!/|#)", page)
    assert page.count("<h1>") == 1 and '<html lang="en">' in page


@pytest.mark.parametrize("path", [
    "/style.css", "/mark.svg", "/inspect.js", "/heirloom.js", "/heirloom.mjs", "/heirloom-bind.mjs", "/heirloom.d.ts",
    "/heirloom-bind.d.ts",
])
def test_assets_are_cached_revalidated_and_compressed(server, path):
    plain, packed = server.get(path), server.get(path, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers and plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["Content-Encoding"] == "gzip" and packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == plain.body
    for answer, coding in ((plain, ""), (packed, "gzip")):
        assert answer.status == 200 and "max-age" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Type"].startswith(("text/", "image/"))
        known = {"If-None-Match": answer.headers["ETag"], "Accept-Encoding": coding}
        assert server.get(path, headers=known).status == 304


def test_the_helper_is_smaller_than_two_kilobytes_on_the_wire(server):
    assert len(server.get("/heirloom.js", headers={"Accept-Encoding": "gzip"}).body) < 2048
    # Loaded by the pages that ask for it alone.
    assert len(server.get("/heirloom-bind.mjs", headers={"Accept-Encoding": "gzip"}).body) < 3072


def test_an_error_is_a_page_for_a_browser_and_a_problem_document_otherwise(server):
    page = {"Accept": "text/html"}
    assert server.get("/nothing").headers["Content-Type"] == "application/problem+json"
    assert server.get("/v1/nothing", headers=page).headers["Content-Type"] == "application/problem+json"
    assert server.get("/nothing", headers=page).headers["Content-Type"].startswith("text/html")


def test_forms_and_page_redirects_answer_303(server, browser, user):
    for answer, place in (
        (browser.get("/"), "/account"),
        (browser.get("/login"), "/account"),
        (server.get("/account"), "/login"),
        (server.get("/.well-known/change-password"), "/account#change"),
        (submit(Browser(server), "/login", username=user, password=PASSWORD), "/account"),
        (submit(browser, "/account/end-others", csrf=browser.csrf), "/account?notice=others"),
        (submit(browser, "/account/end-all", csrf=browser.csrf), "/login?notice=everywhere"),
    ):
        assert (answer.status, answer.headers["Location"]) == (303, place)


def test_a_page_says_that_the_session_has_ended(server, browser):
    server.post("/v1/logout", bearer=browser.jar[ACCESS])
    answer = browser.get("/account")
    assert (answer.status, answer.headers["Location"]) == (303, "/login?notice=over")
    assert b"Your session has ended." in browser.get(answer.headers["Location"]).body


def test_a_link_in_a_browser_that_does_not_say_where_it_comes_from_opens_the_account(browser):
    """The first request is another site's navigation: the browser withholds the Strict cookie. The second is not."""
    asked = {"Sec-Fetch-Site": "", "Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    answer = browser.get("/account", headers={**asked, "Cookie": ""})
    assert answer.status == 200
    (place,) = re.findall(rb'http-equiv="refresh" content="0; url=([^"]+)"', answer.body)
    del browser.jar[ACCESS]
    assert b"Your devices" in browser.get(place.decode(), headers=asked).body
    answer = browser.get(place.decode(), headers={**asked, "Cookie": ""})
    assert (answer.status, answer.headers["Location"]) == (303, "/login")
    assert b"Sign in" in browser.get("/login", headers={**asked, "Cookie": ""}).body


@pytest.mark.parametrize("issuer, headers", [
    ("http://id.example:8080", {"Sec-Fetch-Site": "", "Origin": "http://id.example:8080"}),
    ("http://192.0.2.1", {"Sec-Fetch-Site": "", "Origin": "http://192.0.2.1"}),
    ("http://id.example", {}),
    # Safari, which keeps no Secure cookie for loopback.
    ("http://localhost:8080", {"Sec-Fetch-Site": "", "Origin": "http://localhost:8080"}),
])
def test_a_browser_that_keeps_no_cookie_is_told_so_and_leaves_no_session(make_server, issuer, headers):
    server = make_server({"issuer": issuer})
    browser = Browser(server)
    sign_in = urlencode({"username": "ada", "password": PASSWORD, "remember": "on"})
    answer = browser.post("/login", sign_in, headers={**FORM, **headers}, csrf=None)
    assert answer.status == 303
    place = answer.headers["Location"]
    access = browser.jar[ACCESS]
    # A browser that keeps the cookies goes on.
    assert browser.get(place).headers["Location"] == "/account" and server.session(access).status == 200
    said = server.get(place, headers={"Accept": "text/html"})
    assert said.status == 200 and b"your browser kept no cookie" in said.body
    assert_problem(server.session(access), "session_revoked")
    assert b"no cookie" not in server.get(place).body
    assert b"no cookie" not in server.get("/login?receipt=junk").body


@pytest.mark.parametrize("page, place", [
    ("/login", "/login?notice=no-cookie"), ("/login?notice=over", "/login?notice=no-cookie"), ("/login2", "/login"),
    ("", "/login"), ("/", "/login"),
])
def test_a_login_that_is_followed_by_no_cookie_is_explained(server, page, place):
    for origin in ("http://localhost:8080", "http://localhost:8080.evil.example"):
        answer = server.get("/account", headers={"Referer": origin + page, "Sec-Fetch-Site": "same-origin"})
        assert answer.headers["Location"] == (place if origin.endswith("8080") else "/login")
    led = server.get("/", headers={"Referer": "http://localhost:8080" + page})
    assert led.headers["Location"] == ("/login" if "notice" in place else "/account")


@pytest.mark.parametrize("fields, lifetime", [
    ({}, None), ({"remember": ""}, None), ({"remember": "on"}, "1209600"), ({"remember": "true"}, "1209600"),
])
def test_the_checkbox_of_the_login_decides_whether_the_session_is_remembered(server, user, fields, lifetime):
    answer = submit(Browser(server), "/login", username=user, password=PASSWORD, **fields)
    assert answer.status == 303
    assert cookies_of(answer)[REFRESH][1].get("max-age") == lifetime
    page = submit(Browser(server), "/login", username=user, password="wrong", **fields).body.decode()
    assert (' name="remember" value="on" checked>' in page) == (lifetime is not None)


def test_the_account_is_paged(make_server):
    server = make_server({"passwords": {"memoryKiB": 8, "iterations": 1}, "loginLimits": {"perAccount": 0}})
    sessions = [server.login(device=f"device {number}")["session_id"] for number in range(120)]
    browser = Browser(server)
    own = browser.login().json["session_id"]
    seen, path = [], "/account"
    while path:
        page = browser.get(path).body.decode()
        assert page.count("<h3>") <= 50 and "End all others" in page
        current, *others = re.findall(r'<li class="card" id="s-([^"]+)"', page)
        assert current == own
        seen += others
        (path,) = re.findall(r'href="(/account\?after=[^"]+)"', page) or [None]
    # Some may have been opened in the same millisecond.
    assert seen == sorted(sessions, reverse=True)
    assert b"Your devices" in browser.get("/account?after=junk").body


@pytest.mark.parametrize("device", ["", " ", "\u3164"])
def test_a_device_without_a_visible_name_has_one_on_the_page(server, browser, user, device):
    session = server.login(user, device=device, headers={"User-Agent": "curl/8"})
    assert "device" not in server.session(session["access_token"]).json
    page = browser.get("/account").body.decode()
    assert "<h3>curl</h3>" in page and 'aria-label="End this session: curl"' in page


@pytest.mark.parametrize("path", ["end", "end-others", "end-all", "password"])
def test_a_form_without_the_csrf_token_is_refused(browser, path):
    for token in ({}, {"csrf": ""}, {"csrf": "x"}):
        passwords = {"current_password": PASSWORD, "new_password": "some new password"}
        answer = submit(browser, f"/account/{path}", **passwords, **token)
        assert answer.status == 403 and "Set-Cookie" not in answer.headers
    assert browser.get("/account").status == 200


def test_an_old_form_says_how_to_go_on(browser):
    answer = submit(browser, "/account/end-all", csrf="old")
    page = answer.body.decode()
    assert answer.status == 403 and "This form is out of date" in page
    assert '<a class="button" href="/account">Open the page again</a>' in page


def test_a_form_keeps_its_fields_while_the_store_cannot_answer(server, user):
    with server.locked():
        answer = submit(Browser(server), "/login", username=user, password=PASSWORD)
    page = answer.body.decode()
    assert answer.status == 503 and int(answer.headers["Retry-After"]) >= 1 and "Set-Cookie" not in answer.headers
    assert "Nothing was changed." in page and f'value="{user}"' in page and "aria-invalid" not in page
    assert submit(Browser(server), "/login", username=user, password=PASSWORD).status == 303


def test_the_fields_of_the_login_are_marked_and_the_password_has_the_focus(server, user):
    page = submit(Browser(server), "/login", username=user, password="wrong").body.decode()
    (name,), (password,) = (re.findall(f'<input id="{field}".+?>', page) for field in ("username", "password"))
    assert 'aria-invalid="true" aria-describedby="error"' in name and "autofocus" not in name
    assert 'aria-invalid="true" aria-describedby="error"' in password and "autofocus" in password
    assert ">Username</label>" in page
    fresh = server.get("/login").body.decode()
    assert "aria-invalid" not in fresh and "There are no users yet" not in fresh


# Letters that form one character with what is behind them, and marks that form one with what is before them.
@pytest.mark.parametrize("text", ["\u0d4e<h1\u0d4e>", '"\u0301 autofocus', "&\u0338lt;", "\u0d4e'\u0301"])
def test_markup_that_forms_a_character_with_its_neighbours_is_escaped(server, text):
    page = submit(Browser(server), "/login", username=text, password="wrong").body.decode()
    assert html.escape(text).replace("&#x27;", "&#39;") in page and text not in page


def test_the_login_without_users_and_a_used_setup_link_say_how_to_go_on(make_server):
    server = make_server(user=False)
    link = re.search(r"/setup\?token=\S+", server.log)[0]
    assert "There are no users yet" in server.get("/login").body.decode()
    assert b"This is not the setup link" in server.get("/setup?token=x").body
    server.add_user("ada")
    for path in (link, "/setup?token=x", "/setup"):
        used = server.get(path)
        assert used.status == 404 and b"This link has been used" in used.body and b'href="/login"' in used.body


def test_theft_comes_first_with_what_to_do(server, browser, user):
    chain = [server.login(user)]
    for _ in range(2):
        chain.append(server.rotate(chain[-1]["refresh_token"]))
    server.login(user)
    server.refresh(chain[0]["refresh_token"])
    page = browser.get("/account").body.decode()
    order = [page.index(part) for part in (
        "Somebody may have copied a session", 'href="#change"', "Sign out everywhere", chain[0]["session_id"],
        "This device", "Other devices", 'id="change"')]
    assert order == sorted(order)
    # A session that was never renewed has no picture.
    (own,) = re.findall(r'<h2 id="here">.+?</section>', page, re.S)
    assert "Not renewed yet." in own and "<svg" not in own


def test_what_ended_long_ago_is_folded_away(server, browser, user):
    ended = [server.login(user, device=device) for device in ("Old one", "New one")]
    for tokens in ended:
        server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]})
    server.query("UPDATE sessions SET ended_at = ended_at - 90000000 WHERE device = 'Old one'")
    page = browser.get("/account").body.decode()
    (folded,) = re.findall(r"<details>\s*<summary>Ended in the last seven days</summary>.+?</details>", page, re.S)
    assert "Old one" in folded and "New one" not in folded and "New one" in page


def test_a_csrf_header_does_not_replace_the_field_of_a_form(browser):
    answer = browser.post("/account/end-all", "csrf=x", headers=FORM)
    assert answer.status == 403


def test_opening_a_page_changes_nothing(server, browser):
    for path in ("/", "/account", "/login", "/inspect", "/setup", "/account/end-all", "/account/end"):
        answer = browser.get(path, headers={"Accept": "text/html"})
        assert "Set-Cookie" not in answer.headers
    assert browser.get("/v1/session").json["generation"] == 0


def test_the_navigation_marks_the_page_that_is_shown(browser):
    for path, marked in (("/inspect", ["/inspect"]), ("/account", [])):
        page = browser.get(path, headers={"Accept": "text/html"}).body.decode()
        assert re.findall(r'<a href="(\S+)" aria-current="page">', page) == marked


def test_no_page_holds_a_token(browser):
    for path in ("/account", "/inspect"):
        body = browser.get(path).body.decode()
        assert not any(value in body for value in browser.jar.values())


def test_the_page_does_not_end_a_session_of_another_user(server, browser):
    stranger = Browser(server)
    other = stranger.login("bob").json["session_id"]
    assert submit(browser, "/account/end", csrf=browser.csrf, session=other).status == 303
    assert stranger.get("/v1/session").status == 200


def test_no_query_puts_text_or_a_redirect_into_a_page(server):
    for query in (
        "?notice=https://evil.example", "?notice=<script>", "?notice=a&notice=b", "?%zz", "?next=//evil.example",
    ):
        answer = server.get("/login" + query)
        assert answer.status == 200 and b"evil" not in answer.body and b"<script>" not in answer.body


WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
APPLE_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize("agent, name", [
    (f"{WINDOWS} {WEBKIT} Safari/537.36", "Chrome on Windows"),
    (f"{WINDOWS} {WEBKIT} Safari/537.36 Edg/140.0.0.0", "Edge on Windows"),
    (f"{WINDOWS} {WEBKIT} Safari/537.36 OPR/120.0.0.0", "Opera on Windows"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
    ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android"),
    (f"Mozilla/5.0 (Linux; Android 15; SM-S911B) {WEBKIT} SamsungBrowser/28.0 Mobile Safari/537.36",
     "Samsung Internet on Android"),
    (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE_WEBKIT} Version/18.5 Safari/605.1.15", "Safari on macOS"),
    (f"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) {APPLE_WEBKIT} CriOS/140.0 Mobile Safari/604.1",
     "Chrome on iPad"),
    (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Safari/537.36", "Chrome on ChromeOS"),
    ("curl/8.5.0", "curl"),
    ("python-requests/2.32", "python-requests"),
    ("<b>/1", "<b>"),
    (None, "Unknown device"),
    ("/1.0", "Unknown device"),
])
def test_a_device_is_named_by_its_browser_and_system(server, browser, user, agent, name):
    server.login(user, headers={"User-Agent": agent} if agent else None)
    page = browser.get("/account").body.decode()
    assert name in [html.unescape(found) for found in re.findall(r"<h3>(.*?)</h3>", page)]
