"""The clock jumps: no live session ends, and no ended session returns."""

from __future__ import annotations

import pytest

from harness.faults.recorded_load import RecordedLoad

pytestmark = pytest.mark.quick
HOUR = 3_600_000


def test_no_jump_of_the_clock_ends_a_session(server):
    with RecordedLoad(server, mix={}) as load:
        for hours in (1, -1, 24, -48, 0, 100, 0):
            server.faults.set(clock_offset=hours * HOUR)
            load.await_successes(10)
        load.judge()


def test_sessions_end_and_begin_while_the_clock_is_set_back(server):
    old = server.login()
    assert server.post("/v1/logout-all", {"refresh_token": old["refresh_token"]}).status == 200
    server.faults.set(clock_offset=-HOUR)
    assert server.refresh(old["refresh_token"]).status == 401
    new = server.login()
    assert server.session(new["access_token"]).status == 200
    successor = server.rotate(new["refresh_token"])["refresh_token"]
    # An answer is lost across the jump back.
    server.faults.set(clock_offset=-2 * HOUR)
    assert server.rotate(new["refresh_token"])["refresh_token"] == successor
    assert server.refresh(successor).status == 200
    assert server.refresh(old["refresh_token"]).status == 401


def test_an_access_token_from_the_future_is_valid_while_its_session_is_live(server):
    session = server.login()
    server.faults.set(clock_offset=-HOUR)
    answer = server.session(session["access_token"])
    assert answer.status == 200, answer
