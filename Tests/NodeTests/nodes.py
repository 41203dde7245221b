"""Nodes of one deployment, and clients of theirs."""

from __future__ import annotations

import base64
import http.client
import os
import random
import socket
import threading
import time
from pathlib import Path

from cluster import Cluster
from service import PASSWORD, PATIENCE, Server


class Deployment:
    """A database and some nodes that share it and a master key."""

    def __init__(self, folder: Path, cluster: Cluster, count: int = 2, at: str | None = None, role: str = "heirloom",
                 settings: dict | None = None):
        """`at`: the address or addresses where the nodes find the cluster; `role`: as whom they come."""
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


class Client(threading.Thread):
    """Refreshes one session, on any node, for as long as it may. What is not answered, or answered 503, is asked again, elsewhere."""

    def __init__(self, nodes: list[Server], seed: int):
        super().__init__(daemon=True)
        self.nodes = nodes
        self.random = random.Random(seed)
        self.tokens = nodes[seed % len(nodes)].login()
        # What each token was exchanged for, over all answers.
        self.successors: dict[str, set[str]] = {}
        self.refreshes = 0
        self.retries = 0
        self.last_success = time.monotonic()
        self.complaints: list[str] = []
        self.is_over = threading.Event()

    def run(self) -> None:
        while not self.is_over.is_set() and not self.complaints:
            token = self.tokens["refresh_token"]
            answer = self.ask(token)
            if answer is None:
                self.retries += 1
                time.sleep(0.05)
            elif answer.status == 200:
                self.successors.setdefault(token, set()).add(answer.json["refresh_token"])
                self.tokens = answer.json
                self.refreshes += 1
                self.last_success = time.monotonic()
            else:
                self.complaints.append(f"{answer}")

    def ask(self, token: str):
        """The answer; none for a 503 or when none came."""
        node = self.random.choice(self.nodes)
        try:
            answer = node.refresh(token)
        except (OSError, http.client.HTTPException):
            return None
        if answer.status == 503:
            if not int(answer.headers["Retry-After"]) >= 1:
                self.complaints.append(f"{answer}")
            return None
        return answer

    def finish(self) -> None:
        self.is_over.set()
        self.join(2 * PATIENCE)
        assert not self.is_alive(), "a client hangs"
        assert self.complaints == []
        assert all(len(successors) == 1 for successors in self.successors.values()), "one token had two successors"


class Load:
    """Clients at work while something happens. Afterwards every session must live: nothing acknowledged was lost."""

    def __init__(self, nodes: list[Server], count: int = 8):
        self.nodes = nodes
        self.clients = [Client(nodes, seed) for seed in range(count)]

    def __enter__(self) -> "Load":
        for client in self.clients:
            client.start()
        self.await_progress()
        return self

    def __exit__(self, kind, error, trace) -> None:
        if kind is not None:
            for client in self.clients:
                client.is_over.set()
            return
        self.await_progress()
        for client in self.clients:
            client.finish()
        for client in self.clients:
            for node in self.nodes:
                answer = node.refresh(client.tokens["refresh_token"])
                assert answer.status == 200, answer
                assert node.session(answer.json["access_token"]).status == 200

    def await_progress(self, count: int = 5) -> None:
        """Each client succeeds so often from now on."""
        goals = [client.refreshes + count for client in self.clients]
        deadline = time.monotonic() + PATIENCE
        while any(client.refreshes < goal for client, goal in zip(self.clients, goals)):
            assert time.monotonic() < deadline, "no progress"
            assert all(not client.complaints for client in self.clients), [c.complaints for c in self.clients]
            time.sleep(0.01)


class Link:
    """A TCP connection to the database that can be cut at the worst moment."""

    COMMIT_DONE = b"C\x00\x00\x00\x0bCOMMIT\x00"

    def __init__(self, port: int):
        self.server_port = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.must_lose_commit = threading.Event()
        self.lost = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.server_port))
            threading.Thread(target=self.pump, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self.pump, args=(far, near, True), daemon=True).start()

    def pump(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        try:
            while data := source.recv(65536):
                if is_answer and self.COMMIT_DONE in data and self.must_lose_commit.is_set():
                    self.must_lose_commit.clear()
                    self.lost += 1
                    break
                target.sendall(data)
        except OSError:
            pass
        for connection in (source, target):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self) -> None:
        self.listener.close()


def wrong_login(node: Server, name: str = "ada"):
    return node.try_login(name, PASSWORD + "?")
