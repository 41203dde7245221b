"""The recipe of docs/federation.md: Apache with mod_auth_openidc in front, and a back-end that vouches."""

from __future__ import annotations

import http.cookiejar
import os
import re
import ssl
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from harness import add_client
from harness.concurrency import wait_until
from harness.documents import block
from harness.federation import CLIENT, SECRET, Case, Provider
from harness.ports import free_port
from harness.proxies import Proxy

# One store is enough for a recipe.
pytestmark = pytest.mark.store("sqlite")


class Person:
    """A browser that follows redirects and keeps cookies."""

    def __init__(self):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies), urllib.request.HTTPSHandler(context=context))

    def open(self, url: str, data: bytes | None = None, **headers: str) -> tuple[int, str, str]:
        """The status, the URL after all redirects, and the body."""
        request = urllib.request.Request(url, data, {"Accept": "text/html", **headers})
        try:
            with self.opener.open(request, timeout=20) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.url, answer.read().decode()


@pytest.fixture
def place(make_server, tmp_path):
    """Apache, the back-end, Heirloom and a provider; yields the origin and Heirloom."""
    provider = Provider({"op": Case()}, host="localhost")
    port, application = free_port(), free_port()
    proxy = Proxy(block("docs/federation.md", "apache"), tmp_path / "apache", port, application)
    origin = f"https://localhost:{proxy.port}"
    server = make_server({"issuer": origin, "http": {"port": port, "trustedProxies": ["127.0.0.1"]}})
    client = add_client(server, "sign-in", "--permit", "vouch")
    text = proxy.file.read_text()
    for documented, ours in {
        "https://accounts.google.com": provider["op"].url, "CLIENT-ID": CLIENT, "CLIENT-SECRET": f'"{SECRET}"',
        "PASSPHRASE": "0123456789abcdef", "https://app.example": origin,
    }.items():
        assert documented in text, documented
        text = text.replace(documented, ours)
    proxy.file.write_text(text)
    program = tmp_path / "sign_in.py"
    program.write_text(block("docs/federation.md", "python").text)
    environment = {
        **os.environ, "HEIRLOOM_URL": f"http://127.0.0.1:{port}", "SIGN_IN_SECRET": client.secret,
        "PORT": str(application), "EXPECTED_ISSUER": provider["op"].url}
    with open(tmp_path / "back-end.log", "wb") as log:
        back_end = subprocess.Popen([sys.executable, str(program)], env=environment, stdout=log, stderr=log)
    proxy.start()

    def is_open() -> bool:
        try:
            return Person().open(f"http://127.0.0.1:{application}/sign-in")[0] == 200
        except OSError:
            return False

    wait_until(is_open)
    yield origin, server, provider["op"]
    proxy.end()
    back_end.terminate()
    back_end.wait()
    provider.end()


def test_a_certified_relying_party_signs_a_person_in(place):
    origin, server, issuer = place
    person = Person()
    status, url, page = person.open(origin + "/sign-in")
    assert (status, url) == (200, origin + "/sign-in"), page
    assert issuer.requests["token"] == 1 and "<button>" in page
    # What a client adds is no claim.
    status, url, page = person.open(
        origin + "/sign-in", b"", **{"Sec-Fetch-Site": "same-origin", "OIDC_CLAIM_sub": "admin"})
    assert (status, url) == (200, origin + "/account"), page
    assert {"__Host-heirloom-access", "__Host-heirloom-refresh"} <= {cookie.name for cookie in person.cookies}
    # The subject is the identity that the certified relying party has verified.
    assert re.search(rf"google\|{re.escape(issuer.subject)}", server.cli("event", "list", "--json").stdout)


def test_no_other_site_signs_a_browser_in(place):
    origin, _, _ = place
    person = Person()
    person.open(origin + "/sign-in")
    for site in ("cross-site", "same-site", "none"):
        assert person.open(origin + "/sign-in", b"", **{"Sec-Fetch-Site": site})[0] == 403
    assert not any(cookie.name.startswith("__Host-heirloom") for cookie in person.cookies)


def test_a_claim_that_a_client_makes_up_is_not_believed(place):
    origin, _, issuer = place
    forged = {"OIDC_CLAIM_sub": "admin", "OIDC_CLAIM_iss": issuer.url, "Accept": "application/json"}
    person = Person()
    assert person.open(origin + "/sign-in", b"", **forged, **{"Sec-Fetch-Site": "same-origin"})[0] == 401
    assert not any(cookie.name.startswith("__Host-heirloom") for cookie in person.cookies)
