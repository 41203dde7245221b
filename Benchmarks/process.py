"""A server under measurement."""

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

from settings import WORK, progress

COUNT_SYNCS = WORK / "count_syncs.so"


class Process:
    """A server under measurement, and the figures that /proc has of it."""

    def __init__(self, command: list[str], port: int, log: pathlib.Path, path: str = "/health/live",
                 sync_count: pathlib.Path | None = None):
        self.port, self.sync_count = port, sync_count
        counting = {"LD_PRELOAD": str(COUNT_SYNCS), "SYNC_COUNT_FILE": str(sync_count)} if sync_count else {}
        started = time.monotonic()
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env={**os.environ, **counting})
        self.pid = self.process.pid
        while not self.answers(path):
            if self.process.poll() is not None or time.monotonic() > started + 30:
                self.stop()
                sys.exit(f"{command[0]} does not answer:\n{log.read_text()}")
            time.sleep(0.001)
        self.seconds_to_answer = time.monotonic() - started

    def answers(self, path: str) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5) as link:
            link.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            return link.recv(12) == b"HTTP/1.1 200"
        return False

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def cpu_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def written_bytes(self) -> int:
        text = pathlib.Path(f"/proc/{self.pid}/io").read_text()
        return int(re.search(r"^write_bytes: (\d+)", text, re.M)[1])

    def syncs(self) -> int:
        """The calls of fsync and fdatasync so far, by count_syncs.c."""
        return int.from_bytes(self.sync_count.read_bytes(), sys.byteorder) if self.sync_count else 0

    def memory(self, field: str = "VmRSS") -> float:
        """Resident memory in megabytes; `VmHWM` is its peak."""
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+)", text, re.M)[1]) * 1024 / 1e6

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                progress(f"process {self.pid} did not end within 15 s of SIGTERM and is killed")
                self.process.kill()
                self.process.wait()
