"""What clients may do: scope, permissions, and the limits of their sessions."""

from __future__ import annotations

import itertools
import json
import shutil

import pytest

from harness import Client, add_back_end, add_client, assert_problem, claims, form, vouch
from harness.admin import Admin

NUMBERS = itertools.count()
PERMISSIONS = ("introspect", "feed", "credentials", "vouch")


@pytest.fixture(scope="module")
def admin(server):
    return Admin(server)


def ask(server, client: Client, path: str):
    """A request that needs a permission of `client`."""
    basic = {"Authorization": client.basic}
    if path == "/v1/revocations":
        return server.get(path, headers=basic)
    if path == "/v1/signals":
        return server.post(path, {"returnImmediately": True}, headers=basic)
    if path == "/v1/sessions":
        return server.post(path, {"subject": "carl"}, headers=basic)
    fields = {"token": "x"} if path == "/oauth/introspect" else {"grant_type": "client_credentials"}
    return form(server, path, fields, client)


# Permissions.


@pytest.mark.parametrize("options, permitted", [
    ([], {"introspect", "feed", "credentials"}), (["--permit", ",".join(PERMISSIONS)], set(PERMISSIONS)),
    (["--permit", ""], set()), *[(["--permit", one], {one}) for one in PERMISSIONS],
], ids=lambda value: " ".join(sorted(value)) or "none")
def test_a_client_does_what_it_is_permitted_to_do(server, options, permitted):
    client = add_client(server, "-".join(["may", *sorted(permitted)]), *options)
    for path, permission, success in (
        ("/oauth/introspect", "introspect", 200), ("/v1/revocations", "feed", 200), ("/v1/signals", "feed", 200),
        ("/oauth/token", "credentials", 200), ("/v1/sessions", "vouch", 201),
    ):
        answer = ask(server, client, path)
        if permission in permitted:
            assert answer.status == success, (path, answer)
        elif path.startswith("/v1/"):
            assert_problem(answer, "insufficient_scope")
            assert answer.status == 403 and permission in answer.json["detail"], answer
        else:
            assert answer.status == 400 and answer.json["error"] == "unauthorized_client", answer
    # What needs no permission.
    assert form(server, "/oauth/revoke", {"token": "x"}, client).status == 200
    assert server.login(client_id=client.name, headers={"Authorization": client.basic})["session_id"]


def test_a_public_client_has_no_permission(server):
    client = add_client(server, "public", confidential=False)
    for path in ("/v1/revocations", "/v1/signals", "/v1/sessions"):
        answer = ask(server, client, path)
        assert answer.status == 401 and answer.json["code"] == "invalid_credentials", answer
    answer = form(server, "/oauth/introspect", {"token": "x", "client_id": "public"})
    assert answer.status == 401 and answer.json["error"] == "invalid_client"
    answer = form(server, "/oauth/token", {"grant_type": "client_credentials", "client_id": "public"})
    assert answer.status == 400 and answer.json["error"] == "unauthorized_client"
    for command in (["add", "open"], ["set", "public"], ["set", "web"]):
        run = server.cli("client", *command, "--permit", "feed")
        assert run.returncode == 1 and "public" in run.stderr, run


# Scopes.


@pytest.mark.parametrize("allowed, asked, granted", [
    ("", None, True), ("", "", True), ("", "read", False), ("read", "read", True), ("read", "write", False),
    ("read", "read write", False), ("read write", "write", True), ("read write", "write read", True),
    ("read", "Read", False), ("read", "rea", False), ("read:all", "read", False),
])
def test_a_client_asks_for_its_own_scope_only(server, allowed, asked, granted):
    name = f"scoped-{next(NUMBERS)}"
    client = add_back_end(server, name, "--scope", allowed)
    add_client(server, f"{name}-public", "--scope", allowed, confidential=False)
    basic = {"Authorization": client.basic}
    members = {} if asked is None else {"scope": asked}
    for answer in (
        server.try_login(client_id=f"{name}-public", **members),
        server.try_login(client_id=name, headers=basic, **members),
        server.post("/v1/sessions", {"subject": "carl", **members}, headers=basic),
    ):
        if not granted:
            assert_problem(answer, "invalid_request")
            continue
        assert answer.status in (200, 201) and answer.json["scope"] == (asked or ""), answer
        if asked:
            assert claims(answer.json["access_token"])["scope"] == asked
    answer = form(server, "/oauth/token", {"grant_type": "client_credentials", **members}, client)
    if granted:
        # Without a scope the grant has all of the client's. An empty one counts as absent (RFC 6749 §3.1).
        assert answer.status == 200 and answer.json.get("scope", "") == (asked or allowed), answer
    else:
        assert answer.status == 400 and answer.json["error"] == "invalid_scope", answer


