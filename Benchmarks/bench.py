#!/usr/bin/env python3
"""The benchmark: the release server over real HTTP on loopback, on a real disk, with every commit fsynced.

    make bench                          # a full run, about nine minutes
    python3 Benchmarks/bench.py --quick # one short round, about a minute: a look, not a result
    python3 Benchmarks/bench.py --markdown   # prints the tables of the last run again

Measurements and references (nginx, the disk, raw signatures) alternate within each round, and every figure is the median
of the rounds; a ratio is the median of each round's ratio. So what else the machine does falls on both alike.
docs/performance.md says what each figure means. Python's standard library only; installs nothing.
"""

import argparse
import base64
import contextlib
import http.client
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import postgres as postgresql  # noqa: E402  (the files beside this one)
import seed  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "Benchmarks" / "results.json"
WORK = ROOT / ".build" / "benchmark"  # beside the build, since /tmp may be in memory
LOAD = WORK / "load"
COUNT_SYNCS = WORK / "count_syncs.so"
USER, PASSWORD = "bench", "correct horse battery 42"
STORES = {"none": 256, "100k": 100_000, "1M": 1_000_000}  # "none": those that the load itself uses
TOKENS = 20_000  # how many sessions the load goes round through, where there are so many
STORM = 200
VERIFIERS = 4  # processes that follow the revocation feed
LOGIN = json.dumps({"username": USER, "password": PASSWORD})


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# ---- Processes

