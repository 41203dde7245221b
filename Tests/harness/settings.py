"""The programs under test, and what every suite agrees on."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("HEIRLOOM_BINARY") or str(ROOT / ".build/release/heirloom")
# The store of the contract tests: sqlite or postgres.
DATABASE = os.environ.get("HEIRLOOM_TEST_DATABASE", "sqlite")
PASSWORD = "correct horse battery staple"
# Seconds until a test gives up waiting. Generous, since test machines are shared.
TIMEOUT = 30


def rounds(count: int) -> range:
    """The rounds of a random fault test: `count` of them, times FAULT_ROUNDS."""
    return range(max(1, int(count * float(os.environ.get("FAULT_ROUNDS", "1")))))
