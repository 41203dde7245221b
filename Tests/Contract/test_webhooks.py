"""The audit trail as webhooks: what is sent, in which order, and what happens when a receiver fails."""

from __future__ import annotations

import ssl
import time

import pytest

from harness import PASSWORD, wait_until
from harness.admin import Admin
from harness.certificates import Certificate
from harness.documents import block
from harness.receiver import Receiver, new_secret, reply, signature


@pytest.fixture
def receivers():
    """Makes receivers, and ends them after the test."""
    made = []

    def make(*answers, **options) -> Receiver:
        made.append(Receiver(*answers, **options))
        return made[-1]

    yield make
    for receiver in made:
        receiver.end()


@pytest.fixture
def start(make_server, tmp_path):
    """Starts a server with webhooks to receivers, by their names."""

    def make(receivers: dict, settings: dict | None = None, **members):
        webhooks = {}
        for name, receiver in receivers.items():
            webhooks |= receiver.settings(tmp_path, name, **members)
        return make_server({"webhooks": webhooks, **(settings or {})})

    return make


def failed_logins(server, count: int) -> None:
    for _ in range(count):
        assert server.try_login(password="wrong").status == 401


def test_an_event_is_delivered_as_the_admin_api_shows_it(start, receivers):
    receiver = receivers()
    server = start({"audit": receiver})
    tokens = server.login(device="laptop")
    (delivery,) = receiver.wait(1)
    admin = Admin(server)
    (event,) = admin.get_json("/admin/v1/events?kind=login")["events"]
    assert delivery.event == event and event["session_id"] == tokens["session_id"]
    assert list(delivery.event)[:3] == ["id", "kind", "at"]
    assert delivery.path == "/hook" and delivery.headers["content-type"] == "application/json"
    assert abs(int(delivery.headers["webhook-timestamp"]) - time.time()) < 60
    assert delivery.headers["host"] == f"127.0.0.1:{receiver.port}"
    # The user was added before the first start, so the webhook begins after that event.
    assert receiver.kinds == ["login"]


def test_each_delivery_is_signed_by_both_secrets(start, receivers):
    receiver = receivers()
    secrets = [new_secret(24), new_secret(64)]
    server = start({"audit": receiver}, secrets=secrets)
    server.login()
    (delivery,) = receiver.wait(1)
    assert delivery.headers["webhook-signature"].split(" ") == [signature(secret, delivery) for secret in secrets]
    for secret in secrets:
        assert secret[6:] not in server.log


def test_the_documented_verification_accepts_a_delivery_and_nothing_else(start, receivers):
    receiver = receivers()
    old, new = new_secret(), new_secret()
    server = start({"audit": receiver}, secrets=[old, new])
    server.login()
    (delivery,) = receiver.wait(1)
    example: dict = {}
    exec(block("docs/webhooks.md", "python").text, example)
    verify = example["verify"]
    for secret in (old, new):
        assert verify(secret, delivery.headers, delivery.body) == delivery.event
    hostile = [
        (new_secret(), delivery.headers, delivery.body),
        (old, delivery.headers, delivery.body + b" "),
        (old, {**delivery.headers, "webhook-id": "evt_0_0"}, delivery.body),
        (old, {**delivery.headers, "webhook-timestamp": str(int(time.time()) - 3600)}, delivery.body),
        (old, {**delivery.headers, "webhook-timestamp": "now"}, delivery.body),
        (old, {**delivery.headers, "webhook-signature": ""}, delivery.body),
        (old, {**delivery.headers, "webhook-signature": "v1,é v2," + delivery.headers["webhook-signature"][3:47]},
         delivery.body),
        (old, {name: value for name, value in delivery.headers.items() if name != "webhook-id"}, delivery.body),
    ]
    for arguments in hostile:
        with pytest.raises(ValueError):
            verify(*arguments)


def test_only_the_wanted_kinds_are_delivered(start, receivers):
    some, all_kinds = receivers(), receivers()
    server = start({"some": some}, kinds=["logout", "password_changed"])
    server.stop()
    server.configure({"webhooks": {
        **some.settings(server.folder, "some", kinds=["logout", "password_changed"]),
        **all_kinds.settings(server.folder, "all")}})
    server.start()
    tokens = server.login()
    failed_logins(server, 2)
    server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]})
    server.command("user", "set-password", "ada", "--password-stdin", stdin=PASSWORD + "!")
    all_kinds.wait(5)
    assert all_kinds.kinds == ["login", "login_failed", "login_failed", "logout", "password_changed"]
    some.wait(2)
    assert some.kinds == ["logout", "password_changed"]


