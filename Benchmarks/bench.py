#!/usr/bin/env python3
"""The benchmark: the release server over real HTTP on loopback, on a real disk, with every commit fsynced.

    make bench                               # a full run, about ten minutes
    make bench SESSIONS=10000000             # with ten million sessions in the largest store
    make bench BEFORE=/path/to/heirloom      # in turn with another build, the release before for example
    python3 Benchmarks/bench.py --quick      # one short round, about a minute: a look, not a result
    python3 Benchmarks/bench.py --markdown   # prints the tables of the last run again
    python3 Benchmarks/bench.py --page       # writes them into docs/performance.md

Measurements and references (nginx, the disk, raw signatures) alternate within each round, and so do the two builds with
--before. Every figure is the median of the rounds; a ratio is the median of each round's ratio, so that other work of
the machine affects both sides alike. docs/performance.md explains the figures. Needs Python's standard library only.
"""

import argparse
import contextlib
import json
import pathlib
import shutil
import signal
import statistics
import sys
import time

sys.dont_write_bytecode = True

from settings import BINARY, FIGURES, PAGE, RELEASE, RESULTS, ROOT, STORES, WORK, progress  # noqa: E402
from figures import append, last, record, trend  # noqa: E402
from load import compile_tools, load, measure  # noqa: E402
from machine import machine  # noqa: E402
from references import microbenchmarks, nginx, signatures  # noqa: E402
from page import with_results  # noqa: E402
from report import judge, report  # noqa: E402
from results import Results  # noqa: E402
from system import System  # noqa: E402

REFRESHES = [  # cell, store, connections
    ("refresh 1", "100k", 1), ("refresh 16", "100k", 16), ("refresh 256", "100k", 256), ("refresh none", "none", 64),
    ("refresh many", "many", 64), ("refresh none 256", "none", 256), ("refresh many 256", "many", 256),
]
REQUESTS = [  # cell, path, options of the load
    ("jwks", "/.well-known/jwks.json", "none"), ("session", "/v1/session", "access"),
    ("verify", "/v1/verify", "access"), ("live", "/health/live", "none"), ("verify opaque", "/v1/verify", "opaque"),
    ("introspect", "/oauth/introspect", "introspect"),
]
NODES = [  # nodes, connections
    (1, 1), (1, 16), (2, 16), (1, 64), (2, 64), (1, 256), (2, 256),
]


def main() -> None:
    options = parse_options()
    if options.markdown or options.page:
        if not options.out.exists():
            sys.exit(f"{options.out} is missing; run the benchmark first")
        text = report(json.loads(options.out.read_text()))
        if options.page:
            PAGE.write_text(with_results(PAGE.read_text(), text))
        else:
            print(text)
        return

    STORES["many"] = options.sessions
    binaries = [BINARY, *([options.before.resolve()] if options.before else [])]
    for binary in binaries:
        if not binary.exists():
            sys.exit(f"{binary} is missing; build it with: make build")
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    try:
        compile_tools()
        about = machine()
        systems = run(binaries, options.quick, options.rounds or (1 if options.quick else 3))
    finally:
        if not options.keep:
            shutil.rmtree(WORK, ignore_errors=True)
    results = systems[0].results
    about["other_cpu_percent"] = statistics.median(
        cell["other_cpu_percent"] for key, cells in results.cells.items() for cell in cells
        if "other_cpu_percent" in cell and key not in ("nginx", "refresh storm"))
    if options.before:
        results.before = systems[1].results
    document = {
        "date": time.strftime("%Y-%m-%d"), "quick": options.quick, "rounds": results.rounds, "seconds": results.seconds,
        "warmup": results.warmup, "machine": about, "facts": results.facts, "goals": judge(results),
        "cells": results.cells,
    }
    if options.before:
        document["before"] = {"facts": systems[1].results.facts, "cells": systems[1].results.cells}
    # Before the results are written, which git would call a change.
    figures = record(document)
    options.out.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    print(report(document))
    print(f"\n{trend(figures, last(FIGURES, figures))}")
    # A short run is no result, and another program is not that of this commit.
    if not options.quick and BINARY == (RELEASE / "heirloom").resolve():
        append(FIGURES, figures)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one round of short measurements")
    parser.add_argument("--markdown", action="store_true", help="print the tables of the last run and measure nothing")
    parser.add_argument("--page", action="store_true", help="write them into docs/performance.md, measure nothing")
    parser.add_argument("--sessions", type=int, default=STORES["many"], metavar="COUNT",
                        help="the sessions of the largest store (default 1000000)")
    parser.add_argument("--rounds", type=int, help="how many rounds (default 3, or 1 with --quick)")
    parser.add_argument("--before", type=pathlib.Path, metavar="HEIRLOOM", help="another build to compare with")
    parser.add_argument("--keep", action="store_true", help="keep the stores, in .build/benchmark")
    parser.add_argument("--out", type=pathlib.Path, help="the file of the results (and of --markdown); the default is "
                        "Benchmarks/results.json, and .build/comparison.json with --before or --quick")
    options = parser.parse_args()
    options.out = options.out or (ROOT / ".build" / "comparison.json" if options.before or options.quick else RESULTS)
    return options


def run(binaries: list[pathlib.Path], is_quick: bool, rounds: int) -> list[System]:
    """Measures the builds, the first of them with the references."""
    progress("Seeding the stores")
    seconds, warmup = (2, 0.5) if is_quick else (4, 1)
    systems = [
        System(binary, WORK / f"build-{number}", Results(rounds, seconds, warmup), is_quick)
        for number, binary in enumerate(binaries)]
    if len(systems) > 1:
        systems[0].results.label, systems[1].results.label = "this build    ", "build before  "
    progress("Starting")
    for number in range(3 if is_quick else 21):
        for system in systems if number % 2 == 0 else systems[::-1]:
            system.measure_start()
    with contextlib.ExitStack() as stack:
        for system in systems:
            stack.enter_context(system.running())
        static = stack.enter_context(nginx())
        for number in range(systems[0].results.rounds):
            progress(f"Round {number + 1} of {systems[0].results.rounds}")
            # The builds take turns at every cell, and at being the first.
            measure_round(systems if number % 2 == 0 else systems[::-1], systems[0], static)
        for system in systems:
            system.measure_end()
    return systems


def measure_round(systems: list[System], first: System, static) -> None:
    """Measures every cell once.

    nginx comes first, since every rate is compared with it. Other cells that are compared are neighbours: fsync and one
    connection, the stores.
    """
    results = first.results
    for system in systems:
        system.make_tokens()
    signatures(results)
    microbenchmarks(results)
    if static:
        measure(results, "nginx", static, "/answer.json", 64)
    for cell in REQUESTS:
        for system in systems:
            system.request(*cell)
    results.keep("fsync", load("fsync", "-o", WORK / "fsync", "-d", 0.5 if first.is_quick else 1))
    for cell in REFRESHES:
        for system in systems:
            system.refresh(*cell)
    for system in systems:
        system.log_out()
    for system in systems:
        system.refresh("refresh 64", "100k", 64)
    for system in systems:
        system.refresh_bound()
    for system in systems:
        system.storm()
    for system in systems:
        system.log_in()
    for nodes, connections in NODES:
        if first.postgres and nodes == 1:
            first.postgres.pgbench(results, connections)
        for system in systems:
            system.refresh_on_postgres(nodes, connections)


if __name__ == "__main__":
    main()
