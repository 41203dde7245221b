"""The tables of a run."""

from goals import GOALS
from results import Results, ratio
from settings import STORM, VERIFIERS

ROWS = [  # key, label, key of the reference, its label
    ("refresh 1", "refresh, 1 connection", None, None),
    ("refresh 16", "refresh, 16 connections", "live", "live"),
    ("refresh 64", "refresh, 64 connections", "live", "live"),
    ("refresh bound", "the same, sessions bound to a key", "refresh 64", "unbound"),
    ("refresh 256", "refresh, 256 connections", "live", "live"),
    ("refresh none", "refresh, 64 connections, no other sessions", "live", "live"),
    ("refresh 1M", "refresh, 64 connections, 1 million sessions", "live", "live"),
    ("refresh 1M 256", "refresh, 256 connections, 1 million sessions", None, None),
    ("refresh storm", f"refresh, 64 connections, while {STORM} logins wait", "refresh 64", "undisturbed"),
    ("storm logins", f"login, {STORM} connections, beside those refreshes", None, None),
    ("login", "login, 16 connections", None, None),
    ("session", "`GET /v1/session`, 64 connections", "live", "live"),
    ("verify", "`GET /v1/verify`, JWT, 64 connections", "live", "live"),
    ("verify opaque", "`GET /v1/verify`, opaque token, 64 connections", "live", "live"),
    ("introspect", "`POST /oauth/introspect`, 64 connections", "live", "live"),
    ("logout", f"logout-all, until the last of {VERIFIERS} verifiers refuses", None, None),
    ("upstream logout", f"a provider's logout token, until the last of {VERIFIERS} verifiers refuses", None, None),
    ("jwks", "JWKS, 64 connections", "live", "live"),
    ("live", "`/health/live`, 64 connections", "nginx", "nginx"),
    ("nginx", "reference: nginx, static file, 64 connections", None, None),
    ("fsync", "reference: fsyncs of this disk, one after the other", None, None),
    ("es256", "reference: ES256 signatures, OpenSSL, one core", None, None),
]
HEADINGS = [
    "", "per second", "p50 ms", "p99 ms", "errors", "server CPU %", "µs CPU each", "RSS MB", "KB written each",
    "fsyncs each", "beside",
]
POSTGRES_HEADINGS = [
    "", "per second", "p50 ms", "p99 ms", "errors", "nodes' CPU %", "PostgreSQL's CPU %", "load's CPU %",
    "µs CPU each, node + PostgreSQL", "fsyncs each", "round trips each", "beside",
]
CONNECTIONS = [(count, f"{count} connection{'s' if count > 1 else ''}") for count in (1, 16, 64, 256)]
COMPARED = [  # field, label, whether more is better
    ("per_second", "per second", True), ("p50_us", "p50", False), ("p99_us", "p99", False),
    ("cpu_us_per_request", "µs CPU each", False), ("bytes_per_request", "KB written each", False),
    ("rss_mb", "RSS", False),
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
        f"Measured {run['date']} on {machine['cores']} cores of {machine['processor']}, {machine['memory_gb']} GB, "
        f"Linux {machine['kernel']}, {machine['filesystem']}; rounds: {results.rounds}, of {results.seconds:g} s a "
        f"measurement. Other processes and the kernel's own threads used {machine['busy_before_percent']:.0f} % of one "
        f"core before the run and {machine['other_cpu_percent']:.0f} % during the median measurement.",
        markdown([HEADINGS, *table(results)]),
        f"Start to first 200: {facts['start_seconds']:.3f} s. Resident memory: idle {facts['idle_rss_mb']:.0f} MB, "
        f"peak with 1 million sessions {facts['peak_rss_1m_mb']:.0f} MB, peak of the server that also took the logins "
        f"{facts['peak_rss_logins_mb']:.0f} MB. Write-ahead log after the run: {log}.",
    ]
    if "logout_all" in facts:
        logout = facts["logout_all"]
        parts += [
            markdown([POSTGRES_HEADINGS, *postgres_table(results)]),
            f"Logout-all on PostgreSQL: {logout['one_ms']:.1f} ms with one session, "
            f"{logout['hundred_thousand_ms']:.1f} ms with a hundred thousand. Importing a hundred thousand sessions: "
            f"{facts['import_seconds']:.1f} s."]
    else:
        parts.append("PostgreSQL: not measured, since it is not installed.")
    parts += [
        markdown([["in process", "each"], *micro]) if micro else
        "In-process costs: not measured, since .build/release/heirloom-microbench is missing.",
        markdown([["figure to reach", "found", "reached"], *judged])]
    if "baseline" in run:
        parts.append(comparison(results, Results(0, 0, 0, run["baseline"]["cells"], run["baseline"]["facts"])))
    return "\n\n".join(parts)


