"""Invitations and resets: links by which a person sets a password, once."""

from __future__ import annotations

import html
import json
import re
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

import pytest

from harness import PASSWORD, add_back_end, assert_problem, together, vouch, wait_until
from harness.admin import Admin
from harness.cookies import ACCESS, REFRESH, SAME, Browser, cookies_of

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
NEW_PASSWORD = "another fine long password"


def token_of(link: str) -> str:
    (token,) = re.fullmatch(r"http://localhost:8080/welcome\?token=([A-Za-z0-9_-]{43})\n?", link).groups()
    return token


def use(server, token, password=NEW_PASSWORD, headers=SAME, **fields):
    form = urlencode({"token": token, "password": password, **fields})
    return server.post("/welcome", form, headers={**FORM, **headers})


def events(server, user: str) -> list[tuple[str, str]]:
    listed = json.loads(server.command("event", "list", "--subject", user, "--json"))
    return [(event["kind"], event.get("detail", "")) for event in listed]


@pytest.fixture
def admin(server):
    return Admin(server)


def test_an_invited_user_sets_a_password_once_and_is_signed_in(server):
    run = server.cli("user", "invite", "Invited One")
    assert run.returncode == 0 and "Invited One" in run.stderr and run.stdout.count("\n") == 1, run
    token = token_of(run.stdout)
    (user,) = [user for user in json.loads(server.command("user", "list", "--json"))
               if user["username"] == "Invited One"]
    assert user["has_password"] is False
    assert re.search(rf"Invited One +active +no +{user['subject']}", server.command("user", "list"))
    for password in ("", PASSWORD):
        assert_problem(server.try_login("Invited One", password), "invalid_credentials")

    # To open the page consumes nothing.
    for _ in range(3):
        page = server.get(f"/welcome?token={token}", headers={"Accept": "text/html"})
        assert page.status == 200 and "Invited One" in html.unescape(page.body.decode())
        assert page.headers["Referrer-Policy"] == "no-referrer" and page.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in page.headers

    answer = use(server, token, remember="on")
    assert (answer.status, answer.headers["Location"]) == (303, "/account?notice=password-set"), answer
    cookies = cookies_of(answer)
    assert set(cookies) == {ACCESS, REFRESH} and cookies[REFRESH][1]["max-age"] == "1209600"
    session = server.get("/v1/session", headers={"Cookie": f"{ACCESS}={cookies[ACCESS][0]}"}).json
    assert session["subject"] == user["subject"]
    assert server.login("invited one", NEW_PASSWORD)
    for answer in (use(server, token), server.get(f"/welcome?token={token}", headers=FORM)):
        assert answer.status == 410 and "Set-Cookie" not in answer.headers
    assert [event for event in events(server, "Invited One") if event[0] not in ("login", "login_failed")] == [
        ("password_changed", "by a link (invitation)"), ("link_created", "invitation"), ("user_created", "")]
    run = server.cli("user", "invite", "Invited One")
    assert run.returncode == 1 and "has a password" in run.stderr and run.stdout == "", run


def test_a_reset_ends_every_session_when_it_is_used_and_not_before(server, user):
    tokens = server.login(user)
    browser = Browser(server)
    browser.login(user)
    token = token_of(server.command("user", "reset", user))
    assert server.session(tokens["access_token"]).status == 200
    assert server.login(user)
    assert use(server, token).status == 303
    server.assert_ended(tokens)
    assert browser.get("/account").headers["Location"] == "/login?notice=over"
    assert_problem(server.try_login(user), "invalid_credentials")
    assert server.login(user, NEW_PASSWORD)
    assert ("link_created", "reset") in events(server, user)


@pytest.mark.parametrize("change", [
    ("user", "reset", "{}"), ("user", "set-password", "{}", "--password-stdin"), ("user", "rename", "{}", "{} new"),
    ("user", "disable", "{}"), ("user", "delete", "{}"),
], ids=lambda change: change[1])
def test_a_change_of_the_user_voids_the_link(server, user, change):
    token = token_of(server.command("user", "reset", user))
    server.command(*(part.format(user) for part in change), stdin=PASSWORD)
    if change[1] == "disable":
        server.command("user", "enable", user)
    assert use(server, token).status == 410


def test_a_changed_password_voids_the_link(server, user):
    token = token_of(server.command("user", "reset", user))
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert server.post("/v1/password", change, bearer=server.login(user)["access_token"]).status == 204
    assert use(server, token).status == 410


def test_a_link_expires(server, user):
    token = token_of(server.command("user", "reset", user, "--hours", "1"))
    server.query("UPDATE one_time_links SET expires_at = expires_at - 3599000")
    assert server.get(f"/welcome?token={token}").status == 200
    server.query("UPDATE one_time_links SET expires_at = expires_at - 1000")
    assert server.get(f"/welcome?token={token}").status == 410 and use(server, token).status == 410


@pytest.mark.parametrize("hours", ["0", "-1", "721", "1.5", "x", "99999999999999999999"])
def test_impossible_hours_are_bad_usage(server, user, hours):
    for command in ("invite", "reset"):
        assert server.cli("user", command, user, f"--hours={hours}").returncode == 64


