"""What listens on a port and speaks HTTP."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import nullcontext

from .messages import Answer, encode
from .settings import TIMEOUT


class Endpoint:
    """An HTTP server on loopback."""

    # Seconds until a request is a failure.
    request_timeout = TIMEOUT

    def __init__(self, port: int):
        self.port = port

    def connect(self, timeout: float | None = None) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout or self.request_timeout)

    def request(
        self, method: str, path: str, body=None, *, connection: socket.socket | None = None,
        timeout: float | None = None, **options
    ) -> Answer:
        """Sends a request and reads its answer, on a new connection or on one that stays open."""
        with nullcontext(connection) if connection else self.connect(timeout) as link:
            link.sendall(encode(method, path, body, **options))
            return Answer.read(link, method)

    def get(self, path: str, **options) -> Answer:
        return self.request("GET", path, **options)

    def post(self, path: str, body=None, **options) -> Answer:
        return self.request("POST", path, body, **options)

    def raw(self, data: bytes, silence: float = 2) -> tuple[bytes, bool]:
        """Sends bytes as they are; returns the bytes received and whether the server closed the connection."""
        received = b""
        with self.connect() as connection:
            # The server may stop reading before all is sent. Two threads must not use one TLS connection.
            if isinstance(connection, ssl.SSLSocket):
                send(connection, data)
            else:
                threading.Thread(target=send, args=(connection, data), daemon=True).start()
            connection.settimeout(silence)
            try:
                while chunk := connection.recv(65536):
                    received += chunk
            except TimeoutError:
                return received, False
            except ConnectionError:
                pass
        return received, True

    def burst(self, requests: list[bytes]) -> list[Answer]:
        """Opens a connection for each request, sends all requests at the same moment, then reads the answers."""
        connections = [self.connect() for _ in requests]
        try:
            for connection, data in zip(connections, requests):
                connection.sendall(data)
            return [Answer.read(connection) for connection in connections]
        finally:
            for connection in connections:
                connection.close()


def send(connection: socket.socket, data: bytes) -> None:
    try:
        connection.sendall(data)
    except OSError:
        pass
