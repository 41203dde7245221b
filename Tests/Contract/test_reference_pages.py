"""The lists in docs/ agree with the code."""

from __future__ import annotations

import re
import subprocess

from harness import BINARY, PROBLEMS, ROOT


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the tables under a heading, without the tables' heads."""
    section = (ROOT / "docs" / page).read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    tables = re.findall(r"^\|[-|]+\|\n((?:\|.*\n)+)", section, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for table in tables for line in table.splitlines()]


def codes(cell: str) -> list[str]:
    """What a cell has in code style."""
    return re.findall("`(.+?)`", cell)


def constants(path: str, pattern: str) -> list[str]:
    """What a pattern matches in a source file, in its order."""
    return re.findall(pattern, (ROOT / "Sources" / path).read_text(), re.MULTILINE)


def test_the_help_lists_the_keys_of_the_configuration_page():
    printed = subprocess.run([BINARY, "config", "--help"], capture_output=True, text=True, check=True).stdout
    assert "docs/configuration.md" in printed
    text = " ".join(printed.split("USAGE:")[0].split())
    keys = re.findall(r"(\S+), (HEIRLOOM_\w+), (--[\w-]+): ", text)
    assert len(keys) > 30
    # A variable of an array is followed by =A,B, its flag by A,B.
    listed = [[re.split("[= ]", name)[0] for name in codes(names)] for names, *_ in rows("configuration.md", "Keys")]
    assert listed == [list(names) for names in keys]


def test_the_reference_lists_every_event_kind():
    listed = [codes(kind)[0] for kind, *_ in rows("reference.md", "Events")]
    assert listed == constants("TokenCore/Events/EventRecord+Kind.swift", r'Kind\(rawValue: "(\w+)"\)')


def test_the_reference_lists_every_end_reason():
    listed = [codes(reason)[0] for reason, _ in rows("reference.md", "End reasons")]
    assert listed == constants("TokenCore/Sessions/EndReason.swift", r'EndReason\(rawValue: "(\w+)"\)')


def test_the_api_page_lists_every_problem():
    errors = [row for row in rows("http-api.md", "Errors") if len(row) == 4]
    listed = {codes(code)[0]: (int(status), codes(action)[0]) for code, status, action, _ in errors}
    assert listed == {**PROBLEMS, "internal": (500, "retry")}


def test_the_simulator_page_lists_every_mutation():
    listed = [name for names, _ in rows("simulator.md", "Mutations") for name in codes(names)]
    assert sorted(listed) == sorted(constants("Simulator/Mutation.swift", r"^    case (\w+)$"))