def test_a_failed_delivery_is_tried_again_with_the_same_id_and_in_order(start, receivers):
    receiver = receivers(500, 404, lambda handler: reply(handler, 302, {"Location": "/elsewhere"}))
    server = start({"audit": receiver})
    failed_logins(server, 3)
    wait_until(lambda: len({delivery.id for delivery in receiver.deliveries}) == 3)
    ids = [delivery.id for delivery in receiver.deliveries]
    assert ids == ids[:1] * 4 + ids[4:] and len(ids) == 6
    numbers = [event["id"] for event in receiver.events]
    assert numbers == sorted(numbers)
    timestamps = [int(delivery.headers["webhook-timestamp"]) for delivery in receiver.deliveries]
    assert timestamps[3] > timestamps[0]
    # The redirect was not followed.
    assert {delivery.path for delivery in receiver.deliveries} == {"/hook"}
    assert 'message="A webhook cannot be delivered; it is tried again"' in server.log
    assert 'reason="the receiver has answered 500"' in server.log
    wait_until(lambda: 'message="A webhook is delivered again"' in server.log)
    metrics = Admin(server).metrics()
    tries = {outcome: metrics[("heirloom_webhook_tries_total", ("outcome", outcome), ("webhook", "audit"))]
             for outcome in ("delivered", "failed")}
    assert tries == {"delivered": 3, "failed": 3}
    assert metrics[("heirloom_webhook_skipped_total", ("webhook", "audit"))] == 0


def test_a_receiver_that_is_down_has_one_line_after_each_start(start, receivers):
    receiver = receivers()
    receiver.end()
    server = start({"audit": receiver})

    def lines_after_two_tries() -> list[str]:
        failed = ("heirloom_webhook_tries_total", ("outcome", "failed"), ("webhook", "audit"))
        wait_until(lambda: Admin(server).metrics()[failed] >= 2)
        return [line for line in server.log.splitlines() if "A webhook cannot be delivered" in line]

    failed_logins(server, 1)
    assert len(lines_after_two_tries()) == 1
    server.restart()
    _, line = lines_after_two_tries()
    for part in ("level=warning", "webhook=audit", "kind=login_failed", 'reason="the receiver cannot be reached"'):
        assert part in line


def test_a_redirect_leads_nowhere(start, receivers):
    other = receivers()
    target = f"http://127.0.0.1:{other.port}/"
    receiver = receivers(usual=lambda handler: reply(handler, 307, {"Location": target}))
    server = start({"audit": receiver})
    server.login()
    receiver.wait(2)
    assert not other.deliveries


def hang(handler) -> None:
    """Answers never."""
    handler.connection.settimeout(60)
    handler.connection.recv(1)


def drip(handler) -> None:
    """A success whose body does not end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    for _ in range(600):
        handler.wfile.write(b".")
        time.sleep(0.1)


def flood(handler) -> None:
    """A success with a long body."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        handler.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def announce(handler, *, most: int = 16 << 20) -> None:
    """Interim answers, up to a limit that no service should reach."""
    line = b"HTTP/1.1 102 Processing\r\n\r\n" * 1000
    handler.server.sent = 0
    while handler.server.sent < most:
        handler.wfile.write(line)
        handler.server.sent += len(line)


def test_interim_answers_without_end_are_a_failure(start, receivers):
    receiver = receivers(announce)
    server = start({"audit": receiver})
    server.login()
    receiver.wait(2)
    assert receiver.deliveries[0].id == receiver.deliveries[1].id
    assert receiver.listener.sent < 16 << 20
    assert 'reason="the receiver cannot be reached"' in server.log


def test_some_interim_answers_before_a_success_do_not_matter(start, receivers):
    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 3)
        reply(handler, 200)

    receiver = receivers(answer)
    server = start({"audit": receiver})
    failed_logins(server, 2)
    receiver.wait(2)
    assert len({delivery.id for delivery in receiver.deliveries}) == 2


