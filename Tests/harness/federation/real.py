"""Real OpenID providers that run without a person: started, configured, and logged in to as a browser would be."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

import requests
from joserfc.jwk import RSAKey

from ..concurrency import wait_until
from ..ports import free_port
from ..settings import TIMEOUT

SECRET = "a-secret.0123456789_ABCDEF"
USER, WORD = "alice", "wonderland-1865"


class RealProvider:
    """A program that is an OpenID provider. `issuer`, `client` and `secret` are what the service is configured with."""

    client, secret = "heirloom", SECRET
    # More keys of the service's configuration.
    settings: dict = {}

    def __init__(self, folder: Path, callback: str, logout: str = ""):
        """`callback`: the redirect URI; `logout`: where logout tokens go."""
        folder.mkdir(parents=True)
        self.folder, self.callback, self.logout = folder, callback, logout
        self.port = free_port()
        self.log = open(folder / "log", "w")
        self.process: subprocess.Popen | None = None

    def start(self) -> "RealProvider":
        self.prepare()
        self.process = subprocess.Popen(
            self.command(), cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log)
        deadline = time.monotonic() + TIMEOUT
        while not self.is_ready():
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, "the provider does not start"
            time.sleep(0.05)
        self.configure()
        return self

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def is_ready(self) -> bool:
        try:
            return requests.get(self.ready_url, timeout=2).ok
        except requests.RequestException:
            return False

    @property
    def environment(self) -> dict:
        return dict(os.environ)

    @property
    def ready_url(self) -> str:
        return self.issuer.rstrip("/") + "/.well-known/openid-configuration"

    def prepare(self) -> None:
        """Writes the files that the program needs."""

    def configure(self) -> None:
        """What is configured over the program's API."""


class Mock(RealProvider):
    """oidc-provider-mock: no `alg` and no `use` in its keys, no `kid` in headers, any client, `sub` is an e-mail."""

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        person = {"sub": "alice@example.org", "email": "alice@example.org", "email_verified": True}
        return [script("oidc-provider-mock"), "--port", str(self.port), "--user-claims", json.dumps(person)]

    def log_in(self, url: str) -> list[tuple[str, str]]:
        return answer(requests.post(url, data={"sub": "alice@example.org"}, allow_redirects=False, timeout=TIMEOUT))

    def deny(self, url: str) -> list[tuple[str, str]]:
        return answer(requests.post(url, data={"action": "deny"}, allow_redirects=False, timeout=TIMEOUT))


class Nano(RealProvider):
    """nanoidp: demands PKCE; `nbf`; does not decode the secret in HTTP Basic."""

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        # JSON is YAML.
        (self.folder / "settings.yaml").write_text(json.dumps({
            "config_version": 1, "server": {"host": "127.0.0.1", "port": self.port}, "security_profile": "oauth21",
            "oauth": {
                "issuer": self.issuer, "audience": "app", "token_expiry_minutes": 60, "require_pkce": True,
                "refresh_token_rotation": True, "clients": [{
                    "client_id": self.client, "client_secret": self.secret, "redirect_uris": [self.callback]}]},
            "login": {"mode": "password", "auto_login": False}}))
        (self.folder / "users.yaml").write_text(json.dumps({
            "config_version": 1, "users": {USER: {
                "password": WORD, "email": "alice@example.org", "roles": ["USER"], "tenant": "default"}}}))

    def command(self) -> list[str]:
        return [script("nanoidp"), "--config", str(self.folder), "--port", str(self.port)]

    def log_in(self, url: str) -> list[tuple[str, str]]:
        session = requests.Session()
        page = session.get(url, timeout=TIMEOUT)
        hidden = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
        return answer(session.post(
            page.url, data={**hidden, "username": USER, "password": WORD}, allow_redirects=False, timeout=TIMEOUT))


