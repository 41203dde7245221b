"""What nodes and database survive: no acknowledged write is lost, no token has two successors, no session ends wrongly.

Meanwhile the answer is a complete 503, and the nodes recover without help.
"""

from __future__ import annotations

import signal
import threading
import time

import pytest

from harness import TIMEOUT, assert_problem, wait_until
from harness.link import Link
from harness.load import RefreshLoad


def await_ready(node) -> None:
    wait_until(lambda: node.get("/health/ready").status == 200)


def assert_unavailable(node, token: str) -> None:
    """The node answers refreshes, logins and the readiness probe with 503."""
    for request in (lambda: node.refresh(token), lambda: node.get("/health/ready"), node.try_login):
        assert_problem(request(), "unavailable")


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_nodes_survive_restarts_of_the_database(make_cluster, deploy, mode):
    cluster = make_cluster().start()
    nodes = deploy(cluster).start().nodes
    with RefreshLoad(nodes) as load:
        for _ in range(3):
            cluster.restart(mode)
            load.await_progress()


def test_nodes_answer_503_while_the_database_is_down_and_recover(make_cluster, deploy):
    cluster = make_cluster().start()
    nodes = deploy(cluster).start().nodes
    tokens = nodes[0].login()
    cluster.stop()
    for node in nodes:
        assert_unavailable(node, tokens["refresh_token"])
        assert node.get("/health/live").status == 200
    cluster.start()
    for node in nodes:
        await_ready(node)
    nodes[1].assert_live(nodes[0].rotate(tokens["refresh_token"]))


def test_nodes_answer_503_while_the_database_hangs_and_recover(make_cluster, deploy):
    cluster = make_cluster().start()
    nodes = deploy(cluster).start().nodes
    tokens = nodes[0].login()
    cluster.signal(signal.SIGSTOP)
    try:
        for node in nodes:
            assert_unavailable(node, tokens["refresh_token"])
    finally:
        cluster.signal(signal.SIGCONT)
    for node in nodes:
        await_ready(node)
    nodes[1].assert_live(nodes[0].rotate(tokens["refresh_token"]))


def test_a_request_for_locked_rows_is_answered_with_503(make_cluster, deploy):
    cluster = make_cluster().start()
    deployment = deploy(cluster).start()
    nodes = deployment.nodes
    tokens = nodes[0].login()
    with cluster.connect(deployment.database) as database, database.transaction():
        database.execute("LOCK TABLE refresh_tokens")
        assert_problem(nodes[0].refresh(tokens["refresh_token"]), "unavailable")
    nodes[1].assert_live(nodes[0].rotate(tokens["refresh_token"]))


def test_a_node_that_hangs_in_a_transaction_does_not_block_the_others(make_cluster, deploy):
    nodes = deploy(make_cluster().start()).start().nodes
    # A node stopped under load most likely holds locks.
    with RefreshLoad([nodes[1]], count=4):
        with RefreshLoad(nodes[:1], count=4) as load:
            nodes[0].process.send_signal(signal.SIGSTOP)
            other = RefreshLoad([nodes[1]], count=2)
            for client in other.clients:
                client.start()
            other.await_progress()
            nodes[0].process.send_signal(signal.SIGCONT)
            load.await_progress()
            for client in other.clients:
                client.finish()


def test_a_node_without_connections_answers_503_and_recovers(make_cluster, deploy):
    cluster = make_cluster().start()
    deployment = deploy(cluster, count=1, role="node").start()
    (node,) = deployment.nodes
    tokens = node.login()
    cluster.query("ALTER ROLE node CONNECTION LIMIT 0")
    cluster.query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'node'")
    assert_unavailable(node, tokens["refresh_token"])
    cluster.query("ALTER ROLE node CONNECTION LIMIT -1")
    await_ready(node)
    node.assert_live(node.rotate(tokens["refresh_token"]))


def test_a_node_works_with_fewer_connections_than_it_wants(make_cluster, deploy):
    """The node gets three connections and wants six."""
    cluster = make_cluster().start()
    deployment = deploy(cluster, count=1, role="node")
    cluster.query("ALTER ROLE node CONNECTION LIMIT 3")
    deployment.start()
    with RefreshLoad(deployment.nodes, count=4) as load:
        load.await_progress(50)


def test_a_retry_after_a_commit_without_an_answer_gets_the_same_successor(make_cluster, deploy):
    """The transaction is on disk and the node does not know it: a retry gets the successor of that transaction."""
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
    nodes[1].assert_live(tokens)
    link.close()


def test_a_failover_to_a_synchronous_standby_loses_no_acknowledged_write(make_cluster, deploy):
    primary = make_cluster().start()
    standby = make_cluster(standby_of=primary).start()
    primary.configure(synchronous_standby_names="*")
    primary.command("pg_ctl", "reload", "-D", primary.data)
    wait_until(lambda: primary.query("SELECT sync_state FROM pg_stat_replication") == [("sync",)])
    nodes = deploy(primary, at=f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}").start().nodes
    ended = nodes[0].login()
    assert nodes[0].post("/v1/logout", {"refresh_token": ended["refresh_token"]}).status == 204
    with RefreshLoad(nodes) as load:
        primary.stop("immediate")
        standby.promote()
        load.await_progress(20)
    for node in nodes:
        await_ready(node)
        node.assert_ended(ended)


def test_without_its_synchronous_standby_no_commit_is_acknowledged(make_cluster, deploy):
    primary = make_cluster().start()
    standby = make_cluster(standby_of=primary).start()
    deployment = deploy(primary, count=1).start()
    (node,) = deployment.nodes
    tokens = node.login()
    primary.configure(synchronous_standby_names="*")
    primary.command("pg_ctl", "reload", "-D", primary.data)
    wait_until(lambda: primary.query("SELECT sync_state FROM pg_stat_replication") == [("sync",)])
    standby.stop()

    # An administrator cancels the wait: the transaction is on this disk only and must not be acknowledged.
    def cancel() -> None:
        wait_until(lambda: primary.query(
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"))

    canceller = threading.Thread(target=cancel)
    canceller.start()
    assert_problem(node.refresh(tokens["refresh_token"]), "unavailable")
    canceller.join(TIMEOUT)

    # Further requests leave no more than this one transaction waiting on the server.
    for _ in range(30):
        assert_problem(node.refresh(tokens["refresh_token"]), "unavailable")
        time.sleep(0.1)
    waiting = primary.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
    assert int(waiting[0][0]) <= 1
    assert node.session(tokens["access_token"]).status == 200
    standby.start()
    await_ready(node)
    node.assert_live(node.rotate(tokens["refresh_token"]))
