"""Clients that follow the protocol under every fault and record their exchanges."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field

from ..settings import PASSWORD
from .checker import LOGIN, LOGOUT, LOGOUT_ALL, LOOKUP, REFRESH, REPLAY, Exchange

# How many of a thousand steps are of each kind; the others are plain refreshes.
MIX = {
    "lost": 20, "forgotten": 30, "tabs": 40, "lookup": 60, "logout": 12, "race": 8, "logout_all": 3, "replay": 5,
}
# Refreshes and lookups alone, every answer read.
CALM = {"lookup": 60, "tabs": 20}
# The same, on connections that are open already.
STEADY = {"lookup": 100}


@dataclass
class Chain:
    """One session as its client knows it."""

    session: str
    current: str
    access: str
    # The tokens before the current one, the newest last.
    earlier: list[str] = field(default_factory=list)

    def advance(self, successor: str, access: str) -> None:
        if successor == self.current:
            return
        self.earlier = self.earlier[-4:] + [self.current]
        self.current, self.access = successor, access


class RecordingClient(threading.Thread):
    """A client with a user of its own and two devices, each with a session.

    It refreshes without a pause and sends the same token again after a lost answer or a 503. By `mix` it also loses an
    answer, forgets one, opens two tabs at the same moment, logs out, logs out everywhere, or replays an old token as a
    thief does.
    """

    def __init__(self, port: int, user: str, seed: int, mix: dict[str, int], timeout: float):
        super().__init__(daemon=True, name=f"client-{user}")
        self.port, self.user, self.mix, self.timeout = port, user, mix, timeout
        self.random = random.Random(seed)
        self.history: list[Exchange] = []
        self.chains: list[Chain | None] = [None, None]
        self.ended: list[Chain] = []
        self.successes = 0
        self.leaving = threading.Event()
        # Tokens of requests that were given up; the server may still receive them.
        self.given_up: set[str] = set()
        self.connection: http.client.HTTPConnection | None = None

    # One exchange.

    def send(
        self, op: str, chain: Chain | None = None, token: str | None = None, lose: bool = False,
        connection: http.client.HTTPConnection | None = None
    ) -> tuple[Exchange, http.client.HTTPConnection | None]:
        """Sends a request and does not wait for its answer; `receive` does."""
        method, path, body, headers = "POST", f"/v1/{op}", None, {}
        if op == LOGIN:
            body = {"username": self.user, "password": PASSWORD}
        elif op in (REFRESH, REPLAY):
            path, body = "/v1/refresh", {"refresh_token": token}
        elif op == LOOKUP:
            method, path, headers = "GET", "/v1/session", {"Authorization": f"Bearer {chain.access}"}
        else:
            path, body = f"/v1/{op.replace('_', '-')}", {"refresh_token": token}
        if body is not None:
            body = json.dumps(body)
            headers["Content-Type"] = "application/json"
        exchange = Exchange(
            client=self.name, user=self.user, session=chain.session if chain else None, op=op, presented=token,
            sent=time.monotonic())
        self.history.append(exchange)
        own = connection is None
        if own:
            connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
            self.connection = None
        try:
            connection.request(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            return self.failed(exchange, connection, error), None
        if lose:
            if self.random.random() < 0.5:
                time.sleep(self.random.random() * 0.004)
            connection.close()
            exchange.answered, exchange.failure = time.monotonic(), "lost"
            return exchange, None
        return exchange, connection

    def receive(self, exchange: Exchange, connection: http.client.HTTPConnection | None, keep: bool = True) -> dict:
        if connection is None:
            return {}
        try:
            response = connection.getresponse()
            raw = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.failed(exchange, connection, error)
            return {}
        exchange.answered = time.monotonic()
        exchange.status = response.status
        kind = response.headers.get("Content-Type", "")
        exchange.is_problem = kind == "application/problem+json"
        exchange.retry_after = (response.headers.get("Retry-After") or "").isdigit()
        exchange.stored = "no-store" not in response.headers.get("Cache-Control", "")
        try:
            answer = json.loads(raw) if raw else {}
        except ValueError:
            answer = {"code": "not JSON"}
        if exchange.succeeded:
            self.successes += 1
            if exchange.op in (LOGIN, REFRESH, REPLAY):
                exchange.successor = answer.get("refresh_token")
                exchange.session = exchange.session or answer.get("session_id")
        else:
            exchange.code, exchange.action = answer.get("code"), answer.get("action")
            if exchange.status == 200 and exchange.op == REPLAY:
                exchange.successor = answer.get("refresh_token")
        if keep and not response.will_close:
            self.connection = connection
        else:
            connection.close()
        return answer

    def failed(self, exchange: Exchange, connection: http.client.HTTPConnection, error: Exception) -> Exchange:
        connection.close()
        exchange.answered = time.monotonic()
        if isinstance(error, TimeoutError):
            exchange.failure = "timeout"
        else:
            exchange.failure = "refused" if isinstance(error, ConnectionRefusedError) else "cut"
        return exchange

    def ask(self, op: str, chain: Chain | None = None, token: str | None = None, lose: bool = False):
        exchange, connection = self.send(op, chain, token, lose)
        answer = self.receive(exchange, connection)
        if not lose:
            self.pause_after(exchange)
        return exchange, answer

    def pause_after(self, exchange: Exchange) -> None:
        """Waits after a failure, for less than Retry-After: the test has no time for all of it."""
        if exchange.status is None or exchange.status >= 500:
            time.sleep(self.random.uniform(0.05, 0.4))
        if exchange.failure == "timeout":
            self.given_up.add(exchange.presented)
        if exchange.succeeded and exchange.presented in self.given_up:
            # A request that was given up must reach the server before the next generation is presented.
            self.given_up.discard(exchange.presented)
            time.sleep(0.2)

    # The steps.

    def run(self) -> None:
        while not self.leaving.is_set():
            self.step()

    def step(self) -> None:
        place = self.random.randrange(len(self.chains))
        chain = self.chains[place]
        if chain is None:
            self.chains[place] = self.login()
            return
        roll = self.random.randrange(1000)
        for name, share in self.mix.items():
            if roll < share:
                getattr(self, "do_" + name)(chain)
                return
            roll -= share
        self.refresh(chain)

    def login(self) -> Chain | None:
        exchange, answer = self.ask(LOGIN)
        if not exchange.succeeded:
            return None
        return Chain(answer["session_id"], answer["refresh_token"], answer["access_token"])

    def took(self, chain: Chain, exchange: Exchange, answer: dict) -> None:
        if exchange.status == 200:
            chain.advance(answer["refresh_token"], answer["access_token"])
        elif exchange.status == 401:
            self.drop(chain)

    def refresh(self, chain: Chain) -> Exchange:
        exchange, answer = self.ask(REFRESH, chain, chain.current)
        self.took(chain, exchange, answer)
        return exchange

    def drop(self, chain: Chain) -> None:
        """Drops an ended session; a new login takes its place."""
        for place, other in enumerate(self.chains):
            if other is chain:
                self.chains[place] = None
                self.ended.append(chain)

    def do_lost(self, chain: Chain) -> None:
        self.ask(REFRESH, chain, chain.current, lose=True)
        self.given_up.add(chain.current)

    def do_forgotten(self, chain: Chain) -> None:
        """Does not keep the answer, as if the device died: the next step presents the same token again."""
        exchange, _ = self.ask(REFRESH, chain, chain.current)
        if exchange.status == 401:
            self.drop(chain)

    def do_tabs(self, chain: Chain) -> None:
        token = chain.current
        second = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        one, first = self.send(REFRESH, chain, token)
        other, second = self.send(REFRESH, chain, token, connection=second)
        for exchange, connection, keep in ((one, first, True), (other, second, False)):
            answer = self.receive(exchange, connection, keep)
            if exchange.status == 200 and token == chain.current:
                chain.advance(answer["refresh_token"], answer["access_token"])
            elif exchange.status == 401:
                self.drop(chain)
        self.pause_after(one)
        self.pause_after(other)

    def do_lookup(self, chain: Chain) -> None:
        exchange, _ = self.ask(LOOKUP, chain)
        if exchange.status == 401:
            self.drop(chain)

    def end(self, op: str, chain: Chain, token: str, gone: list[Chain]) -> None:
        """Repeats a request that ends sessions until its answer is no failure, then uses those sessions."""
        for one in gone:
            self.drop(one)
        while not self.leaving.is_set():
            exchange, _ = self.ask(op, chain, token)
            if exchange.status is not None and exchange.status < 500:
                break
        for one in gone:
            self.ask(self.random.choice([REFRESH, LOOKUP]), one, one.current)

    def do_logout(self, chain: Chain) -> None:
        self.end(LOGOUT, chain, chain.current, [chain])

    def do_logout_all(self, chain: Chain) -> None:
        self.end(LOGOUT_ALL, chain, chain.current, [one for one in self.chains if one])

    def do_replay(self, chain: Chain) -> None:
        """Presents a token that is two generations old, as a thief does."""
        if len(chain.earlier) >= 2:
            self.end(REPLAY, chain, chain.earlier[-2], [chain])

    def do_race(self, chain: Chain) -> None:
        """Sends a refresh and a logout at the same moment."""
        second = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        one, first = self.send(REFRESH, chain, chain.current)
        other, second = self.send(LOGOUT, chain, chain.current, connection=second)
        answer = self.receive(one, first)
        self.receive(other, second, keep=False)
        if one.status == 200:
            chain.advance(answer["refresh_token"], answer["access_token"])
        self.end(LOGOUT, chain, chain.current, [chain])

    # The proof.

    def prove(self, within: float) -> None:
        """Presents the newest token of every session, so that the history shows which are live and which have ended."""
        until = time.monotonic() + within

        def insist(chain: Chain, token: str) -> Exchange:
            while True:
                exchange, answer = self.ask(REFRESH, chain, token)
                if exchange.status in (200, 401) or time.monotonic() > until:
                    if exchange.status == 200:
                        chain.advance(answer["refresh_token"], answer["access_token"])
                    return exchange

        for chain in self.chains:
            if chain:
                insist(chain, chain.current)
        for chain in self.ended:
            insist(chain, chain.current)
