"""A service that browsers reach over TLS."""

from __future__ import annotations

import re
import socket
import ssl

from ..ports import free_port
from ..server import Server


class TLSServer(Server):
    """An installation at https://heirloom.test."""

    def __init__(self, folder, authority, settings=None):
        port = free_port()
        self.origin = f"https://heirloom.test:{port}"
        settings = {"issuer": self.origin, **(settings or {})}
        settings["http"] = {"port": port, **settings.get("http", {}), "tls": {
            "certificateFile": str(authority.certificate_file), "privateKeyFile": str(authority.key_file)}}
        super().__init__(folder, settings)

    @property
    def setup_link(self) -> str:
        return re.search(r"https://\S+/setup\?token=\S+", self.log)[0]

    def connect(self, timeout: float | None = None) -> socket.socket:
        """TLS without a check of the certificate: browsers check it, the tests' own requests need not."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(super().connect(timeout))
