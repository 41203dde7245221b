"""Another process uses the same database, or one token arrives twice."""

from __future__ import annotations

import select
import shutil
import sqlite3
import time

import pytest

from harness.concurrency import together, wait_until
from harness.faults.checker import LOOKUP, statuses
from harness.faults.recorded_load import RecordedLoad
from harness.faults.recording_client import STEADY
from harness.messages import Answer, encode
from harness.settings import rounds


@pytest.mark.parametrize("transaction", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_a_lock_of_another_process_refuses_writes_in_bounded_time_and_no_look_ups(server, transaction):
    """The lock is held for eight seconds."""
    with RecordedLoad(server, mix=STEADY) as load:
        began = time.monotonic()
        other = sqlite3.connect(server.database, isolation_level=None, timeout=30)
        other.execute(transaction)
        time.sleep(8)
        other.execute("ROLLBACK")
        other.close()
        load.await_recovery()
        exchanges = load.since(began)
        assert 503 in statuses(exchanges), "no request met the fault"
        assert statuses(exchange for exchange in exchanges if exchange.op == LOOKUP) <= {200}
        load.judge(slowest=9)


def test_a_token_presented_to_two_servers_of_one_database_has_one_successor(make_server):
    """As when a new server starts before the old one has ended."""
    old, new = make_server(), make_server(name="other")
    shutil.rmtree(new.data)
    new.data.symlink_to(old.data)
    old.start()
    new.start()
    token = old.login()["refresh_token"]

    def present(server) -> tuple:
        for _ in range(20):
            answer = server.refresh(token, timeout=20)
            if answer.status != 503:
                break
        return answer.status, answer.json.get("refresh_token"), answer.code

    for _ in rounds(100):
        answers = together(lambda: present(old), lambda: present(new))
        assert answers[0] == answers[1] and answers[0][0] == 200, answers
        token = answers[0][1]


@pytest.mark.quick
def test_a_repeated_token_is_judged_before_its_answer_is_held_back(server):
    """A second tab sends the token before the first tab uses its successor.

    The test waits until the retry is counted in the database. The first tab then uses the successor, while the second
    tab's answer is held back for 25 ms. A round in which the first tab takes longer says nothing, and another follows.
    """
    first_tab, second_tab = server.connect(), server.connect()
    session = server.login()
    token, key = session["refresh_token"], session["session_id"].replace("-", "")
    retries = f"SELECT retry_count FROM refresh_tokens WHERE session_id = x'{key}'"
    successors_used_before_the_answer = 0
    for _ in range(100):
        first = server.refresh(token, connection=first_tab)
        assert first.status == 200, first
        second_tab.sendall(encode("POST", "/v1/refresh", {"refresh_token": token}))
        wait_until(lambda: server.query(retries) == [(1,)], pause=0.001)
        used = server.refresh(first.json["refresh_token"], connection=first_tab)
        assert used.status == 200, used
        successors_used_before_the_answer += not select.select([second_tab], [], [], 0)[0]
        second = Answer.read(second_tab)
        assert second.status == 200 and second.json["refresh_token"] == first.json["refresh_token"], second
        if successors_used_before_the_answer == 3:
            break
        token = used.json["refresh_token"]
    assert successors_used_before_the_answer == 3, "the answer is not held back"
    first_tab.close()
    second_tab.close()
