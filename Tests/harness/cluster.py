"""PostgreSQL servers in temporary folders: Debian's package, run as an unprivileged user."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from .ports import free_port
from .settings import TIMEOUT

OWNER = "postgres"


def binaries() -> Path:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    assert versions, "no PostgreSQL server is installed; install the package postgresql"
    return versions[-1]


class Cluster:
    """One PostgreSQL server. `standby_of`: the server whose standby it is."""

    def __init__(self, standby_of: "Cluster | None" = None, folder: Path | None = None, **settings):
        self.folder = folder or Path(tempfile.mkdtemp(prefix="heirloom-pg-", dir="/tmp"))
        self.folder.mkdir(exist_ok=True)
        self.data = self.folder / "data"
        self.port = free_port()
        self.process: subprocess.Popen | None = None
        self.count = 0
        if os.getuid() == 0:
            shutil.chown(self.folder, OWNER, OWNER)
        if standby_of is None:
            self.command("initdb", "-D", self.data, "--no-sync", "--locale=C", "--encoding=UTF8", "-A", "trust",
                         "-U", "heirloom")
        else:
            self.command("pg_basebackup", "-D", self.data, "-h", "127.0.0.1", "-p", standby_of.port, "-U", "heirloom",
                         "-R", "-X", "stream", "-c", "fast")
        self.configure(**settings)

    def configure(self, **settings) -> None:
        values = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": str(self.folder),
            "shared_buffers": "32MB", "max_connections": 100, "logging_collector": "off", **settings,
        }
        text = "".join(f"{name} = '{value}'\n" for name, value in values.items())
        (self.data / "heirloom.conf").write_text(text)
        main = self.data / "postgresql.conf"
        if "heirloom.conf" not in main.read_text():
            with open(main, "a") as file:
                file.write("include 'heirloom.conf'\n")
        if os.getuid() == 0:
            shutil.chown(self.data / "heirloom.conf", OWNER, OWNER)

    def start(self) -> "Cluster":
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [*self.unprivileged(), str(binaries() / "postgres"), "-D", str(self.data)], cwd="/tmp",
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + TIMEOUT
        while subprocess.run([binaries() / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode:
            log = self.folder / "log"
            assert self.process.poll() is None and time.monotonic() < deadline, log.read_text()[-2000:]
            time.sleep(0.05)
        return self

    def stop(self, mode: str = "immediate") -> None:
        """Stops it by mode `smart`, `fast` or `immediate`; the last is a crash."""
        number = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode]
        self.process.send_signal(number)
        self.process.wait(TIMEOUT)

    def restart(self, mode: str = "immediate") -> None:
        self.stop(mode)
        self.start()

    def processes(self) -> list[int]:
        """The ids of the server's process and of its children."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def signal(self, number: int) -> None:
        for process in self.processes():
            try:
                os.kill(process, number)
            except ProcessLookupError:
                pass

    def promote(self) -> None:
        self.command("pg_ctl", "promote", "-w", "-D", self.data)

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    # Databases.

    def make_database(self) -> str:
        """Returns its name."""
        self.count += 1
        name = f"d{self.count}"
        self.query(f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    def url(self, database: str) -> str:
        return f"postgres://heirloom@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres"):
        import psycopg

        return psycopg.connect(self.url(database), autocommit=True, connect_timeout=10)

    def query(self, sql: str, database: str = "postgres") -> list[tuple]:
        """Runs SQL that is written for SQLite, with the expressions that differ replaced."""
        sql = re.sub(r"x'([0-9a-f]{32})'", r"'\1'::uuid", sql)
        sql = sql.replace("zeroblob(length(sealed_key))", "decode(repeat('00', length(sealed_key)), 'hex')")
        with self.connect(database) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def dump(self, database: str, file: Path) -> None:
        with open(file, "wb") as output:
            self.command(
                "pg_dump", "-Fc", "-h", "127.0.0.1", "-p", self.port, "-U", "heirloom", database, output=output)

    def restore(self, database: str, file: Path) -> None:
        self.query(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        self.query(f"CREATE DATABASE {database} TEMPLATE template0")
        with open(file, "rb") as source:
            self.command(
                "pg_restore", "-h", "127.0.0.1", "-p", self.port, "-U", "heirloom", "-d", database, input=source)

    def bytes_of(self, database: str) -> bytes:
        """All bytes that a database has on disk, those in the write-ahead log too."""
        self.query("CHECKPOINT")
        ((number,),) = self.query(f"SELECT oid FROM pg_database WHERE datname = '{database}'")
        files = [*(self.data / f"base/{number}").glob("*"), *(self.data / "pg_wal").glob("0*")]
        return b"".join(path.read_bytes() for path in files if path.is_file())

    # PostgreSQL's programs.

    @staticmethod
    def unprivileged() -> list[str]:
        if os.getuid() != 0:
            return []
        return ["setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups"]

    def command(self, name: str, *arguments, output=subprocess.PIPE, input=None) -> None:
        run = subprocess.run(
            [*self.unprivileged(), str(binaries() / name), *map(str, arguments)], cwd="/tmp", stdin=input,
            stdout=output, stderr=subprocess.PIPE, timeout=120)
        assert run.returncode == 0, run.stderr.decode()
