"""The release server as the tests run it, and the ways to hurt it."""

from __future__ import annotations

import errno
import http.client
import json
import mmap
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
BINARY = os.environ.get("HEIRLOOM_BINARY") or str(HERE.parents[1] / ".build/release/heirloom")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Faults:
    """The controls of shim.c."""

    NAMES = [
        "armed", "target", "write_error", "sync_error", "truncate_error", "read_error", "short_write", "sync_delay",
        "every", "kill_at", "kill_mode", "clock_offset", "calls", "hits",
    ]
    ANY, DATABASE, LOG = 0, 1, 2
    BEFORE, TORN, AFTER = 0, 1, 2

    def __init__(self, path: Path):
        path.write_bytes(bytes(4096))
        self.path = path
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 4096)

    def set(self, **values: int) -> None:
        """Arms last, so that a fault begins whole."""
        for name, value in values.items():
            struct.pack_into("<q", self.memory, 8 * self.NAMES.index(name), value)

    def arm(self, **values: int) -> None:
        self.set(**values, calls=0, hits=0)
        self.set(armed=1)

    def disarm(self) -> None:
        keep = {"clock_offset", "calls", "hits"}
        self.set(**{name: 0 for name in self.NAMES if name not in keep})

    def __getitem__(self, name: str) -> int:
        return struct.unpack_from("<q", self.memory, 8 * self.NAMES.index(name))[0]


