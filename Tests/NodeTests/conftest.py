"""Node tests: two real servers behind one PostgreSQL of the tests' own, raced, killed, cut off and failed over.

How to run them (they need Debian's package postgresql, and run its servers as the user postgres when they run as root):

    python -m pytest Tests/NodeTests

  nodes.py       a node, and clients that keep to the contract and complain of what breaks it
  test_nodes.py  what the nodes agree on
  test_faults.py what they and their database survive
"""

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "ContractTests")]

from cluster import Cluster  # noqa: E402
from nodes import Deployment  # noqa: E402


@pytest.fixture(scope="session")
def shared_cluster():
    cluster = Cluster().start()
    yield cluster
    cluster.end()


@pytest.fixture
def make_cluster():
    """Clusters of this test's own, to be hurt."""
    clusters = []

    def make(**settings) -> Cluster:
        clusters.append(Cluster(**settings))
        return clusters[-1]

    yield make
    for cluster in reversed(clusters):
        cluster.end()


@pytest.fixture
def deploy(tmp_path):
    """Puts nodes in front of a database."""
    deployments = []

    def make(cluster: Cluster, **options) -> Deployment:
        deployments.append(Deployment(tmp_path / f"deployment-{len(deployments)}", cluster, **options))
        return deployments[-1]

    yield make
    for deployment in deployments:
        deployment.end()


@pytest.fixture
def nodes(shared_cluster, deploy):
    """Two nodes that are not to be hurt."""
    return deploy(shared_cluster).start().nodes
