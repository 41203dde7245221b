"""A backup takes the place of the database, and a database that is lost or damaged is noticed."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from harness.concurrency import wait_until

sqlite_only = pytest.mark.store("sqlite")


@pytest.mark.store("postgres")
def test_a_restore_of_postgres_is_refused_with_the_name_of_its_tool(make_server, tmp_path):
    run = make_server(start=False).cli("restore", str(tmp_path / "copy"))
    assert run.returncode == 1 and "pg_restore" in run.stderr, run


@sqlite_only
def test_a_restore_is_refused_while_a_service_runs_and_lists_what_it_undoes(make_server, tmp_path):
    server = make_server()
    kept, ended = server.login(), server.login()
    backup = str(tmp_path / "backup.sqlite")
    server.command("backup", backup)
    server.command("session", "revoke", ended["session_id"])
    before = server.database.stat().st_ino
    run = server.cli("restore", backup)
    assert run.returncode == 1 and "stop the service" in run.stderr and str(server.process.pid) in run.stderr, run
    assert server.database.stat().st_ino == before

    # A log that a killed service leaves does not get into the restored database.
    server.kill()
    assert server.database.with_name("heirloom.sqlite-wal").stat().st_size > 0
    run = server.cli("restore", backup, "--json")
    assert run.returncode == 0, run
    assert [(one["kind"], one["session_id"]) for one in json.loads(run.stdout)] == [("logout", ended["session_id"])]
    assert not server.database.with_name("heirloom.sqlite-wal").exists()
    assert len(list(server.data.glob("heirloom.sqlite.replaced-*"))) == 1
    assert {path.stat().st_mode & 0o777 for path in server.data.glob("heirloom.sqlite*")} == {0o600}
    server.start()
    server.assert_live(kept)
    server.assert_live(ended)

    server.stop()
    run = server.cli("restore", backup, "--end-sessions")
    assert run.returncode == 0 and run.stderr.count("ended") == 1, run
    server.start()
    server.assert_ended(kept)
    assert server.login()


@sqlite_only
def test_a_backup_under_another_master_key_is_not_restored(make_server, tmp_path):
    server, other = make_server(), make_server(name="other")
    backup = str(tmp_path / "backup.sqlite")
    other.command("backup", backup)
    server.stop()
    before = server.database.read_bytes()
    run = server.cli("restore", backup)
    assert run.returncode == 1 and "master key" in run.stderr, run
    assert server.database.read_bytes() == before
    assert not list(server.data.glob("*.restore*"))


@sqlite_only
@pytest.mark.parametrize("change", [
    "DROP TABLE sessions", "DROP INDEX sessions_by_subject", "CREATE VIEW extra AS SELECT 1",
    "CREATE TRIGGER forget AFTER INSERT ON events BEGIN DELETE FROM events; END",
])
def test_a_copy_of_another_schema_is_not_restored(make_server, tmp_path, change):
    server = make_server()
    backup = tmp_path / "backup.sqlite"
    server.command("backup", str(backup))
    server.stop()
    with closing(sqlite3.connect(backup)) as database:
        database.execute(change)
        database.commit()
    run = server.cli("restore", str(backup))
    assert run.returncode == 1 and "schema differs in" in run.stderr, run
    assert not list(server.data.glob("*.restore*"))


@sqlite_only
def test_a_pipe_is_not_restored(make_server, tmp_path):
    server = make_server(start=False)
    os.mkfifo(tmp_path / "pipe")
    run = server.cli("restore", str(tmp_path / "pipe"))
    assert run.returncode == 1 and "not a regular file" in run.stderr, run


@sqlite_only
@pytest.mark.parametrize("lost", ["missing", "empty", "truncated"])
def test_a_lost_database_beside_a_master_key_refuses_the_start(make_server, tmp_path, lost):
    server = make_server()
    server.command("backup", str(tmp_path / "backup"))
    server.stop()
    if lost == "missing":
        server.database.unlink()
    else:
        os.truncate(server.database, 0 if lost == "empty" else 3 * 2048)
        # The log may hold every page, and then nothing is lost.
        Path(f"{server.database}-wal").unlink(missing_ok=True)
    for command in (["serve"], ["user", "list"], ["doctor"]):
        run = server.cli(*command)
        assert run.returncode == 1 and "heirloom restore" in run.stdout + run.stderr, run
    assert server.command("restore", str(tmp_path / "backup")) == ""
    server.start()
    assert server.login()


@sqlite_only
def test_an_empty_database_beside_a_master_key_can_be_made_on_purpose(make_server):
    server = make_server()
    server.stop()
    server.database.unlink()
    server.command("migrate")
    server.start()
    assert server.try_login().status == 401


@sqlite_only
def test_a_damaged_database_is_not_ready(make_server):
    server = make_server()
    for _ in range(30):
        server.login()
    server.stop()
    shutil.copy(server.database, server.folder / "sound")
    # A start reads none of these.
    roots = server.query("SELECT rootpage FROM sqlite_schema WHERE tbl_name IN ('events', 'sessions')")
    assert len(roots) >= 8
    with open(server.database, "r+b") as file:
        for (page,) in roots:
            file.seek((page - 1) * 2048)
            file.write(b"\xa5" * 2048)
    server.start()
    wait_until(lambda: server.get("/health/ready").status == 503, within=10)
    assert server.get("/health/live").status == 200
    assert "damaged" in server.log
