"""What the benchmark decides: ratios, goals, the run to compare with, and the page."""

from __future__ import annotations

import json

import pytest
from calls import counted
from figures import append, last, record, trend
from goals import GOALS
from page import END, START, with_results
from results import Results

CELLS = {
    "nginx": [{"per_second": 100.0}, {"per_second": 50.0}, {"per_second": 80.0}],
    "refresh 64": [{"per_second": 30.0}, {"per_second": 10.0}, {"per_second": 24.0}],
}
LINE = {"machine": "2 × AMD", "sessions": 1_000_000, "commit": "c0ffee", "date": "2026-11-27", "is_changed": False}

RUN = {
    "rounds": 3, "seconds": 1, "warmup": 0, "date": "2026-11-27", "goals": [],
    "facts": {"many": 1_000_000, "log_mb": {}}, "machine": {"cores": 2, "processor": "AMD", "filesystem": "ext4"}}


def goal(name: str, other: str):
    [found] = [goal for goal in GOALS if goal.name == name and other in goal.goal_format]
    return found


def test_a_ratio_is_the_median_of_the_ratios_of_the_rounds():
    assert Results(3, 1, 0, CELLS).ratio("refresh 64", "nginx") == 0.3


@pytest.mark.parametrize("refreshes, is_reached", [(26.9, False), (27.0, True)])
def test_refreshes_are_judged_by_their_ratio_to_nginx(refreshes, is_reached):
    results = Results(1, 1, 0, {"nginx": [{"per_second": 100.0}], "refresh 64": [{"per_second": refreshes}]})
    found = goal("refreshes/s, 64 connections, 100 thousand sessions", "nginx").judge(results)
    assert found["reached"] is is_reached


def test_a_goal_against_the_build_before_is_judged_only_if_there_is_one():
    gain, results = goal("the same", "build before"), Results(3, 1, 0, CELLS)
    assert gain.judge(results)["reached"] is None
    results.before = Results(3, 1, 0, {"refresh 64": [{"per_second": rate} for rate in (20.0, 10.0, 12.0)]})
    assert gain.judge(results)["figure"] == "1.50 ×" and gain.judge(results)["reached"]


def test_a_run_is_recorded_with_its_ratios_to_nginx():
    line = record({**RUN, "cells": CELLS})
    assert line["cells"]["refresh 64"] == {"per_second": 24.0, "nginx": 0.3}
    assert line["machine"] == "2 × AMD, ext4" and line["facts"] == {"many": 1_000_000} and line["commit"]


@pytest.mark.parametrize("key, costs", [("verify", {"cpu_us", "waits"}), ("nginx", set()), ("refresh storm", set())])
def test_costs_are_recorded_where_they_are_those_of_the_requests(key, costs):
    cell = {"per_second": 1.0, "cpu_us_per_request": 36.0, "waits_per_request": 0.3}
    line = record({**RUN, "cells": {"nginx": [cell], key: [cell]}})
    assert set(line["cells"][key]) - {"per_second", "nginx"} == costs


def test_the_last_run_on_such_a_machine_with_as_many_sessions_is_compared(tmp_path):
    file = tmp_path / "figures.jsonl"
    assert last(file, LINE) is None
    for change in ({"commit": "first"}, {"commit": "second"}, {"sessions": 10}, {"machine": "64 × ARM"}):
        append(file, {**LINE, **change})
    assert last(file, LINE)["commit"] == "second"
    assert all(json.loads(line) for line in file.read_text().splitlines())


def test_the_table_of_two_runs_shows_both_figures():
    earlier = {**LINE, "cells": {"verify": {"nginx": 0.4, "mallocs": 77.0}, "gone": {"nginx": 1.0}}}
    text = trend({**LINE, "cells": {"verify": {"nginx": 0.7, "cpu_us": 20.0}, "new": {"nginx": 1.0}}}, earlier)
    assert "0.40 → 0.70" in text and "c0ffee (2026-11-27)" in text
    assert "gone" not in text and "new" not in text and "77" not in text


def test_the_first_run_has_nothing_to_be_compared_with():
    assert "No earlier run" in trend({**LINE, "cells": {}}, None)


@pytest.mark.parametrize("output, count", [
    ("1234;;raw_syscalls:sys_enter;2000;100.00;;\n", 1234),
    ("<not supported>;;raw_syscalls:sys_enter;0;100.00;;\n", None),
    ("# started\n\n7;;other:event;1;100.00;;\n", None),
    ("", None),
])
def test_the_count_of_perf_is_read(output, count):
    assert counted(output, "raw_syscalls:sys_enter") == count


def test_the_page_gets_the_results_between_its_marks():
    page = f"# Performance\n\n{START}\nold\n{END}\n\nmore\n"
    assert with_results(page, "new") == f"# Performance\n\n{START}\n\nnew\n\n{END}\n\nmore\n"


def test_a_page_without_marks_is_refused():
    with pytest.raises(ValueError):
        with_results("# Performance\n", "new")
