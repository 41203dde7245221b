"""Certificates that tests make."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


class Certificate:
    """A self-signed certificate of a name, in PEM files that a service reads, and its settings for that."""

    def __init__(self, folder: Path, name: str):
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.file = folder / "certificate.pem"
        self.key = folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.file], check=True, capture_output=True)

    @property
    def settings(self) -> dict:
        return {"tls": {"certificateFile": str(self.file), "privateKeyFile": str(self.key)}}

    def replace(self, other: "Certificate") -> None:
        """Replaces the files by those of another certificate, one after the other."""
        for mine, newer in ((self.file, other.file), (self.key, other.key)):
            copy = mine.with_suffix(".new")
            copy.write_bytes(newer.read_bytes())
            os.replace(copy, mine)
        self.name = other.name