class Server:
    """One installation in a folder of its own; it may be started, hurt and started again."""

    def __init__(self, folder: Path, users: list[str], shim: Path, overrides: dict | None = None):
        self.folder = folder
        self.users = users
        self.port = free_port()
        self.data = folder / "data"
        self.database = self.data / "heirloom.sqlite"
        self.log = folder / "server.log"
        self.config = folder / "config.json"
        self.shim = shim
        self.faults = Faults(folder / "faults")
        self.process: subprocess.Popen | None = None
        settings = {
            "issuer": "http://localhost", "dataDirectory": "data",
            "http": {"port": self.port}, "admin": {"port": 0},
            "database": {"url": "sqlite:data/heirloom.sqlite"},
            # Logins must cost little here; every client makes many.
            "passwords": {"memoryKiB": 64, "iterations": 1},
            "loginLimits": {"perAccount": 0, "perAddress": 0},
        }
        for path, value in (overrides or {}).items():
            part, name = path.split(".")
            settings.setdefault(part, {})[name] = value
        self.config.write_text(json.dumps(settings))

    # Running it.

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HEIRLOOM_")}
        return {**inherited, "LD_PRELOAD": str(self.shim), "FAULT_CONTROL": str(self.faults.path)}

    def spawn(self, *, prefix: list[str] = (), stderr=None, limits: dict[int, int] | None = None) -> subprocess.Popen:
        def limit() -> None:
            import resource

            for what, value in (limits or {}).items():
                resource.setrlimit(what, (value, value))

        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*prefix, BINARY, "serve", "--config", str(self.config)], cwd=self.folder, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log if stderr is None else stderr,
                preexec_fn=limit if limits else None)
        return self.process

    def start(self, *, within: float = 30.0, **options) -> "Server":
        self.spawn(**options)
        until = time.monotonic() + within
        while True:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}\n{self.last_words()}")
            try:
                if self.get("/health/ready", timeout=5)[0] == 200:
                    return self
            except (OSError, http.client.HTTPException):
                pass
            if time.monotonic() > until:
                raise AssertionError(f"not ready within {within} s\n{self.last_words()}")
            time.sleep(0.02)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def stop(self, within: float = 20.0) -> int:
        """SIGTERM; returns the exit status."""
        self.process.terminate()
        return self.process.wait(within)

    def ended(self, within: float = 20.0) -> int:
        """Waits until it ends by itself."""
        return self.process.wait(within)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def clean_up(self) -> None:
        if self.is_running():
            self.process.send_signal(signal.SIGCONT)
            self.kill()

    def run(self, *arguments: str, stdin: str = "", check: bool = True) -> subprocess.CompletedProcess:
        """The command line, unhurt."""
        return subprocess.run(
            [BINARY, *arguments, "--config", str(self.config)], cwd=self.folder, input=stdin, text=True,
            capture_output=True, check=check, timeout=60,
            env={name: value for name, value in self.environment.items() if name != "LD_PRELOAD"})

    def last_words(self) -> str:
        try:
            text = self.log.read_bytes()[-1500:].decode(errors="replace")
        except OSError:
            text = ""
        state = "runs" if self.is_running() else f"ended with {self.process.returncode if self.process else None}"
        return f"the server {state}; the end of {self.log}:\n{text}"

    # Asking it.

    def get(self, path: str, *, timeout: float = 10.0, headers: dict | None = None) -> tuple[int, dict, dict]:
        return self.ask("GET", path, timeout=timeout, headers=headers)

    def ask(self, method: str, path: str, body: dict | None = None, *, timeout: float = 10.0,
            headers: dict | None = None, connection: http.client.HTTPConnection | None = None):
        """→ status, answer, headers."""
        own = connection is None
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            headers = dict(headers or {})
            if body is not None:
                headers["Content-Type"] = "application/json"
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            raw = response.read()
        finally:
            if own:
                connection.close()
        return response.status, json.loads(raw) if raw else {}, dict(response.headers)

    def login(self, user: str | None = None) -> dict:
        from history import PASSWORD

        status, answer, _ = self.ask("POST", "/v1/login", {"username": user or self.users[-1], "password": PASSWORD})
        assert status == 200, answer
        return answer

    def refresh(self, token: str, **options) -> tuple[int, dict]:
        status, answer, _ = self.ask("POST", "/v1/refresh", {"refresh_token": token}, **options)
        return status, answer

    def look_up(self, access: str, **options) -> tuple[int, dict, dict]:
        return self.ask("GET", "/v1/session", headers={"Authorization": f"Bearer {access}"}, **options)

    # Hurting it.

    @contextmanager
    def fault(self, **values: int):
        self.faults.arm(**values)
        try:
            yield self.faults
        finally:
            self.faults.disarm()

    @contextmanager
    def strace(self, inject: str):
        """strace on the running server; what is injected ends when it lets go. `inject` is CALLS:WHAT."""
        trace = self.folder / "strace.log"
        calls = inject.split(":")[0]
        with open(self.folder / "strace.err", "w+") as messages:
            tracer = subprocess.Popen(
                ["strace", "-f", "-o", str(trace), "-e", f"trace={calls}", "-e", f"inject={inject}", "-p",
                 str(self.process.pid)], stderr=messages)
            until = time.monotonic() + 10
            while "attached" not in (self.folder / "strace.err").read_text():
                assert tracer.poll() is None and time.monotonic() < until, (self.folder / "strace.err").read_text()
                time.sleep(0.02)
            try:
                yield trace
            finally:
                tracer.send_signal(signal.SIGINT)
                try:
                    tracer.wait(10)
                except subprocess.TimeoutExpired:
                    tracer.kill()
                    tracer.wait()

    def memory(self) -> int:
        """Resident bytes."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0


class Template:
    """A data folder with users in it, made once; every test gets a copy."""

    def __init__(self, folder: Path, count: int = 10):
        from history import PASSWORD

        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.shim = folder / "shim.so"
        subprocess.run(
            ["cc", "-Wall", "-Wextra", "-O1", "-shared", "-fPIC", "-o", str(self.shim), str(HERE / "shim.c"), "-ldl"],
            check=True)
        self.users = [f"user{number}" for number in range(count)]
        server = Server(folder, self.users, self.shim)
        for user in self.users:
            server.run("user", "add", user, "--password-stdin", stdin=PASSWORD)

    def copy(self, folder: Path, overrides: dict | None = None, data: Path | None = None) -> Server:
        folder.mkdir(parents=True, exist_ok=True)
        server = Server(folder, self.users, self.shim, overrides)
        shutil.copytree(self.folder / "data", data or server.data, dirs_exist_ok=True)
        return server


EIO, ENOSPC, EROFS = errno.EIO, errno.ENOSPC, errno.EROFS
