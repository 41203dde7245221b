"""The configuration of webhooks: what is refused, and with what words."""

from __future__ import annotations

import base64

import pytest

from harness.documents import blocks
from harness.receiver import new_secret

HOOK = {"url": "https://alarms.example.com/heirloom", "secretFile": "one.secret"}


@pytest.fixture
def installation(make_server):
    """An installation that is not started, with the files that webhooks name."""
    server = make_server(start=False, user=False)
    secret = new_secret()
    files = {
        "one": secret + "\n", "two": f"{secret}\n{new_secret(24)}\n", "three": f"{secret} {secret} {secret}",
        "empty": "\n", "short": new_secret(23), "long": new_secret(65), "plain": secret[6:],
        "hex": "whsec_" + "ab" * 31, "cut": secret[:-1],
        "url": "whsec_" + base64.urlsafe_b64encode(b"\xff" * 32).decode()}
    for name, text in files.items():
        (server.folder / f"{name}.secret").write_text(text)
        (server.folder / f"{name}.secret").chmod(0o600)
    (server.folder / "binary.secret").write_bytes(b"whsec_\xff\xfe")
    server.secret = secret
    return server


def check(installation, webhooks, *arguments: str, environment: dict | None = None):
    installation.configure({"webhooks": webhooks})
    run = installation.cli("config", "check", *arguments, environment=environment)
    assert installation.secret[6:] not in run.stderr + run.stdout
    return run


def assert_refused(run, path: str, *words: str) -> None:
    assert run.returncode == 1, run
    lines = [line.strip() for line in run.stderr.splitlines() if line.strip().startswith(f"{path}: ")]
    assert len(lines) == 1, run
    for word in words:
        assert word in lines[0], run


@pytest.mark.parametrize("webhook", [
    HOOK,
    {**HOOK, "secretFile": "two.secret", "kinds": ["login", "reuse_detected"]},
    {**HOOK, "url": "http://127.0.0.1:9000/hook?a=b"},
    {**HOOK, "url": "http://localhost/"},
    {**HOOK, "url": "http://[::1]:9000"},
    {**HOOK, "url": "https://192.0.2.1:8443"},
], ids=str)
def test_a_webhook_is_accepted(installation, webhook):
    run = check(installation, {"audit": webhook})
    assert run.returncode == 0 and "warning" not in run.stderr, run


@pytest.mark.parametrize("member, value, words", [
    ("url", "http://alarms.example.com/", ["https URL"]),
    ("url", "http://127.0.0.1.example.com/", ["https URL"]),
    ("url", "http://10.0.0.1/", ["https URL"]),
    ("url", "ftp://alarms.example.com/", ["https URL"]),
    ("url", "alarms.example.com", ["https URL"]),
    ("url", "", ["https URL"]),
    ("url", "https://", ["https URL"]),
    ("url", "https://%00/", ["https URL"]),
    ("url", "http://localhost:/", ["https URL"]),
    ("url", "https://alarms..example.com/", ["https URL"]),
    ("url", "https://user:password@alarms.example.com/", ["user"]),
    ("url", "https://alarms.example.com/#here", ["fragment"]),
    ("url", "https://alarms.example.com/a b", ["https URL"]),
    ("url", "https://alarms.example.com/" + "a" * 2048, ["2048"]),
    ("url", 7, ["a string"]),
    ("secretFile", "", ["a file"]),
    ("secretFile", 7, ["a string"]),
    ("secretFile", "missing.secret", ["cannot be read"]),
    ("secretFile", "empty.secret", ["empty"]),
    ("secretFile", "binary.secret", ["cannot be read"]),
    ("secretFile", "~/one.secret", ["~"]),
    *[("secretFile", f"{name}.secret", ["whsec_", "24 to 64 bytes"])
      for name in ("short", "long", "plain", "hex", "cut", "url", "three")],
    ("kinds", ["reuse_detect"], ["did you mean reuse_detected?"]),
    ("kinds", ["Login"], ["did you mean login?"]),
    ("kinds", ["something completely different"], ["not a kind"]),
    ("kinds", "login", ["an array"]),
    ("kinds", [1], ["an array"]),
    ("kind", ["login"], ["unknown key", "webhooks.audit.kinds"]),
    ("secret", "x", ["unknown key", "secretFile"]),
], ids=str)
def test_a_wrong_value_is_named_with_its_path(installation, member, value, words):
    run = check(installation, {"audit": {**HOOK, member: value}})
    assert_refused(run, f"webhooks.audit.{member}", *words)


