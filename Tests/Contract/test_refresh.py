"""The rotation rule as a client sees it. The rows are those of the table in docs/rotation.md."""

from __future__ import annotations

import base64
import json
import shutil
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from harness import PASSWORD, TOKEN_MEMBERS, assert_problem, base64url, claims, encode, together, unbase64
from harness.concurrency import wait_until


def refresh_request(token: str) -> bytes:
    return encode("POST", "/v1/refresh", {"refresh_token": token})


# Row 6: the current generation.


def test_a_refresh_answers_with_new_tokens_of_the_same_session(server):
    first = server.login(scope="read write")
    answer = server.refresh(first["refresh_token"], client_id="web")
    assert answer.status == 200, answer
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    second = answer.json
    assert set(second) == TOKEN_MEMBERS
    for name in ("session_id", "subject", "scope", "token_type", "expires_in"):
        assert second[name] == first[name]
    assert second["refresh_token"].startswith("hr1_")
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]


def test_a_refresh_keeps_auth_time_and_renews_the_lifetimes(server):
    first = server.login()
    time.sleep(1.1)
    second = server.rotate(first["refresh_token"])
    before, after = claims(first["access_token"]), claims(second["access_token"])
    assert after["auth_time"] == before["auth_time"]
    assert after["iat"] > before["iat"]
    assert after["exp"] == after["iat"] + second["expires_in"] == after["iat"] + 600
    assert after["jti"] != before["jti"]
    assert first["refresh_expires_in"] == second["refresh_expires_in"] == 1209600


def test_each_refresh_renews_the_idle_lifetime(make_server):
    server = make_server({"refreshToken": {"idleLifetimeSeconds": 4}})
    tokens = server.login()
    for _ in range(2):
        time.sleep(2.2)
        tokens = server.rotate(tokens["refresh_token"])


def test_no_rotation_and_no_retry_extends_the_absolute_lifetime(make_server):
    server = make_server({"refreshToken": {"absoluteLifetimeSeconds": 4}})
    first = server.login()
    end = claims(first["access_token"])["iat"] + 4
    time.sleep(1.5)
    second = server.rotate(first["refresh_token"])
    retried = server.rotate(first["refresh_token"])
    for tokens in (first, second, retried):
        access = claims(tokens["access_token"])
        assert access["exp"] <= end
        assert access["exp"] == access["iat"] + tokens["expires_in"]
    assert first["refresh_expires_in"] <= 4
    assert second["refresh_expires_in"] <= 3 and retried["refresh_expires_in"] <= 3
    time.sleep(3)
    assert_problem(server.refresh(second["refresh_token"]), "expired_token")


# Row 7: the direct parent.


def test_a_retry_gets_the_same_successor_and_a_new_access_token(server):
    first = server.login()
    second = server.rotate(first["refresh_token"])
    again = server.rotate(first["refresh_token"])
    assert again["refresh_token"] == second["refresh_token"]
    assert claims(again["access_token"])["jti"] != claims(second["access_token"])["jti"]
    server.assert_live(again)


def test_one_retry_more_than_allowed_is_a_reuse(make_server):
    server = make_server({"refreshToken": {"maxRetries": 2}})
    first = server.login()
    second = server.rotate(first["refresh_token"])
    for _ in range(2):
        assert server.rotate(first["refresh_token"])["refresh_token"] == second["refresh_token"]
    assert_problem(server.refresh(first["refresh_token"]), "reuse_detected")
    server.assert_ended(second)


@pytest.mark.parametrize("settings", [{"retryWindowSeconds": 0}, {"maxRetries": 0}], ids=str)
def test_without_retries_a_second_presentation_is_a_reuse(make_server, settings):
    server = make_server({"refreshToken": settings})
    first, second = server.chain(1)
    assert_problem(server.refresh(first["refresh_token"]), "reuse_detected")
    server.assert_ended(second)


def test_a_retry_after_the_window_is_a_reuse(make_server):
    server = make_server({"refreshToken": {"retryWindowSeconds": 1}})
    first, second = server.chain(1)
    time.sleep(1.2)
    assert_problem(server.refresh(first["refresh_token"]), "reuse_detected")
    server.assert_ended(second)


