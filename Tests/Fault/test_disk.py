"""The disk fails: callers get a complete 503, no acknowledged write is lost, and the server recovers with the disk."""

from __future__ import annotations

import subprocess
import time
from contextlib import contextmanager
from errno import EIO, ENOSPC, EROFS

import pytest

from harness import wait_until
from harness.faults.checker import statuses
from harness.faults.controls import FaultControls
from harness.faults.recorded_load import RecordedLoad
from harness.faults.recording_client import CALM

quick = pytest.mark.quick
NOT_FELT = "no request met the fault"

WRITE_FAULTS = {
    "write EIO": dict(write_error=EIO),
    "write ENOSPC": dict(write_error=ENOSPC),
    "sync EIO": dict(sync_error=EIO),
    "sync ENOSPC": dict(sync_error=ENOSPC),
    "short writes, then full": dict(short_write=2),
    "every third write EIO": dict(write_error=EIO, every=3),
    "every fifth sync EIO": dict(sync_error=EIO, every=5),
}
QUICK_FAULTS = {"write EIO", "sync EIO", "short writes, then full"}


@pytest.mark.parametrize(
    "fault",
    [pytest.param(fault, marks=quick if name in QUICK_FAULTS else ()) for name, fault in WRITE_FAULTS.items()],
    ids=WRITE_FAULTS)
def test_failing_writes_are_answered_with_503_and_lose_nothing(server, fault):
    with RecordedLoad(server) as load:
        began = time.monotonic()
        with server.fault(**fault) as faults:
            time.sleep(0.7)
        assert faults["hits"] > 0
        load.await_recovery()
        assert 503 in statuses(load.since(began)), NOT_FELT
        load.judge()


def test_a_kill_after_failing_writes_loses_nothing(server):
    """The log may hold writes whose requests were refused."""
    with RecordedLoad(server) as load:
        for fault in WRITE_FAULTS.values():
            server.faults.arm(**fault)
            time.sleep(0.5)
            server.kill()
            server.faults.disarm()
            server.start()
            load.await_recovery()
        load.judge()


@quick
def test_short_writes_are_completed(server):
    """A write that reports half of its bytes is no error: the rest is written by the next call."""
    with RecordedLoad(server) as load:
        began = time.monotonic()
        with server.fault(short_write=1) as faults:
            load.await_successes(20)
        assert faults["hits"] > 0
        assert 200 in statuses(load.since(began))
        load.await_recovery()
        load.judge()


@pytest.mark.parametrize("fault", [dict(write_error=EIO), dict(write_error=ENOSPC), dict(sync_error=EIO)],
                         ids=["write EIO", "write ENOSPC", "sync EIO"])
def test_a_failing_checkpoint_concerns_no_caller(server, fault):
    with RecordedLoad(server, mix=CALM) as load:
        began = time.monotonic()
        with server.fault(target=FaultControls.DATABASE, **fault) as faults:
            deadline = time.monotonic() + 60
            while faults["hits"] == 0 and time.monotonic() < deadline:
                time.sleep(0.1)
            assert faults["hits"] > 0, "no checkpoint was made"
            load.await_successes(50)
        assert statuses(load.since(began)) == {200}
        load.await_recovery()
        server.kill()
        server.start()
        load.await_recovery()
        load.judge()


@quick
def test_a_failing_read_is_answered_with_503(server):
    """Neither with 500 nor with 401."""
    with RecordedLoad(server, mix={"lookup": 500}) as load:
        with server.fault(read_error=EIO) as faults:
            time.sleep(2)
        assert faults["hits"] > 0
        load.await_recovery()
        load.judge()


@quick
def test_a_login_while_reads_fail_is_answered_with_503(server):
    with server.fault(read_error=EIO) as faults:
        seen = set()
        for user in server.users:
            answer = server.try_login(user)
            seen.add((answer.status, answer.code, "Retry-After" in answer.headers))
    assert faults["hits"] > 0
    assert seen <= {(200, None, False), (503, "unavailable", True)}
    server.login()


