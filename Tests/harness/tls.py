"""What listens on a port and speaks HTTP over TLS."""

from __future__ import annotations

import socket
import ssl

from .endpoint import Endpoint


class TLSEndpoint(Endpoint):
    """An HTTPS server on loopback, whose certificate is not checked."""

    def connect(self, timeout: float | None = None) -> socket.socket:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context.wrap_socket(super().connect(timeout))
