"""Security events by poll (RFC 8417, RFC 8936, CAEP), read with another project's JWT library."""

from __future__ import annotations

import time

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from harness import add_client, assert_problem, together

CLAIMS_CHANGED = "https://schemas.openid.net/secevent/caep/event-type/token-claims-change"
SESSION_REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"


@pytest.fixture
def receiver(make_server):
    server = make_server()
    return server, add_client(server, "receiver")


def poll(server, client, **members) -> dict:
    answer = server.post(
        "/v1/signals", {"returnImmediately": True, **members}, headers={"Authorization": client.basic})
    assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store", answer
    return answer.json


def events(server, page: dict) -> list[dict]:
    """The claims of a page's events, verified by the published keys."""
    keys = KeySet.import_key_set(server.get("/.well-known/jwks.json").json)
    found = []
    for name, token in page["sets"].items():
        event = jwt.decode(token, keys)
        assert event.header["typ"] == "secevent+jwt"
        assert event.claims["jti"] == name and event.claims["aud"] == "receiver"
        assert not {"sub", "exp", "sid", "client_id"} & set(event.claims)
        found.append(event.claims)
    return found


def test_an_event_is_delivered_until_it_is_acknowledged(receiver):
    server, client = receiver
    one, two = server.login(), server.login()
    server.post("/v1/logout", {"refresh_token": one["refresh_token"]})
    server.post("/v1/logout-all", bearer=two["access_token"])
    page = poll(server, client)
    first, second = events(server, page)
    assert set(first["events"]) == set(second["events"]) == {SESSION_REVOKED}
    assert abs(first["events"][SESSION_REVOKED]["event_timestamp"] - time.time()) < 60
    assert first["sub_id"] == {"format": "complex", "session": {"format": "opaque", "id": one["session_id"]}}
    assert second["sub_id"] == {"format": "iss_sub", "iss": "http://localhost:8080", "sub": two["subject"]}
    # A security event token is no access token.
    for token in page["sets"].values():
        assert_problem(server.get("/v1/verify", bearer=token), "invalid_token")

    assert set(poll(server, client)["sets"]) == {first["jti"], second["jti"]}
    page = poll(server, client, maxEvents=1)
    assert set(page["sets"]) == {first["jti"]} and page["moreAvailable"] is True
    assert set(poll(server, client, ack=[second["jti"], "nonsense"])["sets"]) == {first["jti"]}
    assert poll(server, client, setErrs={first["jti"]: {"err": "x"}}) == {"sets": {}}
    assert poll(server, client) == {"sets": {}}
    # Each receiver has a position of its own.
    assert len(poll(server, add_client(server, "second"))["sets"]) == 2


def test_a_waiting_receiver_gets_a_new_event(receiver):
    server, client = receiver
    tokens = server.login()

    def end():
        time.sleep(0.3)
        return server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]})

    page, _ = together(lambda: poll(server, client, returnImmediately=False), end)
    assert [event["sub_id"]["session"]["id"] for event in events(server, page)] == [tokens["session_id"]]


def test_an_acknowledgement_of_an_unsent_event_has_no_effect(receiver):
    server, client = receiver
    assert poll(server, client, ack=["revocation-1", "revocation-999"]) == {"sets": {}}
    server.post("/v1/logout", {"refresh_token": server.login()["refresh_token"]})
    assert len(poll(server, client)["sets"]) == 1


def test_a_malformed_poll_is_refused(receiver):
    server, client = receiver
    for members in ({"maxEvents": -1}, {"maxEvents": "1"}, {"ack": "x"}, {"ack": [1]}, {"setErrs": []},
                    {"returnImmediately": 1}):
        answer = server.post("/v1/signals", members, headers={"Authorization": client.basic})
        assert_problem(answer, "invalid_request")
    answer = server.post("/v1/signals", {})
    assert answer.status == 401 and answer.json["code"] == "invalid_credentials"


def test_claims_that_change_at_once_are_an_event_of_their_own(receiver):
    server, client = receiver
    subject = server.login()["subject"]
    server.command("user", "claims", "ada", '{"role":"admin"}', "--now")
    (event,) = events(server, poll(server, client))
    assert event["sub_id"] == {"format": "iss_sub", "iss": "http://localhost:8080", "sub": subject}
    assert set(event["events"]) == {CLAIMS_CHANGED}
    assert event["events"][CLAIMS_CHANGED]["claims"] == {"role": "admin"}
