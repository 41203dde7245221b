"""One test per fault. See conftest.py for what they are about, checker.py for what is judged."""

import fcntl
import json
import os
import random
import resource
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException

import pytest

from checker import LOOKUP, REFRESH
from faultserver import EIO, ENOSPC, EROFS, Faults
from history import CALM, Load

quick = pytest.mark.quick
ROUNDS = float(os.environ.get("FAULT_ROUNDS", "1"))

# Refreshes and lookups over the connections that are open already.
STEADY = {"lookup": 100}


def rounds(count: int) -> range:
    return range(max(1, int(count * ROUNDS)))


def statuses(exchanges) -> set:
    return {exchange.status for exchange in exchanges}


# Death.


@pytest.mark.parametrize("count", [pytest.param(4, marks=quick), 30])
def test_kill_at_random_moments(server, count):
    moments = random.Random(count)
    with Load(server) as load:
        for _ in rounds(count):
            time.sleep(moments.uniform(0.01, 0.4))
            server.kill()
            server.start()
            load.recovered()
        load.judge()


@quick
@pytest.mark.parametrize("mode", [Faults.BEFORE, Faults.TORN, Faults.AFTER], ids=["before", "torn", "after"])
def test_kill_at_a_write(server, mode):
    with Load(server) as load:
        for number in (1, 2, 5):
            die_at(server, load, kill_at=number, kill_mode=mode)
        load.judge()


@pytest.mark.parametrize("mode", [Faults.BEFORE, Faults.TORN, Faults.AFTER], ids=["before", "torn", "after"])
def test_kill_at_every_write(server, mode):
    with Load(server) as load:
        for number in [*range(1, 16), 33, 70, 150]:
            die_at(server, load, kill_at=number, kill_mode=mode, target=Faults.LOG)
        load.judge()


@pytest.mark.parametrize("mode", [Faults.BEFORE, Faults.TORN, Faults.AFTER], ids=["before", "torn", "after"])
def test_kill_in_a_checkpoint(server, mode):
    with Load(server, mix=CALM) as load:
        for number in (1, 2, 7, 20):
            die_at(server, load, kill_at=number, kill_mode=mode, target=Faults.DATABASE)
        load.judge()


def die_at(server, load, **fault):
    server.faults.arm(**fault)
    assert server.ended(60) == -signal.SIGKILL, "the write that it should have died at was not made"
    server.faults.disarm()
    server.start()
    load.recovered()


@pytest.mark.parametrize("call", ["pwrite64", "fdatasync"])
def test_kill_at_a_system_call(server, call):
    with Load(server) as load:
        for number in (1, 2, 3, 8, 25):
            with server.strace(f"{call}:signal=KILL:when={number}"):
                assert server.ended(60) == -signal.SIGKILL
            server.start()
            load.recovered()
        load.judge()


def test_kill_while_recovering(server):
    """Killed again in the start after a kill, at its n-th write."""
    with Load(server) as load:
        for number in range(1, 7):
            time.sleep(0.3)
            server.kill()
            server.faults.arm(kill_at=number, kill_mode=number % 3)
            server.spawn()
            # A start that makes fewer writes than that lives on, and dies of the load's.
            assert server.ended(30) == -signal.SIGKILL
            server.faults.disarm()
            server.start()
            load.recovered()
        load.judge()


def test_kill_in_the_shutdown(server):
    with Load(server) as load:
        for number in (1, 2, 3, 6, 12, 30):
            time.sleep(0.2)
            server.signal(signal.SIGTERM)
            server.faults.arm(kill_at=number, kill_mode=number % 3)
            assert server.ended(30) in (0, -signal.SIGKILL)
            server.faults.disarm()
            server.start()
            load.recovered()
        load.judge()


@pytest.mark.parametrize("step", [pytest.param(23, marks=quick), 5])
def test_kill_in_the_first_start(make_server, step):
    """The schema, the master key and the signing keys are being made; the next start must not be hindered."""
    server = make_server()
    number, died = 1, 0
    while True:
        shutil.rmtree(server.data)
        server.faults.arm(kill_at=number, kill_mode=number % 3)
        server.spawn()
        until = time.monotonic() + 30
        alive = False
        while server.is_running() and not alive and time.monotonic() < until:
            try:
                alive = server.get("/health/live")[0] == 200
            except (OSError, HTTPException):
                time.sleep(0.01)
        server.faults.disarm()
        if alive:
            break
        assert server.ended(30) == -signal.SIGKILL, server.last_words()
        died += 1
        server.start()
        server.run("user", "add", "someone", "--password-stdin", stdin="a long enough phrase of words")
        server.login("someone")
        server.kill()
        number += step
    assert died > 0