def test_a_back_end_asks_for_what_both_clients_may_ask_for(server):
    both = add_back_end(server, "both", "--scope", "read write admin")
    add_client(server, "front", "--scope", "read users", confidential=False)
    basic = {"Authorization": both.basic}
    for scope, granted in (("read", True), ("users", False), ("admin", False), ("read users", False)):
        answer = server.post("/v1/sessions", {"subject": "carl", "client_id": "front", "scope": scope}, headers=basic)
        if granted:
            assert answer.status == 201, answer
        else:
            assert_problem(answer, "invalid_request")


def test_a_wider_scope_is_refused_and_consumes_nothing(server):
    client = add_back_end(server, "narrow", "--scope", "read")
    tokens = vouch(server, client, "carl", scope="read")
    for scope in ("write", "read write"):
        fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "scope": scope}
        answer = form(server, "/oauth/token", fields, client)
        assert answer.status == 400 and answer.json["error"] == "invalid_scope", answer
    assert server.post(
        "/v1/refresh", {"refresh_token": tokens["refresh_token"]},
        headers={"Authorization": client.basic}).status == 200
    assert server.events(tokens["session_id"]) == ["login"]


def test_nobody_may_ask_for_a_scope_in_a_new_database(make_server):
    server = make_server()
    assert json.loads(server.command("client", "list", "--json")) == [{
        "client_id": "web", "confidential": False, "secrets": 0, "access_token_format": "jwt", "scope": "",
        "created_at": "1970-01-01T00:00:00.000Z"}]
    assert "note" not in server.command("doctor")
    # The scope is checked before the password: nothing is counted.
    for password in ("wrong", None):
        answer = server.try_login(scope="read", **({"password": password} if password else {}))
        assert_problem(answer, "invalid_request")
    server.allow_scope("read write")
    tokens = server.login(scope="write")
    # An open session keeps its scope.
    server.allow_scope("")
    assert server.rotate(tokens["refresh_token"])["scope"] == "write"
    assert_problem(server.try_login(scope="write"), "invalid_request")


# Limits.


def test_a_session_has_the_limits_of_its_client(make_server):
    server = make_server({"refreshToken": {"idleLifetimeSeconds": 5000, "absoluteLifetimeSeconds": 9000}})
    options = ["--idle-lifetime", "3000", "--absolute-lifetime", "4000", "--retry-window", "0"]
    client = add_client(server, "kiosk", *options, confidential=False)
    tokens = server.login(client_id=client.name)
    assert tokens["refresh_expires_in"] == 3000
    fresh = server.rotate(tokens["refresh_token"])
    assert_problem(server.refresh(tokens["refresh_token"]), "reuse_detected")
    assert_problem(server.refresh(fresh["refresh_token"]), "session_revoked")
    # Idle lifetime and retry window hold at once, an absolute lifetime for new sessions.
    tokens = server.login(client_id=client.name)
    server.command(
        "client", "set", "kiosk", "--idle-lifetime", "default", "--absolute-lifetime", "60", "--retry-window", "600")
    fresh = server.rotate(tokens["refresh_token"])
    assert 3900 < fresh["refresh_expires_in"] <= 4000
    assert server.rotate(tokens["refresh_token"])["refresh_token"] == fresh["refresh_token"]
    assert server.login(client_id=client.name)["refresh_expires_in"] == 60
    assert server.login()["refresh_expires_in"] == 5000


