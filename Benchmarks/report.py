"""The tables of a run."""

import textwrap

from calls import COUNTED
from goals import GOALS
from results import Results, ratio
from settings import STORM, VERIFIERS, count

ROWS = [  # key, label, key of the reference beside nginx, its label
    ("nginx", "reference: nginx, static file, 64 connections", None, None),
    ("refresh 1", "refresh, 1 connection", None, None),
    ("refresh 16", "refresh, 16 connections", None, None),
    ("refresh 64", "refresh, 64 connections", None, None),
    ("refresh bound", "the same, sessions bound to a key", "refresh 64", "unbound"),
    ("refresh 256", "refresh, 256 connections", None, None),
    ("refresh none", "refresh, 64 connections, no other sessions", None, None),
    ("refresh many", "refresh, 64 connections, {many} sessions", "refresh none", "none"),
    ("refresh none 256", "refresh, 256 connections, no other sessions", None, None),
    ("refresh many 256", "refresh, 256 connections, {many} sessions", "refresh none 256", "none"),
    ("refresh storm", f"refresh, 64 connections, while {STORM} logins wait", "refresh 64", "undisturbed"),
    ("storm logins", f"login, {STORM} connections, beside those refreshes", None, None),
    ("login", "login, 16 connections", None, None),
    ("session", "`GET /v1/session`, 64 connections", None, None),
    ("verify", "`GET /v1/verify`, JWT, 64 connections", None, None),
    ("verify opaque", "`GET /v1/verify`, opaque token, 64 connections", None, None),
    ("introspect", "`POST /oauth/introspect`, 64 connections", None, None),
    ("logout", f"logout-all, until the last of {VERIFIERS} verifiers refuses", None, None),
    ("upstream logout", f"a provider's logout token, until the last of {VERIFIERS} verifiers refuses", None, None),
    ("jwks", "JWKS, 64 connections", None, None),
    ("live", "`/health/live`, 64 connections", None, None),
    ("fsync", "reference: fsyncs of this disk, one after the other", None, None),
    ("es256", "reference: ES256 signatures, OpenSSL, one core", None, None),
]
WITHOUT_HTTP = ("fsync", "es256", "logout", "upstream logout")
HEADINGS = [
    "", "per second", "÷ nginx", "p50 ms", "p99 ms", "errors", "server CPU %", "µs CPU each", "RSS MB",
    "KB written each", "fsyncs each", "beside",
]
CALL_HEADINGS = ["a request, 64 connections", "mallocs", "system calls", "waits", "preemptions"]
POSTGRES_HEADINGS = [
    "", "per second", "÷ nginx", "p50 ms", "p99 ms", "errors", "nodes' CPU %", "PostgreSQL's CPU %", "load's CPU %",
    "µs CPU each, node + PostgreSQL", "fsyncs each", "round trips each", "beside",
]
CONNECTIONS = [(count, f"{count} connection{'s' if count > 1 else ''}") for count in (1, 16, 64, 256)]
COMPARED = [  # field, label, whether more is better
    ("per_second", "per second", True), ("p50_us", "p50", False), ("p99_us", "p99", False),
    ("cpu_us_per_request", "µs CPU each", False), ("bytes_per_request", "KB written each", False),
    ("rss_mb", "RSS", False), ("mallocs_per_request", "mallocs", False),
    ("system_calls_per_request", "system calls", False),
]