@quick
def test_terminate_under_load(server):
    with Load(server) as load:
        for _ in rounds(2):
            time.sleep(0.3)
            began = time.monotonic()
            assert server.stop() == 0, server.last_words()
            assert time.monotonic() - began < 15
            server.start()
            load.recovered()
        load.judge()


@quick
def test_stop_and_resume(server):
    with Load(server) as load:
        for pause in (0.2, 2):
            server.signal(signal.SIGSTOP)
            time.sleep(pause)
            server.signal(signal.SIGCONT)
            load.recovered()
        load.judge()


# The disk.


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
def test_writes_fail(server, fault):
    with Load(server) as load:
        since = time.monotonic()
        with server.fault(**fault) as faults:
            time.sleep(0.7)
        assert faults["hits"] > 0
        load.recovered()
        assert 503 in statuses(load.during(since)), "the fault was not felt"
        load.judge()


def test_writes_fail_and_then_it_is_killed(server):
    """What was refused may lie in the log nevertheless."""
    with Load(server) as load:
        for fault in WRITE_FAULTS.values():
            server.faults.arm(**fault)
            time.sleep(0.5)
            server.kill()
            server.faults.disarm()
            server.start()
            load.recovered()
        load.judge()


@quick
def test_short_writes(server):
    """Half of what was to be written is, and said to be: no fault at all for a writer who goes on."""
    with Load(server) as load:
        since = time.monotonic()
        with server.fault(short_write=1) as faults:
            load.served(20)
        assert faults["hits"] > 0
        assert 200 in statuses(load.during(since))
        load.recovered()
        load.judge()


@pytest.mark.parametrize("fault", [dict(write_error=EIO), dict(write_error=ENOSPC), dict(sync_error=EIO)],
                         ids=["write EIO", "write ENOSPC", "sync EIO"])
def test_checkpoints_fail(server, fault):
    """No caller's business: the log goes on."""
    with Load(server, mix=CALM) as load:
        since = time.monotonic()
        with server.fault(target=Faults.DATABASE, **fault) as faults:
            until = time.monotonic() + 60
            while faults["hits"] == 0 and time.monotonic() < until:
                time.sleep(0.1)
            assert faults["hits"] > 0, "no checkpoint was made"
            load.served(50)
        assert statuses(load.during(since)) == {200}
        load.recovered()
        server.kill()
        server.start()
        load.recovered()
        load.judge()


@quick
def test_reads_fail(server):
    """A look-up that the store cannot answer is a 503, never a 500 and never a 401."""
    with Load(server, mix={"lookup": 500}) as load:
        with server.fault(read_error=EIO) as faults:
            until = time.monotonic() + 2
            while time.monotonic() < until:
                time.sleep(0.1)
        assert faults["hits"] > 0
        load.recovered()
        load.judge()


@quick
def test_logins_while_reads_fail(server):
    with server.fault(read_error=EIO) as faults:
        seen = set()
        for user in server.users:
            status, answer, headers = server.ask(
                "POST", "/v1/login", {"username": user, "password": "a long enough phrase of words"})
            seen.add((status, answer.get("code"), headers.get("Retry-After") is not None))
    assert faults["hits"] > 0
    assert seen <= {(200, None, False), (503, "unavailable", True)}
    server.login()


@pytest.mark.parametrize("inject", [
    "pwrite64:error=EIO", "pwrite64:error=ENOSPC", "fdatasync:error=EIO", "fdatasync:error=ENOSPC",
    "pwrite64,fdatasync,ftruncate:error=EIO",
])
def test_system_calls_fail(server, inject):
    with Load(server) as load:
        since = time.monotonic()
        with server.strace(inject):
            time.sleep(2)
        load.recovered()
        assert 503 in statuses(load.during(since)), "the fault was not felt"
        load.judge()