def test_a_weak_password_keeps_the_link_and_marks_the_field(server, user):
    token = token_of(server.command("user", "reset", user))
    for password, message in (("password", "too common"), ("short", "shorter than"), ("", "shorter than")):
        answer = use(server, token, password)
        page = answer.body.decode()
        assert answer.status == 400 and message in page and "Set-Cookie" not in answer.headers
        assert 'aria-invalid="true"' in page and f'value="{token}"' in page
        assert f'value="{password or "x"}"' not in page
    assert use(server, token).status == 303


def test_the_form_must_come_from_this_site(server, user):
    token = token_of(server.command("user", "reset", user))
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"},
                    {"Origin": "https://evil.example"}):
        assert use(server, token, headers=headers).status == 403
    assert use(server, token, headers={"Origin": "http://localhost:8080"}).status == 303


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 42 + "B", "A" * 5000, "%00", "../../etc"])
def test_a_token_that_nobody_got_is_gone(server, token):
    assert server.get(f"/welcome?token={token}").status == 410
    assert use(server, token).status == 410
    assert server.get("/welcome").status == 410


def test_many_use_one_link_at_once(server, user):
    token = token_of(server.command("user", "reset", user))
    statuses = together(*(lambda: use(server, token).status for _ in range(8)))
    assert sorted(statuses) == [303] + [410] * 7


def test_attempts_are_throttled_by_address(make_server):
    server = make_server({"loginLimits": {"perAccount": 0, "perAddress": 3}})
    token = token_of(server.command("user", "reset", "ada"))
    # What is no guess does not count.
    for _ in range(5):
        assert use(server, token, "short").status == 400
    for _ in range(3):
        assert use(server, "A" * 43).status == 410
    answer = use(server, token)
    assert answer.status == 429 and int(answer.headers["Retry-After"]) > 0
    assert server.try_login().status == 429


def test_neither_the_log_nor_the_database_holds_a_token(make_server):
    server = make_server({"log": {"level": "trace"}})
    token = token_of(server.command("user", "reset", "ada"))
    invitation = token_of(server.command("user", "invite", "eve"))
    server.get(f"/welcome?token={token}")
    server.get(f"/welcome?token={invitation}")
    use(server, token)
    wait_until(lambda: server.log.count("/welcome") >= 3)
    server.stop()
    for secret in (token, invitation):
        assert secret not in server.log and secret.encode() not in server.stored


def test_the_admin_api_makes_links(server, admin, user):
    created = admin.request("POST", "/admin/v1/users", {"username": f"{user} invited"})
    assert created.status == 201 and created.json["has_password"] is False
    before = datetime.now(timezone.utc)
    for name, detail in ((created.json["subject"], "invitation"), (user.replace(" ", "%20"), "reset")):
        answer = admin.request("POST", f"/admin/v1/users/{name}/link")
        assert answer.status == 200 and set(answer.json) == {"url", "expires_at"}, answer
        expiry = datetime.fromisoformat(answer.json["expires_at"])
        assert timedelta(hours=23.9) < expiry - before < timedelta(hours=24.1)
        event = admin.get_json("/admin/v1/events?kind=link_created&limit=1")["events"][0]
        assert (event["detail"], event["address"]) == (detail, "127.0.0.1")
        assert use(server, token_of(answer.json["url"])).status == 303
    answer = admin.request("POST", f"/admin/v1/users/{user.replace(' ', '%20')}/link", {"hours": 2})
    assert datetime.fromisoformat(answer.json["expires_at"]) - before < timedelta(hours=2.1)
    assert "has_password" not in admin.get_json(f"/admin/v1/users/{created.json['subject']}")

    path = f"/admin/v1/users/{created.json['subject']}/link"
    for body in ({"hours": 0}, {"hours": 721}, {"hours": "1"}, {"hours": True}, []):
        assert_problem(admin.request("POST", path, body), "invalid_request")
    assert_problem(admin.request("POST", "/admin/v1/users/nobody/link"), "not_found")
    assert admin.request("POST", path, token=None).status == 401
    server.command("user", "disable", created.json["subject"])
    assert_problem(admin.request("POST", path), "conflict")


@pytest.mark.parametrize("command, name, message", [
    ("reset", "nobody", "nobody"), ("invite", "a\u0007b", "not a valid name"),
    ("invite", "client:x", "not a valid name"),
])
def test_a_link_for_nobody_is_refused(server, command, name, message):
    run = server.cli("user", command, name)
    assert run.returncode == 1 and message in run.stderr and run.stdout == "", run


def test_a_disabled_user_gets_no_link(server, user):
    server.command("user", "disable", user)
    for command in ("invite", "reset"):
        run = server.cli("user", command, user)
        assert run.returncode == 1 and "is disabled" in run.stderr, run


def test_a_user_without_a_password_cannot_change_it(server, admin, user):
    """The session is one that a back-end vouched for."""
    name = f"{user} without"
    subject = admin.request("POST", "/admin/v1/users", {"username": name}).json["subject"]
    tokens = vouch(server, add_back_end(server, "vouching"), subject)
    change = {"current_password": "", "new_password": NEW_PASSWORD}
    assert_problem(server.post("/v1/password", change, bearer=tokens["access_token"]), "invalid_request")
    assert_problem(server.try_login(name, NEW_PASSWORD), "invalid_credentials")
