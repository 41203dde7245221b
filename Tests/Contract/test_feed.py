"""The revocation feed."""

from __future__ import annotations

import http.client
import time

import pytest

from harness import add_client, assert_problem, encode, together
from harness.admin import Admin
from harness.concurrency import wait_until


@pytest.fixture(scope="module")
def api(server):
    return add_client(server, "api")


def read(server, client, after=0, wait=0, headers=None):
    answer = server.get(
        f"/v1/revocations?after={after}&wait={wait}", headers={"Authorization": client.basic, **(headers or {})})
    assert answer.status == 200, answer
    assert answer.headers["Cache-Control"] == "no-store"
    page = answer.json
    assert set(page) == {"revocations", "next", "reset"}
    return page


def opened_at(session: str) -> int:
    """The time in a session's id, in milliseconds."""
    return int(session.replace("-", "")[:12], 16)


def test_only_a_confidential_client_reads_the_feed(server, api):
    public = add_client(server, "public", confidential=False)
    for headers in ({}, {"Authorization": public.basic}, {"Authorization": "Basic !"}, {"Authorization": "Basic YTpi"}):
        answer = server.get("/v1/revocations?after=0", headers=headers)
        assert answer.status == 401 and answer.json["code"] == "invalid_credentials", answer
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    for query in ("after=x", "after=-1", "wait=-1", "after=0&after=0", "after=%zz"):
        assert_problem(
            server.get(f"/v1/revocations?{query}", headers={"Authorization": api.basic}), "invalid_request")


def test_entries_are_numbered_in_order_without_gaps(server, api):
    start = read(server, api)["next"]
    ended = [server.login() for _ in range(5)]
    for tokens in ended:
        assert server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]}).status == 204
    page = read(server, api, start)
    assert [entry["id"] for entry in page["revocations"]] == [tokens["session_id"] for tokens in ended]
    assert [entry["sequence"] for entry in page["revocations"]] == list(range(start + 1, start + 6))
    assert page["next"] == start + 5 and page["reset"] is False
    for entry in page["revocations"]:
        assert set(entry) == {"sequence", "kind", "id", "at", "until"} and entry["kind"] == "session"
        assert abs(entry["at"] - time.time()) < 60 and 600 <= entry["until"] - entry["at"] <= 610
    assert read(server, api, page["next"]) == {"revocations": [], "next": page["next"], "reset": False}


def test_an_entry_of_a_logout_all_does_not_concern_a_login_right_after_it(server, api, user):
    start = read(server, api)["next"]
    for _ in range(10):
        before = server.login(user)
        assert server.post("/v1/logout-all", bearer=before["access_token"]).status == 200
        after = server.login(user)
        (entry,) = read(server, api, start)["revocations"]
        start = entry["sequence"]
        assert set(entry) == {"sequence", "kind", "id", "before", "at", "until"}
        assert entry["kind"] == "subject" and entry["id"] == before["subject"]
        assert opened_at(before["session_id"]) < entry["before"] <= opened_at(after["session_id"])


def test_an_entry_of_a_logout_all_concerns_sessions_opened_by_a_fast_clock(make_server):
    server = make_server()
    api = add_client(server, "api")
    tokens = server.login()
    # Gives the session the id that a node whose clock is an hour ahead would have made.
    ahead = opened_at(tokens["session_id"]) + 3_600_000
    key = f"{ahead:012x}7000800000000000000a"
    for table in ("sessions", "refresh_tokens"):
        server.query(
            f"UPDATE {table} SET session_id = x'{key}' WHERE session_id = x'{tokens['session_id'].replace('-', '')}'")
    server.command("session", "revoke-all", "ada")
    (entry,) = read(server, api)["revocations"]
    assert ahead < entry["before"]
    assert opened_at(server.login()["session_id"]) >= entry["before"]


