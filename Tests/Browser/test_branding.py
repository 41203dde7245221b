"""Pages with the name, the logo and the colour of an organisation."""

from __future__ import annotations

import pytest

from harness import PASSWORD
from harness.browsers.looks import SIZES, Looks, add_sessions

LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 40">
<style>.bar { fill: #8a1c4a }</style>
<rect class="bar" width="40" height="40" rx="8"/><circle cx="80" cy="20" r="18" fill="#d08"/>
<script>document.documentElement.setAttribute("data-ran", "yes"); fetch("/v1/session")</script></svg>"""
NAME = "Gemeinnützige Wohnungsbaugenossenschaft Süd & Töchter <e.V.>"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_with_branding_fit_and_are_accessible(make_service, open_browser, tmp_path, theme, size):
    (tmp_path / "logo.svg").write_text(LOGO)
    service = make_service(
        {"pages": {"name": NAME, "logoFile": str(tmp_path / "logo.svg"), "accentColor": "#8a1c4a"}})
    add_sessions(service)
    looks = Looks(open_browser, service, size, theme)
    person = looks.person
    person.open("/login")
    assert person.driver.title == f"Sign in · {NAME}" and NAME in person.text
    # The picture was loaded and drawn.
    assert person.driver.execute_script("return document.querySelector('img.logo').naturalWidth") > 0
    looks.check("branding-login")
    person.fill(username="ada", password=PASSWORD).press("Sign in")
    looks.check("branding-account")
    person.driver.get(f"http://127.0.0.1:{service.admin_port}/console/enter")
    looks.check("branding-console")
    assert person.console_messages == []


def test_a_script_in_the_logo_does_not_run(make_service, open_browser, tmp_path):
    (tmp_path / "logo.svg").write_text(LOGO)
    service = make_service({"pages": {"logoFile": str(tmp_path / "logo.svg")}})
    person = open_browser(service).sign_in().open("/logo")
    root = "return document.documentElement"
    assert person.driver.execute_script(f"{root}.tagName") == "svg"
    assert person.driver.execute_script(f"{root}.getAttribute('data-ran')") is None
    # The style of the picture applies.
    fill = person.driver.execute_script("return getComputedStyle(document.querySelector('.bar')).fill")
    assert fill == "rgb(138, 28, 74)"
