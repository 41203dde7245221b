"""An installation moves from one store to the other without ending a session."""

from __future__ import annotations

import json
import shutil
import stat

import pytest

from harness import PASSWORD, Server, add_client
from harness.receiver import Receiver


@pytest.fixture
def old(tmp_path):
    """An installation on SQLite."""
    server = Server(tmp_path / "old")
    for name in ("ada", "bob", "čeněk"):
        server.add_user(name)
    yield server.start()
    server.end()


@pytest.fixture
def make_new(tmp_path, shared_cluster):
    servers = []

    def make(old: Server, database: str | None = None, *, with_key: bool = True) -> Server:
        name = database or shared_cluster.make_database()
        server = Server(tmp_path / f"new-{len(servers)}", {"database": {"url": shared_cluster.url(name)}})
        server.data.mkdir(mode=0o700)
        if with_key:
            shutil.copy(old.master_key, server.master_key)
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.end()


def test_sessions_from_sqlite_continue_on_postgres(old, make_new, tmp_path):
    live = [old.rotate(old.login(name)["refresh_token"]) for name in ("ada", "bob", "čeněk")]
    lost = old.login("bob")
    answered = old.rotate(lost["refresh_token"])  # The client does not get this answer.
    ended = old.login()
    old.post("/v1/logout", {"refresh_token": ended["refresh_token"]})
    authorization = {"Authorization": add_client(old, "reader").basic}
    users, keys = old.command("user", "list", "--json"), old.command("key", "list", "--json")
    assert old.stop() == 0

    archive = tmp_path / "archive"
    old.command("export", str(archive))
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    new = make_new(old)
    new.command("import", str(archive))
    new.start()

    assert new.command("user", "list", "--json") == users
    assert new.command("key", "list", "--json") == keys
    for tokens in live:
        assert new.session(tokens["access_token"]).status == 200
        assert new.rotate(tokens["refresh_token"])["session_id"] == tokens["session_id"]
    assert new.rotate(lost["refresh_token"])["refresh_token"] == answered["refresh_token"]
    new.assert_ended(ended)
    assert new.try_login("čeněk").status == 200
    page = new.get("/v1/revocations", headers=authorization).json
    assert [entry["id"] for entry in page["revocations"]] == [ended["session_id"]]
    # Numbers of the feed continue.
    new.post("/v1/logout", {"refresh_token": new.login()["refresh_token"]})
    assert new.get("/v1/revocations?after=1", headers=authorization).json["next"] == 2


def test_an_archive_is_the_same_after_a_move_and_back(old, make_new, tmp_path):
    for name in ("ada", "bob"):
        old.rotate(old.login(name, device="a\u0000b \ufffe")["refresh_token"])
    tokens = old.login()
    assert old.stop() == 0
    old.command("export", str(tmp_path / "first"))
    new = make_new(old)
    new.command("import", str(tmp_path / "first"))
    new.command("export", str(tmp_path / "second"))
    again = Server(tmp_path / "again")
    again.data.mkdir(mode=0o700)
    shutil.copy(old.master_key, again.master_key)
    again.command("import", str(tmp_path / "second"))
    again.command("export", str(tmp_path / "third"))
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes() == (tmp_path / "third").read_bytes()
    again.start()
    again.assert_live(tokens)
    again.end()


def test_an_import_is_all_or_nothing(old, make_new, tmp_path):
    for _ in range(5):
        old.login()
    assert old.stop() == 0
    archive = tmp_path / "archive"
    old.command("export", str(archive))
    lines = archive.read_text().splitlines(keepends=True)
    assert PASSWORD not in archive.read_text()
    new = make_new(old)
    damaged = [lines[:-1], lines[:-2] + lines[-1:], lines[1:], lines[:3] + ["nonsense\n"] + lines[3:], ["{}\n"],
              lines[:-1] + ['{"table":"sessions","colour":"red"}\n', json.dumps({"rows": len(lines) - 1}) + "\n"]]
    for number, text in enumerate(damaged):
        (tmp_path / "damaged").write_text("".join(text))
        run = new.cli("import", str(tmp_path / "damaged"))
        assert run.returncode == 1, (number, run)
        assert json.loads(new.command("user", "list", "--json")) == [], number
    new.command("import", str(archive))
    again = new.cli("import", str(archive))
    assert again.returncode == 1 and "empty" in again.stderr
    assert old.cli("export", str(archive)).returncode == 1, "a file was replaced"


def test_an_import_under_another_master_key_is_refused(old, make_new, tmp_path):
    assert old.stop() == 0
    old.command("export", str(tmp_path / "archive"))
    without = make_new(old, with_key=False)
    run = without.cli("import", str(tmp_path / "archive"))
    assert run.returncode == 1 and "master key" in run.stderr, run
    assert not without.master_key.exists()
    other = make_new(old)
    other.master_key.write_text("A" * 43 + "=\n")
    run = other.cli("import", str(tmp_path / "archive"))
    assert run.returncode == 1 and "master key" in run.stderr, run
    assert json.loads(other.command("user", "list", "--json")) == []


def test_a_webhook_goes_on_in_the_other_store(old, make_new, tmp_path):
    receiver = Receiver(usual=503)
    try:
        assert old.stop() == 0
        webhooks = {"webhooks": receiver.settings(tmp_path)}
        old.configure(webhooks)
        old.start()
        for _ in range(5):
            old.login()
        receiver.wait(1)
        assert old.stop() == 0
        old.command("export", str(tmp_path / "archive"))
        new = make_new(old)
        new.command("import", str(tmp_path / "archive"))
        new.config.write_text(json.dumps({**json.loads(new.config.read_text()), **webhooks}))
        receiver.deliveries.clear()
        receiver.usual = 204
        new.start()
        new.login()
        receiver.wait(6)
        numbers = [event["id"] for event in receiver.events]
        assert receiver.kinds == ["login"] * 6 and numbers == sorted(set(numbers))
        assert numbers[:5] == [number for (number,) in old.query("SELECT event_id FROM events WHERE kind = 'login'")]
    finally:
        receiver.end()