@quick
@pytest.mark.parametrize("fault", [dict(write_error=ENOSPC), dict(sync_error=EIO)], ids=["write ENOSPC", "sync EIO"])
def test_readiness_while_writes_fail(server, fault):
    """A server that cannot write is not ready, and is again when it can."""
    with server.fault(**fault):
        status, answer, _ = server.get("/health/ready")
        assert (status, answer.get("code")) == (503, "unavailable")
        assert server.get("/health/live")[0] == 200
    assert server.get("/health/ready")[0] == 200


def test_slow_syncs(server):
    """The disk takes eight seconds for an fsync: who comes meanwhile hears of it soon, and who waits is served in the end."""
    token = server.login()["refresh_token"]
    with Load(server, mix={}) as load:
        with server.fault(sync_delay=8000) as faults:
            time.sleep(3.5)
            assert faults["hits"] > 0
            began = time.monotonic()
            status, answer = server.refresh(token)
            assert (status, answer.get("code")) == (503, "unavailable"), answer
            assert time.monotonic() - began < 3
        load.recovered()
        assert server.refresh(token)[0] == 200
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
    with open(path, "wb", buffering=0) as file:
        size = 0
        try:
            while True:
                size += file.write(bytes(4096))
        except OSError as error:
            assert error.errno == ENOSPC
        file.truncate(max(0, size - leaving))


@pytest.mark.parametrize("count", [pytest.param(1, marks=quick), 4])
def test_the_disk_fills_and_empties(make_server, tmp_path, count):
    with small_disk(tmp_path / "server" / "data", 24):
        server = make_server().start()
        filler = server.data / "filler"
        with Load(server) as load:
            for number in range(count):
                since = time.monotonic()
                # A little is left sometimes: the disk then fills in the midst of a write.
                fill(filler, leaving=number * 40_000)
                until = time.monotonic() + 20
                while 503 not in statuses(load.during(since)) and time.monotonic() < until:
                    time.sleep(0.1)
                    # The log may have room in it from before.
                    fill(server.data / "filler2")
                assert 503 in statuses(load.during(since)), "the fault was not felt"
                time.sleep(1)
                filler.unlink()
                (server.data / "filler2").unlink(missing_ok=True)
                load.recovered()
            server.kill()
            server.start()
            load.recovered()
            load.judge()
        server.kill()


def test_killed_and_started_on_a_full_disk(make_server, tmp_path):
    """A start on a full disk may fail, clearly; the next one with space must not."""
    with small_disk(tmp_path / "server" / "data", 24):
        server = make_server().start()
        with Load(server) as load:
            server.kill()
            fill(server.data / "filler")
            server.spawn()
            time.sleep(3)
            if not server.is_running():
                assert server.process.returncode > 0, "it died instead of refusing"
                assert "full" in server.log.read_text(), server.last_words()
            (server.data / "filler").unlink()
            if not server.is_running():
                server.start()
            load.recovered()
            load.judge()
        server.kill()


