"""Tests of the release server from outside, in suites that share the package `harness`:

  Contract  what the service promises its clients, on SQLite or PostgreSQL
  Node      several nodes on one PostgreSQL
  Browser   pages and cookies in Chromium
  Package   the Debian package and the image, installed and run
  Fault     crashes, disks, clocks, connections, logs and damaged files

A sixth, Benchmark, holds the instruction counts of the hot operations.

    .venv/bin/python -m pytest Tests

HEIRLOOM_BINARY names another program than .build/release/heirloom. Each suite's conftest.py says what else it needs.
"""

import pytest

# Before anything imports it: failed assertions of the harness show their values too.
pytest.register_assert_rewrite("harness")
