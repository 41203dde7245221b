"""Browser tests: what people see and what browsers enforce, asked of the release server through Chromium.

How to run them (Debian's chromium and chromium-driver):

    python -m pytest Tests/BrowserTests

HEIRLOOM_SCREENSHOTS names a folder to put pictures of the pages into. The service is spoken to over TLS under two host names
on loopback, under a certificate authority of the tests' own, so that the browser sees two sites.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ContractTests"))

from authority import Authority  # noqa: E402
from installation import Installation  # noqa: E402
from person import Person  # noqa: E402


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def make_service(tmp_path, authority):
    """Makes services of this test's own; stops them at its end."""
    made = []

    def make(settings=None, *, user="ada") -> Installation:
        service = Installation(tmp_path / f"service{len(made)}", authority, settings)
        made.append(service)
        if user:
            service.add_user(user)
        service.start()
        return service

    yield make
    for service in made:
        service.end()


@pytest.fixture
def service(make_service):
    return make_service()


@pytest.fixture
def open_browser(tmp_path, authority):
    """Opens browsers that share nothing; closes them at the test's end."""
    opened = []

    def open_(service, **options) -> Person:
        person = Person(service, tmp_path / f"profile{len(opened)}", authority, **options)
        opened.append(person)
        return person

    yield open_
    for person in opened:
        person.close()
