"""Proofs and the nodes of one deployment."""

from __future__ import annotations

from harness import assert_problem, encode, together
from harness.proofs import Key


def test_a_proof_counts_once_over_all_nodes(nodes):
    key = Key()
    tokens = key.login(nodes[0])
    for _ in range(25):
        proof = key.proof("POST", "/v1/refresh")
        answers = together(*[
            lambda node=node: key.refresh(node, tokens["refresh_token"], proof=proof) for node in nodes * 4])
        assert sorted(answer.status for answer in answers) == [200] + [400] * 7, answers
        for answer in answers:
            if answer.status == 400:
                assert_problem(answer, "invalid_dpop_proof", action="retry")
        (tokens,) = [answer.json for answer in answers if answer.status == 200]
    for node in nodes:
        key.assert_live(node, tokens)
        tokens = key.rotate(node, tokens["refresh_token"])


def test_a_login_with_the_proof_of_another_nodes_login_is_refused(nodes):
    key = Key()
    proof = key.proof("POST", "/v1/login")
    assert nodes[0].try_login(headers={"DPoP": proof}).status == 200
    assert_problem(nodes[1].try_login(headers={"DPoP": proof}), "invalid_dpop_proof", action="retry")


def test_parallel_refreshes_with_proofs_of_their_own_make_one_generation(nodes):
    key = Key()
    tokens = key.login(nodes[0])

    def burst(node) -> list:
        body = {"refresh_token": tokens["refresh_token"]}
        return node.burst([
            encode("POST", "/v1/refresh", body, headers={"DPoP": key.proof("POST", "/v1/refresh")}) for _ in range(32)])

    answers = sum(together(*[lambda node=node: burst(node) for node in nodes]), [])
    assert {answer.status for answer in answers} == {200}, answers
    assert len({answer.json["refresh_token"] for answer in answers}) == 1


def test_a_nonce_of_one_node_is_accepted_by_the_other(shared_cluster, deploy):
    deployment = deploy(shared_cluster, settings={"dpop": {"requireNonce": True}}).start()
    first, second = deployment.nodes
    key = Key()
    nonce = first.try_login(headers={"DPoP": key.proof("POST", "/v1/login")}).headers["DPoP-Nonce"]
    answer = second.try_login(headers={"DPoP": key.proof("POST", "/v1/login", nonce=nonce)})
    assert answer.status == 200 and answer.json["token_type"] == "DPoP", answer
