"""The figures to reach: a table of goals."""

import operator
from collections.abc import Callable
from dataclasses import dataclass

from results import Results, median
from settings import STORM, VERIFIERS

Figure = Callable[[Results], float | None]
COMPARISONS = {"≥": operator.ge, "≤": operator.le, "<": operator.lt}


@dataclass(frozen=True)
class Goal:
    """What is measured, its figure, how it compares with the goal, and the formats of both."""

    name: str
    figure: Figure
    comparison: str
    goal: float | Figure
    goal_format: str
    figure_format: str

    def judge(self, results: Results) -> dict:
        """Returns the goal, the figure and whether it is reached; none if it was not measured."""
        figure = self.figure(results)
        goal = self.goal(results) if callable(self.goal) else self.goal
        is_known = figure is not None and goal is not None
        return {
            "goal": f"{self.name}: {self.comparison} {self.goal_format.format(goal) if goal is not None else '?'}",
            "figure": self.figure_format.format(figure) if is_known else "not measured",
            "reached": COMPARISONS[self.comparison](figure, goal) if is_known else None}


def rate(key: str) -> Figure:
    return lambda results: results.median(key)


def scaled(key: str, field: str, scale: float) -> Figure:
    return lambda results: times(scale, results.median(key, field))


def ratio(key: str, other: str, field: str = "per_second") -> Figure:
    return lambda results: results.ratio(key, other, field)


def tail(key: str) -> Figure:
    """p99 over p50."""
    return lambda results: median([
        p99 / p50 for p99, p50 in zip(results.values(key, "p99_us"), results.values(key, "p50_us")) if p50])


def excess(key: str) -> Figure:
    """p99 less 2 × p50, in milliseconds."""
    return lambda results: times(1e-3, median([
        p99 - 2 * p50 for p99, p50 in zip(results.values(key, "p99_us"), results.values(key, "p50_us"))]))


def fact(name: str) -> Figure:
    return lambda results: results.facts.get(name)


def times(scale: float, value: float | None) -> float | None:
    return None if value is None else scale * value


def errors(results: Results) -> int:
    return sum(
        cell["error_count"] for key, cells in results.cells.items() if key.startswith(("refresh", "postgres"))
        for cell in cells)


def two_fsyncs(results: Results) -> float | None:
    fsync = results.median("fsync", "p50_us")
    return None if fsync is None else 2e-3 * fsync + 0.3


def per_core(results: Results) -> float | None:
    nanoseconds = results.median("micro verify_seen", "ns")
    return None if nanoseconds is None else 1e9 / nanoseconds


def logout_of_many(results: Results) -> float | None:
    return results.facts.get("logout_all", {}).get("hundred_thousand_ms")


def logout_of_one(results: Results) -> float | None:
    one = results.facts.get("logout_all", {}).get("one_ms")
    return None if one is None else 1.5 * one + 2


ONE_NODE, PGBENCH = "postgres one node 64", "pgbench 64"
GOALS = [
    # name, figure, comparison, goal, its format, the figure's format
    Goal("refreshes/s, 64 connections, 100 thousand sessions",
         ratio("refresh 64", "live"), "≥", 0.40, "{:.2f} × `/health/live`", "{:.2f} ×"),
    Goal("the same", rate("refresh 64"), "≥", 10_000, "{:,.0f}/s", "{:,.0f}/s"),
    Goal("the same with 1 million sessions",
         ratio("refresh 1M", "refresh none"), "≥", 0.70, "{:.2f} × of that with none", "{:.2f} ×"),
    Goal("refreshes/s of sessions that are bound to a key",
         ratio("refresh bound", "refresh 64"), "≥", 0.70, "{:.2f} × of unbound ones", "{:.2f} ×"),
    Goal("one connection, p50", scaled("refresh 1", "p50_us", 1e-3), "≤", two_fsyncs,
         "2 × one fsync + 0.3 ms = {:.2f} ms", "{:.2f} ms"),
    Goal("64 connections, p99", tail("refresh 64"), "≤", 6, "{} × p50", "{:.1f} ×"),
    Goal("errors in any refresh", errors, "≤", 0, "{}", "{}"),
    Goal("bytes written per refresh, 64 connections, 1 million sessions",
         scaled("refresh 1M", "bytes_per_request", 1e-3), "≤", 10, "{} KB", "{:.1f} KB"),
    Goal("`GET /v1/session`", ratio("session", "live"), "≥", 0.60, "{:.2f} × `/health/live`", "{:.2f} ×"),
    Goal("`GET /v1/verify`, JWT", ratio("verify", "live"), "≥", 0.70, "{:.2f} × `/health/live`", "{:.2f} ×"),
    Goal("`GET /v1/verify`, opaque token",
         ratio("verify opaque", "live"), "≥", 0.70, "{:.2f} × `/health/live`", "{:.2f} ×"),
    Goal("`POST /oauth/introspect`", ratio("introspect", "live"), "≥", 0.70, "{:.2f} × `/health/live`", "{:.2f} ×"),
    Goal(f"logout-all to the last of {VERIFIERS} verifiers refusing, p99",
         scaled("logout", "p99_us", 1e-3), "<", 100, "{} ms", "{:.1f} ms"),
    Goal(f"a provider's logout token to the last of {VERIFIERS} verifiers refusing, p99",
         scaled("upstream logout", "p99_us", 1e-3), "<", 100, "{} ms", "{:.1f} ms"),
    Goal(f"refreshes/s while {STORM} logins wait",
         ratio("refresh storm", "refresh 64"), "≥", 0.50, "{:.2f} × undisturbed", "{:.2f} ×"),
    Goal("p99 of them", ratio("refresh storm", "refresh 64", "p99_us"), "≤", 3, "{} × undisturbed", "{:.1f} ×"),
    Goal("PostgreSQL, 64 connections, one node",
         ratio(ONE_NODE, PGBENCH), "≥", 3, "{} × pgbench with 64 clients", "{:.2f} ×"),
    Goal("the same, PostgreSQL's CPU for each",
         ratio(ONE_NODE, PGBENCH, "database_cpu_us_per_request"), "≤", 1 / 3,
         "{:.2f} × pgbench's transaction", "{:.2f} ×"),
    Goal("PostgreSQL, 64 connections, one node, p99",
         excess(ONE_NODE), "≤", 20, "2 × p50 + {} ms", "2 × p50 {:+.1f} ms"),
    Goal("PostgreSQL, logout-all of 100 thousand sessions",
         logout_of_many, "≤", logout_of_one, "1.5 × of one + 2 ms = {:.1f} ms", "{:.1f} ms"),
    Goal("resident memory, idle", fact("idle_rss_mb"), "≤", 40, "{} MB", "{:.0f} MB"),
    Goal("resident memory, peak under load with 1 million sessions",
         fact("peak_rss_1m_mb"), "≤", 80, "{} MB", "{:.0f} MB"),
    Goal("start to first 200", fact("start_seconds"), "≤", 0.07, "{} s", "{:.3f} s"),
    Goal("minting a token in process",
         ratio("micro mint", "micro es256_signature", "ns"), "≤", 1.15, "{} × one raw ES256 signature", "{:.3f} ×"),
    Goal("verifying a token seen before", per_core, "≥", 1e6, "{:,.0f}/s a core", "{:,.0f}/s"),
    Goal("verifying a new token", ratio("micro verify_new", "micro es256_verification", "ns"),
         "≤", 1.30, "{:.2f} × one raw ES256 verification", "{:.2f} ×"),
]
