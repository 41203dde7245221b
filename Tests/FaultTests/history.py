"""Clients that keep to the contract under every fault, and write down what they saw.

Each has a user of its own and two devices, each with a session. It refreshes without pause; on a lost answer or a 503 it
sends the same token again; now and then it loses an answer, forgets one, opens two tabs at once, logs out, logs out
everywhere, or replays an old token as a thief would.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field

from checker import LOGIN, LOGOUT, LOGOUT_ALL, LOOKUP, REFRESH, REPLAY, Exchange, Violation, judge, recovery

PASSWORD = "a long enough phrase of words"

# How often what is done, in parts of a thousand; the rest are plain refreshes.
MIX = {
    "lost": 20, "forgotten": 30, "tabs": 40, "lookup": 60, "logout": 12, "race": 8, "logout_all": 3, "replay": 5,
}
# Refreshes and lookups alone, answers always read.
CALM = {"lookup": 60, "tabs": 20}


@dataclass
class Chain:
    """One session as its holder knows it."""

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


class Client(threading.Thread):
    def __init__(self, port: int, user: str, seed: int, mix: dict[str, int], timeout: float):
        super().__init__(daemon=True, name=f"client-{user}")
        self.port, self.user, self.mix, self.timeout = port, user, mix, timeout
        self.random = random.Random(seed)
        self.history: list[Exchange] = []
        self.chains: list[Chain | None] = [None, None]
        self.ended: list[Chain] = []
        self.successes = 0
        self.leaving = threading.Event()
        # Tokens whose request was given up; it may still be on its way.
        self.given_up: set[str] = set()
        self.connection: http.client.HTTPConnection | None = None

    # One exchange.

    def send(self, op: str, chain: Chain | None = None, token: str | None = None, lose: bool = False,
             connection: http.client.HTTPConnection | None = None) -> tuple[Exchange, http.client.HTTPConnection | None]:
        """Sends a request; `receive` waits for the answer."""
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
        """Loosely what Retry-After asks for; a test has no time to keep to it wholly."""
        if exchange.status is None or exchange.status >= 500:
            time.sleep(self.random.uniform(0.05, 0.4))
        if exchange.failure == "timeout":
            self.given_up.add(exchange.presented)
        if exchange.succeeded and exchange.presented in self.given_up:
            # Nobody refreshes again in the same breath; a request that was given up must have time to arrive.
            self.given_up.discard(exchange.presented)
            time.sleep(0.2)

    # What a client does.

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
        """The session is at its end; a new login takes its place."""
        for place, other in enumerate(self.chains):
            if other is chain:
                self.chains[place] = None
                self.ended.append(chain)

    def do_lost(self, chain: Chain) -> None:
        self.ask(REFRESH, chain, chain.current, lose=True)
        self.given_up.add(chain.current)

    def do_forgotten(self, chain: Chain) -> None:
        """Killed before it could keep the answer: the parent is all it has, and the next step presents it again."""
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
        """Asks until it is told that what was to end has ended."""
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
        """A thief with a token of two generations ago."""
        if len(chain.earlier) >= 2:
            self.end(REPLAY, chain, chain.earlier[-2], [chain])

    def do_race(self, chain: Chain) -> None:
        """A refresh and a logout on their way at the same time."""
        second = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        one, first = self.send(REFRESH, chain, chain.current)
        other, second = self.send(LOGOUT, chain, chain.current, connection=second)
        answer = self.receive(one, first)
        self.receive(other, second, keep=False)
        if one.status == 200:
            chain.advance(answer["refresh_token"], answer["access_token"])
        self.end(LOGOUT, chain, chain.current, [chain])

    # The end.

    def prove(self, patience: float) -> None:
        """Shows that what was answered holds: live sessions live, ended ones are dead."""
        until = time.monotonic() + patience

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


class Load:
    """Some clients at once."""

    def __init__(self, server, clients: int = 6, *, seed: int = 1, mix: dict[str, int] | None = None,
                 timeout: float = 30.0, users: list[str] | None = None):
        self.server = server
        self.patience = timeout
        self.clients = [
            Client(server.port, user, seed * 1000 + number, MIX if mix is None else mix, timeout)
            for number, user in enumerate((users or server.users)[:clients])
        ]
        self.violations: list[Violation] = []

    def __enter__(self) -> "Load":
        for client in self.clients:
            client.start()
        try:
            self.served(3, within=self.patience)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def stop(self) -> None:
        for client in self.clients:
            client.leaving.set()
        for client in self.clients:
            client.join(client.timeout + 5)

    def served(self, times: int = 2, within: float = 30.0) -> None:
        """Waits until every client has been served so many times more."""
        goal = [client.successes + times for client in self.clients]
        until = time.monotonic() + within
        while any(client.successes < target for client, target in zip(self.clients, goal)):
            if time.monotonic() > until:
                late = [c.name for c, target in zip(self.clients, goal) if c.successes < target]
                last = "\n".join(str(c.history[-1]) for c in self.clients if c.history)
                raise AssertionError(
                    f"not served within {within} s: {', '.join(late)}; last seen:\n{last}\n{self.server.last_words()}")
            time.sleep(0.01)

    def recovered(self, *, tries: int = 60, seconds: float = 20.0) -> None:
        """The fault has ended now: waits for every client to be served, and holds the server to it."""
        ended = time.monotonic()
        try:
            self.served(3, within=seconds + 5)
        except AssertionError:
            pass
        self.violations += recovery(self.history, ended, tries=tries, seconds=seconds)

    @property
    def history(self) -> list[Exchange]:
        return [exchange for client in self.clients for exchange in list(client.history) if exchange.answered]

    def during(self, since: float, until: float | None = None) -> list[Exchange]:
        until = until or time.monotonic()
        return [e for e in self.history if e.answered >= since and e.sent <= until]

    def judge(self, *, slowest: float = 15.0, patience: float = 15.0) -> list[Exchange]:
        """Ends the load, lets every client prove what it holds, and fails on the first broken promises."""
        self.stop()
        provers = [threading.Thread(target=client.prove, args=(patience,)) for client in self.clients]
        for prover in provers:
            prover.start()
        for prover in provers:
            prover.join()
        found = self.violations + judge(self.history, slowest=slowest)
        if found:
            kinds = sorted({violation.rule for violation in found})
            shown = "\n".join(str(violation) for violation in found[:8])
            raise AssertionError(
                f"{len(found)} broken promises ({', '.join(kinds)}) in {len(self.history)} exchanges:\n{shown}\n"
                f"{self.server.last_words()}")
        return self.history
