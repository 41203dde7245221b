"""Where the benchmark works, and what it measures with."""

import json
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASE = ROOT / ".build" / "release"
BINARY = pathlib.Path(os.environ.get("HEIRLOOM_BINARY", RELEASE / "heirloom")).resolve()
RESULTS = ROOT / "Benchmarks" / "results.json"
FIGURES = ROOT / "Benchmarks" / "figures.jsonl"
PAGE = ROOT / "docs" / "performance.md"
WORK = ROOT / ".build" / "benchmark"  # On the disk of the build, since /tmp may be in memory.

USER, PASSWORD = "bench", "correct horse battery 42"
LOGIN = json.dumps({"username": USER, "password": PASSWORD})
# Sessions. "none": only those that the load uses. --sessions says how many "many" are.
STORES = {"none": 256, "100k": 100_000, "many": 1_000_000}
PROOF_URI = "http://localhost:8080/v1/refresh"  # By the default issuer.
TOKENS = 20_000  # The sessions that a refresh load uses, if the store has so many.
STORM = 200  # Connections that log in while others refresh.
VERIFIERS = 4  # Processes that follow the revocation feed.

# The tests' harness starts PostgreSQL and finds free ports.
sys.path.append(str(ROOT / "Tests"))


def count(sessions: int) -> str:
    """A number of sessions, in words where it is large."""
    return f"{sessions // 1_000_000} million" if sessions % 1_000_000 == 0 else f"{sessions:,}"


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