def test_a_retry_does_not_extend_the_window(make_server):
    server = make_server({"refreshToken": {"retryWindowSeconds": 3}})
    first, second = server.chain(1)
    time.sleep(1.5)
    assert server.rotate(first["refresh_token"])["refresh_token"] == second["refresh_token"]
    time.sleep(1.8)
    assert_problem(server.refresh(first["refresh_token"]), "reuse_detected")


def test_sixty_four_parallel_presentations_get_one_successor(server):
    tokens = server.login()
    for round in range(20):
        answers = server.burst([refresh_request(tokens["refresh_token"])] * 64)
        assert [answer.status for answer in answers] == [200] * 64, (round, answers)
        assert len({answer.json["refresh_token"] for answer in answers}) == 1, round
        tokens = answers[-1].json
    server.assert_live(tokens)


def test_presentations_from_many_threads_get_one_successor(server):
    tokens = server.login()
    for _ in range(5):
        answers = together(*[lambda token=tokens["refresh_token"]: server.rotate(token)] * 16)
        assert len({answer["refresh_token"] for answer in answers}) == 1
        tokens = answers[0]


# Row 8: an earlier generation.


@pytest.mark.parametrize("behind", [2, 3, 12])
def test_an_earlier_generation_ends_its_session_and_no_other(server, behind):
    generations = server.chain(12)
    neighbour = server.login()
    newest = generations[-1]
    assert_problem(server.refresh(generations[-1 - behind]["refresh_token"]), "reuse_detected")
    server.assert_ended(newest)
    server.assert_live(neighbour)
    assert server.events(newest["session_id"])[-1] == "reuse_detected"


def test_a_parent_whose_successor_was_used_is_a_reuse_within_the_window(server):
    first, second, third = server.chain(2)
    assert_problem(server.refresh(first["refresh_token"]), "reuse_detected")
    server.assert_ended(third)


def test_a_session_ended_by_a_reuse_is_revoked_for_every_generation(server):
    generations = server.chain(2)
    assert_problem(server.refresh(generations[0]["refresh_token"]), "reuse_detected")
    for tokens in generations:
        assert_problem(server.refresh(tokens["refresh_token"]), "session_revoked")


# Rows 1 to 5: refused without an effect.


@pytest.mark.parametrize("token", [
    "", " ", "hr1_", "garbage", "hr1_" + "A" * 112, "hr2_" + "A" * 112, "hr1_" + "A" * 111, "hr1_" + "A" * 113,
    "hr1_" + "!" * 112, "hr1_" + "é" * 56, "null", "../../etc/passwd", "' OR 1=1 --", "\u0000", "." * 1000,
])
def test_a_malformed_token_is_invalid(server, token):
    assert_problem(server.refresh(token), "invalid_token")


def test_a_token_with_one_character_changed_is_invalid_and_ends_nothing(server):
    tokens = server.login()
    token = tokens["refresh_token"]
    for position, character in enumerate(token):
        changed = token[:position] + ("A" if character != "A" else "B") + token[position + 1:]
        assert_problem(server.refresh(changed), "invalid_token")
    for variant in (token[:-1], token + "A", token + "=", token + "\n", " " + token, token.swapcase(), token[4:]):
        assert_problem(server.refresh(variant), "invalid_token")
    server.assert_live(tokens)
    assert server.events(tokens["session_id"]) == ["login"]


def test_a_forged_generation_is_invalid_and_ends_nothing(server):
    first, second, third = server.chain(2)
    forged = bytearray(unbase64(third["refresh_token"][4:]))
    for generation in (0, 1, 3, 2**32 - 1):
        forged[16:20] = generation.to_bytes(4, "big")
        assert_problem(server.refresh("hr1_" + base64url(forged)), "invalid_token")
    server.assert_live(third)


