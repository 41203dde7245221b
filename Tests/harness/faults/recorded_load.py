"""Recording clients at work, and the judgement of their history."""

from __future__ import annotations

import threading
import time

from .checker import Exchange, Violation, judge, recovery
from .fault_server import FaultServer
from .recording_client import MIX, RecordingClient


class RecordedLoad:
    """Clients that work while the body of `with` runs, each for a user of its own. `judge` says whether the server kept
    its promises."""

    def __init__(
        self, server: FaultServer, clients: int = 6, *, mix: dict[str, int] | None = None, timeout: float = 30
    ):
        self.server = server
        self.timeout = timeout
        self.clients = [
            RecordingClient(server.port, user, 1000 + number, MIX if mix is None else mix, timeout)
            for number, user in enumerate(server.users[:clients])
        ]
        self.violations: list[Violation] = []

    def __enter__(self) -> "RecordedLoad":
        for client in self.clients:
            client.start()
        try:
            self.await_successes(3, within=self.timeout)
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

    def await_successes(self, times: int = 2, within: float = 30) -> None:
        """Waits until every client has had so many successes more."""
        goal = [client.successes + times for client in self.clients]
        until = time.monotonic() + within
        while any(client.successes < target for client, target in zip(self.clients, goal)):
            if time.monotonic() > until:
                late = [c.name for c, target in zip(self.clients, goal) if c.successes < target]
                last = "\n".join(str(c.history[-1]) for c in self.clients if c.history)
                raise AssertionError(
                    f"no success within {within} s: {', '.join(late)}; last seen:\n{last}\n{self.server.state()}")
            time.sleep(0.01)

    def await_recovery(self, *, tries: int = 60, seconds: float = 20) -> None:
        """Waits, after the end of a fault, until every client has a success. `judge` reports a client that had none."""
        ended = time.monotonic()
        try:
            self.await_successes(3, within=seconds + 5)
        except AssertionError:
            pass
        self.violations += recovery(self.history, ended, tries=tries, seconds=seconds)

    @property
    def history(self) -> list[Exchange]:
        return [exchange for client in self.clients for exchange in list(client.history) if exchange.answered]

    def since(self, moment: float) -> list[Exchange]:
        return [exchange for exchange in self.history if exchange.answered >= moment]

    def judge(self, *, slowest: float = 15, proof_within: float = 15) -> None:
        """Ends the load, lets every client present its newest tokens, and fails if the history breaks a promise."""
        self.stop()
        provers = [threading.Thread(target=client.prove, args=(proof_within,)) for client in self.clients]
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
                f"{self.server.state()}")
