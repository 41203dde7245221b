"""Contract tests: what the service promises its clients, tested on the release server from outside.

    python -m pytest Tests/Contract

HEIRLOOM_TEST_DATABASE=postgres runs them on PostgreSQL, in a cluster that they start, except the tests that concern
SQLite's file. Each file is about one part of the interface. A file's tests share `server`; `make_server` makes servers
for one test.
"""

from __future__ import annotations

import itertools

import pytest

from harness import DATABASE, Client, Server
from harness.cluster import Cluster
from harness.notes import NotesAPI

NUMBERS = itertools.count()


def pytest_collection_modifyitems(config, items):
    def concerns(item) -> bool:
        mark = item.get_closest_marker("store")
        return mark is None or mark.args[0] == DATABASE

    config.hook.pytest_deselected(items=[item for item in items if not concerns(item)])
    items[:] = [item for item in items if concerns(item)]


@pytest.fixture(scope="session")
def cluster():
    """PostgreSQL for the servers' databases; none if the tests run on SQLite."""
    if DATABASE != "postgres":
        yield None
        return
    cluster = Cluster().start()
    yield cluster
    cluster.end()


@pytest.fixture(scope="module")
def make_shared_server(tmp_path_factory, cluster):
    """Makes servers that all tests of the file share, with the users ada and bob. The client web may ask for the scope
    "read write"."""
    servers = []

    def make(settings=None) -> Server:
        server = Server(tmp_path_factory.mktemp("server"), settings, cluster=cluster)
        servers.append(server)
        for name in ("ada", "bob"):
            server.add_user(name)
        server.allow_scope("read write")
        return server.start()

    yield make
    for server in servers:
        server.end()


@pytest.fixture(scope="module")
def server(make_shared_server):
    """One server for tests that do not disturb each other."""
    return make_shared_server()


@pytest.fixture
def make_server(tmp_path, cluster):
    """Makes servers for one test, with the user ada, and ends them after it."""
    servers = []

    def make(settings=None, *, name="server", start=True, user=True) -> Server:
        server = Server(tmp_path / name, settings, cluster=cluster)
        servers.append(server)
        if user:
            server.add_user("ada")
        return server.start() if start else server

    yield make
    for server in servers:
        server.end()


@pytest.fixture
def user(server):
    """A user of the shared server that no other test uses."""
    name = f"somebody {next(NUMBERS)}"
    server.add_user(name)
    return name


@pytest.fixture
def notes(tmp_path):
    """Starts APIs that verify the tokens of a server, and ends them after the test."""
    apis = []

    def start(server, client: Client) -> NotesAPI:
        apis.append(NotesAPI(server, client, tmp_path))
        return apis[-1]

    yield start
    for api in apis:
        api.process.kill()
        api.process.wait()
