"""Contract tests: what the contract promises, asked of the release server from outside.

How to run them:

    python -m pytest Tests/ContractTests

HEIRLOOM_BINARY names another program than .build/release/heirloom. service.py starts and stops servers and speaks HTTP;
each test file is about one part of the contract. HEIRLOOM_TEST_DATABASE=postgres runs them on PostgreSQL, in a cluster of their own
(cluster.py), all but those that are about SQLite's file. `server` is shared by a file's tests, `make_server` makes one for a
test alone.
"""

from __future__ import annotations

import itertools

import pytest

from cluster import Cluster
from service import DATABASE, Server

NUMBERS = itertools.count()


def pytest_configure(config):
    config.addinivalue_line("markers", "store(name): is about this store alone")


def pytest_collection_modifyitems(config, items):
    def concerns(item) -> bool:
        mark = item.get_closest_marker("store")
        return mark is None or mark.args[0] == DATABASE

    config.hook.pytest_deselected(items=[item for item in items if not concerns(item)])
    items[:] = [item for item in items if concerns(item)]


@pytest.fixture(scope="session", autouse=True)
def cluster():
    """Where the servers' databases are."""
    if DATABASE != "postgres":
        yield None
        return
    Server.cluster = Cluster().start()
    yield Server.cluster
    Server.cluster.end()


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
