"""The pages and the console in other languages than English: width, contrast, labels, axe-core."""

from __future__ import annotations

import pytest

from harness import PASSWORD
from harness.browsers.looks import Looks, add_sessions

LANGUAGES = ["de"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme, size", [("light", "desk"), ("dark", "phone"), ("light", "phone")])
def test_pages_in_another_language_fit_and_are_accessible(make_service, open_browser, theme, size, language):
    service = make_service({"loginLimits": {"perAccount": 2}}, user=None)
    looks = Looks(open_browser, service, size, theme, language)
    person, check = looks.person, looks.check

    def submit():
        old = person.find("html")
        person.find("main form button:not(.plain, .danger)").click()
        person.wait(lambda: person.find("html") != old)

    person.open("/login")
    assert person.find("html").get_attribute("lang") == language
    check("login-without-users")
    person.open("/setup?token=x")
    check("setup-wrong-link")
    person.open(service.setup_link).fill(username="client:x", password=PASSWORD)
    submit()
    check("setup-wrong-name")
    person.fill(username="ada", password=PASSWORD)
    submit()
    check("account-first")
    add_sessions(service)
    person.open("/account")
    for folded in person.all("summary"):
        folded.click()
    check("account")
    person.fill(current_password="wrong wrong", new_password="another fine password")
    submit()
    check("account-wrong-password")
    person.open("/inspect")
    person.find("#token").send_keys(service.login()["access_token"])
    person.wait(lambda: person.all("#result .good"))
    check("inspect")
    # No text of the script lacks a value.
    assert "undefined" not in person.text and "{" not in person.find("#result").text.replace("{\"", "")
    person.open("/nothing")
    check("error")
    service.command("session", "revoke-all", "ada")
    person.open("/account")
    for _ in range(3):
        person.fill(username="ada", password="wrong")
        submit()
    check("login-too-many-attempts")
    for command, name in (("reset", "ada"), ("invite", "grace")):
        link = service.command("user", command, name).strip().removeprefix(service.origin)
        person.open(link)
        check(f"welcome-{command}")
        person.fill(password="another fine password")
        submit()
        person.open(link)
        check(f"welcome-{command}-used")
    assert [line for line in person.console_messages if "Failed to load resource" not in line] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme, size", [("light", "desk"), ("dark", "phone"), ("light", "phone")])
def test_the_console_in_another_language_fits_and_is_accessible(make_service, open_browser, theme, size, language):
    service = make_service()
    add_sessions(service)
    subject = service.login()["subject"]
    service.command("identity", "link", "ada", "https://accounts.example", "1234567890")
    looks = Looks(open_browser, service, size, theme, language)
    person, check = looks.person, looks.check

    def open_console(path):
        person.driver.get(f"http://127.0.0.1:{service.admin_port}{path}")

    open_console("/console/enter")
    assert person.find("html").get_attribute("lang") == language
    check("console-enter")
    person.driver.get(service.command("console").strip().replace(":0/", f":{service.admin_port}/"))
    check("console-enter-by-link")
    old = person.find("html")
    person.find("main form button").click()
    person.wait(lambda: person.find("html") != old)
    for page in (
        "", "/users", "/users?search=zz", f"/subjects/{subject}", "/clients", "/clients/web", "/keys", "/events",
        "/providers", "/nothing",
    ):
        open_console(f"/console{page}")
        assert person.find("html").get_attribute("lang") == language
        for folded in person.all("summary"):
            folded.click()
        check("console" + page.replace("/", "-").replace("?search=zz", "-none").replace(subject, "ada"))