@pytest.mark.parametrize("option, value", [
    ("--idle-lifetime", "0"), ("--idle-lifetime", "1209601"), ("--absolute-lifetime", "0"),
    ("--absolute-lifetime", "7776001"), ("--absolute-lifetime", "9223372036854775807"), ("--retry-window", "601"),
    ("--scope", 'a"b'),
])
def test_a_setting_out_of_its_range_changes_nothing(server, admin, option, value):
    before = admin.get_json("/admin/v1/clients/web")
    run = server.cli("client", "set", "web", "--access-token-format", "opaque", option, value)
    assert run.returncode == 1 and run.stdout == "", run
    assert server.cli("client", "add", "new", option, value).returncode == 1
    member = option[2:].replace("-", "_")
    members = {member: value if option == "--scope" else int(value), "access_token_format": "opaque"}
    assert_problem(admin.request("PATCH", "/admin/v1/clients/web", members), "invalid_request")
    assert_problem(admin.request("PUT", "/admin/v1/clients/web", members), "invalid_request")
    assert_problem(admin.request("POST", "/admin/v1/clients", {"client_id": "new", **members}), "invalid_request")
    assert admin.get_json("/admin/v1/clients/web") == before
    assert_problem(admin.request("GET", "/admin/v1/clients/new"), "not_found")


@pytest.mark.parametrize("arguments", [
    ["set", "web"], ["set", "web", "--retry-window", "x"], ["set", "web", "--retry-window", "9223372036854775808"],
    ["set", "web", "--idle-lifetime"], ["set", "--scope", "read"], ["set", "app", "--permit", "everything"],
    ["set", "app", "--permit", "feed,Vouch"], ["add", "app", "--confidential", "--permit", "feed vouch"],
], ids=" ".join)
def test_bad_usage_exits_with_64(server, arguments):
    assert server.cli("client", *arguments).returncode == 64


def test_a_client_is_changed_by_the_command_line_and_by_the_admin_api(server, admin):
    client = add_client(server, "changing")
    path = "/admin/v1/clients/changing"
    usual = admin.get_json(path)
    assert (usual["scope"], usual["permissions"]) == ("", ["introspect", "feed", "credentials"])
    run = server.command(
        "client", "set", "changing", "--json", "--scope", "read write", "--permit", "vouch", "--idle-lifetime", "900")
    expected = {**usual, "scope": "read write", "permissions": ["vouch"], "idle_lifetime": 900}
    assert json.loads(run) == admin.get_json(path) == expected
    # PATCH changes what it names, PUT replaces everything.
    answer = admin.request("PATCH", path, {"scope": ["read"], "retry_window": 0, "permissions": ["feed", "vouch"]})
    expected |= {"scope": "read", "retry_window": 0, "permissions": ["feed", "vouch"]}
    assert answer.status == 200 and answer.json == admin.get_json(path) == expected
    assert admin.request("PATCH", path, {}).json == expected
    answer = admin.request("PUT", path, {"scope": "write", "absolute_lifetime": 1000})
    assert answer.status == 200 and answer.json == {**usual, "scope": "write", "absolute_lifetime": 1000}
    assert admin.request("PUT", path, {}).json == usual
    assert ask(server, client, "/v1/revocations").status == 200
    for method in ("PATCH", "PUT"):
        for members in ({"permissions": ["all"]}, {"permissions": "feed"}, {"scope": 1}, {"retry_window": "0"}):
            assert_problem(admin.request(method, path, members), "invalid_request")
        assert_problem(admin.request(method, "/admin/v1/clients/nobody", {}), "not_found")
        assert_problem(admin.request(method, "/admin/v1/clients/web", {"permissions": []}), "invalid_request")
    changes = [event for event in admin.get_json("/admin/v1/events?limit=100")["events"]
               if event["kind"] == "client_changed" and event["client_id"] == "changing"]
    assert changes[-1]["detail"] == "scope: read write; permissions: vouch; idle lifetime: 900 s"
    table = server.command("client", "list")
    assert "PERMISSIONS" in table and "introspect,feed,credentials" in table


# Upgrades.

RIGHTS = ("permissions", "idle_lifetime", "absolute_lifetime", "retry_window")


