"""The command line, the files, the master key, backups, starting and stopping."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
from contextlib import closing

import pytest

from harness import BINARY, PASSWORD, TIMEOUT, assert_problem
from harness.load import RefreshLoad

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


# Exit codes and output.


@pytest.mark.parametrize("arguments", [
    ["nonsense"], ["user", "add"], ["user", "nonsense"], ["user", "add", "eve", "--nonsense"],
    ["user", "disable"], ["session", "revoke"], ["session", "revoke", "no-id"], ["key", "revoke"], ["backup"],
    ["serve", "extra"], ["user", "set-password", "ada"],
], ids=" ".join)
def test_bad_usage_exits_with_64(server, arguments):
    run = server.cli(*arguments)
    assert run.returncode == 64, run
    assert run.stdout == "" and run.stderr != "", run


def test_a_command_that_fails_exits_with_1_and_names_the_reason(server):
    for arguments, message in (
        (["user", "disable", "nobody"], "nobody"),
        (["user", "enable", "nobody"], "nobody"),
        (["user", "delete", "nobody"], "nobody"),
        (["session", "revoke", "0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b"], "0199a1b2"),
        (["session", "revoke-all", "nobody"], "nobody"),
        (["session", "list", "nobody"], "nobody"),
        (["key", "revoke", "nothing"], "nothing"),
    ):
        run = server.cli(*arguments)
        assert (run.returncode, run.stdout) == (1, ""), run
        assert message in run.stderr, run
    run = server.cli("user", "set-password", "nobody", "--password-stdin", stdin=PASSWORD)
    assert run.returncode == 1 and "nobody" in run.stderr, run
    for name in ("ada", "", " ada", "a\nb", "x" * 129):
        run = server.cli("user", "add", name, "--password-stdin", stdin=PASSWORD)
        assert (run.returncode, run.stdout) == (1, ""), run


def test_help_exits_with_0(server):
    for arguments in (["--help"], ["serve", "--help"], ["user", "--help"], ["session", "list", "--help"]):
        run = server.cli(*arguments)
        assert (run.returncode, run.stderr) == (0, ""), run


def test_results_go_to_standard_output_and_messages_to_standard_error(server, user):
    run = server.cli("user", "add", f"{user} again", "--password-stdin", stdin=PASSWORD + "\n")
    assert re.fullmatch(UUID + "\n", run.stdout), run
    for arguments in (["user", "disable", user], ["user", "enable", user], ["user", "delete", user], ["migrate"],
                      ["config", "check"]):
        run = server.cli(*arguments)
        assert (run.returncode, run.stdout) == (0, ""), run
        assert run.stderr, run


@pytest.mark.parametrize("arguments, suggestion", [
    (["user", "ad"], "add"), (["user", "ad", "eve"], "add"), (["usr", "add"], "user"), (["session", "lst"], "list"),
    (["serv"], "serve"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else value)
def test_a_mistyped_command_gets_a_suggestion(server, arguments, suggestion):
    run = server.cli(*arguments)
    assert run.returncode == 64 and f"did you mean {suggestion}?" in run.stderr, run
    assert "--config" not in run.stderr.splitlines()[0], run


def test_lists_show_no_character_that_acts_on_the_terminal(server, user):
    server.login(user, device="a\u202eb\u001b[2J")
    server.add_user("n" * 120)
    sessions = server.command("session", "list")
    assert "a\\u{202E}b\\u{1B}[2J" in sessions and "\u202e" not in sessions and "\x1b" not in sessions
    lines = server.command("user", "list").splitlines()
    assert len(lines[0]) < 128 and all(line == line.rstrip() for line in lines)
    run = server.cli("user", "disable", "a\u202eb")
    assert "a\\u{202E}b" in run.stderr and "\u202e" not in run.stderr, run


def test_a_user_is_renamed_and_unlocked_while_the_service_runs(make_server):
    server = make_server({"loginLimits": {"perAccount": 1}})
    for command in (["user", "unlock", "ada"], ["user", "set-password", "ada", "--password-stdin"]):
        assert_problem(server.try_login(password="a wrong password"), "invalid_credentials")
        assert_problem(server.try_login(), "too_many_attempts")
        server.command(*command, stdin=PASSWORD)
        tokens = server.login()
    server.command("user", "rename", "ada", "Grace Hopper")
    server.assert_live(tokens)
    assert server.login("grace hopper")["subject"] == tokens["subject"]
    assert_problem(server.try_login("ada"), "invalid_credentials")
    for arguments in (["user", "rename", "nobody", "x"], ["user", "rename", "grace hopper", "client:x"],
                      ["user", "unlock", "nobody"]):
        run = server.cli(*arguments)
        assert (run.returncode, run.stdout) == (1, ""), run


def test_users_of_older_versions_keep_their_names(make_server):
    """Two users whose names are one now, and a user whose name would be refused now."""
    server = make_server()
    for name in ("bob", "eve", "mallory"):
        server.add_user(name)
    server.stop()
    for name, old in (("ada", "ΝΙΚΟΣ"), ("bob", "νικος"), ("eve", "x\u3164"), ("mallory", "Μάρκος")):
        key = old.lower() if old != "ΝΙΚΟΣ" else "νικοσ"
        server.query(f"UPDATE subjects SET username = '{old}', username_key = '{key}', username_folded = NULL"
                     f" WHERE username_key = '{name}'")
    server.start()
    subjects = {name: server.login(name)["subject"] for name in ("ΝΙΚΟΣ", "νικος", "x\u3164", "Μάρκος", "ΜΆΡΚΟΣ")}
    assert len(set(subjects.values())) == 4 and subjects["Μάρκος"] == subjects["ΜΆΡΚΟΣ"]
    assert_problem(server.try_login("\u03bd\u03b9\u03ba\u03bf\u03c3 x"), "invalid_credentials")
    run = server.cli("doctor")
    assert run.returncode == 0, run
    notes = [line for line in run.stdout.splitlines() if line.startswith("note")]
    assert len(notes) == 3 and all(any(name in note for note in notes) for name in ("ΝΙΚΟΣ", "νικος", "x\\u{3164}"))
    run = server.cli("user", "add", "Νικος", "--password-stdin", stdin=PASSWORD)
    assert run.returncode == 1, run
    server.command("user", "rename", "νικος", "nikos")
    assert server.login("nikos")["subject"] == subjects["νικος"]
    assert server.login("νικος")["subject"] == subjects["ΝΙΚΟΣ"]


@pytest.mark.parametrize("line, is_accepted", [
    (PASSWORD.encode(), True), (PASSWORD.encode() + b"\n", True), (PASSWORD.encode() + b"\r\n", True),
    (b"\xef\xbb\xbf" + PASSWORD.encode() + b"\r\n", True), (PASSWORD.encode() + b"\xe9", False),
    (PASSWORD.encode("utf-16"), False),
], ids=["plain", "LF", "CRLF", "BOM", "Latin-1", "UTF-16"])
def test_a_password_from_standard_input_is_one_line_of_utf8(server, user, line, is_accepted):
    tokens = server.login(user)
    run = subprocess.run(
        [BINARY, "user", "set-password", user, "--password-stdin", "--config", str(server.config)], input=line,
        cwd=server.folder.parent, env=server.environment(), capture_output=True, timeout=TIMEOUT)
    assert run.returncode == (0 if is_accepted else 1), run
    if not is_accepted:
        assert b"UTF-8" in run.stderr, run
        server.assert_live(tokens)
    server.login(user)


def test_lists_are_json_with_the_json_flag(server, user):
    server.login(user)
    added = json.loads(server.command("user", "add", f"{user} too", "--password-stdin", "--json", stdin=PASSWORD))
    assert added["username"] == f"{user} too" and re.fullmatch(UUID, added["subject"])
    listed = json.loads(server.command("user", "list", "--json"))
    assert added in listed
    assert {"ada", "bob", user} <= {member["username"] for member in listed}
    assert {member["state"] for member in listed if member["username"] == user} == {"active"}
    assert isinstance(json.loads(server.command("session", "list", "--json")), list)
    keys = json.loads(server.command("key", "list", "--json"))
    assert sorted(key["state"] for key in keys) == ["current", "next"]
    assert PASSWORD not in json.dumps([listed, keys])


def test_lists_are_tables_without_the_json_flag(server):
    for arguments, heading in ((["user", "list"], "NAME"), (["session", "list"], "SESSION"), (["key", "list"], "KID")):
        assert server.command(*arguments).splitlines()[0].startswith(heading)


def test_events_are_listed_and_followed(server, user):
    tokens = server.login(user)
    listed = json.loads(server.command("event", "list", "--subject", user, "--json"))
    assert [event["kind"] for event in listed] == ["login", "user_created"]
    assert json.loads(server.command("event", "list", "--subject", user, "--kind", "login", "--json")) == listed[:1]
    assert server.command("event", "list").startswith("NUMBER ")
    cut = server.cli("event", "list", "--limit", "1", "--json")
    assert len(json.loads(cut.stdout)) == 1 and "--limit" in cut.stderr
    for wrong in (["--kind", "unknown"], ["--limit", "0"]):
        assert server.cli("event", "list", *wrong).returncode == 64

    follower = server.start_command("event", "list", "--follow", "--json", "--subject", user)
    try:
        seen = [json.loads(follower.stdout.readline()) for _ in range(2)]
        assert seen == listed[::-1]
        assert server.post("/v1/logout", bearer=tokens["access_token"]).status == 204
        assert json.loads(follower.stdout.readline())["kind"] == "logout"
    finally:
        follower.kill()
        follower.wait()


def test_the_list_of_sessions_has_all_pages(server, user):
    opened = [server.login(user)["session_id"] for _ in range(3)]
    listed = json.loads(server.command("session", "list", user, "--json"))
    # Some may have been opened in the same millisecond.
    assert [session["session_id"] for session in listed] == sorted(opened, reverse=True)


def test_commands_work_before_the_first_start(make_server):
    server = make_server(start=False)
    server.command("user", "disable", "ada")
    server.command("user", "enable", "ada")
    server.start()
    server.login()


def test_a_start_without_users_says_how_to_add_one(make_server):
    server = make_server(user=False)
    assert "user add" in server.log
    server.add_user("ada")
    server.login()
    before = len(server.log)
    server.restart()
    assert "user add" not in server.log[before:]


# Files.


def mode(path) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


@pytest.mark.store("sqlite")
@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_only_the_owner_may_read_the_files(make_server, tmp_path, umask):
    server = make_server(start=False, user=False)
    server.start(umask=umask)
    before = os.umask(umask)
    try:
        server.add_user("ada")
        server.login()
        server.command("backup", str(tmp_path / "backup.sqlite"))
    finally:
        os.umask(before)
    assert mode(server.data) == 0o700
    files = {path.name: mode(path) for path in server.data.iterdir()}
    assert {"master.key", "heirloom.sqlite", "heirloom.sqlite-wal"} <= set(files)
    assert set(files.values()) == {0o600}, files
    assert mode(tmp_path / "backup.sqlite") == 0o600


@pytest.mark.store("sqlite")
def test_a_backup_writes_through_no_link_and_over_no_file(make_server, tmp_path):
    server = make_server(start=False)
    victim = tmp_path / "victim"
    victim.write_text("unharmed")
    for name, target in (("link", victim), ("dangling", tmp_path / "nowhere"), ("loop", tmp_path / "loop")):
        (tmp_path / name).symlink_to(target)
        run = server.cli("backup", str(tmp_path / name))
        assert run.returncode == 1 and name in run.stderr, run
        assert (tmp_path / name).is_symlink()
    assert victim.read_text() == "unharmed" and not (tmp_path / "nowhere").exists()
    # SQLite would follow the copy's name to a journal.
    (tmp_path / "copy-journal").write_text("")
    assert server.cli("backup", str(tmp_path / "copy")).returncode == 1
    assert server.cli("backup", str(victim)).returncode == 1 and victim.read_text() == "unharmed"
    (tmp_path / "copy-journal").unlink()
    server.command("backup", str(tmp_path / "copy"))
    assert mode(tmp_path / "copy") == 0o600


@pytest.mark.store("sqlite")
def test_a_start_names_every_secret_file_that_others_can_read_with_its_mode(make_server):
    server = make_server()
    files = [server.master_key, server.data / "admin.token", server.database]
    assert "can read or change" not in server.log
    server.stop()
    for file, bits in zip(files, (0o644, 0o640, 0o602)):
        file.chmod(bits)
    server.configure({"masterKey": "", "previousMasterKeys": [server.master_key.read_text().strip()]})
    server.config.chmod(0o604)
    server.start()
    for file, bits in zip([*files, server.config], ("0644", "0640", "0602", "0604")):
        (line,) = [line for line in server.log.splitlines() if f"file={file} " in line]
        assert " level=warning " in line and f"mode={bits}" in line and f"chmod 600 {file}" in line
    doctor = server.cli("doctor")
    assert doctor.returncode == 1
    for file in files:
        assert f"chmod 600 {file}" in doctor.stdout
    # The operator's own files are no defect of the installation.
    assert f"chmod 600 {server.config}" in doctor.stderr and str(server.config) not in doctor.stdout.split("\n", 1)[1]
    server.stop()
    for file in [*files, server.config]:
        file.chmod(0o600)
    before = len(server.log)
    server.start()
    assert "can read or change" not in server.log[before:]


# The master key.


def test_the_first_start_makes_a_master_key_and_later_starts_keep_it(make_server):
    server = make_server()
    key = server.master_key.read_bytes()
    assert len(base64.b64decode(key.strip(), validate=True)) == 32
    tokens = server.login()
    server.restart()
    assert server.master_key.read_bytes() == key
    server.assert_live(tokens)


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def test_a_missing_master_key_refuses_the_start_with_a_remedy(make_server):
    server = make_server()
    tokens = server.login()
    server.stop()
    key = server.master_key.read_bytes()
    server.master_key.unlink()
    message = server.refuses_to_start()
    assert str(server.master_key) in message and "masterKeyFile" in message
    assert not server.master_key.exists()
    assert server.cli("doctor").returncode == 1
    server.master_key.write_bytes(key)
    server.start()
    server.assert_live(tokens)


def test_a_foreign_master_key_refuses_the_start_with_a_remedy(make_server):
    server = make_server()
    tokens = server.login()
    server.stop()
    key = server.master_key.read_bytes()
    server.master_key.write_text(new_key())
    message = server.refuses_to_start()
    assert "master key" in message and "previousMasterKeyFiles" in message
    assert server.cli("doctor").returncode == 1
    server.master_key.write_bytes(key)
    server.start()
    server.assert_live(tokens)


@pytest.mark.parametrize("garbled", [
    "", "\n", "x", base64.b64encode(bytes(31)).decode(), base64.b64encode(bytes(33)).decode(), "!" * 44, "\0" * 32,
])
def test_a_malformed_master_key_refuses_the_start_and_is_named(make_server, garbled):
    server = make_server(start=False)
    server.master_key.write_text(garbled)
    message = server.refuses_to_start()
    assert str(server.master_key) in message and "32 bytes" in message
    assert server.master_key.read_text() == garbled


def test_a_signing_key_that_does_not_decrypt_refuses_the_start_and_is_named(make_server):
    server = make_server()
    server.stop()
    kid = json.loads(server.command("key", "list", "--json"))[0]["kid"]
    server.query(f"UPDATE signing_keys SET sealed_key = zeroblob(length(sealed_key)) WHERE key_id = '{kid}'")
    assert kid in server.refuses_to_start()
    assert server.cli("doctor").returncode == 1


def test_a_named_master_key_file_must_exist(make_server):
    server = make_server({"masterKeyFile": "secrets/master.key"}, start=False, user=False)
    assert str(server.folder / "secrets/master.key") in server.refuses_to_start()


def test_a_master_key_may_come_from_the_environment(make_server):
    server = make_server(start=False, user=False)
    environment = {"HEIRLOOM_MASTER_KEY": new_key()}
    server.start(environment=environment)
    run = server.cli("user", "add", "ada", "--password-stdin", stdin=PASSWORD, environment=environment)
    assert run.returncode == 0, run
    tokens = server.login()
    assert not server.master_key.exists()
    server.end()
    server.start(environment=environment)
    server.assert_live(tokens)


def replace_master_key(server) -> None:
    """Stops the server and replaces its key; the old one becomes a previous key."""
    server.stop()
    shutil.move(server.master_key, server.folder / "old.key")
    server.master_key.write_text(new_key())
    server.master_key.chmod(0o600)
    server.configure({"previousMasterKeyFiles": ["old.key"]})


def test_a_replaced_master_key_ends_no_session(make_server):
    server = make_server()
    first, second = server.chain(1)
    other = server.login()
    replace_master_key(server)
    server.start()
    assert server.session(second["access_token"]).status == 200
    assert server.rotate(first["refresh_token"])["refresh_token"] == second["refresh_token"]
    server.assert_live(server.rotate(second["refresh_token"]))
    server.assert_live(other)
    assert_problem(server.refresh(first["refresh_token"]), "reuse_detected")


def test_a_previous_master_key_is_not_needed_after_a_rotation(make_server):
    server = make_server()
    tokens = server.login()
    replace_master_key(server)
    server.start()
    tokens = server.rotate(tokens["refresh_token"])
    server.stop()
    server.configure({"previousMasterKeyFiles": []})
    server.start()
    server.assert_live(tokens)


# Backups and the schema.


@pytest.mark.store("sqlite")
def test_a_backup_under_load_is_a_complete_database(make_server, tmp_path):
    server = make_server()
    with RefreshLoad([server]) as load:
        load.await_progress(7)
        run = server.cli("backup", str(tmp_path / "backup.sqlite"))
        load.await_progress(7)
    assert (run.returncode, run.stdout) == (0, ""), run
    assert sorted(path.name for path in tmp_path.glob("backup*")) == ["backup.sqlite"]
    with closing(sqlite3.connect(tmp_path / "backup.sqlite")) as backup:
        assert backup.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        assert backup.execute("SELECT count(*) FROM sessions").fetchall() == [(8,)]
        assert backup.execute("SELECT count(*) FROM refresh_tokens WHERE generation > 0").fetchone()[0] > 0


@pytest.mark.store("sqlite")
def test_a_backup_overwrites_no_file(make_server, tmp_path):
    server = make_server()
    (tmp_path / "precious").write_text("precious")
    run = server.cli("backup", str(tmp_path / "precious"))
    assert run.returncode == 1 and "precious" in run.stderr, run
    assert (tmp_path / "precious").read_text() == "precious"


@pytest.mark.store("postgres")
def test_a_backup_of_postgres_is_refused_with_the_name_of_its_tool(make_server, tmp_path):
    run = make_server().cli("backup", str(tmp_path / "copy"))
    assert run.returncode == 1 and "pg_dump" in run.stderr, run
    assert not (tmp_path / "copy").exists()


def test_sessions_of_a_restored_backup_are_live(make_server, tmp_path):
    server = make_server()
    tokens = server.login()
    server.save(tmp_path / "backup")
    other = make_server(name="other", start=False, user=False)
    other.data.mkdir(mode=0o700)
    shutil.copy(server.master_key, other.master_key)
    other.restore(tmp_path / "backup")
    other.start()
    other.assert_live(tokens)


def test_the_schema_is_recorded_and_a_second_migration_changes_nothing(make_server):
    server = make_server(start=False, user=False)
    server.command("migrate")
    recorded = server.query("SELECT number, name, checksum, applied_at FROM schema_migrations ORDER BY number")
    assert [number for number, *_ in recorded] == list(range(1, len(recorded) + 1))
    for _, name, checksum, applied_at in recorded:
        assert name and re.fullmatch("[0-9a-f]{64}", checksum) and applied_at
    server.command("migrate")
    assert server.query("SELECT number, name, checksum, applied_at FROM schema_migrations ORDER BY number") == recorded


@pytest.mark.parametrize("change, message", [
    ("UPDATE schema_migrations SET checksum = 'edited' WHERE number = 1", "migration 1"),
    ("INSERT INTO schema_migrations VALUES (999, 'from the future', 'x', 'x')", "999"),
])
def test_a_changed_or_newer_schema_refuses_the_start_and_is_not_changed(make_server, change, message):
    server = make_server()
    server.stop()
    server.query(change)
    before = server.query("SELECT * FROM schema_migrations")
    assert message in server.refuses_to_start()
    for arguments in (["migrate"], ["user", "list"], ["doctor"]):
        assert server.cli(*arguments).returncode == 1
    assert server.query("SELECT * FROM schema_migrations") == before


@pytest.mark.store("sqlite")
def test_a_file_that_is_no_database_refuses_the_start_and_is_named(make_server):
    server = make_server(start=False)
    for suffix in ("-wal", "-shm"):
        (server.data / f"heirloom.sqlite{suffix}").unlink(missing_ok=True)
    server.database.write_bytes(b"no database " * 1000)
    assert "database" in server.refuses_to_start()
    assert server.cli("doctor").returncode == 1


# Doctor.


def test_doctor_finds_no_fault_in_a_running_server(server):
    run = server.cli("doctor")
    assert run.returncode == 0, run
    assert "BAD" not in run.stdout


def test_doctor_finds_a_file_that_others_may_read(make_server):
    server = make_server()
    server.master_key.chmod(0o644)
    run = server.cli("doctor")
    assert run.returncode == 1, run
    assert f"chmod 600 {server.master_key}" in run.stdout


# Stopping.


def test_sigterm_under_load_exits_with_0_and_loses_no_answered_refresh(make_server):
    server = make_server()
    with RefreshLoad([server]) as load:
        load.await_progress(7)
        assert server.stop() == 0
        server.start()


def test_sigterm_ends_a_server_whose_clients_stay_connected(make_server):
    server = make_server()
    idle = [server.connect() for _ in range(20)]
    idle[0].sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
    idle[1].sendall(b"POST /v1/login HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{")
    assert server.stop() == 0
    for connection in idle:
        connection.close()


def test_sigint_exits_with_0(make_server):
    server = make_server()
    server.signal(signal.SIGINT)
    assert server.process.wait(TIMEOUT) == 0


# The log.


@pytest.mark.parametrize("format", ["text", "json"])
def test_the_log_holds_no_token_and_no_password(make_server, format):
    server = make_server({"log": {"level": "trace", "format": format}})
    secret = "a password typed into the wrong field"
    first, second, third = server.chain(2)
    server.try_login(secret, PASSWORD)
    server.try_login("ada", secret)
    for body in (f'{{"username":"ada","password":"{secret}" oops', f'{{"{secret}":1,"{secret}":2}}'):
        server.post("/v1/login", body, headers={"Content-Type": "application/json"})
    server.get(f"/v1/session?access_token={third['access_token']}&password={secret.replace(' ', '+')}")
    server.post(f"/v1/refresh?refresh_token={third['refresh_token']}", {})
    server.session(third["access_token"])
    server.session(third["access_token"][:-4] + "AAAA")
    server.refresh(third["refresh_token"][:-4] + "AAAA")
    server.refresh(third["refresh_token"], client_id="another")
    server.post("/v1/password", {"current_password": PASSWORD, "new_password": secret}, bearer=third["access_token"])
    server.refresh(first["refresh_token"])
    server.post("/v1/logout", {"refresh_token": third["refresh_token"]}, headers={"Cookie": f"token={secret}"})
    server.stop()
    log = server.log
    assert len(log) > 1000
    for tokens in (first, second, third):
        assert tokens["refresh_token"][30:60] not in log
        for part in tokens["access_token"].split(".")[1:]:
            assert part[:30] not in log
    for text in (PASSWORD, secret, secret.replace(" ", "+"), server.master_key.read_text().strip()):
        assert text not in log
    if format == "json":
        lines = [line for line in log.splitlines() if line.startswith("{")]
        assert {"time", "level", "message"} <= set.intersection(*[set(json.loads(line)) for line in lines])


def test_a_token_in_a_path_is_not_logged(make_server):
    server = make_server({"log": {"level": "trace"}})
    token = server.login()["refresh_token"]
    for method, path in (("DELETE", f"/v1/sessions/{token}"), ("GET", f"/v1/refresh/{token}"), ("GET", f"/{token}")):
        server.request(method, path)
    server.stop()
    assert token[30:60] not in server.log
