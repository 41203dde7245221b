"""The alert rules and the dashboard under Packaging/monitoring, with Prometheus's own tool."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from harness import ROOT
from harness.documents import documented_metrics

FOLDER = ROOT / "Packaging/monitoring"
RULES = (FOLDER / "alerts.rules.yml").read_text()
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text())


def queries() -> list[str]:
    """The dashboard's PromQL, with values in the place of Grafana's variables."""
    written = [query["expr"] for panel in DASHBOARD["panels"] for query in panel["targets"]]
    written += [annotation["expr"] for annotation in DASHBOARD["annotations"]["list"]]
    return [
        query.replace("$__rate_interval", "5m").replace("$job", "heirloom").replace("$instance", ".*")
        for query in written
    ]


def promtool(*arguments) -> None:
    result = subprocess.run(["promtool", *arguments], capture_output=True, text=True, cwd=FOLDER)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_alert_rules_are_valid_and_fire_as_their_tests_say():
    promtool("check", "rules", "alerts.rules.yml")
    promtool("test", "rules", "alerts.test.yml")


def test_every_alert_has_a_test():
    tests = (FOLDER / "alerts.test.yml").read_text()
    alerts = re.findall(r"- alert: (\w+)", RULES)
    assert alerts and re.findall(r'alertname="(\w+)"', tests) == alerts


def test_every_query_of_the_dashboard_is_valid(tmp_path):
    rules = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(queries())]
    file = tmp_path / "queries.json"  # JSON is YAML.
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    promtool("check", "rules", str(file))


@pytest.mark.parametrize("text", [RULES, *queries()])
def test_metrics_and_labels_that_are_asked_for_exist(text):
    metrics = documented_metrics()
    uses = re.findall(r"\b((?:heirloom|process)_\w+)(?:\{(.*?)\})?", text)
    assert uses or "up{" in text
    for name, matchers in uses:
        base = name if name in metrics else re.sub(r"_(bucket|sum|count)$", "", name)
        assert base in metrics, name
        assert set(re.findall(r"(\w+)(?:=~|!~|=|!=)", matchers)) <= {*metrics[base][1], "job", "instance"}, text


def test_the_panels_do_not_overlap():
    cells = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        covered = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24 and not covered & cells, panel["title"]
        cells |= covered
