"""The figures to reach: a table of goals."""

import operator
from collections.abc import Callable
from dataclasses import dataclass

from results import Results, median
from settings import STORES, STORM, VERIFIERS, count

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
        name = self.name.replace("{many}", count(results.facts.get("many", STORES["many"])))
        wanted = self.goal_format.format(goal) if goal is not None else "?"
        return {
            "goal": f"{name}: {self.comparison} {wanted}",
            "figure": self.figure_format.format(figure) if is_known else "not measured",
            "reached": COMPARISONS[self.comparison](figure, goal) if is_known else None}


def mean(key: str, field: str) -> Figure:
    return lambda results: results.median(key, field)


def scaled(key: str, field: str, scale: float) -> Figure:
    return lambda results: times(scale, results.median(key, field))


def ratio(key: str, other: str, field: str = "per_second") -> Figure:
    return lambda results: results.ratio(key, other, field)


def gain(key: str) -> Figure:
    """The rate over that of the build before; none if two builds did not take turns."""
    return lambda results: results.gain(key)


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


def per_core(results: Results) -> float | None:
    nanoseconds = results.median("micro verify_seen", "ns")
    return None if nanoseconds is None else 1e9 / nanoseconds


def logout_of_many(results: Results) -> float | None:
    return results.facts.get("logout_all", {}).get("hundred_thousand_ms")


def logout_of_one(results: Results) -> float | None:
    one = results.facts.get("logout_all", {}).get("one_ms")
    return None if one is None else 1.5 * one + 2


ONE_NODE, PGBENCH = "postgres one node 64", "pgbench 64"
NGINX, BEFORE = "{:.2f} × nginx with a static file", "{:.2f} × the build before"
GOALS = [
    # name, figure, comparison, goal, its format, the figure's format
    Goal("refreshes/s, 64 connections, 100 thousand sessions",
         ratio("refresh 64", "nginx"), "≥", 0.27, NGINX, "{:.2f} ×"),
    Goal("the same", gain("refresh 64"), "≥", 1.4, BEFORE, "{:.2f} ×"),
    Goal("`GET /v1/verify`, JWT", ratio("verify", "nginx"), "≥", 0.70, NGINX, "{:.2f} ×"),
    Goal("`GET /v1/session`", ratio("session", "nginx"), "≥", 0.70, NGINX, "{:.2f} ×"),
    Goal("`POST /oauth/introspect`", ratio("introspect", "nginx"), "≥", 0.65, NGINX, "{:.2f} ×"),
    Goal("refresh, one connection, p50", ratio("refresh 1", "fsync", "p50_us"), "≤", 1.5,
         "{} × one fsync of the disk", "{:.2f} ×"),
    Goal("refresh, 256 connections, {many} sessions, p99",
         ratio("refresh many 256", "refresh none 256", "p99_us"), "≤", 2, "{} × that of an empty store", "{:.2f} ×"),
    Goal("logins/s", gain("login"), "≥", 1.5, BEFORE, "{:.2f} ×"),
    Goal(f"refreshes/s while {STORM} logins wait",
         ratio("refresh storm", "refresh 64"), "≥", 0.60, "{:.2f} × undisturbed", "{:.2f} ×"),
    Goal("p99 of them", ratio("refresh storm", "refresh 64", "p99_us"), "≤", 3, "{} × undisturbed", "{:.1f} ×"),
    Goal("PostgreSQL, 64 connections, one node",
         ratio(ONE_NODE, PGBENCH), "≥", 2, "{} × pgbench with two rows a transaction", "{:.2f} ×"),
    Goal("the same, PostgreSQL's CPU for each",
         ratio(ONE_NODE, PGBENCH, "database_cpu_us_per_request"), "≤", 1 / 3,
         "{:.2f} × pgbench's transaction", "{:.2f} ×"),
    Goal("PostgreSQL, 64 connections, one node, p99",
         excess(ONE_NODE), "≤", 20, "2 × p50 + {} ms", "2 × p50 {:+.1f} ms"),
    Goal("PostgreSQL, logout-all of 100 thousand sessions",
         logout_of_many, "≤", logout_of_one, "1.5 × of one + 2 ms = {:.1f} ms", "{:.1f} ms"),
    Goal("refreshes/s with {many} sessions",
         ratio("refresh many", "refresh none"), "≥", 0.70, "{:.2f} × of that with none", "{:.2f} ×"),
    Goal("refreshes/s of sessions that are bound to a key",
         ratio("refresh bound", "refresh 64"), "≥", 0.70, "{:.2f} × of unbound ones", "{:.2f} ×"),
    Goal("refresh, 64 connections, p99", tail("refresh 64"), "≤", 6, "{} × p50", "{:.1f} ×"),
    Goal("errors in any refresh", errors, "≤", 0, "{}", "{}"),
    Goal("bytes written per refresh, 64 connections, {many} sessions",
         scaled("refresh many", "bytes_per_request", 1e-3), "≤", 10, "{} KB", "{:.1f} KB"),
    Goal("mallocs per refresh", mean("calls refresh", "mallocs_per_request"), "≤", 60, "{}", "{:.0f}"),
    Goal(f"logout-all to the last of {VERIFIERS} verifiers refusing, p99",
         scaled("logout", "p99_us", 1e-3), "<", 100, "{} ms", "{:.1f} ms"),
    Goal(f"a provider's logout token to the last of {VERIFIERS} verifiers refusing, p99",
         scaled("upstream logout", "p99_us", 1e-3), "<", 100, "{} ms", "{:.1f} ms"),
    Goal("private memory that is written, idle", fact("idle_private_dirty_mb"), "≤", 6, "{} MB", "{:.1f} MB"),
    Goal("resident memory, idle", fact("idle_rss_mb"), "≤", 42, "{} MB", "{:.0f} MB"),
    Goal("resident memory, peak under load with {many} sessions",
         fact("peak_rss_many_mb"), "≤", 90, "{} MB", "{:.0f} MB"),
    Goal("start to first 200", fact("start_seconds"), "≤", 0.07, "{} s", "{:.3f} s"),
    Goal("minting a token in process",
         ratio("micro mint", "micro es256_signature", "ns"), "≤", 1.15, "{} × one raw ES256 signature", "{:.3f} ×"),
    Goal("verifying a token seen before", per_core, "≥", 1e6, "{:,.0f}/s a core", "{:,.0f}/s"),
    Goal("verifying a new token", ratio("micro verify_new", "micro es256_verification", "ns"),
         "≤", 1.30, "{:.2f} × one raw ES256 verification", "{:.2f} ×"),
]
