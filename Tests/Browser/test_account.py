"""The account pages as a person uses them."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from harness import PASSWORD, Server, together
from harness.browsers.person import FIREFOX, IPHONE
from harness.cookies import ACCESS, REFRESH
from harness.ports import free_port

NEW_PASSWORD = "another fine long password"


@pytest.fixture
def ada(service, open_browser):
    return open_browser(service, agent=FIREFOX).sign_in()


def test_the_setup_link_of_the_first_start_works_once(make_service, open_browser):
    service = make_service(user=None)
    person = open_browser(service).open(service.setup_link)
    person.fill(username="ada", password="password").press("Create the user")
    assert "too common" in person.text
    person.fill(username="ada", password=PASSWORD).press("Create the user")
    assert person.path == "/account?notice=welcome" and "ada" in person.text
    other = open_browser(service).open(service.setup_link)
    assert "404" in other.text and "has been used" in other.text
    other.find("main a.button").click()
    other.wait(lambda: other.path == "/login")
    assert "/setup" not in service.restart().log.split("listens on")[-1]


def test_a_wrong_setup_link_is_not_found(make_service, open_browser):
    service = make_service(user=None)
    person = open_browser(service)
    for link in ("/setup", "/setup?token=", service.setup_link[:-1]):
        assert "404" in person.open(link).text


def test_only_one_of_several_parallel_setups_adds_a_user(make_service):
    service = make_service(user=None)
    token = service.setup_link.split("=")[1]

    def create(name):
        form = urlencode({"token": token, "username": name, "password": PASSWORD})
        return service.post("/setup", form, headers={
            "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}).status

    statuses = together(*(lambda name=f"user{i}": create(name) for i in range(8)))
    assert sorted(statuses) == [303] + [404] * 7
    assert len(service.command("user", "list").splitlines()) == 2


def test_the_account_shows_this_device_by_browser_and_system(ada):
    assert ada.path == "/account"
    card = ada.find(".cards .card")
    assert "Firefox on Linux" in card.text and "this device" in card.text and "127.0.0.1" in card.text
    time = card.find_element("css selector", "time")
    assert time.text == "just now" and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", time.get_attribute("title"))
    assert ada.console_messages == []


def test_a_wrong_password_is_reported_and_the_name_remains(service, open_browser):
    person = open_browser(service).sign_in(password="wrong")
    assert "The username or the password is wrong." in person.text
    assert person.find("#username").get_attribute("value") == "ada" and person.cookies == {}


def test_the_browser_stores_the_cookies_with_every_protective_attribute(ada):
    assert set(ada.cookies) == {ACCESS, REFRESH}
    for name, cookie in ada.cookies.items():
        assert cookie["secure"] and cookie["httpOnly"] and cookie["path"] == "/"
        assert cookie["domain"] == "heirloom.test"  # Without a leading dot: for this host only.
        assert cookie["sameSite"] == ("Strict" if name == REFRESH else "Lax")


def test_no_script_can_read_a_token(ada):
    values = [cookie["value"] for cookie in ada.cookies.values()]
    found = ada.run("""
        return [document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage),
            document.documentElement.outerHTML, await (await fetch("/v1/session")).text()].join()""")
    assert ada.driver.execute_script("return document.cookie") == ""
    assert not any(value in found for value in values)


def test_ending_another_device_signs_it_out(service, ada, open_browser):
    phone = open_browser(service, agent=IPHONE).sign_in()
    ada.open("/account")
    assert "Safari on iPhone" in ada.text
    ada.press("End this session")
    assert ada.path == "/account?notice=ended" and "ended by you" in ada.text
    assert phone.open("/account").path == "/login?notice=over" and "Your session has ended." in phone.text
    assert ada.open("/account").path == "/account"


def test_ending_all_others_leaves_this_device_signed_in(service, ada, open_browser):
    others = [open_browser(service, agent=IPHONE).sign_in() for _ in range(2)]
    ada.open("/account").press("End all others")
    assert ada.path == "/account?notice=others"
    assert all(other.open("/account").path == "/login?notice=over" for other in others)
    assert len(ada.all(".card:not(.over):not(form)")) == 1 and "ended with all others" in ada.text
    assert ada.run("return (await fetch('/v1/session')).status") == 200


def test_signing_out_everywhere_signs_out_this_device_too(service, ada, open_browser):
    other = open_browser(service).sign_in()
    ada.press("Sign out everywhere")
    assert ada.path == "/login?notice=everywhere" and ada.cookies == {}
    assert other.open("/account").path == "/login?notice=over"


def test_signing_out_clears_the_cookies(ada):
    ada.press("Sign out")
    assert ada.path == "/login?notice=signed-out" and ada.cookies == {}
    assert ada.open("/account").path == "/login"


def test_a_button_of_an_ended_session_leads_to_the_login(service, ada):
    service.command("session", "revoke-all", "ada")
    ada.press("Sign out everywhere")
    assert ada.path == "/login?notice=over" and ada.cookies == {}


def test_a_password_change_signs_out_other_devices(service, ada, open_browser):
    other = open_browser(service).sign_in()
    ada.fill(current_password="wrong wrong", new_password=NEW_PASSWORD).press("Change the password")
    assert "The current password is wrong." in ada.text and other.open("/account").path == "/account"
    ada.fill(current_password=PASSWORD, new_password="password1").press("Change the password")
    assert "too common" in ada.text
    ada.fill(current_password=PASSWORD, new_password=NEW_PASSWORD).press("Change the password")
    assert ada.path == "/account?notice=password"
    assert other.open("/account").path == "/login?notice=over"
    assert "wrong" in other.sign_in().text
    assert other.sign_in(password=NEW_PASSWORD).path == "/account"


def test_a_detected_reuse_shows_its_time_address_and_distance(service, ada):
    chain = service.chain(4)
    assert service.refresh(chain[1]["refresh_token"]).json["code"] == "reuse_detected"
    ada.open("/account")
    card = ada.find(".card.stolen")
    assert "3 generations behind the newest, was used again from 127.0.0.1 just now" in card.text
    assert card.find_element("css selector", ".chain .replayed").is_displayed()
    assert card.find_element("css selector", ".chain .replay").text == "1 used again"
    assert "somebody may have had a copy" in ada.text


def test_a_retry_is_shown_as_harmless(service, ada):
    chain = service.chain(2)
    service.rotate(chain[1]["refresh_token"])
    ada.open("/account")
    assert "asked for again once, which is harmless" in ada.text
    assert ada.find(".chain .retried").text == "1×"


def test_text_from_a_client_is_never_markup(service, ada):
    service.login(device="<script>document.title='x'</script><b>bold")
    service.login(headers={"User-Agent": "<img src=x onerror=alert(1)>"})
    ada.open("/account")
    assert "<script>document.title='x'</script><b>bold" in ada.text and ada.driver.title == "Your devices · Heirloom"
    assert ada.all("main img") == [] and ada.console_messages == []


def test_inspect_explains_a_token_and_checks_its_signature(service, ada):
    token = service.login()["access_token"]
    ada.open("/inspect").find("#token").send_keys(token)
    ada.wait(lambda: "The signature is valid" in ada.text)
    assert "at+jwt" in ada.text and "Expires in 10 minutes" in ada.text
    assert "anyone who has it can read all of it" in ada.text
    head, body, signature = token.split(".")
    for changed, said in (
        (f"{head}.{body}.{'A' * len(signature)}", "The signature is not valid"),
        ("junk", "This is not a JWT"),
        ("hr1_x", "opaque token"),
    ):
        ada.find("#token").clear()
        ada.find("#token").send_keys(changed)
        ada.wait(lambda: said in ada.text)


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256", "ML-DSA-65"])
def test_inspect_checks_every_algorithm_or_names_the_one_that_the_browser_lacks(make_service, open_browser, algorithm):
    service = make_service({"accessToken": {"algorithm": algorithm}})
    person = open_browser(service).open("/inspect")
    person.driver.execute_script(
        "const f = document.getElementById('token'); f.value = arguments[0]; f.dispatchEvent(new Event('input'))",
        service.login()["access_token"])
    person.wait(lambda: "The signature is valid" in person.text or f"cannot check {algorithm}" in person.text)
    assert algorithm != "RS256" or "is valid" in person.text


def test_inspect_sends_the_token_nowhere(service, ada):
    token = service.login()["access_token"]
    ada.open("/inspect").find("#token").send_keys(token)
    ada.wait(lambda: "The signature is valid" in ada.text)
    requested = ada.driver.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert all(token.split(".")[1] not in name for name in requested)
    assert {name.removeprefix(service.origin) for name in requested} <= {
        "/style.css", "/mark.svg", "/inspect.js", "/.well-known/jwks.json"}


def test_all_pages_but_inspect_work_without_scripts(make_service, open_browser):
    service = make_service(user=None)
    person = open_browser(service, scripts=False).open(service.setup_link)
    person.fill(username="ada", password=PASSWORD).press("Create the user")
    service.login(headers={"User-Agent": IPHONE})
    assert "Safari on iPhone" in person.open("/account").text
    assert person.press("End this session").path == "/account?notice=ended"
    person.fill(current_password=PASSWORD, new_password=NEW_PASSWORD).press("Change the password")
    assert person.path == "/account?notice=password"
    assert "needs JavaScript" in person.open("/inspect").text
    assert person.press("Sign out").path == "/login?notice=signed-out"
    assert person.fill(username="ada", password=NEW_PASSWORD).press("Sign in").path == "/account"


def test_a_browser_that_keeps_no_cookie_says_so(tmp_path, open_browser):
    """Chromium keeps no Secure cookie of a plain http origin that is not loopback."""
    port = free_port()
    origin = f"http://heirloom.test:{port}"
    service = Server(tmp_path / "plain", {"issuer": origin, "http": {"port": port}})
    service.origin = origin
    service.add_user("ada")
    service.start()
    try:
        person = open_browser(service).sign_in()
        assert "your browser kept no cookie" in person.text and person.cookies == {}
        assert service.query("SELECT count(*) FROM sessions WHERE ended_at IS NULL") == [(0,)]
        assert "issuer: browsers keep no cookies" in service.log
    finally:
        service.end()


def test_a_browser_that_refuses_cookies_says_so(service, open_browser):
    person = open_browser(service, cookies=False).open("/login")
    person.find("a.brand").click()
    person.wait(lambda: person.path == "/login")
    assert "no cookie" not in person.text
    assert "Your browser kept no cookie" in person.sign_in().text


def test_the_checkbox_decides_whether_the_cookies_outlive_the_browser(service, open_browser):
    person = open_browser(service).open("/login").fill(username="ada", password=PASSWORD)
    person.find("[name=remember]").click()
    person.press("Sign in")
    assert person.path == "/account" and all(cookie["session"] for cookie in person.cookies.values())
