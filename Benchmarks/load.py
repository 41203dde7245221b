"""The load generator, and what a load costs the server."""

import json
import shutil
import subprocess
import sys
import time

from machine import busy_seconds
from process import COUNT_MALLOCS, COUNT_SYNCS, Process
from results import Results
from settings import ROOT, WORK, progress

LOAD = WORK / "load"


def compile_tools() -> None:
    """Compiles load.c and the libraries that count."""
    compiler = shutil.which("cc")
    if compiler is None:
        sys.exit("cc is missing (apt-get install gcc libc6-dev)")
    sources = ROOT / "Benchmarks"
    command = [compiler, "-O2", "-std=gnu11"]
    subprocess.run([*command, "-o", LOAD, sources / "load.c"], check=True)
    for library in (COUNT_SYNCS, COUNT_MALLOCS):
        source = sources / f"{library.stem}.c"
        subprocess.run([*command, "-shared", "-fPIC", "-o", library, source], check=True)


def load(mode: str, *arguments: object) -> dict:
    """Runs the load generator; returns its figures."""
    output = subprocess.run([LOAD, mode, *map(str, arguments)], capture_output=True, text=True)
    if output.returncode:
        sys.exit(f"load {mode}: {output.stderr}")
    return json.loads(output.stdout)


def measure(
    results: Results, key: str, server: Process, path: str, connections: int, mode: str = "fixed", *options: object
) -> dict:
    """Measures one cell: a short load and its cost to the server. Returns the figures that it has kept.

    Rates and latencies are of the measured seconds; costs are divided by all requests, those of the warm-up too.
    """
    cpu, written, syncs = server.cpu_seconds(), server.written_bytes(), server.syncs()
    switches, busy, clock = server.context_switches(), busy_seconds(), time.monotonic()
    figures = load(
        mode, "-u", server.url(path), "-c", connections, "-w", results.warmup, "-d", results.seconds, *options)
    wall = time.monotonic() - clock
    used = server.cpu_seconds() - cpu
    requests = max(1, figures["all_requests"])
    others = busy_seconds() - busy - used - figures["generator_cpu_seconds"]
    figures["error_count"] = sum(figures["errors"].values())
    figures["cpu_percent"] = 100 * used / wall
    figures["cpu_us_per_request"] = 1e6 * used / requests
    figures["bytes_per_request"] = (server.written_bytes() - written) / requests
    figures["syncs_per_request"] = (server.syncs() - syncs) / requests
    figures["waits_per_request"], figures["preemptions_per_request"] = (
        (after - before) / requests for after, before in zip(server.context_switches(), switches))
    figures["rss_mb"] = server.memory()
    figures["other_cpu_percent"] = 100 * max(0, others) / wall
    if figures["error_count"]:
        progress(f"  {key}: errors {figures['errors']}; the first: {figures['first_error'][:200]}")
    keep(results, key, figures)
    return figures


def keep(results: Results, key: str, figures: dict) -> None:
    """Keeps and prints the figures of a cell."""
    results.keep(key, figures)
    rate = f"{figures['per_second']:.0f}/s" if "per_second" in figures else ""
    latency = f"p50 {figures['p50_us'] / 1000:.2f} ms  p99 {figures['p99_us'] / 1000:.2f} ms"
    progress(f"  {results.label}{key:<22}{rate:>12}  {latency}")
