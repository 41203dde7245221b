"""The example API of Examples/NotesAPI, which verifies with the library alone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .clients import Client
from .concurrency import wait_until
from .endpoint import Endpoint
from .ports import free_port
from .settings import BINARY

NOTES_API = Path(BINARY).with_name("notes-api")


class NotesAPI(Endpoint):
    """A verifier of one server."""

    def __init__(self, server: Endpoint, client: Client, folder: Path):
        super().__init__(free_port())
        self.log = open(folder / f"notes-{self.port}.log", "ab")
        self.process = subprocess.Popen(
            [NOTES_API], stdout=self.log, stderr=self.log, env=os.environ | {
                "PORT": str(self.port), "HEIRLOOM_ISSUER": "http://localhost:8080",
                "HEIRLOOM_SERVER": f"http://127.0.0.1:{server.port}",
                "HEIRLOOM_CLIENT_ID": client.name, "HEIRLOOM_CLIENT_SECRET": client.secret})

    def wait(self, token: str) -> "NotesAPI":
        """Waits until it accepts a token."""
        wait_until(lambda: self.status(token) == 200)
        return self

    def status(self, token: str) -> int | None:
        try:
            return self.get("/notes", bearer=token).status
        except ConnectionError:
            return None