class Process:
    """A server under measurement, and what /proc says of it."""

    def __init__(self, command: list[str], port: int, log: pathlib.Path, path: str = "/health/live",
                 sync_count: pathlib.Path | None = None):
        self.port, self.sync_count = port, sync_count
        counting = {"LD_PRELOAD": str(COUNT_SYNCS), "SYNC_COUNT_FILE": str(sync_count)} if sync_count else {}
        started = time.monotonic()
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env={**os.environ, **counting})
        self.pid = self.process.pid
        while not self.answers(path):
            if self.process.poll() is not None or time.monotonic() > started + 30:
                self.stop()
                sys.exit(f"{command[0]} does not answer:\n{log.read_text()}")
            time.sleep(0.001)
        self.seconds_to_answer = time.monotonic() - started

    def answers(self, path: str) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5) as link:
            link.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            return link.recv(12) == b"HTTP/1.1 200"
        return False

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def cpu_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def written_bytes(self) -> int:
        text = pathlib.Path(f"/proc/{self.pid}/io").read_text()
        return int(re.search(r"^write_bytes: (\d+)", text, re.M)[1])

    def syncs(self) -> int:
        """Calls of fsync and fdatasync so far; see count_syncs.c."""
        return int.from_bytes(self.sync_count.read_bytes(), sys.byteorder) if self.sync_count else 0

    def memory(self, field: str = "VmRSS") -> float:
        """In megabytes; `VmHWM` is the peak."""
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+)", text, re.M)[1]) * 1024 / 1e6

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                note(f"process {self.pid} did not end within 15 s of SIGTERM and is killed")
                self.process.kill()
                self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Heirloom:
    """A store of its own, seeded, and the server on it."""

    def __init__(self, binary: pathlib.Path, name: str):
        self.name, self.binary, self.folder = name, binary, WORK / name
        self.folder.mkdir(parents=True)
        self.port = free_port()
        self.config, self.tokens = self.folder / "config.json", self.folder / "tokens.txt"
        settings = json.loads((ROOT / "config.json").read_text())
        settings["http"]["port"], settings["admin"]["port"] = self.port, free_port()
        settings["loginLimits"].update(perAccount=0, perAddress=0)
        settings["accessToken"]["lifetimeSeconds"] = 900  # they must outlive the run
        self.config.write_text(json.dumps(settings))
        subprocess.run([binary, "user", "add", USER, "--password-stdin", "--config", self.config],
                       input=PASSWORD + "\n", text=True, check=True, stdout=subprocess.DEVNULL)
        tokens = seed.seed(self.folder / "data", STORES[name], TOKENS, subjects=1000)
        self.tokens.write_text("".join(f"{token}\n" for token in tokens))

    def start(self) -> Process:
        command = [str(self.binary), "serve", "--config", str(self.config)]
        return Process(command, self.port, self.folder / "server.log", sync_count=self.folder / "syncs")

    def log_megabytes(self) -> float:
        """The size of the write-ahead log."""
        return (self.folder / "data" / "heirloom.sqlite-wal").stat().st_size / 1e6

    def make_access_tokens(self, count: int) -> pathlib.Path:
        """Refreshes some of the sessions for their access tokens, and keeps the successors."""
        lines, access = self.tokens.read_text().split(), []
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        for index in range(count):
            connection.request("POST", "/v1/refresh", json.dumps({"refresh_token": lines[index]}),
                               {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = json.loads(response.read())
            if response.status != 200:
                sys.exit(f"a seeded token was refused: {answer}")
            lines[index] = answer["refresh_token"]
            access.append(answer["access_token"])
        connection.close()
        self.tokens.write_text("".join(f"{token}\n" for token in lines))
        file = self.folder / "access-tokens.txt"
        file.write_text("".join(f"{token}\n" for token in access))
        return file

    def add_client(self, name: str, *options: str) -> str:
        """A confidential client; returns what its requests say in Authorization."""
        made = subprocess.run(
            [self.binary, "client", "add", name, "--confidential", "--json", "--config", self.config, *options],
            check=True, stdout=subprocess.PIPE).stdout
        return "Basic " + base64.b64encode(f"{name}:{json.loads(made)['client_secret']}".encode()).decode()

    def vouch(self, connection: http.client.HTTPConnection, authorization: str, subject: str, **members: str) -> dict:
        """A session that a back-end opens."""
        connection.request("POST", "/v1/sessions", json.dumps({"subject": subject, **members}),
                           {"Content-Type": "application/json", "Authorization": authorization})
        response = connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 201:
            sys.exit(f"a session was refused: {answer}")
        return answer

    def make_opaque_tokens(self, count: int) -> pathlib.Path:
        """As many sessions of a client whose access tokens are opaque."""
        authorization = self.add_client("opaque", "--access-token-format", "opaque")
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        tokens = [self.vouch(connection, authorization, f"opaque-{index}")["access_token"] for index in range(count)]
        connection.close()
        file = self.folder / "opaque-tokens.txt"
        file.write_text("".join(f"{token}\n" for token in tokens))
        return file


class Verifiers:
    """APIs that verify by the keys alone and follow the feed, each a process of its own."""

    PROGRAM = ROOT / ".build" / "release" / "notes-api"

    def __init__(self, heirloom: Heirloom, count: int):
        self.heirloom, self.authorization = heirloom, heirloom.add_client("verifiers")
        name, secret = base64.b64decode(self.authorization.split()[1]).decode().split(":")
        self.processes, self.links = [], []
        self.service = http.client.HTTPConnection("127.0.0.1", heirloom.port)
        for number in range(count):
            port = free_port()
            environment = {
                "PORT": str(port), "HEIRLOOM_ISSUER": "http://localhost:8080", "HEIRLOOM_CLIENT_ID": name,
                "HEIRLOOM_SERVER": f"http://127.0.0.1:{heirloom.port}", "HEIRLOOM_CLIENT_SECRET": secret}
            with open(heirloom.folder / f"verifier-{number}.log", "wb") as log:
                self.processes.append(subprocess.Popen(
                    [self.PROGRAM], stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, **environment}))
            self.links.append(http.client.HTTPConnection("127.0.0.1", port))

    def status(self, link: http.client.HTTPConnection, token: str) -> int | None:
        try:
            link.request("GET", "/notes", headers={"Authorization": f"Bearer {token}"})
            response = link.getresponse()
            response.read()
            return response.status
        except OSError:
            link.close()
            return None

    def wait(self, token: str, status: int, seconds: float = 10) -> None:
        """Until the last of them answers so."""
        waiting, end = list(self.links), time.monotonic() + seconds
        while waiting:
            if time.monotonic() > end:
                sys.exit(f"a verifier does not answer {status}")
            waiting = [link for link in waiting if self.status(link, token) != status]

    def seconds_to_refuse(self, subject: str) -> float:
        """From the answered logout-all to the last verifier's refusal."""
        token = self.heirloom.vouch(self.service, self.authorization, subject, scope="notes:read")["access_token"]
        self.wait(token, 200)
        self.service.request("POST", "/v1/logout-all", headers={"Authorization": f"Bearer {token}"})
        response = self.service.getresponse()
        response.read()
        answered = time.monotonic()
        if response.status != 200:
            sys.exit(f"a logout-all was answered {response.status}")
        self.wait(token, 401)
        return time.monotonic() - answered

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


def heard_logouts(bench: "Bench", verifiers: Verifiers, count: int) -> None:
    """How soon a logout-all has reached every verifier."""
    verifiers.service.close()  # the last round's has idled out
    times = sorted(1e6 * verifiers.seconds_to_refuse(f"logout-{time.monotonic_ns()}") for _ in range(count))
    result = {"count": count, "p50_us": times[count // 2], "p99_us": times[min(count - 1, count * 99 // 100)]}
    note(f"  {'logout-all heard of':<22}{'':>12}  p50 {result['p50_us'] / 1000:.2f} ms  p99 {result['p99_us'] / 1000:.2f} ms")
    bench.keep("logout", result)


@contextlib.contextmanager
def nginx():
    """nginx with a static file of a refresh answer's size, on as many workers as there are cores; None where it is missing."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        note("nginx is missing, so its reference is left out (apt-get install nginx-light)")
        yield None
        return
    folder = WORK / "nginx"
    folder.mkdir()
    (folder / "answer.json").write_text(json.dumps({"padding": "x" * 980}))
    port = free_port()
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(f"""
        {"user root;" if os.geteuid() == 0 else ""}
        daemon off; worker_processes {os.cpu_count()}; pid {folder}/pid; error_log {folder}/error.log;
        events {{ worker_connections 2048; }}
        http {{
            access_log off; keepalive_timeout 300; keepalive_requests 1000000000; {temporary}
            default_type application/json;
            server {{ listen 127.0.0.1:{port}; root {folder}; }}
        }}""")
    process = Process([program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")],
                      port, folder / "output", "/answer.json")
    try:
        yield process
    finally:
        process.stop()


# ---- Measuring

def load(mode: str, *arguments: object) -> dict:
    output = subprocess.run([LOAD, mode, *map(str, arguments)], capture_output=True, text=True)
    if output.returncode:
        sys.exit(f"load {mode}: {output.stderr}")
    return json.loads(output.stdout)


def busy_seconds() -> float:
    """What all processors of the machine have done since it started."""
    user, nice, system, _, _, irq, softirq, steal = map(int, pathlib.Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


class Bench:
    def __init__(self, rounds: int, seconds: float, warmup: float):
        self.rounds, self.seconds, self.warmup = rounds, seconds, warmup
        self.cells: dict[str, list[dict]] = {}

    def keep(self, key: str, figures: dict) -> dict:
        self.cells.setdefault(key, []).append(figures)
        return figures

    def measure(self, key: str, server: Process, path: str, connections: int, mode: str = "fixed", *options: object) -> dict:
        """One cell: a short load, and what the server spent on it. Costs are divided by all of its requests, the
        warm-up's too; rates and latencies are of the measured seconds."""
        cpu, written, syncs = server.cpu_seconds(), server.written_bytes(), server.syncs()
        busy, clock = busy_seconds(), time.monotonic()
        result = load(mode, "-u", server.url(path), "-c", connections, "-w", self.warmup, "-d", self.seconds, *options)
        wall = time.monotonic() - clock
        used = server.cpu_seconds() - cpu
        requests = max(1, result["all_requests"])
        result["error_count"] = sum(result["errors"].values())
        result["cpu_percent"] = 100 * used / wall
        result["cpu_us_per_request"] = 1e6 * used / requests
        result["bytes_per_request"] = (server.written_bytes() - written) / requests
        result["syncs_per_request"] = (server.syncs() - syncs) / requests
        result["rss_mb"] = server.memory()
        result["other_cpu_percent"] = 100 * max(0, busy_seconds() - busy - used - result["generator_cpu_seconds"]) / wall
        if result["error_count"]:
            note(f"  {key}: errors {result['errors']}; the first: {result['first_error'][:200]}")
        note(f"  {key:<22}{result['per_second']:>10.0f}/s  p50 {result['p50_us'] / 1000:.2f} ms  p99 {result['p99_us'] / 1000:.2f} ms")
        return self.keep(key, result)

    def refresh(self, key: str, heirloom: Heirloom, server: Process, connections: int) -> dict:
        return self.measure(key, server, "/v1/refresh", connections, "chain", "-t", heirloom.tokens)

    def median(self, key: str, field: str = "per_second") -> float | None:
        values = [cell[field] for cell in self.cells.get(key, []) if field in cell]
        return statistics.median(values) if values else None

    def ratio(self, key: str, other: str, field: str = "per_second") -> float | None:
        pairs = zip(self.cells.get(key, []), self.cells.get(other, []))
        values = [a[field] / b[field] for a, b in pairs if b[field]]
        return statistics.median(values) if values else None


def signatures(seconds: int) -> dict | None:
    """Raw ES256 signatures a second on one core, by OpenSSL."""
    if shutil.which("openssl") is None:
        return None
    output = subprocess.run(["openssl", "speed", "-seconds", str(seconds), "ecdsap256"], capture_output=True, text=True).stdout
    found = re.search(r"nistp256\)\s+\S+s\s+\S+s\s+([\d.]+)\s+([\d.]+)", output)
    return {"per_second": float(found[1])} if found else None


def microbench(bench: Bench) -> None:
    """In-process costs, one JSON object {"name", "ns"} a line, from an executable of the package: `mint`,
    `es256_signature` (raw, the same library) and whatever else it has."""
    program = ROOT / ".build" / "release" / "heirloom-microbench"
    if not program.exists():
        return
    output = subprocess.run([program], capture_output=True, text=True, timeout=300).stdout
    for line in output.splitlines():
        with contextlib.suppress(ValueError, TypeError, KeyError):
            figure = json.loads(line)
            bench.keep(f"micro {figure['name']}", {"ns": float(figure["ns"])})


@contextlib.contextmanager
def postgres(binary: pathlib.Path, seeded: Heirloom):
    """A cluster with the rows of a seeded store; None where PostgreSQL is missing or cannot get at the folder."""
    if not list(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        note("PostgreSQL is missing, so its part is left out (apt-get install postgresql)")
        yield None
        return
    try:
        database = postgresql.Postgres(WORK, binary, seeded, free_port)
    except PermissionError as reason:
        note(f"{reason}, so its part is left out")
        yield None
        return
    try:
        yield database
    finally:
        database.end()


def logouts(database, node: Process) -> dict:
    """How long a logout-all takes for somebody with one session, and for somebody with a hundred thousand."""
    def login() -> tuple[str, str]:
        link = http.client.HTTPConnection("127.0.0.1", node.port)
        link.request("POST", "/v1/login", LOGIN, {"Content-Type": "application/json"})
        answer = json.loads(link.getresponse().read())
        return answer["refresh_token"], answer["subject"]

    def log_out(token: str) -> float:
        link = http.client.HTTPConnection("127.0.0.1", node.port)
        started = time.monotonic()
        link.request("POST", "/v1/logout-all", json.dumps({"refresh_token": token}), {"Content-Type": "application/json"})
        if link.getresponse().status != 200:
            sys.exit("a logout-all was refused")
        return 1000 * (time.monotonic() - started)

    one = statistics.median(log_out(login()[0]) for _ in range(15))
    many = []
    for _ in range(3):
        token, subject = login()
        database.psql("heirloom", f"""
            INSERT INTO sessions SELECT gen_random_uuid(), subject_id, client_id, scope, device, address, user_agent, amr,
                authenticated_at, created_at, expires_at, epoch FROM sessions, generate_series(1, 100000)
                WHERE session_id = (SELECT session_id FROM sessions WHERE subject_id = '{subject}' ORDER BY session_id DESC LIMIT 1);
            UPDATE subjects SET open_sessions = 100001 WHERE subject_id = '{subject}'""")
        login()  # Whatever the rows just written still cost is paid by another request.
        many.append(log_out(token))
    return {"one_ms": one, "hundred_thousand_ms": statistics.median(many)}


def run(bench: Bench, binary: pathlib.Path, quick: bool) -> dict:
    facts: dict = {}
    note("Seeding the stores")
    started = time.monotonic()
    stores = {name: Heirloom(binary, name) for name in STORES}
    facts["seeding_seconds"] = round(time.monotonic() - started, 1)
    hundred, million = stores["100k"], stores["1M"]

    note("Starting")
    starts = []
    for _ in range(3 if quick else 7):
        server = hundred.start()
        starts.append(server.seconds_to_answer)
        server.stop()
    facts["start_seconds"] = statistics.median(starts)

    with contextlib.ExitStack() as stack:
        servers = {}
        for name, store in stores.items():
            servers[name] = store.start()
            stack.callback(servers[name].stop)
        server = servers["100k"]
        time.sleep(2)
        facts["idle_rss_mb"] = server.memory()
        access = hundred.make_access_tokens(1000)
        opaque = hundred.make_opaque_tokens(1000)
        asker = hundred.add_client("asker")
        verifiers = None
        if Verifiers.PROGRAM.exists():
            verifiers = Verifiers(hundred, VERIFIERS)
            stack.callback(verifiers.stop)
        else:
            note("notes-api is missing, so logouts are not timed (swift build -c release --product notes-api)")
        static = stack.enter_context(nginx())
        database = stack.enter_context(postgres(binary, hundred))
        nodes = [database.node(Process, number) for number in range(2)] if database else []
        for node in nodes:
            stack.callback(node.stop)

        for number in range(bench.rounds):
            note(f"Round {number + 1} of {bench.rounds}")
            # What is compared stands side by side: fsync and one connection, the stores, live and what is held against it.
            if figures := signatures(1):
                bench.keep("es256", figures)
            microbench(bench)
            bench.keep("fsync", load("fsync", "-o", WORK / "fsync", "-d", 0.5 if quick else 1))
            for connections in (1, 16, 256):
                bench.refresh(f"refresh {connections}", hundred, server, connections)
            bench.refresh("refresh none", stores["none"], servers["none"], 64)
            bench.refresh("refresh 1M", million, servers["1M"], 64)
            if static:
                bench.measure("nginx", static, "/answer.json", 64)
            bench.measure("jwks", server, "/.well-known/jwks.json", 64)
            bench.measure("session", server, "/v1/session", 64, "fixed", "-t", access)
            bench.measure("verify", server, "/v1/verify", 64, "fixed", "-t", access)
            bench.measure("live", server, "/health/live", 64)
            bench.measure("verify opaque", server, "/v1/verify", 64, "fixed", "-t", opaque)
            bench.measure("introspect", server, "/oauth/introspect", 64, "fixed", "-t", access, "-f", "token", "-a", asker)
            if verifiers:
                heard_logouts(bench, verifiers, 20 if quick else 100)
            bench.refresh("refresh 64", hundred, server, 64)
            storm(bench, hundred, server)
            bench.measure("login", server, "/v1/login", 16, "fixed", "-b", LOGIN)
            if database:
                for connections in postgresql.CONNECTIONS:
                    database.pgbench(bench, connections)
                    database.refresh(bench, load, nodes[:1], connections)
                    if connections > 1:
                        database.refresh(bench, load, nodes, connections)
        if database:
            facts["logout_all"] = logouts(database, nodes[0])
            facts["import_seconds"] = round(database.import_seconds, 1)
        bench.refresh("refresh 1M 256", million, servers["1M"], 256)
        facts["peak_rss_1m_mb"] = servers["1M"].memory("VmHWM")
        facts["peak_rss_logins_mb"] = server.memory("VmHWM")
        facts["log_mb"] = {name: store.log_megabytes() for name, store in stores.items()}
    return facts


def storm(bench: Bench, heirloom: Heirloom, server: Process) -> None:
    """Refreshes while two hundred logins wait: each of them asks anew when it has its answer, or when it was told to."""
    seconds = bench.seconds + bench.warmup + 1
    logins = subprocess.Popen([LOAD, "fixed", "-u", server.url("/v1/login"), "-b", LOGIN, "-c", str(STORM), "-w", "0.5",
                               "-d", str(seconds)], stdout=subprocess.PIPE, text=True)
    try:
        time.sleep(0.5)
        bench.refresh("refresh storm", heirloom, server, 64)
        result = json.loads(logins.communicate(timeout=60)[0])
        result["refused_per_second"] = result["errors"].pop("status_503", 0) / (result["seconds"] + 0.5)  # with the warm-up's
        result["error_count"] = sum(result["errors"].values())
        bench.keep("storm logins", result)
    finally:
        logins.kill()


# ---- Judging and printing

def goals(bench: Bench, facts: dict) -> list[dict]:
    """The figures to reach."""
    found: list[dict] = []

    def goal(text: str, value: float | None, limit: float, is_least: bool, form: str) -> None:
        reached = None if value is None else value >= limit if is_least else value <= limit
        found.append({"goal": text, "figure": "not measured" if value is None else form.format(value), "reached": reached})

    def over(a: float | None, b: float | None) -> float | None:
        return a / b if a is not None and b else None

    median, ratio = bench.median, bench.ratio
    goal("refreshes/s, 64 connections, 100 thousand sessions: ≥ 0.40 × `/health/live`", ratio("refresh 64", "live"), 0.40, True, "{:.2f} ×")
    goal("the same: ≥ 10 000/s", median("refresh 64"), 10_000, True, "{:,.0f}/s")
    goal("the same with 1 million sessions: ≥ 0.70 × of that with none", ratio("refresh 1M", "refresh none"), 0.70, True, "{:.2f} ×")
    fsync, single = median("fsync", "p50_us"), median("refresh 1", "p50_us")
    if fsync is not None and single is not None:
        limit = 2 * fsync + 300
        goal(f"one connection: p50 ≤ 2 × one fsync ({fsync / 1000:.2f} ms) + 0.3 ms = {limit / 1000:.2f} ms", single / 1000, limit / 1000, False, "{:.2f} ms")
    tails = [cell["p99_us"] / cell["p50_us"] for cell in bench.cells.get("refresh 64", []) if cell["p50_us"]]
    goal("64 connections: p99 ≤ 6 × p50", statistics.median(tails) if tails else None, 6, False, "{:.1f} ×")
    errors = sum(cell["error_count"] for key, cells in bench.cells.items() if key.startswith(("refresh", "postgres")) for cell in cells)
    goal("no error in any refresh", errors, 0, False, "{}")
    goal("bytes written per refresh, 64 connections, 1 million sessions: ≤ 10 KB", over(median("refresh 1M", "bytes_per_request"), 1000), 10, False, "{:.1f} KB")
    goal("`GET /v1/session`: ≥ 0.60 × `/health/live`", ratio("session", "live"), 0.60, True, "{:.2f} ×")
    goal("`GET /v1/verify`, JWT: ≥ 0.70 × `/health/live`", ratio("verify", "live"), 0.70, True, "{:.2f} ×")
    goal("`GET /v1/verify`, opaque token: ≥ 0.70 × `/health/live`", ratio("verify opaque", "live"), 0.70, True, "{:.2f} ×")
    goal("`POST /oauth/introspect`: ≥ 0.70 × `/health/live`", ratio("introspect", "live"), 0.70, True, "{:.2f} ×")
    goal(f"logout-all to the last of {VERIFIERS} verifiers refusing: p99 < 100 ms", over(median("logout", "p99_us"), 1000), 100, False, "{:.1f} ms")
    goal(f"refreshes/s while {STORM} logins wait: ≥ 0.50 × undisturbed", ratio("refresh storm", "refresh 64"), 0.50, True, "{:.2f} ×")
    goal("p99 of them: ≤ 3 × undisturbed", ratio("refresh storm", "refresh 64", "p99_us"), 3, False, "{:.1f} ×")
    goal("PostgreSQL, 64 connections, one node: ≥ 3 × pgbench with 64 clients", ratio("postgres one node 64", "pgbench 64"), 3, True, "{:.2f} ×")
    goal("the same: PostgreSQL's CPU for each ≤ a third of pgbench's transaction", ratio("postgres one node 64", "pgbench 64", "database_cpu_us_per_request"), 1 / 3, False, "{:.2f} ×")
    spread = [cell["p99_us"] - 2 * cell["p50_us"] for cell in bench.cells.get("postgres one node 64", [])]
    goal("PostgreSQL, 64 connections, one node: p99 ≤ 2 × p50 + 20 ms", over(statistics.median(spread) if spread else None, 1000), 20, False, "2 × p50 {:+.1f} ms")
    logout = facts.get("logout_all")
    goal("PostgreSQL: logout-all of 100 thousand sessions ≤ 1.5 × of one, + 2 ms", logout and logout["hundred_thousand_ms"], 1.5 * logout["one_ms"] + 2 if logout else 0, False, "{:.1f} ms")
    goal("resident memory, idle: ≤ 40 MB", facts["idle_rss_mb"], 40, False, "{:.0f} MB")
    goal("resident memory, peak under load with 1 million sessions: ≤ 80 MB", facts["peak_rss_1m_mb"], 80, False, "{:.0f} MB")
    goal("start to first 200: ≤ 0.3 s", facts["start_seconds"], 0.3, False, "{:.2f} s")
    goal("minting a token in process: ≤ 1.15 × one raw ES256 signature", ratio("micro mint", "micro es256_signature", "ns"), 1.15, False, "{:.3f} ×")
    goal("verifying a token seen before: ≥ 1 million/s a core", over(1e9, median("micro verify_seen", "ns")), 1e6, True, "{:,.0f}/s")
    goal("verifying a new token: ≤ 1.30 × one raw ES256 verification", ratio("micro verify_new", "micro es256_verification", "ns"), 1.30, False, "{:.2f} ×")
    return found


ROWS = [  # key, label, key of the reference, its label
    ("refresh 1", "refresh, 1 connection", None, None),
    ("refresh 16", "refresh, 16 connections", "live", "live"),
    ("refresh 64", "refresh, 64 connections", "live", "live"),
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
    ("jwks", "JWKS, 64 connections", "live", "live"),
    ("live", "`/health/live`, 64 connections", "nginx", "nginx"),
    ("nginx", "reference: nginx, static file, 64 connections", None, None),
    ("fsync", "reference: fsyncs of this disk, one after the other", None, None),
    ("es256", "reference: ES256 signatures, OpenSSL, one core", None, None),
]


def table(bench: Bench) -> list[list[str]]:
    rows = [["", "per second", "p50 ms", "p99 ms", "errors", "server CPU %", "µs CPU each", "RSS MB", "KB written each", "fsyncs each", "beside"]]

    def cell(value: float | None, form: str) -> str:
        return "" if value is None else form.format(value)

    for key, label, reference, reference_label in ROWS:
        if key not in bench.cells:
            continue
        median = lambda field, scale=1.0: None if (value := bench.median(key, field)) is None else value / scale
        # In the storm logins and refreshes share the server, and neither's cost can be told from the other's.
        writes = key.startswith(("refresh", "login")) and key != "refresh storm"
        beside = cell(bench.ratio(key, reference), "{:.2f} × " + reference_label) if reference else ""
        if key == "refresh 1":
            beside = cell(bench.ratio(key, "fsync", "p50_us"), "p50 = {:.1f} × fsync")
        if key == "storm logins":
            beside = f"{bench.median(key, 'refused_per_second'):.0f}/s told to wait (503)"
        errors = [c["error_count"] for c in bench.cells[key] if "error_count" in c]
        rows.append([
            label, cell(median("per_second"), "{:,.0f}"), cell(median("p50_us", 1000), "{:.2f}"),
            cell(median("p99_us", 1000), "{:.2f}"), str(sum(errors)) if errors else "",
            cell(median("cpu_percent"), "{:.0f}") if key != "nginx" else "",
            cell(median("cpu_us_per_request"), "{:.0f}") if key not in ("nginx", "refresh storm") else "",
            cell(median("rss_mb"), "{:.0f}") if key != "nginx" else "",
            cell(median("bytes_per_request", 1000), "{:.1f}") if writes else "",
            cell(median("syncs_per_request"), "{:.3f}") if writes else "", beside,
        ])
    return rows


def markdown(rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def report(results: dict) -> str:
    bench = Bench(results["rounds"], results["seconds"], results["warmup"])
    bench.cells = results["cells"]
    facts, machine = results["facts"], results["machine"]
    micro = [[key.removeprefix("micro "), f"{bench.median(key, 'ns') / 1000:.2f} µs"] for key in bench.cells if key.startswith("micro ")]
    judged = [["figure to reach", "found", "reached"]] + [
        [goal["goal"], goal["figure"], {True: "yes", False: "**no**", None: "?"}[goal["reached"]]] for goal in results["goals"]]
    parts = [
        f"Measured {results['date']} on {machine['cores']} cores of {machine['processor']}, {machine['memory_gb']} GB, "
        f"Linux {machine['kernel']}, {machine['filesystem']}; rounds: {bench.rounds}, of {bench.seconds:g} s a measurement. "
        f"Other processes and the kernel's own threads used {machine['busy_before_percent']:.0f} % of one core before the run and "
        f"{machine['other_cpu_percent']:.0f} % during the median measurement.",
        markdown(table(bench)),
        f"Start to first 200: {facts['start_seconds']:.2f} s. Resident memory: idle {facts['idle_rss_mb']:.0f} MB, peak with 1 "
        f"million sessions {facts['peak_rss_1m_mb']:.0f} MB, peak of the server that also took the logins "
        f"{facts['peak_rss_logins_mb']:.0f} MB. Write-ahead log after the run: "
        + ", ".join(f"{size:.0f} MB ({name})" for name, size in facts["log_mb"].items()) + ".",
        markdown(postgresql.table(bench)),
        f"Logout-all on PostgreSQL: {facts['logout_all']['one_ms']:.1f} ms with one session, {facts['logout_all']['hundred_thousand_ms']:.1f} "
        f"ms with a hundred thousand. Importing a hundred thousand sessions: {facts['import_seconds']:.1f} s."
        if "logout_all" in facts else "PostgreSQL: not measured, since it was not there.",
        markdown([["in process", "each"]] + micro) if micro else
        "In-process costs: not measured, since .build/release/heirloom-microbench was not there.",
        markdown(judged),
    ]
    return "\n\n".join(parts)


def machine() -> dict:
    busy = busy_seconds()
    time.sleep(2)
    busy_before = 100 * (busy_seconds() - busy) / 2
    if busy_before > 20:
        note(f"Warning: other processes use {busy_before:.0f} % of a core; take the figures as indicative")
    processor = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    mounts = [line.split()[:3] for line in pathlib.Path("/proc/mounts").read_text().splitlines()]
    holding = max((m for m in mounts if pathlib.Path(m[1]) in (WORK, *WORK.parents)), key=lambda m: len(m[1]))
    if holding[2] in ("tmpfs", "ramfs"):
        note(f"Warning: {WORK} is in memory ({holding[2]}); no figure about durable commits means anything")
    return {
        "processor": processor[1] if processor else platform.machine(), "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "kernel": platform.release(), "filesystem": holding[2], "busy_before_percent": busy_before,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one round of short measurements")
    parser.add_argument("--markdown", action="store_true", help="print the tables of the last run and measure nothing")
    parser.add_argument("--keep", action="store_true", help="keep the stores, in .build/benchmark")
    parser.add_argument("--out", type=pathlib.Path, default=RESULTS, help="where the results go (and --markdown reads them)")
    options = parser.parse_args()
    if options.markdown:
        if not options.out.exists():
            sys.exit(f"{options.out} is not there; run the benchmark first")
        print(report(json.loads(options.out.read_text())))
        return

    binary = pathlib.Path(os.environ.get("HEIRLOOM_BINARY", ROOT / ".build" / "release" / "heirloom")).resolve()
    if not binary.exists():
        sys.exit(f"{binary} is missing; build it with: make build")
    compiler = shutil.which("cc")
    if compiler is None:
        sys.exit("cc is missing (apt-get install gcc libc6-dev)")
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    try:
        compile = [compiler, "-O2", "-std=gnu11"]
        subprocess.run([*compile, "-o", LOAD, ROOT / "Benchmarks" / "load.c"], check=True)
        subprocess.run([*compile, "-shared", "-fPIC", "-o", COUNT_SYNCS, ROOT / "Benchmarks" / "count_syncs.c"], check=True)
        bench = Bench(1, 2, 0.5) if options.quick else Bench(3, 4, 1)
        about = machine()
        facts = run(bench, binary, options.quick)
    finally:
        if not options.keep:
            shutil.rmtree(WORK, ignore_errors=True)
    about["other_cpu_percent"] = statistics.median(
        cell["other_cpu_percent"] for key, cells in bench.cells.items() for cell in cells
        if "other_cpu_percent" in cell and key not in ("nginx", "refresh storm"))
    results = {
        "date": time.strftime("%Y-%m-%d"), "quick": options.quick, "rounds": bench.rounds, "seconds": bench.seconds,
        "warmup": bench.warmup, "machine": about, "facts": facts, "goals": goals(bench, facts), "cells": bench.cells,
    }
    options.out.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    print(report(results))


if __name__ == "__main__":
    main()
