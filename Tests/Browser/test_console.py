"""The console in a browser: signing in by a link, the forms, and how the pages look."""

from __future__ import annotations

import pytest

from harness import PASSWORD, add_back_end, vouch
from harness.browsers.looks import SIZES, Looks, add_sessions


def link(service) -> str:
    """A one-time link into the console."""
    return service.command("console").strip().replace(":0/", f":{service.admin_port}/")


def enter(service, person):
    person.driver.get(link(service))
    person.press("Open the console")
    return person


def open_console(service, person, path):
    person.driver.get(f"http://127.0.0.1:{service.admin_port}{path}")


def test_an_operator_looks_after_a_user(make_service, open_browser):
    service = make_service(user=None)
    person = enter(service, open_browser(service))
    open_console(service, person, "/console/users")
    person.fill(username="grace", password=PASSWORD).press("Create the user")
    assert "The user was created." in person.text
    tokens = service.login("grace")
    person.press("Disable")
    assert "all sessions were ended" in person.text
    assert service.refresh(tokens["refresh_token"]).code == "session_revoked"
    person.press("Sign out")
    assert "Admin token" in person.text
    open_console(service, person, "/console/users")
    assert "Admin token" in person.text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_fits_and_is_accessible(make_service, open_browser, theme, size):
    service = make_service()
    add_sessions(service)
    subject = service.login()["subject"]
    service.command("identity", "link", "ada", "https://accounts.example", "1234567890")
    vouch(service, add_back_end(service, "back-end"), subject, claims={"groups": ["accounting and controlling"] * 9})
    looks = Looks(open_browser, service, size, theme)
    person, check = looks.person, looks.check

    open_console(service, person, "/console/enter")
    check("console-enter")
    person.driver.get(link(service))
    check("console-enter-by-link")
    person.press("Open the console")
    check("console-overview")
    open_console(service, person, f"/console/subjects/{subject}")
    for folded in person.all("summary"):
        folded.click()
    check("console-subject")
    person.press("Make a link that resets the password")
    check("console-link")
    for page in ("users", "clients", "clients/web", "keys", "events", "providers", "nothing"):
        open_console(service, person, f"/console/{page}")
        for folded in person.all("summary"):
            folded.click()
        check(f"console-{page.replace('/', '-')}")
    open_console(service, person, "/console/clients")
    person.fill(client_id="desk")
    person.find("[name=confidential]").click()
    person.press("Add the client")
    check("console-secret")
    open_console(service, person, "/console/users")
    person.fill(username="ada", password=PASSWORD).press("Create the user")
    check("console-name-taken")