@pytest.mark.parametrize("transaction", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_another_process_holds_the_lock(server, transaction):
    """For eight seconds: callers hear of it in bounded time, look-ups go on, and then all is well."""
    with Load(server, mix=STEADY) as load:
        since = time.monotonic()
        other = sqlite3.connect(server.database, isolation_level=None, timeout=30)
        other.execute(transaction)
        time.sleep(8)
        other.execute("ROLLBACK")
        other.close()
        load.recovered()
        during = load.during(since)
        assert 503 in statuses(during), "the fault was not felt"
        assert statuses(e for e in during if e.op == LOOKUP) <= {200}, "a look-up needs no write lock"
        load.judge(slowest=9)


def test_two_servers_on_one_database(make_server):
    """As when a new one starts before the old one has ended: one token to both at once gets one successor."""
    old, new = make_server(), make_server(name="other")
    shutil.rmtree(new.data)
    new.data.symlink_to(old.data)
    old.start()
    new.start()
    token = old.login()["refresh_token"]
    for _ in rounds(100):
        answers = [None, None]

        def present(place, server):
            for _ in range(20):
                status, answer = server.refresh(token, timeout=20)
                if status != 503:
                    break
            answers[place] = status, answer.get("refresh_token"), answer.get("code")

        threads = [threading.Thread(target=present, args=pair) for pair in enumerate((old, new))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers[0] == answers[1] and answers[0][0] == 200, answers
        token = answers[0][1]


@quick
def test_a_repeated_token_is_not_held_until_it_is_too_old(server):
    """A second tab sends the token before the first tab uses the successor: what the server lets wait is no theft.

    The second tab's request is complete at the server, by the time a whole other exchange has been answered.
    """
    session = server.login()
    one, two = (HTTPConnection("127.0.0.1", server.port, timeout=10) for _ in range(2))
    token = session["refresh_token"]
    for connection in (one, two):
        assert server.ask("GET", "/health/live", connection=connection)[0] == 200
    for _ in range(10):
        status, first = server.refresh(token, connection=one)
        assert status == 200, first
        body = json.dumps({"refresh_token": token})
        two.request("POST", "/v1/refresh", body, {"Content-Type": "application/json"})
        for _ in range(3):
            assert server.ask("GET", "/health/ready", connection=one)[0] == 200
        status, used = server.refresh(first["refresh_token"], connection=one)
        assert status == 200, used
        response = two.getresponse()
        second = json.loads(response.read())
        assert response.status == 200 and second["refresh_token"] == first["refresh_token"], second
        token = used["refresh_token"]


# The clock.


@quick
def test_clock_jumps(server):
    with Load(server, mix={}) as load:
        for hours in (1, -1, 24, -48, 0, 100, 0):
            server.faults.set(clock_offset=hours * 3_600_000)
            load.served(10)
        load.judge()


@quick
def test_sessions_end_and_begin_while_the_clock_is_set_back(server):
    old = server.login()
    status, _, _ = server.ask("POST", "/v1/logout-all", {"refresh_token": old["refresh_token"]})
    assert status == 200
    server.faults.set(clock_offset=-3_600_000)
    assert server.refresh(old["refresh_token"])[0] == 401
    new = server.login()
    assert server.look_up(new["access_token"])[0] == 200
    status, answer = server.refresh(new["refresh_token"])
    assert status == 200, answer
    # A lost answer across the jump back.
    server.faults.set(clock_offset=-7_200_000)
    assert server.refresh(new["refresh_token"])[1].get("refresh_token") == answer["refresh_token"]
    assert server.refresh(answer["refresh_token"])[0] == 200
    assert server.refresh(old["refresh_token"])[0] == 401


@quick
def test_an_access_token_when_the_clock_is_set_back(server):
    """Its session lives, so nothing may tell the client to log in again."""
    session = server.login()
    server.faults.set(clock_offset=-3_600_000)
    status, answer, _ = server.look_up(session["access_token"])
    assert status == 200, answer


# Connections.


@quick
def test_descriptors_run_out(make_server):
    server = make_server().start(limits={resource.RLIMIT_NOFILE: 64})
    with Load(server, mix=STEADY) as load:
        idle = []
        try:
            for _ in range(120):
                one = socket.socket()
                one.settimeout(0.2)
                idle.append(one)
                try:
                    one.connect(("127.0.0.1", server.port))
                except OSError:
                    break
            time.sleep(2)
            # Those who have a connection notice nothing.
            since = time.monotonic()
            load.served(20)
            assert statuses(load.during(since)) == {200}
        finally:
            for one in idle:
                one.close()
        load.recovered()
        # New connections are taken again.
        for _ in range(20):
            assert server.get("/health/live")[0] == 200
        load.judge()


@quick
def test_the_first_look_up_when_descriptors_have_run_out(make_server):
    """The store may need descriptors of its own: then 503, not 500."""
    server = make_server().start(limits={resource.RLIMIT_NOFILE: 64})
    session = server.login()
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    assert server.ask("GET", "/health/live", connection=connection)[0] == 200
    idle = [socket.create_connection(("127.0.0.1", server.port), timeout=2) for _ in range(80)]
    time.sleep(2)
    seen = {}
    for _ in range(20):
        status, answer, _ = server.look_up(session["access_token"], connection=connection)
        seen[status] = answer
    for one in idle:
        one.close()
    connection.close()
    assert set(seen) <= {200, 503}, seen


@pytest.mark.parametrize("count", [pytest.param(1000, marks=quick), 10_000])
def test_idle_connections(server, count):
    """They stay open while others are served."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < count + 500:
        hard = count + 500
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (hard, hard))
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with Load(server) as load:
        began = time.monotonic()
        idle = [socket.create_connection(("127.0.0.1", server.port), timeout=20) for _ in range(count)]
        opened = time.monotonic()
        load.served(30)
        assert time.monotonic() - began < 55, "too slow a machine to tell: idle connections may be closed after 60 s"
        closed = readable(idle)
        assert not closed, f"{len(closed)} of {count} were closed"
        # Those opened last are as good as any.
        idle[-1].sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle[-1].recv(100).startswith(b"HTTP/1.1 200")
        assert server.memory() < 400_000_000
        for one in idle:
            one.close()
        load.recovered()
        assert opened > began
        load.judge()


def readable(sockets) -> list:
    poll = select.poll()
    for one in sockets:
        poll.register(one, select.POLLIN)
    return poll.poll(0)


@pytest.mark.parametrize("part", ["head", "body"])
def test_slow_clients(server, part):
    """A byte a second: they are cut off, and nobody else notices."""
    head = b"POST /v1/refresh HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n"
    start = head if part == "head" else head + b"\r\n"
    limit = 75 if part == "head" else 25
    with Load(server) as load:
        slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
        for one in slow:
            one.sendall(start)
        began = time.monotonic()
        while slow and time.monotonic() - began < limit:
            since = time.monotonic()
            load.served(1, within=10)
            time.sleep(max(0.0, 1 - (time.monotonic() - since)))
            slow = [one for one in slow if drip(one, b"X-A: b\r\n" if part == "head" else b" ")]
        assert not slow, f"{len(slow)} of 200 were not cut off within {limit} s"
        load.recovered()
        load.judge()


def drip(one: socket.socket, data: bytes) -> bool:
    """Whether the connection still takes bytes."""
    try:
        if readable([one]) and not one.recv(4096):
            raise ConnectionResetError
        one.sendall(data[:1])
        return True
    except OSError:
        one.close()
        return False


@pytest.mark.parametrize("count", [8, 40])
def test_clients_that_do_not_read(server, count):
    """They ask without end and read nothing: the server's memory must not pay for it."""
    request = b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200
    with Load(server, clients=3) as load:
        before = server.memory()
        deaf = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(count)]
        for one in deaf:
            one.setblocking(False)
        sent = 0
        until = time.monotonic() + count / 4
        while time.monotonic() < until:
            _, ready, _ = select.select([], deaf, [], 0.2)
            for one in ready:
                try:
                    sent += one.send(request)
                except BlockingIOError:
                    pass
                except OSError:
                    deaf.remove(one)
        load.served(3)
        grown = server.memory() - before
        for one in deaf:
            one.close()
        assert grown < 150_000_000, f"{grown >> 20} MiB more after {sent >> 20} MiB of requests"
        load.recovered()
        load.judge()


# The log.


FORMATS = pytest.mark.parametrize("format", ["text", "json"])


def logs(format):
    return {"log.level": "trace", "log.format": format}


@quick
@FORMATS
def test_nobody_reads_the_log(make_server, format):
    """Standard error is a pipe that is full: requests get answered all the same."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    server = make_server(logs(format))
    try:
        server.start(stderr=writer, within=8)
        with Load(server, mix={}, timeout=6, clients=4) as load:
            load.served(100, within=20)
            load.judge(patience=5)
        # And the log is no reason to outlive a SIGTERM.
        assert server.stop() == 0
    finally:
        server.clean_up()
        os.close(writer)
        os.close(reader)


@FORMATS
def test_the_log_is_read_again(make_server, format):
    """It filled up and then somebody read on: no harm remains."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    server = make_server({"log.level": "info", "log.format": format})
    try:
        server.start(stderr=writer)
        with Load(server, timeout=20, clients=4) as load:
            # A failing store makes the server speak at every request.
            with server.fault(write_error=EIO):
                time.sleep(2)
            drain = threading.Thread(target=lambda: [None for _ in iter(lambda: os.read(reader, 65536), b"")], daemon=True)
            drain.start()
            load.recovered()
            load.judge()
    finally:
        server.clean_up()
        os.close(writer)


@quick
@FORMATS
def test_the_log_is_full(make_server, format):
    with open("/dev/full", "wb") as full:
        server = make_server(logs(format)).start(stderr=full, within=10)
        with Load(server, mix={}, timeout=6, clients=4) as load:
            load.served(100)
            load.judge()
        assert server.stop() == 0


@quick
@FORMATS
def test_the_reader_of_the_log_is_gone(make_server, format):
    """A broken pipe must not kill the server."""
    reader, writer = os.pipe()
    server = make_server(logs(format))
    server.spawn(stderr=writer)
    os.close(writer)
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            if server.get("/health/ready")[0] == 200:
                break
        except (OSError, HTTPException):
            time.sleep(0.02)
    os.close(reader)
    with Load(server, mix={}, timeout=6, clients=4) as load:
        load.served(100)
        load.judge()
    assert server.stop() == 0


# The database file.


def replace_database(server, source) -> None:
    for companion in ("-wal", "-shm"):
        server.database.with_name(server.database.name + companion).unlink(missing_ok=True)
    shutil.copyfile(source, server.database)


@quick
def test_an_older_backup_is_restored(server, tmp_path):
    """Holders of tokens that the backup does not know are told; no line lives twice; who was idle goes on."""
    sessions = [server.login(user) for user in server.users[:8]]
    lines = [[session["refresh_token"]] for session in sessions]

    def rotate(line) -> None:
        status, answer = server.refresh(line[-1])
        assert status == 200, answer
        line.append(answer["refresh_token"])

    for line in lines:
        for _ in range(3):
            rotate(line)
    backup = tmp_path / "backup.sqlite"
    server.run("backup", str(backup))
    known = [len(line) for line in lines]
    # One is idle, one rotates once, the others more often.
    for number, line in enumerate(lines):
        for _ in range(number):
            rotate(line)
    late = server.login(server.users[9])
    server.kill()
    replace_database(server, backup)
    server.start()

    # The idle one goes on.
    rotate(lines[0])
    rotate(lines[0])
    # Holders of the newest token: refused, and with it everything older.
    for line, length in list(zip(lines, known))[1:5]:
        status, answer = server.refresh(line[-1])
        assert (status, answer.get("code"), answer.get("action")) == (401, "session_revoked", "login")
        for token in reversed(line):
            assert server.refresh(token)[0] == 401
    # A thief with the token that was current in the backup comes first: he gets one, and loses it when the owner comes.
    for line, length in list(zip(lines, known))[5:]:
        status, stolen = server.refresh(line[length - 1])
        assert status == 200, stolen
        status, answer = server.refresh(line[-1])
        assert status == 401 and answer["action"] == "login"
        for token in [stolen["refresh_token"], *reversed(line)]:
            assert server.refresh(token)[0] == 401
    # A session that the backup never heard of.
    assert server.refresh(late["refresh_token"])[0] == 401


@quick
def test_an_older_backup_under_live_clients(server, tmp_path):
    """The clients go on while it happens; each is signed out at most once and in again."""
    backup = tmp_path / "backup.sqlite"
    with Load(server, mix={}) as load:
        server.run("backup", str(backup))
        load.served(20)
        server.kill()
        restored = time.monotonic()
        replace_database(server, backup)
        server.start()
        load.served(30)
        load.stop()
    sessions = {}
    for exchange in sorted(load.history, key=lambda e: e.sent):
        assert exchange.status in (200, 503, 401, None), str(exchange)
        if exchange.sent > restored and exchange.session:
            sessions.setdefault(exchange.session, []).append(exchange)
        elif exchange.answered < restored:
            assert exchange.status != 401, str(exchange)
    refused = 0
    for exchanges in sessions.values():
        answers = [e.status for e in exchanges if e.op == REFRESH and e.status in (200, 401)]
        codes = {e.code for e in exchanges if e.status == 401}
        assert codes <= {"session_revoked"}, exchanges
        refused += 401 in answers
        # Once refused, refused for good.
        if 401 in answers:
            assert 200 not in answers[answers.index(401):], [str(e) for e in exchanges]
    assert refused > 0


@quick
def test_the_log_of_the_database_is_cut(server):
    """Half of the write-ahead log is lost: as after an older backup, a session goes on or is refused, clearly."""
    lines = [[server.login(user)["refresh_token"]] for user in server.users]
    for _ in range(20):
        for line in lines:
            line.append(server.refresh(line[-1])[1]["refresh_token"])
    server.kill()
    wal = server.database.with_name(server.database.name + "-wal")
    size = wal.stat().st_size
    assert size > 0
    os.truncate(wal, size // 2)
    server.start()
    for line in lines:
        status, answer = server.refresh(line[-1])
        assert (status, answer.get("code")) in ((200, None), (401, "session_revoked")), answer
        if status == 401:
            assert {server.refresh(token)[0] for token in line} == {401}


def damage_header(database):
    with open(database, "r+b") as file:
        file.write(b"not a database at all" * 5)


def damage_schema(database):
    with open(database, "r+b") as file:
        file.seek(100)
        file.write(os.urandom(1900))


def damage_pages(database):
    """Every page but the first is gone."""
    with open(database, "r+b") as file:
        size = file.seek(0, 2)
        file.seek(2048)
        file.write(bytes(size - 2048))


def damage_some_pages(database):
    """Every third page is noise."""
    noise = random.Random(7)
    with open(database, "r+b") as file:
        size = file.seek(0, 2)
        for page in range(2, size // 2048, 3):
            file.seek(page * 2048)
            file.write(noise.randbytes(2048))


def damage_length(database):
    os.truncate(database, 3 * 2048)


@quick
@pytest.mark.parametrize(
    "damage", [damage_header, damage_schema, damage_pages, damage_some_pages, damage_length],
    ids=["header", "schema", "all pages", "some pages", "truncated"])
def test_a_damaged_database(server, damage):
    """It refuses to start, saying why; or it starts and says 503 where it cannot answer. Never a false 401."""
    lines = [server.login(user) for user in server.users]
    assert server.stop() == 0
    server.log.write_text("")
    damage(server.database)
    server.spawn()
    until = time.monotonic() + 15
    while server.is_running() and time.monotonic() < until:
        try:
            if server.get("/health/live", timeout=2)[0] == 200:
                break
        except (OSError, HTTPException):
            time.sleep(0.05)
    if not server.is_running():
        said = server.log.read_text().lower()
        assert server.process.returncode == 1, server.last_words()
        assert "database" in said or "sqlite" in said, server.last_words()
        assert "fatal error" not in said, server.last_words()
        return
    seen = set()
    for line in lines:
        status, answer = server.refresh(line["refresh_token"])
        seen.add((status, answer.get("code")))
        status, answer, _ = server.look_up(line["access_token"])
        seen.add((status, answer.get("code")))
    assert seen <= {(200, None), (503, "unavailable")}, seen


def refuses(server, *words) -> None:
    """The start fails with exit status 1 and a message that holds one of the words."""
    server.log.write_text("")
    server.spawn()
    try:
        assert server.ended(15) == 1, server.last_words()
    except subprocess.TimeoutExpired:
        raise AssertionError("it started") from None
    said = server.log.read_text().lower()
    assert any(word in said for word in words), server.last_words()
    assert "fatal error" not in said


@quick
def test_the_master_key_is_missing_wrong_or_another(server, make_server):
    session = server.login()
    server.kill()
    key = server.data / "master.key"
    right = key.read_text()
    key.unlink()
    refuses(server, "master key")
    assert not key.exists(), "it made another one"
    key.write_text("no key")
    refuses(server, "master key", "master.key")
    key.write_text("")
    refuses(server, "master key", "master.key")
    other = make_server(name="other")
    shutil.rmtree(other.data)
    other.start().kill()
    key.write_text((other.data / "master.key").read_text())
    refuses(server, "master key", "signing key")
    key.write_text(right)
    server.start()
    assert server.refresh(session["refresh_token"])[0] == 200


@quick
def test_a_newer_schema(server):
    session = server.login()
    server.kill()
    database = sqlite3.connect(server.database)
    database.execute("INSERT INTO schema_migrations VALUES (999, 'later', 'x', '2099-01-01T00:00:00Z')")
    database.commit()
    database.close()
    refuses(server, "newer")
    database = sqlite3.connect(server.database)
    database.execute("DELETE FROM schema_migrations WHERE number = 999")
    database.commit()
    database.close()
    server.start()
    assert server.refresh(session["refresh_token"])[0] == 200


@quick
def test_the_database_may_not_be_written(server):
    """Its disk has become read-only, as after a file system error."""
    session = server.login()
    for call in ("write_error", "sync_error"):
        with server.fault(**{call: EROFS}):
            status, answer, headers = server.ask("POST", "/v1/refresh", {"refresh_token": session["refresh_token"]})
            assert (status, answer.get("code"), headers.get("Retry-After") is not None) == (503, "unavailable", True)
            assert server.look_up(session["access_token"])[0] == 200
    status, session = server.refresh(session["refresh_token"])
    assert status == 200
    server.kill()
    folder = str(server.data)
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        refuses(server, "read-only", "readonly")
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
    server.start()
    assert server.refresh(session["refresh_token"])[0] == 200
