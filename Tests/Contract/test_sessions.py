"""Sessions: reading them, and every way to end them."""

from __future__ import annotations

import json
import re
import time
import uuid

import pytest

from harness import PASSWORD, assert_problem, together

NEW_PASSWORD = "another battery horse"
TIMESTAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"


# Reading.


def test_a_session_shows_its_subject_client_device_and_times(server):
    tokens = server.login(scope="read", device="laptop", headers={"User-Agent": "a browser"})
    answer = server.session(tokens["access_token"])
    assert answer.status == 200, answer
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    session = answer.json
    assert session["session_id"] == tokens["session_id"]
    assert session["subject"] == tokens["subject"]
    assert (session["client_id"], session["scope"], session["device"]) == ("web", "read", "laptop")
    assert session["user_agent"] == "a browser"
    for name in ("created_at", "last_used_at", "expires_at"):
        assert re.fullmatch(TIMESTAMP, session[name]), session
    assert session["created_at"] == session["last_used_at"] < session["expires_at"]


def test_a_refresh_updates_last_use_and_expiry(server):
    tokens = server.login()
    before = server.session(tokens["access_token"]).json
    time.sleep(0.01)
    server.rotate(tokens["refresh_token"])
    after = server.session(tokens["access_token"]).json
    assert after["created_at"] == before["created_at"]
    assert after["last_used_at"] > before["last_used_at"]
    assert after["expires_at"] > before["expires_at"]


def test_the_list_holds_all_live_sessions_of_the_subject_and_marks_the_current_one(server, user):
    here, there, gone = (server.login(user, device=device) for device in ("here", "there", "gone"))
    server.login("ada")
    server.post("/v1/logout", bearer=gone["access_token"])
    answer = server.get("/v1/sessions", bearer=here["access_token"])
    assert answer.status == 200, answer
    assert answer.headers["Cache-Control"] == "no-store"
    listed = {session["session_id"]: session for session in answer.json["sessions"]}
    assert {id: session["current"] for id, session in listed.items()} == {
        here["session_id"]: True, there["session_id"]: False}
    assert listed[there["session_id"]]["device"] == "there"


def test_the_list_has_pages_that_begin_with_the_current_session(server, user):
    opened = [server.login(user, device=str(number)) for number in range(7)]
    own = opened[2]
    # Some may have been opened in the same millisecond.
    others = sorted((tokens["session_id"] for tokens in opened if tokens is not own), reverse=True)

    def page(query: str) -> dict:
        answer = server.get(f"/v1/sessions{query}", bearer=own["access_token"])
        assert answer.status == 200, answer
        return answer.json

    for limit in (1, 2, 3, 6, 7, 8, 5000):
        listed, query = [], f"?limit={limit}"
        while True:
            found = page(query)
            assert 0 < len(found["sessions"]) <= limit
            listed += found["sessions"]
            if "next" not in found:
                break
            query = f"?limit={limit}&after={found['next']}"
        assert [session["session_id"] for session in listed] == [own["session_id"], *others]
        assert [session["current"] for session in listed] == [True] + [False] * 6
    assert len(page("")["sessions"]) == 7 and "next" not in page("")
    for wrong in (
        "limit=0", "limit=x", "limit=-1", "limit=99999999999999999999", "after=x", "after=1", "limit=1&limit=2",
    ):
        answer = server.get(f"/v1/sessions?{wrong}", bearer=own["access_token"])
        assert_problem(answer, "invalid_request")


def test_an_expired_session_is_not_listed(make_server):
    server = make_server({"refreshToken": {"idleLifetimeSeconds": 1}})
    server.login()
    time.sleep(1.2)
    fresh = server.login()
    sessions = server.get("/v1/sessions", bearer=fresh["access_token"]).json["sessions"]
    assert [session["session_id"] for session in sessions] == [fresh["session_id"]]


# Ending another session.


def test_a_session_ends_another_one_of_its_subject(server, user):
    here, there, third = server.login(user), server.login(user), server.login(user)
    answer = server.request("DELETE", f"/v1/sessions/{there['session_id']}", bearer=here["access_token"])
    assert (answer.status, answer.body) == (204, b"")
    server.assert_ended(there)
    server.assert_live(here)
    server.assert_live(third)


def test_an_id_of_another_subjects_session_is_not_found(server):
    own, foreign = server.login("ada"), server.login("bob")
    for id in (
        foreign["session_id"], str(uuid.uuid4()), own["session_id"].upper(), own["session_id"] + "0", "x", "%00",
        own["session_id"].replace("-", ""), "'--",
    ):
        answer = server.request("DELETE", f"/v1/sessions/{id}", bearer=own["access_token"])
        assert_problem(answer, "not_found")
    server.assert_live(foreign)
    server.assert_live(own)


def test_an_ended_session_ends_no_other(server, user):
    here, there = server.login(user), server.login(user)
    server.post("/v1/logout", bearer=here["access_token"])
    answer = server.request("DELETE", f"/v1/sessions/{there['session_id']}", bearer=here["access_token"])
    assert_problem(answer, "session_revoked")
    server.assert_live(there)


