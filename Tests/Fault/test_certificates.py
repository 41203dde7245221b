"""Certificates are renewed while clients work: no request is refused or broken."""

from __future__ import annotations

import signal
import ssl
import threading

import pytest

from harness.certificates import Certificate
from harness.concurrency import wait_until
from harness.ports import free_port

quick = pytest.mark.quick


class Client(threading.Thread):
    """Refreshes one session without a pause, every other time on a new connection, and stops at the first failure."""

    def __init__(self, server, user: str):
        super().__init__(daemon=True)
        self.server = server
        self.token = server.login(user)["refresh_token"]
        self.refreshes = 0
        self.failure: BaseException | None = None
        self.is_over = threading.Event()

    def run(self) -> None:
        try:
            with self.server.connect() as kept:
                while not self.is_over.is_set():
                    for connection in (kept, None):
                        answer = self.server.refresh(self.token, connection=connection)
                        assert answer.status == 200, answer
                        self.token = answer.json["refresh_token"]
                        self.refreshes += 1
        except BaseException as failure:
            self.failure = failure


@quick
def test_no_request_fails_while_certificates_are_renewed(make_server, tmp_path):
    current = Certificate(tmp_path / "certificate", "0.test")
    port = free_port()
    server = make_server({"http": {"port": port, **current.settings}})
    server.port = port
    connect, context = server.connect, ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    server.connect = lambda timeout=None: context.wrap_socket(connect(timeout))
    server.start()

    def presented() -> bytes:
        with server.connect() as connection:
            return connection.getpeercert(binary_form=True)

    clients = [Client(server, user) for user in server.users[:4]]
    for client in clients:
        client.start()
    for number in range(1, 7):
        current.replace(Certificate(tmp_path / f"{number}", f"{number}.test"))
        if number % 2:
            server.signal(signal.SIGHUP)
        wait_until(lambda: presented() == ssl.PEM_cert_to_DER_cert(current.file.read_text()))
        goals = [client.refreshes + 4 for client in clients]
        wait_until(lambda: all(
            client.failure or client.refreshes >= goal for client, goal in zip(clients, goals)))
    for client in clients:
        client.is_over.set()
        client.join(server.request_timeout)
    assert [client.failure for client in clients] == [None] * len(clients), server.state()
    assert server.stop() == 0
