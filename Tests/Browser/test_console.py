"""The console in a browser: signing in by a link, the forms, and how the pages look."""

from __future__ import annotations

import pytest

from harness import PASSWORD
from harness.browsers.person import FIREFOX
from test_looks import CONTRAST, SCREENSHOTS, UNLABELLED, add_sessions


def enter(service, person):
    person.driver.get(service.command("console").strip().replace(":0/", f":{service.admin_port}/"))
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


@pytest.mark.parametrize("size", [(1100, 900), (390, 844)], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_fits_and_has_sufficient_contrast_and_labels(make_service, open_browser, dark, size):
    service = make_service()
    service.login()
    add_sessions(service)
    subject = service.login()["subject"]
    person = open_browser(service, dark=dark, size=size, agent=FIREFOX)
    person.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False})
    look = f"{'dark' if dark else 'light'}-{'phone' if size[0] < 500 else 'desk'}"

    def check(page):
        script = "return document.documentElement.scrollWidth - innerWidth"
        assert person.driver.execute_script(script) <= 0, f"{page} is wider than the screen"
        assert person.driver.execute_script(CONTRAST) == [], page
        assert person.driver.execute_script(UNLABELLED) == [], page
        if SCREENSHOTS:
            person.take_screenshot(SCREENSHOTS / f"console-{page}-{look}.png")

    open_console(service, person, "/console/enter")
    check("enter")
    enter(service, person)
    check("overview")
    for page in ("users", f"subjects/{subject}", "clients", "clients/web", "keys", "events"):
        open_console(service, person, f"/console/{page}")
        check(page.split("/")[0] + ("-one" if "/" in page else ""))
    open_console(service, person, "/console/nothing")
    check("error")