def report(run: dict) -> str:
    """The text of a run, as results.json holds it."""
    results = Results(run["rounds"], run["seconds"], run["warmup"], run["cells"], run["facts"])
    facts, machine = results.facts, run["machine"]
    micro = [[key.removeprefix("micro "), f"{results.median(key, 'ns') / 1000:.2f} µs"]
             for key in results.cells if key.startswith("micro ")]
    judged = [[goal["goal"], goal["figure"], {True: "yes", False: "**no**", None: "?"}[goal["reached"]]]
              for goal in run["goals"]]
    log = ", ".join(f"{size:.0f} MB ({name})" for name, size in facts["log_mb"].items())
    parts = [
        paragraph(
            f"Measured {run['date']} on {machine['cores']} cores of {machine['processor']}, {machine['memory_gb']} GB, "
            f"Linux {machine['kernel']}, {machine['filesystem']}; rounds: {results.rounds}, of {results.seconds:g} s a "
            f"measurement. Other processes and the kernel's own threads used {machine['busy_before_percent']:.0f} % of "
            f"one core before the run and {machine['other_cpu_percent']:.0f} % during the median measurement."),
        markdown([["figure to reach", "found", "reached"], *judged]),
        markdown([HEADINGS, *table(results)]),
        paragraph(
            f"Start to first 200: {facts['start_seconds']:.3f} s. Resident memory: idle {facts['idle_rss_mb']:.0f} MB, "
            f"peak with {count(facts['many'])} sessions {facts['peak_rss_many_mb']:.0f} MB, peak of the server that "
            f"also took the logins {facts['peak_rss_logins_mb']:.0f} MB. Write-ahead log after the run: {log}."),
    ]
    if calls := calls_table(results):
        parts.append(markdown([CALL_HEADINGS, *calls]))
    if "logout_all" in facts:
        logout = facts["logout_all"]
        parts += [
            markdown([POSTGRES_HEADINGS, *postgres_table(results)]),
            paragraph(
                f"Logout-all on PostgreSQL: {logout['one_ms']:.1f} ms with one session, "
                f"{logout['hundred_thousand_ms']:.1f} ms with a hundred thousand. Importing a hundred thousand "
                f"sessions: {facts['import_seconds']:.1f} s.")]
    else:
        parts.append("PostgreSQL: not measured, since it is not installed.")
    parts.append(
        markdown([["in process", "each"], *micro]) if micro else
        "In-process costs: not measured, since .build/release/heirloom-microbench is missing.")
    if "before" in run:
        parts.append(comparison(results, Results(0, 0, 0, run["before"]["cells"], run["before"]["facts"])))
    return "\n\n".join(parts)


def judge(results: Results) -> list[dict]:
    return [goal.judge(results) for goal in GOALS]


def table(results: Results) -> list[list[str]]:
    rows = []
    for key, label, reference, reference_label in ROWS:
        if key not in results.cells:
            continue
        nginx = cell_ratio(results, key) if key not in WITHOUT_HTTP else ""
        # While logins wait, refreshes and logins share the server, so the cost of each is unknown.
        has_cost = key not in ("nginx", "refresh storm")
        has_writes = has_cost and key.startswith(("refresh", "login"))
        beside = format_ratio(results, key, reference, reference_label) if reference else ""
        if key == "refresh 1":
            beside = number(results.ratio(key, "fsync", "p50_us"), "p50 = {:.1f} × fsync")
        if key == "storm logins":
            beside = number(results.median(key, "refused_per_second"), "{:.0f}/s refused with 503")
        rows.append([
            label.replace("{many}", count(results.facts["many"])), *rates(results, key, nginx),
            cell(results, key, "cpu_percent", "{:.0f}") if key != "nginx" else "",
            cell(results, key, "cpu_us_per_request", "{:.0f}") if has_cost else "",
            cell(results, key, "rss_mb", "{:.0f}") if key != "nginx" else "",
            cell(results, key, "bytes_per_request", "{:.1f}", 1000) if has_writes else "",
            cell(results, key, "syncs_per_request", "{:.3f}") if has_writes else "", beside])
    return rows


def calls_table(results: Results) -> list[list[str]]:
    labels = {key: label.partition(",")[0] for key, label, _, _ in ROWS}
    fields = ("mallocs_per_request", "system_calls_per_request", "waits_per_request", "preemptions_per_request")
    return [
        [labels.get(name, name), cell(results, f"calls {name}", fields[0], "{:.0f}"),
         *(cell(results, f"calls {name}", field, "{:.2f}") for field in fields[1:])]
        for name in COUNTED if f"calls {name}" in results.cells]


