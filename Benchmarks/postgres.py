"""PostgreSQL under the same load as SQLite: a private cluster with one node and two, and pgbench as its reference.

The cluster is Debian's package with its defaults except 256 MB of shared buffers, on the same disk, every commit
fsynced. Servers, nodes and load share the machine's cores.
"""

import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

from harness.cluster import Cluster, binaries
from harness.ports import free_port
from heirloom import Heirloom, write_lines
from load import keep, load
from process import Process
from results import Results
from settings import LOGIN, progress

CONNECTIONS = (1, 16, 64, 256)
# Two rows changed in one durable transaction: the work of a server that commits each refresh alone.
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


class Postgres:
    """The cluster and two nodes, on the sessions of a seeded SQLite store."""

    def __init__(self, folder: pathlib.Path, binary: pathlib.Path, seeded: Heirloom):
        self.binaries, self.folder = binaries(), folder
        self.folder.mkdir()
        self.folder.chmod(0o755)
        self.cluster = Cluster(folder=self.folder / "cluster", shared_buffers="256MB", max_connections=300).start()
        self.psql("postgres", "CREATE DATABASE heirloom TEMPLATE template0")
        self.psql("heirloom", PAIRS)
        (self.folder / "transaction.sql").write_text(TRANSACTION)
        configs, ports = zip(*(self.write_config(number, seeded) for number in range(2)))
        archive = self.folder / "archive"
        subprocess.run([binary, "export", archive, "--config", seeded.config], check=True, stderr=subprocess.DEVNULL)
        started = time.monotonic()
        subprocess.run([binary, "import", archive, "--config", configs[0]], check=True, stderr=subprocess.DEVNULL)
        self.import_seconds = time.monotonic() - started
        self.psql("heirloom", "VACUUM ANALYZE")
        tokens = seeded.tokens.read_text().split()
        half = len(tokens) // 2
        self.tokens = [
            write_lines(self.folder / f"tokens-{number}.txt", part)
            for number, part in enumerate((tokens[:half], tokens[half:]))]
        self.nodes = [
            Process([str(binary), "serve", "--config", str(config)], port, self.folder / f"node-{number}.log")
            for number, (config, port) in enumerate(zip(configs, ports))]

    def write_config(self, number: int, seeded: Heirloom) -> tuple[pathlib.Path, int]:
        settings = json.loads(seeded.config.read_text())
        settings["http"]["port"], settings["admin"]["port"] = free_port(), free_port()
        settings["database"] = {"url": self.cluster.url("heirloom")}
        settings["dataDirectory"] = str(seeded.folder / "data")
        config = self.folder / f"node-{number}.json"
        config.write_text(json.dumps(settings))
        return config, settings["http"]["port"]

    def psql(self, database: str, sql: str) -> str:
        run = subprocess.run(
            [self.binaries / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.cluster.port),
             "-U", "heirloom", "-d", database, "-c", sql], capture_output=True, text=True)
        if run.returncode:
            sys.exit(f"psql: {run.stderr}")
        return run.stdout.strip()

    def cpu_seconds(self) -> float:
        """The CPU time of the server and of all its processes, those that have ended too."""
        main, *children = self.cluster.processes()
        total = ticks(pathlib.Path(f"/proc/{main}/stat").read_text(), 11, 15)
        for child in children:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                total += ticks(pathlib.Path(f"/proc/{child}/stat").read_text(), 11, 13)
        return total

    def counts(self) -> tuple[int, int]:
        """The fsyncs of the log and the committed transactions so far."""
        syncs, commits = self.psql(
            "heirloom",
            "SELECT (SELECT wal_sync FROM pg_stat_wal), xact_commit FROM pg_stat_database WHERE datname = 'heirloom'"
        ).split("|")
        return int(syncs), int(commits)

    def pgbench(self, results: Results, connections: int) -> None:
        """Measures the reference: as many clients, each in a loop of one durable transaction."""
        cpu, clock = self.cpu_seconds(), time.monotonic()
        seconds = max(2, round(results.seconds))
        output = subprocess.run(
            [self.binaries / "pgbench", "-n", "-M", "prepared", "-c", str(connections), "-j", str(min(2, connections)),
             "-T", str(seconds), "-f", self.folder / "transaction.sql", "-h", "127.0.0.1",
             "-p", str(self.cluster.port), "-U", "heirloom", "heirloom"],
            capture_output=True, text=True, check=True).stdout
        wall, used = time.monotonic() - clock, self.cpu_seconds() - cpu
        transactions = number(r"transactions actually processed: ([\d.]+)", output)
        results.keep(f"pgbench {connections}", {
            "per_second": number(r"tps = ([\d.]+)", output),
            "p50_us": 1000 * number(r"latency average = ([\d.]+)", output),
            "database_cpu_percent": 100 * used / wall,
            "database_cpu_us_per_request": 1e6 * used / max(1, transactions),
        })

    def refresh(self, results: Results, count: int, connections: int) -> None:
        """Measures refreshes on one node, or on two with half of the connections each."""
        nodes = self.nodes[:count]
        before = self.counts()
        cpu, database_cpu = sum(node.cpu_seconds() for node in nodes), self.cpu_seconds()
        clock = time.monotonic()

        def run(number: int) -> dict:
            return load("chain", "-u", nodes[number].url("/v1/refresh"), "-c", connections // count,
                        "-w", results.warmup, "-d", results.seconds, "-t", self.tokens[number])

        with concurrent.futures.ThreadPoolExecutor() as pool:
            loads = list(pool.map(run, range(count)))
        wall = time.monotonic() - clock
        used = sum(node.cpu_seconds() for node in nodes) - cpu
        database_used = self.cpu_seconds() - database_cpu
        time.sleep(1.2)  # PostgreSQL publishes its statistics with a delay.
        syncs, commits = (after - earlier for after, earlier in zip(self.counts(), before))
        requests = max(1, sum(figures["all_requests"] for figures in loads))
        key = f"postgres {'two nodes' if count == 2 else 'one node'} {connections}"
        keep(results, key, {
            "per_second": sum(figures["per_second"] for figures in loads),
            "p50_us": sum(figures["p50_us"] for figures in loads) / count,
            "p99_us": max(figures["p99_us"] for figures in loads),
            "error_count": sum(sum(figures["errors"].values()) for figures in loads),
            "cpu_percent": 100 * used / wall, "database_cpu_percent": 100 * database_used / wall,
            "generator_cpu_percent": 100 * sum(figures["generator_cpu_seconds"] for figures in loads) / wall,
            "cpu_us_per_request": 1e6 * used / requests,
            "database_cpu_us_per_request": 1e6 * database_used / requests,
            "syncs_per_request": syncs / requests, "round_trips_per_request": 2 * commits / requests,
            "rss_mb": sum(node.memory() for node in nodes) / count,
        })

    def measure_logouts(self) -> dict:
        """The time of a logout-all of a user with one session, and of a user with a hundred thousand."""
        one = statistics.median(self.log_out(self.log_in()["refresh_token"]) for _ in range(15))
        many = []
        for _ in range(3):
            answer = self.log_in()
            subject = answer["subject"]
            self.psql("heirloom", f"""
                INSERT INTO sessions
                    -- The id's time is the session's: a logout-all goes by the newest.
                    SELECT
                        (substr(session_id::text, 1, 15) || substr(gen_random_uuid()::text, 16))::uuid,
                        subject_id, client_id, scope, device, address, user_agent, amr,
                        authenticated_at, created_at, expires_at, epoch
                    FROM sessions, generate_series(1, 100000)
                    WHERE session_id = (
                        SELECT session_id FROM sessions WHERE subject_id = '{subject}' ORDER BY session_id DESC LIMIT 1
                    );
                UPDATE subjects SET open_sessions = 100001 WHERE subject_id = '{subject}'""")
            self.log_in()  # Another request pays what the new rows still cost.
            many.append(self.log_out(answer["refresh_token"]))
        return {"one_ms": one, "hundred_thousand_ms": statistics.median(many)}

    def log_in(self) -> dict:
        link = http.client.HTTPConnection("127.0.0.1", self.nodes[0].port)
        link.request("POST", "/v1/login", LOGIN, {"Content-Type": "application/json"})
        return json.loads(link.getresponse().read())

    def log_out(self, token: str) -> float:
        """Logs out everywhere; returns the milliseconds until the answer."""
        link = http.client.HTTPConnection("127.0.0.1", self.nodes[0].port)
        body = json.dumps({"refresh_token": token})
        started = time.monotonic()
        link.request("POST", "/v1/logout-all", body, {"Content-Type": "application/json"})
        if link.getresponse().status != 200:
            sys.exit("a logout-all was refused")
        return 1000 * (time.monotonic() - started)

    def end(self) -> None:
        for node in self.nodes:
            node.stop()
        self.cluster.end()


@contextlib.contextmanager
def open_postgres(folder: pathlib.Path, binary: pathlib.Path, seeded: Heirloom):
    """PostgreSQL with the sessions of a seeded store; none if it is missing or cannot enter the folder."""
    if not list(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        progress("PostgreSQL is missing, so its part is left out (apt-get install postgresql)")
        yield None
        return
    closed = [parent for parent in folder.parents if parent.stat().st_mode & 0o001 == 0]
    if closed:
        progress(f"the user postgres may not enter {closed[0]}, so PostgreSQL's part is left out")
        yield None
        return
    postgres = Postgres(folder, binary, seeded)
    try:
        yield postgres
    finally:
        postgres.end()


def number(pattern: str, output: str) -> float:
    """The number in pgbench's output; 0 if it had no transaction to report."""
    found = re.search(pattern, output)
    return float(found[1]) if found else 0.0


def ticks(stat: str, first: int, last: int) -> float:
    return sum(map(int, stat.rpartition(")")[2].split()[first:last])) / os.sysconf("SC_CLK_TCK")
