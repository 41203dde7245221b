"""A person with a browser."""

from __future__ import annotations

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from ..settings import PASSWORD, TIMEOUT

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
          "Version/18.5 Mobile/15E148 Safari/604.1")


class Person:
    """A person who uses a service with Chromium, under a profile of their own."""

    def __init__(self, service, profile, authority, *, agent=None, scripts=True, cookies=True, dark=False,
                 size=(1100, 900), language="en"):
        self.service = service
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in (
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
            f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}",
            "--host-resolver-rules=MAP heirloom.test 127.0.0.1, MAP evil.test 127.0.0.1",
            f"--ignore-certificate-errors-spki-list={authority.pin}",
        ):
            options.add_argument(argument)
        if agent:
            options.add_argument(f"--user-agent={agent}")
        refused = {"javascript": not scripts, "cookies": not cookies}
        options.add_experimental_option("prefs", {"intl.accept_languages": language} | {
            f"profile.managed_default_content_settings.{name}": 2 for name, value in refused.items() if value})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
        self.driver.set_script_timeout(TIMEOUT)
        if dark:
            self.driver.execute_cdp_cmd(
                "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})

    def close(self):
        self.driver.quit()

    # What the person sees.

    @property
    def path(self) -> str:
        return self.driver.current_url.removeprefix(self.service.origin)

    @property
    def text(self) -> str:
        return self.driver.find_element(By.TAG_NAME, "body").text

    def find(self, selector: str):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def wait(self, condition):
        return WebDriverWait(self.driver, TIMEOUT).until(lambda _: condition())

    @property
    def cookies(self) -> dict[str, dict]:
        found = self.driver.execute_cdp_cmd("Storage.getCookies", {})["cookies"]
        return {cookie["name"]: cookie for cookie in found}

    @property
    def console_messages(self) -> list[str]:
        """Messages of the browser's console: violations of the pages' policy, errors of their scripts."""
        return [entry["message"] for entry in self.driver.get_log("browser") if "favicon" not in entry["message"]]

    # What the person does.

    def open(self, path: str):
        self.driver.get(path if path.startswith("https:") else self.service.origin + path)
        return self

    def fill(self, **fields: str):
        for name, value in fields.items():
            field = self.find(f"[name={name}]")
            field.clear()
            field.send_keys(value)
        return self

    def press(self, label: str):
        """Presses the button with this label and waits for the next page."""
        old = self.find("html")
        next(button for button in self.all("button") if label in button.text).click()
        WebDriverWait(self.driver, TIMEOUT).until(lambda _: is_gone(old))
        return self

    def sign_in(self, name: str = "ada", password: str = PASSWORD):
        self.open("/login").fill(username=name, password=password).press("Sign in")
        return self

    def forget(self, cookie: str):
        """Deletes a cookie, as its expiry does."""
        self.driver.execute_cdp_cmd(
            "Network.deleteCookies", {"name": cookie, "url": self.service.origin + "/"})

    def run(self, script: str):
        """Runs the body of an async function; returns its value."""
        found = self.driver.execute_async_script(
            "const done = arguments[0]; (async () => {" + script + "})().then("
            "value => done({value}), error => done({error: String(error)}))")
        assert "error" not in found, found
        return found.get("value")

    def take_screenshot(self, file, full=True):
        if full:
            size = self.driver.execute_script("return [innerWidth, innerHeight]")
            height = self.driver.execute_script("return document.documentElement.scrollHeight")
            width = self.driver.execute_script("return innerWidth")
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        self.driver.save_screenshot(str(file))
        if full:
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False})


def is_gone(element) -> bool:
    try:
        element.is_enabled()
        return False
    except Exception:
        return True