def test_a_token_of_another_server_or_an_unknown_session_is_invalid(make_server):
    server, stranger = make_server(name="server"), make_server(name="stranger")
    twin = make_server(name="twin", start=False, user=False)  # Another database under the same master key.
    twin.data.mkdir(mode=0o700)
    shutil.copy(server.master_key, twin.master_key)
    twin.add_user("ada")
    twin.start()
    tokens = server.login()
    assert_problem(stranger.refresh(tokens["refresh_token"]), "invalid_token")
    assert_problem(twin.refresh(tokens["refresh_token"]), "invalid_token")
    server.assert_live(tokens)


@pytest.mark.parametrize("behind", [0, 1, 2])
def test_a_request_of_another_client_is_refused_and_ends_nothing(server, behind):
    generations = server.chain(2)
    answer = server.refresh(generations[-1 - behind]["refresh_token"], client_id="another")
    assert_problem(answer, "invalid_token")
    assert server.events(generations[-1]["session_id"])[-1] == "client_mismatch"
    server.assert_live(generations[-1])


def test_repeated_mismatches_and_retries_fill_no_audit_trail(server):
    first = server.login()
    second = server.rotate(first["refresh_token"])
    for name in ("another", "a" * 15_000, "a" + "\u0301\u0316" * 1200, "", "?", "web\u0000"):
        for path in ("/v1/refresh", "/v1/logout-all"):
            body = {"refresh_token": second["refresh_token"], "client_id": name}
            answer = server.post(path, body)
            if len(name) > 1000:
                assert answer.status in (400, 401), answer
            else:
                assert_problem(answer, "invalid_token")
    for _ in range(3):
        assert server.refresh(first["refresh_token"]).status == 200
    events = server.events(first["session_id"])
    assert sorted(events[1:]) == ["client_mismatch", "refresh_retry"], events
    server.assert_live(second)

    # A session that has ended has no more events.
    assert server.post("/v1/logout", {"refresh_token": second["refresh_token"]}).status == 204
    for _ in range(3):
        assert_problem(server.refresh(second["refresh_token"], client_id="another"), "invalid_token")
        assert_problem(server.refresh(second["refresh_token"]), "session_revoked")
    assert server.events(first["session_id"])[len(events):] == ["logout"]
    ((longest,),) = server.query("SELECT max(length(client_id)) FROM events")
    assert longest <= 64


def test_an_impossible_client_is_answered_as_an_unknown_one(server, user):
    for name in ("unknown", "w\u00e9b", "a b", "a" * 65):
        assert_problem(server.try_login(user, client_id=name), "invalid_request")


@pytest.mark.parametrize("behind", [0, 1, 2])
def test_a_logged_out_session_is_revoked_for_every_generation(server, behind):
    generations = server.chain(2)
    neighbour = server.login()
    assert server.post("/v1/logout", {"refresh_token": generations[-1]["refresh_token"]}).status == 204
    assert_problem(server.refresh(generations[-1 - behind]["refresh_token"]), "session_revoked")
    server.assert_live(neighbour)


def test_an_idle_session_expires(make_server):
    server = make_server({"refreshToken": {"idleLifetimeSeconds": 1}})
    first, second, third = server.chain(2)
    assert third["refresh_expires_in"] <= 1
    time.sleep(1.3)
    for tokens in (first, second, third):  # Row 5 comes before rows 7 and 8.
        assert_problem(server.refresh(tokens["refresh_token"]), "expired_token")
    assert_problem(server.session(third["access_token"]), "expired_token")
    assert "reuse_detected" not in server.events(third["session_id"])


# Row 9: the database is older than the token.


def test_a_generation_newer_than_a_restored_backup_ends_the_session(make_server, tmp_path):
    server = make_server()
    first = server.login()
    neighbour = server.login()
    server.save(tmp_path / "backup")
    third = server.rotate(server.rotate(first["refresh_token"])["refresh_token"])
    assert server.stop() == 0
    server.restore(tmp_path / "backup")
    server.start()
    assert_problem(server.refresh(third["refresh_token"]), "session_revoked")
    assert_problem(server.refresh(first["refresh_token"]), "session_revoked")
    assert server.query("SELECT end_reason FROM sessions WHERE ended_at IS NOT NULL") == [("rollback",)]
    wait_until(lambda: "2 generations ahead of the database" in server.log)
    server.assert_live(neighbour)


