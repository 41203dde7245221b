"""Node tests: two release servers on one PostgreSQL, raced, killed, cut off and failed over.

    python -m pytest Tests/Node

They need Debian's package postgresql; as root they run its servers as the user postgres.

  test_nodes.py            what the nodes agree on
  test_database_faults.py  what nodes and database survive
  test_federation.py       logins with a provider
  test_webhooks.py         a webhook of both nodes
  test_move.py             an installation moves from one store to the other
"""

from __future__ import annotations

import pytest

from harness.cluster import Cluster
from harness.deployment import Deployment


@pytest.fixture(scope="session")
def shared_cluster():
    """A cluster that no test harms."""
    cluster = Cluster().start()
    yield cluster
    cluster.end()


@pytest.fixture
def make_cluster():
    """Makes clusters that the test may harm."""
    clusters = []

    def make(**settings) -> Cluster:
        clusters.append(Cluster(**settings))
        return clusters[-1]

    yield make
    for cluster in reversed(clusters):
        cluster.end()


@pytest.fixture
def deploy(tmp_path):
    """Makes deployments on a cluster."""
    deployments = []

    def make(cluster: Cluster, **options) -> Deployment:
        deployments.append(Deployment(tmp_path / f"deployment-{len(deployments)}", cluster, **options))
        return deployments[-1]

    yield make
    for deployment in deployments:
        deployment.end()


@pytest.fixture
def nodes(shared_cluster, deploy):
    """Two nodes that the test does not harm."""
    return deploy(shared_cluster).start().nodes
