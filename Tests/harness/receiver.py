"""A receiver of webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .concurrency import wait_until
from .settings import TIMEOUT


@dataclass(frozen=True)
class Delivery:
    """A request that came."""

    path: str
    headers: dict
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict:
        return json.loads(self.body)


def new_secret(length: int = 32) -> str:
    return "whsec_" + base64.b64encode(os.urandom(length)).decode()


def signature(secret: str, delivery: Delivery) -> str:
    """The signature that a delivery must have, by the specification."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{delivery.id}.{delivery.headers['webhook-timestamp']}.".encode() + delivery.body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Receiver:
    """Answers each delivery with the next of `answers`, and those after them with `usual`.

    An answer is a status, or a function that answers by itself: it takes the request's handler.
    """

    def __init__(self, *answers, usual=204):
        self.answers = list(answers)
        self.usual = usual
        self.deliveries: list[Delivery] = []
        self.at_once = 0
        self.most_at_once = 0
        self.lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver.receive(self)

            do_GET = do_POST

            def log_message(self, *arguments):
                pass

        class Listener(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request, address):
                pass

        self.listener = Listener(("127.0.0.1", 0), Handler)
        self.port = self.listener.server_port
        threading.Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def receive(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        with self.lock:
            self.deliveries.append(Delivery(handler.path, headers, body))
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            answer = self.answers.pop(0) if self.answers else self.usual
        try:
            if callable(answer):
                answer(handler)
            else:
                reply(handler, answer)
        finally:
            with self.lock:
                self.at_once -= 1

    def settings(self, folder, name: str = "audit", *, secrets: list[str] | None = None, **members) -> dict:
        """The configuration of a webhook that leads here. Its secrets are in a file in `folder`."""
        file = folder / f"{name}.secret"
        file.write_text("\n".join(secrets or [new_secret()]) + "\n")
        file.chmod(0o600)
        return {name: {"url": f"http://127.0.0.1:{self.port}/hook", "secretFile": str(file), **members}}

    @property
    def events(self) -> list[dict]:
        return [delivery.event for delivery in self.deliveries]

    @property
    def kinds(self) -> list[str]:
        return [event["kind"] for event in self.events]

    def wait(self, count: int, within: float = TIMEOUT) -> list[Delivery]:
        """Waits for so many deliveries in all."""
        wait_until(lambda: len(self.deliveries) >= count, within)
        return self.deliveries

    def end(self) -> None:
        self.listener.shutdown()
        self.listener.server_close()


def reply(handler: BaseHTTPRequestHandler, status: int, headers: dict | None = None, body: bytes = b"") -> None:
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    if status != 204:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
