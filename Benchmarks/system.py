"""One build of the service under measurement."""

import contextlib
import json
import pathlib
import statistics
import subprocess
import time

from calls import COUNTED, measure_calls
from heirloom import Heirloom
from load import LOAD, keep, measure
from postgres import Postgres, open_postgres
from process import Process
from results import Results
from settings import LOGIN, RELEASE, STORES, STORM, VERIFIERS, progress
from verifiers import Verifiers


class System:
    """A build with its seeded stores, a server on each of them, PostgreSQL, and the figures of the run."""

    def __init__(self, binary: pathlib.Path, folder: pathlib.Path, results: Results, is_quick: bool):
        self.binary, self.folder, self.results, self.is_quick = binary, folder, results, is_quick
        started = time.monotonic()
        self.stores = {name: Heirloom(binary, folder / name, name) for name in STORES}
        results.facts["seeding_seconds"] = round(time.monotonic() - started, 1)
        results.facts["many"] = STORES["many"]
        self.servers: dict[str, Process] = {}
        self.starts: list[float] = []
        self.postgres: Postgres | None = None
        self.verifiers: Verifiers | None = None

    @contextlib.contextmanager
    def running(self):
        """Starts the servers and what the loads need beside them, and stops everything at the end."""
        with contextlib.ExitStack() as stack:
            for name, store in self.stores.items():
                self.servers[name] = store.start()
                stack.callback(self.servers[name].stop)
            time.sleep(2)
            self.results.facts["idle_rss_mb"] = self.servers["100k"].memory()
            self.results.facts["idle_private_dirty_mb"] = self.servers["100k"].private_dirty()
            store = self.stores["100k"]
            self.introspecting = store.add_client("introspecting")
            self.opaque = store.add_client("opaque", "--access-token-format", "opaque", "--permit", "vouch")
            programs = [path for path in (self.binary.with_name("notes-api"), RELEASE / "notes-api") if path.exists()]
            if programs:
                self.verifiers = Verifiers(programs[0], store, VERIFIERS)
                stack.callback(self.verifiers.stop)
            else:
                progress("notes-api is missing, so logouts are not timed (swift build -c release --product notes-api)")
            self.postgres = stack.enter_context(open_postgres(self.folder / "postgres", self.binary, store))
            yield self

    def make_tokens(self) -> None:
        """Makes the access tokens of a round, which would expire during a long run."""
        store = self.stores["100k"]
        access = store.make_access_tokens(1000)
        self.options = {
            "access": ("-t", access), "opaque": ("-t", store.make_opaque_tokens(1000, self.opaque)),
            "introspect": ("-t", access, "-f", "token", "-a", self.introspecting), "none": ()}

    def measure_start(self) -> None:
        server = self.stores["100k"].start()
        server.stop()
        self.starts.append(server.seconds_to_answer)
        self.results.facts["start_seconds"] = statistics.median(self.starts)

    def refresh(self, key: str, store: str, connections: int) -> None:
        measure(self.results, key, self.servers[store], "/v1/refresh", connections, "chain",
                "-t", self.stores[store].tokens)

    def refresh_bound(self) -> None:
        """Measures refreshes of sessions that are bound to a key, each with a proof."""
        store, results = self.stores["100k"], self.results
        if store.bound_tokens:
            proofs = store.make_proofs(int(15_000 * (results.warmup + results.seconds)))
            measure(results, "refresh bound", self.servers["100k"], "/v1/refresh", 64, "chain",
                    "-t", store.bound_tokens, "-p", proofs)

    def request(self, key: str, path: str, options: str) -> None:
        measure(self.results, key, self.servers["100k"], path, 64, "fixed", *self.options[options])

    def log_in(self) -> None:
        measure(self.results, "login", self.servers["100k"], "/v1/login", 16, "fixed", "-b", LOGIN)

    def log_out(self) -> None:
        """Measures how soon a logout-all, and a provider's logout token, has reached every verifier."""
        if self.verifiers:
            count = 20 if self.is_quick else 100
            keep(self.results, "logout", self.verifiers.measure(count, self.verifiers.seconds_to_refuse))
            if self.stores["100k"].provider:
                keep(self.results, "upstream logout",
                     self.verifiers.measure(count, self.verifiers.seconds_after_upstream))

    def storm(self) -> None:
        """Measures refreshes while two hundred connections log in.

        Each repeats its login after the answer, or after the time that a 503 names.
        """
        results = self.results
        seconds = results.seconds + results.warmup + 1
        logins = subprocess.Popen(
            [LOAD, "fixed", "-u", self.servers["100k"].url("/v1/login"), "-b", LOGIN, "-c", str(STORM), "-w", "0.5",
             "-d", str(seconds)], stdout=subprocess.PIPE, text=True)
        try:
            time.sleep(0.5)
            self.refresh("refresh storm", "100k", 64)
            figures = json.loads(logins.communicate(timeout=60)[0])
        finally:
            logins.kill()
        # With those of the warm-up.
        figures["refused_per_second"] = figures["errors"].pop("status_503", 0) / (figures["seconds"] + 0.5)
        figures["error_count"] = sum(figures["errors"].values())
        results.keep("storm logins", figures)

    def refresh_on_postgres(self, nodes: int, connections: int) -> None:
        if self.postgres:
            self.postgres.refresh(self.results, nodes, connections)

    def measure_end(self) -> None:
        """Measures what the rounds left behind."""
        facts = self.results.facts
        if self.postgres:
            facts["logout_all"] = self.postgres.measure_logouts()
            facts["import_seconds"] = round(self.postgres.import_seconds, 1)
        facts["peak_rss_many_mb"] = self.servers["many"].memory("VmHWM")
        facts["peak_rss_logins_mb"] = self.servers["100k"].memory("VmHWM")
        facts["log_mb"] = {name: store.log_megabytes() for name, store in self.stores.items()}
        self.count_calls()

    def count_calls(self) -> None:
        """Counts what requests make the server do, on a server that is started anew with the counting library."""
        store = self.stores["100k"]
        self.servers["100k"].stop()
        server = store.start(counts_mallocs=True)
        try:
            self.make_tokens()
            loads = {
                "refresh": ("/v1/refresh", "chain", "-t", store.tokens),
                "verify": ("/v1/verify", "fixed", *self.options["access"]),
                "session": ("/v1/session", "fixed", *self.options["access"]),
                "introspect": ("/oauth/introspect", "fixed", *self.options["introspect"]),
                "live": ("/health/live", "fixed")}
            for name in COUNTED:
                path, mode, *options = loads[name]
                measure_calls(self.results, name, server, path, mode, *options)
        finally:
            server.stop()
