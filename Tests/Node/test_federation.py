"""A login with a provider on several nodes."""

from __future__ import annotations

import time
import uuid

import pytest

from harness import together
from harness.federation import Case, Provider, Visitor


@pytest.fixture
def provider():
    provider = Provider({"op": Case(), "other": Case()})
    for issuer in provider.issuers.values():
        issuer.subject = f"person {uuid.uuid4()}"
    yield provider
    provider.end()


@pytest.fixture
def nodes(shared_cluster, deploy, provider, tmp_path):
    return deploy(shared_cluster, settings={"federation": provider.settings(tmp_path / "secret")}).start().nodes


def moved(visitor: Visitor, node) -> Visitor:
    """The same browser, with its cookies, at another node."""
    there = Visitor(node, visitor.provider)
    there.jar = dict(visitor.jar)
    return there


def test_a_login_begins_on_one_node_and_is_finished_on_the_other(nodes, provider):
    visitor = Visitor(nodes[0], provider)
    answer = visitor.ask("op")
    there = moved(visitor, nodes[1])
    assert there.come_back("op", answer).status == 303
    assert moved(there, nodes[0]).is_signed_in()


def test_an_attempt_that_was_finished_on_one_node_is_used_on_the_other(nodes, provider):
    visitor = Visitor(nodes[0], provider)
    answer = visitor.ask("op")
    stale = moved(visitor, nodes[1])
    assert visitor.finish("op", answer).status == 303
    # The code is spent as well; a provider that takes it again must not open a second session.
    provider["op"].codes[dict(answer)["code"]] = provider["op"].asked
    assert stale.finish("op", answer).status in (400, 502) and not stale.is_signed_in()


def test_one_answer_on_both_nodes_at_once_opens_one_session(nodes, provider):
    issuer = provider["op"]
    for _ in range(10):
        visitor = Visitor(nodes[0], provider)
        answer = visitor.ask("op")
        code = dict(answer)["code"]

        class Lenient(dict):
            """Codes that work as often as they come, so that both nodes get as far as the database."""

            def pop(self, name, default=None):
                return self.get(name, default)

        issuer.codes = Lenient({code: issuer.asked})
        windows = [moved(visitor, node) for node in nodes * 2]
        answers = together(*[lambda window=window: window.finish("op", answer) for window in windows])
        issuer.codes = {}
        assert {answer.status for answer in answers} <= {303, 400}, answers
        signed_in = [window for window in windows if window.is_signed_in()]
        assert signed_in and len({window.session["session_id"] for window in signed_in}) == 1


def test_a_new_person_who_comes_to_both_nodes_at_once_is_one_subject(nodes, provider):
    for _ in range(10):
        provider["op"].subject = f"person {uuid.uuid4()}"
        visitors = [Visitor(node, provider) for node in nodes * 3]
        answers = [visitor.ask("op") for visitor in visitors]
        finished = together(*[
            lambda visitor=visitor, answer=answer: visitor.finish("op", answer)
            for visitor, answer in zip(visitors, answers)])
        assert {answer.status for answer in finished} == {303}, finished
        assert len({visitor.session["subject"] for visitor in visitors}) == 1


def test_a_logout_at_the_provider_holds_on_both_nodes(nodes, provider):
    issuer = provider["op"]
    visitors = []
    for node in nodes * 2:
        visitor = Visitor(node, provider)
        visitor.sign_in("op")
        visitors.append(visitor)
    token = issuer.logout_token(iat=int(time.time()) + 1)
    answers = together(*[lambda node=node: node.post(
        "/login/op/backchannel-logout", f"logout_token={token}",
        headers={"Content-Type": "application/x-www-form-urlencoded"}) for node in nodes])
    assert sorted(answer.status for answer in answers) == [200, 400]
    assert [visitor.is_signed_in() for visitor in visitors] == [False] * 4
