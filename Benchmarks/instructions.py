#!/usr/bin/env python3
"""Counts the instructions of the parts of a refresh, and compares them with those that are kept in git.

    make bench-instructions                     # counts, prints, and writes Benchmarks/instructions.json
    python3 Benchmarks/instructions.py          # counts and prints

Callgrind runs `heirloom-microbench blocks`, which runs each operation in blocks, and writes a file of counts at the end
of each block. What starting the program costs is in no block. docs/performance.md says what the counts are for. Needs
valgrind and binutils.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / ".build" / "release" / "heirloom-microbench"
KEPT = ROOT / "Benchmarks" / "instructions.json"
TOLERANCE = 0.03
ENVIRONMENT = {
    # Each process would give dictionaries another order, and so another cost.
    "SWIFT_DETERMINISTIC_HASHING": "1",
    # What an allocation costs depends on the thread and on what was freed before, unless it comes from a cache. One
    # arena and caches for everything took rotate from 2 % between runs to 0.02 %.
    "GLIBC_TUNABLES": "glibc.malloc.arena_max=1:glibc.malloc.tcache_max=65536:glibc.malloc.tcache_count=4096",
}
# callgrind writes its counts when the program enters this function: mark() in CountedBlocks.swift.
MARK = "$s19heirloom_microbench4markyyF"


def count() -> dict[str, list[float]]:
    """The instructions of one run of each operation, block by block, of all threads."""
    with tempfile.TemporaryDirectory() as folder:
        # Valgrind 3.19 cannot read the debugging information that Swift writes.
        program = pathlib.Path(folder, PROGRAM.name)
        subprocess.run(["strip", "--strip-debug", "-o", program, PROGRAM], check=True)
        counts = pathlib.Path(folder, "counts")
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}", f"--dump-before={MARK}",
             program, "blocks"],
            env={**os.environ, **ENVIRONMENT}, capture_output=True, text=True)
        if run.returncode:
            raise RuntimeError(f"valgrind failed:\n{run.stderr[-2000:]}")
        operations = [json.loads(line) for line in run.stdout.splitlines()]
        dumps = sorted(counts.parent.glob("counts.*"), key=lambda file: int(file.suffix[1:]))
        return by_operation(operations, [total(file.read_text()) for file in dumps])


def by_operation(operations: list[dict], totals: list[int]) -> dict[str, list[float]]:
    """Assigns the counts of the dumps to the operations.

    Each operation has one dump more than blocks: that of what came before its first block.
    """
    counts, start = {}, 0
    for operation in operations:
        end = start + 1 + operation["blocks"]
        blocks = totals[start + 1:end]
        if len(blocks) != operation["blocks"]:
            raise RuntimeError(f"callgrind wrote {len(totals)} counts, which are too few for {operation['name']}")
        counts[operation["name"]] = [block / operation["times"] for block in blocks]
        start = end
    return counts


def total(dump: str) -> int:
    """The number of instructions in a file of callgrind."""
    found = re.search(r"^(?:totals|summary): (\d+)", dump, re.MULTILINE)
    if found is None:
        raise RuntimeError("a file of callgrind has no total")
    return int(found[1])


def least(counts: dict[str, list[float]]) -> dict[str, int]:
    """The block with the fewest instructions: a thread that waits for another one spins, which only adds to a block."""
    return {name: round(min(blocks)) for name, blocks in counts.items()}


def differences(found: dict[str, int], kept: dict[str, int]) -> list[str]:
    """What differs by more than the tolerance, in either direction: only a true count shows the next change."""
    texts = []
    for name in sorted(found.keys() | kept.keys()):
        if name not in found or name not in kept:
            texts.append(f"{name} is {'missing' if name not in found else 'not kept'}")
        elif abs(found[name] - kept[name]) > TOLERANCE * kept[name]:
            change = 100 * (found[name] / kept[name] - 1)
            texts.append(f"{name} takes {found[name]:,} instructions, {change:+.1f} % from {kept[name]:,}")
    return texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the counts into Benchmarks/instructions.json")
    options = parser.parse_args()
    if not PROGRAM.exists():
        sys.exit(f"{PROGRAM} is missing; build it with: swift build -c release --product heirloom-microbench")
    if shutil.which("valgrind") is None:
        sys.exit("valgrind is missing (apt-get install valgrind)")
    counts = count()
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for name, found in least(counts).items():
        spread = 100 * (max(counts[name]) / min(counts[name]) - 1)
        change = f"{100 * (found / kept[name] - 1):+7.2f} % from the kept count" if name in kept else "not kept"
        print(f"{name:<16}{found:>10,} instructions  blocks differ by {spread:5.2f} %  {change}")
    if options.write:
        KEPT.write_text(json.dumps(least(counts), indent=2) + "\n")


if __name__ == "__main__":
    main()
