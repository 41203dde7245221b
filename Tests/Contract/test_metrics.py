"""The metrics are those of docs/metrics.md, which is made from the catalogue."""

from __future__ import annotations

import re
import time
import urllib.request

from harness import DATABASE
from harness.browsers.authority import CertificateAuthority
from harness.documents import documented_metrics


def scrape(server) -> tuple[dict[str, str], dict[str, list[tuple[list[str], float]]]]:
    """The types, and the labels and values of the samples, by name."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.admin_port}/metrics") as answer:
        text = answer.read().decode()
    types = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
    samples: dict[str, list] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            whole, labels, value = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line).groups()
            name = whole if whole in types else re.sub(r"_(bucket|sum|count)$", "", whole)
            names = [label for label in re.findall(r'(\w+)="', labels or "") if label != "le"]
            samples.setdefault(name, []).append((names, float(value)))
    return types, samples


def test_every_metric_is_on_the_page_with_its_type_and_labels(make_server):
    server = make_server()
    tokens = server.login()
    server.login()
    server.rotate(tokens["refresh_token"])
    server.get("/nowhere")
    types, samples = scrape(server)
    page = documented_metrics()
    assert len(samples) > 30 and set(samples) <= set(page), set(samples) - set(page)
    for name, rows in samples.items():
        kind, labels = page[name]
        assert types[name] == kind, name
        for names, _ in rows:
            assert sorted(names) == sorted(labels), name
    missing = {name for name in page if name not in samples}
    assert {name for name in missing if name.startswith("process_")} == set()
    assert samples["heirloom_sessions"] == [([], 2)] and samples["heirloom_users"] == [([], 1)]
    assert samples["heirloom_database_size_bytes"][0][1] > 10_000
    if DATABASE == "sqlite":
        assert samples["heirloom_database_log_size_bytes"][0][1] > 0
    assert "heirloom_certificate_age_seconds" in missing


def test_the_age_of_the_certificate_is_shown(make_server, tmp_path):
    server = make_server(start=False)
    authority = CertificateAuthority(tmp_path)
    server.configure({"http": {"tls": {
        "certificateFile": str(authority.certificate_file), "privateKeyFile": str(authority.key_file)}}})
    server.start()
    _, samples = scrape(server)
    assert 0 <= samples["heirloom_certificate_age_seconds"][0][1] < 3 * 86400
    assert samples["heirloom_certificate_expiry_time_seconds"][0][1] > time.time()
