"""A login with a provider as a person sees it, through Chromium, which withholds `Strict` cookies from other sites."""

from __future__ import annotations

import pytest

from harness import PASSWORD
from harness.cookies import ACCESS, REFRESH
from harness.federation import ATTEMPT, Case, Provider
from harness.federation.real import Mock

CASES = {
    "asks": Case(asks=True), "other": Case(asks=True), "posts": Case(settings={"responseMode": "form_post"}),
    "cancels": Case(redirect=lambda answer: [("error", "access_denied"), *answer[1:]]),
}


@pytest.fixture
def provider():
    provider = Provider(CASES)
    yield provider
    provider.end()


@pytest.fixture
def service(make_service, provider, tmp_path):
    return make_service({"federation": provider.settings(tmp_path / "secret")})


def cards(person) -> int:
    """How many live sessions the page shows."""
    return len(person.all(".card[id^='s-']:not(.over)"))


def attempts(person) -> list[str]:
    return [name for name in person.cookies if name.startswith(ATTEMPT)]


def to_provider(person, name: str):
    """Presses the provider's button, and waits until its page is there."""
    person.press(f"Continue with The {name}")
    person.wait(lambda: any("Agree" in button.text or "Go back" in button.text for button in person.all("button")))
    return person


def finish(person, label: str, path: str = "/account"):
    person.press(label)
    person.wait(lambda: person.path.split("?")[0] == path)
    return person


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_signs_in_with_a_provider_with_and_without_scripts(service, open_browser, scripts):
    person = open_browser(service, scripts=scripts)
    to_provider(person.open("/login"), "asks")
    finish(person, "Agree to asks")
    assert "this device" in person.text and cards(person) == 1
    cookies = person.cookies
    assert set(cookies) == {ACCESS, REFRESH}, "the attempt is cleared"
    assert cookies[REFRESH]["sameSite"] == "Strict" and cookies[REFRESH]["httpOnly"]
    # The strict cookie is there: without the access cookie the page is still shown.
    person.forget(ACCESS)
    assert person.open("/account").path == "/account"
    if scripts:
        assert [message for message in person.console_messages if "Content Security" in message] == []


def test_a_response_by_a_form_of_the_provider_arrives(service, open_browser):
    person = open_browser(service)
    to_provider(person.open("/login"), "posts")
    finish(person, "Go back")
    assert "this device" in person.text and set(person.cookies) == {ACCESS, REFRESH}


def test_two_tabs_sign_in_at_once(service, open_browser):
    person = open_browser(service)
    driver = person.driver
    first = driver.current_window_handle
    to_provider(person.open("/login"), "asks")
    driver.switch_to.new_window("tab")
    to_provider(person.open("/login"), "other")
    assert len(attempts(person)) == 2
    second = driver.current_window_handle
    driver.switch_to.window(first)
    finish(person, "Agree to asks")
    driver.switch_to.window(second)
    finish(person, "Agree to other")
    driver.switch_to.window(first)
    assert person.open("/account").path == "/account" and attempts(person) == []


def test_the_back_button_signs_nobody_out(service, open_browser):
    person = open_browser(service)
    to_provider(person.open("/login"), "asks")
    finish(person, "Agree to asks")
    card = person.find(".card").get_attribute("id")
    person.driver.back()
    person.wait(lambda: person.all("button"))
    if any("Agree" in button.text for button in person.all("button")):
        finish(person, "Agree to asks")
    assert person.open("/account").path == "/account" and person.find(".card").get_attribute("id") == card


def test_an_answer_that_is_delivered_again_leads_to_the_account(service, open_browser, provider):
    person = open_browser(service)
    to_provider(person.open("/login"), "asks")
    finish(person, "Agree to asks")
    card = person.find(".card").get_attribute("id")
    for _ in range(2):
        person.open(provider.last_place)
        person.wait(lambda: person.path == "/account")
        assert person.find(".card").get_attribute("id") == card and cards(person) == 1
    stranger = open_browser(service).open(provider.last_place)
    stranger.wait(lambda: "too long" in stranger.text)
    to_provider(stranger, "asks")
    finish(stranger, "Agree to asks")


def test_a_person_who_cancels_is_told_so(service, open_browser):
    person = open_browser(service).open("/login")
    person.press("Continue with The cancels")
    person.wait(lambda: "did not finish" in person.text)
    assert person.path == "/login?notice=cancelled" and person.cookies == {}


def test_a_person_links_a_provider_signs_in_by_it_and_removes_it(service, open_browser):
    person = open_browser(service).sign_in()
    assert "Ways to sign in" in person.text
    person.press("Add The asks")
    person.wait(lambda: any("Agree" in button.text for button in person.all("button")))
    finish(person, "Agree to asks")
    assert person.path == "/account?notice=linked" and "You can now sign in that way" in person.text
    person.press("Sign out")
    assert person.path.startswith("/login") and person.cookies == {}
    to_provider(person, "asks")
    finish(person, "Agree to asks")
    assert "signed in as ada" in person.text and "Sign in once more" in person.text
    # A sign-in by a provider alone is no fresh authentication here; ada's password is.
    person.find("#confirm").send_keys(PASSWORD)
    person.press("Sign in once more")
    person.wait(lambda: person.path == "/account")
    assert cards(person) == 1, "the old session of this browser has ended"
    person.press("Remove")
    assert person.path == "/account?notice=unlinked" and "Add The asks" in person.text


def test_a_person_without_a_password_sees_no_form_for_one(service, open_browser):
    person = open_browser(service)
    to_provider(person.open("/login"), "asks")
    finish(person, "Agree to asks")
    assert person.all("[name=current_password]") == [] and person.all("[name=password]") == []
    person.press("Sign in once more with The asks")
    person.wait(lambda: any("Agree" in button.text for button in person.all("button")))
    finish(person, "Agree to asks")
    assert "Add The other" in person.text and cards(person) == 1


def test_a_person_comes_back_to_where_the_login_began(service, open_browser):
    person = open_browser(service)
    to_provider(person.open("/login?return=/inspect"), "asks")
    finish(person, "Agree to asks", "/inspect")


def test_a_person_signs_in_with_a_real_provider(make_service, open_browser, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("any")
    mock = Mock(tmp_path / "mock", "").start()
    try:
        service = make_service({"federation": {"providers": {"mock": {
            "name": "The mock", "issuer": mock.issuer, "clientId": "heirloom", "clientSecretFile": str(secret)}}}})
        person = open_browser(service).open("/login")
        person.press("Continue with The mock")
        person.wait(lambda: person.all("[name=sub]"))
        if person.find("[name=sub]").get_attribute("type") != "hidden":
            person.fill(sub="alice@example.org")
        person.find("button, input[type=submit]").click()
        person.wait(lambda: person.path == "/account")
        assert "this device" in person.text and "The mock" in person.text
        person.press("Sign out")
        assert person.path.startswith("/login") and person.cookies == {}
    finally:
        mock.end()
