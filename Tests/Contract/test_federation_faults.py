"""A provider that is dead, slow or rotates its keys: 503 or success, and logins with passwords go on."""

from __future__ import annotations

import json
import time

import pytest

from harness import together
from harness.federation import (
    Case, Provider, Reply, Visitor, assert_only_clears_attempts, having, rsa_key)

# Longer than any time that the service waits for a provider.
HANGING = 60
CASES = {
    "rotates": Case(), "rotateslate": Case(), "stays": Case(), "dies": Case(), "invents": Case(),
    "hangsattoken": Case(replies={"token": Reply(b"{}", wait=HANGING)}),
    "hangsatkeys": Case(replies={"keys": Reply(b"{}", wait=HANGING)}),
    "hangsatdiscovery": Case(replies={"discovery": Reply(b"{}", wait=HANGING)}),
    "slow": Case(), "flickers": Case(),
}


@pytest.fixture
def provider():
    provider = Provider(CASES)
    yield provider
    provider.end()


@pytest.fixture
def server(make_server, provider, tmp_path):
    return make_server({"federation": provider.settings(tmp_path / "secret")})


@pytest.fixture
def visitor(server, provider):
    return Visitor(server, provider)


def test_keys_that_were_rotated_are_fetched_once(visitor):
    issuer = visitor.issuer("rotates")
    assert visitor.sign_in("rotates").status == 303
    for number in range(2):
        issuer.signing = rsa_key(f"next {number}")
        issuer.published.append(issuer.signing)
        before = issuer.requests["keys"]
        statuses = {answer.status for answer in together(
            *[lambda: Visitor(visitor.server, visitor.provider).sign_in("rotates") for _ in range(6)])}
        # The first new key may be fetched at once; the next one within ten seconds of that is not known yet.
        assert statuses == ({303} if number == 0 else {502})
        assert issuer.requests["keys"] - before <= 1


def test_keys_that_rotate_just_before_the_signature_are_fetched(visitor):
    answer = visitor.ask("rotateslate")
    issuer = visitor.issuer("rotateslate")
    assert Visitor(visitor.server, visitor.provider).sign_in("rotateslate").status == 303
    issuer.signing = rsa_key("late")
    issuer.published[:] = [issuer.signing]
    assert visitor.finish("rotateslate", answer).status == 303


def test_a_key_id_that_is_made_up_does_not_make_the_service_ask_each_time(visitor):
    issuer = visitor.issuer("invents")
    assert visitor.sign_in("invents").status == 303
    before = issuer.requests["keys"]
    for number in range(6):
        issuer.case.header = having(kid=f"made up {number}")
        assert Visitor(visitor.server, visitor.provider).sign_in("invents").status == 502
    issuer.case.header = lambda header: header
    assert issuer.requests["keys"] - before <= 1
    assert Visitor(visitor.server, visitor.provider).sign_in("invents").status == 303


def test_a_provider_that_dies_leaves_passwords_undisturbed(visitor):
    answer = visitor.ask("dies")
    visitor.provider.end()
    refused = visitor.finish("dies", answer)
    assert refused.status == 503 and refused.headers["Retry-After"] and not visitor.is_signed_in(), refused
    assert_only_clears_attempts(refused)
    # The metadata was fetched already, so the way to the provider is known.
    assert visitor.begin("dies").status == 200
    unknown = visitor.begin("stays")
    assert unknown.status == 503 and "Set-Cookie" not in unknown.headers
    assert visitor.server.try_login().status == 200


def test_metadata_and_keys_survive_an_outage(visitor):
    issuer = visitor.issuer("stays")
    assert visitor.sign_in("stays").status == 303
    issuer.case.replies.update(discovery=Reply(b"{}", 500), keys=Reply(b"{}", 500))
    try:
        assert Visitor(visitor.server, visitor.provider).sign_in("stays").status == 303
    finally:
        issuer.case.replies.clear()


def test_a_provider_that_was_away_is_asked_again(visitor):
    issuer = visitor.issuer("flickers")
    issuer.case.replies["token"] = Reply(b"{}", 503)
    refused = visitor.sign_in("flickers")
    assert refused.status == 503
    assert_only_clears_attempts(refused)
    issuer.case.replies.clear()
    assert visitor.sign_in("flickers").status == 303 and visitor.is_signed_in()


def test_a_slow_provider_is_waited_for(visitor):
    issuer = visitor.issuer("slow")
    issuer.case.replies["keys"] = lambda: Reply(
        json.dumps(issuer.key_set()).encode(), wait=1)
    assert visitor.sign_in("slow").status == 303
    issuer.case.replies.clear()


def test_a_provider_that_hangs_is_given_up_and_hinders_nobody(visitor):
    """Several hanging logins at once; those by password are answered meanwhile."""
    def timed(call) -> tuple[float, object]:
        start = time.monotonic()
        answer = call()
        return time.monotonic() - start, answer

    windows = [Visitor(visitor.server, visitor.provider) for _ in range(4)]
    hanging = [lambda: timed(lambda: windows[0].sign_in("hangsattoken")),
               lambda: timed(lambda: windows[1].sign_in("hangsatkeys")),
               lambda: timed(lambda: windows[2].begin("hangsatdiscovery")),
               lambda: timed(lambda: windows[3].sign_in("hangsattoken"))]
    passwords = [lambda: timed(visitor.server.try_login) for _ in range(8)]
    results = together(*hanging, *passwords)
    for seconds, answer in results[:4]:
        assert answer.status == 503 and seconds < 25, (seconds, answer)
        assert_only_clears_attempts(answer)
    slowest = min(seconds for seconds, _ in results[:4])
    assert all(answer.status == 200 and seconds < slowest for seconds, answer in results[4:])
