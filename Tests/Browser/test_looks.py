"""Every page and state in light and dark, on a desktop and on a phone: width, contrast, labels, axe-core."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness import PASSWORD
from harness.browsers.axe import findings
from harness.browsers.person import FIREFOX, IPHONE

SCREENSHOTS = Path(os.environ["HEIRLOOM_SCREENSHOTS"]) if "HEIRLOOM_SCREENSHOTS" in os.environ else None

# WCAG 2.2 §1.4.3: returns the texts whose contrast against their background is too low.
CONTRAST = """
const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const behind = (element) => {
  for (; element; element = element.parentElement) {
    const color = parse(getComputedStyle(element).backgroundColor);
    if (color.length < 4 || color[3] > 0) return color;
  }
  return [255, 255, 255];
};
const poor = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
  if (element.closest("noscript, .skip, title")) continue;
  const style = getComputedStyle(element);
  const color = parse(element.closest("svg") ? style.fill : style.color);
  const [a, b] = [luminance(color), luminance(behind(element))].sort();
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) poor.push(`${element.tagName} ${walker.currentNode.data.trim()}: ${ratio.toFixed(2)}`);
}
return poor;
"""

UNLABELLED = """
return [...document.querySelectorAll("input:not([type=hidden]):not(.skip), textarea, button")]
  .filter((field) => !(field.labels?.length || field.textContent.trim() || field.getAttribute("aria-label")))
  .map((field) => field.outerHTML);
"""


@pytest.mark.parametrize("size", [(1100, 900), (390, 844)], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_and_state_fits_and_is_accessible(make_service, open_browser, dark, size):
    service = make_service({"loginLimits": {"perAccount": 2}}, user=None)
    person = open_browser(service, dark=dark, size=size, agent=FIREFOX)
    look = f"{'dark' if dark else 'light'}-{'phone' if size[0] < 500 else 'desk'}"

    def check(page):
        script = "return document.documentElement.scrollWidth - innerWidth"
        assert person.driver.execute_script(script) <= 0, f"{page} is wider than the screen"
        assert person.driver.execute_script(CONTRAST) == [], page
        assert person.driver.execute_script(UNLABELLED) == [], page
        assert findings(person) == [], page
        if SCREENSHOTS:
            person.take_screenshot(SCREENSHOTS / f"{page}-{look}.png")

    # Device emulation allows widths below the least width of Chromium's windows.
    person.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False})
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


def add_sessions(service):
    """Adds sessions of every kind for ada."""
    phone = service.login(headers={"User-Agent": IPHONE})
    for _ in range(14):
        phone = service.rotate(phone["refresh_token"])
    service.refresh(service.chain(0)[0]["refresh_token"])
    first = service.login(headers={"User-Agent": FIREFOX.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64")})
    chain = [first]
    for _ in range(5):
        chain.append(service.rotate(chain[-1]["refresh_token"]))
    service.refresh(chain[2]["refresh_token"])
    laptop = service.login(device="Work laptop")
    for _ in range(3):
        laptop, parent = service.rotate(laptop["refresh_token"]), laptop
    service.rotate(parent["refresh_token"])
    service.post("/v1/logout", {"refresh_token": service.login(device="Old tablet")["refresh_token"]})
    # Moves their times apart.
    hour = 3_600_000
    service.query(f"""UPDATE sessions SET created_at = created_at - {50 * hour}, ended_at = ended_at - {5 * hour}
        WHERE device IS NOT NULL OR user_agent LIKE '%iPhone%' OR user_agent LIKE '%Windows%'""")
    service.query(f"""UPDATE refresh_tokens SET rotated_at = rotated_at - {6 * hour}
        WHERE session_id IN (SELECT session_id FROM sessions WHERE created_at < authenticated_at)""")
    service.query(f"UPDATE events SET at = at - {5 * hour} WHERE kind = 'reuse_detected'")
