"""Instruction counts of the hot operations, against Benchmarks/instructions.json."""

from __future__ import annotations

import json

import instructions
import pytest


def test_the_hot_operations_take_the_instructions_that_git_keeps():
    found = instructions.least(instructions.count())
    different = instructions.differences(found, json.loads(instructions.KEPT.read_text()))
    assert not different, "; ".join(different) + " (if this is meant: make bench-instructions)"


@pytest.mark.parametrize("count", [971, 1000, 1029])
def test_a_count_within_three_percent_is_accepted(count):
    assert instructions.differences({"judge": count}, {"judge": 1000}) == []


@pytest.mark.parametrize("count, change", [(969, "-3.1 %"), (1031, "+3.1 %")])
def test_a_count_beyond_three_percent_in_either_direction_is_named(count, change):
    [text] = instructions.differences({"judge": count}, {"judge": 1000})
    assert text.startswith("judge ") and change in text


def test_an_operation_that_only_one_side_has_is_named():
    assert instructions.differences({"mint": 1}, {"judge": 1}) == ["judge is missing", "mint is not kept"]


def test_what_came_before_the_first_block_is_not_counted():
    operations = [{"name": "judge", "blocks": 2, "times": 10}, {"name": "mint", "blocks": 2, "times": 1}]
    counts = instructions.by_operation(operations, [9999, 100, 200, 8888, 3, 4, 7777])
    assert counts == {"judge": [10, 20], "mint": [3, 4]}


def test_missing_counts_are_an_error():
    with pytest.raises(RuntimeError, match="too few for judge"):
        instructions.by_operation([{"name": "judge", "blocks": 5, "times": 10}], [1, 2, 3])


def test_the_total_of_a_file_of_callgrind_is_found():
    assert instructions.total("events: Ir\n\nfn=(1) main\n1 5\n\ntotals: 1234\n") == 1234
