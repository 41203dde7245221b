"""The configurations and the programs in the documentation, run with the real programs."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import time

import jwt
import pytest

from harness import BINARY, ROOT, Server, add_back_end, add_client, assert_problem, form, vouch
from harness.cookies import ACCESS, REFRESH, Browser
from harness.documents import block, blocks
from harness.proofs import Key
from harness.proxies import Application, Proxy, program

# One store is enough for proxies.
pytestmark = pytest.mark.store("sqlite")

CONFIGURATIONS = ("nginx", "caddyfile", "haproxy", "apache")
# Those that ask Heirloom about each request, and those that pass the token on to the application.
ASKING = [block("docs/proxy.md", "nginx"), block("docs/proxy.md", "caddyfile"), block("docs/verifier.md", "nginx")]
PASSING = [block("docs/proxy.md", "haproxy"), block("docs/proxy.md", "apache")]
# Those with an application and Heirloom on one origin.
COMPLETE = [one for one in ASKING + PASSING if one.page == "docs/proxy.md"]
# A caller's own headers, in the spellings that a framework may take for the real ones.
FORGED = {
    f"{prefix}{separator}{name}": "forged"
    for prefix, separator in (("X-Auth", "-"), ("x_auth", "_"), ("X-auth", "_"))
    for name in ("Subject", "Session", "Client", "Scope", "Claims")}


# Each configuration in the documentation.


@pytest.mark.parametrize("one", blocks(*CONFIGURATIONS), ids=str)
def test_the_program_accepts_the_documented_configuration(one, tmp_path):
    printed = Proxy(one, tmp_path).check()
    assert not re.search(r"\[?(warn|alert|emerg)", printed, re.IGNORECASE), printed


def test_systemd_accepts_the_unit(tmp_path):
    text = (ROOT / "Packaging/debian/heirloom.service").read_text()
    unit = tmp_path / "heirloom.service"
    unit.write_text(text.replace("/usr/bin/heirloom", str(BINARY)).replace("=heirloom\n", "=daemon\n"))
    run = subprocess.run(
        [program("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no", str(unit)], capture_output=True,
        text=True, timeout=60)
    assert run.returncode == 0 and "heirloom.service" not in run.stderr, run


@pytest.mark.parametrize(
    "one", [one for one in blocks("json") if one.text.startswith('"')], ids=str)
def test_the_service_accepts_the_documented_settings(make_server, tmp_path, one):
    (tmp_path / "database.url").write_text("postgres://heirloom@pg1,pg2/heirloom")
    (tmp_path / "master.key").write_text(base64.b64encode(bytes(32)).decode())
    server = make_server(start=False, user=False)
    server.config.write_text("{" + one.text.replace("/etc/heirloom", str(tmp_path)).rstrip().rstrip(",") + "}")
    run = server.cli("config", "check")
    assert run.returncode == 0 and "warning" not in run.stderr, run


def test_systemd_accepts_the_documented_timer(tmp_path):
    service, timer = [one.text for one in blocks("systemd")]
    units = [tmp_path / "heirloom-backup.service", tmp_path / "heirloom-backup.timer"]
    for unit, text in zip(units, (service.replace("User=heirloom\n", "User=daemon\n"), timer)):
        unit.write_text(text)
    run = subprocess.run(
        [program("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no", *units], capture_output=True,
        text=True, timeout=60)
    assert run.returncode == 0 and "heirloom-backup" not in run.stderr, run


def test_no_configuration_hides_in_a_block_of_another_language():
    words = r"proxy_pass|reverse_proxy|forward_auth|ProxyPass|^backend |^frontend |^\[Service\]|auth_request"
    hidden = [str(one) for one in blocks() if re.search(words, one.text, re.MULTILINE)
              and one.language not in (*CONFIGURATIONS, "systemd")]
    assert not hidden


# What passes through.


@pytest.fixture(scope="module")
def home(make_shared_server) -> Server:
    """Heirloom as docs/proxy.md configures it."""
    settings = json.loads("{" + block("docs/proxy.md", "json").text.rstrip().rstrip(",") + "}")
    settings["http"]["port"] = 0
    return make_shared_server(settings)


@pytest.fixture(scope="module")
def application():
    application = Application()
    yield application
    application.end()


@pytest.fixture(scope="module")
def start(home, application, tmp_path_factory):
    """Starts a documented proxy, once for all tests."""
    proxies = {}

    def start(one):
        if one not in proxies:
            proxy = Proxy(one, tmp_path_factory.mktemp("proxy"), home.port, application.port)
            proxies[one] = (proxy, proxy.start())
        return proxies[one][1]

    yield start
    for proxy, _ in proxies.values():
        proxy.end()


def received(answer) -> dict[str, str]:
    """The headers that reached the application, by name, with underscores as hyphens. An empty one counts as absent."""
    assert answer.status == 200 and answer.json["application"], answer
    found = {}
    for name, value in answer.json["headers"]:
        if value:
            assert found.setdefault(name.replace("_", "-"), value) == value, answer.json
    return found


def identity(answer) -> dict[str, str]:
    return {name: value for name, value in received(answer).items() if name.startswith("x-auth-")}


@pytest.mark.parametrize("one", ASKING, ids=str)
def test_the_application_learns_who_it_is_from_heirloom_alone(home, start, application, one):
    proxy = start(one)
    client = add_back_end(
        home, f"proxy-{ASKING.index(one)}", "--access-token-format", "opaque", "--scope", "read write")
    tokens = vouch(home, client, "sub@example", scope="read write")
    own = form(home, "/oauth/token", {"grant_type": "client_credentials"}, client).json["access_token"]
    for headers in ({}, FORGED):
        answer = proxy.get("/api/notes?a=b", bearer=tokens["access_token"], headers=headers)
        assert answer.json["path"] == "/api/notes?a=b"
        assert identity(answer) == {
            "x-auth-subject": "sub@example", "x-auth-session": tokens["session_id"], "x-auth-client": client.name,
            "x-auth-scope": "read write"}
        assert "authorization" not in received(answer)
        # A client's own token has no session, and a caller cannot add one.
        answer = proxy.get("/api/notes", bearer=own, headers=headers)
        assert identity(answer) == {
            "x-auth-subject": f"client:{client.name}", "x-auth-client": client.name, "x-auth-scope": "read write"}
    answer = proxy.post("/api/notes", "x" * 100_000, bearer=tokens["access_token"])
    assert (answer.json["method"], answer.json["body"]) == ("POST", 100_000)

    before = application.count
    for options in ({}, {"bearer": "x"}, {"headers": FORGED}, {"headers": {"Cookie": f"{ACCESS}=x"}}):
        assert proxy.get("/api/notes", **options).status == 401
    home.post("/v1/logout", {"refresh_token": tokens["refresh_token"]})
    assert proxy.get("/api/notes", bearer=tokens["access_token"]).status == 401
    assert application.count == before


@pytest.mark.parametrize("one", [one for one in ASKING if one in COMPLETE], ids=str)
def test_a_refusal_is_json_that_names_the_action(start, one):
    answer = start(one).get("/api/notes")
    assert answer.status == 401 and answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["action"] in ("login", "refresh") and answer.json["code"]
    assert answer.headers["WWW-Authenticate"]


def proof_of(key: Key, method: str, url: str, token: str | None = None, **claims) -> str:
    """A proof for a request to another server than Heirloom."""
    return key.proof(method, url, token=token, issuer="", **claims)


@pytest.mark.parametrize("one", ASKING, ids=str)
def test_a_bound_token_needs_a_proof_of_the_request_that_the_caller_made(home, start, application, one):
    proxy = start(one)
    # The host is the one that the configuration names; Caddy's block is for any host in this test.
    base = {"nginx": "https://app.example", "caddyfile": f"http://127.0.0.1:{proxy.port}"}[one.language]
    if one.page == "docs/verifier.md":
        base = "http://app.example"
    host = {"Host": base.removeprefix("https://").removeprefix("http://")}
    key = Key()
    tokens = home.login(headers={"DPoP": proof_of(key, "POST", "https://app.example/v1/login")}, scope="read")
    token, url = tokens["access_token"], base + "/api/notes"

    def ask(proof: str | None, method="GET", path="/api/notes?a=b", scheme="DPoP", **headers):
        proofs = {} if proof is None else {"DPoP": proof}
        authorization = {"Authorization": f"{scheme} {token}"}
        return proxy.request(method, path, headers={**host, **authorization, **proofs, **headers})

    answer = ask(proof_of(key, "GET", url, token))
    assert identity(answer)["x-auth-session"] == tokens["session_id"] and "authorization" not in received(answer)
    answer = ask(proof_of(key, "POST", url, token), "POST")
    assert received(answer)["x-auth-client"] == "web" and answer.json["method"] == "POST"

    before = application.count
    used = proof_of(key, "GET", base + "/api/other", token)
    assert received(ask(used, path="/api/other"))
    for proof, headers in (
        (None, {}), ("x", {}), (used, {}), (proof_of(key, "GET", url, token), {"scheme": "Bearer"}),
        (None, {"scheme": "Bearer"}),
        (proof_of(Key(), "GET", url, token), {}), (proof_of(key, "GET", url), {}),
        (proof_of(key, "POST", url, token), {}),
        (proof_of(key, "GET", base + "/api/other", token), {}),
        # The URL of the question, and what a caller says about its request.
        (proof_of(key, "GET", "https://app.example/v1/verify", token), {}),
        (proof_of(key, "GET", "https://evil.example/api/notes", token), {"X-Forwarded-Host": "evil.example"}),
        (proof_of(key, "POST", url, token), {"X-Forwarded-Method": "POST"}),
        (proof_of(key, "GET", base + "/api/other", token), {"X-Forwarded-Uri": "/api/other"}),
        (proof_of(key, "GET", url.replace("http", "ftp", 1), token), {"X-Forwarded-Proto": "ftp"}),
    ):
        answer = ask(proof, **headers)
        assert answer.status == 401, (proof, headers, answer)
        assert 'DPoP error="' in answer.headers["WWW-Authenticate"], (headers, answer)
    if one.language == "nginx":
        # Another host in the request is not the host of the proof.
        answer = ask(proof_of(key, "GET", "https://evil.example/api/notes", token), Host="evil.example")
        assert answer.status == 401
    assert application.count == before + 1


@pytest.mark.parametrize("one", ASKING, ids=str)
def test_a_request_on_a_cookie_that_changes_something_needs_the_csrf_token(home, start, application, one):
    proxy = start(one)
    browser = Browser(home)
    browser.login()
    browser.server = proxy
    assert received(browser.get("/api/notes"))["x-auth-client"] == "web"
    before = application.count
    for method, headers, csrf in (
        ("POST", {}, None), ("DELETE", {}, None), ("PUT", {}, "wrong"),
        ("POST", {"Sec-Fetch-Site": "cross-site"}, "own"), ("POST", {"X-Forwarded-Method": "GET"}, None),
    ):
        answer = browser.request(method, "/api/notes", "{}", headers=headers, csrf=csrf)
        assert answer.status == 403, (method, headers, answer)
        if one in COMPLETE:
            assert answer.json["code"] == "csrf_failed"
    assert application.count == before
    answer = browser.post("/api/notes", '{"text": "bread"}')
    assert received(answer)["x-auth-client"] == "web" and answer.json["body"] == 17


@pytest.mark.parametrize("one", COMPLETE, ids=str)
def test_heirloom_and_the_application_share_the_origin(start, application, one):
    proxy = start(one)
    before = application.count
    for path, kind in (
        ("/login", "text/html"), ("/heirloom.js", "text/javascript"), ("/style.css", "text/css"),
        ("/heirloom-bind.mjs", "text/javascript"), ("/mark.svg", "image/svg+xml"), ("/logo", "image/svg+xml"),
        ("/heirloom.d.ts", "text/"), ("/heirloom-bind.d.ts", "text/"),
        ("/.well-known/jwks.json", "application/jwk-set+json"),
        ("/.well-known/oauth-authorization-server", "application/json"),
        ("/.well-known/openid-configuration", "application/json"),
    ):
        answer = proxy.get(path, headers={"Accept": "text/html"})
        assert answer.status == 200 and answer.headers["Content-Type"].startswith(kind), (path, answer)
    assert_problem(proxy.get("/v1/session"), "invalid_token", challenge=True)
    assert form(proxy, "/oauth/token", {"grant_type": "refresh_token"}).status == 400
    assert proxy.get("/account").status in (303, 302) and proxy.get("/account/end").status == 405
    assert application.count == before
    for path in ("/", "/v1", "/loginx", "/accounts", "/.well-known/acme-challenge/x", "/health/ready", "/metrics"):
        assert proxy.get(path).json["path"] == path


@pytest.mark.parametrize("one", COMPLETE, ids=str)
def test_the_application_keeps_its_cookies_and_gets_none_of_the_sessions(home, start, one):
    proxy = start(one)
    browser = Browser(home)
    browser.login()
    tokens = dict(browser.jar)
    # What asks Heirloom needs no token behind it.
    kept = ACCESS if one in PASSING else "nothing"
    for order in (["theme", ACCESS, REFRESH, "lang"], [REFRESH, "theme", "lang", ACCESS], [REFRESH, ACCESS],
                  ["theme", REFRESH], [ACCESS, "theme", REFRESH]):
        values = {"theme": "dark", "lang": "el", **tokens}
        sent = "; ".join(f"{name}={values[name]}" for name in order)
        for path in ("/", "/api/notes") if order.count(REFRESH) == order.count(ACCESS) == 1 else ("/",):
            cookie = received(proxy.get(path, headers={"Cookie": sent, **FORGED})).get("cookie", "")
            pairs = {part.strip() for part in cookie.split(";") if part.strip()}
            assert pairs == {f"{name}={values[name]}" for name in order if name in ("theme", "lang", kept)}, (
                order, path, cookie)
    # A refresh cookie that appears twice does not pass either.
    twice = f"{REFRESH}=a; theme=dark; {REFRESH}=b"
    assert REFRESH not in received(proxy.get("/", headers={"Cookie": twice})).get("cookie", "")
    # Heirloom's own paths get both.
    browser.server = proxy
    assert browser.get("/v1/session").json["client_id"] == "web"
    assert browser.post("/v1/refresh").status == 200


@pytest.mark.parametrize("one", COMPLETE, ids=str)
def test_a_caller_cannot_say_who_it_is_to_the_application(start, one):
    # An application that verifies tokens itself reads no such header; Apache removes only those of the real names.
    forged = {name: value for name, value in FORGED.items() if one.language != "apache" or "_" not in name}
    assert identity(start(one).get("/", headers=forged)) == {}


def test_an_outage_of_heirloom_is_503_and_not_a_sign_out(application, tmp_path):
    proxy = Proxy(block("docs/proxy.md", "nginx"), tmp_path, 1, application.port)
    try:
        endpoint = proxy.start()
        answer = endpoint.get("/api/notes", bearer="x")
        assert (answer.status, answer.json["action"], answer.headers["Retry-After"]) == (503, "retry", "1")
    finally:
        proxy.end()


# The examples in Python.


@pytest.mark.parametrize("one", [one for one in blocks("python") if "def verify(token" in one.text], ids=str)
def test_the_example_accepts_access_tokens_and_nothing_else(home, one, monkeypatch):
    issuer = json.loads(json.dumps(home.get("/.well-known/openid-configuration").json["issuer"]))
    text = re.sub(r'"https?://[^"/]+(:\d+)?/\.well-known', f'"http://127.0.0.1:{home.port}/.well-known', one.text)
    text = re.sub(r'issuer="[^"]+"', f'issuer="{issuer}"', text)
    example: dict = {}
    exec(text, example)
    verify = example["verify"]
    tokens = home.login()
    claims = verify(tokens["access_token"])
    assert claims["sub"] == tokens["subject"] and claims["sid"] == tokens["session_id"]

    # A security event token, signed by the same key.
    feed = add_client(home, f"feed-{one.page[:4]}")
    home.post("/v1/logout", {"refresh_token": home.login()["refresh_token"]})
    sets = home.post(
        "/v1/signals", {"returnImmediately": True}, headers={"Authorization": feed.basic}).json["sets"]
    assert sets
    # Tokens that this test signs, with keys that the example takes for the service's.
    key = jwt.algorithms.ECAlgorithm(jwt.algorithms.hashes.SHA256).from_jwk(json.dumps(EC_KEY))
    monkeypatch.setattr(
        example["keys"], "get_signing_key_from_jwt", lambda token: jwt.PyJWK({**EC_KEY, "alg": "ES256"}))

    def sign(header=None, **changed) -> str:
        payload = {**claims, **changed}
        return jwt.encode(
            {name: value for name, value in payload.items() if value is not None}, key, "ES256",
            headers={"typ": "at+jwt", **(header or {})})

    now = int(time.time())
    assert verify(sign()) == claims
    # The clocks may differ by some seconds.
    assert verify(sign(exp=now - 3)) and verify(sign(iat=now + 3))
    refused = [*sets.values(), sign(exp=None), sign(exp=now - 60), sign({"typ": "secevent+jwt"}), sign({"typ": "JWT"}),
               sign({"typ": None}), sign(aud="other"), sign(aud=None), sign(iss="https://evil.example"), sign(iss=None),
               sign(cnf={"jkt": "0" * 43})]
    for token in [*refused, "", "x", tokens["refresh_token"]]:
        with pytest.raises(jwt.PyJWTError):
            verify(token)


EC_KEY = {
    "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}
