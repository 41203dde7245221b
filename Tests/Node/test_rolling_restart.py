"""Two nodes behind a proxy are restarted in turn while clients work: no request is refused or broken."""

from __future__ import annotations

import json

import pytest

from harness import wait_until
from harness.admin import Admin
from harness.documents import block
from harness.load import SteadyClient
from harness.ports import free_port
from harness.proxies import Proxy


def refreshes(node) -> float:
    """How many refreshes the node's process has answered."""
    return sum(value for (name, *_), value in Admin(node).metrics().items() if name == "heirloom_refreshes_total")


@pytest.fixture
def make_proxy(tmp_path):
    proxies = []

    def make(language: str, nodes):
        proxies.append(Proxy(
            block("docs/scaling.md", language), tmp_path / "proxy", heirloom=nodes[0].port, other_node=nodes[1].port))
        return proxies[-1].start()

    yield make
    for proxy in proxies:
        proxy.end()


@pytest.mark.parametrize("language", ["nginx", "haproxy"])
def test_no_request_fails_while_nodes_are_restarted(shared_cluster, deploy, make_proxy, language):
    nodes = deploy(shared_cluster).nodes
    for node in nodes:
        settings = json.loads(node.config.read_text())
        # Longer than the proxy's checks take to notice.
        settings["http"] |= {"port": free_port(), "drainSeconds": 4}
        node.config.write_text(json.dumps(settings))
        node.start()
    endpoint = make_proxy(language, nodes)
    clients = [SteadyClient(endpoint, nodes[0].login()) for _ in range(8)]
    for client in clients:
        client.start()
    for node in nodes * 2:
        wait_until(lambda: refreshes(node) > 0)
        assert node.stop() == 0
        node.start()
        # The other node is not stopped before the proxy has found this one again.
        wait_until(lambda: refreshes(node) > 0 or any(client.failure for client in clients))
        SteadyClient.await_progress(clients)
    for client in clients:
        client.is_over.set()
        client.join(endpoint.request_timeout)
    assert [client.failure for client in clients] == [None] * len(clients)
    for client in clients:
        assert nodes[1].refresh(client.token).status == 200
