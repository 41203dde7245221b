"""Certificates are renewed while clients work: no request is refused or broken."""

from __future__ import annotations

import signal
import ssl

import pytest

from harness.certificates import Certificate
from harness.concurrency import wait_until
from harness.load import SteadyClient
from harness.ports import free_port

quick = pytest.mark.quick


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

    clients = [SteadyClient(server, server.login(user)) for user in server.users[:4]]
    for client in clients:
        client.start()
    for number in range(1, 7):
        current.replace(Certificate(tmp_path / f"{number}", f"{number}.test"))
        if number % 2:
            server.signal(signal.SIGHUP)
        wait_until(lambda: presented() == ssl.PEM_cert_to_DER_cert(current.file.read_text()))
        SteadyClient.await_progress(clients)
    for client in clients:
        client.is_over.set()
        client.join(server.request_timeout)
    assert [client.failure for client in clients] == [None] * len(clients), server.state()
    assert server.stop() == 0
