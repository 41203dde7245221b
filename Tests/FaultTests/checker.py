"""Judges what clients saw: whether a server that was hurt kept its promises.

A history is a list of exchanges, each with the time it was sent and the time its answer (or the lack of one) was known. The
judgement needs nothing else: no look into the database, no trust in the server.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

# What a client does.
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
    # The refresh token that was presented; None for a login and a lookup.
    presented: str | None = None
    answered: float = 0.0
    # None: no answer came, or the client went away before reading it.
    status: int | None = None
    code: str | None = None
    action: str | None = None
    retry_after: bool = False
    is_problem: bool = False
    stored: bool = False
    successor: str | None = None
    # Why no answer came: "refused", "lost" (on purpose), "cut", "timeout".
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
    """Every promise that the history shows to be broken.

    slowest: no answer, and no failure, may take longer (seconds).
    proven: the clients have, at the end, shown that live sessions live and ended ones are dead.
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
    """Errors must say what they mean."""
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
        return [] if right and exchange.retry_after else bad("a 503 that does not say: unavailable, retry, Retry-After")
    if status == 401 and exchange.op in (REFRESH, LOOKUP, LOGOUT_ALL, REPLAY):
        if exchange.is_problem and exchange.code in DEAD_CODES and exchange.action == "login":
            return []
        return bad("a 401 that is not about an ended session")
    return bad("an answer that no fault excuses")


def forks(history: list[Exchange]) -> list[Violation]:
    """One token, one successor; one successor, one parent."""
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
    # What may have ended it: something of its own, or a logout-all of its user after it was opened.
    endings = [e for e in exchanges if e.op in ENDING]
    endings += [
        e for e in history if e.op == LOGOUT_ALL and e.user == user and e.session != exchanges[0].session
        and e.answered >= opened
    ]
    ending_since = min((e.sent for e in endings), default=float("inf"))
    # When its end was acknowledged, to anybody.
    acknowledged = [e.answered for e in endings if e.succeeded]
    acknowledged += [e.answered for e in exchanges if e.status == 401 and e.code in DEAD_CODES]
    ended_at = min(acknowledged, default=float("inf"))

    for exchange in exchanges:
        if exchange.status == 401 and exchange.answered < ending_since:
            found.append(Violation("false logout", "refused though nothing had ended the session", [exchange]))
        if exchange.op in (REFRESH, LOOKUP, REPLAY) and exchange.status == 200 and exchange.sent > ended_at:
            found.append(Violation("revived", "worked after its end was acknowledged", [exchange]))
        if exchange.op == REPLAY and exchange.status == 200:
            found.append(Violation("replay", "an ancestor of the live token was accepted", [exchange]))
    if proven:
        found += unproven(exchanges, ending_since, ended_at)
    return found


def unproven(exchanges: list[Exchange], ending_since: float, ended_at: float) -> list[Violation]:
    """Nothing acknowledged is lost: the last token that was handed out works, the last end that was told holds."""
    if ended_at < float("inf"):
        proof = [e for e in exchanges if e.op in (REFRESH, REPLAY) and e.status == 401]
        return [] if proof else [Violation("unproven", "the session's end was never put to the test", exchanges[-1:])]
    if ending_since < float("inf"):
        return []
    given = [e for e in exchanges if e.successor and e.succeeded]
    if not given:
        return []
    last = max(given, key=lambda e: e.answered)
    # The very last token of all has the proof of its parent, which the clients seek out at the end.
    used = {e.presented for e in exchanges if e.op == REFRESH and e.status == 200}
    if last.successor in used or last.presented in {e.successor for e in given if e is not last}:
        tail = [e for e in exchanges if e.op == REFRESH and e.presented == last.successor]
        if tail and not any(e.status == 200 for e in tail):
            return [Violation("lost write", "the last token that was handed out does not work", [last, tail[-1]])]
        return []
    return [Violation("lost write", "a token that was handed out was never seen to work", [last])]


def recovery(
    history: list[Exchange], fault_ended: float, *, tries: int = 60, seconds: float = 20.0
) -> list[Violation]:
    """After the fault every client is served again within so many tries and so long."""
    found = []
    for client in sorted({exchange.client for exchange in history}):
        later = [e for e in history if e.client == client and e.sent >= fault_ended and e.failure != "lost"]
        later.sort(key=lambda exchange: exchange.sent)
        served = next((n for n, e in enumerate(later) if e.status in (200, 204)), None)
        if served is None or served >= tries or later[served].answered > fault_ended + seconds:
            text = f"{client} was not served within {tries} tries and {seconds} s of the fault's end"
            found.append(Violation("no recovery", text, later[-1:]))
    return found
