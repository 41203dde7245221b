"""What another site can do to a person who is signed in here: nothing; and what it may: lead them here."""

from __future__ import annotations

import pytest
from browser import ACCESS, REFRESH
from othersite import Site
from service import PASSWORD


@pytest.fixture
def ada(service, open_browser):
    return open_browser(service).sign_in()


def own_session(person):
    return person.find(".card").get_attribute("id").removeprefix("s-")


FORMS = [
    ("/account/end-all", ""), ("/account/end-others", ""), ("/account/password",
     f"<input name=current_password value='{PASSWORD}'><input name=new_password value='a thief chose this one'>"),
    ("/account/end", "<input name=session value='SESSION'>"), ("/v1/logout", ""), ("/v1/logout-all", ""), ("/v1/refresh", ""),
]


@pytest.mark.parametrize("path, fields", FORMS, ids=[path for path, _ in FORMS])
def test_cs1_a_forged_form_does_nothing(service, ada, authority, path, fields):
    jar = {name: cookie["value"] for name, cookie in ada.cookies.items()}
    fields = fields.replace("SESSION", own_session(ada))
    page = f"<form method=post action='{service.origin}{path}'><input name=csrf value=guess>{fields}<button>Win</button></form>"
    with Site(authority, {"/": page}) as site:
        ada.open(site.origin + "/").press("Win")
        ada.open(service.origin + "/account")
        assert ada.path == "/account", ada.text
    assert {name: cookie["value"] for name, cookie in ada.cookies.items()} == jar


def test_cs2_a_forged_login_signs_nobody_in(service, authority, open_browser):
    service.add_user("mallory")
    person = open_browser(service)
    page = (f"<form method=post action='{service.origin}/login'><input name=username value=mallory>"
            f"<input name=password value='{PASSWORD}'><button>Win</button></form>")
    with Site(authority, {"/": page}) as site:
        person.open(site.origin + "/").press("Win")
    assert "403" in person.text and person.cookies == {}


@pytest.mark.parametrize("credentials", ["include", "omit"])
def test_a_script_of_another_site_changes_nothing_and_reads_nothing(service, ada, authority, credentials):
    with Site(authority, {"/": "<p>evil"}) as site:
        ada.open(site.origin + "/")
        for method, path in (("POST", "/v1/refresh"), ("POST", "/v1/logout-all"), ("GET", "/v1/session"), ("GET", "/account")):
            outcome = ada.run(f"""
                try {{ return await (await fetch("{service.origin}{path}", {{method: "{method}", credentials: "{credentials}"}})).text() }}
                catch (error) {{ return "blocked" }}""")
            assert outcome == "blocked"
            ada.run(f"""await fetch("{service.origin}{path}", {{method: "{method}", mode: "no-cors", credentials: "include"}}).catch(() => 0)""")
        assert ada.open("/account").path == "/account"
        assert ada.run("return (await (await fetch('/v1/session')).json()).generation") == 0


def test_no_page_can_be_put_into_a_frame(service, ada, authority):
    with Site(authority, {"/": f"<iframe src='{service.origin}/account'></iframe>"}) as site:
        ada.open(site.origin + "/")
        assert any("frame-ancestors" in line or "X-Frame-Options" in line for line in ada.complaints)


@pytest.mark.parametrize("token", ["", "guess"])
def test_cs3_a_wrong_csrf_token_does_nothing(ada, token):
    ada.driver.execute_script(
        "for (const field of document.querySelectorAll('[name=csrf]')) field.value = arguments[0]", token)
    ada.press("Sign out everywhere")
    assert "403" in ada.text and "nothing was done" in ada.text
    assert set(ada.cookies) == {ACCESS, REFRESH} and ada.open("/account").path == "/account"


@pytest.mark.parametrize("path", ["/", "/account", "/login"])
@pytest.mark.parametrize("ran_out", [False, True], ids=["fresh", "access cookie ran out"])
def test_a_link_on_another_site_leads_to_the_account_of_whoever_is_signed_in(service, ada, authority, path, ran_out):
    if ran_out:
        ada.forget(ACCESS)
    with Site(authority, {"/": f"<a href='{service.origin}{path}'>Go</a>"}) as site:
        ada.open(site.origin + "/").find("a").click()
        ada.wait(lambda: ada.path.startswith("/account"))
        ada.wait(lambda: "Your devices" in ada.text)


def test_a_link_on_another_site_leads_a_stranger_to_the_login(service, authority, open_browser):
    person = open_browser(service)
    with Site(authority, {"/": f"<a href='{service.origin}/account'>Go</a>"}) as site:
        person.open(site.origin + "/").find("a").click()
        person.wait(lambda: person.path == "/login" and "Sign in" in person.text)


def test_a_page_opened_after_the_access_cookie_ran_out_does_not_ask_to_sign_in(ada):
    ada.forget(ACCESS)
    assert ada.open("/account").path == "/account" and set(ada.cookies) == {REFRESH}
    assert ada.open("/login").path == "/account"
    assert ada.press("Sign out everywhere").path == "/login?notice=everywhere"
