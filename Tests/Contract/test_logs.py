"""What the log says, for people and for programs."""

from __future__ import annotations

import base64
import json
import re
import socket
import struct
import urllib.request

import pytest

from harness.concurrency import wait_until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
LOGFMT = re.compile(r'(?:[^\s="]+=(?:"(?:[^"\\]|\\.)*"|[^\s="]+)(?: |$))+')


def fields(line: str) -> dict:
    return {name: quoted or plain for name, quoted, plain in re.findall(r'(\S+?)=(?:"((?:[^"\\]|\\.)*)"|(\S+))', line)}


def requests(server, format: str) -> list[dict]:
    if format == "json":
        lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
        return [line["metadata"] for line in lines if line["message"] == "request"]
    return [fields(line) for line in server.log.splitlines() if "message=request " in line]


@pytest.mark.parametrize("format", ["text", "json"])
def test_each_request_has_one_id_and_the_callers_trace(make_server, format):
    server = make_server({"log": {"level": "debug", "format": format}, "http": {"trustedProxies": ["127.0.0.1"]}})
    traced = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "X-Request-Id": "from-the-proxy"}
    assert server.get("/health/live", headers=traced).headers["X-Request-Id"] == "from-the-proxy"
    own = server.get("/health/live", headers={"traceparent": "00-0-0-00"}).headers["X-Request-Id"]
    wait_until(lambda: len(requests(server, format)) >= 2)
    first, second = requests(server, format)[-2:]
    assert (first["request_id"], first["trace_id"]) == ("from-the-proxy", TRACE)
    assert second["request_id"] == own and "trace_id" not in second
    assert "hb.request.id" not in first


def test_the_request_id_of_a_stranger_is_not_kept(make_server):
    server = make_server()
    assert server.get("/health/live", headers={"X-Request-Id": "mine"}).headers["X-Request-Id"] != "mine"


def test_every_text_line_is_logfmt_and_every_json_line_is_json(make_server):
    server = make_server({"log": {"level": "debug"}, "accessToken": {"lifetimeSeconds": 901}})
    server.login()
    server.stop()
    lines = [line for line in server.log.splitlines() if line.startswith("time=")]
    assert len(lines) > 3 and all(LOGFMT.fullmatch(line) for line in lines), lines
    server.log_file.unlink()
    server.configure({"log": {"level": "debug", "format": "json"}, "accessToken": {"lifetimeSeconds": 901}})
    server.start()
    server.stop()
    lines = [json.loads(line) for line in server.log.splitlines()]
    assert any(line["metadata"].get("url") == f"http://127.0.0.1:{server.port}" for line in lines)


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_reuse_is_a_warning_that_says_who_and_how_far_behind(make_server, format):
    server = make_server({"log": {"format": format}})
    first, _, third = server.chain(2)
    server.refresh(first["refresh_token"])
    wait_until(lambda: "reuse_detected" in server.log)
    line = next(line for line in server.log.splitlines() if "reuse_detected" in line)
    stated = json.loads(line)["metadata"] if format == "json" else fields(line)
    assert "warning" in line and stated["generations_behind"] == "2"
    assert (stated["session_id"], stated["subject"]) == (first["session_id"], first["subject"])
    assert first["refresh_token"][30:60] not in server.log and third["refresh_token"][30:60] not in server.log


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_failed_bind_is_one_line(make_server, format):
    server = make_server(start=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server.configure({"http": {"port": port}, "log": {"format": format}})
        run = server.cli("serve")
    assert run.returncode == 1
    failures = [line for line in run.stderr.splitlines() if "rror" in line or "cannot" in line]
    assert len(failures) == 1 and f"cannot listen on 127.0.0.1:{port}" in failures[0], run
    if format == "json":
        assert json.loads(failures[0])["level"] == "error"
    # A host that does not exist fails later, when the other listener is open.
    server.configure({"http": {"host": "nowhere.invalid"}, "log": {"format": format}})
    run = server.cli("serve")
    failures = [line for line in run.stderr.splitlines() if "rror" in line or "cannot" in line]
    assert run.returncode == 1 and len(failures) == 1, run


def test_a_client_that_hangs_up_is_no_error(make_server):
    server = make_server()
    bearer = server.login()["access_token"].encode()
    requests = [
        b"GET / HTTP/1.1\r\nHost: x\r\n", b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /v1/refresh HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
        b"GET /v1/session HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + bearer + b"\r\n\r\n",
    ]
    for request in requests * 5:
        for reset in (False, True):
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                connection.sendall(request)
                if reset:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert server.get("/health/live").status == 200
    assert server.stop() == 0
    assert "level=error" not in server.log and "level=warning" not in server.log


def test_a_reader_of_the_feed_that_hangs_up_is_no_error(make_server):
    server = make_server()
    client = json.loads(server.command("client", "add", "api", "--confidential", "--json"))
    basic = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    for accept in ("application/json", "text/event-stream"):
        for reset in (False, True):
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                connection.sendall(
                    "GET /v1/revocations?after=0&wait=20 HTTP/1.1\r\nHost: x\r\n"
                    f"Accept: {accept}\r\nAuthorization: Basic {basic}\r\n\r\n".encode())
                wait_until(lambda: readers(server) == 1)
                if reset:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            wait_until(lambda: readers(server) == 0)
    assert server.stop() == 0
    assert "level=error" not in server.log and "level=warning" not in server.log


def readers(server) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.admin_port}/metrics") as answer:
        return int(re.search(r"^heirloom_feed_readers (\d+)", answer.read().decode(), re.MULTILINE)[1])