class Glewlwyd(RealProvider):
    """Glewlwyd: `iss` though it is not promised, `token_type: bearer`, `auth_time: 0`, `sid`, form_post, and
    Back-Channel Logout without `exp`."""

    program = "/usr/bin/glewlwyd"

    @property
    def posted(self) -> str:
        """The redirect URI of a second provider in the service's configuration, for form_post."""
        return self.callback.replace("/glewlwyd/", "/posted/")

    @property
    def posted_issuer(self) -> str:
        """How `iss` arrives by form_post: Glewlwyd percent-encodes the values of its form."""
        return quote(self.issuer, safe="")

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}/api"

    @property
    def issuer(self) -> str:
        return f"{self.base}/oidc"

    @property
    def ready_url(self) -> str:
        return f"{self.base}/"

    def is_ready(self) -> bool:
        try:
            return requests.get(self.ready_url, timeout=2).status_code < 500
        except requests.RequestException:
            return False

    def prepare(self) -> None:
        database = self.folder / "glewlwyd.db"
        script_file = Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
        with closing(sqlite3.connect(database)) as connection:
            connection.executescript(script_file.read_text())
        lines = []
        for line in Path("/etc/glewlwyd/glewlwyd.conf").read_text().splitlines():
            if line.startswith(("port", "external_url", "log_mode", "log_file", "bind_address", "@include")):
                continue
            lines.append(line)
        lines += [
            f"port={self.port}", 'bind_address="127.0.0.1"', f'external_url="http://localhost:{self.port}/"',
            'log_mode="console"', f'database = {{ type = "sqlite3"; path = "{database}"; }};']
        (self.folder / "glewlwyd.conf").write_text("\n".join(lines) + "\n")

    def command(self) -> list[str]:
        return [self.program, "-c", str(self.folder / "glewlwyd.conf"), "-m", "console"]

    def configure(self) -> None:
        admin = self.session("admin", "password")
        self.post(admin, "/mod/plugin/", {
            "module": "oidc", "name": "oidc", "display_name": "OIDC", "order_rank": 0, "enabled": True,
            "parameters": self.parameters()})
        self.post(admin, "/user/", {
            "username": USER, "password": WORD, "name": "Alice", "email": "alice@example.org", "enabled": True,
            "scope": ["openid", "g_profile"]})
        self.post(admin, "/client/", {
            "client_id": self.client, "name": "Heirloom", "confidential": True, "password": self.secret,
            "enabled": True, "scope": ["openid"], "redirect_uri": [self.callback, self.posted],
            "authorization_type": ["code"],
            "token_endpoint_auth_method": ["client_secret_basic"], "backchannel_logout_uri": self.logout,
            "backchannel_logout_session_required": "1", "post_logout_redirect_uri": self.callback})
        alice = self.session(USER, WORD)
        granted = alice.put(f"{self.base}/auth/grant/{self.client}/openid", json={"scope": "openid"}, timeout=TIMEOUT)
        assert granted.ok, granted.text

    def parameters(self) -> dict:
        key = subprocess.run(
            ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], check=True,
            capture_output=True, text=True).stdout
        public = subprocess.run(
            ["openssl", "pkey", "-pubout"], input=key, check=True, capture_output=True, text=True).stdout
        flows = {f"auth-type-{name}-enabled": name == "code" for name in (
            "code", "token", "none", "password", "client", "device", "refresh")}
        return {
            "iss": self.issuer, "jwt-type": "rsa", "jwt-key-size": "256", "key": key, "cert": public, "jwks-show": True,
            "access-token-duration": 3600, "refresh-token-duration": 1209600, "code-duration": 600,
            "refresh-token-rolling": True, "refresh-token-one-use": "always", "allow-non-oidc": False, **flows,
            "auth-type-id-token-enabled": True, "auth-type-code-revoke-replayed": True, "pkce-allowed": True,
            "pkce-required": True, "pkce-method-plain-allowed": False, "subject-type": "public",
            "oauth-as-iss-id": True, "name-claim": "no", "email-claim": "no", "scope-claim": "no",
            "address-claim": {"type": "no"}, "claims": [],
            "allowed-scope": ["openid"], "session-management-allowed": True,
            "session-cookie-name": "GLEWLWYD2_OIDC_SESSION", "session-cookie-expiration": 2419200,
            "front-channel-logout-allowed": True, "back-channel-logout-allowed": True}

    def session(self, name: str, password: str) -> requests.Session:
        session = requests.Session()
        self.post(session, "/auth/", {"username": name, "password": password})
        return session

    def post(self, session: requests.Session, path: str, body: dict) -> None:
        made = session.post(self.base + path, json=body, timeout=TIMEOUT)
        assert made.ok, (path, made.status_code, made.text)

    def log_in(self, url: str) -> list[tuple[str, str]]:
        self.person = self.session(USER, WORD)
        got = self.person.get(url + "&g_continue", allow_redirects=False, timeout=TIMEOUT)
        return answer(got)

    def log_out(self) -> None:
        """Ends the person's session at the provider, which then sends logout tokens."""
        with closing(sqlite3.connect(self.folder / "glewlwyd.db")) as connection:
            (sid,), = connection.execute("SELECT gpoi_sid FROM gpo_id_token ORDER BY gpoi_id DESC LIMIT 1")
        done = self.person.delete(f"{self.issuer}/session/{sid}/", timeout=TIMEOUT)
        assert done.ok, done.text


