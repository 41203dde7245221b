"""The process dies: no acknowledged write is lost, and the next start recovers."""

from __future__ import annotations

import random
import shutil
import signal
import time

import pytest

from harness.faults.controls import FaultControls
from harness.faults.recorded_load import RecordedLoad
from harness.faults.recording_client import CALM
from harness.settings import rounds

quick = pytest.mark.quick
kill_modes = pytest.mark.parametrize(
    "mode", [FaultControls.BEFORE, FaultControls.TORN, FaultControls.AFTER], ids=["before", "torn", "after"])


def assert_survives_death(server, load, **fault) -> None:
    """The process dies by this fault, and the next start serves every client."""
    server.faults.arm(**fault)
    assert server.wait_for_exit(60) == -signal.SIGKILL, "the write at which it should die was not made"
    server.faults.disarm()
    server.start()
    load.await_recovery()


@pytest.mark.parametrize("count", [pytest.param(4, marks=quick), 30])
def test_a_kill_at_a_random_moment_loses_nothing(server, count):
    moments = random.Random(count)
    with RecordedLoad(server) as load:
        for _ in rounds(count):
            time.sleep(moments.uniform(0.01, 0.4))
            server.kill()
            server.start()
            load.await_recovery()
        load.judge()


@quick
@kill_modes
def test_a_kill_at_a_write_loses_nothing(server, mode):
    with RecordedLoad(server) as load:
        for number in (1, 2, 5):
            assert_survives_death(server, load, kill_at=number, kill_mode=mode)
        load.judge()


@kill_modes
def test_a_kill_at_any_write_to_the_log_loses_nothing(server, mode):
    with RecordedLoad(server) as load:
        for number in [*range(1, 16), 33, 70, 150]:
            assert_survives_death(server, load, kill_at=number, kill_mode=mode, target=FaultControls.LOG)
        load.judge()


@kill_modes
def test_a_kill_in_a_checkpoint_loses_nothing(server, mode):
    with RecordedLoad(server, mix=CALM) as load:
        for number in (1, 2, 7, 20):
            assert_survives_death(server, load, kill_at=number, kill_mode=mode, target=FaultControls.DATABASE)
        load.judge()


@pytest.mark.parametrize("call", ["pwrite64", "fdatasync"])
def test_a_kill_at_a_system_call_loses_nothing(server, call):
    with RecordedLoad(server) as load:
        for number in (1, 2, 3, 8, 25):
            with server.strace(f"{call}:signal=KILL:when={number}"):
                assert server.wait_for_exit(60) == -signal.SIGKILL
            server.start()
            load.await_recovery()
        load.judge()


def test_a_kill_during_recovery_loses_nothing(server):
    """The start after a kill is killed again, at its n-th write."""
    with RecordedLoad(server) as load:
        for number in range(1, 7):
            time.sleep(0.3)
            server.kill()
            server.faults.arm(kill_at=number, kill_mode=number % 3)
            server.spawn()
            # A start with fewer writes than that succeeds, and the load's writes kill the process.
            assert server.wait_for_exit(30) == -signal.SIGKILL
            server.faults.disarm()
            server.start()
            load.await_recovery()
        load.judge()


def test_a_kill_during_the_shutdown_loses_nothing(server):
    with RecordedLoad(server) as load:
        for number in (1, 2, 3, 6, 12, 30):
            time.sleep(0.2)
            server.signal(signal.SIGTERM)
            server.faults.arm(kill_at=number, kill_mode=number % 3)
            assert server.wait_for_exit(30) in (0, -signal.SIGKILL)
            server.faults.disarm()
            server.start()
            load.await_recovery()
        load.judge()


@pytest.mark.parametrize("step", [pytest.param(23, marks=quick), 5])
def test_a_kill_during_the_first_start_does_not_prevent_the_next_one(make_server, step):
    """The first start makes the schema, the master key and the signing keys."""
    server = make_server()
    number, deaths = 1, 0
    while True:
        shutil.rmtree(server.data)
        server.faults.arm(kill_at=number, kill_mode=number % 3)
        server.spawn()
        deadline = time.monotonic() + 30
        is_live = False
        while server.is_running() and not is_live and time.monotonic() < deadline:
            if not (is_live := server.is_ready("/health/live", timeout=10)):
                time.sleep(0.01)
        server.faults.disarm()
        if is_live:
            break
        assert server.wait_for_exit(30) == -signal.SIGKILL, server.state()
        deaths += 1
        server.start()
        server.add_user("someone")
        server.login("someone")
        server.kill()
        number += step
    assert deaths > 0


@quick
def test_sigterm_under_load_ends_the_process_in_time(server):
    with RecordedLoad(server) as load:
        for _ in rounds(2):
            time.sleep(0.3)
            began = time.monotonic()
            assert server.stop() == 0, server.state()
            assert time.monotonic() - began < 15
            server.start()
            load.await_recovery()
        load.judge()


@quick
def test_a_process_that_was_stopped_resumes(server):
    with RecordedLoad(server) as load:
        for pause in (0.2, 2):
            server.signal(signal.SIGSTOP)
            time.sleep(pause)
            server.signal(signal.SIGCONT)
            load.await_recovery()
        load.judge()
