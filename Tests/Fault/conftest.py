"""Fault tests: the release server under load from HTTP clients while its process, disk, clock or network fails.

    python -m pytest -m quick Tests/Fault     what `make test` runs, under a minute
    python -m pytest Tests/Fault              what `make faults` runs, some minutes

They need the Debian packages gcc, libc6-dev, strace, util-linux and mount, and root. FAULT_ROUNDS multiplies the rounds
of the random kills.

  test_kill.py           the process dies, at random moments and at chosen writes
  test_disk.py           writes, reads and syncs fail; the disk is slow or full
  test_concurrency.py    another process on the same database, one token twice
  test_clock.py          the clock jumps
  test_connections.py    descriptors run out; clients are idle, slow or do not read
  test_certificates.py   certificates are renewed
  test_log.py            the log cannot be written
  test_database_file.py  older backups, damaged files, other keys, newer schemas
  test_checker.py        the checker of histories can fail

The load's clients record every exchange, and the checker judges the record. A test fails if the server breaks a
promise: an acknowledged write is lost, a token has two successors, an ended session works again, an answer is neither a
success nor a complete 503, a live session is refused with 401, a request hangs, or the server does not recover.
"""

from __future__ import annotations

import pytest

from harness.faults.fault_server import FaultServer
from harness.faults.template import Template


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    return Template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def make_server(template, tmp_path):
    """Makes servers for one test, not started, and ends them after it."""
    servers = []

    def make(settings=None, name="server") -> FaultServer:
        servers.append(template.copy(tmp_path / name, settings))
        return servers[-1]

    yield make
    for server in servers:
        server.end()


@pytest.fixture
def server(make_server):
    return make_server().start()
