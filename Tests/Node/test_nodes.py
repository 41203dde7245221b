"""What the nodes of one deployment agree on."""

from __future__ import annotations

import json

from harness import Client, Server, add_client, assert_problem, together, wait_until
from harness.load import RefreshLoad


def feed(node, client: Client, after: int = 0, wait: int = 0) -> dict:
    answer = node.get(f"/v1/revocations?after={after}&wait={wait}", headers={"Authorization": client.basic})
    assert answer.status == 200, answer
    return answer.json


def kids(node) -> list[str]:
    return [key["kid"] for key in node.get("/.well-known/jwks.json").json["keys"]]


def wrong_login(node):
    return node.try_login(password="a wrong password")


def test_a_token_presented_to_both_nodes_at_once_has_one_successor(nodes):
    tokens = nodes[0].login()
    for _ in range(25):
        answers = together(*[lambda node=node: node.refresh(tokens["refresh_token"]) for node in nodes * 4])
        assert {answer.status for answer in answers} == {200}, answers
        assert len({answer.json["refresh_token"] for answer in answers}) == 1
        tokens = answers[0].json
    for node in nodes:
        node.assert_live(tokens)


def test_a_session_of_one_node_is_live_on_the_other(nodes):
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


def test_the_feed_of_one_node_has_the_entries_of_the_other(nodes):
    client = add_client(nodes[0], "reader")
    start = feed(nodes[1], client)["next"]
    tokens = nodes[0].login()
    page, _ = together(
        lambda: feed(nodes[1], client, start, wait=20),
        lambda: nodes[0].post("/v1/logout", {"refresh_token": tokens["refresh_token"]}))
    assert [entry["id"] for entry in page["revocations"]] == [tokens["session_id"]]


def test_a_waiting_reader_gets_an_entry_whose_notification_was_lost(shared_cluster, deploy):
    deployment = deploy(shared_cluster).start()
    nodes = deployment.nodes
    client = add_client(nodes[0], "reader")
    start = feed(nodes[1], client)["next"]
    tokens = nodes[0].login()

    def end():
        # The node's listening connection is cut first.
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


def test_every_node_publishes_a_rotated_key(nodes):
    tokens = nodes[0].login()
    kid = nodes[0].command("key", "rotate").strip()
    published = set(json.loads(nodes[0].command("key", "list", "--json"))[index]["kid"] for index in range(3))
    for node in nodes:
        wait_until(lambda: set(kids(node)) == published)
        assert node.session(tokens["access_token"]).status == 200
    assert kid in published


def test_scheduled_key_rotations_happen_once_over_all_nodes(shared_cluster, deploy):
    settings = {"signingKeys": {"rotateEverySeconds": 2, "publishAheadSeconds": 0}}
    deployment = deploy(shared_cluster, settings=settings).start()
    wait_until(lambda: len(kids(deployment.nodes[0])) >= 4)
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


def test_commands_take_effect_on_every_node(nodes):
    subject = nodes[0].add_user("bob")
    tokens = nodes[1].login("bob")
    assert subject == tokens["subject"]
    assert tokens["session_id"] in nodes[0].command("session", "list", "bob")
    nodes[0].command("user", "disable", "bob")
    nodes[1].assert_ended(tokens)
    assert nodes[0].cli("doctor").returncode == 0


def test_a_killed_node_loses_no_acknowledged_write(shared_cluster, deploy):
    nodes = deploy(shared_cluster).start().nodes
    with RefreshLoad(nodes) as load:
        for _ in range(3):
            nodes[0].kill()
            load.await_progress()
            nodes[0].start()
            load.await_progress()


def test_a_node_with_another_master_key_refuses_to_start(nodes, tmp_path):
    settings = json.loads(nodes[0].config.read_text())
    stranger = Server(tmp_path / "stranger", {"database": settings["database"]})
    assert "master" in stranger.refuses_to_start()