def postgres_table(results: Results) -> list[list[str]]:
    rows = []

    def add(key: str, label: str, beside: str = "") -> None:
        if key in results.cells:
            cpu = [cell(results, key, field, "{:.0f}")
                   for field in ("cpu_us_per_request", "database_cpu_us_per_request")]
            rows.append([
                label, *rates(results, key, cell_ratio(results, key)), cell(results, key, "cpu_percent", "{:.0f}"),
                cell(results, key, "database_cpu_percent", "{:.0f}"),
                cell(results, key, "generator_cpu_percent", "{:.0f}"), " + ".join(filter(None, cpu)),
                cell(results, key, "syncs_per_request", "{:.3f}"),
                cell(results, key, "round_trips_per_request", "{:.3f}"), beside])

    for nodes in ("one node", "two nodes"):
        for count, connections in CONNECTIONS:
            key = f"postgres {nodes} {count}"
            beside = [format_ratio(results, key, f"pgbench {count}", "pgbench"),
                      format_ratio(results, key, f"refresh {count}", "SQLite")]
            add(key, f"refresh, {nodes}, {connections}", ", ".join(filter(None, beside)))
    for count, connections in CONNECTIONS:
        clients = connections.replace("connection", "client")
        add(f"pgbench {count}", f"reference: pgbench, two rows a transaction, {clients}; mean for p50")
    return rows


def comparison(results: Results, before: Results) -> str:
    """The run beside that of the build before."""
    rows = [["", "build before, per second", "this build, per second", *(label for _, label, _ in COMPARED)]]
    many = count(results.facts["many"])
    labels = {key: label.replace("{many}", many) for key, label, _, _ in ROWS}
    labels |= {f"calls {name}": f"{labels.get(name, name)}, while it is counted" for name in COUNTED}
    for key in before.cells:
        ratios = []
        for field, _, is_more_better in COMPARED:
            better, worse = (results, before) if is_more_better else (before, results)
            ratios.append(number(ratio(better.values(key, field), worse.values(key, field)), "{:.2f}"))
        rows.append([labels.get(key, key), cell(before, key, "per_second", "{:,.0f}"),
                     cell(results, key, "per_second", "{:,.0f}"), *ratios])
    facts = [
        [label, form.format(before.facts[name]), form.format(results.facts[name]),
         number(before.facts[name] / results.facts[name], "{:.2f}")]
        for name, label, form in (
            ("start_seconds", "start to first 200", "{:.3f} s"), ("idle_rss_mb", "resident memory, idle", "{:.0f} MB"),
            ("peak_rss_many_mb", f"peak with {many} sessions", "{:.0f} MB"),
            ("peak_rss_logins_mb", "peak with logins", "{:.0f} MB"))]
    return "\n\n".join([
        paragraph(
            "Ratios to the build before, each the median of the rounds' ratios: this build ÷ that before for rates, "
            "that before ÷ this build for times and costs. Above 1, this build is better."),
        markdown(rows), markdown([["", "build before", "this build", "build before ÷ this build"], *facts])])


def rates(results: Results, key: str, nginx: str) -> list[str]:
    """Rate, its ratio to nginx, latencies and errors, which all tables begin with."""
    errors = results.values(key, "error_count")
    return [cell(results, key, "per_second", "{:,.0f}"), nginx, cell(results, key, "p50_us", "{:.2f}", 1000),
            cell(results, key, "p99_us", "{:.2f}", 1000), str(sum(errors)) if errors else ""]


def cell(results: Results, key: str, field: str, form: str, divisor: float = 1) -> str:
    value = results.median(key, field)
    return number(value if value is None else value / divisor, form)


def cell_ratio(results: Results, key: str) -> str:
    return number(results.ratio(key, "nginx"), "{:.3g}")


def format_ratio(results: Results, key: str, other: str, label: str) -> str:
    return number(results.ratio(key, other), "{:.2f} × " + label)


def number(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


def paragraph(text: str) -> str:
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def markdown(rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
