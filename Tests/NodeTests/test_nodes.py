"""What the nodes of a deployment agree on."""

from __future__ import annotations

import base64
import json
import time

from nodes import Load, wrong_login
from service import PATIENCE, assert_problem, together


def feed(node, client: dict, after: int = 0, wait: int = 0) -> dict:
    secret = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    answer = node.get(f"/v1/revocations?after={after}&wait={wait}", headers={"Authorization": f"Basic {secret}"})
    assert answer.status == 200, answer
    return answer.json


def reader(node) -> dict:
    return json.loads(node.command("client", "add", "reader", "--confidential", "--json"))


def kids(node) -> list[str]:
    return [key["kid"] for key in node.get("/.well-known/jwks.json").json["keys"]]


def await_true(condition) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_one_token_on_both_nodes_at_once_has_one_successor_which_both_answer(nodes):
    tokens = nodes[0].login()
    for _ in range(25):
        answers = together(*[lambda node=node: node.refresh(tokens["refresh_token"]) for node in nodes * 4])
        assert {answer.status for answer in answers} == {200}, answers
        assert len({answer.json["refresh_token"] for answer in answers}) == 1
        tokens = answers[0].json
    for node in nodes:
        node.assert_alive(tokens)


def test_a_session_of_one_node_is_every_nodes(nodes):
    tokens = nodes[0].login()
    for node in nodes:
        assert node.session(tokens["access_token"]).status == 200
    tokens = nodes[1].rotate(tokens["refresh_token"])
    assert nodes[0].post("/v1/logout", {"refresh_token": tokens["refresh_token"]}).status == 204
    nodes[1].assert_ended(tokens)


def test_a_logout_all_on_one_node_holds_on_the_other_at_the_next_request(nodes):
    for _ in range(10):
        sessions = [node.login() for node in nodes * 2]
        ended = nodes[0].post("/v1/logout-all", bearer=sessions[0]["access_token"])
        assert ended.json == {"revoked_sessions": 4}
        for tokens in sessions:
            nodes[1].assert_ended(tokens)


def test_a_reuse_on_another_node_is_detected(nodes):
    first = nodes[0].login()
    second = nodes[1].rotate(first["refresh_token"])
    third = nodes[0].rotate(second["refresh_token"])
    assert_problem(nodes[1].refresh(first["refresh_token"]), "reuse_detected")
    nodes[0].assert_ended(third)


def test_the_feed_of_one_node_speaks_of_what_the_other_ends(nodes):
    client = reader(nodes[0])
    start = feed(nodes[1], client)["next"]
    tokens = nodes[0].login()
    page, _ = together(
        lambda: feed(nodes[1], client, start, wait=20),
        lambda: nodes[0].post("/v1/logout", {"refresh_token": tokens["refresh_token"]}))
    assert [entry["id"] for entry in page["revocations"]] == [tokens["session_id"]]


def test_a_missed_notification_is_no_missed_revocation(shared_cluster, deploy):
    deployment = deploy(shared_cluster).start()
    nodes = deployment.nodes
    client = reader(nodes[0])
    start = feed(nodes[1], client)["next"]
    tokens = nodes[0].login()

    def end():
        # Whoever listens is cut off just before.
        deployment.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND query LIKE 'LISTEN%'")
        return nodes[0].post("/v1/logout", {"refresh_token": tokens["refresh_token"]})

    page, _ = together(lambda: feed(nodes[1], client, start, wait=20), end)
    assert [entry["id"] for entry in page["revocations"]] == [tokens["session_id"]]


def test_nodes_that_start_at_once_make_one_schema_and_one_key_ring(shared_cluster, deploy):
    for _ in range(3):
        deployment = deploy(shared_cluster, count=3)
        together(*[node.start for node in deployment.nodes])
        assert deployment.query("SELECT state FROM signing_keys ORDER BY state") == [("current",), ("next",)]
        assert len({tuple(kids(node)) for node in deployment.nodes}) == 1


def test_every_node_follows_a_rotation_of_the_keys(nodes):
    tokens = nodes[0].login()
    kid = nodes[0].command("key", "rotate").strip()
    published = set(json.loads(nodes[0].command("key", "list", "--json"))[index]["kid"] for index in range(3))
    for node in nodes:
        await_true(lambda: set(kids(node)) == published)
        assert node.session(tokens["access_token"]).status == 200
    assert kid in published


def test_a_schedule_rotates_once_however_many_nodes_there_are(shared_cluster, deploy):
    settings = {"signingKeys": {"rotateEverySeconds": 2, "publishAheadSeconds": 0}}
    deployment = deploy(shared_cluster, settings=settings).start()
    await_true(lambda: len(kids(deployment.nodes[0])) >= 4)
    keys = deployment.query("SELECT activated_at FROM signing_keys WHERE activated_at IS NOT NULL ORDER BY 1")
    gaps = [later - earlier for (earlier,), (later,) in zip(keys, keys[1:])]
    assert min(gaps) >= 2000, gaps
    assert deployment.query("SELECT count(*) FROM signing_keys WHERE state = 'current'") == [(1,)]


def test_failed_logins_count_over_all_nodes(shared_cluster, deploy):
    limits = {"loginLimits": {"perAccount": 4, "perAddress": 0, "windowSeconds": 3600}}
    nodes = deploy(shared_cluster, settings=limits).start().nodes
    for index in range(4):
        assert_problem(wrong_login(nodes[index % 2]), "invalid_credentials")
    for node in nodes:
        assert_problem(wrong_login(node), "too_many_attempts")
        assert_problem(node.try_login(), "too_many_attempts")


def test_commands_work_on_the_same_database(nodes):
    subject = nodes[0].add_user("bob")
    tokens = nodes[1].login("bob")
    assert subject == tokens["subject"]
    assert tokens["session_id"] in nodes[0].command("session", "list", "bob")
    nodes[0].command("user", "disable", "bob")
    nodes[1].assert_ended(tokens)
    assert nodes[0].cli("doctor").returncode == 0


def test_a_node_that_is_killed_takes_nothing_with_it(shared_cluster, deploy):
    nodes = deploy(shared_cluster).start().nodes
    with Load(nodes) as load:
        for _ in range(3):
            nodes[0].kill()
            load.await_progress()
            nodes[0].start()
            load.await_progress()


def test_a_node_with_another_master_key_refuses_to_start(nodes, tmp_path):
    settings = json.loads(nodes[0].config.read_text())
    stranger = type(nodes[0])(tmp_path / "stranger", {"database": settings["database"]})
    told = stranger.refuses_to_start()
    assert "master" in told
