"""Another site: it has no effect on a signed-in person's session, but may link to the pages."""

from __future__ import annotations

import pytest

from harness import PASSWORD
from harness.browsers.other_site import OtherSite
from harness.cookies import ACCESS, REFRESH


def own_session(person):
    return person.find(".card").get_attribute("id").removeprefix("s-")


FORMS = [
    ("/account/end-all", ""), ("/account/end-others", ""), ("/account/password",
     f"<input name=current_password value='{PASSWORD}'><input name=new_password value='a thief chose this one'>"),
    ("/account/end", "<input name=session value='SESSION'>"),
    ("/v1/logout", ""), ("/v1/logout-all", ""), ("/v1/refresh", ""),
]


@pytest.mark.parametrize("path, fields", FORMS, ids=[path for path, _ in FORMS])
def test_a_forged_form_has_no_effect(service, ada, authority, path, fields):
    jar = {name: cookie["value"] for name, cookie in ada.cookies.items()}
    fields = fields.replace("SESSION", own_session(ada))
    page = (f"<form method=post action='{service.origin}{path}'><input name=csrf value=guess>{fields}"
            "<button>Win</button></form>")
    with OtherSite(authority, {"/": page}) as site:
        ada.open(site.origin + "/").press("Win")
        ada.open(service.origin + "/account")
        assert ada.path == "/account", ada.text
    assert {name: cookie["value"] for name, cookie in ada.cookies.items()} == jar


def test_a_forged_login_is_refused(service, authority, open_browser):
    service.add_user("mallory")
    person = open_browser(service)
    page = (f"<form method=post action='{service.origin}/login'><input name=username value=mallory>"
            f"<input name=password value='{PASSWORD}'><button>Win</button></form>")
    with OtherSite(authority, {"/": page}) as site:
        person.open(site.origin + "/").press("Win")
    assert "403" in person.text and person.cookies == {}


@pytest.mark.parametrize("credentials", ["include", "omit"])
def test_a_script_of_another_site_changes_nothing_and_reads_nothing(service, ada, authority, credentials):
    with OtherSite(authority, {"/": "<p>evil"}) as site:
        ada.open(site.origin + "/")
        for method, path in (
            ("POST", "/v1/refresh"), ("POST", "/v1/logout-all"), ("GET", "/v1/session"), ("GET", "/account"),
        ):
            outcome = ada.run(f"""
                const options = {{method: "{method}", credentials: "{credentials}"}};
                try {{ return await (await fetch("{service.origin}{path}", options)).text() }}
                catch (error) {{ return "blocked" }}""")
            assert outcome == "blocked"
            ada.run(f"""
                const options = {{method: "{method}", mode: "no-cors", credentials: "include"}};
                await fetch("{service.origin}{path}", options).catch(() => 0)""")
        assert ada.open("/account").path == "/account"
        assert ada.run("return (await (await fetch('/v1/session')).json()).generation") == 0


def test_no_page_opens_in_a_frame(service, ada, authority):
    with OtherSite(authority, {"/": f"<iframe src='{service.origin}/account'></iframe>"}) as site:
        ada.open(site.origin + "/")
        assert any("frame-ancestors" in line or "X-Frame-Options" in line for line in ada.console_messages)


@pytest.mark.parametrize("token", ["", "guess"])
def test_a_wrong_csrf_token_has_no_effect(ada, token):
    ada.driver.execute_script(
        "for (const field of document.querySelectorAll('[name=csrf]')) field.value = arguments[0]", token)
    ada.press("Sign out everywhere")
    assert "403" in ada.text and "Nothing was done" in ada.text
    assert set(ada.cookies) == {ACCESS, REFRESH} and ada.open("/account").path == "/account"


@pytest.mark.parametrize("path", ["/", "/account", "/login"])
@pytest.mark.parametrize("ran_out", [False, True], ids=["fresh", "access cookie ran out"])
def test_a_link_on_another_site_opens_the_account_of_a_signed_in_person(service, ada, authority, path, ran_out):
    if ran_out:
        ada.forget(ACCESS)
    with OtherSite(authority, {"/": f"<a href='{service.origin}{path}'>Go</a>"}) as site:
        ada.open(site.origin + "/").find("a").click()
        ada.wait(lambda: ada.path.startswith("/account"))
        ada.wait(lambda: "Your devices" in ada.text)


def test_a_link_on_another_site_opens_the_login_otherwise(service, authority, open_browser):
    person = open_browser(service)
    with OtherSite(authority, {"/": f"<a href='{service.origin}/account'>Go</a>"}) as site:
        person.open(site.origin + "/").find("a").click()
        person.wait(lambda: person.path == "/login" and "Sign in" in person.text)


def test_a_page_opens_without_a_login_after_the_access_cookie_expired(ada):
    ada.forget(ACCESS)
    assert ada.open("/account").path == "/account"
    ada.forget(ACCESS)
    assert ada.open("/login").path == "/account"
    assert ada.press("Sign out everywhere").path == "/login?notice=everywhere"
