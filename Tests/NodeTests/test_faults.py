"""What the nodes and their database survive: no acknowledged write lost, no token with two successors, no session that is wrongly
over, a clear 503 meanwhile, and recovery by itself."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from nodes import Link, Load
from service import PATIENCE, assert_problem


def await_ready(node) -> None:
    deadline = time.monotonic() + PATIENCE
    while node.get("/health/ready").status != 200:
        assert time.monotonic() < deadline, node.log[-2000:]
        time.sleep(0.05)


def await_trouble(node, token: str) -> None:
    """The node says that it cannot answer, to reads and writes."""
    for request in (lambda: node.refresh(token), lambda: node.get("/health/ready"), node.try_login):
        assert_problem(request(), "unavailable")


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_a_database_that_restarts_is_waited_for(make_cluster, deploy, mode):
    cluster = make_cluster().start()
    nodes = deploy(cluster).start().nodes
    with Load(nodes) as load:
        for _ in range(3):
            cluster.restart(mode)
            load.await_progress()


def test_a_database_that_is_down_is_said_so_and_come_back_to(make_cluster, deploy):
    cluster = make_cluster().start()
    nodes = deploy(cluster).start().nodes
    tokens = nodes[0].login()
    cluster.stop()
    for node in nodes:
        await_trouble(node, tokens["refresh_token"])
        assert node.get("/health/live").status == 200
    cluster.start()
    for node in nodes:
        await_ready(node)
    nodes[1].assert_alive(nodes[0].rotate(tokens["refresh_token"]))


def test_a_database_that_hangs_is_said_so_and_come_back_to(make_cluster, deploy):
    cluster = make_cluster().start()
    nodes = deploy(cluster).start().nodes
    tokens = nodes[0].login()
    cluster.signal(signal.SIGSTOP)
    try:
        for node in nodes:
            await_trouble(node, tokens["refresh_token"])
    finally:
        cluster.signal(signal.SIGCONT)
    for node in nodes:
        await_ready(node)
    nodes[1].assert_alive(nodes[0].rotate(tokens["refresh_token"]))


def test_rows_that_somebody_locks_are_waited_for_and_then_given_up(make_cluster, deploy):
    cluster = make_cluster().start()
    deployment = deploy(cluster).start()
    nodes = deployment.nodes
    tokens = nodes[0].login()
    with cluster.connect(deployment.database) as database, database.transaction():
        database.execute("LOCK TABLE refresh_tokens")
        assert_problem(nodes[0].refresh(tokens["refresh_token"]), "unavailable")
    nodes[1].assert_alive(nodes[0].rotate(tokens["refresh_token"]))


def test_a_node_that_hangs_in_a_transaction_does_not_hold_up_the_others(make_cluster, deploy):
    nodes = deploy(make_cluster().start()).start().nodes
    # Stopped under load, it most likely holds locks.
    with Load([nodes[1]], count=4):
        with Load(nodes[:1], count=4) as load:
            nodes[0].process.send_signal(signal.SIGSTOP)
            other = Load([nodes[1]], count=2)
            for client in other.clients:
                client.start()
            other.await_progress()
            nodes[0].process.send_signal(signal.SIGCONT)
            load.await_progress()
            for client in other.clients:
                client.finish()


def test_connections_that_run_out_are_waited_for(make_cluster, deploy):
    cluster = make_cluster().start()
    deployment = deploy(cluster, count=1, role="node").start()
    (node,) = deployment.nodes
    tokens = node.login()
    cluster.query("ALTER ROLE node CONNECTION LIMIT 0")
    cluster.query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'node'")
    await_trouble(node, tokens["refresh_token"])
    cluster.query("ALTER ROLE node CONNECTION LIMIT -1")
    await_ready(node)
    node.assert_alive(node.rotate(tokens["refresh_token"]))


def test_some_connections_are_enough(make_cluster, deploy):
    """A node gets three where it would have six."""
    cluster = make_cluster().start()
    deployment = deploy(cluster, count=1, role="node")
    cluster.query("ALTER ROLE node CONNECTION LIMIT 3")
    deployment.start()
    with Load(deployment.nodes, count=4) as load:
        load.await_progress(50)


def test_a_commit_whose_answer_is_lost_is_asked_for_again(make_cluster, deploy):
    """The transaction is on disk, and the node does not know: the client asks again, and gets the successor that was made."""
    cluster = make_cluster().start()
    link = Link(cluster.port)
    deployment = deploy(cluster, at=f"127.0.0.1:{link.port}").start()
    nodes = deployment.nodes
    tokens = nodes[0].login()
    for round in range(5):
        link.must_lose_commit.set()
        lost = nodes[0].refresh(tokens["refresh_token"])
        assert link.lost == round + 1
        assert_problem(lost, "unavailable")
        ((generation,),) = deployment.query("SELECT generation FROM refresh_tokens")
        assert generation == round + 1
        answers = [node.refresh(tokens["refresh_token"]) for node in nodes]
        assert {answer.status for answer in answers} == {200}
        assert len({answer.json["refresh_token"] for answer in answers}) == 1
        tokens = answers[0].json
    nodes[1].assert_alive(tokens)
    link.close()


def test_a_synchronous_standby_takes_over_without_losing_what_was_answered(make_cluster, deploy):
    primary = make_cluster().start()
    standby = make_cluster(standby_of=primary).start()
    primary.configure(synchronous_standby_names="*")
    primary.command("pg_ctl", "reload", "-D", primary.data)
    until(lambda: primary.query("SELECT sync_state FROM pg_stat_replication") == [("sync",)])
    nodes = deploy(primary, at=f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}").start().nodes
    ended = nodes[0].login()
    assert nodes[0].post("/v1/logout", {"refresh_token": ended["refresh_token"]}).status == 204
    with Load(nodes) as load:
        primary.stop("immediate")
        standby.promote()
        load.await_progress(20)
    for node in nodes:
        await_ready(node)
        node.assert_ended(ended)


def test_a_standby_that_is_gone_holds_commits_back_and_none_is_called_done(make_cluster, deploy):
    primary = make_cluster().start()
    standby = make_cluster(standby_of=primary).start()
    deployment = deploy(primary, count=1).start()
    (node,) = deployment.nodes
    tokens = node.login()
    primary.configure(synchronous_standby_names="*")
    primary.command("pg_ctl", "reload", "-D", primary.data)
    until(lambda: primary.query("SELECT sync_state FROM pg_stat_replication") == [("sync",)])
    standby.stop()

    # An administrator cancels what waits: it is on this disk only, and still not done.
    def cancel() -> None:
        until(lambda: primary.query("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"))

    canceller = threading.Thread(target=cancel)
    canceller.start()
    assert_problem(node.refresh(tokens["refresh_token"]), "unavailable")
    canceller.join(PATIENCE)

    # However many try, one commit is in doubt, and no more than that is left behind on the server.
    for _ in range(30):
        assert_problem(node.refresh(tokens["refresh_token"]), "unavailable")
        time.sleep(0.1)
    waiting = primary.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
    assert int(waiting[0][0]) <= 1
    assert node.session(tokens["access_token"]).status == 200
    standby.start()
    await_ready(node)
    node.assert_alive(node.rotate(tokens["refresh_token"]))


def until(condition) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
