"""Clients that refresh without a pause while something happens to the servers."""

from __future__ import annotations

import http.client
import random
import threading
import time

from .concurrency import wait_until
from .endpoint import Endpoint
from .messages import Answer
from .server import Server
from .settings import TIMEOUT


class SteadyClient(threading.Thread):
    """Refreshes one session without a pause, every other time on a new connection, and stops at the first failure: a
    connection that is refused or cut off, or any answer but a success."""

    def __init__(self, endpoint: Endpoint, tokens: dict):
        super().__init__(daemon=True)
        self.endpoint = endpoint
        self.token = tokens["refresh_token"]
        self.refreshes = 0
        self.failure: BaseException | None = None
        self.is_over = threading.Event()

    def run(self) -> None:
        kept = None
        try:
            while not self.is_over.is_set():
                kept = kept or self.endpoint.connect()
                answer = self.present(kept)
                # A server may end a connection after an answer, if the answer says so.
                if answer.headers["Connection"] == "close":
                    kept.close()
                    kept = None
                self.present(None)
        except BaseException as failure:
            self.failure = failure
        finally:
            if kept:
                kept.close()

    def present(self, connection) -> Answer:
        answer = self.endpoint.post("/v1/refresh", {"refresh_token": self.token}, connection=connection)
        assert answer.status == 200, answer
        self.token = answer.json["refresh_token"]
        self.refreshes += 1
        return answer

    @staticmethod
    def await_progress(clients: list["SteadyClient"], count: int = 4) -> None:
        """Waits until each client has refreshed so many times more, or has failed."""
        goals = [client.refreshes + count for client in clients]
        wait_until(lambda: all(
            client.failure or client.refreshes >= goal for client, goal in zip(clients, goals)))


class RefreshClient(threading.Thread):
    """Refreshes one session, each time on any of the servers.

    A request without an answer, or with a 503, is sent again with the same token. Any other answer is a fault.
    """

    def __init__(self, servers: list[Server], seed: int):
        super().__init__(daemon=True)
        self.servers = servers
        self.random = random.Random(seed)
        self.tokens = servers[seed % len(servers)].login()
        # The successors that all answers gave for each token.
        self.successors: dict[str, set[str]] = {}
        self.refreshes = 0
        self.faults: list[str] = []
        self.is_over = threading.Event()

    def run(self) -> None:
        while not self.is_over.is_set() and not self.faults:
            token = self.tokens["refresh_token"]
            answer = self.present(token)
            if answer is None:
                time.sleep(0.05)
            elif answer.status == 200:
                self.successors.setdefault(token, set()).add(answer.json["refresh_token"])
                self.tokens = answer.json
                self.refreshes += 1
            else:
                self.faults.append(f"{answer}")

    def present(self, token: str) -> Answer | None:
        """Returns the answer; none if there was no answer or a 503."""
        try:
            answer = self.random.choice(self.servers).refresh(token)
        except (OSError, http.client.HTTPException):
            return None
        if answer.status != 503:
            return answer
        if not (answer.headers["Retry-After"] or "").isdigit() or int(answer.headers["Retry-After"]) < 1:
            self.faults.append(f"{answer}")
        return None

    def finish(self) -> None:
        self.is_over.set()
        self.join(2 * TIMEOUT)
        assert not self.is_alive(), "a client hangs"
        assert self.faults == []
        assert all(len(successors) == 1 for successors in self.successors.values()), "a token has two successors"


class RefreshLoad:
    """Clients that refresh while the body of `with` runs. After it every session must be live on every server: no
    acknowledged rotation was lost."""

    def __init__(self, servers: list[Server], count: int = 8):
        self.servers = servers
        self.clients = [RefreshClient(servers, seed) for seed in range(count)]

    def __enter__(self) -> "RefreshLoad":
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
            for server in self.servers:
                answer = server.refresh(client.tokens["refresh_token"])
                assert answer.status == 200, answer
                assert server.session(answer.json["access_token"]).status == 200

    def await_progress(self, count: int = 5) -> None:
        """Waits until each client has refreshed so many times more."""
        goals = [client.refreshes + count for client in self.clients]
        deadline = time.monotonic() + TIMEOUT
        while any(client.refreshes < goal for client, goal in zip(self.clients, goals)):
            assert all(not client.faults for client in self.clients), [client.faults for client in self.clients]
            assert time.monotonic() < deadline, "no progress"
            time.sleep(0.01)
