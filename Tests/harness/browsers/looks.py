"""How a page looks: on which screen, and whether everybody can read and use it."""

from __future__ import annotations

import os
from pathlib import Path

from .axe import findings
from .person import FIREFOX, IPHONE

SCREENSHOTS = Path(os.environ["HEIRLOOM_SCREENSHOTS"]) if "HEIRLOOM_SCREENSHOTS" in os.environ else None
SIZES = {"desk": (1100, 900), "phone": (390, 844)}

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


class Looks:
    """A person with a screen of a size, in light or dark, who looks at pages."""

    def __init__(self, open_browser, service, size: str, theme: str, language: str = "en"):
        width, height = SIZES[size]
        self.person = open_browser(
            service, dark=theme == "dark", size=(width, height), agent=FIREFOX, language=language)
        self.name = f"{theme}-{size}" + ("" if language == "en" else f"-{language}")
        # Device emulation allows widths below the least width of Chromium's windows.
        self.person.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def check(self, page: str) -> None:
        """The page fits and is accessible: width, contrast, labels, axe-core."""
        run = self.person.driver.execute_script
        wide = run("return document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{page} is wider than the screen"
        assert run(CONTRAST) == [], page
        assert run(UNLABELLED) == [], page
        assert findings(self.person) == [], page
        if SCREENSHOTS:
            self.person.take_screenshot(SCREENSHOTS / f"{page}-{self.name}.png")


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