# Logout.


@pytest.mark.parametrize("generation", [0, 1, 2])
def test_a_refresh_token_of_any_generation_logs_out(server, generation):
    generations, neighbour = server.chain(2), server.login()
    answer = server.post("/v1/logout", {"refresh_token": generations[generation]["refresh_token"]})
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    server.assert_ended(generations[-1])
    assert "reuse_detected" not in server.events(generations[0]["session_id"])
    server.assert_live(neighbour)


def test_an_access_token_logs_out(server):
    tokens, neighbour = server.login(), server.login()
    assert server.post("/v1/logout", bearer=tokens["access_token"]).status == 204
    server.assert_ended(tokens)
    server.assert_live(neighbour)


def test_an_expired_access_token_logs_out_and_does_nothing_else(make_server):
    server = make_server({"accessToken": {"lifetimeSeconds": 1}})
    tokens = server.login()
    assert tokens["expires_in"] == 1
    time.sleep(2)
    for method, path in (("GET", "/v1/session"), ("GET", "/v1/sessions"), ("POST", "/v1/logout-all")):
        assert_problem(server.request(method, path, bearer=tokens["access_token"]), "expired_token", action="refresh")
    assert server.post("/v1/logout", bearer=tokens["access_token"]).status == 204
    assert_problem(server.refresh(tokens["refresh_token"]), "session_revoked")


def test_a_logout_may_be_repeated(server):
    tokens = server.login()
    for _ in range(3):
        assert server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]}).status == 204
        assert server.post("/v1/logout", bearer=tokens["access_token"]).status == 204
    server.assert_ended(tokens)


def test_a_logout_with_both_tokens_ends_their_sessions(server):
    for first, second in ((server.login(),) * 2, (server.login(), server.login())):
        body = {"refresh_token": first["refresh_token"]}
        assert server.post("/v1/logout", body, bearer=second["access_token"]).status == 204
        for tokens in (first, second):
            assert_problem(server.refresh(tokens["refresh_token"]), "session_revoked")


def test_a_logout_all_takes_both_tokens_of_one_session(server, user):
    first, second = server.login(user), server.login(user)
    body = {"refresh_token": first["refresh_token"]}
    assert_problem(server.post("/v1/logout-all", body, bearer=second["access_token"]), "invalid_request")
    answer = server.post("/v1/logout-all", body, bearer=first["access_token"])
    assert answer.json == {"revoked_sessions": 2}


def test_a_logout_with_an_invalid_token_has_no_effect(server):
    tokens = server.login()
    refresh, access = tokens["refresh_token"], tokens["access_token"]

    def altered(token: str) -> str:
        return token[:-2] + ("AA" if token[-2:] != "AA" else "BA")

    for unknown in ("garbage", altered(refresh), "hr1_" + "A" * 112, access):
        assert server.post("/v1/logout", {"refresh_token": unknown}).status == 204
    for unknown in ("garbage", altered(access), refresh):
        assert server.post("/v1/logout", bearer=unknown).status == 204
    server.assert_live(tokens)


def test_a_logout_of_an_expired_session_succeeds(make_server):
    server = make_server({"refreshToken": {"idleLifetimeSeconds": 1}})
    tokens = server.login()
    time.sleep(1.2)
    assert server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]}).status == 204


# Logout everywhere.


@pytest.mark.parametrize("credential", ["access_token", "refresh_token"])
def test_logout_all_ends_every_session_of_its_subject_only(server, user, credential):
    sessions, neighbour = [server.login(user) for _ in range(5)], server.login("ada")
    server.post("/v1/logout", bearer=sessions[0]["access_token"])
    token = sessions[1][credential]
    answer = (
        server.post("/v1/logout-all", bearer=token) if credential == "access_token"
        else server.post("/v1/logout-all", {"refresh_token": token}))
    assert answer.status == 200, answer
    assert answer.json == {"revoked_sessions": 4}
    assert answer.headers["Cache-Control"] == "no-store"
    for tokens in sessions:
        server.assert_ended(tokens)
    server.assert_live(neighbour)


def test_logout_all_needs_a_live_session(server, user):
    ended, live = server.login(user), server.login(user)
    server.post("/v1/logout", bearer=ended["access_token"])
    assert_problem(server.post("/v1/logout-all", bearer=ended["access_token"]), "session_revoked")
    assert_problem(server.post("/v1/logout-all", {"refresh_token": ended["refresh_token"]}), "session_revoked")
    assert_problem(server.post("/v1/logout-all", {"refresh_token": "garbage"}), "invalid_token")
    assert_problem(server.post("/v1/logout-all", bearer="garbage"), "invalid_token")
    assert_problem(server.post("/v1/logout-all"), "invalid_token", challenge=True)
    server.assert_live(live)