def test_another_token_of_the_same_generation_ends_the_session(make_server, tmp_path):
    server = make_server()
    first = server.login()
    server.save(tmp_path / "backup")
    lost = server.rotate(first["refresh_token"])
    assert server.stop() == 0
    server.restore(tmp_path / "backup")
    server.start()
    second = server.rotate(first["refresh_token"])
    assert second["refresh_token"] != lost["refresh_token"]
    assert_problem(server.refresh(lost["refresh_token"]), "session_revoked")
    server.assert_ended(second)


# Durability, races, data at rest.


def test_an_answered_refresh_survives_a_kill(make_server):
    server = make_server()
    first = server.login()
    for _ in range(3):
        second = server.rotate(first["refresh_token"])
        server.kill()
        server.start()
        assert server.rotate(first["refresh_token"])["refresh_token"] == second["refresh_token"]
        first = second
    assert server.refresh(first["refresh_token"]).status == 200


def test_a_reuse_is_detected_after_a_kill(make_server):
    server = make_server()
    first, second, third = server.chain(2)
    server.kill()
    server.start()
    assert_problem(server.refresh(first["refresh_token"]), "reuse_detected")
    server.kill()
    server.start()
    server.assert_ended(third)


def test_an_answered_logout_is_not_undone_by_refreshes_in_flight(server):
    for _ in range(10):
        tokens = server.login()
        answered: list[dict] = [tokens]

        def refresh_on():
            while (answer := server.refresh(answered[-1]["refresh_token"])).status == 200:
                answered.append(answer.json)
            return answer

        refused, logout = together(
            refresh_on, lambda: server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]}))
        assert logout.status == 204
        assert_problem(refused, "session_revoked")
        server.assert_ended(answered[-1])


def test_a_locked_store_is_answered_with_503_and_consumes_nothing(make_server):
    server = make_server()
    first = server.login()
    second = server.login()
    with server.locked():
        refresh, logout, login = together(
            lambda: server.refresh(first["refresh_token"]),
            lambda: server.post("/v1/logout", {"refresh_token": second["refresh_token"]}),
            server.try_login)
    for answer in (refresh, logout, login):
        assert_problem(answer, "unavailable")
    server.assert_live(first)
    server.assert_live(second)


def test_the_database_holds_no_token_no_password_and_no_private_key(make_server):
    server = make_server()
    answers = server.chain(3)
    answers.append(server.rotate(answers[-2]["refresh_token"]))
    server.refresh(answers[0]["refresh_token"])
    new_password = "another battery horse"
    assert server.post(
        "/v1/password", {"current_password": PASSWORD, "new_password": new_password},
        bearer=server.login()["access_token"]).status == 204
    assert server.stop() == 0

    secrets = [PASSWORD.encode(), new_password.encode(), b"PRIVATE KEY"]
    master_key = server.master_key.read_bytes().strip()
    secrets += [master_key, base64.b64decode(master_key)]
    for tokens in answers:
        token = unbase64(tokens["refresh_token"][4:])
        secrets += [tokens["refresh_token"][4:].encode(), token[20:52], token[52:], token[20:36]]
        signature = tokens["access_token"].split(".")[2]
        secrets += [signature.encode(), unbase64(signature)]
    stored = server.stored
    assert len(stored) > 0
    assert [secret for secret in secrets if secret in stored] == []

    server.start()
    public = {key["x"] for key in json.loads(server.get("/.well-known/jwks.json").body)["keys"]}
    for (sealed,) in server.query("SELECT sealed_key FROM signing_keys"):
        for start in range(len(sealed) - 31):
            scalar = int.from_bytes(sealed[start:start + 32], "big")
            point = ec.derive_private_key(scalar, ec.SECP256R1()).public_key().public_numbers()
            assert base64url(point.x.to_bytes(32, "big")) not in public
