"""The tables of a run."""

from __future__ import annotations

import pytest
from report import judge, report
from results import Results

FACTS = {
    "many": 10_000_000, "start_seconds": 0.08, "idle_rss_mb": 42.0, "idle_private_dirty_mb": 6.0,
    "peak_rss_many_mb": 80.0, "peak_rss_logins_mb": 120.0, "log_mb": {"none": 1.0}}
MACHINE = {
    "cores": 2, "processor": "AMD", "memory_gb": 25, "kernel": "6.1", "filesystem": "ext4", "busy_before_percent": 1.0,
    "other_cpu_percent": 2.0}


def cells(rate: float) -> dict:
    cell = {"per_second": rate, "p50_us": 1000, "p99_us": 2000, "error_count": 0, "cpu_us_per_request": 36.0}
    counts = {"mallocs_per_request": 57.0, "system_calls_per_request": 4.25, "waits_per_request": 0.5}
    return {
        "nginx": [{**cell, "per_second": 100.0}], "refresh many 256": [cell], "refresh none 256": [cell],
        "calls refresh": [{**cell, **counts}]}


@pytest.fixture
def run() -> dict:
    results = Results(1, 4, 1, cells(50.0), FACTS)
    return {
        "date": "2026-11-27", "rounds": 1, "seconds": 4, "warmup": 1, "machine": MACHINE, "facts": FACTS,
        "goals": judge(results), "cells": results.cells}


def row(text: str, label: str) -> list[str]:
    [line] = [line for line in text.splitlines() if line.startswith(f"| {label} ")]
    return [column.strip() for column in line.strip("|").split("|")]


def test_a_rate_has_its_ratio_to_nginx_beside_it(run):
    assert row(report(run), "refresh, 256 connections, 10 million sessions")[1:3] == ["50", "0.5"]


def test_a_goal_names_how_many_sessions_were_measured(run):
    goal = "refresh, 256 connections, 10 million sessions, p99: ≤ 2 × that of an empty store"
    assert row(report(run), goal)[1:] == ["1.00 ×", "yes"]


def test_the_counts_of_a_request_are_a_table_of_their_own(run):
    assert row(report(run), "refresh ")[1:4] == ["57", "4.25", "0.50"]


def test_two_builds_are_compared_by_ratios(run):
    run["before"] = {"cells": cells(25.0), "facts": FACTS}
    [line] = [line for line in report(run).splitlines()
              if line.startswith("| refresh, 256 connections, 10 million sessions ") and " 25 " in line]
    assert [column.strip() for column in line.strip("|").split("|")][1:4] == ["25", "50", "2.00"]
    assert row(report(run), "peak with 10 million sessions")[1:] == ["80 MB", "80 MB", "1.00"]
