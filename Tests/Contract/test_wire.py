"""HTTP/1 as real clients, proxies and attackers speak it: bytes in, bytes out, on every listener."""

from __future__ import annotations

import base64
import json
import re
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest

from harness import PASSWORD, Server, encode
from harness.endpoint import Endpoint
from harness.settings import DATABASE

JSON_TYPE = {"Content-Type": "application/json"}


class Listener(Endpoint):
    """A listener of a service, over TCP or TLS. `path` is answered with 200."""

    def __init__(self, port: int, path: str, is_secure: bool):
        super().__init__(port)
        self.path = path
        self.is_secure = is_secure

    def connect(self, timeout: float | None = None) -> socket.socket:
        connection = super().connect(timeout)
        if not self.is_secure:
            return connection
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(connection)


@pytest.fixture(scope="module")
def tls_server(make_shared_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"], check=True, capture_output=True)
    return make_shared_server({"http": {"port": 0, "tls": {
        "certificateFile": str(folder / "certificate.pem"), "privateKeyFile": str(folder / "key.pem")}}})


@pytest.fixture(scope="module", params=["public", "public over TLS", "admin"])
def listener(request, server) -> Listener:
    if request.param == "admin":
        return Listener(server.admin_port, "/metrics", False)
    if request.param == "public":
        return Listener(server.port, "/health/live", False)
    return Listener(request.getfixturevalue("tls_server").port, "/health/live", True)


def statuses(received: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", received)]


def get(path: str, *headers: str, version: str = "HTTP/1.1", host: str | None = "localhost") -> bytes:
    lines = [f"GET {path} {version}", *([f"Host: {host}"] if host is not None else []), *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


# Each: what is sent after "GET PATH ", the statuses of the answers, and whether the server then closes.
TABLE = {
    "plain": (get("PATH"), [200], False),
    "two in a row": (get("PATH") * 2, [200, 200], False),
    "close": (get("PATH", "Connection: close"), [200], True),
    "close in another case": (get("PATH", "connection: Close"), [200], True),
    "close in a list": (get("PATH", "Connection: foo, CLOSE ,bar"), [200], True),
    "close in a second header": (get("PATH", "Connection: foo", "Connection: close"), [200], True),
    "nothing after close": (get("PATH", "Connection: close") + get("PATH"), [200], True),
    "HTTP/1.0": (get("PATH", version="HTTP/1.0"), [200], True),
    "HTTP/1.0 without Host": (get("PATH", version="HTTP/1.0", host=None), [200], True),
    "HTTP/1.0, kept": (get("PATH", "Connection: Keep-Alive", version="HTTP/1.0"), [200], False),
    "no Host": (get("PATH", host=None), [400], True),
    "two Hosts": (get("PATH", "Host: localhost"), [400], True),
    "empty Host": (get("PATH", host=""), [400], True),
    "Host with white space around it": (get("PATH", host=" localhost \t"), [200], False),
    "Host with a space": (get("PATH", host="a b"), [400], True),
    "Host with a path": (get("PATH", host="a/b"), [400], True),
    "Host with a user": (get("PATH", host="u@a"), [400], True),
    "Host with a list": (get("PATH", host="a:80,b:80"), [400], True),
    "Host with a wrong port": (get("PATH", host="a:x"), [400], True),
    "Host with a large port": (get("PATH", host="a:65536"), [400], True),
    "Host with two ports": (get("PATH", host="a:1:2"), [400], True),
    "Host that is not ASCII": (get("PATH", host="\xe4.example"), [400], True),
    "Host in brackets": (get("PATH", host="[::1]:8080"), [200], False),
    "Host in open brackets": (get("PATH", host="[::1"), [400], True),
    "absolute form": (get("http://localhostPATH"), [200], False),
    "HTTP/2.0": (get("PATH", version="HTTP/2.0"), [505], True),
    "HTTP/1.2": (get("PATH", version="HTTP/1.2"), [505], True),
    "RTSP": (get("PATH", version="RTSP/1.0"), [400], True),
    "no version": (b"GET PATH\r\n\r\n", [400], True),
    "path that is not ASCII": (get("PATH\xe4"), [400], True),
    "not HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", [400], True),
    "Upgrade": (
        get("PATH", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMA"), [200], True),
    "CONNECT": (b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n", [404], True),
    "empty line first": (b"\r\n" + get("PATH"), [200], False),
    "RTSP behind an empty line": (b"\r\n" + get("PATH", version="RTSP/1.0"), [400], True),
    "no version behind empty lines": (b"\n\r\n\nGET PATH\r\n\r\n", [400], True),
    "unknown expectation": (get("PATH", "Expect: 200-ok"), [417], True),
    "unknown coding": (
        b"POST PATH HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", [501], True),
    "chunked in HTTP/1.0": (
        b"POST PATH HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [400], True),
    "both lengths": (
        b"POST PATH HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        [400], True),
    "2^63 bytes": (
        b"POST /v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9223372036854775808\r\n\r\n", [404, 413], True),
    "2^64 bytes": (
        b"POST /v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 18446744073709551616\r\n\r\n", [400], True),
    "bad chunk": (
        b"POST PATH HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", [400, 405], True),
    "large headers": (get("PATH", f"X-Name: {'x' * 17_000}"), [431], True),
    "many headers": (get("PATH", *["X-Name: x"] * 101), [431], True),
    "answer before the body": (b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n", [404], True),
    "body read as a request": (
        b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n" + get("PATH"), [404], True),
}


@pytest.mark.parametrize("name", TABLE)
def test_every_listener_speaks_http(listener, name):
    request, expected, closes = TABLE[name]
    received, closed = listener.raw(request.replace(b"PATH", listener.path.encode()), silence=3 if closes else 0.4)
    found = statuses(received)
    # Where listeners or moments differ, any one of the statuses.
    assert found == expected or len(found) == 1 and found[0] in expected and expected[0] != 200, received
    assert closed == closes, received
    if found[-1] >= 400:
        head, _, body = received.partition(b"\r\n\r\n")
        assert b"application/problem+json" in head and b'"code":' in body, received
    if closes and found[-1] != 405:
        assert b"connection: close" in received.lower(), received


LOGIN = b'{"username":\n"ada",\n"password":"%s"}' % PASSWORD.encode()


# Each part is a read of its own.
@pytest.mark.parametrize("parts", [
    [b"\r", b"\nGET /health/live HT", b"TP/1.1\r\nHost: localhost\r\n\r\n"],
    [b"\r\n", b"\r\nGET /health/live HTTP/1.1\r", b"\nHost: localhost\r\n\r\n"],
    [b"\r\n" + encode("POST", "/v1/login", headers={**JSON_TYPE, "Content-Length": str(len(LOGIN))}) + LOGIN[:5],
     LOGIN[5:]],
], ids=["in parts", "two", "body in parts"])
def test_empty_lines_may_precede_the_first_request(server, parts):
    with server.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            connection.sendall(part)
            time.sleep(0.1)
        assert statuses(connection.recv(65536)) == [200]


@pytest.mark.parametrize("before", [
    encode("HEAD", "/health/live"), get("/health/live", "Connection: keep-alive", version="HTTP/1.0"),
], ids=["HEAD", "HTTP/1.0"])
def test_a_refusal_does_not_take_after_the_request_before(server, before):
    received, closed = server.raw(before + b"\x16\x03\r\n\r\n")
    assert statuses(received) == [200, 400] and closed
    refusal = received[received.index(b"HTTP/1.1 400 "):]
    assert b'"code":' in refusal


def test_an_answer_to_http_1_0_confirms_that_the_connection_stays(listener):
    received, _ = listener.raw(get(listener.path, "Connection: keep-alive", version="HTTP/1.0"), silence=0.4)
    assert b"connection: keep-alive" in received.lower()
    assert b"transfer-encoding" not in received.lower()


def test_a_stream_in_http_1_0_is_not_chunked(server):
    secret = server.command("client", "add", "reader", "--confidential", "--json")
    basic = base64.b64encode(f"reader:{json.loads(secret)['client_secret']}".encode()).decode()
    with server.connect() as connection:
        connection.sendall(get(
            "/v1/revocations", f"Authorization: Basic {basic}", "Accept: text/event-stream", version="HTTP/1.0"))
        received = b""
        while b"retry: 1000\n\n" not in received:
            received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    assert body.startswith(b"retry: 1000\n\n"), received
    assert b"transfer-encoding" not in head.lower() and b"connection: close" in head.lower()


def test_a_head_of_a_stream_has_no_body(server):
    secret = server.command("client", "add", "head-reader", "--confidential", "--json")
    basic = base64.b64encode(f"head-reader:{json.loads(secret)['client_secret']}".encode()).decode()
    request = encode(
        "HEAD", "/v1/revocations", headers={"Authorization": f"Basic {basic}", "Accept": "text/event-stream"})
    received, closed = server.raw(request)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ") and b"text/event-stream" in head and body == b"" and closed


def test_a_refusal_outlives_the_stream_that_it_replaces(server):
    """The body turns out to be malformed while the client is being authenticated.

    On SQLite a client is authenticated within the turn of the event loop that reads the head, and the stream begins.
    """
    secret = server.command("client", "add", "hasty-reader", "--confidential", "--json")
    basic = base64.b64encode(f"hasty-reader:{json.loads(secret)['client_secret']}".encode())
    head = (
        b"GET /v1/revocations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic %s\r\nAccept: text/event-stream\r\n"
        b"Transfer-Encoding: chunked\r\nX-Padding: " % basic)
    # The head fills a read of 2048 bytes, so that the body is read after it.
    request = head.ljust(2044, b"x") + b"\r\n\r\n" + b"zz\r\n"
    refused = 0
    for _ in range(20):
        with server.connect() as connection:
            connection.sendall(request)
            received = b""
            try:
                while part := connection.recv(65536):
                    received += part
            except ConnectionError:
                pass
            # The client may be authenticated before the body is read: then the stream is cut off.
            if statuses(received) != [400]:
                assert statuses(received) == [200] and not received.endswith(b"0\r\n\r\n")
                continue
            refused += 1
            # The service still takes what the client sends: an end at once could destroy the refusal on its way.
            for _ in range(3):
                time.sleep(0.1)
                connection.sendall(b"x")
        if refused == 3:
            break
    assert refused or DATABASE == "sqlite"


# Expect: 100-continue (RFC 9110 §10.1.1).


def test_a_client_that_waits_for_the_go_ahead_gets_it(server):
    body = b'{"username":"ada","password":"%s"}' % PASSWORD.encode()
    head = encode("POST", "/v1/login", headers={
        **JSON_TYPE, "Content-Length": str(len(body)), "Expect": "100-continue"})
    with server.connect() as connection:
        connection.sendall(head)
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        received = b""
        while not received.endswith(b"}"):
            received += connection.recv(65536)
        assert statuses(received) == [200]
        # The connection goes on.
        connection.sendall(encode("GET", "/health/live"))
        assert statuses(connection.recv(65536)) == [200]


@pytest.mark.parametrize("path, length, status", [
    ("/nowhere", 10, 404), ("/v1/login", 1_000_000, 413), ("/v1/session", 10, 405)])
def test_a_client_that_waits_gets_the_refusal_at_once(server, path, length, status):
    head = encode("POST", path, headers={**JSON_TYPE, "Content-Length": str(length), "Expect": "100-continue"})
    received, closed = server.raw(head)
    assert statuses(received) == [status] and closed


def test_curl_does_not_wait_for_the_go_ahead(server, tmp_path):
    (tmp_path / "body.json").write_text('{"username":"ada","password":"%s"}' % PASSWORD)
    result = subprocess.run(
        ["curl", "-sv", "--max-time", "10", "--expect100-timeout", "30", "-H", "Expect: 100-continue",
         "--json", f"@{tmp_path / 'body.json'}", f"http://127.0.0.1:{server.port}/v1/login"],
        capture_output=True, text=True)
    assert result.returncode == 0 and "< HTTP/1.1 100" in result.stderr, result.stderr
    assert '"access_token"' in result.stdout


# Bodies.


@pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip"])
def test_a_compressed_body_is_refused(server, coding):
    answer = server.post("/v1/login", b"\x1f\x8b", headers={**JSON_TYPE, "Content-Encoding": coding})
    assert answer.status == 415 and answer.headers["Accept-Encoding"] == "identity"


def test_the_coding_identity_is_no_coding(server):
    login = {"username": "ada", "password": PASSWORD}
    answer = server.post("/v1/login", login, headers={"Content-Encoding": "identity"})
    assert answer.status == 200


@pytest.mark.parametrize("end", ["hang-up", "half-close", "reset"])
def test_a_body_that_is_cut_short_is_no_error_of_the_service(server, end):
    logged, failed = len(server.log), server_errors(server)
    with server.connect() as connection:
        connection.sendall(encode("POST", "/v1/login", headers={**JSON_TYPE, "Content-Length": "100"}) + b"{")
        time.sleep(0.1)
        if end == "half-close":
            connection.shutdown(socket.SHUT_WR)
            assert statuses(connection.recv(65536)) == [400]
        if end == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    for chunk in (b"zz\r\n", b"2\r\n{}xx"):
        server.raw(encode("POST", "/v1/login", headers={**JSON_TYPE, "Transfer-Encoding": "chunked"}) + chunk)
    time.sleep(0.2)
    assert server_errors(server) == failed
    assert "error" not in server.log[logged:].lower()


def server_errors(server: Server) -> float:
    metrics = Endpoint(server.admin_port).get("/metrics").body.decode()
    return sum(float(value) for value in re.findall(r'heirloom_http_requests_total\{.*status="5..".*\} (\S+)', metrics))


# Header values are bytes.


HEADERS = [
    "Accept", "Authorization", "Content-Type", "If-None-Match", "Origin", "Sec-Fetch-Site", "X-CSRF-Token",
    "X-Forwarded-For", "Connection", "Last-Event-ID",
]
NOT_ASCII = ["Bearer\u0301 x", "a\u037eb", "\u212a", "\u0301\u0316" * 100, "\u00a0x"]


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_is_read_is_ascii(server, name):
    for value in NOT_ASCII:
        request = b"GET /v1/session HTTP/1.1\r\nHost: localhost\r\n%s: %s\r\n\r\n" % (name.encode(), value.encode())
        answer = server.raw(request)
        assert statuses(answer[0]) == [400], value


@pytest.mark.parametrize("name", ["Cookie", "User-Agent", "Referer", "X-Real-Name"])
def test_other_headers_may_hold_any_text(server, name):
    for value in NOT_ASCII:
        request = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n%s: %s\r\n\r\n" % (name.encode(), value.encode())
        assert statuses(server.raw(request, silence=0.2)[0]) == [200], value


def costs(server: Server, requests: list[bytes], rounds: int = 40) -> list[float]:
    """CPU time of the server for each request, in turns."""
    spent = [0.0] * len(requests)
    with server.connect() as connection:
        for _ in range(rounds):
            for index, request in enumerate(requests):
                before = cpu(server)
                for _ in range(5):
                    connection.sendall(request)
                    received = connection.recv(65536)
                    if b"connection: close" in received.lower():
                        connection.close()
                        connection = server.connect()
                spent[index] += cpu(server) - before
    return spent


def cpu(server: Server) -> float:
    """Seconds of CPU, by the scheduler's nanoseconds."""
    threads = Path(f"/proc/{server.process.pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


HOSTILE = ("\u0301\u0316" * 3800).encode()
PLAIN = b"a" * len(HOSTILE)


@pytest.mark.parametrize("name", ["Cookie", "If-None-Match", "Accept", "Authorization", "Origin", "User-Agent"])
def test_hostile_text_in_a_header_costs_no_more_than_plain_text(server, name):
    # Each on a connection of its own, since a refusal ends its connection.
    plain, hostile = costs(server, [
        b"GET /v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s: %s\r\n\r\n"
        % (name.encode(), text) for text in (PLAIN, HOSTILE)])
    assert hostile <= 3 * plain


@pytest.mark.parametrize("path, body", [
    ("/v1/refresh", b'{"%s": 1}'), ("/v1/refresh", b'{"refresh_token": "%s"}'), ("/v1/refresh", b'{"client_id": "%s"}'),
    ("/v1/login", b'{"username": "%s", "password": "x"}'), ("/v1/login", b'{"username": "x", "password": "%s"}'),
    ("/oauth/token", b"%s=1"), ("/oauth/token", b"grant_type=%s&client_id=web"),
    ("/oauth/token", b"client_id=%s&grant_type=refresh_token"), ("/oauth/introspect", b"token=%s&client_id=web"),
])
def test_hostile_text_in_a_body_costs_no_more_than_plain_text(server, path, body):
    kind = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
    plain, hostile = costs(server, [
        encode("POST", path, body % text, headers={"Content-Type": kind}) for text in (PLAIN, HOSTILE)])
    assert hostile <= 3 * plain