def test_a_waiting_reader_gets_a_new_entry_at_once(server, api, user):
    start = read(server, api)["next"]
    tokens = server.login(user)

    def wait():
        page = read(server, api, start, wait=20)
        return page, time.monotonic()

    def end():
        time.sleep(0.3)
        server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]})
        return time.monotonic()

    *readers, ended = together(*[wait] * 8, end)
    for page, answered in readers:
        assert [entry["id"] for entry in page["revocations"]] == [tokens["session_id"]]
        assert answered - ended < 2
    began = time.monotonic()
    assert read(server, api, readers[0][0]["next"], wait=1)["revocations"] == []
    assert 0.9 < time.monotonic() - began < 5


def test_a_waiting_reader_gets_an_entry_that_another_process_commits(server, api, user):
    start = read(server, api)["next"]
    tokens = server.login(user)
    page, _ = together(
        lambda: read(server, api, start, wait=20), lambda: server.command("session", "revoke", tokens["session_id"]))
    assert [entry["id"] for entry in page["revocations"]] == [tokens["session_id"]]


def test_a_reader_whose_position_is_gone_gets_a_reset(make_server):
    server = make_server({"accessToken": {"lifetimeSeconds": 1}})
    api = add_client(server, "api")
    page = read(server, api, 1000)
    assert page == {"revocations": [], "next": 0, "reset": True}
    for _ in range(3):
        server.post("/v1/logout", {"refresh_token": server.login()["refresh_token"]})
    assert read(server, api, 2)["reset"] is False
    assert [entry["sequence"] for entry in read(server, api, 1000)["revocations"]] == [1, 2, 3]
    server.query("DELETE FROM revocations WHERE sequence < 3")
    page = read(server, api, 1)
    assert page["reset"] is True and [entry["sequence"] for entry in page["revocations"]] == [3]
    server.query("DELETE FROM revocations")
    assert read(server, api, 3) == {"revocations": [], "next": 3, "reset": False}
    assert read(server, api, 0) == {"revocations": [], "next": 3, "reset": False}


def test_an_event_stream_continues_after_the_last_event_id(server, api, user):
    start = read(server, api)["next"]
    tokens = server.login(user)
    first, second = server.login(user), server.login(user)
    server.post("/v1/logout", {"refresh_token": first["refresh_token"]})
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/v1/revocations", headers={
        "Authorization": api.basic, "Accept": "text/event-stream", "Last-Event-ID": str(start)})
    stream = connection.getresponse()
    assert stream.status == 200 and stream.headers["Content-Type"] == "text/event-stream"

    def event() -> dict:
        found = {}
        while line := stream.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            found[name] = value
        return found

    assert event() == {"retry": "1000"}
    entry = event()
    assert entry["id"] == str(start + 1) and entry["event"] == "revocation" and first["session_id"] in entry["data"]
    server.post("/v1/logout", {"refresh_token": second["refresh_token"]})
    entry = event()
    assert entry["id"] == str(start + 2) and second["session_id"] in entry["data"]
    connection.close()
    server.assert_live(tokens)


def waiting_readers(server) -> float:
    return Admin(server).metrics()["heirloom_feed_readers",]


@pytest.mark.parametrize("behind", [b"", b"G", encode("GET", "/health/live")], ids=["nothing", "a byte", "a request"])
def test_a_reader_that_hangs_up_gives_its_place_back(server, api, behind):
    before = waiting_readers(server)
    start = read(server, api)["next"]
    for kind in ({}, {"Accept": "text/event-stream"}):
        request = encode("GET", f"/v1/revocations?after={start}&wait=55", headers={"Authorization": api.basic, **kind})
        with server.connect() as connection:
            connection.sendall(request + behind)
            wait_until(lambda: waiting_readers(server) == before + 1)
        # Long before the wait is over.
        wait_until(lambda: waiting_readers(server) == before, within=10)


def test_a_waiting_reader_does_not_delay_the_shutdown(make_server):
    server = make_server()
    api = add_client(server, "api")
    request = encode("GET", "/v1/revocations?after=0&wait=60", headers={"Authorization": api.basic})
    waiting = server.connect()
    waiting.sendall(request)
    time.sleep(0.3)
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 5
    waiting.close()