def judge(results: Results) -> list[dict]:
    return [goal.judge(results) for goal in GOALS]


def table(results: Results) -> list[list[str]]:
    rows = []
    for key, label, reference, reference_label in ROWS:
        if key not in results.cells:
            continue
        # While logins wait, refreshes and logins share the server, so the cost of each is unknown.
        has_cost = key not in ("nginx", "refresh storm")
        has_writes = has_cost and key.startswith(("refresh", "login"))
        beside = format_ratio(results, key, reference, reference_label) if reference else ""
        if key == "refresh 1":
            beside = number(results.ratio(key, "fsync", "p50_us"), "p50 = {:.1f} × fsync")
        if key == "storm logins":
            beside = number(results.median(key, "refused_per_second"), "{:.0f}/s refused with 503")
        rows.append([
            label, *rates(results, key), cell(results, key, "cpu_percent", "{:.0f}") if key != "nginx" else "",
            cell(results, key, "cpu_us_per_request", "{:.0f}") if has_cost else "",
            cell(results, key, "rss_mb", "{:.0f}") if key != "nginx" else "",
            cell(results, key, "bytes_per_request", "{:.1f}", 1000) if has_writes else "",
            cell(results, key, "syncs_per_request", "{:.3f}") if has_writes else "", beside])
    return rows


def postgres_table(results: Results) -> list[list[str]]:
    rows = []

    def add(key: str, label: str, beside: str = "") -> None:
        if key in results.cells:
            cpu = [cell(results, key, field, "{:.0f}")
                   for field in ("cpu_us_per_request", "database_cpu_us_per_request")]
            rows.append([
                label, *rates(results, key), cell(results, key, "cpu_percent", "{:.0f}"),
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


def comparison(results: Results, baseline: Results) -> str:
    """The run beside its baseline."""
    rows = [["", "baseline, per second", "this build, per second", *(label for _, label, _ in COMPARED)]]
    labels = {key: label for key, label, _, _ in ROWS}
    for key in baseline.cells:
        ratios = []
        for field, _, is_more_better in COMPARED:
            better, worse = (results, baseline) if is_more_better else (baseline, results)
            ratios.append(number(ratio(better.values(key, field), worse.values(key, field)), "{:.2f}"))
        rows.append([labels.get(key, key), cell(baseline, key, "per_second", "{:,.0f}"),
                     cell(results, key, "per_second", "{:,.0f}"), *ratios])
    facts = [
        [label, form.format(baseline.facts[name]), form.format(results.facts[name]),
         number(baseline.facts[name] / results.facts[name], "{:.2f}")]
        for name, label, form in (
            ("start_seconds", "start to first 200", "{:.3f} s"), ("idle_rss_mb", "resident memory, idle", "{:.0f} MB"),
            ("peak_rss_1m_mb", "peak with 1 million sessions", "{:.0f} MB"),
            ("peak_rss_logins_mb", "peak with logins", "{:.0f} MB"))]
    return "\n\n".join([
        "Ratios to the baseline, each the median of the rounds' ratios: this build ÷ baseline for rates, baseline ÷ "
        "this build for times and costs. Above 1, this build is better.",
        markdown(rows), markdown([["", "baseline", "this build", "baseline ÷ this build"], *facts])])


def rates(results: Results, key: str) -> list[str]:
    """Rate, latencies and errors, which all tables begin with."""
    errors = results.values(key, "error_count")
    return [cell(results, key, "per_second", "{:,.0f}"), cell(results, key, "p50_us", "{:.2f}", 1000),
            cell(results, key, "p99_us", "{:.2f}", 1000), str(sum(errors)) if errors else ""]


def cell(results: Results, key: str, field: str, form: str, divisor: float = 1) -> str:
    value = results.median(key, field)
    return number(value if value is None else value / divisor, form)


def format_ratio(results: Results, key: str, other: str, label: str) -> str:
    return number(results.ratio(key, other), "{:.2f} × " + label)


def number(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


def markdown(rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
