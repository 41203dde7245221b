"""HeirloomClient, as the example program `signed-in`, against the release server."""

from __future__ import annotations

import hashlib
import re
import signal
import stat
import subprocess
import threading

import pytest

from harness import PASSWORD, ROOT, together
from harness.documents import block, blocks
from harness.federation import Case, Provider, compact
from harness.lossy_proxy import Fault, LossyProxy
from harness.settings import TIMEOUT
from harness.signed_in import PROGRAM, SIGNED_OUT, UNREACHABLE, SignedIn


@pytest.fixture
def make_device(make_server, tmp_path):
    """Makes a service behind a proxy, and a device that is signed in there."""
    proxies = []

    def make(settings=None, *, login=True) -> SignedIn:
        proxy = LossyProxy()
        proxies.append(proxy)
        server = make_server({"issuer": proxy.url, **(settings or {})})
        proxy.server_port = server.port
        device = SignedIn(tmp_path, proxy, server)
        return device.login() if login else device

    yield make
    for proxy in proxies:
        proxy.end()


def kill(process: subprocess.Popen) -> None:
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def test_a_session_lasts_from_login_to_logout(make_device):
    device = make_device()
    first = device.call()
    assert (first["generation"], first["device"]) == (0, "signed-in")
    for generation in range(1, 4):
        device.expire()
        assert device.call()["generation"] == generation
        assert device.call()["generation"] == generation
    assert device.must("sessions").count("(this one)") == 1
    device.must("logout")
    assert not device.file.exists()
    assert device.run("call", device.url).returncode == SIGNED_OUT
    assert "logout" in device.server.events(first["session_id"])


def test_a_session_begins_with_an_id_token_of_a_provider(make_device, tmp_path):
    provider = Provider({"native": Case(settings={"audiences": ["com.example.app"]})})
    try:
        device = make_device({"federation": provider.settings(tmp_path / "secret")}, login=False)
        issuer = provider.issuers["native"]
        claims = {**issuer.claims(), "aud": "com.example.app", "nonce": hashlib.sha256(b"nonce-1").hexdigest()}
        token = compact({"alg": "RS256", "kid": "one", "typ": "JWT"}, claims, issuer.signing)
        refused = device.run("login-with", "native", "nonce-2", stdin=token + "\n")
        assert refused.returncode == 1 and "invalid_credentials" in refused.stderr, refused
        device.must("login-with", "native", "nonce-1", stdin=token + "\n")
        session = device.call()
        assert (session["generation"], session["device"]) == (0, "signed-in")
        # The session is bound to the key of the device.
        assert device.server.query("SELECT count(*) FROM sessions WHERE key_thumbprint IS NOT NULL") == [(1,)]
        device.expire()
        assert device.call()["generation"] == 1
        # The token was used.
        assert device.run("login-with", "native", "nonce-1", stdin=token + "\n").returncode == 1
        assert device.call()["session_id"] == session["session_id"]
    finally:
        provider.end()


def test_the_files_are_the_owner_s_alone(make_device):
    device = make_device()
    device.expire()
    device.call()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in device.file.parent.iterdir()}
    assert modes == {"session.json": 0o600, "session.json.lock": 0o600}
    assert stat.S_IMODE(device.file.parent.stat().st_mode) == 0o700


def test_the_session_is_bound_to_a_key_of_the_device(make_device):
    device = make_device()
    stored = device.stored
    assert stored["access_is_bound"] and len(stored["key"]) == 43
    answer = device.server.get("/v1/session", bearer=stored["access_token"])
    assert answer.status == 401 and answer.headers["WWW-Authenticate"].startswith("DPoP "), answer
    answer = device.server.refresh(stored["refresh_token"])
    assert (answer.status, answer.code) == (400, "invalid_dpop_proof"), answer
    device.expire()
    assert device.call()["generation"] == 1


def test_a_service_that_ignores_proofs_has_sessions_without_a_key(make_device):
    device = make_device(login=False)
    device.proxy.drops_proofs = True
    device.login()
    assert not device.stored["access_is_bound"] and "key" not in device.stored
    device.expire()
    device.proxy.plan("/v1/refresh", Fault(cut=0))
    assert device.call()["generation"] == 1


def test_nonces_are_used_where_they_are_demanded(make_device):
    device = make_device({"dpop": {"requireNonce": True}})
    device.expire()
    assert device.call()["generation"] == 1


def test_many_processes_share_one_refresh(make_device):
    device = make_device()
    for generation in range(1, 4):
        device.expire()
        device.proxy.paths.clear()
        sessions = together(*[device.call] * 8)
        assert [session["generation"] for session in sessions] == [generation] * 8
        assert device.proxy.paths.count("/v1/refresh") == 1


@pytest.mark.parametrize("cut", [0, 1, 900, -1])
def test_a_lost_answer_is_asked_for_again(make_device, cut):
    device = make_device()
    device.expire()
    device.proxy.plan("/v1/refresh", Fault(cut=cut), Fault(lose_request=True))
    assert device.call()["generation"] == 1
    assert device.stored["presentations"] == 0


HEAD = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n"


