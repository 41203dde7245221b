"""One installation of the service."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from contextlib import closing, contextmanager
from pathlib import Path

from .cluster import Cluster
from .endpoint import Endpoint
from .messages import Answer, assert_problem
from .settings import BINARY, PASSWORD, TIMEOUT


class Server(Endpoint):
    """An installation in a folder of its own: its configuration, process, commands, database and sessions.

    `cluster`: where its database is; without one the store is SQLite in the data folder.
    """

    # Seconds until a stop is a failure.
    stop_timeout = TIMEOUT

    def __init__(self, folder: Path, settings: dict | None = None, *, cluster: Cluster | None = None):
        super().__init__(port=0)
        self.folder = folder
        self.data = folder / "data"
        self.master_key = self.data / "master.key"
        self.database = self.data / "heirloom.sqlite"
        self.config = folder / "config.json"
        self.log_file = folder / "server.log"
        self.process: subprocess.Popen | None = None
        self.admin_port: int | None = None
        self.cluster = cluster
        self.database_name = cluster.make_database() if cluster else ""
        folder.mkdir(parents=True, exist_ok=True)
        self.configure(settings or {})

    def configure(self, settings: dict) -> None:
        """Writes the configuration: cheap passwords, no limits on logins, and then `settings`."""
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

    # The process.

    @staticmethod
    def environment(added: dict | None = None) -> dict:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HEIRLOOM_")}
        return inherited | (added or {})

    def spawn(self, *arguments: str, environment: dict | None = None, stderr=None, **options) -> subprocess.Popen:
        """Starts the process and does not wait for it. Its standard error goes to the log file, or to `stderr`."""
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--config", str(self.config), *arguments], cwd=self.folder.parent,
                env=self.environment(environment), stdin=subprocess.DEVNULL, stdout=log,
                stderr=log if stderr is None else stderr, **options)
        return self.process

    def start(self, *arguments: str, **options) -> "Server":
        """Starts the process and waits until it listens."""
        before = len(self.log)
        self.spawn(*arguments, **options)
        deadline = time.monotonic() + TIMEOUT
        while not (found := re.search(r"Heirloom listens on https?://127\.0\.0\.1:(\d+)", self.log[before:])):
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.log[before:]}"
            assert time.monotonic() < deadline, f"does not start: {self.log[before:]}"
            time.sleep(0.01)
        self.port = int(found[1])
        admin = re.search(r"metrics are at http://[\d.]+:(\d+)", self.log[before:])
        self.admin_port = int(admin[1]) if admin else None
        return self

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        self.process.terminate()
        return self.process.wait(self.stop_timeout)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> "Server":
        assert self.stop() == 0
        return self.start()

    def end(self) -> None:
        """Kills the process if it runs, stopped by a signal or not."""
        if self.is_running():
            self.signal(signal.SIGCONT)
            self.kill()

    def refuses_to_start(self) -> str:
        """A start fails; returns its message."""
        run = self.cli("serve")
        assert run.returncode == 1, run
        assert "listens on" not in run.stderr, run
        return run.stderr

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    @property
    def memory(self) -> int:
        """Resident bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmRSS:\s+(\d+)", status, re.M)[1]) * 1024

    # Commands.

    def cli(self, *arguments: str, stdin: str = "", environment: dict | None = None) -> subprocess.CompletedProcess:
        """Runs a command on this installation's files."""
        return subprocess.run(
            [BINARY, *arguments, "--config", str(self.config)], cwd=self.folder.parent, input=stdin, text=True,
            env=self.environment(environment), capture_output=True, timeout=TIMEOUT)

    def command(self, *arguments: str, stdin: str = "") -> str:
        """Runs a command that must succeed; returns its output."""
        run = self.cli(*arguments, stdin=stdin)
        assert run.returncode == 0, run
        return run.stdout

    def start_command(self, *arguments: str) -> subprocess.Popen:
        """Starts a command that ends only when it is killed."""
        return subprocess.Popen(
            [BINARY, *arguments, "--config", str(self.config)], cwd=self.folder.parent, text=True,
            env=self.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)

    def add_user(self, name: str, password: str = PASSWORD) -> str:
        """Returns the subject id."""
        return self.command("user", "add", name, "--password-stdin", stdin=password).strip()

    def allow_scope(self, scope: str, client: str = "web") -> None:
        """Lets a client ask for a scope."""
        self.command("client", "set", client, "--scope", scope)

    # The database.

    def query(self, sql: str) -> list[tuple]:
        """Reads or changes the database."""
        if self.cluster:
            return self.cluster.query(sql, self.database_name)
        with closing(sqlite3.connect(self.database, timeout=TIMEOUT)) as database, database:
            return database.execute(sql).fetchall()

    def save(self, file: Path) -> None:
        """Writes a copy of the database."""
        if self.cluster:
            self.cluster.dump(self.database_name, file)
        else:
            self.command("backup", str(file))

    def restore(self, file: Path) -> None:
        """Replaces the database by a copy. The service must be stopped."""
        if self.cluster:
            self.cluster.restore(self.database_name, file)
        else:
            for suffix in ("", "-wal", "-shm"):
                (self.database.parent / (self.database.name + suffix)).unlink(missing_ok=True)
            shutil.copy(file, self.database)

    @contextmanager
    def locked(self):
        """Holds a lock, so that the service cannot write."""
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
        """All bytes that the database has on disk."""
        if self.cluster:
            return self.cluster.bytes_of(self.database_name)
        return b"".join(path.read_bytes() for path in self.data.glob("heirloom.sqlite*"))

    def events(self, session: str) -> list[str]:
        """The kinds of a session's audit events, in order."""
        key = session.replace("-", "")
        return [kind for (kind,) in self.query(
            f"SELECT kind FROM events WHERE session_id = x'{key}' ORDER BY event_id")]

    # Sessions.

    def try_login(
        self, name: str = "ada", password: str = PASSWORD, *, headers: dict | None = None, **members
    ) -> Answer:
        return self.post("/v1/login", {"username": name, "password": password, **members}, headers=headers)

    def login(self, name: str = "ada", password: str = PASSWORD, **options) -> dict:
        """A login that must succeed."""
        answer = self.try_login(name, password, **options)
        assert answer.status == 200, answer
        return answer.json

    def refresh(
        self, token: str, *, connection: socket.socket | None = None, timeout: float | None = None, **members
    ) -> Answer:
        return self.post(
            "/v1/refresh", {"refresh_token": token, **members}, connection=connection, timeout=timeout)

    def rotate(self, token: str) -> dict:
        """A refresh that must succeed."""
        answer = self.refresh(token)
        assert answer.status == 200, answer
        return answer.json

    def chain(self, length: int) -> list[dict]:
        """A login and so many refreshes: the generations of one session."""
        generations = [self.login()]
        for _ in range(length):
            generations.append(self.rotate(generations[-1]["refresh_token"]))
        return generations

    def session(self, access_token: str, **options) -> Answer:
        return self.get("/v1/session", bearer=access_token, **options)

    def assert_live(self, tokens: dict) -> None:
        """The session of these tokens, its newest ones, is live."""
        assert self.session(tokens["access_token"]).status == 200
        assert self.refresh(tokens["refresh_token"]).status == 200

    def assert_ended(self, tokens: dict) -> None:
        """The session of these tokens, its newest ones, has ended."""
        assert_problem(self.session(tokens["access_token"]), "session_revoked")
        assert_problem(self.refresh(tokens["refresh_token"]), "session_revoked")
