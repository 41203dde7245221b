"""The console: who gets in, and that it does what the admin API does."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import quote

import pytest

from harness import PASSWORD, add_back_end, assert_problem, together, vouch
from harness.admin import Admin
from harness.console import Console
from harness.cookies import cookies_of

PAGES = [
    "/console", "/console/users", "/console/clients", "/console/clients/web", "/console/keys", "/console/events",
]


@pytest.fixture
def console(server):
    return Console(server).enter()


@pytest.fixture
def admin(server):
    return Admin(server)


@pytest.fixture
def subject(admin, user):
    return admin.get_json(f"/admin/v1/users/{quote(user)}")["subject"]


# Signing in


def test_a_link_works_once(server):
    visitor, other = Console(server), Console(server)
    link = visitor.link()
    token = link.split("=")[1]
    for _ in range(3):
        # Programs that look links up do not use them up.
        page = visitor.get(link)
        assert page.status == 200 and page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in page.headers
    answer = visitor.submit("/console/enter", csrf=None, token=token)
    assert (answer.status, answer.headers["Location"]) == (303, "/console")
    (cookie,) = cookies_of(answer).values()
    assert cookie[1].keys() == {"path", "httponly", "samesite"}
    assert cookie[1]["path"] == "/console" and cookie[1]["samesite"] == "Strict"
    again = other.submit("/console/enter", csrf=None, token=token)
    assert again.status == 410 and "Set-Cookie" not in again.headers
    assert other.get("/console").status == 303


def test_a_used_link_stays_used_after_a_restart(make_server):
    server = make_server()
    token = Console(server).link().split("=")[1]
    assert Console(server).submit("/console/enter", csrf=None, token=token).status == 303
    server.restart()
    assert Console(server).submit("/console/enter", csrf=None, token=token).status == 410


def test_of_many_uses_of_a_link_at_once_one_succeeds(make_server):
    server = make_server()
    token = Console(server).link().split("=")[1]
    answers = together(*[lambda: Console(server).submit("/console/enter", csrf=None, token=token)] * 8)
    assert sorted(answer.status for answer in answers) == [303] + [410] * 7


def test_the_admin_token_signs_in(server):
    visitor = Console(server)
    assert "Admin token" in visitor.text("/console/enter")
    assert visitor.submit("/console/enter", csrf=None, token=server.admin_token).status == 303
    assert visitor.get("/console").status == 200


def test_wrong_tokens_are_refused_and_throttled(make_server):
    server = make_server()
    visitor = Console(server)
    good = visitor.link().split("=")[1]
    changed = good[:30] + ("A" if good[30] != "A" else "B") + good[31:]
    wrong = ["", "x", good[:-1], changed, "A" * 75, "é" * 40, server.admin_token[:-1]]
    for token in wrong:
        answer = visitor.submit("/console/enter", csrf=None, token=token)
        assert answer.status == 401 and "Set-Cookie" not in answer.headers, token
    statuses = [visitor.submit("/console/enter", csrf=None, token="wrong").status for _ in range(5)]
    assert 429 in statuses
    late = visitor.submit("/console/enter", csrf=None, token=good)
    assert late.status == 429 and int(late.headers["Retry-After"]) > 0


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", None])
def test_signing_in_and_changes_need_a_request_of_the_console_itself(server, console, site):
    headers = {"Sec-Fetch-Site": site}
    token = Console(server).link().split("=")[1]
    assert Console(server).submit("/console/enter", headers, csrf=None, token=token).status == 403
    assert console.submit("/console/keys/rotate", headers, force="on").status == 403
    assert console.submit("/console/leave", headers).status == 403
    assert console.get("/console").status == 200


@pytest.mark.parametrize("csrf", [None, "", "x", "A" * 43])
def test_changes_need_the_csrf_token(server, console, csrf):
    before = Admin(server).get_json("/admin/v1/keys")
    for path in ("/console/keys/rotate", "/console/users", "/console/leave"):
        assert console.submit(path, csrf=csrf, force="on", username="mallory", password=PASSWORD).status == 403
    assert Admin(server).get_json("/admin/v1/keys") == before
    assert console.get("/console").status == 200


def test_the_csrf_token_of_another_session_is_refused(server, console):
    other = Console(server).enter()
    assert console.submit("/console/leave", csrf=other.csrf).status == 403


@pytest.mark.parametrize("path", PAGES)
def test_nobody_else_sees_a_page(server, path):
    for cookie in (None, "heirloom-console=", "heirloom-console=" + "A" * 43, "heirloom-console=é"):
        answer = Console(server).get(path, headers={"Cookie": cookie})
        assert (answer.status, answer.headers["Location"]) == (303, "/console/enter")
    api = Console(server).get(path, headers={"Authorization": f"Bearer {server.admin_token}"})
    assert api.status == 303


def test_two_cookies_of_the_name_are_no_session(console):
    pair = f"heirloom-console={console.cookie}"
    assert console.get("/console", headers={"Cookie": f"{pair}; {pair}"}).status == 303


def test_the_cookie_opens_no_admin_api(console):
    assert_problem(console.get("/admin/v1/users"), "invalid_token", challenge=True)


def test_signing_out_ends_the_session_at_the_server(console):
    kept = console.cookie
    answer = console.submit("/console/leave")
    assert answer.status == 303 and console.cookie is None
    console.cookie = kept
    assert console.get("/console").status == 303


@pytest.mark.parametrize("path", PAGES)
def test_every_page_forbids_inline_code_and_foreign_sources(console, path):
    answer = console.get(path)
    assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    page = answer.body.decode()
    assert not re.search(r"<style|<script|\son\w+=|\sstyle=|javascript:|(?:src|href)=\"(?!/console|#)", page)
    assert page.count("<h1>") == 1 and "{{" not in page


@pytest.mark.parametrize("path", ["users", "clients", "keys", "events", "providers"])
def test_the_navigation_marks_the_page_that_is_shown(console, path):
    marked = r'<a href="(\S+)" aria-current="page">'
    assert re.findall(marked, console.get(f"/console/{path}").body.decode()) == [f"/console/{path}"]
    assert re.findall(marked, console.get("/console").body.decode()) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_cell_names_its_column(console, path):
    """On a narrow screen a row is a block, and the heads of the columns are not shown."""
    for table in re.findall(r"<table.*?</table>", console.get(path).body.decode(), re.DOTALL):
        heads = re.findall(r"<th [^>]*>(.+?)</th>", table)
        for row in re.findall(r'<tr role="row"[^>]*>(.*?)</tr>', table, re.DOTALL)[1:]:
            assert re.findall(r'<td role="cell" data-label="(.+?)"', row) == heads


def test_another_host_than_loopback_is_refused(console):
    assert console.get("/console", headers={"Host": "attacker.example"}).status == 400


def test_the_public_listener_has_no_console(server):
    assert server.get("/console").status == 404 and server.get("/console/enter").status == 404


# Users and sessions


def test_a_user_is_created_found_and_logs_in(server, console):
    created = console.submit("/console/users", username="Zoë Müller", password=PASSWORD)
    assert created.status == 303
    assert "Zoë Müller" in console.text(created.headers["Location"].split("?")[0])
    for search in ("zo%C3%AB", "ZO%C3%8B+M", "Zo%C3%AB+M%C3%BCller"):
        assert "Zoë Müller" in console.text(f"/console/users?search={search}")
    assert "Zoë Müller" not in console.text("/console/users?search=zz")
    assert server.login("Zoë Müller")["subject"]


@pytest.mark.parametrize("fields, status", [
    ({"username": "", "password": PASSWORD}, 400), ({"username": "ada", "password": PASSWORD}, 400),
    ({"username": "new", "password": "short"}, 400), ({"username": "\u200b", "password": PASSWORD}, 400),
])
def test_a_user_that_cannot_be_is_not_created(server, console, fields, status):
    assert console.submit("/console/users", **fields).status == status


def test_a_user_is_disabled_enabled_renamed_and_deleted(server, console, user, subject):
    path = f"/console/subjects/{subject}"
    tokens = server.login(user)
    assert console.submit(f"{path}/disable").status == 303
    assert_problem(server.refresh(tokens["refresh_token"]), "session_revoked")
    assert console.submit(f"{path}/enable").status == 303
    assert console.submit(f"{path}/unlock").status == 303
    assert server.login(user)
    assert console.submit(f"{path}/rename", username=f"{user}-new").status == 303
    assert server.login(f"{user}-new")["subject"] == subject
    assert console.submit(f"{path}/password", password="short").status == 400
    assert console.submit(f"{path}/password", password="another good password").status == 303
    assert server.login(f"{user}-new", "another good password")
    assert console.submit(f"{path}/delete").status == 303
    assert console.get(path).status == 404


@pytest.mark.parametrize("path", ["users?search", "events?subject"])
def test_markup_that_forms_a_character_with_its_neighbours_is_escaped(console, path):
    text = '\u0d4e"\u0d4e><h1\u0338>'
    page = console.get(f"/console/{path}={quote(text)}").body.decode()
    assert html.escape(text) in page and text not in page


def test_claims_are_shown_checked_and_replaced(server, console, admin, subject):
    path = f"/console/subjects/{subject}"
    assert console.submit(f"{path}/claims", claims='{"role":"<admin>"}', now="on").status == 303
    assert admin.get_json(f"/admin/v1/subjects/{subject}/claims")["claims"] == {"role": "<admin>"}
    page = console.get(path).body.decode()
    assert "&lt;admin&gt;" in page and "<admin>" not in page
    for wrong in ("[]", "{", '{"sub":"x"}', '{"a":1,"a":2}'):
        answer = console.submit(f"{path}/claims", claims=wrong)
        assert answer.status == 400 and b"not valid" in answer.body, wrong
    assert admin.get_json(f"/admin/v1/subjects/{subject}/claims")["claims"] == {"role": "<admin>"}


def test_sessions_are_shown_with_their_chains_and_ended(server, console, user, subject):
    path = f"/console/subjects/{subject}"
    phone, laptop = server.login(user, device="<phone>"), server.login(user, device="laptop")
    phone = server.rotate(phone["refresh_token"])
    text = console.text(path)
    assert "<phone>" in text and "laptop" in text and "Renewed once" in text
    # A session that was never renewed has no chain to draw.
    assert console.get(path).body.count(b"<svg class=\"chain\"") == 1
    other = server.login("bob")["session_id"]
    assert console.submit(f"{path}/end", session=other).status == 404
    assert console.submit(f"{path}/end", session=phone["session_id"]).status == 303
    assert_problem(server.refresh(phone["refresh_token"]), "session_revoked")
    assert "ended by an administrator" in console.text(path)
    assert console.submit(f"{path}/end-all").status == 303
    assert_problem(server.refresh(laptop["refresh_token"]), "session_revoked")
    assert "No live sessions." in console.text(path)


def test_the_claims_of_a_session_are_shown(server, console, subject):
    vouch(server, add_back_end(server, "claims-shown"), subject, claims={"tenant": "<acme>"})
    vouch(server, add_back_end(server, "no-claims-shown"), subject)
    server.command("user", "claims", subject, '{"role":"admin"}')
    text = console.text(f"/console/subjects/{subject}")
    assert 'Claims of the session: {"tenant":"<acme>"}' in text and '{"role":"admin"}' in text
    # Neither a session without claims nor one with the subject's shows any.
    assert text.count("Claims of the session") == 1


def test_a_reuse_is_an_alarm_on_the_overview(server, console, user):
    first = server.login(user)
    for token in (first, server.rotate(first["refresh_token"])):
        last = server.rotate(token["refresh_token"])
    assert last and server.refresh(first["refresh_token"]).code == "reuse_detected"
    text = console.text("/console")
    assert "reuse_detected" in text and "Live sessions" in text


# Clients


def test_a_client_is_added_changed_and_removed_and_its_secret_is_shown_once(server, console, admin):
    added = console.submit("/console/clients", client_id="desk", confidential="on")
    secret = re.search(r"hc1_[\w-]+", added.body.decode())[0]
    assert added.status == 201 and added.headers["Cache-Control"] == "no-store"
    assert secret.encode() not in console.get("/console/clients/desk").body
    settings = {"scope": "read write", "permit_feed": "on", "idle_lifetime": "600", "opaque": "on", "dpop": "on"}
    assert console.submit("/console/clients/desk", **settings).status == 303
    client = admin.get_json("/admin/v1/clients/desk")
    assert client["scope"] == "read write" and client["permissions"] == ["feed"] and client["idle_lifetime"] == 600
    assert client["access_token_format"] == "opaque" and "absolute_lifetime" not in client
    assert client["dpop_bound_access_tokens"] is True
    box = '<input type="checkbox" name="dpop" value="on"{}> '
    assert box.format(" checked") in console.get("/console/clients/desk").body.decode()
    assert box.format("") in console.get("/console/clients/web").body.decode()
    for wrong in (
        {"idle_lifetime": "x"}, {"idle_lifetime": "99999999999"}, {"scope": 'a"b'}, {"retry_window": "601"},
    ):
        assert console.submit("/console/clients/desk", **{**settings, **wrong}).status == 400, wrong
    assert admin.get_json("/admin/v1/clients/desk") == client
    assert console.submit("/console/clients/desk", **{**settings, "dpop": None}).status == 303
    assert "dpop_bound_access_tokens" not in admin.get_json("/admin/v1/clients/desk")
    rotated = console.submit("/console/clients/desk/rotate-secret")
    assert rotated.status == 200 and b"hc1_" in rotated.body
    assert console.submit("/console/clients/desk/remove").status == 303
    assert admin.get("/admin/v1/clients/desk").status == 404
    assert console.submit("/console/clients", client_id="no spaces").status == 400
    assert console.submit("/console/clients", client_id="web").status == 409
    console.submit("/console/clients/web/remove")
    assert admin.get("/admin/v1/clients/web").status == 200


def test_the_built_in_client_has_no_age(console):
    console.submit("/console/clients", client_id="aged", confidential="on")
    built_in, added = console.text("/console/clients/web"), console.text("/console/clients/aged")
    assert "Added built in" in built_in and "ago" not in built_in
    assert "Added just now" in added and "built in" not in added


# Keys and events


def test_keys_are_rotated_and_revoked(make_server):
    server = make_server()
    console, admin = Console(server).enter(), Admin(server)
    keys = {key["state"]: key["kid"] for key in admin.get_json("/admin/v1/keys")["keys"]}
    assert console.submit("/console/keys/rotate", force="on").status == 303
    after = {key["state"]: key["kid"] for key in admin.get_json("/admin/v1/keys")["keys"]}
    assert after["current"] == keys["next"]
    assert console.submit("/console/keys/rotate").status == 409
    assert console.submit("/console/keys/revoke", kid=keys["current"]).status == 303
    assert keys["current"] not in json.dumps(admin.get_json("/admin/v1/keys"))
    assert console.submit("/console/keys/revoke", kid="nothing").status == 404


def test_the_public_keys_are_shown_as_verifiers_fetch_them(server, console):
    text = console.text("/console/keys")
    assert server.get("/.well-known/jwks.json").body.decode() in text
    assert "from http://localhost:8080/.well-known/jwks.json" in text


def test_events_are_filtered(server, console, user, subject):
    server.login(user)
    assert server.post("/v1/login", {"username": user, "password": "wrong"}).status == 401
    text = console.text(f"/console/events?subject={quote(user)}&kind=login_failed")
    table = text.split("Detail", 1)[1]
    assert "login_failed" in table and "user_created" not in table
    assert console.get("/console/events?kind=nothing").status == 400
    assert console.get("/console/events?before=0").status == 400
    follow = console.get("/console/events?follow=on").body.decode()
    assert '<meta http-equiv="refresh" content="5">' in follow


def test_entering_is_an_event(server, console, admin):
    newest = admin.get_json("/admin/v1/events?kind=console_entered&limit=1")["events"][0]
    assert newest["detail"] == "by a link" and newest["address"] == "127.0.0.1"


@pytest.mark.parametrize("path, seconds", [("/console?live=on", 15), ("/console/events?follow=on", 5)])
def test_a_page_loads_itself_again_only_where_that_is_asked_for(console, path, seconds):
    assert f'<meta http-equiv="refresh" content="{seconds}">' in console.get(path).body.decode()
    assert b"http-equiv" not in console.get(path.split("?")[0]).body
