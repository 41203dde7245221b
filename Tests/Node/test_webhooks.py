"""A webhook of several nodes: each event is delivered, by one node at a time."""

from __future__ import annotations

import time

import pytest

from harness import together, wait_until
from harness.receiver import Receiver, reply


@pytest.fixture
def receiver():
    receiver = Receiver(usual=lambda handler: (time.sleep(0.005), reply(handler, 200)))
    yield receiver
    receiver.end()


@pytest.fixture
def deployment(shared_cluster, deploy, receiver, tmp_path):
    return deploy(shared_cluster, settings={"webhooks": receiver.settings(tmp_path)}).start()


def log_in(node, count: int) -> None:
    for _ in range(count):
        node.login()


def recorded(deployment) -> list[int]:
    """The numbers of the logins in the audit trail."""
    return [number for (number,) in deployment.query("SELECT event_id FROM events WHERE kind = 'login' ORDER BY 1")]


def delivered(receiver) -> list[int]:
    """The numbers of the logins that were delivered, at their first delivery."""
    return list(dict.fromkeys(event["id"] for event in receiver.events if event["kind"] == "login"))


def test_each_event_of_both_nodes_is_delivered_once_and_in_order(deployment, receiver):
    nodes = deployment.nodes
    for _ in range(5):
        together(*[lambda node=node: log_in(node, 10) for node in nodes * 2])
        time.sleep(0.3)  # So that the nodes may take turns.
    wait_until(lambda: len(delivered(receiver)) == 200)
    assert [event["id"] for event in receiver.events if event["kind"] == "login"] == recorded(deployment)
    assert receiver.most_at_once == 1


def test_the_other_node_goes_on_when_the_delivering_one_is_killed(deployment, receiver):
    nodes = deployment.nodes
    for round in range(2):
        receiver.usual = 503
        log_in(nodes[0], 30)
        receiver.usual = lambda handler: (time.sleep(0.1), reply(handler, 200))
        wait_until(lambda: deployment.query("SELECT holder FROM webhook_cursors WHERE holder IS NOT NULL") != [])
        # The node that holds the webhook is unknown from outside; each is killed in one of the rounds.
        nodes[round].kill()
        log_in(nodes[1 - round], 5)
        wait_until(lambda: delivered(receiver) == recorded(deployment), within=90)
        nodes[round].start()
    assert receiver.most_at_once <= 2, "the killed node's last request may still be answered"


def test_a_node_that_stops_gives_the_webhook_back(deployment, receiver):
    receiver.usual = lambda handler: (time.sleep(0.1), reply(handler, 200))
    log_in(deployment.nodes[0], 20)
    receiver.wait(3)
    assert deployment.nodes[0].stop() == 0
    assert deployment.nodes[1].is_running()
    wait_until(lambda: delivered(receiver) == recorded(deployment), within=25)


def test_a_failing_receiver_is_tried_by_one_node_at_a_time(deployment, receiver):
    receiver.usual = 500
    log_in(deployment.nodes[0], 3)
    receiver.wait(4)
    assert len({delivery.id for delivery in receiver.deliveries}) == 1
    tries = len(receiver.deliveries)
    receiver.usual = 204
    wait_until(lambda: delivered(receiver) == recorded(deployment))
    assert receiver.most_at_once == 1 and tries < 20
