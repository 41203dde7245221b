"""Mallocs, system calls and context switches a request.

They are counted in runs of their own, since counting costs a few percent. A preloaded library counts the mallocs
(count_mallocs.c), `perf stat` the system calls, and the kernel the context switches (/proc/PID/task/*/status).
"""

import contextlib
import shutil
import signal
import subprocess

from load import measure
from process import Process
from results import Results
from settings import progress

COUNTED = ("refresh", "verify", "session", "introspect", "live")


def measure_calls(results: Results, name: str, server: Process, path: str, mode: str, *options: object) -> None:
    """Counts what a load with 64 connections makes the server do."""
    mallocs = server.mallocs()
    with SystemCalls(server.pid) as calls:
        figures = measure(results, f"calls {name}", server, path, 64, mode, *options)
    requests = max(1, figures["all_requests"])
    figures["mallocs_per_request"] = (server.mallocs() - mallocs) / requests
    if calls.count is not None:
        figures["system_calls_per_request"] = calls.count / requests


class SystemCalls(contextlib.AbstractContextManager):
    """Counts the system calls of all threads of a process; `count` stays none if perf is missing or may not count."""

    EVENT = "raw_syscalls:sys_enter"
    count: int | None = None

    def __init__(self, pid: int):
        self.pid = pid

    def __enter__(self) -> "SystemCalls":
        self.process = None
        if shutil.which("perf") is None:
            progress("perf is missing, so system calls are not counted (apt-get install linux-perf)")
        else:
            self.process = subprocess.Popen(
                ["perf", "stat", "--field-separator", ";", "--event", self.EVENT, "--pid", str(self.pid)],
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        output = self.process.communicate(timeout=30)[1]
        self.count = counted(output, self.EVENT)
        if self.count is None:
            progress(f"perf has counted no system calls: {output.strip()[:200]}")


def counted(output: str, event: str) -> int | None:
    """The count of an event in what `perf stat` prints with `;` between the fields; none if it has not counted."""
    for line in output.splitlines():
        fields = line.split(";")
        if len(fields) > 2 and fields[2] == event and fields[0].isdigit():
            return int(fields[0])
    return None
