"""PostgreSQL under the same load as SQLite: a private cluster, one node and two, and pgbench beside them.

Part of bench.py. The cluster is Debian's package with its defaults but for 256 MB of shared buffers, on the same disk, every commit
fsynced; server, nodes and load share the machine's cores.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Tests" / "ContractTests"))

CONNECTIONS = (1, 16, 64, 256)
# Two rows changed in one durable transaction: what a server would do for each refresh that came alone.
TRANSACTION = """
\\set id random(1, 100000)
BEGIN;
UPDATE pair_a SET generation = generation + 1, hash = decode(repeat('ab', 32), 'hex') WHERE id = :id;
UPDATE pair_b SET generation = generation + 1, hash = decode(repeat('cd', 32), 'hex') WHERE id = :id;
COMMIT;
"""
PAIRS = "".join(
    f"CREATE TABLE {name} (id int PRIMARY KEY, generation bigint, hash bytea) WITH (fillfactor = 50);"
    f"INSERT INTO {name} SELECT i, 0, decode(repeat('00', 32), 'hex') FROM generate_series(1, 100000) i;"
    for name in ("pair_a", "pair_b"))


def ticks(stat: str, first: int, last: int) -> float:
    return sum(map(int, stat.rpartition(")")[2].split()[first:last])) / os.sysconf("SC_CLK_TCK")


class Postgres:
    """The cluster, two nodes' worth of configuration, and the tokens of a hundred thousand sessions that SQLite was seeded with."""

    def __init__(self, work: pathlib.Path, binary: pathlib.Path, seeded, free_port):
        from cluster import Cluster, binaries

        self.binaries, self.binary, self.folder = binaries(), binary, work / "postgres"
        self.folder.mkdir()
        self.folder.chmod(0o755)
        for folder in (work, *work.parents):
            if folder.stat().st_mode & 0o001 == 0:
                raise PermissionError(f"{folder} is closed to the user postgres")
        self.cluster = Cluster(folder=self.folder / "cluster", shared_buffers="256MB", max_connections=300).start()
        self.database = "heirloom"
        self.psql("postgres", "CREATE DATABASE heirloom TEMPLATE template0")
        self.psql("heirloom", PAIRS)
        (self.folder / "transaction.sql").write_text(TRANSACTION)
        self.configs = []
        for number in range(2):
            settings = json.loads(seeded.config.read_text())
            settings["http"]["port"], settings["admin"]["port"] = free_port(), free_port()
            settings["database"]["url"] = self.cluster.url(self.database)
            settings["dataDirectory"] = str(seeded.folder / "data")
            config = self.folder / f"node-{number}.json"
            config.write_text(json.dumps(settings))
            self.configs.append((config, settings["http"]["port"]))
        archive = self.folder / "archive"
        subprocess.run([binary, "export", archive, "--config", seeded.config], check=True, stderr=subprocess.DEVNULL)
        started = time.monotonic()
        subprocess.run([binary, "import", archive, "--config", self.configs[0][0]], check=True, stderr=subprocess.DEVNULL)
        self.import_seconds = time.monotonic() - started
        self.psql("heirloom", "VACUUM ANALYZE")
        tokens = seeded.tokens.read_text().split()
        half = len(tokens) // 2
        self.tokens = []
        for number, part in enumerate((tokens[:half], tokens[half:])):
            file = self.folder / f"tokens-{number}.txt"
            file.write_text("".join(f"{token}\n" for token in part))
            self.tokens.append(file)

    def node(self, process, number: int):
        config, port = self.configs[number]
        return process([str(self.binary), "serve", "--config", str(config)], port, self.folder / f"node-{number}.log")

    def psql(self, database: str, sql: str) -> str:
        run = subprocess.run(
            [self.binaries / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.cluster.port),
             "-U", "heirloom", "-d", database, "-c", sql], capture_output=True, text=True)
        if run.returncode:
            sys.exit(f"psql: {run.stderr}")
        return run.stdout.strip()

    def cpu_seconds(self) -> float:
        """Of the server and all its processes, those that have ended too."""
        main, *children = self.cluster.processes()
        total = ticks(pathlib.Path(f"/proc/{main}/stat").read_text(), 11, 15)
        for child in children:
            try:
                total += ticks(pathlib.Path(f"/proc/{child}/stat").read_text(), 11, 13)
            except (FileNotFoundError, ProcessLookupError):
                pass
        return total

    def counts(self) -> tuple[int, int]:
        """Fsyncs of the log, and transactions committed."""
        syncs, commits = self.psql(
            "heirloom",
            "SELECT (SELECT wal_sync FROM pg_stat_wal), xact_commit FROM pg_stat_database WHERE datname = 'heirloom'"
        ).split("|")
        return int(syncs), int(commits)

    def pgbench(self, bench, connections: int) -> None:
        cpu, clock = self.cpu_seconds(), time.monotonic()
        seconds = max(2, round(bench.seconds))
        output = subprocess.run(
            [self.binaries / "pgbench", "-n", "-M", "prepared", "-c", str(connections), "-j", str(min(2, connections)),
             "-T", str(seconds), "-f", self.folder / "transaction.sql", "-h", "127.0.0.1", "-p", str(self.cluster.port),
             "-U", "heirloom", "heirloom"], capture_output=True, text=True, check=True).stdout
        wall, used = time.monotonic() - clock, self.cpu_seconds() - cpu
        transactions = int(re.search(r"transactions actually processed: (\d+)", output)[1])
        bench.keep(f"pgbench {connections}", {
            "per_second": float(re.search(r"tps = ([\d.]+)", output)[1]),
            "p50_us": 1000 * float(re.search(r"latency average = ([\d.]+)", output)[1]),
            "database_cpu_percent": 100 * used / wall,
            "database_cpu_us_per_request": 1e6 * used / max(1, transactions),
        })

    def refresh(self, bench, load, nodes: list, connections: int) -> dict:
        """Refreshes on one node or, half of the connections each, on two."""
        share = max(1, connections // len(nodes))
        if connections < len(nodes):
            nodes = nodes[:1]
        before = self.counts()
        cpu, database_cpu, clock = [node.cpu_seconds() for node in nodes], self.cpu_seconds(), time.monotonic()

        def run(number: int) -> dict:
            return load("chain", "-u", nodes[number].url("/v1/refresh"), "-c", share, "-w", bench.warmup, "-d", bench.seconds,
                        "-t", self.tokens[number])

        with concurrent.futures.ThreadPoolExecutor() as pool:
            results = list(pool.map(run, range(len(nodes))))
        wall = time.monotonic() - clock
        used = sum(node.cpu_seconds() for node in nodes) - sum(cpu)
        database_used = self.cpu_seconds() - database_cpu
        time.sleep(1.2)  # The server's statistics come late.
        syncs, commits = (after - earlier for after, earlier in zip(self.counts(), before))
        requests = max(1, sum(result["all_requests"] for result in results))
        name = "two nodes" if len(nodes) == 2 else "one node"
        figures = {
            "per_second": sum(result["per_second"] for result in results),
            "p50_us": sum(result["p50_us"] for result in results) / len(results),
            "p99_us": max(result["p99_us"] for result in results),
            "error_count": sum(sum(result["errors"].values()) for result in results),
            "cpu_percent": 100 * used / wall, "database_cpu_percent": 100 * database_used / wall,
            "generator_cpu_percent": 100 * sum(result["generator_cpu_seconds"] for result in results) / wall,
            "cpu_us_per_request": 1e6 * used / requests, "database_cpu_us_per_request": 1e6 * database_used / requests,
            "syncs_per_request": syncs / requests, "round_trips_per_request": 2 * commits / requests,
            "rss_mb": sum(node.memory() for node in nodes) / len(nodes),
        }
        key = f"postgres {name} {connections}"
        print(f"  {key:<22}{figures['per_second']:>10.0f}/s  p50 {figures['p50_us'] / 1000:.2f} ms  p99 "
              f"{figures['p99_us'] / 1000:.2f} ms", file=sys.stderr, flush=True)
        return bench.keep(key, figures)

    def end(self) -> None:
        self.cluster.end()


HEADING = ["", "per second", "p50 ms", "p99 ms", "errors", "nodes' CPU %", "PostgreSQL's CPU %", "load's CPU %",
           "µs CPU each, node + PostgreSQL", "fsyncs each", "round trips each", "beside"]


def table(bench) -> list[list[str]]:
    rows = [HEADING]

    def cell(key: str, field: str, form: str, scale: float = 1) -> str:
        value = bench.median(key, field)
        return "" if value is None else form.format(value / scale)

    def row(key: str, label: str, beside: str = "") -> None:
        if key not in bench.cells:
            return
        both = " + ".join(text for text in (
            cell(key, "cpu_us_per_request", "{:.0f}"), cell(key, "database_cpu_us_per_request", "{:.0f}")) if text)
        errors = [figures["error_count"] for figures in bench.cells[key] if "error_count" in figures]
        rows.append([
            label, cell(key, "per_second", "{:,.0f}"), cell(key, "p50_us", "{:.2f}", 1000), cell(key, "p99_us", "{:.2f}", 1000),
            str(sum(errors)) if errors else "", cell(key, "cpu_percent", "{:.0f}"),
            cell(key, "database_cpu_percent", "{:.0f}"), cell(key, "generator_cpu_percent", "{:.0f}"), both,
            cell(key, "syncs_per_request", "{:.3f}"), cell(key, "round_trips_per_request", "{:.3f}"), beside])

    def ratio(key: str, other: str, label: str) -> str:
        value = bench.ratio(key, other)
        return "" if value is None else f"{value:.2f} × {label}"

    for name in ("one node", "two nodes"):
        for connections in CONNECTIONS:
            key = f"postgres {name} {connections}"
            beside = ", ".join(text for text in (
                ratio(key, f"pgbench {connections}", "pgbench"), ratio(key, f"refresh {connections}", "SQLite")) if text)
            row(key, f"refresh, {name}, {connections} connection{'s' if connections > 1 else ''}", beside)
    for connections in CONNECTIONS:
        clients = f"{connections} client{'s' if connections > 1 else ''}"
        row(f"pgbench {connections}", f"reference: pgbench, two rows a transaction, {clients}; mean for p50")
    return rows
