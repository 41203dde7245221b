"""Every page and state in light and dark, on a desktop and on a phone: width, contrast, labels, axe-core."""

from __future__ import annotations

import pytest

from harness import PASSWORD
from harness.browsers.looks import SIZES, Looks, add_sessions


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_and_state_fits_and_is_accessible(make_service, open_browser, theme, size):
    service = make_service({"loginLimits": {"perAccount": 2}}, user=None)
    looks = Looks(open_browser, service, size, theme)
    person, check = looks.person, looks.check
    person.open("/login")
    check("login-without-users")
    person.open("/setup?token=x")
    check("setup-wrong-link")
    person.open(service.setup_link)
    check("setup")
    person.fill(username="client:x", password=PASSWORD).press("Create the user")
    check("setup-wrong-name")
    person.fill(username="ada", password="password").press("Create the user")
    check("setup-weak-password")
    person.fill(username="ada", password=PASSWORD).press("Create the user")
    check("account-first")
    person.open(service.setup_link)
    check("setup-used-link")
    add_sessions(service)
    person.open("/account")
    for folded in person.all("summary"):
        folded.click()
    check("account")
    person.fill(current_password="wrong wrong", new_password="another fine password").press("Change the password")
    assert person.driver.switch_to.active_element.get_attribute("name") == "current_password"
    check("account-wrong-password")
    person.fill(current_password=PASSWORD, new_password="password").press("Change the password")
    assert person.driver.switch_to.active_element.get_attribute("name") == "new_password"
    check("account-weak-password")
    person.open("/inspect")
    tokens = service.login()
    person.find("#token").send_keys(tokens["access_token"])
    person.wait(lambda: "Claims" in person.text)
    check("inspect")
    person.open("/nothing")
    check("error")
    service.command("session", "revoke-all", "ada")
    person.sign_in().driver.execute_script("document.querySelectorAll('[name=csrf]').forEach((f) => f.value = 'old')")
    person.press("Sign out everywhere")
    check("error-old-form")
    for number in range(60):
        service.login(device=f"Device {number}")
    person.open("/account")
    check("account-many-sessions")
    person.open(person.find(".more a").get_attribute("href").removeprefix(service.origin))
    assert "this device" in person.text
    check("account-second-page")
    person.press("Sign out")
    person.fill(username="ada", password="wrong").press("Sign in")
    assert person.driver.switch_to.active_element.get_attribute("name") == "password"
    check("login")
    for _ in range(3):
        person.fill(password="wrong").press("Sign in")
    check("login-too-many-attempts")
    for command, name in (("reset", "ada"), ("invite", "grace")):
        link = service.command("user", command, name).strip().removeprefix(service.origin)
        person.open(link)
        check(f"welcome-{command}")
        person.fill(password="password").press("Set the password")
        check(f"welcome-{command}-weak-password")
        person.fill(password="another fine password").press("Set the password")
        assert person.path == "/account?notice=password-set"
        person.open(link)
        check(f"welcome-{command}-used")
    # Each answer with an error is a message.
    assert [line for line in person.console_messages if "Failed to load resource" not in line] == []
