"""Browser tests: what people see and what browsers enforce, tested on the release server through Chromium.

    python -m pytest Tests/Browser

They need Debian's packages chromium and chromium-driver. HEIRLOOM_SCREENSHOTS names a folder for screenshots. The
service and the attacker's site have two host names on loopback and a certificate of the tests' own authority, so the
browser sees two sites.
"""

from __future__ import annotations

import pytest

from harness.browsers.authority import CertificateAuthority
from harness.browsers.person import Person
from harness.browsers.tls_server import TLSServer


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return CertificateAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def make_service(tmp_path, authority):
    """Makes services for one test and ends them after it."""
    made = []

    def make(settings=None, *, user="ada") -> TLSServer:
        service = TLSServer(tmp_path / f"service{len(made)}", authority, settings)
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
    """Opens browsers that share nothing, and closes them after the test."""
    opened = []

    def open_(service, **options) -> Person:
        person = Person(service, tmp_path / f"profile{len(opened)}", authority, **options)
        opened.append(person)
        return person

    yield open_
    for person in opened:
        person.close()


@pytest.fixture
def ada(service, open_browser):
    """Ada, signed in."""
    return open_browser(service).sign_in()
