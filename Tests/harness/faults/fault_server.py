"""A server whose disk, clock and resources fail on demand."""

from __future__ import annotations

import http.client
import resource
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from ..ports import free_port
from ..server import Server
from .controls import FaultControls


class FaultServer(Server):
    """An installation that runs under shim.c. Its port stays the same over restarts; its users are `users`."""

    request_timeout = 10
    stop_timeout = 20

    def __init__(self, folder: Path, users: list[str], shim: Path, settings: dict | None = None):
        port = free_port()
        super().__init__(folder, {"http": {"port": port}, **(settings or {})})
        self.port = port
        self.users = users
        self.shim = shim
        self.faults = FaultControls(folder / "faults")

    # The process.

    def spawn(self, *arguments: str, limits: dict[int, int] | None = None, **options) -> subprocess.Popen:
        """`limits`: resource limits of the process."""
        def limit() -> None:
            for what, value in (limits or {}).items():
                resource.setrlimit(what, (value, value))

        shim = {"LD_PRELOAD": str(self.shim), "FAULT_CONTROL": str(self.faults.path)}
        return super().spawn(*arguments, environment=shim, preexec_fn=limit if limits else None, **options)

    def start(self, *, within: float = 30, **options) -> "FaultServer":
        """Starts the process and waits until it is ready, which does not depend on its log."""
        self.spawn(**options)
        deadline = time.monotonic() + within
        while not self.is_ready():
            assert self.is_running(), self.state()
            assert time.monotonic() < deadline, f"not ready within {within} s\n{self.state()}"
            time.sleep(0.02)
        return self

    def is_ready(self, path: str = "/health/ready", timeout: float = 5) -> bool:
        try:
            return self.get(path, timeout=timeout).status == 200
        except (OSError, http.client.HTTPException):
            return False

    def wait_for_exit(self, within: float = 20) -> int:
        """Waits until the process ends; returns the exit status."""
        return self.process.wait(within)

    def assert_refuses_to_start(self, *words: str) -> None:
        """A start under the shim fails with exit status 1 and a message that holds one of the words."""
        self.log_file.write_text("")
        self.spawn()
        assert self.wait_for_exit(15) == 1, self.state()
        message = self.log.lower()
        assert any(word in message for word in words), self.state()
        assert "fatal error" not in message, self.state()

    def state(self) -> str:
        """Whether the process runs, and the last lines of its log."""
        state = "runs" if self.is_running() else f"ended with {self.process.returncode if self.process else None}"
        return f"the server {state}; the end of {self.log_file}:\n{self.log[-1500:]}"

    def replace_database(self, source: Path) -> None:
        for suffix in ("-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(source, self.database)

    # Faults.

    @contextmanager
    def fault(self, **values: int):
        self.faults.arm(**values)
        try:
            yield self.faults
        finally:
            self.faults.disarm()

    @contextmanager
    def strace(self, inject: str):
        """Injects faults with strace until the body of `with` ends. `inject` is CALLS:WHAT."""
        messages = self.folder / "strace.err"
        with open(messages, "w") as output:
            tracer = subprocess.Popen(
                ["strace", "-f", "-o", str(self.folder / "strace.log"), "-e", f"trace={inject.split(':')[0]}",
                 "-e", f"inject={inject}", "-p", str(self.process.pid)], stderr=output)
            deadline = time.monotonic() + 10
            while "attached" not in messages.read_text():
                assert tracer.poll() is None and time.monotonic() < deadline, messages.read_text()
                time.sleep(0.02)
            try:
                yield
            finally:
                tracer.send_signal(signal.SIGINT)
                try:
                    tracer.wait(10)
                except subprocess.TimeoutExpired:
                    tracer.kill()
                    tracer.wait()
