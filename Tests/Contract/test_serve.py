"""`serve` as operators and service managers see it: certificates, sockets, signals, the end of the service."""

from __future__ import annotations

import os
import re
import resource
import select
import signal
import socket
import ssl
import stat
import subprocess
import time
from pathlib import Path

import pytest

from harness import Server, encode
from harness.certificates import Certificate
from harness.concurrency import wait_until
from harness.settings import TIMEOUT


# The store makes no difference, so one of them is enough.
pytestmark = pytest.mark.store("sqlite")


@pytest.fixture
def certificate(tmp_path) -> Certificate:
    return Certificate(tmp_path / "certificate", "first.test")


# Certificates.


def over_tls(server: Server) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(server.connect())


def presented(server: Server) -> bytes:
    """The certificate that a new connection gets."""
    with over_tls(server) as connection:
        return connection.getpeercert(binary_form=True)


def der(certificate: Certificate) -> bytes:
    return ssl.PEM_cert_to_DER_cert(certificate.file.read_text())


def openssl(*arguments) -> bytes:
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


def swap(certificate: Certificate) -> None:
    contents = certificate.file.read_bytes()
    certificate.file.write_bytes(certificate.key.read_bytes())
    certificate.key.write_bytes(contents)


def mark_bytes(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())


def cut(file: Path) -> None:
    """Removes the middle of the base64 text."""
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:2], *lines[3:], ""]))


