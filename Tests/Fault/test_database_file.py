"""The files are older, damaged, foreign or newer: sessions continue or are refused; a failed start names the reason."""

from __future__ import annotations

import os
import random
import shutil
import time

import pytest

from harness.faults.checker import REFRESH
from harness.faults.recorded_load import RecordedLoad

pytestmark = pytest.mark.quick


def test_a_restored_backup_refuses_sessions_that_it_does_not_know(server, tmp_path):
    """No session has two successors; an idle session continues."""
    chains = [[server.login(user)["refresh_token"]] for user in server.users[:8]]

    def rotate(chain: list[str]) -> None:
        chain.append(server.rotate(chain[-1])["refresh_token"])

    for chain in chains:
        for _ in range(3):
            rotate(chain)
    backup = tmp_path / "backup.sqlite"
    server.save(backup)
    known = [len(chain) for chain in chains]
    # The first is idle, the second rotates once, each further one once more.
    for number, chain in enumerate(chains):
        for _ in range(number):
            rotate(chain)
    late = server.login()
    server.kill()
    server.replace_database(backup)
    server.start()

    # The idle session continues.
    rotate(chains[0])
    rotate(chains[0])
    # A client with the newest token is refused, and every earlier token with it.
    for chain in chains[1:5]:
        answer = server.refresh(chain[-1])
        assert (answer.status, answer.code, answer.json["action"]) == (401, "session_revoked", "login")
        for token in reversed(chain):
            assert server.refresh(token).status == 401
    # A thief with the token that is current in the backup gets a successor, until the owner presents a newer token.
    for chain, length in list(zip(chains, known))[5:]:
        stolen = server.rotate(chain[length - 1])
        answer = server.refresh(chain[-1])
        assert answer.status == 401 and answer.json["action"] == "login"
        for token in [stolen["refresh_token"], *reversed(chain)]:
            assert server.refresh(token).status == 401
    # The backup does not know this session.
    assert server.refresh(late["refresh_token"]).status == 401


def test_a_restored_backup_refuses_a_live_client_once_and_for_good(server, tmp_path):
    backup = tmp_path / "backup.sqlite"
    with RecordedLoad(server, mix={}) as load:
        server.save(backup)
        load.await_successes(20)
        server.kill()
        restored = time.monotonic()
        server.replace_database(backup)
        server.start()
        load.await_successes(30)
        load.stop()
    sessions = {}
    for exchange in sorted(load.history, key=lambda exchange: exchange.sent):
        assert exchange.status in (200, 503, 401, None), str(exchange)
        if exchange.sent > restored and exchange.session:
            sessions.setdefault(exchange.session, []).append(exchange)
        elif exchange.answered < restored:
            assert exchange.status != 401, str(exchange)
    refused = 0
    for exchanges in sessions.values():
        answers = [one.status for one in exchanges if one.op == REFRESH and one.status in (200, 401)]
        assert {one.code for one in exchanges if one.status == 401} <= {"session_revoked"}, exchanges
        refused += 401 in answers
        if 401 in answers:
            assert 200 not in answers[answers.index(401):], [str(one) for one in exchanges]
    assert refused > 0


def test_a_write_ahead_log_that_lost_its_end_is_an_older_backup(server):
    """A session continues, or all its tokens are refused as revoked."""
    chains = [[server.login(user)["refresh_token"]] for user in server.users]
    for _ in range(20):
        for chain in chains:
            chain.append(server.rotate(chain[-1])["refresh_token"])
    server.kill()
    log = server.database.with_name(server.database.name + "-wal")
    size = log.stat().st_size
    assert size > 0
    os.truncate(log, size // 2)
    server.start()
    for chain in chains:
        answer = server.refresh(chain[-1])
        assert (answer.status, answer.code) in ((200, None), (401, "session_revoked")), answer
        if answer.status == 401:
            assert {server.refresh(token).status for token in chain} == {401}


def damage_header(database):
    with open(database, "r+b") as file:
        file.write(b"not a database at all" * 5)


def damage_schema(database):
    with open(database, "r+b") as file:
        file.seek(100)
        file.write(os.urandom(1900))


def damage_pages(database):
    """Overwrites every page but the first with zeros."""
    with open(database, "r+b") as file:
        size = file.seek(0, 2)
        file.seek(2048)
        file.write(bytes(size - 2048))


def damage_some_pages(database):
    """Overwrites every third page with noise."""
    noise = random.Random(7)
    with open(database, "r+b") as file:
        size = file.seek(0, 2)
        for page in range(2, size // 2048, 3):
            file.seek(page * 2048)
            file.write(noise.randbytes(2048))


def damage_length(database):
    os.truncate(database, 3 * 2048)


@pytest.mark.parametrize(
    "damage", [damage_header, damage_schema, damage_pages, damage_some_pages, damage_length],
    ids=["header", "schema", "all pages", "some pages", "truncated"])
def test_a_damaged_database_refuses_the_start_or_is_answered_with_503(server, damage):
    """The start fails with a message, or requests that need damaged pages get 503. None gets a 401."""
    sessions = [server.login(user) for user in server.users]
    assert server.stop() == 0
    server.log_file.write_text("")
    damage(server.database)
    server.spawn()
    deadline = time.monotonic() + 15
    while server.is_running() and not server.is_ready("/health/live", timeout=2) and time.monotonic() < deadline:
        time.sleep(0.05)
    if not server.is_running():
        message = server.log.lower()
        assert server.process.returncode == 1, server.state()
        assert "database" in message or "sqlite" in message, server.state()
        assert "fatal error" not in message, server.state()
        return
    seen = set()
    for session in sessions:
        for answer in (server.refresh(session["refresh_token"]), server.session(session["access_token"])):
            seen.add((answer.status, answer.code))
    assert seen <= {(200, None), (503, "unavailable")}, seen


def test_a_missing_damaged_or_foreign_master_key_refuses_the_start(server, make_server):
    session = server.login()
    server.kill()
    key = server.master_key
    right = key.read_text()
    key.unlink()
    server.assert_refuses_to_start("master key")
    assert not key.exists(), "the start made another key"
    key.write_text("no key")
    server.assert_refuses_to_start("master key", "master.key")
    key.write_text("")
    server.assert_refuses_to_start("master key", "master.key")
    other = make_server(name="other")
    shutil.rmtree(other.data)
    other.start().kill()
    key.write_text(other.master_key.read_text())
    server.assert_refuses_to_start("master key", "signing key")
    key.write_text(right)
    server.start()
    assert server.refresh(session["refresh_token"]).status == 200


def test_a_newer_schema_refuses_the_start(server):
    session = server.login()
    server.kill()
    server.query("INSERT INTO schema_migrations VALUES (999, 'later', 'x', '2099-01-01T00:00:00Z')")
    server.assert_refuses_to_start("newer")
    server.query("DELETE FROM schema_migrations WHERE number = 999")
    server.start()
    assert server.refresh(session["refresh_token"]).status == 200
