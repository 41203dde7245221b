"""What a person does on the pages."""

from __future__ import annotations

import re

import pytest
from browser import ACCESS, REFRESH
from person import FIREFOX, IPHONE
from service import PASSWORD

NEW_PASSWORD = "another fine long password"


@pytest.fixture
def ada(service, open_browser):
    return open_browser(service, agent=FIREFOX).sign_in()


def test_the_first_start_makes_a_user_by_a_link_that_works_once(make_service, open_browser):
    service = make_service(user=None)
    person = open_browser(service).open(service.setup_link)
    person.fill(username="ada", password="password").press("Make the user")
    assert "tried first" in person.text
    person.fill(username="ada", password=PASSWORD).press("Make the user")
    assert person.path == "/account?notice=welcome" and "ada" in person.text
    other = open_browser(service).open(service.setup_link)
    assert "404" in other.text and "has been used" in other.text
    assert "/setup" not in service.restart().log.split("listens on")[-1]


def test_a_wrong_setup_link_opens_nothing(make_service, open_browser):
    service = make_service(user=None)
    person = open_browser(service)
    for link in ("/setup", "/setup?token=", service.setup_link[:-1]):
        assert "404" in person.open(link).text


def test_only_one_of_two_who_follow_the_setup_link_at_once_makes_a_user(make_service):
    from service import together
    from urllib.parse import urlencode

    service = make_service(user=None)
    token = service.setup_link.split("=")[1]

    def create(name):
        form = urlencode({"token": token, "username": name, "password": PASSWORD})
        return service.post("/setup", form, headers={
            "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}).status

    statuses = together(*(lambda name=f"user{i}": create(name) for i in range(8)))
    assert sorted(statuses) == [303] + [404] * 7
    assert len(service.command("user", "list").splitlines()) == 2


def test_signing_in_shows_this_device_by_a_name_that_people_use(ada):
    assert ada.path == "/account"
    card = ada.find(".cards .card")
    assert "Firefox on Linux" in card.text and "this device" in card.text and "127.0.0.1" in card.text
    time = card.find_element("css selector", "time")
    assert time.text == "just now" and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", time.get_attribute("title"))
    assert ada.complaints == []


def test_a_wrong_password_says_so_and_keeps_the_name(service, open_browser):
    person = open_browser(service).sign_in(password="wrong")
    assert "The name or the password is wrong." in person.text
    assert person.find("#username").get_attribute("value") == "ada" and person.cookies == {}


def test_ck1_the_browser_reports_every_protection_of_the_cookies(ada):
    assert set(ada.cookies) == {ACCESS, REFRESH}
    for name, cookie in ada.cookies.items():
        assert cookie["secure"] and cookie["httpOnly"] and cookie["path"] == "/"
        assert cookie["domain"] == "heirloom.test"  # No leading dot: for this host alone.
        assert cookie["sameSite"] == ("Strict" if name == REFRESH else "Lax")


def test_ck4_no_script_can_read_a_token(ada):
    values = [cookie["value"] for cookie in ada.cookies.values()]
    found = ada.run("""
        return [document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage),
            document.documentElement.outerHTML, await (await fetch("/v1/session")).text()].join()""")
    assert ada.driver.execute_script("return document.cookie") == ""
    assert not any(value in found for value in values)


def test_another_device_is_ended_and_sees_it(service, ada, open_browser):
    phone = open_browser(service, agent=IPHONE).sign_in()
    ada.open("/account")
    assert "Safari on iPhone" in ada.text
    ada.press("End this session")
    assert ada.path == "/account?notice=ended" and "ended by you" in ada.text
    assert phone.open("/account").path == "/login"
    assert ada.open("/account").path == "/account"


def test_all_others_are_ended_and_this_one_goes_on(service, ada, open_browser):
    others = [open_browser(service, agent=IPHONE).sign_in() for _ in range(2)]
    ada.open("/account").press("End all others")
    assert ada.path == "/account?notice=others"
    assert all(other.open("/account").path == "/login" for other in others)
    assert len(ada.all(".card:not(.over):not(form)")) == 1 and "ended with all others" in ada.text
    assert ada.run("return (await fetch('/v1/session')).status") == 200


def test_everything_is_ended_here_too(service, ada, open_browser):
    other = open_browser(service).sign_in()
    ada.press("Sign out everywhere")
    assert ada.path == "/login?notice=everywhere" and ada.cookies == {}
    assert other.open("/account").path == "/login"


def test_signing_out_clears_the_browser(ada):
    ada.press("Sign out")
    assert ada.path == "/login?notice=signed-out" and ada.cookies == {}
    assert ada.open("/account").path == "/login"


def test_a_button_pressed_after_the_session_ended_leads_to_the_login(service, ada):
    service.command("session", "revoke-all", "ada")
    ada.press("Sign out everywhere")
    assert ada.path == "/login?notice=over" and ada.cookies == {}


def test_the_password_is_changed_and_other_devices_end(service, ada, open_browser):
    other = open_browser(service).sign_in()
    ada.fill(current_password="wrong wrong", new_password=NEW_PASSWORD).press("Change the password")
    assert "The current password is wrong." in ada.text and other.open("/account").path == "/account"
    ada.fill(current_password=PASSWORD, new_password="password1").press("Change the password")
    assert "tried first" in ada.text
    ada.fill(current_password=PASSWORD, new_password=NEW_PASSWORD).press("Change the password")
    assert ada.path == "/account?notice=password"
    assert other.open("/account").path == "/login"
    assert "wrong" in other.sign_in().text
    assert other.sign_in(password=NEW_PASSWORD).path == "/account"


def test_a_theft_is_drawn_in_red_with_when_whence_and_how_far_behind(service, ada):
    chain = service.chain(4)
    assert service.refresh(chain[1]["refresh_token"]).json["code"] == "reuse_detected"
    ada.open("/account")
    card = ada.find(".card.stolen")
    assert "3 behind the newest, came back from 127.0.0.1 just now" in card.text
    assert card.find_element("css selector", ".chain .replayed").is_displayed()
    assert card.find_element("css selector", ".chain .replay").text == "1 came back"
    assert "somebody may have had a copy" in ada.text


def test_a_retry_is_drawn_and_called_harmless(service, ada):
    chain = service.chain(2)
    service.rotate(chain[1]["refresh_token"])
    ada.open("/account")
    assert "asked for again once, which is harmless" in ada.text
    assert ada.find(".chain .retried").text == "1×"


def test_what_a_client_calls_itself_is_never_markup(service, ada):
    service.login(device="<script>document.title='x'</script><b>bold")
    service.login(headers={"User-Agent": "<img src=x onerror=alert(1)>"})
    ada.open("/account")
    assert "<script>document.title='x'</script><b>bold" in ada.text and ada.driver.title == "Your devices · Heirloom"
    assert ada.all("main img") == [] and ada.complaints == []


def test_inspect_explains_a_token_and_checks_its_signature(service, ada):
    token = service.login()["access_token"]
    ada.open("/inspect").find("#token").send_keys(token)
    ada.wait(lambda: "The signature is right" in ada.text)
    assert "at+jwt" in ada.text and "Good until it expires, in 10 minutes" in ada.text
    assert "whoever holds it can read all of it" in ada.text
    head, body, signature = token.split(".")
    for changed, said in (
        (f"{head}.{body}.{'A' * len(signature)}", "The signature is wrong"),
        ("junk", "This is not a JWT"),
        ("hr1_x", "opaque token"),
    ):
        ada.find("#token").clear()
        ada.find("#token").send_keys(changed)
        ada.wait(lambda: said in ada.text)


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256", "ML-DSA-65"])
def test_inspect_knows_every_algorithm_or_says_that_the_browser_does_not(make_service, open_browser, algorithm):
    service = make_service({"accessToken": {"algorithm": algorithm}})
    person = open_browser(service).open("/inspect")
    person.driver.execute_script(
        "const f = document.getElementById('token'); f.value = arguments[0]; f.dispatchEvent(new Event('input'))",
        service.login()["access_token"])
    person.wait(lambda: "The signature is right" in person.text or f"cannot check {algorithm}" in person.text)
    assert algorithm != "RS256" or "is right" in person.text


def test_inspect_sends_the_token_nowhere(service, ada):
    token = service.login()["access_token"]
    ada.open("/inspect").find("#token").send_keys(token)
    ada.wait(lambda: "The signature is right" in ada.text)
    requested = ada.driver.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert all(token.split(".")[1] not in name for name in requested)
    assert {name.removeprefix(service.origin) for name in requested} <= {
        "/style.css", "/mark.svg", "/inspect.js", "/.well-known/jwks.json"}


def test_everything_but_inspect_works_without_scripts(make_service, open_browser):
    service = make_service(user=None)
    person = open_browser(service, scripts=False).open(service.setup_link)
    person.fill(username="ada", password=PASSWORD).press("Make the user")
    service.login(headers={"User-Agent": IPHONE})
    assert "Safari on iPhone" in person.open("/account").text
    assert person.press("End this session").path == "/account?notice=ended"
    person.fill(current_password=PASSWORD, new_password=NEW_PASSWORD).press("Change the password")
    assert person.path == "/account?notice=password"
    assert "takes JavaScript" in person.open("/inspect").text
    assert person.press("Sign out").path == "/login?notice=signed-out"
    assert person.fill(username="ada", password=NEW_PASSWORD).press("Sign in").path == "/account"