# Each: what spoils the files of a certificate, which of the two is named, and words of the reason.
SPOILED = {
    "no certificate file": (lambda c: c.file.unlink(), "certificate", "cannot be read: No such file"),
    "no key file": (lambda c: c.key.unlink(), "key", "cannot be read: No such file"),
    "empty certificate": (lambda c: c.file.write_text("\n"), "certificate", "is empty"),
    "empty key": (lambda c: c.key.write_text(""), "key", "is empty"),
    "DER certificate": (lambda c: c.file.write_bytes(der(c)), "certificate", "is DER"),
    "DER key": (lambda c: c.key.write_bytes(openssl("pkey", "-in", c.key, "-outform", "DER")), "key", "is DER"),
    "byte order mark in the certificate": (lambda c: mark_bytes(c.file), "certificate", "byte order mark"),
    "byte order mark in the key": (lambda c: mark_bytes(c.key), "key", "byte order mark"),
    "encrypted key": (
        lambda c: c.key.write_bytes(openssl("pkey", "-in", c.key, "-aes256", "-passout", "pass:secret")), "key",
        "is encrypted"),
    "encrypted key, older format": (
        lambda c: c.key.write_bytes(openssl("ec", "-in", c.key, "-aes256", "-passout", "pass:secret")), "key",
        "is encrypted"),
    "swapped files": (swap, "certificate", "swapped"),
    "certificate twice": (lambda c: c.key.write_bytes(c.file.read_bytes()), "key", "swapped"),
    "other key": (
        lambda c: c.key.write_bytes(openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")),
        "key", "is not the key of the first certificate"),
    "other kind of key": (
        lambda c: c.key.write_bytes(openssl("genpkey", "-algorithm", "RSA")), "key",
        "is not the key of the first certificate"),
    "damaged certificate": (lambda c: cut(c.file), "certificate", "damaged"),
    "damaged key": (lambda c: cut(c.key), "key", "damaged"),
    "other text": (lambda c: c.file.write_text("certificate"), "certificate", "holds no certificate"),
    "request for a certificate": (
        lambda c: c.file.write_bytes(openssl("req", "-new", "-key", c.key, "-subj", "/CN=a")), "certificate",
        "holds no certificate"),
    "pipe": (lambda c: (c.file.unlink(), os.mkfifo(c.file)), "certificate", "is not a regular file"),
    "device": (lambda c: (c.key.unlink(), c.key.symlink_to("/dev/zero")), "key", "is not a regular file"),
    "other text for a key": (lambda c: c.key.write_text("key"), "key", "holds no private key"),
}


@pytest.mark.parametrize("spoil, file, reason", SPOILED.values(), ids=SPOILED)
def test_a_certificate_that_cannot_be_used_is_refused(make_server, certificate, spoil, file, reason):
    server = make_server({"http": {"port": 0, **certificate.settings}}, start=False, user=False)
    spoil(certificate)
    key, path = {"certificate": ("certificateFile", certificate.file), "key": ("privateKeyFile", certificate.key)}[file]
    run = server.cli("config", "check")
    assert run.returncode == 1 and f"http.tls.{key}: {path}" in run.stderr and reason in run.stderr, run
    assert "secret" not in run.stderr.replace(str(path), ""), run


def test_a_certificate_that_cannot_be_used_stops_the_start(make_server, certificate):
    server = make_server({"http": {"port": 0, **certificate.settings}}, start=False, user=False)
    swap(certificate)
    assert f"http.tls.certificateFile: {certificate.file}" in server.refuses_to_start()


def test_key_and_chain_may_be_one_file(make_server, certificate):
    expected = der(certificate)
    certificate.file.write_bytes(certificate.key.read_bytes() + certificate.file.read_bytes())
    certificate.key.write_bytes(certificate.file.read_bytes())
    server = make_server({"http": {"port": 0, **certificate.settings}}, user=False)
    assert presented(server) == expected


@pytest.mark.parametrize("hangs_up", [False, True], ids=["by itself", "at SIGHUP"])
def test_a_renewed_certificate_is_used_without_a_restart(make_server, certificate, tmp_path, hangs_up):
    server = make_server({"http": {"port": 0, **certificate.settings}}, user=False)
    first, second = der(certificate), Certificate(tmp_path / "second", "second.test")
    old = over_tls(server)
    assert old.getpeercert(binary_form=True) == presented(server) == first

    certificate.replace(second)
    if hangs_up:
        server.signal(signal.SIGHUP)
    wait_until(lambda: presented(server) == der(second))
    # The older connection goes on.
    with old:
        assert server.get("/health/live", connection=old).status == 200

    # One that cannot be used is refused once, and the last one stays in use.
    certificate.key.write_text("key")
    if hangs_up:
        server.signal(signal.SIGHUP)
    wait_until(lambda: "holds no private key" in server.log)
    assert f"{certificate.key} holds no private key" in server.log
    assert presented(server) == der(second)
    certificate.replace(Certificate(tmp_path / "third", "third.test"))
    wait_until(lambda: presented(server) == der(certificate))
    assert server.log.count("holds no private key") == 1
    assert server.is_running()


def test_a_client_that_sends_no_close_notify_does_not_hold_its_connection(make_server, certificate):
    server = make_server({"http": {"port": 0, **certificate.settings}})

    def descriptors() -> int:
        return len(os.listdir(f"/proc/{server.process.pid}/fd"))

    with over_tls(server) as connection:
        assert server.get("/health/ready", connection=connection).status == 200
        before = descriptors()
        assert server.get("/health/live", connection=connection, headers={"Connection": "close"}).status == 200
        # A second for what the client still sends, and one for its close_notify.
        wait_until(lambda: descriptors() < before, within=4)


def test_sighup_ends_nothing(make_server):
    server = make_server({"http": {"port": 0, "drainSeconds": 1}})
    with server.connect() as connection:
        assert server.get("/health/live", connection=connection).status == 200
        server.signal(signal.SIGHUP)
        time.sleep(0.1)
        server.signal(signal.SIGHUP)
        assert server.get("/health/live", connection=connection).status == 200
    server.process.terminate()
    server.signal(signal.SIGHUP)
    assert server.process.wait(TIMEOUT) == 0


# Libraries.


def test_the_client_library_of_postgresql_is_not_loaded_for_sqlite(make_server):
    server = make_server()
    server.login()
    mapped = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert "libsqlite3.so" in mapped and not re.search(r"libpq|libldap|libgssapi", mapped)


# The end.


def test_sigterm_takes_the_node_out_before_it_drains(make_server):
    server = make_server({"http": {"port": 0, "drainSeconds": 2}})
    tokens, kept = server.login(), server.connect()
    assert server.get("/health/ready", connection=kept).status == 200
    server.process.terminate()
    wait_until(lambda: server.get("/health/ready").status == 503)
    assert server.get("/health/live").status == 200
    assert server.rotate(tokens["refresh_token"])
    # Connections end with their next answer, so that none is cut off later.
    with kept:
        answer = server.get("/health/ready", connection=kept)
        assert (answer.status, answer.headers["Connection"], answer.code) == (503, "close", "unavailable"), answer
    assert server.process.wait(TIMEOUT) == 0
    with pytest.raises(ConnectionRefusedError):
        server.connect()


# Unix sockets.


class SocketServer(Server):
    """A service whose public listener is a Unix socket."""

    def __init__(self, folder: Path, http: dict | None = None, **settings):
        self.socket = folder / "http.sock"
        super().__init__(folder, {"http": {"host": "unix:http.sock", **(http or {})}, **settings})

    def start(self, **options) -> "SocketServer":
        self.spawn(**options)
        wait_until(lambda: f"listens on unix:{self.socket}" in self.log or not self.is_running())
        assert self.is_running(), self.log
        return self

    @property
    def login_addresses(self) -> set[str]:
        """The addresses that failed logins came from, as the audit trail has them."""
        return {address for (address,) in self.query("SELECT address FROM events WHERE kind = 'login_failed'")}

    def connect(self, timeout: float | None = None) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(timeout or TIMEOUT)
        connection.connect(str(self.socket))
        return connection


@pytest.fixture
def make_socket_server(tmp_path):
    servers = []

    def make(name="server", **settings) -> SocketServer:
        servers.append(SocketServer(tmp_path / name, **settings))
        return servers[-1]

    yield make
    for server in servers:
        server.end()


def test_a_unix_socket_is_shared_with_the_group(make_socket_server):
    server = make_socket_server(loginLimits={"perAddress": 2, "perAccount": 0})
    server.add_user("ada")
    mask = os.umask(0)
    try:
        server.start()
    finally:
        os.umask(mask)
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o660
    assert "http.trustedProxies" in server.log and "limits by address do not apply" in server.log
    # Nobody is limited by an address that is unknown, and nobody can choose one.
    for _ in range(4):
        assert server.try_login(password="wrong horse", headers={"X-Forwarded-For": "192.0.2.1"}).status == 401
    assert server.login()
    assert server.login_addresses == {"unknown"}

    # A live one is refused, a stale one is replaced.
    other = SocketServer(server.folder.parent / "other", {"host": f"unix:{server.socket}"})
    message = other.refuses_to_start()
    assert f"unix:{server.socket} (http.host)" in message and "another process listens" in message
    assert server.get("/health/live").status == 200
    server.kill()
    assert server.socket.is_socket()
    server.log_file.unlink()
    server.start()
    assert server.get("/health/live").status == 200
    assert server.stop() == 0


def test_peers_of_a_unix_socket_are_proxies_if_they_are_trusted(make_socket_server):
    server = make_socket_server(http={"trustedProxies": ["unix"]}, loginLimits={"perAddress": 1, "perAccount": 0})
    server.add_user("ada")
    server.start()
    assert "limits by address" not in server.log
    for client, statuses in {"192.0.2.1": [401, 429], "192.0.2.2": [401, 429]}.items():
        for status in statuses:
            answer = server.try_login(password="wrong horse", headers={"X-Forwarded-For": client})
            assert answer.status == status, answer
    assert server.login_addresses == {"192.0.2.1", "192.0.2.2"}


@pytest.mark.parametrize("host, reason", [
    ("unix:", "expected unix:PATH"), ("unix:" + "a" * 108, "at most 107 bytes"), ("unix:/nowhere/http.sock", None),
    ("unix:config.json", None),
])
def test_a_path_that_is_no_socket_is_refused(make_socket_server, host, reason):
    server = make_socket_server(http={"host": host})
    contents = server.config.read_text()
    if reason:
        run = server.cli("config", "check")
        assert run.returncode == 1 and "http.host" in run.stderr and reason in run.stderr, run
    assert "http.host" in server.refuses_to_start()
    assert server.config.read_text() == contents


# The service manager.


class Manager:
    """A service manager that receives notifications."""

    def __init__(self, path: str):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + path[1:] if path.startswith("@") else path)
        self.socket.settimeout(TIMEOUT)
        self.environment = {"NOTIFY_SOCKET": path}

    def receive(self) -> str:
        return self.socket.recv(4096).decode()

    def pending(self) -> list[str]:
        """What has arrived so far."""
        received = []
        while select.select([self.socket], [], [], 0)[0]:
            received.append(self.receive())
        return received


