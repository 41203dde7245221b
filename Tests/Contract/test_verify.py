"""Verification of access tokens: by a proxy that asks the service, and by an API with the library TokenVerifier."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from harness import BINARY, ROOT, Client, Server, add_client, assert_problem, base64url, vouch, wait_until
from harness.endpoint import Endpoint
from harness.ports import free_port

NOTES_API = Path(BINARY).with_name("notes-api")


# GET /v1/verify.


@pytest.mark.parametrize("form", ["jwt", "opaque"])
def test_verify_answers_with_the_tokens_claims_until_the_logout(server, form):
    client = add_client(server, f"verify-{form}", "--access-token-format", form)
    tokens = vouch(server, client, "sub@example", scope="read write")
    assert tokens["access_token"].startswith("ha1_" if form == "opaque" else "eyJ")
    answer = server.get("/v1/verify", headers={"Authorization": f"bEaReR {tokens['access_token']}"})
    assert answer.status == 200 and answer.body == b""
    assert answer.headers["Cache-Control"] == "no-store"
    headers = {name: answer.headers[f"X-Auth-{name}"] for name in ("Subject", "Session", "Client", "Scope")}
    assert headers == {
        "Subject": "sub@example", "Session": tokens["session_id"], "Client": client.name, "Scope": "read write"}
    assert server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]}).status == 204
    assert_problem(server.get("/v1/verify", bearer=tokens["access_token"]), "session_revoked")


def test_verify_refuses_missing_and_malformed_credentials_with_a_challenge(server):
    assert_problem(server.get("/v1/verify"), "invalid_token", challenge=True)
    tokens = server.login()
    assert_problem(server.get("/v1/verify", headers={"Authorization": "Basic YTpi"}), "invalid_token", challenge=True)
    assert_problem(server.get(f"/v1/verify?access_token={tokens['access_token']}"), "invalid_token", challenge=True)
    for token in (tokens["refresh_token"], "ha1_", "ha1_AAAA", "x.y.z", "." * 5000):
        assert_problem(server.get("/v1/verify", bearer=token), "invalid_token")


def test_verify_answers_401_and_not_400_which_proxies_report_as_500(server):
    twice = "__Host-heirloom-access=a; __Host-heirloom-access=b"
    assert_problem(server.get("/v1/verify", headers={"Cookie": twice}), "invalid_token")


def test_an_opaque_token_with_one_character_changed_is_refused(server):
    client = add_client(server, "tampered", "--access-token-format", "opaque")
    token = vouch(server, client, "carl", scope="read")["access_token"]
    for index in range(len("ha1_"), len(token), 7):
        other = "A" if token[index] != "A" else "B"
        assert_problem(server.get("/v1/verify", bearer=token[:index] + other + token[index + 1:]), "invalid_token")


def test_an_opaque_token_is_accepted_as_a_bearer_token_until_it_expires(make_server):
    server = make_server({"accessToken": {"lifetimeSeconds": 1}})
    client = add_client(server, "opaque", "--access-token-format", "opaque")
    tokens = vouch(server, client, "carl")
    assert server.session(tokens["access_token"]).json["subject"] == "carl"
    time.sleep(2.1)
    assert_problem(server.get("/v1/verify", bearer=tokens["access_token"]), "expired_token", action="refresh")
    # A logout is still accepted.
    assert server.post("/v1/logout", bearer=tokens["access_token"]).status == 204
    answer = server.post(
        "/v1/refresh", {"refresh_token": tokens["refresh_token"]}, headers={"Authorization": client.basic})
    assert_problem(answer, "session_revoked")


# The same behind nginx, with the configuration of docs/verifier.md.


def is_listening(endpoint: Endpoint) -> bool:
    try:
        endpoint.connect().close()
        return True
    except ConnectionError:
        return False


@pytest.fixture
def nginx(server, tmp_path):
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed")
    documented = re.search(r"```nginx\n(.*?)```", (ROOT / "docs/verifier.md").read_text(), re.DOTALL)[1]
    ports = [free_port(), free_port()]
    documented = documented.replace("127.0.0.1:8080", f"127.0.0.1:{server.port}")
    documented = documented.replace("127.0.0.1:9000", f"127.0.0.1:{ports[1]}")
    # The API answers with the headers that it received.
    received = "$http_x_auth_subject|$http_x_auth_scope|$http_authorization"
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(f"""
        daemon off; master_process off; pid {tmp_path}/pid; error_log stderr;
        events {{}}
        http {{
            access_log off; client_body_temp_path {tmp_path}/body; proxy_temp_path {tmp_path}/proxy;
            fastcgi_temp_path {tmp_path}/f; uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s;
            server {{ listen 127.0.0.1:{ports[0]}; {documented} }}
            server {{ listen 127.0.0.1:{ports[1]}; location / {{ return 200 "{received}"; }} }}
        }}""")
    process = subprocess.Popen([program, "-c", configuration, "-p", tmp_path])
    proxy = Endpoint(ports[0])
    wait_until(lambda: is_listening(proxy))
    yield proxy
    process.terminate()
    process.wait()


def test_nginx_passes_only_requests_of_live_sessions(server, nginx):
    client = add_client(server, "nginx", "--access-token-format", "opaque")
    tokens = vouch(server, client, "sub@example", scope="read write")
    forged_headers = {"X-Auth-Subject": "root", "X-Auth-Scope": "admin"}
    answer = nginx.get("/api/notes", bearer=tokens["access_token"], headers=forged_headers)
    assert answer.status == 200 and answer.body == b"sub@example|read write|", answer
    assert nginx.get("/api/notes", headers=forged_headers).status == 401
    assert nginx.get("/api/notes", bearer="x").status == 401
    assert nginx.get("/verify", bearer=tokens["access_token"]).status == 404
    assert nginx.post("/api/notes", "x" * 100_000, bearer=tokens["access_token"]).status == 200
    server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]})
    assert nginx.get("/api/notes", bearer=tokens["access_token"]).status == 401


# The example service, which verifies with the library alone.


class NotesAPI(Endpoint):
    """The example API, a verifier of one server."""

    def __init__(self, server: Endpoint, client: Client, folder: Path):
        super().__init__(free_port())
        self.log = open(folder / f"notes-{self.port}.log", "ab")
        self.process = subprocess.Popen(
            [NOTES_API], stdout=self.log, stderr=self.log, env=os.environ | {
                "PORT": str(self.port), "HEIRLOOM_ISSUER": "http://localhost:8080",
                "HEIRLOOM_SERVER": f"http://127.0.0.1:{server.port}",
                "HEIRLOOM_CLIENT_ID": client.name, "HEIRLOOM_CLIENT_SECRET": client.secret})

    def wait(self, token: str) -> "NotesAPI":
        """Waits until it accepts a token."""
        wait_until(lambda: self.status(token) == 200)
        return self

    def status(self, token: str) -> int | None:
        try:
            return self.get("/notes", bearer=token).status
        except ConnectionError:
            return None


@pytest.fixture
def notes(tmp_path):
    apis = []

    def start(server: Endpoint, client: Client) -> NotesAPI:
        apis.append(NotesAPI(server, client, tmp_path))
        return apis[-1]

    yield start
    for api in apis:
        api.process.kill()
        api.process.wait()


def test_an_api_believes_no_keys_behind_a_redirect(make_server, notes):
    server = make_server()
    tokens = server.login(scope="notes:read")
    asked = []

    class Redirector(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{server.port}{self.path}")
            self.end_headers()

        def log_message(self, *_):
            pass

    redirector = ThreadingHTTPServer(("127.0.0.1", 0), Redirector)
    threading.Thread(target=redirector.serve_forever, daemon=True).start()
    try:
        api = notes(Endpoint(redirector.server_port), add_client(server, "redirected"))
        wait_until(lambda: api.status(tokens["access_token"]) is not None)
        wait_until(lambda: "/.well-known/jwks.json" in asked)
        assert api.status(tokens["access_token"]) == 503
    finally:
        redirector.shutdown()
        redirector.server_close()


def test_an_api_verifies_offline_and_refuses_sessions_after_their_logout(make_server, notes):
    server = make_server()
    client = add_client(server, "notes")
    tokens = server.login(scope="notes:read notes:write")
    apis = [notes(server, client).wait(tokens["access_token"]) for _ in range(2)]
    assert apis[0].post("/notes", "bread", bearer=tokens["access_token"]).status == 201
    assert apis[0].get("/notes", bearer=tokens["access_token"]).json == ["bread"]

    reader = server.login(scope="notes:read")
    assert apis[0].get("/notes", bearer=reader["access_token"]).status == 200
    answer = apis[0].post("/notes", "cheese", bearer=reader["access_token"])
    assert answer.status == 403
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="notes:write"'
    answer = apis[0].get("/notes")
    assert answer.status == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
    for wrong in (tokens["refresh_token"], "x", "." * 5000, forged(tokens["access_token"])):
        answer = apis[0].get("/notes", bearer=wrong)
        assert answer.status == 401 and answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"', wrong

    # One session ends, the other remains live.
    server.post("/v1/logout", {"refresh_token": reader["refresh_token"]})
    for api in apis:
        wait_until(lambda: api.status(reader["access_token"]) == 401)
        assert api.status(tokens["access_token"]) == 200
    # All end, and a session opened right after remains live.
    assert server.post("/v1/logout-all", bearer=tokens["access_token"]).status == 200
    after = server.login(scope="notes:read")
    for api in apis:
        wait_until(lambda: api.status(tokens["access_token"]) == 401)
        assert api.status(after["access_token"]) == 200


def test_an_api_verifies_during_an_outage_and_misses_no_revocation(make_server, notes):
    server = make_server({"accessToken": {"algorithm": "EdDSA"}})
    client = add_client(server, "notes")
    first, second = (server.login(scope="notes:read") for _ in range(2))
    api = notes(server, client).wait(first["access_token"])
    port = server.port
    assert server.stop() == 0
    assert api.status(first["access_token"]) == api.status(second["access_token"]) == 200
    # A session ends while the service is down.
    server.command("session", "revoke", second["session_id"])
    server.start("--http-port", str(port))
    wait_until(lambda: api.status(second["access_token"]) == 401)
    assert api.status(first["access_token"]) == 200
    # The verifier knows the next key already and accepts its tokens at once.
    server.command("key", "rotate")
    header = first["access_token"].split(".")[0]
    wait_until(lambda: server.login(scope="notes:read")["access_token"].split(".")[0] != header)
    assert api.status(server.login(scope="notes:read")["access_token"]) == 200


def forged(token: str) -> str:
    """Returns the token's claims without a signature."""
    return base64url(b'{"typ":"at+jwt","alg":"none"}') + "." + token.split(".")[1] + "."
