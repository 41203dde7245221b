"""Fault tests: the release server under load from real HTTP clients while it, its disk and its clock are hurt.

How to run them (packages.txt lists the Debian packages, Tests/requirements.txt the rest; they need root, for mounts and
traces):

    python -m pytest -m quick Tests/FaultTests     what `make test` runs, under a minute
    python -m pytest Tests/FaultTests              what `make faults` runs, some minutes

HEIRLOOM_BINARY names another server than .build/release/heirloom; FAULT_ROUNDS multiplies the rounds of the random kills.

How they work:
  history.py     clients that keep to the contract and write down what they saw
  checker.py     judges such histories; test_checker.py shows that it can fail
  faultserver.py starts, kills and starts the server again, each test in a folder of its own
  shim.c         preloaded into the server: I/O errors, short writes, slow fsyncs, a death at the n-th write, another clock
  test_faults.py one test per fault

A test fails when a promise is broken: an acknowledged write lost, two successors for one token, an ended session that works
again, an answer other than a success or a clear 503, a false 401, a hang, or no recovery by itself.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from faultserver import Template  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "quick: part of `make test`")


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    return Template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def make_server(template, tmp_path):
    servers = []

    def make(overrides=None, name="server", data=None):
        server = template.copy(tmp_path / name, overrides, data)
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.clean_up()


@pytest.fixture
def server(make_server):
    return make_server().start()
