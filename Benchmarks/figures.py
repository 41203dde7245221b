"""The figures of runs by commit: Benchmarks/figures.jsonl, one run a line."""

import json
import pathlib
import subprocess

from report import WITHOUT_HTTP
from results import Results
from settings import ROOT

FIELDS = {  # name in the file: field of a cell
    "per_second": "per_second", "p50_us": "p50_us", "p99_us": "p99_us", "cpu_us": "cpu_us_per_request",
    "mallocs": "mallocs_per_request", "system_calls": "system_calls_per_request", "waits": "waits_per_request",
    "preemptions": "preemptions_per_request", "ns": "ns",
}
COSTS = {"cpu_us", "mallocs", "system_calls", "waits", "preemptions"}
# nginx's workers are other processes than the one that is measured, and logins share the server with the storm.
WITHOUT_COSTS = ("nginx", "refresh storm")
SAME = ("machine", "sessions")  # What two runs must share to be compared.
COLUMNS = [  # figure, label, format
    ("nginx", "÷ nginx", "{:.2f}"), ("p99_us", "p99 µs", "{:,.0f}"), ("cpu_us", "µs CPU each", "{:.1f}"),
    ("mallocs", "mallocs each", "{:.1f}"), ("system_calls", "system calls each", "{:.2f}"),
    ("waits", "waits each", "{:.2f}"),
]


def record(document: dict) -> dict:
    """The line of a run, whose document is that of results.json."""
    results = Results(document["rounds"], document["seconds"], document["warmup"], document["cells"])
    machine = document["machine"]
    cells = {}
    for key in results.cells:
        figures = {name: results.median(key, field) for name, field in FIELDS.items()}
        if key not in WITHOUT_HTTP and not key.startswith(("calls ", "micro ")):
            figures["nginx"] = results.ratio(key, "nginx")
        if key in WITHOUT_COSTS:
            figures = {name: value for name, value in figures.items() if name not in COSTS}
        cells[key] = {name: rounded(value) for name, value in figures.items() if value is not None}
    return {
        "commit": git("rev-parse", "--short=12", "HEAD"),
        # Files that are not in git yet, such as those of the editor, do not count.
        "is_changed": bool(git("status", "--porcelain", "--untracked-files=no")),
        "date": document["date"], "machine": f"{machine['cores']} × {machine['processor']}, {machine['filesystem']}",
        "sessions": document["facts"]["many"], "rounds": document["rounds"],
        "goals": {goal["goal"]: goal["figure"] for goal in document["goals"]},
        "facts": {name: rounded(value) for name, value in document["facts"].items() if isinstance(value, (int, float))},
        "cells": cells}


def append(file: pathlib.Path, line: dict) -> None:
    with file.open("a") as output:
        output.write(json.dumps(line, ensure_ascii=False) + "\n")


def last(file: pathlib.Path, line: dict) -> dict | None:
    """The last run that this one can be compared with: on such a machine, with as many sessions."""
    lines = [json.loads(text) for text in file.read_text().splitlines()] if file.exists() else []
    return next((other for other in reversed(lines) if all(other[name] == line[name] for name in SAME)), None)


def trend(line: dict, earlier: dict | None) -> str:
    """A table of the run against an earlier one; a figure that is in only one of them is left out."""
    if earlier is None:
        return "No earlier run on such a machine with as many sessions is in Benchmarks/figures.jsonl."
    rows = []
    for key, cell in line["cells"].items():
        other = earlier["cells"].get(key, {})
        columns = [
            f"{form.format(other[name])} → {form.format(cell[name])}" if name in cell and name in other else ""
            for name, _, form in COLUMNS]
        if any(columns):
            rows.append([key, *columns])
    changed = ", with changes" if earlier["is_changed"] else ""
    headings = [f"{earlier['commit']} ({earlier['date']}{changed}) → this run", *(label for _, label, _ in COLUMNS)]
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip()
                     for row in [headings, *rows])


def rounded(value: float) -> float:
    """Four digits: more would be noise."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()
