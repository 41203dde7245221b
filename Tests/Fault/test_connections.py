"""Descriptors run out; clients are idle, slow or do not read: others are served, in bounded memory."""

from __future__ import annotations

import resource
import select
import socket
import struct
import threading
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


def hostile(server, kind: int) -> socket.socket:
    """A connection that costs its client nothing: it waits, or never reads, or never ends its request."""
    connection = server.connect()
    connection.settimeout(5)
    host = b"Host: localhost\r\n"
    connection.sendall([
        b"",
        b"GET / HTTP/1.1\r\n",
        b"POST /nowhere HTTP/1.1\r\n%sContent-Length: 1\r\n\r\n" % host,
        b"POST /v1/login HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n{" % host,
        b"GET /.well-known/jwks.json HTTP/1.1\r\n%s\r\n" % host * 300,
    ][kind % 5])
    return connection


@quick
def test_hostile_connections_do_not_slow_down_others(make_server):
    """A service with 340 descriptors, and 200 connections of one address that do not end their requests."""
    server = make_server().start(limits={resource.RLIMIT_NOFILE: 340})

    def latency() -> float:
        """The 99th percentile of refreshes on new connections, in seconds."""
        token, times = server.login()["refresh_token"], []
        for _ in range(200):
            began = time.monotonic()
            answer = server.refresh(token)
            times.append(time.monotonic() - began)
            assert answer.status == 200
            token = answer.json["refresh_token"]
        return sorted(times)[197]

    alone = latency()
    connections = [hostile(server, kind) for kind in range(100)]
    # A few milliseconds are noise.
    assert latency() <= 3 * max(alone, 0.01)
    # An early answer ends its connection.
    early = connections[2::5]
    time.sleep(2)
    assert len(readable(early)) == len(early)
    assert all(not drained(connection) for connection in early)
    for connection in connections:
        connection.close()


def drained(connection: socket.socket) -> bool:
    """Reads what there is; whether the connection is still open after it."""
    connection.settimeout(0.2)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return True
    except OSError:
        pass
    return False


@quick
def test_one_address_cannot_take_every_connection(make_server):
    server = make_server().start(limits={resource.RLIMIT_NOFILE: 340})
    others = [socket.create_connection(("127.0.0.1", server.port), source_address=("127.0.0.2", 0)) for _ in range(300)]
    time.sleep(1)
    began = time.monotonic()
    assert all(server.get("/health/live").status == 200 for _ in range(20))
    assert time.monotonic() - began < 5
    closed = len(readable(others))
    for connection in others:
        connection.close()
    assert 300 - closed < 200, f"{closed} of 300 were closed"


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


def send_without_end(server, senders: list, data: bytes, seconds: float) -> tuple[int, int]:
    """Sends on the connections as long as the server takes it; returns the bytes sent and the server's peak memory."""
    for connection in senders:
        connection.setblocking(False)
    sent = peak = 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        _, ready, _ = select.select([], senders, [], 0.2)
        for connection in ready:
            try:
                sent += connection.send(data)
            except BlockingIOError:
                pass
            except OSError:
                senders.remove(connection)
        peak = max(peak, server.memory)
    return sent, peak


@pytest.mark.parametrize("count", [8, 40])
def test_clients_that_do_not_read_cost_bounded_memory(server, count):
    """They send requests without end."""
    request = b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200
    with RecordedLoad(server, clients=3) as load:
        before = server.memory
        senders = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(count)]
        sent, peak = send_without_end(server, senders, request, count / 4)
        load.await_successes(3)
        grown = max(peak, server.memory) - before
        for connection in senders:
            connection.close()
        assert grown < 150_000_000, f"{grown >> 20} MiB more after {sent >> 20} MiB of requests"
        load.await_recovery()
        load.judge()


# 104 KB.
LONG_ANSWER = b"GET /openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n"