def test_a_hanging_and_a_dead_receiver_slow_nothing_else(start, receivers):
    hanging, healthy, dead = receivers(usual=hang), receivers(), receivers()
    dead.end()
    server = start({"hanging": hanging, "healthy": healthy, "dead": dead})
    failed_logins(server, 1)
    hanging.wait(1)
    for _ in range(20):
        server.rotate(server.login()["refresh_token"])
    healthy.wait(21)
    assert len(hanging.deliveries) == 1 and server.get("/health/ready").status == 200
    assert server.stop() == 0


def test_a_receiver_that_does_not_answer_is_given_up_after_ten_seconds(start, receivers):
    receiver = receivers(hang)
    server = start({"audit": receiver})
    server.login()
    receiver.wait(2)
    first, second = receiver.deliveries
    waited = int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"])
    assert first.id == second.id and waited >= 10
    assert 'reason="the receiver has not answered in time"' in server.log


@pytest.mark.parametrize("answer", [drip, flood])
def test_the_body_of_a_success_does_not_matter(start, receivers, answer):
    receiver = receivers(answer, answer)
    server = start({"audit": receiver})
    failed_logins(server, 3)
    receiver.wait(3)
    assert len({delivery.id for delivery in receiver.deliveries}) == 3


def test_what_is_not_delivered_yet_is_delivered_after_a_restart(start, receivers):
    receiver = receivers(usual=503)
    server = start({"audit": receiver})
    failed_logins(server, 5)
    receiver.wait(1)
    assert server.stop() == 0
    tried = len(receiver.deliveries)
    receiver.usual = 204
    server.start()
    wait_until(lambda: len({delivery.id for delivery in receiver.deliveries[tried:]}) == 5)
    numbers = [event["id"] for event in receiver.events[tried:]]
    assert numbers == sorted(set(numbers))
    # What comes while the service is down, by a command, is delivered too.
    assert server.stop() == 0
    server.command("user", "disable", "ada")
    server.start()
    wait_until(lambda: "user_disabled" in receiver.kinds)


def test_a_kill_loses_no_event(start, receivers):
    receiver = receivers(usual=lambda handler: (time.sleep(0.02), reply(handler, 200)))
    server = start({"audit": receiver})
    expected = 0
    for _ in range(2):
        failed_logins(server, 30)
        expected += 30
        receiver.wait(len(receiver.deliveries) + 5, within=90)
        server.kill()
        server.start()
    # A killed process holds the webhook for 30 s.
    wait_until(lambda: len({event["id"] for event in receiver.events}) == expected, within=90)
    first_times = list(dict.fromkeys(event["id"] for event in receiver.events))
    assert first_times == sorted(first_times) and len(first_times) == expected
    assert receiver.most_at_once == 1


def test_a_webhook_that_comes_back_goes_on_where_it_was(start, receivers, tmp_path):
    receiver = receivers()
    server = start({"audit": receiver})
    failed_logins(server, 1)
    receiver.wait(1)
    server.stop()
    settings = server.config.read_text()
    server.configure({})
    server.start()
    failed_logins(server, 2)
    server.stop()
    server.config.write_text(settings)
    server.start()
    receiver.wait(3)
    assert [event["kind"] for event in receiver.events] == ["login_failed"] * 3


def test_doctor_names_a_webhook_that_fails(start, receivers):
    receiver = receivers(usual=500)
    server = start({"audit": receiver})
    assert "ok   webhook audit" in server.cli("doctor").stdout
    server.login()
    receiver.wait(1)
    wait_until(lambda: "BAD  webhook audit" in server.cli("doctor").stdout)
    wait_until(lambda: Admin(server).metrics()[("heirloom_webhook_failing_seconds", ("webhook", "audit"))] > 0)


def test_a_certificate_that_is_not_trusted_gets_no_event(start, receivers, tmp_path):
    certificate = Certificate(tmp_path / "certificate", "localhost")
    receiver = receivers()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key)
    receiver.listener.socket = context.wrap_socket(receiver.listener.socket, server_side=True)
    server = start({"audit": receiver})
    server.stop()
    url = f"https://localhost:{receiver.port}/"
    server.start(environment={"HEIRLOOM_WEBHOOKS_AUDIT_URL": url})
    server.login()
    wait_until(lambda: "certificate is not trusted" in server.log)
    assert not receiver.deliveries