@pytest.mark.parametrize("kind", ["file", "abstract"])
def test_the_service_manager_is_notified(make_server, tmp_path, kind):
    path = str(tmp_path / "notify") if kind == "file" else f"@heirloom-test-{os.getpid()}"
    manager = Manager(path)
    server = make_server(start=False).start(environment=manager.environment)
    assert manager.receive() == "READY=1"
    server.signal(signal.SIGHUP)
    assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", manager.receive())
    assert manager.receive() == "READY=1"
    assert server.stop() == 0
    assert manager.pending() == ["STOPPING=1"]


def admits(server: Server) -> bool:
    """Whether a new connection stays open."""
    # Connections that have just been closed may still count.
    time.sleep(0.05)
    try:
        with server.connect() as connection:
            connection.sendall(b"\r\n")
            connection.settimeout(0.2)
            return connection.recv(1) != b""
    except TimeoutError:
        return True
    except OSError:
        return False


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
def test_the_watchdog_is_notified_while_the_service_answers(make_server, tmp_path, certificate, secure):
    manager = Manager(str(tmp_path / "notify"))
    environment = manager.environment | {"WATCHDOG_USEC": "600000"}
    http_settings = {"port": 0, **(certificate.settings if secure else {})}
    server = make_server({"http": http_settings}, start=False, user=False)
    descriptors = (60, 60)
    server.start(environment=environment, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, descriptors))
    assert manager.receive() == "READY=1"
    assert {manager.receive() for _ in range(3)} == {"WATCHDOG=1"}
    # Every connection that this address may have is taken, so that the service answers it no more.
    taken = []
    while any(admits(server) for _ in range(3)):
        try:
            taken.append(server.connect() if not secure else over_tls(server))
            taken[-1].sendall(encode("POST", "/v1/login", "{", headers={"Content-Length": "9000"}))
        except ConnectionError:
            # The probe of the watchdog has the last place.
            continue
    # For a probe under way.
    time.sleep(0.3)
    manager.pending()
    time.sleep(1)
    assert manager.pending() == []
    for connection in taken:
        connection.close()
    assert manager.receive() == "WATCHDOG=1"
    assert server.stop() == 0


def test_a_watchdog_of_another_process_is_ignored(make_server, tmp_path):
    manager = Manager(str(tmp_path / "notify"))
    environment = manager.environment | {"WATCHDOG_USEC": "30000", "WATCHDOG_PID": "1"}
    server = make_server(start=False, user=False).start(environment=environment)
    time.sleep(0.2)
    assert manager.pending() == ["READY=1"]
    assert server.stop() == 0
