"""Several nodes on one database."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from .cluster import Cluster
from .server import Server


class Deployment:
    """A database and the nodes that share it and a master key."""

    def __init__(self, folder: Path, cluster: Cluster, count: int = 2, at: str | None = None, role: str = "heirloom",
                 settings: dict | None = None):
        """`at`: the address or addresses under which the nodes reach the cluster; `role`: the role they log in as."""
        self.cluster = cluster
        self.database = cluster.make_database()
        if role != "heirloom":
            cluster.query(f"CREATE ROLE {role} LOGIN")
            cluster.query(f"ALTER DATABASE {self.database} OWNER TO {role}")
        self.url = f"postgres://{role}@{at or f'127.0.0.1:{cluster.port}'}/{self.database}"
        self.key = base64.b64encode(os.urandom(32)).decode()
        self.nodes = [self.make_node(folder / f"node-{number}", settings) for number in range(count)]
        self.nodes[0].add_user("ada")

    def make_node(self, folder: Path, settings: dict | None = None) -> Server:
        return Server(folder, {**(settings or {}), "masterKey": self.key, "database": {"url": self.url}})

    def start(self) -> "Deployment":
        for node in self.nodes:
            node.start()
        return self

    def end(self) -> None:
        for node in self.nodes:
            node.end()

    def query(self, sql: str) -> list[tuple]:
        return self.cluster.query(sql, self.database)
