"""Tokens that are bound to a key, at the APIs that verify them: the example API, and a foreign resource server."""

from __future__ import annotations

import os
import subprocess
import time

import pytest

from harness import Server, add_client, wait_until
from harness.endpoint import Endpoint
from harness.ports import free_port
from harness.proofs import Key
from harness.proxies import MODULES, program

ISSUER = "http://localhost:8080"


def proof_of(key: Key, method: str, url: str, token: str | None = None, **claims) -> str:
    """A proof for a request to another server than Heirloom."""
    return key.proof(method, url, token=token, issuer="", **claims)


def login(server: Server, key: Key, **members) -> dict:
    """A session that is bound to a key."""
    tokens = server.login(headers={"DPoP": proof_of(key, "POST", ISSUER + "/v1/login")}, **members)
    assert tokens["token_type"] == "DPoP"
    return tokens


def test_the_example_api_takes_a_bound_token_with_a_proof_alone(make_server, notes):
    server = make_server()
    server.allow_scope("notes:read notes:write")
    api = notes(server, add_client(server, "notes"))
    url = f"http://127.0.0.1:{api.port}/notes"
    api.wait(server.login(scope="notes:read")["access_token"])
    key = Key()
    tokens = login(server, key, scope="notes:read notes:write")
    token = tokens["access_token"]

    def ask(method="GET", path="/notes", body=None, **headers):
        return api.request(method, path, body, headers={"Authorization": f"DPoP {token}", **headers})

    assert ask("POST", body="bread", DPoP=proof_of(key, "POST", url, token)).status == 201
    proof = proof_of(key, "GET", url, token)
    answer = ask(path="/notes?page=1", DPoP=proof)
    assert answer.status == 200 and answer.json == ["bread"]
    for wrong, code, action in (
        (proof, "invalid_dpop_proof", "retry"), (proof_of(key, "POST", url, token), "invalid_dpop_proof", "fix"),
        (proof_of(key, "GET", url), "invalid_dpop_proof", "fix"), ("x", "invalid_dpop_proof", "fix"),
        (proof_of(Key(), "GET", url, token), "invalid_dpop_proof", "fix"),
        (proof_of(key, "GET", "http://localhost/notes", token), "invalid_dpop_proof", "fix"),
        (proof_of(key, "GET", url, token, iat=int(time.time()) - 70), "invalid_dpop_proof", "fix"),
    ):
        answer = ask(DPoP=wrong)
        assert (answer.status, answer.code, answer.json["action"]) == (401, code, action), wrong
        assert answer.headers["WWW-Authenticate"].startswith(f'DPoP error="{code}"')
        assert 'algs="ES256 ' in answer.headers["WWW-Authenticate"]
    # Bearer is no way around it, with a proof neither.
    for headers in ({}, {"DPoP": proof_of(key, "GET", url, token)}):
        answer = api.get("/notes", bearer=token, headers=headers)
        assert answer.status == 401 and answer.headers["WWW-Authenticate"].startswith('DPoP error="invalid_token"')
    # A refresh keeps the binding, and a logout reaches the API.
    refresh = server.post(
        "/v1/refresh", {"refresh_token": tokens["refresh_token"]},
        headers={"DPoP": proof_of(key, "POST", ISSUER + "/v1/refresh")})
    assert refresh.status == 200 and refresh.json["token_type"] == "DPoP"
    token = refresh.json["access_token"]
    assert ask(DPoP=proof_of(key, "GET", url, token)).status == 200
    server.post("/v1/logout", {"refresh_token": refresh.json["refresh_token"]})
    wait_until(lambda: ask(DPoP=proof_of(key, "GET", url, token)).status == 401)


@pytest.mark.store("sqlite")
def test_a_foreign_resource_server_takes_a_bound_token_with_a_proof_alone(make_server, tmp_path):
    """mod_oauth2 3.3 for Apache. Its version does not compare `ath`, and takes no proof of more than five seconds."""
    server = make_server()
    port = free_port()
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "notes").write_text("bread")
    for folder in (tmp_path, *list(tmp_path.parents)[:-2]):
        os.chmod(folder, 0o755)
    modules = "\n".join(
        f"LoadModule {name}_module {MODULES}/mod_{name}.so"
        for name in ("mpm_event", "authn_core", "authz_core", "authz_user", "oauth2"))
    (tmp_path / "apache.conf").write_text(f"""{modules}
        ServerRoot {tmp_path}
        PidFile {tmp_path}/pid
        DefaultRuntimeDir {tmp_path}
        ErrorLog /dev/stderr
        ServerName localhost
        User www-data
        Group www-data
        Listen 127.0.0.1:{port}
        DocumentRoot {tmp_path}
        <Location /api/>
            AuthType oauth2
            OAuth2AcceptTokenIn header name=Authorization&type=DPoP
            OAuth2TokenVerify jwks_uri http://127.0.0.1:{server.port}/.well-known/jwks.json type=dpop
            Require valid-user
        </Location>
        """)
    with open(tmp_path / "log", "wb") as log:
        apache = subprocess.Popen(
            [program("apache2"), "-f", tmp_path / "apache.conf", "-DFOREGROUND"], stdout=log, stderr=log)
    try:
        api = Endpoint(port)
        url = f"http://127.0.0.1:{port}/api/notes"

        def status(headers: dict) -> int | None:
            try:
                return api.get("/api/notes", headers={"Host": f"127.0.0.1:{port}", **headers}).status
            except ConnectionError:
                return None

        wait_until(lambda: status({}) == 401)
        key = Key()
        token = login(server, key)["access_token"]
        good = key.headers("GET", url, token, issuer="")
        assert status(good) == 200 and status(good) == 401
        assert status(key.headers("GET", url, token, issuer="")) == 200
        for wrong in (
            {"Authorization": f"DPoP {token}"}, {"Authorization": f"Bearer {token}"},
            Key().headers("GET", url, token, issuer=""), key.headers("POST", url, token, issuer=""),
            key.headers("GET", url + "/x", token, issuer=""),
            key.headers("GET", url, server.login()["access_token"], issuer=""),
        ):
            assert status(wrong) == 401, wrong
    finally:
        apache.terminate()
        apache.wait()
