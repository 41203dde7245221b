"""The server under test, and what the tests say to it."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path

BINARY = os.environ.get("HEIRLOOM_BINARY") or str(Path(__file__).resolve().parents[2] / ".build/release/heirloom")
PASSWORD = "correct horse battery staple"
PATIENCE = 30  # Seconds until a test gives up; generous, since machines are shared.

# Members of a successful login or refresh (contract §2).
TOKEN_MEMBERS = {
    "token_type", "access_token", "expires_in", "refresh_token", "refresh_expires_in", "session_id", "subject", "scope",
}

# Each error code's status and what it tells a client to do (contract §2).
PROBLEMS = {
    "invalid_request": (400, "fix"),
    "invalid_credentials": (401, "login"),
    "invalid_token": (401, "login"),
    "expired_token": (401, "login"),
    "session_revoked": (401, "login"),
    "reuse_detected": (401, "login"),
    "not_found": (404, "fix"),
    "method_not_allowed": (405, "fix"),
    "payload_too_large": (413, "fix"),
    "unsupported_media_type": (415, "fix"),
    "too_many_attempts": (429, "retry"),
    "weak_password": (400, "fix"),
    "unavailable": (503, "retry"),
}


class Answer:
    """An HTTP response."""

    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @classmethod
    def read(cls, connection: socket.socket, method: str = "GET") -> "Answer":
        response = http.client.HTTPResponse(connection, method=method)
        response.begin()
        return cls(response)

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"{self.status} {dict(self.headers)} {self.body!r}"


def assert_problem(answer: Answer, code: str, *, action: str | None = None, challenge: bool = False) -> None:
    """A problem document with this code and all that belongs to it. `challenge`: no credential had been sent."""
    status, usual_action = PROBLEMS[code]
    assert answer.status == status, answer
    assert answer.headers["Content-Type"] == "application/problem+json", answer
    assert answer.headers["Cache-Control"] == "no-store", answer
    assert answer.headers["X-Content-Type-Options"] == "nosniff", answer
    assert answer.headers["X-Request-Id"], answer
    problem = answer.json
    assert set(problem) == {"type", "title", "status", "detail", "code", "action"}, answer
    assert (problem["status"], problem["code"], problem["action"]) == (status, code, action or usual_action), answer
    assert all(isinstance(problem[name], str) and problem[name] for name in ("type", "title", "detail")), answer
    if status == 401:
        told = answer.headers["WWW-Authenticate"]
        assert told.split()[0] == "Bearer", answer
        assert ('error="invalid_token"' in told) == (code != "invalid_credentials" and not challenge), answer
    else:
        assert "WWW-Authenticate" not in answer.headers, answer
    if status in (429, 503):
        assert int(answer.headers["Retry-After"]) >= 1, answer


def encode(method: str, path: str, body=None, *, bearer: str | None = None, headers: dict | None = None) -> bytes:
    """A request's bytes; `body` is text, bytes or what becomes JSON. Nothing of the path is normalised."""
    headers = {"Host": "localhost", **(headers or {})}
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"
    if body is None:
        body = b""
    elif isinstance(body, str):
        body = body.encode()
    elif not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
    if body or method == "POST":
        headers.setdefault("Content-Length", str(len(body)))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Server:
    """One installation in a folder of its own."""

    def __init__(self, folder: Path, settings: dict | None = None):
        self.folder = folder
        self.data = folder / "data"
        self.master_key = self.data / "master.key"
        self.database = self.data / "heirloom.sqlite"
        self.config = folder / "config.json"
        self.log_file = folder / "server.log"
        self.process: subprocess.Popen | None = None
        self.port = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.configure(settings or {})

    def configure(self, settings: dict) -> None:
        """Writes the configuration: cheap passwords, no limits on logins, and `settings` over that."""
        values = {
            "http": {"port": 0},
            "admin": {"port": 0},
            "passwords": {"memoryKiB": 64, "iterations": 1},
            "loginLimits": {"perAccount": 0, "perAddress": 0},
        }
        for name, value in settings.items():
            values[name] = {**values.get(name, {}), **value} if isinstance(value, dict) else value
        self.config.write_text(json.dumps(values))

    # Running it.

    @staticmethod
    def environment(added: dict | None = None) -> dict:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HEIRLOOM_")}
        return inherited | (added or {})

    def start(self, *arguments: str, environment: dict | None = None, umask: int = -1) -> "Server":
        before = len(self.log)
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--config", str(self.config), *arguments], cwd=self.folder.parent, umask=umask,
                env=self.environment(environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not (found := re.search(r"Heirloom listens on http://127\.0\.0\.1:(\d+)", self.log[before:])):
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.log[before:]}"
            assert time.monotonic() < deadline, f"does not start: {self.log[before:]}"
            time.sleep(0.01)
        self.port = int(found[1])
        return self

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> "Server":
        assert self.stop() == 0
        return self.start()

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def refuses_to_start(self) -> str:
        """What a start that fails says."""
        run = self.cli("serve")
        assert run.returncode == 1, run
        assert "listens on" not in run.stderr, run
        return run.stderr

    def cli(self, *arguments: str, stdin: str = "", environment: dict | None = None) -> subprocess.CompletedProcess:
        return subprocess.run(
            [BINARY, *arguments, "--config", str(self.config)], cwd=self.folder.parent, input=stdin.encode(),
            env=self.environment(environment), capture_output=True, timeout=PATIENCE).__class__ and _run(
                [BINARY, *arguments, "--config", str(self.config)], self.folder.parent, stdin,
                self.environment(environment))

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""