@pytest.mark.parametrize("inject", [
    "pwrite64:error=EIO", "pwrite64:error=ENOSPC", "fdatasync:error=EIO", "fdatasync:error=ENOSPC",
    "pwrite64,fdatasync,ftruncate:error=EIO",
])
def test_failing_system_calls_are_answered_with_503_and_lose_nothing(server, inject):
    with RecordedLoad(server) as load:
        began = time.monotonic()
        with server.strace(inject):
            time.sleep(2)
        load.await_recovery()
        assert 503 in statuses(load.since(began)), NOT_FELT
        load.judge()


@quick
@pytest.mark.parametrize("fault", [dict(write_error=ENOSPC), dict(sync_error=EIO)], ids=["write ENOSPC", "sync EIO"])
def test_a_server_that_cannot_write_is_live_and_not_ready(server, fault):
    # An answer is that of the last half second.
    with server.fault(**fault):
        wait_until(lambda: server.get("/health/ready").code == "unavailable")
        assert server.get("/health/ready").status == 503 and server.get("/health/live").status == 200
    wait_until(lambda: server.get("/health/ready").status == 200)


@quick
def test_a_read_only_disk_is_answered_with_503_and_refuses_a_start(server):
    """As after a file system error."""
    session = server.login()
    for call in ("write_error", "sync_error"):
        with server.fault(**{call: EROFS}):
            answer = server.refresh(session["refresh_token"])
            assert (answer.status, answer.code, "Retry-After" in answer.headers) == (503, "unavailable", True)
            assert server.session(session["access_token"]).status == 200
    session = server.rotate(session["refresh_token"])
    server.kill()
    folder = str(server.data)
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        server.assert_refuses_to_start("read-only", "readonly")
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
    server.start()
    assert server.refresh(session["refresh_token"]).status == 200


def test_a_slow_disk_delays_waiting_requests_and_refuses_new_ones_soon(server):
    """An fsync takes eight seconds."""
    token = server.login()["refresh_token"]
    with RecordedLoad(server, mix={}) as load:
        with server.fault(sync_delay=8000) as faults:
            time.sleep(3.5)
            assert faults["hits"] > 0
            began = time.monotonic()
            answer = server.refresh(token)
            assert (answer.status, answer.code) == (503, "unavailable"), answer
            assert time.monotonic() - began < 3
        load.await_recovery()
        assert server.refresh(token).status == 200
        load.judge(slowest=12)


@contextmanager
def small_disk(folder, megabytes):
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(path, leaving: int = 0) -> None:
    """Fills the disk with a file, except so many bytes."""
    with open(path, "wb", buffering=0) as file:
        size = 0
        try:
            while True:
                size += file.write(bytes(4096))
        except OSError as error:
            assert error.errno == ENOSPC
        file.truncate(max(0, size - leaving))


@pytest.mark.parametrize("count", [pytest.param(1, marks=quick), 4])
def test_a_full_disk_is_answered_with_503_until_it_has_space(make_server, tmp_path, count):
    with small_disk(tmp_path / "server" / "data", 24):
        server = make_server().start()
        filler, second_filler = server.data / "filler", server.data / "filler2"
        with RecordedLoad(server) as load:
            for number in range(count):
                began = time.monotonic()
                # In later rounds a little space is left, so that the disk becomes full in the middle of a write.
                fill(filler, leaving=number * 40_000)
                deadline = time.monotonic() + 20
                while 503 not in statuses(load.since(began)) and time.monotonic() < deadline:
                    time.sleep(0.1)
                    # The log may have space in it from before.
                    fill(second_filler)
                assert 503 in statuses(load.since(began)), NOT_FELT
                time.sleep(1)
                filler.unlink()
                second_filler.unlink(missing_ok=True)
                load.await_recovery()
            server.kill()
            server.start()
            load.await_recovery()
            load.judge()
        server.kill()


def test_a_start_on_a_full_disk_loses_nothing(make_server, tmp_path):
    """That start may fail with a message; the next one, with space, succeeds."""
    with small_disk(tmp_path / "server" / "data", 24):
        server = make_server().start()
        with RecordedLoad(server) as load:
            server.kill()
            fill(server.data / "filler")
            server.spawn()
            time.sleep(3)
            if not server.is_running():
                assert server.process.returncode > 0, "a signal ended it"
                assert "full" in server.log, server.state()
            (server.data / "filler").unlink()
            if not server.is_running():
                server.start()
            load.await_recovery()
            load.judge()
        server.kill()