@pytest.mark.parametrize("name", ["Audit", "my-hook", "a_b", "x" * 33, "", "é", "a.b"])
def test_a_webhook_is_named_by_lower_case_letters_and_digits(installation, name):
    run = check(installation, {name: HOOK})
    assert run.returncode == 1
    assert "1 to 32 lower-case letters and digits" in run.stderr, run


@pytest.mark.parametrize("webhooks", [[], "none", {"audit": "https://alarms.example.com"}])
def test_webhooks_are_objects(installation, webhooks):
    run = check(installation, webhooks)
    assert run.returncode == 1 and "expected an object" in run.stderr, run


def test_every_mistake_of_every_webhook_is_named(installation):
    run = check(installation, {"a": {"url": "x", "secretFile": "short.secret"}, "b": {"kinds": ["x"]}})
    for path in ("webhooks.a.url", "webhooks.a.secretFile", "webhooks.b.url", "webhooks.b.secretFile",
                 "webhooks.b.kinds"):
        assert f"{path}: " in run.stderr, run


def test_the_environment_and_flags_override_the_file(installation):
    environment = {"HEIRLOOM_WEBHOOKS_AUDIT_URL": "http://elsewhere.example/"}
    assert_refused(check(installation, {"audit": HOOK}, environment=environment), "webhooks.audit.url", "https URL")
    run = check(installation, {"audit": HOOK}, "--webhooks-audit-url", "https://x.example", environment=environment)
    assert run.returncode == 0, run
    environment = {"HEIRLOOM_WEBHOOKS_OTHER_URL": "https://x.example/",
                   "HEIRLOOM_WEBHOOKS_OTHER_SECRET_FILE": "two.secret",
                   "HEIRLOOM_WEBHOOKS_OTHER_KINDS": "login,logouts"}
    assert_refused(check(installation, {}, environment=environment), "webhooks.other.kinds", "did you mean logout?")
    run = check(installation, {}, environment={**environment, "HEIRLOOM_WEBHOOKS_OTHER_KINDS": "login,logout"})
    assert run.returncode == 0 and "warning" not in run.stderr, run
    run = check(installation, {}, environment={
        **environment, "HEIRLOOM_WEBHOOKS_OTHER_KINDS": "", "HEIRLOOM_WEBHOOKS_OTHER_URI": "x"})
    assert "did you mean HEIRLOOM_WEBHOOKS_OTHER_URL?" in run.stderr, run


def test_variables_that_kubernetes_makes_for_a_service_name_no_webhook(installation):
    environment = {
        f"HEIRLOOM_{section}_{name}": "tcp://10.0.0.1:80"
        for section in ("WEBHOOKS", "FEDERATION_PROVIDERS")
        for name in ("PORT", "PORT_80_TCP", "PORT_80_TCP_ADDR", "SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP")}
    run = check(installation, {"audit": HOOK}, environment=environment)
    assert run.returncode == 0, run


def test_a_secret_that_others_can_read_is_a_warning(make_server, installation):
    (installation.folder / "one.secret").chmod(0o644)
    installation.configure({"webhooks": {"audit": HOOK}})
    run = installation.cli("doctor")
    assert "one.secret" in run.stderr and "chmod 600" in run.stderr, run


def test_the_example_of_the_page_is_valid(installation):
    import json
    (example,) = [one for one in blocks("json") if one.page == "docs/webhooks.md"]
    webhooks = json.loads(example.text)["webhooks"]
    webhooks["alarms"]["secretFile"] = "one.secret"
    assert check(installation, webhooks).returncode == 0
