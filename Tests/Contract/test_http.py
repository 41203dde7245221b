"""HTTP: methods, paths, bodies, headers, and malformed requests."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from email.utils import parsedate_to_datetime

import pytest

from harness import PASSWORD, TIMEOUT, Answer, assert_problem, encode
from harness.browsers.authority import CertificateAuthority
from harness.tls import TLSEndpoint

ROUTES = {
    "/v1/login": {"POST"},
    "/v1/refresh": {"POST"},
    "/v1/logout": {"POST"},
    "/v1/logout-all": {"POST"},
    "/v1/session": {"GET", "HEAD"},
    "/v1/sessions": {"GET", "HEAD", "POST"},
    "/v1/revocations": {"GET", "HEAD"},
    "/v1/signals": {"POST"},
    "/v1/sessions/0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b": {"DELETE"},
    "/v1/password": {"POST"},
    "/.well-known/jwks.json": {"GET", "HEAD"},
    "/health/live": {"GET", "HEAD"},
    "/health/ready": {"GET", "HEAD"},
}
JSON_ROUTES = ["/v1/login", "/v1/refresh", "/v1/logout", "/v1/logout-all", "/v1/password"]
GOOD = {"username": "ada", "password": PASSWORD}


@pytest.fixture(scope="module")
def access_token(server) -> str:
    return server.login()["access_token"]


# Methods and paths.


@pytest.mark.parametrize("path", ROUTES)
def test_a_path_refuses_other_methods_and_names_those_that_it_allows(server, path):
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - ROUTES[path]:
        answer = server.request(method, path)
        assert_problem(answer, "method_not_allowed")
        assert {name.strip() for name in answer.headers["Allow"].split(",")} == ROUTES[path]


@pytest.mark.parametrize("path", [
    "/v1/login/", "//v1/login", "/v1//login", "/v1%2flogin", "/v1/%6cogin", "/V1/login", "/v1/Login", "/v1/./login",
    "/v1/x/../login", "/v1/login;x=1", "/v1/login%00", "/v1/login%20", "/v1/login.json", "/v1", "/v1/sessions/",
    "/v1/sessions/a/b", "/v2/login", "/.well-known/", "/health", "/v1\\login", "/*",
])
def test_a_path_in_another_spelling_is_not_found(server, path):
    for method in ("GET", "POST", "DELETE"):
        assert_problem(server.request(method, path, GOOD), "not_found")


def test_a_query_does_not_change_the_route(server):
    assert server.post("/v1/login?delivery=cookie&x=%00", GOOD).status == 200


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/.well-known/jwks.json", "/v1/session"])
def test_a_head_is_answered_like_a_get_without_its_body(server, access_token, path):
    get = server.get(path, bearer=access_token)
    with server.connect() as connection:  # The next answer on the connection shows that the HEAD's answer has no body.
        connection.sendall(encode("HEAD", path, bearer=access_token))
        head = Answer.read(connection, "HEAD")
        connection.sendall(encode("GET", path, bearer=access_token))
        assert Answer.read(connection).body == get.body
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]
    # RFC 9110 §8.6: a Content-Length is that of the answer to a GET.
    assert head.headers.get("Content-Length", get.headers["Content-Length"]) == get.headers["Content-Length"]


def test_a_refused_head_has_no_body(server):
    for path, status in (("/v1/login", 405), ("/nowhere", 404), ("/v1/session", 401)):
        answer = server.request("HEAD", path)
        assert (answer.status, answer.body) == (status, b"")


def test_a_running_service_is_live_and_ready(server):
    for path in ("/health/live", "/health/ready"):
        answer = server.get(path)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/json"


def test_every_answer_has_its_own_request_id_and_forbids_sniffing(server, access_token):
    answers = [
        server.get("/health/live"), server.get("/health/live"), server.get("/.well-known/jwks.json"),
        server.post("/v1/login", GOOD), server.session(access_token), server.get("/nowhere"),
        server.post("/v1/logout", {"refresh_token": "garbage"}),
    ]
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == len(answers)
    assert {answer.headers["X-Content-Type-Options"] for answer in answers} == {"nosniff"}


def test_answers_over_its_own_tls_demand_tls_and_others_do_not(make_server, server, tmp_path):
    for answer in (server.get("/health/live"), server.get("/nowhere")):
        assert "Strict-Transport-Security" not in answer.headers
    authority = CertificateAuthority(tmp_path)
    files = {"certificateFile": str(authority.certificate_file), "privateKeyFile": str(authority.key_file)}
    secure = make_server({"http": {"tls": files}}, user=False)
    over_tls = TLSEndpoint(secure.port)
    for path in ("/health/live", "/nowhere", "/v1/session", "/login", "/.well-known/jwks.json", "/oauth/token"):
        answer = over_tls.get(path)
        (value,) = answer.headers.get_all("Strict-Transport-Security")
        age = int(re.fullmatch(r"max-age=(\d+)", value)[1])
        assert age >= 15_768_000, answer
    # The key that the authority wrote with mode 0644.
    assert f"file={authority.key_file} mode=0644" in secure.log


# Bodies.


@pytest.mark.parametrize("media_type", [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/problem+json",
    "application/jsonp", "text/json", "", "application", "json", None,
])
@pytest.mark.parametrize("path", JSON_ROUTES)
def test_other_media_types_are_refused(server, access_token, path, media_type):
    headers = {} if media_type is None else {"Content-Type": media_type}
    body = json.dumps({**GOOD, "current_password": PASSWORD, "new_password": "another battery horse"})
    assert_problem(server.post(path, body, headers=headers, bearer=access_token), "unsupported_media_type")


@pytest.mark.parametrize("media_type", [
    "application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8", "application/json ;x=y"])
def test_the_media_type_of_json_is_read_in_every_form(server, media_type):
    assert server.post("/v1/login", json.dumps(GOOD), headers={"Content-Type": media_type}).status == 200


def padded(size: int) -> bytes:
    body = json.dumps(GOOD).encode()
    return body + b" " * (size - len(body))


def chunked(body: bytes, size: int = 1000) -> bytes:
    chunks = [body[start:start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


JSON_TYPE = {"Content-Type": "application/json"}
CHUNKED = encode("POST", "/v1/login", headers={**JSON_TYPE, "Transfer-Encoding": "chunked"}).replace(
    b"Content-Length: 0\r\n", b"")


def test_a_body_of_the_allowed_size_is_accepted(server):
    assert server.post("/v1/login", padded(16384), headers=JSON_TYPE).status == 200
    with server.connect() as connection:
        connection.sendall(CHUNKED + chunked(padded(16384)))
        assert Answer.read(connection).status == 200


@pytest.mark.parametrize("request_bytes", [
    encode("POST", "/v1/login", padded(16385), headers=JSON_TYPE),
    CHUNKED + chunked(padded(16385)),
    encode("POST", "/v1/login", headers={**JSON_TYPE, "Content-Length": "10000000000"}),
    encode("POST", "/v1/login", headers={**JSON_TYPE, "Content-Length": "9223372036854775807"}),
], ids=["one byte too many", "one byte too many in chunks", "announced", "announced beyond reason"])
def test_a_larger_body_is_refused(server, request_bytes):
    with server.connect() as connection:
        connection.sendall(request_bytes)
        assert_problem(Answer.read(connection), "payload_too_large")
    assert server.get("/health/live").status == 200


@pytest.mark.parametrize("body", [
    "", " ", "{", "}", "[]", "null", "true", "1", '"text"', "{}{}", "{} x", "[{}]", "{,}", '{"a":1,}', '{"a" 1}',
    "{'a':1}", '{"a":01}', '{"a":1e999}', '{"a":NaN}', '{"a":"\n"}', '{"a":"\\x"}', '{"a":"\\ud800"}',
    '{"a":"\\udc00\\ud800"}',
    "\ufeff{}", "{}\0", "/**/{}", '{"a":+1}', '{"a":.5}', '{"a":tru}', "[" * 16000, '{"a":' * 3000,
    '{"a":' * 50 + "1" + "}" * 50,
    '{"username":"ada","username":"ada","password":"x"}', '{"username":"ada","\\u0075sername":"bob","password":"x"}',
    '{"username":"ada","password":"x","z":{"y":1,"y":2}}',
], ids=lambda body: body[:40])
def test_a_body_that_is_no_strict_json_object_is_refused(server, body):
    for path in ("/v1/login", "/v1/refresh"):
        assert_problem(server.post(path, body, headers=JSON_TYPE), "invalid_request")


@pytest.mark.parametrize("body", [
    b'{"username":"\xff","password":"x"}', b'{"username":"\xc0\xaf","password":"x"}', b'{"\xed\xa0\x80":1}',
    json.dumps(GOOD).encode("utf-16"), json.dumps(GOOD).encode("utf-32"),
])
def test_a_body_that_is_no_utf8_is_refused(server, body):
    assert_problem(server.post("/v1/login", body, headers=JSON_TYPE), "invalid_request")


@pytest.mark.parametrize("value", [True, 1, 1.5, [], {}, ["ada"]], ids=str)
def test_a_member_of_a_wrong_type_is_refused(server, access_token, value):
    for name in ("username", "password", "client_id", "device", "delivery", "scope"):
        assert_problem(server.post("/v1/login", {**GOOD, name: value}), "invalid_request")
    token = server.login()["refresh_token"]
    for name in ("refresh_token", "client_id"):
        assert_problem(server.post("/v1/refresh", {"refresh_token": token, name: value}), "invalid_request")
    for path in ("/v1/logout", "/v1/logout-all"):
        assert_problem(server.post(path, {"refresh_token": value}), "invalid_request")
    passwords = {"current_password": PASSWORD, "new_password": "another battery horse"}
    for name in passwords:
        assert_problem(server.post("/v1/password", {**passwords, name: value}, bearer=access_token), "invalid_request")
    assert server.refresh(token).status == 200


@pytest.mark.parametrize("path, body", [
    ("/v1/login", {}), ("/v1/login", {"username": "ada"}), ("/v1/login", {"password": PASSWORD}), ("/v1/refresh", {}),
    ("/v1/password", {"current_password": PASSWORD}), ("/v1/password", {"new_password": "another battery horse"}),
])
def test_a_missing_member_is_refused(server, access_token, path, body):
    assert_problem(server.post(path, body, bearer=access_token), "invalid_request")


def test_unknown_members_are_ignored(server):
    tokens = server.login(unknown={"deep": [1, None]}, access_token="x", sub="root")
    assert server.refresh(tokens["refresh_token"], generation=7, scope="admin").json["scope"] == ""


# Bearer tokens.


def test_without_a_credential_the_challenge_names_no_error(server):
    for method, path in (
        ("GET", "/v1/session"), ("GET", "/v1/sessions"), ("POST", "/v1/logout"), ("POST", "/v1/logout-all"),
        ("DELETE", "/v1/sessions/0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b"),
    ):
        assert_problem(server.request(method, path), "invalid_token", challenge=True)


def test_the_challenge_for_an_invalid_token_names_an_error(server):
    for token in ("garbage", "a.b.c", "..", "x" * 7000):
        assert_problem(server.session(token), "invalid_token")


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "bEaReR"])
def test_the_authorization_scheme_is_case_insensitive(server, access_token, scheme):
    assert server.get("/v1/session", headers={"Authorization": f"{scheme} {access_token}"}).status == 200


def test_a_token_in_the_query_is_ignored(server, access_token):
    answer = server.get(f"/v1/session?access_token={access_token}")
    assert_problem(answer, "invalid_token", challenge=True)


def test_two_authorization_headers_are_refused_and_have_no_effect(server):
    tokens = server.login()
    access = tokens["access_token"]
    twice = encode("GET", "/v1/session", bearer=access).replace(
        b"\r\n\r\n", b"\r\nAuthorization: Bearer " + access.encode() + b"\r\n\r\n")
    with server.connect() as connection:
        connection.sendall(twice)
        assert_problem(Answer.read(connection), "invalid_request")
    server.assert_live(tokens)


# Malformed requests. The server answers with at most one error and closes the connection.


def assert_rejected(server, data: bytes) -> None:
    received, closed = server.raw(data)
    assert received.count(b"HTTP/1.1 ") <= 1, received
    assert not received or received.startswith(b"HTTP/1.1 4") or received.startswith(b"HTTP/1.1 5"), received
    assert closed, received
    assert server.get("/health/live").status == 200


@pytest.mark.parametrize("headers", [
    "".join(f"X-Name-{number}: value\r\n" for number in range(1000)),
    "X-Name: value\r\n" * 1000,
    f"X-Name: {'x' * 100_000}\r\n",
    f"{'X' * 100_000}: value\r\n",
    f"X-Name: {'x' * 10_000_000}\r\n",
    f"Authorization: Bearer {'.' * 1_000_000}\r\n",
    f"Cookie: {'a=b; ' * 20_000}\r\n",
], ids=["many", "many of one name", "long value", "long name", "endless value", "dots", "cookies"])
def test_too_many_or_too_large_headers_are_rejected(server, headers):
    assert_rejected(server, f"GET /health/live HTTP/1.1\r\nHost: a\r\n{headers}\r\n".encode())


def test_a_path_of_excessive_length_is_rejected(server):
    assert_rejected(server, b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")


SMUGGLED = "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize("headers, body", [
    (["Content-Length: 4", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
    (["Transfer-Encoding: chunked", "Content-Length: 4"], "0\r\n\r\n"),
    (["Content-Length: 2", "Content-Length: 44"], "{}"),
    (["Content-Length: 2, 44"], "{}"),
    (["Content-Length: +2"], "{}"),
    (["Content-Length: -2"], "{}"),
    (["Content-Length: 0x2"], "{}"),
    (["Content-Length: 2 2"], "{}"),
    (["Content-Length: 99999999999999999999999"], "{}"),
    (["Content-Length : 2"], "{}"),
    (["Transfer-Encoding : chunked"], "2\r\n{}\r\n0\r\n\r\n"),
    (["Transfer-Encoding: xchunked"], "2\r\n{}\r\n0\r\n\r\n"),
    (["Transfer-Encoding: chunked, identity"], "2\r\n{}\r\n0\r\n\r\n"),
    (["Transfer-Encoding: identity", "Transfer-Encoding: chunked", "Content-Length: 2"], "2\r\n{}\r\n0\r\n\r\n"),
    (["Transfer-Encoding: chunked"], "zz\r\n{}\r\n0\r\n\r\n"),
    (["Transfer-Encoding: chunked"], "-2\r\n{}\r\n0\r\n\r\n"),
    (["Transfer-Encoding: chunked"], "0x2\r\n{}\r\n0\r\n\r\n"),
    (["Transfer-Encoding: chunked"], "fffffffffffffffff2\r\n{}\r\n0\r\n\r\n"),
    (["Transfer-Encoding: chunked"], "2\r\n{}xx0\r\n\r\n"),
    (["X-Folded: a", " b", "Content-Length: 2"], "{}"),
    (["X-Null: a\0b", "Content-Length: 2"], "{}"),
    (["No-Colon", "Content-Length: 2"], "{}"),
    ([": empty", "Content-Length: 2"], "{}"),
    (["X Space: a", "Content-Length: 2"], "{}"),
], ids=str)
def test_a_request_of_ambiguous_length_is_rejected(server, headers, body):
    lines = ["POST /v1/login HTTP/1.1", "Host: a", "Content-Type: application/json", *headers, "", body + SMUGGLED]
    assert_rejected(server, "\r\n".join(lines).encode())


@pytest.mark.parametrize("line", [
    "GET /health/live", "GET /health/live HTTP/9.9", "GET /health/live HTTP/1.1 x",
    "G\0T /health/live HTTP/1.1", "GET /health\0live HTTP/1.1", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "GET health/live HTTP/1.1", "PRI * HTTP/2.0",
], ids=repr)
def test_a_malformed_request_line_is_rejected(server, line):
    assert_rejected(server, f"{line}\r\nHost: a\r\n\r\n".encode("latin-1"))


def test_pipelined_requests_are_answered_in_order(server):
    with server.connect() as connection:
        connection.sendall(
            encode("POST", "/v1/login", GOOD) + encode("GET", "/nowhere") + encode("GET", "/health/live"))
        received = b""
        while received.count(b"HTTP/1.1 ") < 3 or not received.endswith(b"}"):
            received += connection.recv(65536)
    statuses = [part[:3] for part in received.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"404", b"200"]


def test_many_pipelined_requests_are_answered_in_order(server):
    paths = ["/health/live", "/nowhere", "/.well-known/jwks.json", "/v1/session"] * 100
    expected = [b"200", b"404", b"200", b"401"] * 100
    with server.connect() as connection:
        connection.sendall(b"".join(encode("GET", path) for path in paths))
        received = b""
        while received.count(b"HTTP/1.1 ") < len(paths) or not received.endswith(b"}"):
            part = connection.recv(1 << 20)
            assert part, received[-500:]
            received += part
    assert [part[:3] for part in received.split(b"HTTP/1.1 ")[1:]] == expected


@pytest.mark.parametrize("last", ["/health/live", "/nowhere", "/v1/session"])
def test_a_client_that_sends_nothing_more_gets_every_answer(server, last):
    # The first answer takes a while, so that the end of the input waits behind the last request.
    with server.connect() as connection:
        connection.sendall(encode("POST", "/v1/login", GOOD) + encode("GET", "/health/live") + encode("GET", last))
        connection.shutdown(socket.SHUT_WR)
        received = receive_all(connection)
    statuses = [part[:3] for part in received.split(b"HTTP/1.1 ")[1:]]
    assert statuses[:2] == [b"200", b"200"] and len(statuses) == 3, received
    assert b"refresh_token" in received and received.lower().count(b"connection: close") == 1


def test_a_client_that_sends_nothing_more_gets_the_answers_to_very_many_requests(server):
    count = 1500
    with server.connect() as connection:
        threading.Thread(target=send_and_end, args=(connection, encode("GET", "/health/live") * count)).start()
        received = receive_all(connection)
    assert received.count(b"HTTP/1.1 200 ") == count


def send_and_end(connection: socket.socket, data: bytes) -> None:
    connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)


def test_large_answers_are_complete_when_the_client_sends_nothing_more(server):
    whole = server.get("/openapi.yaml").body
    with server.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(encode("GET", "/openapi.yaml") * 3)
        connection.shutdown(socket.SHUT_WR)
        # The service has written what it could.
        assert server.get("/health/live").status == 200
        received = receive_all(connection)
    assert received.count(whole) == 3


def receive_all(connection: socket.socket) -> bytes:
    """What arrives until the service closes the connection."""
    received = b""
    while part := connection.recv(1 << 16):
        received += part
    return received


def test_requests_wait_while_the_client_reads_no_answers(server):
    requests = encode("GET", "/openapi.yaml") * 1000
    sent = 0
    with server.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        before = server.memory
        connection.settimeout(2)
        with pytest.raises(TimeoutError):
            while sent < 100 << 20:
                sent += connection.send(requests[sent % len(requests):])
        # What has been sent would have more than a gigabyte of answers.
        assert server.memory < before + (30 << 20)
        assert server.get("/health/live").status == 200


def test_every_answer_has_the_date(server):
    for answer in (server.get("/health/live"), server.get("/nowhere"), server.request("HEAD", "/health/live")):
        date = answer.headers["Date"]
        assert re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", date), date
        assert abs(parsedate_to_datetime(date).timestamp() - time.time()) < TIMEOUT


def test_a_body_that_arrives_too_slowly_is_cut_off(server):
    def drip(head: bytes, drop: bytes, cut: list) -> None:
        with server.connect() as connection:
            connection.sendall(head)
            deadline = time.monotonic() + 2 * TIMEOUT
            connection.settimeout(0.5)
            while time.monotonic() < deadline:
                try:
                    connection.sendall(drop)
                    if not connection.recv(65536):
                        cut.append(True)
                        return
                except TimeoutError:
                    continue
                except (ConnectionError, socket.error):
                    cut.append(True)
                    return

    cut: list = []
    threads = [threading.Thread(target=drip, args=(head, drop, cut)) for head, drop in (
        (encode("POST", "/v1/login", headers={**JSON_TYPE, "Content-Length": "10000"}), b" "),
        (CHUNKED, b"1\r\n \r\n"),
    )]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cut == [True, True]
    assert server.get("/health/live").status == 200


def test_an_optional_member_that_is_null_counts_as_absent(server):
    absent = dict.fromkeys(("client_id", "device", "delivery", "scope"))
    members = {"username": "ada", "password": PASSWORD, **absent}
    answer = server.post("/v1/login", members)
    assert answer.status == 200, answer
    body = {"refresh_token": answer.json["refresh_token"], "client_id": None}
    assert server.post("/v1/refresh", body).status == 200
    assert_problem(server.post("/v1/login", members | {"password": None}), "invalid_request")
    assert_problem(server.post("/v1/refresh", {"refresh_token": None}), "invalid_request")
