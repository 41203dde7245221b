"""The examples in Python, run as they stand."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jwt
import pytest

from harness import PASSWORD, add_client
from harness.concurrency import wait_until

pytestmark = pytest.mark.store("sqlite")
EXAMPLES = Path(__file__).parents[2] / "Examples" / "Python"


def load(name: str):
    specification = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


class Between:
    """A proxy before a server. For each request it does what `faults` says first, and passes the others on."""

    def __init__(self, server):
        self.server, self.faults, self.paths = server, [], []
        between = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                between.paths.append(self.path)
                fault = between.faults.pop(0) if between.faults else None
                if isinstance(fault, int):
                    status, content, kind = fault, b"<html>", "text/html"
                else:
                    answer = between.server.post(self.path, json.loads(body))
                    status, content, kind = answer.status, answer.body, "application/json"
                if fault == "lose":
                    return
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(content[:9] if fault == "cut" else content)

            def log_message(self, *_):
                pass

        self.listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.listener.server_port}"
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def end(self):
        self.listener.shutdown()
        self.listener.server_close()


@pytest.fixture
def between(make_server):
    between = Between(make_server({"accessToken": {"lifetimeSeconds": 4}, "refreshToken": {"maxRetries": 10}}))
    yield between
    between.end()


def run(between, file, *arguments, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, EXAMPLES / "client.py", between.url, file, *arguments], capture_output=True, text=True,
        timeout=60, **options)


def test_the_client_stays_signed_in_over_processes_and_lost_answers(between, tmp_path):
    file = tmp_path / "tokens"
    assert run(between, file, "login", "ada", input=PASSWORD + "\n").returncode == 0
    assert os.stat(file).st_mode & 0o777 == 0o600
    first = run(between, file, "token").stdout.strip()
    assert between.server.session(first).status == 200
    # A token that an API has refused; answers that are lost, or come from a proxy.
    client = load("client").Client(between.url, str(file))
    between.faults = ["lose", 502, 429, "cut"]
    second = client.access_token(refused=first)
    assert second != first and between.server.session(second).json["generation"] == 1 and not between.faults
    # The process was killed before it had stored the answer.
    between.server.post("/v1/refresh", {"refresh_token": client.load()["refresh_token"], "client_id": "web"})
    third = client.access_token(refused=second)
    assert between.server.session(third).json["generation"] == 2
    # A second process reads what the first one got.
    assert run(between, file, "token").stdout.strip() in (third, client.access_token())
    assert run(between, file, "logout").returncode == 0 and not file.exists()
    assert between.server.session(third).status == 401


def test_processes_that_refresh_at_once_make_one_generation(between, tmp_path):
    file = tmp_path / "tokens"
    client = load("client").Client(between.url, str(file))
    client.login("ada", PASSWORD, device="job")
    tokens = client.load()
    file.write_text(json.dumps({**tokens, "due": 0}))
    with ThreadPoolExecutor(6) as pool:
        outputs = {future.stdout for future in pool.map(lambda _: run(between, file, "token"), range(6))}
    # All were due; the first one refreshed. One that starts late may find the next refresh due.
    assert 1 <= between.paths.count("/v1/refresh") < 6 and "" not in outputs
    assert between.server.session(client.access_token()).status == 200


def test_the_client_says_when_the_session_has_ended_and_never_before(between, tmp_path, monkeypatch):
    module = load("client")
    client = module.Client(between.url, str(tmp_path / "tokens"))
    with pytest.raises(module.SignedOut):
        client.access_token()
    with pytest.raises(ValueError):
        client.login("ada", "wrong")
    client.login("ada", PASSWORD)
    monkeypatch.setattr(module.time, "sleep", lambda _: None)
    between.faults = [503] * 8
    with pytest.raises(module.urllib3.exceptions.MaxRetryError):
        client.access_token(refused=client.load()["access_token"])
    before = client.load()
    for status in (200, 302, 307, 401, 404):
        between.faults = [status]
        with pytest.raises(ValueError):
            client.access_token(refused=before["access_token"])
    with pytest.raises(ValueError):
        client.login("ada", "wrong")
    assert client.load() == before and "/elsewhere" not in between.paths
    token = client.access_token(refused=client.load()["access_token"])
    between.server.command("session", "revoke", jwt.decode(token, options={"verify_signature": False})["sid"])
    with pytest.raises(module.SignedOut):
        client.access_token(refused=token)
    assert not (tmp_path / "tokens").exists()


def test_the_verifier_follows_the_feed(make_server):
    server = make_server()
    reader = add_client(server, "reader", "--permit", "feed")
    issuer = server.get("/.well-known/openid-configuration").json["issuer"]

    def make_verifier():
        return load("verify").Verifier(
            issuer, "api", (reader.name, reader.secret), server=f"http://127.0.0.1:{server.port}")

    verifier = make_verifier()

    def refusal(tokens) -> type | None:
        try:
            assert verifier.verify(tokens["access_token"])["sid"] == tokens["session_id"]
        except jwt.PyJWTError as error:
            return type(error)

    one, other = server.login(), server.login()
    assert refusal(one) is refusal(other) is None
    server.post("/v1/logout", {"refresh_token": one["refresh_token"]})
    wait_until(lambda: refusal(one) is jwt.InvalidTokenError)
    assert refusal(other) is None
    # New claims: a refresh helps.
    server.command("user", "claims", "ada", '{"role": "editor"}', "--now")
    wait_until(lambda: refusal(other) is jwt.ExpiredSignatureError)
    wait_until(lambda: refusal(server.rotate(other["refresh_token"]) | {"session_id": other["session_id"]}) is None)
    third = server.login()
    assert refusal(third) is None
    assert server.post("/v1/logout-all", bearer=third["access_token"]).status == 200
    after = server.login()
    wait_until(lambda: refusal(third) is jwt.InvalidTokenError)
    assert refusal(after) is None
    # An API that starts knows at once which sessions have ended.
    verifier = make_verifier()
    assert ("session", one["session_id"]) in verifier.revoked and refusal(third) is jwt.InvalidTokenError
    # An outage changes nothing.
    server.stop()
    assert refusal(after) is None and refusal(third) is jwt.InvalidTokenError
    for text in ("", "x", after["refresh_token"]):
        with pytest.raises(jwt.PyJWTError):
            verifier.verify(text)
