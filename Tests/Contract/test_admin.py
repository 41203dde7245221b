"""The admin listener: metrics without a token, everything else with one."""

from __future__ import annotations

import re
import socket
import stat
from urllib.parse import quote

import pytest

from harness import PASSWORD, TIMEOUT, Answer, Client, add_back_end, add_client, assert_problem, encode, form, vouch
from harness.admin import Admin


@pytest.fixture(scope="module")
def admin(server):
    return Admin(server)


def collect(page_of, name: str) -> list:
    """Returns the entries of all pages of a list."""
    found, query = [], ""
    while True:
        page = page_of(query)
        found += page[name]
        if "next" not in page:
            return found
        query = page["next"]


# The token.


GUARDED = [
    ("GET", "/admin/v1/users"), ("POST", "/admin/v1/users"), ("GET", "/admin/v1/users/ada"),
    ("DELETE", "/admin/v1/users/ada"), ("POST", "/admin/v1/users/ada/disable"), ("POST", "/admin/v1/users/ada/enable"),
    ("GET", "/admin/v1/users/ada/identities"), ("POST", "/admin/v1/users/ada/identities"),
    ("DELETE", "/admin/v1/users/ada/identities"),
    ("PUT", "/admin/v1/users/ada/password"), ("GET", "/admin/v1/sessions"), ("DELETE", "/admin/v1/sessions/x"),
    ("DELETE", "/admin/v1/subjects/ada/sessions"), ("GET", "/admin/v1/keys"), ("POST", "/admin/v1/keys/rotate"),
    ("DELETE", "/admin/v1/keys/x"), ("POST", "/admin/v1/keys/x/revoke"), ("GET", "/admin/v1/events"),
    ("GET", "/admin/v1/clients"), ("POST", "/admin/v1/clients"), ("GET", "/admin/v1/clients/x"),
    ("PATCH", "/admin/v1/clients/x"), ("PUT", "/admin/v1/clients/x"), ("DELETE", "/admin/v1/clients/x"),
    ("POST", "/admin/v1/clients/x/rotate-secret"), ("PUT", "/admin/v1/clients/x/jwks"),
]


@pytest.mark.parametrize("method, path", GUARDED)
def test_every_path_but_metrics_needs_the_admin_token(server, admin, method, path):
    before = server.query("SELECT count(*) FROM events")
    assert_problem(admin.request(method, path, token=None), "invalid_token", challenge=True)
    access = server.login()["access_token"]
    for wrong in ("x", admin.server.admin_token[:-1], admin.server.admin_token + "A", access):
        assert_problem(admin.request(method, path, token=wrong), "invalid_token", action="fix")
    basic = {"Authorization": "Basic " + admin.server.admin_token}
    assert_problem(admin.request(method, path, token=None, headers=basic), "invalid_token", challenge=True)
    assert server.query("SELECT count(*) FROM events")[0][0] == before[0][0] + 1  # The login above.
    # The public listener has no such path, whatever token comes with it.
    assert_problem(server.request(method, path, bearer=server.admin_token), "not_found")


