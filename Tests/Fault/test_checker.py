"""The checker can fail: it names the broken promise of each of these histories."""

from __future__ import annotations

import pytest

from harness.faults.checker import LOGIN, LOGOUT, LOGOUT_ALL, LOOKUP, REFRESH, REPLAY, Exchange, judge, recovery

pytestmark = pytest.mark.quick


class Script:
    """A history with one exchange a second."""

    def __init__(self):
        self.history = []
        self.time = 0.0

    def add(self, op, presented=None, successor=None, *, status=200, session="S", user="ann", code=None, action=None,
            took=0.1, **more):
        problem = status is not None and status >= 400
        self.time += 1
        self.history.append(Exchange(
            client=f"client-{user}", user=user, session=session, op=op, presented=presented, sent=self.time,
            answered=self.time + took, status=status, successor=successor, code=code, action=action,
            is_problem=problem, retry_after=status == 503, **more))
        return self

    def login(self, token, **more):
        return self.add(LOGIN, None, token, **more)

    def refresh(self, token, successor=None, **more):
        return self.add(REFRESH, token, successor, **more)

    def lost(self, token):
        return self.add(REFRESH, token, status=None, failure="lost")

    def busy(self, token):
        return self.add(REFRESH, token, status=503, code="unavailable", action="retry")

    def refused(self, token, code="session_revoked", op=REFRESH, **more):
        return self.add(op, token, status=401, code=code, action="login", **more)

    def rules(self, **options):
        return {violation.rule for violation in judge(self.history, **options)}


def test_a_correct_history_breaks_no_promise():
    script = Script().login("a").refresh("a", "b").lost("b").busy("b").refresh("b", "c").refresh("b", "c")
    script.add(LOOKUP).refresh("c", "d").add(LOGOUT, "d", status=204).refused("d").refused("a")
    assert script.rules() == set()


def test_a_logout_without_an_answer_may_have_ended_the_session_or_not():
    dead = Script().login("a").refresh("a", "b").add(LOGOUT, "b", status=None, failure="cut").refused("b")
    alive = Script().login("a").refresh("a", "b").add(LOGOUT, "b", status=None, failure="cut").refresh("b", "c")
    assert dead.rules() == set() and alive.rules() == set()


def test_a_401_without_a_logout_is_a_false_logout():
    assert "false logout" in Script().login("a").refresh("a", "b").refused("b").rules()
    assert "false logout" in Script().login("a").refresh("a", "b").refused(None, op=LOOKUP).rules()


def test_a_401_before_a_logout_is_a_false_logout():
    script = Script().login("a").refresh("a", "b").refused("b", code="reuse_detected")
    assert "false logout" in script.add(LOGOUT, "b", status=204).refused("b").rules()


def test_a_401_after_a_logout_all_of_another_user_is_a_false_logout():
    script = Script().login("a").add(LOGIN, None, "x", session="T", user="bob")
    script.add(LOGOUT_ALL, "x", session="T", user="bob").refused("x", session="T", user="bob")
    assert script.refused("a").rules() == {"false logout"}


def test_a_401_after_a_logout_all_before_the_login_is_a_false_logout():
    script = Script().login("x", session="T").add(LOGOUT_ALL, "x", session="T").refused("x", session="T")
    assert "false logout" in script.login("a").refused("a").rules()


def test_a_session_that_works_after_a_logout_all_is_revived():
    script = Script().login("a").login("x", session="T").add(LOGOUT_ALL, "x", session="T").refused("x", session="T")
    assert "revived" in script.refresh("a", "b").rules()


def test_two_successors_of_one_token_are_a_fork():
    assert "fork" in Script().login("a").refresh("a", "b").refresh("a", "c").refresh("c", "d").rules()


def test_one_successor_of_two_tokens_is_a_merge():
    assert "merge" in Script().login("a").refresh("a", "b").refresh("b", "b").rules()
    script = Script().login("a").login("x", session="T").refresh("a", "b").refresh("x", "b", session="T")
    assert "merge" in script.rules()


def test_a_session_that_works_after_its_logout_is_revived():
    script = Script().login("a").refresh("a", "b").add(LOGOUT, "b", status=204).refresh("b", "c").refused("c")
    assert "revived" in script.rules()
    script = Script().login("a").refresh("a", "b").add(LOGOUT, "b", status=204).add(LOOKUP).refused("b")
    assert "revived" in script.rules()


def test_a_session_that_works_after_a_detected_reuse_is_revived():
    script = Script().login("a").refresh("a", "b").refresh("b", "c")
    script.add(REPLAY, "a", status=401, code="reuse_detected", action="login").refresh("c", "d").refused("d")
    assert "revived" in script.rules()


def test_an_ancestor_that_is_accepted_is_a_replay_and_a_fork():
    script = Script().login("a").refresh("a", "b").refresh("b", "c").add(REPLAY, "a", "z")
    assert {"replay", "fork"} <= script.rules()


def test_a_successor_that_never_works_is_a_lost_write():
    assert "lost write" in Script().login("a").refresh("a", "b").refresh("b", "c").busy("c").rules()
    assert "lost write" in Script().login("a").rules()


def test_an_end_that_no_refresh_tests_is_unproven():
    assert "unproven" in Script().login("a").refresh("a", "b").add(LOGOUT, "b", status=204).rules()


@pytest.mark.parametrize("bad", [
    dict(status=500, code="internal", action="retry"),
    dict(status=503, code="internal", action="retry"),
    dict(status=503, code="unavailable", action="login"),
    dict(status=404, code="not_found", action="fix"),
    dict(status=401, code="invalid_token", action="login"),
    dict(status=401, code="expired_token", action="login"),
    dict(status=200),
    dict(status=429, code="too_many_attempts", action="retry"),
])
def test_an_answer_with_a_wrong_status_code_or_action_is_unclear(bad):
    script = Script().login("a").refresh("a", "b").refresh("b", "c").refresh("b", **bad)
    assert "unclear" in script.rules()


def test_a_503_without_retry_after_or_a_problem_document_is_unclear():
    for change in (dict(retry_after=False), dict(is_problem=False)):
        script = Script().login("a").refresh("a", "b").busy("b")
        for name, value in change.items():
            setattr(script.history[-1], name, value)
        assert "unclear" in script.refresh("b", "c").rules()


def test_an_answer_that_caches_may_store_is_unclear():
    assert "unclear" in Script().login("a").refresh("a", "b", stored=True).rules()


def test_a_late_answer_or_a_timeout_is_a_hang():
    assert "hung" in Script().login("a").refresh("a", "b", took=30).rules()
    script = Script().login("a").refresh("a", "b").add(REFRESH, "b", status=None, failure="timeout", took=2)
    assert "hung" in script.refresh("b", "c").rules()


def test_a_client_without_a_success_soon_after_the_fault_has_not_recovered():
    script = Script().login("a").refresh("a", "b").busy("b").busy("b").busy("b")
    assert recovery(script.history, 2.5, tries=60, seconds=20)
    script.refresh("b", "c")
    assert not recovery(script.history, 2.5, tries=60, seconds=20)
    assert recovery(script.history, 2.5, tries=3, seconds=20)
    assert recovery(script.history, 2.5, tries=60, seconds=2)
    # Silence is no recovery either.
    assert recovery(script.history, 100.0)
