"""Judges from the clients' history whether a server kept its promises.

A history is a list of exchanges. Each has the time of its request and the time at which its answer, or the lack of one,
was known. The judgement needs nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

# The operations.
LOGIN, REFRESH, LOOKUP, LOGOUT, LOGOUT_ALL, REPLAY = "login", "refresh", "lookup", "logout", "logout_all", "replay"

ENDING = {LOGOUT, LOGOUT_ALL, REPLAY}
SUCCESS = {LOGIN: 200, REFRESH: 200, LOOKUP: 200, LOGOUT: 204, LOGOUT_ALL: 200}
DEAD_CODES = {"session_revoked", "reuse_detected"}


@dataclass
class Exchange:
    client: str
    user: str
    session: str | None
    op: str
    sent: float
    # The presented refresh token; none for a login and a lookup.
    presented: str | None = None
    answered: float = 0.0
    # None without an answer, or if the client closed the connection before it.
    status: int | None = None
    code: str | None = None
    action: str | None = None
    retry_after: bool = False
    is_problem: bool = False
    stored: bool = False
    successor: str | None = None
    # The reason for the lack of an answer: "refused", "lost" (by the client), "cut", "timeout".
    failure: str | None = None

    @property
    def succeeded(self) -> bool:
        return self.status is not None and SUCCESS.get(self.op) == self.status

    def __str__(self) -> str:
        token = f" of …{self.presented[-6:]}" if self.presented else ""
        gave = f" → …{self.successor[-6:]}" if self.successor else ""
        seen = f"{self.status} {self.code or ''}" if self.status else self.failure
        session = self.session[-6:] if self.session else "new"
        return (
            f"[{self.sent:.3f}–{self.answered:.3f}] {self.client} {self.op}{token} in session {session}: {seen}{gave}"
        )


@dataclass
class Violation:
    rule: str
    text: str
    exchanges: list[Exchange] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}" + "".join(f"\n    {exchange}" for exchange in self.exchanges)


def judge(history: list[Exchange], *, slowest: float = 15.0, proven: bool = True) -> list[Violation]:
    """Returns every broken promise that the history shows.

    slowest: the seconds within which every answer or failure must be known.
    proven: whether the history ends with a presentation of every session's newest token.
    """
    history = sorted(history, key=lambda exchange: exchange.sent)
    found: list[Violation] = []
    for exchange in history:
        found += unclear(exchange)
        if exchange.answered - exchange.sent > slowest or exchange.failure == "timeout":
            found.append(Violation("hung", f"no answer within {slowest} s", [exchange]))
    found += forks(history)
    for exchanges in by_session(history).values():
        found += judge_session(exchanges, history, proven)
    return found


def unclear(exchange: Exchange) -> list[Violation]:
    """An error must have the status, code, action and headers that its cause calls for."""
    bad = lambda text: [Violation("unclear", text, [exchange])]
    status = exchange.status
    if status is None:
        return []
    if exchange.op != LOOKUP and status != 204 and exchange.stored:
        return bad("an answer about tokens without Cache-Control: no-store")
    if exchange.succeeded:
        if exchange.op in (LOGIN, REFRESH) and not exchange.successor:
            return bad("a success without a token")
        return []
    if status == 503:
        right = exchange.is_problem and exchange.code == "unavailable" and exchange.action == "retry"
        if right and exchange.retry_after:
            return []
        return bad("a 503 without the code unavailable, the action retry or Retry-After")
    if status == 401 and exchange.op in (REFRESH, LOOKUP, LOGOUT_ALL, REPLAY):
        if exchange.is_problem and exchange.code in DEAD_CODES and exchange.action == "login":
            return []
        return bad("a 401 that is not about an ended session")
    return bad("an answer that is neither a success, a 503 nor a 401")


def forks(history: list[Exchange]) -> list[Violation]:
    """A token has one successor, and a successor one parent."""
    found = []
    successor_of: dict[str, Exchange] = {}
    parent_of: dict[str, Exchange] = {}
    for exchange in history:
        if exchange.op not in (REFRESH, REPLAY) or exchange.status != 200 or not exchange.successor:
            continue
        first = successor_of.setdefault(exchange.presented, exchange)
        if first.successor != exchange.successor:
            found.append(Violation("fork", "one token got two successors", [first, exchange]))
        first = parent_of.setdefault(exchange.successor, exchange)
        if first.presented != exchange.presented:
            found.append(Violation("merge", "one successor was given for two tokens", [first, exchange]))
        if exchange.successor == exchange.presented:
            found.append(Violation("merge", "a token was given as its own successor", [exchange]))
    return found


def by_session(history: list[Exchange]) -> dict[str, list[Exchange]]:
    sessions: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in history:
        if exchange.session:
            sessions[exchange.session].append(exchange)
    return sessions


def judge_session(exchanges: list[Exchange], history: list[Exchange], proven: bool) -> list[Violation]:
    found = []
    user, opened = exchanges[0].user, exchanges[0].answered
    # The requests that may have ended it: its own, or a logout-all of its user after it was opened.
    endings = [e for e in exchanges if e.op in ENDING]
    endings += [
        e for e in history if e.op == LOGOUT_ALL and e.user == user and e.session != exchanges[0].session
        and e.answered >= opened
    ]
    ending_since = min((e.sent for e in endings), default=float("inf"))
    # The time at which an answer first acknowledged its end.
    acknowledged = [e.answered for e in endings if e.succeeded]
    acknowledged += [e.answered for e in exchanges if e.status == 401 and e.code in DEAD_CODES]
    ended_at = min(acknowledged, default=float("inf"))

    for exchange in exchanges:
        if exchange.status == 401 and exchange.answered < ending_since:
            found.append(Violation("false logout", "refused though no request had ended the session", [exchange]))
        if exchange.op in (REFRESH, LOOKUP, REPLAY) and exchange.status == 200 and exchange.sent > ended_at:
            found.append(Violation("revived", "worked after its end was acknowledged", [exchange]))
        if exchange.op == REPLAY and exchange.status == 200:
            found.append(Violation("replay", "an ancestor of the live token was accepted", [exchange]))
    if proven:
        found += unproven(exchanges, ending_since, ended_at)
    return found


def unproven(exchanges: list[Exchange], ending_since: float, ended_at: float) -> list[Violation]:
    """No acknowledged write is lost: the last successor works, and an acknowledged end holds."""
    if ended_at < float("inf"):
        proof = [e for e in exchanges if e.op in (REFRESH, REPLAY) and e.status == 401]
        return [] if proof else [Violation("unproven", "no refresh tested the session's end", exchanges[-1:])]
    if ending_since < float("inf"):
        return []
    given = [e for e in exchanges if e.successor and e.succeeded]
    if not given:
        return []
    last = max(given, key=lambda e: e.answered)
    # The newest token of all is proven by its parent's successful refresh at the end.
    used = {e.presented for e in exchanges if e.op == REFRESH and e.status == 200}
    if last.successor in used or last.presented in {e.successor for e in given if e is not last}:
        tail = [e for e in exchanges if e.op == REFRESH and e.presented == last.successor]
        if tail and not any(e.status == 200 for e in tail):
            return [Violation("lost write", "the last successor does not work", [last, tail[-1]])]
        return []
    return [Violation("lost write", "no exchange shows that the last successor works", [last])]


def statuses(exchanges) -> set:
    return {exchange.status for exchange in exchanges}


def recovery(
    history: list[Exchange], fault_ended: float, *, tries: int = 60, seconds: float = 20.0
) -> list[Violation]:
    """After the end of the fault every client has a success within so many tries and seconds."""
    found = []
    for client in sorted({exchange.client for exchange in history}):
        later = [e for e in history if e.client == client and e.sent >= fault_ended and e.failure != "lost"]
        later.sort(key=lambda exchange: exchange.sent)
        served = next((n for n, e in enumerate(later) if e.status in (200, 204)), None)
        if served is None or served >= tries or later[served].answered > fault_ended + seconds:
            text = f"{client} had no success within {tries} tries and {seconds} s of the fault's end"
            found.append(Violation("no recovery", text, later[-1:]))
    return found
