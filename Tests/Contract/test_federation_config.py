"""The configuration of providers: what is refused, presets, and what is compared with the provider."""

from __future__ import annotations

import re
import subprocess

import pytest

from harness import BINARY, ROOT

GOOGLE = {"clientId": "client.apps.example", "clientSecretFile": "google.secret"}


@pytest.fixture
def installation(make_server):
    """An installation that is not started, with the files that providers name."""
    server = make_server(start=False, user=False)
    (server.folder / "google.secret").write_text("a-secret\n")
    (server.folder / "empty.secret").write_text("\n")
    for name, kind in (("ec.p8", ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
                       ("rsa.pem", ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"])):
        subprocess.run(["openssl", "genpkey", "-algorithm", *kind, "-out", str(server.folder / name)], check=True,
                       capture_output=True)
    return server


def check(installation, providers: dict | None = None, *arguments: str, environment: dict | None = None, **federation):
    installation.configure({"federation": {**federation, "providers": providers or {}}})
    return installation.cli("config", "check", *arguments, environment=environment)


def assert_refused(run, path: str, *words: str) -> None:
    assert run.returncode == 1, run
    lines = [line.strip() for line in run.stderr.splitlines() if line.strip().startswith(f"{path}: ")]
    assert len(lines) == 1, run
    for word in words:
        assert word in lines[0], run


@pytest.mark.parametrize("name, provider", [
    ("google", GOOGLE),
    ("apple", {"clientId": "example.app", "teamId": "TEAM", "keyId": "KEY", "clientKeyFile": "ec.p8"}),
    ("microsoft", {**GOOGLE, "issuer": "https://login.microsoftonline.com/0000-1111/v2.0"}),
    ("gitlab", GOOGLE),
    ("other1", {"issuer": "http://127.0.0.1:9000/", "clientId": "x", "clientAuthentication": "none"}),
    ("keys", {"issuer": "https://op.example", "clientId": "x", "clientAuthentication": "private_key_jwt",
              "clientKeyFile": "rsa.pem", "algorithms": ["ES256", "PS256"], "require": {"groups": ["staff", 3, True]}}),
    ("domain", {**GOOGLE, "issuer": "https://op.example",
                "require": {"email_verified": [True], "email_domain": ["example.com"]}}),
])
def test_a_provider_is_accepted_and_its_redirect_uri_printed(installation, name, provider):
    run = check(installation, {name: provider})
    assert run.returncode == 0, run
    assert f"http://localhost:8080/login/{name}/callback" in run.stderr
    assert "a-secret" not in run.stderr


@pytest.mark.parametrize("member, value, words", [
    ("issuer", "http://op.example", ["https"]),
    ("issuer", "https://op.example?tenant=1", ["query"]),
    ("issuer", "https://op.example/" + "a" * 240, ["255"]),
    ("issuer", "accounts.google.com", ["https"]),
    ("issuer", "https://login.microsoftonline.com/common/v2.0", ["TENANT-ID"]),
    ("issuer", "https://login.microsoftonline.com/organizations/v2.0", ["TENANT-ID"]),
    ("issuer", 7, ["a string"]),
    ("issuerAliases", "accounts.google.com", ["array"]),
    ("clientId", "", ["client id"]),
    ("clientId", "é", ["client id"]),
    ("clientSecretFile", "", ["file"]),
    ("clientSecretFile", "missing", ["cannot be read"]),
    ("clientSecretFile", "empty.secret", ["empty"]),
    ("clientSecretFile", "~/secret", ["~"]),
    ("clientAuthentication", "client_secret_jwt", ["client_secret_basic", "private_key_jwt", "apple"]),
    ("scopes", ["email"], ["openid"]),
    ("scopes", ["openid", "a b"], ["openid"]),
    ("prompt", "none", ["select_account"]),
    ("maxAgeSeconds", -1, ["0"]),
    ("algorithms", [], ["RS256"]),
    ("algorithms", ["HS256"], ["RS256, RS384, RS512, PS256, ES256, EdDSA"]),
    ("algorithms", ["none"], ["RS256"]),
    ("algorithms", "RS256", ["an array"]),
    ("audiences", [""], ["client ids"]),
    ("nonceHash", "md5", ["sha256", "none"]),
    ("signUp", "manual", ["automatic", "known"]),
    ("require", {"hd": "example.com"}, ["arrays of allowed"]),
    ("require", {"hd": []}, ["arrays of allowed"]),
    ("require", [], ["arrays of allowed"]),
    ("responseMode", "fragment", ["query, form_post"]),
    ("backchannelLogout", "yes", ["true or false"]),
    ("caFile", "missing.pem", ["cannot be read"]),
    ("caFile", "google.secret", ["certificate"]),
    ("name", "", ["name"]),
    ("clientid", "x", ["unknown key", "clientId"]),
    ("clientSecret", "x", ["unknown key", "clientSecretFile"]),
], ids=str)
def test_a_wrong_value_is_named_with_its_path(installation, member, value, words):
    run = check(installation, {"google": {**GOOGLE, member: value}})
    assert_refused(run, f"federation.providers.google.{member}", *words)


@pytest.mark.parametrize("provider, path, words", [
    ({**GOOGLE, "events": {"issuer": ""}}, "events.issuer", ["issuer"]),
    ({**GOOGLE, "events": {"jwksUri": "http://keys.example"}}, "events.jwksUri", ["https"]),
    ({**GOOGLE, "events": "https://x"}, "events", ["object"]),
    ({**GOOGLE, "require": {"email_domain": ["example.com"]}}, "require.email_domain", ["email_verified"]),
    ({**GOOGLE, "clientAuthentication": "private_key_jwt"}, "clientKeyFile", ["file"]),
    ({**GOOGLE, "clientAuthentication": "private_key_jwt", "clientKeyFile": "google.secret"}, "clientKeyFile", ["PEM"]),
    ({**GOOGLE, "clientAuthentication": "apple", "clientKeyFile": "rsa.pem", "teamId": "T", "keyId": "K"},
     "clientKeyFile", ["P-256"]),
    ({**GOOGLE, "clientAuthentication": "apple", "clientKeyFile": "ec.p8", "keyId": "K"}, "teamId", ["Apple"]),
], ids=str)
def test_values_that_do_not_fit_together_are_named(installation, provider, path, words):
    assert_refused(check(installation, {"google": provider}), f"federation.providers.google.{path}", *words)


@pytest.mark.parametrize("name", ["Google", "my-op", "a_b", "x" * 33, "", "é", "a.b"])
def test_a_provider_is_named_by_lower_case_letters_and_digits(installation, name):
    run = check(installation, {name: GOOGLE})
    assert run.returncode == 1
    assert "1 to 32 lower-case letters and digits" in run.stderr, run


def test_a_microsoft_provider_needs_its_tenant_and_no_domain_of_addresses(installation):
    assert_refused(check(installation, {"microsoft": GOOGLE}), "federation.providers.microsoft.issuer", "TENANT-ID")
    provider = {**GOOGLE, "issuer": "https://login.microsoftonline.com/0000/v2.0",
                "require": {"email_verified": [True], "email_domain": ["example.com"]}}
    assert_refused(check(installation, {"microsoft": provider}),
                   "federation.providers.microsoft.require.email_domain", "tid")


def test_the_time_of_an_attempt_has_bounds(installation):
    assert_refused(check(installation, attemptSeconds=59), "federation.attemptSeconds", "60", "3600")
    assert check(installation, attemptSeconds=60).returncode == 0


def test_the_environment_and_flags_override_the_file(installation):
    (installation.folder / "other.secret").write_text("other")
    environment = {"HEIRLOOM_FEDERATION_PROVIDERS_GOOGLE_CLIENT_SECRET_FILE": "missing"}
    run = check(installation, {"google": GOOGLE}, environment=environment)
    assert_refused(run, "federation.providers.google.clientSecretFile", "missing")
    run = check(installation, {"google": GOOGLE}, "--federation-providers-google-client-secret-file", "other.secret",
                environment=environment)
    assert run.returncode == 0, run


def test_a_provider_may_be_configured_by_the_environment_alone(installation):
    environment = {
        "HEIRLOOM_FEDERATION_PROVIDERS_GITLAB_CLIENT_ID": "abc",
        "HEIRLOOM_FEDERATION_PROVIDERS_GITLAB_CLIENT_SECRET_FILE": "google.secret",
        "HEIRLOOM_FEDERATION_PROVIDERS_GITLAB_REQUIRE": '{"groups_direct":["staff"]}',
        "HEIRLOOM_FEDERATION_PROVIDERS_GITLAB_ALGORITHMS": "RS256,ES256",
        "HEIRLOOM_FEDERATION_PROVIDERS_GITLAB_BACKCHANNEL_LOGOUT": "false",
    }
    run = check(installation, environment=environment)
    assert run.returncode == 0 and "warning" not in run.stderr, run
    assert "/login/gitlab/callback" in run.stderr
    run = check(installation, environment={**environment, "HEIRLOOM_FEDERATION_PROVIDERS_GITLAB_CLIENT_IDD": "abc"})
    assert "did you mean HEIRLOOM_FEDERATION_PROVIDERS_GITLAB_CLIENT_ID?" in run.stderr, run


def test_a_check_asks_nobody_unless_online(installation):
    provider = {"issuer": "http://127.0.0.1:1", "clientId": "x", "clientAuthentication": "none"}
    assert check(installation, {"op": provider}).returncode == 0
    run = check(installation, {"op": provider}, "--online")
    assert run.returncode == 1
    assert "federation.providers.op: http://127.0.0.1:1/.well-known/openid-configuration cannot be read" in run.stderr


def test_doctor_names_a_provider_that_cannot_be_reached(make_server):
    server = make_server({"federation": {"providers": {
        "op": {"issuer": "http://127.0.0.1:1", "clientId": "x", "clientAuthentication": "none"}}}})
    run = server.cli("doctor")
    assert "BAD  provider op" in run.stdout or "BAD provider op" in run.stdout, run


def test_serve_prints_the_redirect_uri(make_server):
    server = make_server({"federation": {"providers": {
        "op": {"name": "Example", "issuer": "http://127.0.0.1:1", "clientId": "x", "clientAuthentication": "none"}}}})
    assert re.search(r"sign in with Example; its redirect URI is http://\S+/login/op/callback", server.log)


@pytest.mark.parametrize("example", re.findall(
    r"```json\n(\{\s*\"federation\".*?)```", (ROOT / "docs/federation.md").read_text(), re.DOTALL))
def test_the_examples_of_the_page_are_valid(installation, example):
    import json
    settings = json.loads(example)
    for name in ("google.secret", "microsoft.secret", "gitlab.secret", "keycloak.secret", "op.secret"):
        (installation.folder / name).write_text("secret")
    (installation.folder / "AuthKey.p8").write_text((installation.folder / "ec.p8").read_text())
    installation.configure(settings)
    run = installation.cli("config", "check")
    assert run.returncode == 0, run
