"""HeirloomClient, as the example program `signed-in`: its process dies, its disk fails, its clock jumps."""

from __future__ import annotations

import re
import signal

import pytest

from harness.faults.controls import FaultControls
from harness.lossy_proxy import LossyProxy
from harness.signed_in import STORE_FAILED, SignedIn

quick = pytest.mark.quick
# What the program does with the file of the session and with its lock. strace counts each call in each thread.
CALLS = ["openat", "flock", "read", "write", "fsync", "?rename,?renameat,?renameat2", "?unlink,?unlinkat", "close"]


@pytest.fixture
def device(make_server, tmp_path):
    proxy = LossyProxy()
    server = make_server({"issuer": proxy.url}).start()
    proxy.server_port = server.port
    yield SignedIn(tmp_path, proxy, server).login()
    proxy.end()


def traced(device: SignedIn, calls: str, inject: str, paths: list[str]) -> tuple:
    """A prefix that injects faults into the system calls on files of the session."""
    folder = device.file.parent
    files = [option for path in paths for option in ("-P", str(folder / path))]
    return ("strace", "-f", "-qq", "-o", str(folder.parent / "trace"), *files, "-e", f"trace={calls}", "-e",
            f"inject={calls}:{inject}")


@quick
def test_a_kill_at_any_system_call_of_a_refresh_ends_nothing(device):
    """Each call on the session's files, before and after the request."""
    files = ["session.json", "session.json.new", "session.json.lock", ""]
    kills, generation = 0, 0
    for calls in CALLS:
        for number in range(1, 100):
            device.expire()
            run = device.run("call", device.url, prefix=traced(device, calls, f"signal=KILL:when={number}", files))
            if run.returncode == 0:
                generation = device.call()["generation"]
                break
            assert run.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL), run
            kills += 1
            # Late, as after a night.
            device.change(presented_at=0)
            device.end_retry_window()
            seen = device.call()["generation"]
            assert seen in (generation, generation + 1)
            generation = seen
    assert kills > 12


@quick
@pytest.mark.parametrize("error", ["ENOSPC", "EIO", "EROFS"])
@pytest.mark.parametrize("calls", ["write", "fsync", "openat", "?rename,?renameat,?renameat2"])
def test_a_disk_that_cannot_be_written_keeps_the_token_usable(device, calls, error):
    device.expire()
    before = device.stored
    for _ in range(15):
        run = device.run(
            "call", device.url, prefix=traced(device, calls, f"error={error}", ["session.json.new"]))
        assert run.returncode == STORE_FAILED and "session.json.new" in run.stderr, run
    assert "/v1/refresh" not in device.proxy.paths
    assert device.stored == before
    assert device.call()["generation"] == 1


@quick
def test_a_disk_that_fills_up_during_a_refresh_keeps_the_token_usable(device):
    """The record of the presentation is written, the successor is not."""
    device.expire()
    parent = device.stored["refresh_token"]
    run = device.run(
        "call", device.url, prefix=traced(device, "write", "error=ENOSPC:when=2+", ["session.json.new"]))
    assert run.returncode == 0 and '"generation":1' in re.sub(r"\s", "", run.stdout), run
    assert device.stored["refresh_token"] == parent
    device.change(presented_at=0)
    device.end_retry_window()
    assert device.call()["generation"] == 1
    assert device.stored["refresh_token"] != parent


@quick
@pytest.mark.parametrize("hours", [-24 * 400, -1, 1, 24 * 400])
def test_a_jump_of_the_clock_ends_nothing(device, template, tmp_path, hours):
    controls = FaultControls(tmp_path / "clock")
    shim = {"LD_PRELOAD": str(template.shim), "FAULT_CONTROL": str(controls.path)}
    device.call()
    controls.set(clock_offset=hours * 3_600_000)
    for generation in range(1, 4):
        device.expire()
        assert device.call(environment=shim)["generation"] >= generation
    controls.set(clock_offset=0)
    assert device.call(environment=shim)["generation"] >= 3