class Canaille(RealProvider):
    """Canaille: a slash at the end of the issuer, `iss` in answers, `auth_time` with a fraction."""

    last_second = 0

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def prepare(self) -> None:
        key = RSAKey.generate_key(2048, parameters={"kid": "canaille", "alg": "RS256", "use": "sig"})
        jwk = ", ".join(f'{name} = "{value}"' for name, value in key.as_dict(private=True).items())
        (self.folder / "config.toml").write_text(f"""
[CANAILLE]
SECRET_KEY = "0123456789abcdef0123456789abcdef"
SERVER_NAME = "127.0.0.1:{self.port}"
PREFERRED_URL_SCHEME = "http"
DATABASE = "sql"
[CANAILLE_SQL]
DATABASE_URI = "sqlite:///{self.folder}/canaille.sqlite"
[CANAILLE_OIDC]
ACTIVE_JWKS = [{{ {jwk} }}]
""")
        self.run("install")
        self.run("create", "user", "--user-name", USER, "--formatted-name", "Alice", "--family-name", "A",
                 "--emails", "alice@example.org", "--password", WORD)
        self.run("create", "client", "--client-id", self.client, "--client-secret", self.secret,
                 "--client-uri", "http://127.0.0.1:9999", "--redirect-uris", self.callback,
                 "--token-endpoint-auth-method", "client_secret_basic", "--grant-types", "authorization_code",
                 "--response-types", "code", "--scope", "openid")
        self.run("set", "client", self.client, "--audience", self.client)

    def run(self, *arguments: str) -> None:
        run = subprocess.run(
            [script("canaille"), *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True)
        assert run.returncode == 0, run

    @property
    def environment(self) -> dict:
        return {**os.environ, "CANAILLE_CONFIG": str(self.folder / "config.toml")}

    def command(self) -> list[str]:
        return [script("canaille"), "run", "--bind", f"127.0.0.1:{self.port}"]

    def log_in(self, url: str) -> list[tuple[str, str]]:
        # Its access tokens differ in their second alone, and a repeated one is its error 500.
        wait_until(lambda: int(time.time()) > self.last_second)
        found = self.answer_of(url)
        self.last_second = int(time.time()) + 1
        return found

    def answer_of(self, url: str) -> list[tuple[str, str]]:
        session = requests.Session()
        page = session.get(url, allow_redirects=False, timeout=TIMEOUT)
        for _ in range(12):
            if page.status_code in (302, 303):
                if page.headers["location"].startswith(self.callback):
                    return answer(page)
                page = session.get(urljoin(page.url, page.headers["location"]), allow_redirects=False, timeout=TIMEOUT)
                continue
            fields = dict(re.findall(r'<input[^>]*name="(csrf_token)"[^>]*value="([^"]*)"', page.text))
            if 'name="login"' in page.text:
                fields["login"] = USER
            elif 'name="password"' in page.text:
                fields["password"] = WORD
            else:
                fields["answer"] = "accept"
            page = session.post(page.url, data=fields, allow_redirects=False, timeout=TIMEOUT)
        raise AssertionError(page.text[:1000])


def answer(response: requests.Response) -> list[tuple[str, str]]:
    """The parameters of an authorization response, by redirect or in a form."""
    if response.status_code in (302, 303):
        return parse_qsl(urlsplit(urljoin(response.url, response.headers["location"])).query, keep_blank_values=True)
    fields = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', response.text)
    assert response.ok and fields, (response.status_code, response.text[:500])
    return fields


def script(name: str) -> str:
    """A program of the tests' Python environment."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found, f"{name} is not installed: make test-packages"
    return found
