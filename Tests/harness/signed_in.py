"""The example program that stays signed in, and the service behind a proxy that loses messages."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from .lossy_proxy import LossyProxy
from .server import Server
from .settings import BINARY, PASSWORD, TIMEOUT

PROGRAM = str(Path(BINARY).with_name("signed-in"))
# The exit statuses of the example.
SIGNED_OUT, UNREACHABLE, STORE_FAILED = 2, 3, 4


class SignedIn:
    """A device: the example's session file, and its processes."""

    def __init__(self, folder: Path, proxy: LossyProxy, server: Server):
        self.file = folder / "device" / "session.json"
        self.proxy = proxy
        self.server = server

    def environment(self, added: dict | None = None) -> dict:
        return os.environ | {
            "HEIRLOOM_ISSUER": self.proxy.url, "SIGNED_IN_SESSION": str(self.file), **(added or {})}

    def start(self, *arguments: str, prefix: tuple = (), environment: dict | None = None) -> subprocess.Popen:
        return subprocess.Popen(
            [*prefix, PROGRAM, *arguments], env=self.environment(environment), text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *arguments: str, stdin: str = "", **options) -> subprocess.CompletedProcess:
        process = self.start(*arguments, **options)
        output, errors = process.communicate(stdin, timeout=2 * TIMEOUT)
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def must(self, *arguments: str, **options) -> str:
        """Runs a command that must succeed; returns its output."""
        run = self.run(*arguments, **options)
        assert run.returncode == 0, run
        return run.stdout

    def login(self) -> "SignedIn":
        self.must("login", "ada", stdin=PASSWORD + "\n")
        return self

    @property
    def url(self) -> str:
        """What the program calls: the session as the service sees it."""
        return self.proxy.url + "/v1/session"

    def call(self, **options) -> dict:
        """A call that must succeed; returns the session."""
        return json.loads(self.must("call", self.url, **options))

    @property
    def stored(self) -> dict:
        return json.loads(self.file.read_text())

    def change(self, **members) -> None:
        """Changes the stored session."""
        self.file.write_text(json.dumps(self.stored | members))

    def expire(self) -> None:
        """Lets the stored access token be old."""
        self.change(access_received_at=0)

    def end_retry_window(self) -> None:
        """Lets the last rotation be an hour ago."""
        self.server.query("UPDATE refresh_tokens SET rotated_at = rotated_at - 3600000")
