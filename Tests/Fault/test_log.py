"""The log cannot be written: requests are answered all the same."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from errno import EIO

import pytest

from harness.concurrency import wait_until
from harness.faults.recorded_load import RecordedLoad

quick = pytest.mark.quick
formats = pytest.mark.parametrize("format", ["text", "json"])


def logging(format: str, level: str = "trace") -> dict:
    return {"log": {"level": level, "format": format}}


def assert_serves(server, within: float = 30, proof_within: float = 15) -> None:
    with RecordedLoad(server, mix={}, timeout=6, clients=4) as load:
        load.await_successes(100, within=within)
        load.judge(proof_within=proof_within)


@quick
@formats
def test_a_log_that_nobody_reads_holds_up_no_request(make_server, format):
    """Standard error is a full pipe."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    server = make_server(logging(format))
    try:
        server.start(stderr=writer, within=8)
        assert_serves(server, within=20, proof_within=5)
        # Nor does it hold up the exit.
        assert server.stop() == 0
    finally:
        server.end()
        os.close(writer)
        os.close(reader)


@formats
def test_a_log_that_is_read_again_harms_nothing(make_server, format):
    """Standard error is a full pipe that is read again later."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    server = make_server(logging(format, level="info"))
    try:
        server.start(stderr=writer)
        with RecordedLoad(server, timeout=20, clients=4) as load:
            # While the store fails, the server logs every request.
            with server.fault(write_error=EIO):
                time.sleep(2)
            threading.Thread(target=drain, args=(reader,), daemon=True).start()
            load.await_recovery()
            load.judge()
    finally:
        server.end()
        os.close(writer)


def drain(reader: int) -> None:
    while os.read(reader, 65536):
        pass


@quick
@formats
def test_a_log_on_a_full_disk_holds_up_no_request(make_server, format):
    with open("/dev/full", "wb") as full:
        server = make_server(logging(format)).start(stderr=full, within=10)
        assert_serves(server)
        assert server.stop() == 0


@quick
@formats
def test_a_broken_pipe_of_the_log_does_not_end_the_process(make_server, format):
    reader, writer = os.pipe()
    server = make_server(logging(format))
    server.spawn(stderr=writer)
    os.close(writer)
    wait_until(lambda: server.is_ready(timeout=10), within=10)
    os.close(reader)
    assert_serves(server)
    assert server.stop() == 0
