"""A service that browsers reach over TLS."""

from __future__ import annotations

import re
import socket
import ssl

from service import Server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Installation(Server):
    """As for the contract tests, at https://heirloom.test."""

    def __init__(self, folder, authority, settings=None):
        self.port = free_port()
        self.origin = f"https://heirloom.test:{self.port}"
        settings = {key: dict(value) if isinstance(value, dict) else value for key, value in (settings or {}).items()}
        settings.setdefault("issuer", self.origin)
        settings["http"] = {"port": self.port, **settings.get("http", {})}
        settings["http"]["tls"] = {
            "certificateFile": str(authority.certificate_file), "privateKeyFile": str(authority.key_file)}
        port = self.port
        super().__init__(folder, settings)
        self.port = port

    @property
    def setup_link(self) -> str:
        return re.search(r"https://\S+/setup\?token=\S+", self.log)[0]

    def connect(self) -> socket.socket:
        """TLS, for what the tests ask besides the browser; whom they reach is not in question."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(super().connect())
