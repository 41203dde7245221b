"""A proxy between a client and the service that loses, holds or replaces messages."""

from __future__ import annotations

import socket
import socketserver
import threading
from dataclasses import dataclass, field

from .settings import TIMEOUT

UNAVAILABLE = (
    b'{"type":"urn:heirloom:problem:unavailable","title":"Service unavailable","status":503,"detail":"d",'
    b'"code":"unavailable","action":"retry"}')


@dataclass
class Fault:
    """What happens to one request, in the order of the members."""

    # The request is not passed on, and the connection is closed.
    lose_request: bool = False
    # Called with the request before it is passed on.
    before: object = None
    # It is answered with this status, and not passed on.
    status: int = 0
    # It is answered with these bytes, and not passed on.
    raw: bytes = b""
    # It is passed on twice.
    twice: bool = False
    # Called with the answer before it is sent.
    after: object = None
    # So many bytes of the answer are sent before the connection is closed; all if None.
    cut: int | None = None


@dataclass
class LossyProxy:
    """Passes requests on to a server, one a connection. `faults`: what happens to the next requests of a path."""

    server_port: int = 0
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    # The paths of all requests, in order.
    paths: list[str] = field(default_factory=list)
    # Removes the header DPoP, as in front of a service that does not know it.
    drops_proofs: bool = False

    def __post_init__(self):
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    proxy.serve(self.request)
                except OSError:
                    pass

        class Listener(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.listener = Listener(("127.0.0.1", 0), Handler)
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def end(self) -> None:
        self.listener.shutdown()
        self.listener.server_close()

    def plan(self, path: str, *faults: Fault) -> None:
        self.faults.setdefault(path, []).extend(faults)

    def serve(self, client: socket.socket) -> None:
        client.settimeout(TIMEOUT)
        if not (request := read_message(client)):
            return
        path = request.split(b" ", 2)[1].decode().split("?")[0]
        self.paths.append(path)
        fault = self.faults[path].pop(0) if self.faults.get(path) else Fault()
        if fault.lose_request:
            return
        if fault.before:
            fault.before(request)
        if fault.status:
            head = (
                f"HTTP/1.1 {fault.status} X\r\nContent-Type: application/problem+json\r\nRetry-After: 1\r\n"
                f"Content-Length: {len(UNAVAILABLE)}\r\nConnection: close\r\n\r\n")
            client.sendall(head.encode() + UNAVAILABLE)
            return
        if fault.raw:
            client.sendall(fault.raw)
            return
        answer = self.forward(request)
        if fault.twice:
            self.forward(request)
        if fault.after:
            fault.after(answer)
        client.sendall(answer if fault.cut is None else answer[:fault.cut])

    def forward(self, request: bytes) -> bytes:
        head, body = request.split(b"\r\n\r\n", 1)
        dropped = [b"connection:"] + [b"dpop:"] * self.drops_proofs
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(tuple(dropped))]
        with socket.create_connection(("127.0.0.1", self.server_port), timeout=TIMEOUT) as server:
            server.sendall(b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body)
            answer = b""
            while chunk := server.recv(65536):
                answer += chunk
        return answer


def read_message(connection: socket.socket) -> bytes:
    """Reads a request with its body; empty if there is none."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (chunk := connection.recv(65536)):
            return b""
        data += chunk
    head, body = data.split(b"\r\n\r\n", 1)
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        if not (chunk := connection.recv(65536)):
            return b""
        body += chunk
    return head + b"\r\n\r\n" + body
