"""Contract tests: what the contract promises, asked of the release server from outside.

How to run them:

    python -m pytest Tests/ContractTests

HEIRLOOM_BINARY names another program than .build/release/heirloom. service.py starts and stops servers and speaks HTTP;
each test file is about one part of the contract. `server` is shared by a file's tests, `make_server` makes one for a
test alone.
"""

from __future__ import annotations

import itertools

import pytest

from service import Server

NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One server with the users ada and bob, for tests that disturb nobody else."""
    server = Server(tmp_path_factory.mktemp("server"))
    server.add_user("ada")
    server.add_user("bob")
    yield server.start()
    server.end()


@pytest.fixture
def make_server(tmp_path):
    """Makes servers of this test's own, with the user ada and other settings; stops them at its end."""
    servers = []

    def make(settings=None, *, name="server", start=True, user=True) -> Server:
        server = Server(tmp_path / name, settings)
        servers.append(server)
        if user:
            server.add_user("ada")
        return server.start() if start else server

    yield make
    for server in servers:
        server.end()


@pytest.fixture
def user(server):
    """A user of the shared server whom only this test knows."""
    name = f"somebody {next(NUMBERS)}"
    server.add_user(name)
    return name
