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
COUNT_MALLOCS = WORK / "count_mallocs.so"


class Process:
    """A server under measurement, and the figures that /proc has of it."""

    def __init__(self, command: list[str], port: int, log: pathlib.Path, path: str = "/health/live",
                 sync_count: pathlib.Path | None = None, malloc_count: pathlib.Path | None = None):
        self.port, self.sync_count, self.malloc_count = port, sync_count, malloc_count
        libraries = [library for library, file in ((COUNT_SYNCS, sync_count), (COUNT_MALLOCS, malloc_count)) if file]
        counting = {
            "LD_PRELOAD": ":".join(map(str, libraries)), "SYNC_COUNT_FILE": str(sync_count or ""),
            "MALLOC_COUNT_FILE": str(malloc_count or "")} if libraries else {}
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

    def mallocs(self) -> int:
        """The allocations so far, by count_mallocs.c."""
        counts = self.malloc_count.read_bytes()
        return sum(int.from_bytes(counts[start:start + 8], sys.byteorder) for start in range(0, len(counts), 64))

    def context_switches(self) -> tuple[int, int]:
        """The context switches of all threads so far: those for which a thread waited, and those it was forced to."""
        voluntary = forced = 0
        for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                text = (task / "status").read_text()
                voluntary += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.M)[1])
                forced += int(re.search(r"^nonvoluntary_ctxt_switches:\s+(\d+)", text, re.M)[1])
        return voluntary, forced

    def private_dirty(self) -> float:
        """The memory that the process alone has written, in megabytes."""
        text = pathlib.Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return int(re.search(r"^Private_Dirty:\s+(\d+)", text, re.M)[1]) * 1024 / 1e6

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