def connect_with_little_room(server, room: int = 16_384) -> socket.socket:
    """A connection whose client buffers few bytes of the answers."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    connection.settimeout(20)
    connection.connect(("127.0.0.1", server.port))
    return connection


@pytest.mark.parametrize("last", [
    b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n",
    b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
], ids=["CONNECT", "Upgrade"])
def test_what_follows_a_request_for_another_protocol_costs_no_memory(server, last):
    """The connections end after a second, or when the client has read the answers before."""
    before = server.memory
    senders = [connect_with_little_room(server) for _ in range(10)]
    for number, connection in enumerate(senders):
        connection.sendall(LONG_ANSWER * (number % 5) + last)
    connections = list(senders)
    sent, peak = send_without_end(server, senders, bytes(65536), 3)
    for connection in connections:
        connection.close()
    grown = peak - before
    assert grown < 50_000_000, f"{grown >> 20} MiB more after {sent >> 20} MiB"
    assert server.get("/health/live").status == 200


def window(connection: socket.socket) -> int:
    """How many bytes the peer takes beyond those that it has acknowledged: `tcpi_snd_wnd` of `<linux/tcp.h>`."""
    return struct.unpack_from("I", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256), 228)[0]


def test_clients_that_close_their_side_and_do_not_read_cost_bounded_memory(server):
    """First they send much, for which Linux would enlarge the buffer, then as many requests as the buffer takes. When
    the client has closed its side, NIO reads the whole buffer, even while the requests must wait."""
    long_request = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Padding: %s\r\n\r\n" % (b"x" * 15_000)
    short_request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    count, rounds = 12, 2000
    senders = [connect_with_little_room(server, 65_536) for _ in range(count)]
    for connection in senders:
        sender = threading.Thread(target=connection.sendall, args=(long_request * rounds,))
        sender.start()
        answers, end = 0, b""
        while answers < rounds:
            received = end + connection.recv(65536)
            answers += received.count(b"HTTP/1.1 200 OK\r\n")
            end = received[received.rfind(b"\n") + 1:]
        sender.join()
    windows = [window(connection) for connection in senders]
    assert max(windows) <= 64 << 10, windows
    before = server.memory
    sent = 0
    for connection in senders:
        connection.sendall(LONG_ANSWER * 12)
        requests = short_request * (max(0, window(connection) - 4096) // len(short_request))
        connection.sendall(requests)
        connection.shutdown(socket.SHUT_WR)
        sent += len(requests)
    time.sleep(2)
    grown = server.memory - before
    for connection in senders:
        connection.close()
    assert grown < 4_000_000 * count, f"{grown >> 20} MiB more after {sent >> 10} KiB of requests"
    assert server.get("/health/live").status == 200


def test_a_client_that_reads_slowly_is_not_idle_when_most_connections_are_in_use(make_server):
    """Idle connections then end after 5 s. There is room for 18 connections, of one address for 8 at least."""
    server = make_server().start(limits={resource.RLIMIT_NOFILE: 64})
    document = server.get("/openapi.yaml").body

    def idle(number: int) -> socket.socket:
        return socket.create_connection(("127.0.0.1", server.port), 20, source_address=(f"127.0.0.{2 + number % 2}", 0))

    others = [idle(number) for number in range(12)]
    time.sleep(1)
    # Among them one whose last answer is written, and only in part taken by the kernel.
    readers = {count: connect_with_little_room(server) for count in (2, 3, 4)}
    for count, connection in readers.items():
        connection.sendall(LONG_ANSWER * count)
    deadline = time.monotonic() + 13
    while time.monotonic() < deadline:
        for descriptor, _ in readable(others):
            number = [other.fileno() for other in others].index(descriptor)
            others[number].close()
            others[number] = idle(number)
        time.sleep(0.2)
    for count, connection in readers.items():
        received = b""
        while received.count(document) < count:
            part = connection.recv(65536)
            assert part, f"{received.count(document)} of {count} answers"
            received += part
    for connection in [*others, *readers.values()]:
        connection.close()