def test_logout_all_with_an_earlier_generation_is_a_reuse(server):
    first, second, third = server.chain(2)
    neighbour = server.login()
    assert_problem(server.post("/v1/logout-all", {"refresh_token": first["refresh_token"]}), "reuse_detected")
    server.assert_ended(third)
    server.assert_live(neighbour)


def test_a_login_right_after_a_logout_all_is_live(server, user):
    for _ in range(10):
        old = server.login(user)
        assert server.post("/v1/logout-all", bearer=old["access_token"]).json == {"revoked_sessions": 1}
        new = server.login(user)
        server.assert_ended(old)
        server.assert_live(new)
        server.post("/v1/logout", bearer=new["access_token"])


def test_parallel_logout_alls_end_each_session_once(server, user):
    sessions = [server.login(user) for _ in range(8)]
    answers = together(*[
        lambda token=tokens["access_token"]: server.post("/v1/logout-all", bearer=token) for tokens in sessions])
    assert sum(answer.json.get("revoked_sessions", 0) for answer in answers) == 8
    for tokens in sessions:
        server.assert_ended(tokens)


# Password change.


def change_password(server, tokens, current=PASSWORD, new=NEW_PASSWORD):
    return server.post(
        "/v1/password", {"current_password": current, "new_password": new}, bearer=tokens["access_token"])


def test_a_new_password_ends_all_other_sessions(server, user):
    here, there, neighbour = server.login(user), server.login(user), server.login("ada")
    here = server.rotate(here["refresh_token"])
    answer = change_password(server, here)
    assert (answer.status, answer.body) == (204, b"")
    server.assert_ended(there)
    server.assert_live(here)
    server.assert_live(neighbour)
    assert_problem(server.try_login(user), "invalid_credentials")
    server.login(user, NEW_PASSWORD)
    answer = server.post("/v1/logout-all", bearer=here["access_token"])
    assert answer.json == {"revoked_sessions": 2}


def test_a_refused_password_change_has_no_effect(server, user):
    here, there = server.login(user), server.login(user)
    assert_problem(change_password(server, here, current="a wrong password"), "invalid_credentials", action="fix")
    assert_problem(change_password(server, here, new="short"), "weak_password")
    assert_problem(change_password(server, here, new=user), "weak_password")
    assert_problem(server.post("/v1/password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD}),
                   "invalid_token", challenge=True)
    server.assert_live(here)
    server.assert_live(there)
    server.login(user)


def test_an_ended_session_changes_no_password(server, user):
    tokens = server.login(user)
    server.post("/v1/logout", bearer=tokens["access_token"])
    assert_problem(change_password(server, tokens), "session_revoked")
    server.login(user)


# Commands beside the running server: their effect holds at the next request.


def test_disabling_a_user_ends_every_session_and_enabling_revives_none(server, user):
    tokens, other = server.login(user), server.login(user)
    server.command("user", "disable", user)
    server.assert_ended(tokens)
    assert_problem(server.try_login(user), "invalid_credentials")
    server.command("user", "enable", user)
    server.assert_ended(tokens)
    server.assert_ended(other)
    assert server.login(user)["subject"] == tokens["subject"]


def test_a_user_added_again_is_another_subject(server, user):
    tokens = server.login(user)
    server.command("user", "delete", user)
    server.assert_ended(tokens)
    assert_problem(server.try_login(user), "invalid_credentials")
    subject = server.add_user(user)
    assert subject != tokens["subject"]
    fresh = server.login(user)
    assert fresh["subject"] == subject
    server.assert_ended(tokens)
    listed = server.get("/v1/sessions", bearer=fresh["access_token"]).json["sessions"]
    assert [session["session_id"] for session in listed] == [fresh["session_id"]]


def test_setting_a_password_by_command_ends_every_session(server, user):
    tokens = server.login(user)
    server.command("user", "set-password", user, "--password-stdin", stdin=NEW_PASSWORD)
    server.assert_ended(tokens)
    assert_problem(server.try_login(user), "invalid_credentials")
    server.login(user, NEW_PASSWORD)


def test_an_operator_ends_one_session(server, user):
    here, there = server.login(user), server.login(user)
    server.command("session", "revoke", here["session_id"])
    server.assert_ended(here)
    server.assert_live(there)


def test_an_operator_ends_all_sessions_of_a_subject(server, user):
    sessions, neighbour = [server.login(user) for _ in range(3)], server.login("ada")
    assert server.command("session", "revoke-all", user).strip() == "3"
    for tokens in sessions:
        server.assert_ended(tokens)
    server.assert_live(neighbour)


def test_an_operator_lists_the_live_sessions(server, user):
    here, gone = server.login(user, device="laptop"), server.login(user)
    server.post("/v1/logout", bearer=gone["access_token"])
    for name in (user, here["subject"]):
        (listed,) = json.loads(server.command("session", "list", name, "--json"))
        assert (listed["session_id"], listed["subject"], listed["device"]) == (
            here["session_id"], here["subject"], "laptop")
    listed = json.loads(server.command("session", "list", "--json"))
    assert here["session_id"] in [session["session_id"] for session in listed]
