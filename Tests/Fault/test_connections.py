"""Descriptors run out; clients are idle, slow or do not read: others are served, in bounded memory."""

from __future__ import annotations

import resource
import select
import socket
import time

import pytest

from harness.faults.checker import statuses
from harness.faults.recorded_load import RecordedLoad
from harness.faults.recording_client import STEADY

quick = pytest.mark.quick


def readable(sockets) -> list:
    poll = select.poll()
    for connection in sockets:
        poll.register(connection, select.POLLIN)
    return poll.poll(0)


@quick
def test_open_connections_are_served_while_descriptors_have_run_out(make_server):
    server = make_server().start(limits={resource.RLIMIT_NOFILE: 64})
    with RecordedLoad(server, mix=STEADY) as load:
        idle = []
        try:
            for _ in range(120):
                connection = socket.socket()
                connection.settimeout(0.2)
                idle.append(connection)
                try:
                    connection.connect(("127.0.0.1", server.port))
                except OSError:
                    break
            time.sleep(2)
            began = time.monotonic()
            load.await_successes(20)
            assert statuses(load.since(began)) == {200}
        finally:
            for connection in idle:
                connection.close()
        load.await_recovery()
        # New connections are accepted again.
        for _ in range(20):
            assert server.get("/health/live").status == 200
        load.judge()


@quick
def test_the_first_look_up_while_descriptors_have_run_out_is_no_500(make_server):
    """The store may need descriptors of its own; then the answer is 503."""
    server = make_server().start(limits={resource.RLIMIT_NOFILE: 64})
    session = server.login()
    connection = server.connect()
    assert server.get("/health/live", connection=connection).status == 200
    idle = [server.connect(timeout=2) for _ in range(80)]
    time.sleep(2)
    answers = [server.session(session["access_token"], connection=connection) for _ in range(20)]
    for one in [*idle, connection]:
        one.close()
    assert {answer.status for answer in answers} <= {200, 503}, answers


@pytest.mark.parametrize("count", [pytest.param(1000, marks=quick), 10_000])
def test_idle_connections_stay_open_while_others_are_served(server, count):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < count + 500:
        hard = count + 500
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (hard, hard))
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with RecordedLoad(server) as load:
        began = time.monotonic()
        idle = [server.connect(timeout=20) for _ in range(count)]
        load.await_successes(30)
        assert time.monotonic() - began < 55, "this machine is too slow: idle connections may be closed after 60 s"
        closed = readable(idle)
        assert not closed, f"{len(closed)} of {count} were closed"
        # The connection opened last is served too.
        assert server.get("/health/live", connection=idle[-1]).status == 200
        assert server.memory < 400_000_000
        for connection in idle:
            connection.close()
        load.await_recovery()
        load.judge()


@pytest.mark.parametrize("part", ["head", "body"])
def test_clients_that_send_slowly_are_cut_off_and_disturb_no_others(server, part):
    """They send a byte a second."""
    head = b"POST /v1/refresh HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n"
    start = head if part == "head" else head + b"\r\n"
    limit = 75 if part == "head" else 25
    with RecordedLoad(server) as load:
        slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
        for connection in slow:
            connection.sendall(start)
        began = time.monotonic()
        while slow and time.monotonic() - began < limit:
            since = time.monotonic()
            load.await_successes(1, within=10)
            time.sleep(max(0.0, 1 - (time.monotonic() - since)))
            slow = [one for one in slow if takes_byte(one, b"X" if part == "head" else b" ")]
        assert not slow, f"{len(slow)} of 200 were not cut off within {limit} s"
        load.await_recovery()
        load.judge()


def takes_byte(connection: socket.socket, byte: bytes) -> bool:
    """Whether the server still takes bytes of a connection."""
    try:
        if readable([connection]) and not connection.recv(4096):
            raise ConnectionResetError
        connection.sendall(byte)
        return True
    except OSError:
        connection.close()
        return False


@pytest.mark.parametrize("count", [8, 40])
def test_clients_that_do_not_read_cost_bounded_memory(server, count):
    """They send requests without end."""
    request = b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200
    with RecordedLoad(server, clients=3) as load:
        before = server.memory
        senders = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(count)]
        for connection in senders:
            connection.setblocking(False)
        sent = 0
        deadline = time.monotonic() + count / 4
        while time.monotonic() < deadline:
            _, ready, _ = select.select([], senders, [], 0.2)
            for connection in ready:
                try:
                    sent += connection.send(request)
                except BlockingIOError:
                    pass
                except OSError:
                    senders.remove(connection)
        load.await_successes(3)
        grown = server.memory - before
        for connection in senders:
            connection.close()
        assert grown < 150_000_000, f"{grown >> 20} MiB more after {sent >> 20} MiB of requests"
        load.await_recovery()
        load.judge()