def test_the_two_listeners_share_no_path(server, admin):
    for path in ("/v1/session", "/oauth/token", "/.well-known/jwks.json", "/health/live", "/", "/login"):
        assert admin.request("GET", path).status == 404
    assert_problem(server.get("/metrics"), "not_found")
    answer = admin.request("PATCH", "/admin/v1/users")
    assert_problem(answer, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD, POST"


def test_the_token_is_made_once_and_only_its_owner_may_read_it(make_server):
    server = make_server()
    token_file = server.data / "admin.token"
    assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
    token = server.admin_token
    assert re.fullmatch(r"hm1_[A-Za-z0-9_-]{43}", token)
    assert str(token_file) in server.log and token not in server.log
    server.restart()
    assert server.admin_token == token
    Admin(server).get_json("/admin/v1/users")
    token_file.chmod(0o644)
    run = server.cli("doctor")
    assert run.returncode == 1 and f"chmod 600 {token_file}" in run.stdout, run
    token_file.chmod(0o600)
    assert server.stop() == 0
    # An operator may choose the token, if it is long enough.
    token_file.write_text("short\n")
    assert str(token_file) in server.refuses_to_start()
    token_file.write_text("a token of the operator's own choice".replace(" ", "-") + "\n")
    server.start()
    Admin(server).get_json("/admin/v1/users")


def test_a_port_in_use_is_named_with_its_key(make_server):
    server = make_server(start=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for key in ("admin", "http"):
            server.configure({key: {"port": port}})
            message = server.refuses_to_start()
            assert f"127.0.0.1:{port}" in message and f"{key}.port" in message and "in use" in message, message


def test_without_a_host_there_is_no_admin_listener(make_server):
    server = make_server({"admin": {"host": ""}})
    assert server.admin_port is None
    assert not (server.data / "admin.token").exists()
    assert server.login()


def test_a_host_that_others_can_reach_causes_a_warning(make_server):
    server = make_server({"admin": {"host": "0.0.0.0"}})
    assert "admin.host" in server.log
    Admin(server).get_json("/admin/v1/users")


def test_malformed_requests_are_refused(admin):
    users = "/admin/v1/users"
    assert_problem(admin.request("POST", users, "{}", headers={"Content-Type": "text/plain"}), "unsupported_media_type")
    assert_problem(admin.request("POST", users, "x" * 20_000), "payload_too_large")
    for body in ('{"username":"a","username":"b","password":"c"}', "[]", "{", '{"username":1,"password":"c"}', "{}"):
        answer = admin.request("POST", users, body, headers={"Content-Type": "application/json"})
        assert_problem(answer, "invalid_request")
    for query in ("limit=0", "limit=x", "limit=1&limit=2", "limit=%zz"):
        assert_problem(admin.request("GET", f"{users}?{query}"), "invalid_request")
    assert_problem(admin.request("GET", users + "/%zz"), "not_found")


# Users.


def test_a_user_is_added_disabled_enabled_and_deleted(server, admin):
    answer = admin.request("POST", "/admin/v1/users", {"username": "Grace H", "password": PASSWORD})
    assert answer.status == 201, answer
    user = answer.json
    assert set(user) == {"subject", "username", "state", "created_at"}
    assert (user["username"], user["state"]) == ("Grace H", "active")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", user["created_at"])
    assert user in admin.get_json("/admin/v1/users?limit=1000")["users"]
    path = f"/admin/v1/users/{user['subject']}"
    assert admin.get_json(path) == admin.get_json(f"/admin/v1/users/{quote('grace h')}") == user

    session = server.login("Grace H")
    answer = admin.request("POST", path + "/disable")
    assert answer.status == 200 and answer.json == user | {"state": "disabled"}
    server.assert_ended(session)
    assert_problem(server.try_login("Grace H"), "invalid_credentials")
    assert admin.request("POST", path + "/enable").json == user
    server.assert_ended(session)

    session = server.login("Grace H")
    assert admin.request("PUT", path + "/password", {"password": "another good one 77"}).status == 204
    server.assert_ended(session)
    assert_problem(server.try_login("Grace H"), "invalid_credentials")
    assert admin.request("POST", path + "/password", {"password": PASSWORD}).status == 204
    session = server.login("Grace H")

    assert admin.request("DELETE", path).status == 204
    server.assert_ended(session)
    for method, rest in (("DELETE", ""), ("GET", ""), ("POST", "/disable"), ("POST", "/enable")):
        assert_problem(admin.request(method, path + rest), "not_found")
    assert_problem(admin.request("PUT", path + "/password", {"password": PASSWORD}), "not_found")
    again = admin.request("POST", "/admin/v1/users", {"username": "grace h", "password": PASSWORD}).json
    assert again["subject"] != user["subject"]


def test_a_taken_name_and_a_weak_password_are_refused(server, admin, user):
    def create(**members):
        return admin.request("POST", "/admin/v1/users", members)

    assert_problem(create(username=user.upper(), password=PASSWORD), "conflict")
    assert_problem(create(username="someone new", password="short"), "weak_password")
    for name in ("", " ", "a\u3164", "a\nb", "x" * 129, "0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b", "client:web"):
        assert_problem(create(username=name, password=PASSWORD), "invalid_request")
    path = f"/admin/v1/users/{quote(user)}/password"
    assert_problem(admin.request("PUT", path, {"password": "short"}), "weak_password")
    assert_problem(admin.request("PUT", path, {}), "invalid_request")
    assert server.login(user)


def test_a_user_is_renamed_and_keeps_the_sessions(server, admin, user):
    session = server.login(user)
    path = f"/admin/v1/users/{session['subject']}"
    answer = admin.request("POST", path + "/rename", {"username": f" {user} \u03a3 "})
    assert (answer.status, answer.json["username"]) == (200, f"{user} \u03a3"), answer
    server.assert_live(session)
    server.login(f"{user} \u03c2")
    assert_problem(server.try_login(user), "invalid_credentials")
    assert_problem(admin.request("POST", path + "/rename", {"username": "ADA"}), "conflict")
    assert_problem(admin.request("POST", path + "/rename", {"username": "a\u202eb"}), "invalid_request")
    assert_problem(admin.request("POST", path + "/rename", {}), "invalid_request")
    assert_problem(admin.request("POST", "/admin/v1/users/nobody/rename", {"username": "x"}), "not_found")
    kinds = [event["kind"] for event in admin.get_json(f"/admin/v1/events?subject={session['subject']}")["events"]]
    assert kinds[1:] == ["user_renamed", "login", "user_created"], kinds


def test_a_user_is_unlocked(make_server):
    server = make_server({"loginLimits": {"perAccount": 1}})
    admin = Admin(server)
    assert_problem(server.try_login(password="a wrong password"), "invalid_credentials")
    assert_problem(server.try_login(), "too_many_attempts")
    answer = admin.request("POST", "/admin/v1/users/ada/unlock")
    assert (answer.status, answer.json["username"]) == (200, "ada"), answer
    server.login()
    assert_problem(admin.request("POST", "/admin/v1/users/nobody/unlock"), "not_found")


def test_users_come_in_pages(make_server):
    server = make_server()
    admin = Admin(server)
    for number in range(6):
        server.add_user(f"user {number}")
    users = admin.get_json("/admin/v1/users")
    assert [user["username"] for user in users["users"]] == ["ada"] + [f"user {number}" for number in range(6)]
    assert "next" not in users
    paged = collect(lambda after: admin.get_json(f"/admin/v1/users?limit=3&after={quote(after)}"), "users")
    assert paged == users["users"]
    assert len(admin.get_json("/admin/v1/users?limit=5000")["users"]) == 7


# Sessions.


def test_sessions_of_any_subject_are_listed_and_ended(server, admin, user):
    first, second, third = (server.login(user, device=name) for name in ("phone", "laptop", "tablet"))
    by_id = f"/admin/v1/sessions?subject={first['subject']}"
    sessions = admin.get_json(by_id)["sessions"]
    assert [session["session_id"] for session in sessions] == [t["session_id"] for t in (third, second, first)]
    assert sessions[2]["device"] == "phone" and sessions[2]["subject"] == first["subject"]
    assert admin.get_json(f"/admin/v1/sessions?subject={quote(user)}")["sessions"] == sessions
    assert admin.get_json(by_id + "&limit=1")["sessions"] == sessions[:1]
    for path in (by_id + "&", f"/admin/v1/subjects/{first['subject']}/sessions?"):
        paged = collect(
            lambda after: admin.get_json(f"{path}limit=1" + (f"&after={after}" if after else "")), "sessions")
        assert paged == sessions
    assert admin.get_json("/admin/v1/sessions?subject=nobody")["sessions"] == []
    assert first["session_id"] in [s["session_id"] for s in admin.get_json("/admin/v1/sessions")["sessions"]]

    path = f"/admin/v1/sessions/{first['session_id']}"
    assert admin.request("DELETE", path).status == 204
    server.assert_ended(first)
    assert_problem(admin.request("DELETE", path), "not_found")
    for wrong in ("x", "0" * 36, first["session_id"][:-1]):
        assert_problem(admin.request("DELETE", f"/admin/v1/sessions/{wrong}"), "not_found")

    answer = admin.request("DELETE", f"/admin/v1/subjects/{first['subject']}/sessions")
    assert answer.status == 200 and answer.json == {"revoked_sessions": 2}
    server.assert_ended(second)
    assert admin.get_json(by_id)["sessions"] == []
    assert_problem(admin.request("DELETE", "/admin/v1/subjects/nobody/sessions"), "not_found")


def test_a_subject_of_a_back_end_is_addressed_by_its_encoded_id(server, admin):
    client = add_back_end(server, "vouching")
    subject = "https://id.example/a+b?c=d%20e"
    tokens = vouch(server, client, subject)
    name = quote(subject, safe="")
    (session,) = admin.get_json(f"/admin/v1/sessions?subject={name}")["sessions"]
    assert session["session_id"] == tokens["session_id"]
    answer = admin.request("DELETE", f"/admin/v1/subjects/{name}/sessions")
    assert answer.json == {"revoked_sessions": 1}
    # It has sessions and is no user.
    assert_problem(admin.request("POST", f"/admin/v1/users/{name}/disable"), "not_found")


# The host.


@pytest.mark.parametrize("path", ["/metrics", "/admin/v1/users", "/admin/v1/keys", "/nowhere", "/"])
def test_a_host_that_is_not_loopback_is_refused_on_a_loopback_listener(admin, path):
    for host in ("evil.example", "evil.example:8081", "localhost.evil.example", "10.0.0.1", "[::2]:80", "127.0.0.1.x"):
        assert_problem(admin.get(path, headers={"Host": host}), "invalid_request")
    for host in ("localhost", "LOCALHOST:1", "127.0.0.1:8081", "127.0.0.2", "[::1]:8081", "x.localhost"):
        assert admin.get(path, headers={"Host": host}).status in (200, 404), host


def test_a_listener_for_other_machines_takes_any_host(make_server):
    server = make_server({"admin": {"host": "0.0.0.0"}}, user=False)
    assert Admin(server).get("/metrics", headers={"Host": "metrics.example"}).status == 200


# Keys.


def test_a_key_that_verifiers_may_not_have_is_used_by_force_alone(make_server):
    server = make_server()
    admin = Admin(server)
    assert admin.post("/admin/v1/keys/rotate").status == 200
    before = admin.get_json("/admin/v1/keys")
    for query in ("", "?force=false", "?force="):
        answer = admin.post(f"/admin/v1/keys/rotate{query}")
        assert_problem(answer, "conflict")
        assert "verifiers" in answer.json["detail"] and "force=true" in answer.json["detail"]
    assert_problem(admin.post("/admin/v1/keys/rotate?force=1"), "invalid_request")
    run = server.cli("key", "rotate")
    assert run.returncode == 1 and run.stdout == "" and "verifiers" in run.stderr and "--force" in run.stderr, run
    assert admin.get_json("/admin/v1/keys") == before
    assert admin.post("/admin/v1/keys/rotate?force=true").json["state"] == "current"
    kid = server.command("key", "rotate", "--force").strip()
    states = {key["kid"]: key["state"] for key in admin.get_json("/admin/v1/keys")["keys"]}
    assert states[kid] == "current" and sorted(states.values()) == ["current", "next", "retired", "retired", "retired"]


def test_keys_are_rotated_and_revoked(make_server):
    server = make_server()
    admin = Admin(server)

    def ring() -> dict:
        return {key["kid"]: key["state"] for key in admin.get_json("/admin/v1/keys")["keys"]}

    def published() -> set:
        return {key["kid"] for key in server.get("/.well-known/jwks.json").json["keys"]}

    before = ring()
    assert sorted(before.values()) == ["current", "next"]
    (following,) = (kid for kid, state in before.items() if state == "next")
    rotated = admin.request("POST", "/admin/v1/keys/rotate")
    assert rotated.status == 200 and rotated.json["kid"] == following and rotated.json["state"] == "current"
    assert {"algorithm", "created_at", "activated_at"} <= set(rotated.json)
    assert sorted(ring().values()) == ["current", "next", "retired"]
    assert published() == set(ring())

    # The process that rotated the keys uses the new key at once.
    tokens = server.login()
    assert admin.request("DELETE", f"/admin/v1/keys/{following}").status == 204
    assert following not in published()
    assert_problem(server.session(tokens["access_token"]), "invalid_token")
    server.assert_live(server.rotate(tokens["refresh_token"]))
    assert_problem(admin.request("DELETE", f"/admin/v1/keys/{following}"), "not_found")
    (retired,) = (kid for kid, state in ring().items() if state == "retired")
    assert admin.request("POST", f"/admin/v1/keys/{retired}/revoke").status == 204
    assert sorted(ring().values()) == ["current", "next"]
    events = admin.get_json("/admin/v1/events?limit=3")["events"]
    assert [event["kind"] for event in events] == ["key_revoked", "key_revoked", "login"]


def test_keys_are_listed_in_pages(make_server):
    admin = Admin(make_server())
    every = admin.get_json("/admin/v1/keys")
    first = admin.get_json("/admin/v1/keys?limit=1")
    second = admin.get_json(f"/admin/v1/keys?limit=1&after={first['next']}")
    assert first["keys"] + second["keys"] == every["keys"] and len(every["keys"]) == 2
    assert "next" not in every and "next" not in second
    for query in ("limit=0", "after=unknown", "offset=1"):
        assert_problem(admin.get(f"/admin/v1/keys?{query}"), "invalid_request")


# Events.


def test_events_record_subject_kind_time_and_address_and_no_token(server, admin, user):
    first = server.login(user)
    second = server.rotate(first["refresh_token"])
    third = server.rotate(second["refresh_token"])
    assert_problem(server.refresh(first["refresh_token"]), "reuse_detected")
    assert_problem(server.try_login(user, "wrong"), "invalid_credentials")
    path = f"/admin/v1/events?subject={first['subject']}"
    events = admin.get_json(path)["events"]
    assert [event["kind"] for event in events] == ["login_failed", "reuse_detected", "login", "user_created"]
    reuse = events[1]
    assert reuse["session_id"] == first["session_id"] and reuse["client_id"] == "web"
    assert reuse["address"] == "127.0.0.1" and "2 generations behind" in reuse["detail"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", reuse["at"])
    text = str(events)
    for tokens in (first, second, third):
        assert tokens["refresh_token"] not in text and tokens["access_token"] not in text
    assert admin.get_json(f"/admin/v1/events?subject={quote(user)}")["events"] == events
    paged = collect(
        lambda before: admin.get_json(f"{path}&limit=3" + (f"&before={before}" if before else "")), "events")
    assert paged == events
    assert admin.get_json("/admin/v1/events?limit=1")["events"] == events[:1]
    # A deleted user's events remain.
    assert admin.request("DELETE", f"/admin/v1/users/{first['subject']}").status == 204
    assert [event["kind"] for event in admin.get_json(path)["events"]][:2] == ["user_deleted", "login_failed"]


def test_events_are_listed_by_kind_and_followed_by_number(server, admin, user):
    tokens = server.login(user)
    path = f"/admin/v1/events?subject={tokens['subject']}"
    (login, created) = admin.get_json(path)["events"]
    assert admin.get_json(path + "&kind=login")["events"] == [login]
    assert admin.get_json(path + "&kind=logout")["events"] == []
    assert admin.get_json("/admin/v1/events?kind=login&limit=1")["events"] == [login]
    assert admin.get_json(f"/admin/v1/events?after={login['id']}")["events"] == []

    for _ in range(3):
        assert server.post("/v1/logout", bearer=tokens["access_token"]).status == 204
        tokens = server.login(user)
    following = collect(
        lambda after: admin.get_json(f"{path}&limit=2&after={after or login['id']}"), "events")
    assert [event["kind"] for event in following] == ["logout", "login"] * 3
    assert following == admin.get_json(path)["events"][::-1][2:]
    newest = following[-1]["id"]
    between = admin.get_json(f"{path}&kind=login&after={login['id']}&before={newest}")["events"]
    assert between == following[1:-1:2]

    for wrong in (
        "kind=unknown", "kind=Login", "kind=login%00", "after=x", "after=-1", "before=0", "limit=0", "limit=x",
        "after=99999999999999999999", "sbject=ada", "session=x",
    ):
        assert_problem(admin.get("/admin/v1/events?" + wrong), "invalid_request")


def test_lists_refuse_parameters_that_they_do_not_know(server, admin):
    for path in (
        "/admin/v1/users?kind=x", "/admin/v1/users?before=x", "/admin/v1/clients?subject=x",
        "/admin/v1/sessions?client=web", "/admin/v1/sessions?after=x", "/admin/v1/clients?limit=0",
    ):
        assert_problem(admin.get(path), "invalid_request")


# Clients.


def test_clients_are_listed_in_pages(server, admin):
    for name in ("page-c", "page-a", "page-b"):
        add_client(server, name)
    clients = admin.get_json("/admin/v1/clients")["clients"]
    names = [client["client_id"] for client in clients]
    assert names == sorted(names) and "page-b" in names
    paged = collect(lambda after: admin.get_json(f"/admin/v1/clients?limit=1&after={after}"), "clients")
    assert paged == clients


def test_a_client_is_added_given_new_secrets_and_removed(server, admin):
    members = {"client_id": "billing", "confidential": True, "scope": "read write", "access_token_format": "opaque"}
    answer = admin.request("POST", "/admin/v1/clients", members)
    assert answer.status == 201, answer
    made = answer.json
    client = Client("billing", made.pop("client_secret"))
    assert client.secret.startswith("hc1_")
    assert made["client_id"] == "billing" and made["confidential"] is True and made["scope"] == "read write"
    assert admin.get_json("/admin/v1/clients/billing") == made
    assert made in admin.get_json("/admin/v1/clients")["clients"]
    grant = {"grant_type": "client_credentials"}
    assert form(server, "/oauth/token", grant, client).json["access_token"].startswith("ha1_")
    assert_problem(admin.request("POST", "/admin/v1/clients", members), "conflict")

    rotated = admin.request("POST", "/admin/v1/clients/billing/rotate-secret")
    assert rotated.status == 200 and set(rotated.json) == {"client_id", "client_secret"}
    for secret in (client.secret, rotated.json["client_secret"]):
        assert form(server, "/oauth/token", grant, Client("billing", secret)).status == 200
    admin.request("POST", "/admin/v1/clients/billing/rotate-secret")
    assert form(server, "/oauth/token", grant, client).status == 401

    assert admin.request("DELETE", "/admin/v1/clients/billing").status == 204
    assert form(server, "/oauth/token", grant, Client("billing", rotated.json["client_secret"])).status == 401
    assert_problem(admin.request("DELETE", "/admin/v1/clients/billing"), "not_found")
    assert_problem(admin.request("DELETE", "/admin/v1/clients/web"), "not_found")
    assert_problem(admin.request("POST", "/admin/v1/clients/web/rotate-secret"), "not_found")


def test_a_public_client_has_no_secret_and_malformed_clients_are_refused(admin):
    answer = admin.request("POST", "/admin/v1/clients", {"name": "app", "scope": ["read"]})
    assert answer.status == 201 and "client_secret" not in answer.json and answer.json["confidential"] is False
    for members in ({}, {"client_id": "a b"}, {"client_id": ""}, {"client_id": "ok", "confidential": "yes"},
                    {"client_id": "ok", "scope": '"'}, {"client_id": "ok", "scope": 1},
                    {"client_id": "ok", "access_token_format": "x"}):
        assert_problem(admin.request("POST", "/admin/v1/clients", members), "invalid_request")


# Metrics.


def test_metrics_count_logins_refreshes_requests_and_lookups(make_server):
    server = make_server()
    admin = Admin(server)
    before = admin.metrics()
    first = server.login()
    assert_problem(server.try_login("ada", "wrong"), "invalid_credentials")
    second = server.rotate(first["refresh_token"])
    assert server.rotate(first["refresh_token"])["refresh_token"] == second["refresh_token"]
    server.rotate(second["refresh_token"])
    assert_problem(server.refresh(first["refresh_token"]), "reuse_detected")
    server.session(first["access_token"])
    after = admin.metrics()

    def grown(name: str, **labels) -> float:
        key = (name, *sorted(labels.items()))
        return after[key] - before.get(key, 0)

    assert grown("heirloom_logins_total", outcome="opened") == 1
    assert grown("heirloom_logins_total", outcome="refused") == 1
    assert grown("heirloom_refreshes_total", verdict="rotated") == 2
    assert grown("heirloom_refreshes_total", verdict="retried") == 1
    assert grown("heirloom_refreshes_total", verdict="reuse_detected") == 1
    assert grown("heirloom_events_total", kind="reuse_detected") == 1
    refreshes = {"route": "/v1/refresh", "method": "POST"}
    assert grown("heirloom_http_requests_total", status="200", **refreshes) == 3
    assert grown("heirloom_http_requests_total", status="401", **refreshes) == 1
    assert grown("heirloom_http_request_duration_seconds_count", **refreshes) == 4
    assert grown("heirloom_http_request_duration_seconds_bucket", le="+Inf", **refreshes) == 4
    assert grown("heirloom_commit_batch_size_sum") >= 6 and grown("heirloom_commit_duration_seconds_count") >= 1
    assert grown("heirloom_lookups_total") >= 1
    assert after["heirloom_feed_newest_sequence",] == after["heirloom_feed_entries",] == 1
    assert after["heirloom_signing_keys", ("state", "current")] == 1
    assert after["heirloom_signing_key_age_seconds", ("state", "current")] < 600
    assert after["heirloom_commit_queue_depth",] == after["heirloom_password_hashes_pending",] == 0
    assert after["process_resident_memory_bytes",] > 1e6 and after["process_open_fds",] > 5
    assert 0 <= after["heirloom_uptime_seconds",] < 600
    assert any(key[0] == "heirloom_build_info" for key in after)


def test_no_label_holds_text_from_a_request(make_server):
    server = make_server({"loginLimits": {"perAccount": 1}})
    admin = Admin(server)
    tokens = server.login("ada")
    for number in range(30):
        server.get(f"/made/up/{number}")
        server.request("DELETE", f"/v1/sessions/{number}", bearer=tokens["access_token"])
        server.request(f"M{number}", "/v1/login")
        admin.request("GET", f"/admin/v1/users/somebody{number}")
        server.try_login(f"nobody {number}", "x")
    for _ in range(3):
        server.try_login("ada", "wrong")
    found = admin.metrics()
    assert found["heirloom_throttled_attempts_total", ("action", "login")] >= 2
    text = str(list(found))
    for secret in (tokens["session_id"], tokens["subject"], "ada", "nobody", "somebody", "made", "M1", "127.0.0.1"):
        assert secret not in text.replace("read", ""), secret
    routes = {dict(key[1:])["route"] for key in found if key[0] == "heirloom_http_requests_total"}
    assert {"/v1/sessions/*", "/admin/v1/users/*", "(unknown)"} <= routes and len(routes) < 12


def test_a_request_in_flight_is_answered_after_sigterm(make_server):
    server = make_server()
    admin = Admin(server)
    body = b'{"username":"late","password":"' + PASSWORD.encode() + b'"}'
    head = encode("POST", "/admin/v1/users", bearer=server.admin_token, headers={
        "Content-Type": "application/json", "Content-Length": str(len(body))})
    with admin.connect() as connection:
        connection.sendall(head)
        connection.sendall(body[:10])
        # The server has read this request by the time it has answered several others.
        for _ in range(5):
            admin.metrics()
        server.process.terminate()
        connection.sendall(body[10:])
        assert Answer.read(connection).status == 201
    assert server.process.wait(TIMEOUT) == 0


def test_a_user_name_and_the_same_id_of_a_subject_of_a_back_end_are_kept_apart(make_server):
    server = make_server()
    admin = Admin(server)
    client = add_back_end(server, "backend")
    own = server.login()
    path = "/admin/v1/subjects/ada/sessions"
    # There is no subject with this id yet.
    assert_problem(admin.get(path), "not_found")
    assert_problem(admin.request("DELETE", path), "not_found")
    vouched = vouch(server, client, "ada")
    for list_path in (path, "/admin/v1/sessions?subject=ada"):
        listed = admin.get_json(list_path)["sessions"]
        assert [session["session_id"] for session in listed] == [vouched["session_id"]]
    events = admin.get_json("/admin/v1/events?subject=ada")["events"]
    assert [event["session_id"] for event in events] == [vouched["session_id"]]

    for command in (["session", "list"], ["session", "revoke-all"], ["event", "list", "--subject"], ["user", "disable"],
                    ["user", "delete"], ["user", "reset"], ["user", "unlock"], ["user", "invite"],
                    ["identity", "list"]):
        run = server.cli(*command, "ada")
        assert run.returncode == 1 and own["subject"] in run.stderr, run
    assert server.session(own["access_token"]).status == 200
    assert server.session(vouched["access_token"]).status == 200

    assert admin.request("DELETE", path).json == {"revoked_sessions": 1}
    assert_problem(server.session(vouched["access_token"]), "session_revoked")
    assert server.session(own["access_token"]).status == 200
    # Another spelling is another id.
    for other in ("Ada", "ada%20", "%61%CC%81da"):
        assert_problem(admin.request("DELETE", f"/admin/v1/subjects/{other}/sessions"), "not_found")

    assert admin.get_json("/admin/v1/users/ada")["subject"] == own["subject"]
    assert server.command("session", "revoke-all", own["subject"]).strip() == "1"
    assert_problem(server.session(own["access_token"]), "session_revoked")
    logins = [event for event in admin.get_json("/admin/v1/events")["events"] if event["kind"] == "login"]
    assert logins[0]["detail"] == "vouched for by backend" and "detail" not in logins[1]