@pytest.mark.parametrize("raw", [
    HEAD % (b"302 Found", 0) + b"Location: /elsewhere\r\n\r\n",
    HEAD % (b"307 Temporary Redirect", 0) + b"Location: /elsewhere\r\n\r\n",
    HEAD % (b"200 OK", 2 << 20) + b"\r\n" + b" " * (2 << 20),
    HEAD % (b"200 OK", 9) + b"Set-Cookie: a=b\r\n\r\n{\"a\":\"b\"}",
    b"\x16\x03\x01 no HTTP\r\n\r\n",
], ids=["302", "307", "too long", "no tokens", "no HTTP"])
def test_an_answer_of_something_else_ends_nothing(make_device, raw):
    """Nor is a redirect followed, which would carry the refresh token elsewhere."""
    device = make_device()
    device.expire()
    device.proxy.plan("/v1/refresh", Fault(raw=raw))
    assert device.call()["generation"] == 1
    assert "/elsewhere" not in device.proxy.paths


def test_an_answer_that_breaks_off_in_its_header_ends_nothing(make_device):
    """FoundationNetworking of Swift 6.3 ends the process then (swift-corelibs-foundation, issue 5285)."""
    device = make_device()
    for generation in range(1, 4):
        device.expire()
        device.proxy.plan("/v1/refresh", Fault(cut=20))
        assert device.run("call", device.url).returncode in (0, -signal.SIGILL, -signal.SIGTRAP)
        device.change(presented_at=0)
        assert device.call()["generation"] == generation


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(cut=0)])
def test_a_service_that_cannot_be_reached_for_long_ends_nothing(make_device, fault):
    device = make_device()
    device.expire()
    device.proxy.plan("/v1/refresh", *[fault] * 6)
    run = device.run("call", device.url)
    assert run.returncode == UNREACHABLE and "Nothing has changed" in run.stderr, run
    device.proxy.faults.clear()
    # A week later, on this machine and for the service.
    device.change(presented_at=0)
    device.end_retry_window()
    assert device.call()["generation"] == 1


def test_a_request_that_is_delivered_twice_ends_nothing(make_device):
    device = make_device()
    for generation in range(1, 4):
        device.expire()
        device.proxy.plan("/v1/refresh", Fault(twice=True))
        assert device.call()["generation"] == generation


def test_a_kill_during_the_request_ends_nothing(make_device):
    """Before the request is passed on, when the service has answered, and in the middle of its answer."""
    device = make_device()
    generation = 0
    for moment in ("before", "after"):
        for _ in range(2):
            device.expire()
            arrived, killed = threading.Event(), threading.Event()

            def wait(_):
                arrived.set()
                assert killed.wait(TIMEOUT)

            device.proxy.plan("/v1/refresh", Fault(**{moment: wait}))
            process = device.start("call", device.url)
            assert arrived.wait(TIMEOUT)
            kill(process)
            killed.set()
            assert device.stored["presentations"] == 1
            device.change(presented_at=0)
            device.end_retry_window()
            generation += 1
            assert device.call()["generation"] == generation


def test_an_ended_session_is_removed(make_device):
    device = make_device()
    session = device.call()["session_id"]
    device.server.command("session", "revoke", session)
    device.expire()
    assert device.run("call", device.url).returncode == SIGNED_OUT
    assert not device.file.exists()
    device.login().call()


def test_a_login_ends_the_session_that_it_replaces(make_device):
    device = make_device()
    first = device.call()["session_id"]
    assert device.login().call()["session_id"] != first
    assert "logout" in device.server.events(first)


def test_logout_all_ends_every_device(make_device):
    device = make_device()
    other = device.server.login()
    assert "Ended 2 sessions" in device.must("logout-all")
    device.server.assert_ended(other)
    assert not device.file.exists()


def test_a_wrong_password_is_reported(make_device):
    device = make_device()
    run = device.run("login", "ada", stdin=PASSWORD + "x\n")
    assert run.returncode == 1 and "invalid_credentials" in run.stderr
    device.call()


def lines(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines()}


def test_the_page_has_code_of_the_example():
    example = (ROOT / "Examples/SignedIn/SignedIn.swift").read_text()
    assert lines(block("docs/client.md", "swift").text) <= lines(example)


@pytest.mark.parametrize("page", ["docs/client.md", "README.md"])
def test_the_commands_of_the_page_run(make_device, page):
    """As they are written, on this test's service."""
    device = make_device(login=False)
    (text,) = [found.text for found in blocks("sh") if found.page == page and "signed-in login" in found.text]
    script = text.replace("http://localhost:8080", device.proxy.url).replace(
        "signed-in login ada", f"echo '{PASSWORD}' | signed-in login ada").replace("signed-in ", PROGRAM + " ")
    run = subprocess.run(
        ["bash", "-euc", script], env=device.environment(), text=True, capture_output=True, timeout=2 * TIMEOUT)
    assert run.returncode == 0, run
    assert '"generation":0' in run.stdout


def test_the_simulator_page_lists_every_mistake_of_clients():
    source = (ROOT / "Sources/Simulator/Clients/ClientMutation.swift").read_text()
    listed = (ROOT / "docs/simulator.md").read_text().split("\n## Mistakes of clients\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)`", listed, re.M) == re.findall(r"^    case (\w+)$", source, re.M)
