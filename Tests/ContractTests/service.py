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
from contextlib import closing, contextmanager
from pathlib import Path

from cluster import Cluster

BINARY = os.environ.get("HEIRLOOM_BINARY") or str(Path(__file__).resolve().parents[2] / ".build/release/heirloom")
PASSWORD = "correct horse battery staple"
# Which store the service runs on: sqlite, or postgres, a cluster of the tests' own.
DATABASE = os.environ.get("HEIRLOOM_TEST_DATABASE", "sqlite")
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
    "conflict": (409, "fix"),
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
    """One installation in a folder of its own, and on PostgreSQL a database of its own in the cluster of them all."""

    cluster: Cluster | None = None

    def __init__(self, folder: Path, settings: dict | None = None):
        self.folder = folder
        self.data = folder / "data"
        self.master_key = self.data / "master.key"
        self.database = self.data / "heirloom.sqlite"
        self.config = folder / "config.json"
        self.log_file = folder / "server.log"
        self.process: subprocess.Popen | None = None
        self.port = 0
        self.admin_port: int | None = None
        self.database_name = self.cluster.make_database() if self.cluster else ""
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
        if self.cluster:
            values["database"] = {"url": self.cluster.url(self.database_name)}
        for name, value in settings.items():
            values[name] = {**values.get(name, {}), **value} if isinstance(value, dict) else value
        self.config.write_text(json.dumps(values))

    @property
    def admin_token(self) -> str:
        return (self.data / "admin.token").read_text().strip()

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
        while not (found := re.search(r"Heirloom listens on https?://127\.0\.0\.1:(\d+)", self.log[before:])):
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.log[before:]}"
            assert time.monotonic() < deadline, f"does not start: {self.log[before:]}"
            time.sleep(0.01)
        self.port = int(found[1])
        admin = re.search(r"metrics are at http://[\d.]+:(\d+)", self.log[before:])
        self.admin_port = int(admin[1]) if admin else None
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
        """Runs a command on this installation's files."""
        return subprocess.run(
            [BINARY, *arguments, "--config", str(self.config)], cwd=self.folder.parent, input=stdin, text=True,
            env=self.environment(environment), capture_output=True, timeout=PATIENCE)

    def command(self, *arguments: str, stdin: str = "") -> str:
        """A command that must succeed; returns what it prints."""
        run = self.cli(*arguments, stdin=stdin)
        assert run.returncode == 0, run
        return run.stdout

    def add_user(self, name: str, password: str = PASSWORD) -> str:
        """Returns the subject id."""
        return self.command("user", "add", name, "--password-stdin", stdin=password).strip()

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def query(self, sql: str) -> list[tuple]:
        """Asks, or changes, the database."""
        if self.cluster:
            return self.cluster.query(sql, self.database_name)
        with closing(sqlite3.connect(self.database, timeout=PATIENCE)) as database, database:
            return database.execute(sql).fetchall()

    def save(self, file: Path) -> None:
        """Keeps a copy of the database as it stands."""
        if self.cluster:
            self.cluster.dump(self.database_name, file)
        else:
            self.command("backup", str(file))

    def restore(self, file: Path) -> None:
        """Puts a copy in the place of the database. The service is stopped."""
        if self.cluster:
            self.cluster.restore(self.database_name, file)
        else:
            for suffix in ("", "-wal", "-shm"):
                (self.database.parent / (self.database.name + suffix)).unlink(missing_ok=True)
            shutil.copy(file, self.database)

    @contextmanager
    def locked(self):
        """Nobody can write meanwhile."""
        if self.cluster:
            with self.cluster.connect(self.database_name) as database, database.transaction():
                database.execute("LOCK TABLE refresh_tokens, sessions, subjects")
                yield
        else:
            with closing(sqlite3.connect(self.database, isolation_level=None)) as database:
                database.execute("BEGIN IMMEDIATE")
                yield
                database.execute("ROLLBACK")

    @property
    def stored(self) -> bytes:
        """All that the database has on the disk."""
        if self.cluster:
            return self.cluster.bytes_of(self.database_name)
        return b"".join(path.read_bytes() for path in self.data.glob("heirloom.sqlite*"))

    def events(self, session: str) -> list[str]:
        """The kinds of a session's audit events, in their order."""
        key = session.replace("-", "")
        return [kind for (kind,) in self.query(
            f"SELECT kind FROM events WHERE session_id = x'{key}' ORDER BY event_id")]

    # Speaking HTTP.

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def request(self, method: str, path: str, body=None, **options) -> Answer:
        with self.connect() as connection:
            connection.sendall(encode(method, path, body, **options))
            return Answer.read(connection, method)

    def get(self, path: str, **options) -> Answer:
        return self.request("GET", path, **options)

    def post(self, path: str, body=None, **options) -> Answer:
        return self.request("POST", path, body, **options)

    def raw(self, data: bytes, silence: float = 2) -> tuple[bytes, bool]:
        """Sends bytes as they are; returns what comes back and whether the server closed the connection."""
        received = b""
        with self.connect() as connection:
            # The server may stop reading before all is sent.
            threading.Thread(target=send, args=(connection, data), daemon=True).start()
            connection.settimeout(silence)
            try:
                while chunk := connection.recv(65536):
                    received += chunk
            except TimeoutError:
                return received, False
            except ConnectionError:
                pass
        return received, True

    def burst(self, requests: list[bytes]) -> list[Answer]:
        """Opens a connection for each request, sends all of them at one moment, then reads the answers."""
        connections = [self.connect() for _ in requests]
        try:
            for connection, data in zip(connections, requests):
                connection.sendall(data)
            return [Answer.read(connection) for connection in connections]
        finally:
            for connection in connections:
                connection.close()

    # Speaking the contract.

    def try_login(
        self, name: str = "ada", password: str = PASSWORD, *, headers: dict | None = None, **members
    ) -> Answer:
        return self.post("/v1/login", {"username": name, "password": password, **members}, headers=headers)

    def login(self, name: str = "ada", password: str = PASSWORD, **options) -> dict:
        answer = self.try_login(name, password, **options)
        assert answer.status == 200, answer
        return answer.json

    def refresh(self, token: str, **members) -> Answer:
        return self.post("/v1/refresh", {"refresh_token": token, **members})

    def rotate(self, token: str) -> dict:
        """A refresh that must succeed."""
        answer = self.refresh(token)
        assert answer.status == 200, answer
        return answer.json

    def chain(self, length: int) -> list[dict]:
        """A login and so many refreshes: one session's generations."""
        generations = [self.login()]
        for _ in range(length):
            generations.append(self.rotate(generations[-1]["refresh_token"]))
        return generations

    def session(self, access_token: str) -> Answer:
        return self.get("/v1/session", bearer=access_token)

    def assert_alive(self, tokens: dict) -> None:
        """The session that these, its newest tokens, belong to goes on."""
        assert self.session(tokens["access_token"]).status == 200
        assert self.refresh(tokens["refresh_token"]).status == 200

    def assert_ended(self, tokens: dict) -> None:
        """The session is over, whichever of its newest tokens is shown."""
        assert_problem(self.session(tokens["access_token"]), "session_revoked")
        assert_problem(self.refresh(tokens["refresh_token"]), "session_revoked")


def send(connection: socket.socket, data: bytes) -> None:
    try:
        connection.sendall(data)
    except OSError:
        pass


def claims(token: str) -> dict:
    """What a JWT claims, unverified."""
    return json.loads(unbase64(token.split(".")[1]))


def unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def together(*calls):
    """Runs calls in threads that begin at one moment; returns their results in order."""
    results = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(index: int, call) -> None:
        barrier.wait(PATIENCE)
        try:
            results[index] = call()
        except BaseException as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