def test_clients_of_an_older_database_keep_what_they_had(make_server):
    server = make_server()
    reader, narrow = add_client(server, "reader"), add_client(server, "narrow", "--scope", "read")
    server.allow_scope("read")
    tokens = [server.login(scope="read"), server.login(client_id="reader", headers={"Authorization": reader.basic})]
    assert server.stop() == 0
    for column in RIGHTS:
        server.query(f"ALTER TABLE clients DROP COLUMN {column}")
    server.query("DELETE FROM clients WHERE client_id = 'web'")
    server.query("UPDATE clients SET allowed_scope = NULL WHERE client_id = 'reader'")
    # The steps from client_rights on are undone.
    for table, column in (("subjects", "claims"), ("subjects", "issued_from"), ("sessions", "claims")):
        server.query(f"ALTER TABLE {table} DROP COLUMN {column}")
    server.query("DROP INDEX open_sessions_by_subject")
    for table in ("webhook_cursors", "one_time_links", "identities", "upstream_sessions"):
        server.query(f"DROP TABLE {table}")
    server.query("ALTER TABLE events DROP COLUMN actor")
    server.query("DROP INDEX subjects_without_name")
    server.query("ALTER TABLE sessions DROP COLUMN authenticated_here")
    for table, column in (
        ("sessions", "key_thumbprint"), ("clients", "dpop"), ("refresh_tokens", "key_mismatch_recorded_at"),
    ):
        server.query(f"ALTER TABLE {table} DROP COLUMN {column}")
    server.query("ALTER TABLE refresh_tokens RENAME COLUMN retry_count TO retries")
    server.query("DROP TABLE used_once")
    server.query(
        f"CREATE TABLE client_assertions (assertion_id {'bytea' if server.cluster else 'BLOB'}, expires_at bigint)")
    if server.cluster:
        server.query("ALTER TABLE revocations ADD CONSTRAINT revocations_kind_check CHECK (kind <> '')")
    server.query("DELETE FROM schema_migrations WHERE number >= 7")
    server.start()

    assert server.rotate(tokens[0]["refresh_token"])["scope"] == "read"
    assert server.post(
        "/v1/refresh", {"refresh_token": tokens[1]["refresh_token"]},
        headers={"Authorization": reader.basic}).status == 200
    assert server.login(scope="anything")["scope"] == "anything"
    assert vouch(server, reader, "carl", scope="anything")["scope"] == "anything"
    assert vouch(server, narrow, "carl", scope="read")["scope"] == "read"
    assert_problem(server.try_login(
        client_id="narrow", scope="write", headers={"Authorization": narrow.basic}), "invalid_request")
    notes = [line for line in server.command("doctor").splitlines() if line.startswith("note")]
    assert len(notes) == 4 and all("heirloom client set" in note for note in notes), notes
    for name, right in (("web", "any scope"), ("reader", "any scope"), ("reader", "anybody"), ("narrow", "anybody")):
        assert any(f"the client {name} " in note and right in note for note in notes), notes
    # What doctor says is what helps.
    server.allow_scope("read")
    server.command("client", "set", "reader", "--scope", "", "--permit", "introspect,feed,credentials")
    server.command("client", "set", "narrow", "--permit", "feed")
    assert "note" not in server.command("doctor")


def test_an_archive_of_an_older_version_keeps_what_its_clients_had(make_server, tmp_path):
    old = make_server(name="old")
    client = add_client(old, "app")
    old.allow_scope("read")
    assert old.stop() == 0
    old.command("export", str(tmp_path / "new-archive"))
    rows = [json.loads(line) for line in (tmp_path / "new-archive").read_text().splitlines()]
    older = [{name: value for name, value in row.items() if name not in RIGHTS}
             for row in rows[:-1] if (row.get("table"), row.get("client_id")) != ("clients", "web")]
    older.append({"rows": len(older) - 1})
    lines = [json.dumps(row, separators=(",", ":")) + "\n" for row in older]
    (tmp_path / "old-archive").write_text("".join(lines))
    for archive, may_ask, is_permitted in (("new-archive", False, False), ("old-archive", True, True)):
        new = make_server(name=f"from-{archive}", start=False, user=False)
        new.data.mkdir(mode=0o700, exist_ok=True)
        shutil.copy(old.master_key, new.master_key)
        new.command("import", str(tmp_path / archive))
        new.start()
        assert new.login(scope="read")["scope"] == "read"
        assert (new.try_login(scope="write").status == 200) == may_ask
        assert (ask(new, client, "/v1/sessions").status == 201) == is_permitted
