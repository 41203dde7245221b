"""Another project's client that holds a key: requests-oauth2client, with nonces and without."""

from __future__ import annotations

import pytest
import requests
from requests_oauth2client import DPoPKey, DPoPToken, OAuth2Client

from harness import PASSWORD, add_back_end, add_client, vouch
from harness.ports import free_port


@pytest.fixture(scope="module", params=[False, True], ids=["without nonces", "with nonces"])
def home(make_shared_server, request):
    """A server whose issuer is the URL at which it listens."""
    port = free_port()
    return make_shared_server({
        "issuer": f"http://127.0.0.1:{port}", "http": {"port": port}, "dpop": {"requireNonce": request.param}})


def oauth(home, **options) -> OAuth2Client:
    base = f"http://127.0.0.1:{home.port}"
    metadata = requests.get(f"{base}/.well-known/oauth-authorization-server").json()
    assert "ES256" in metadata["dpop_signing_alg_values_supported"]
    return OAuth2Client(
        metadata["token_endpoint"], introspection_endpoint=metadata["introspection_endpoint"], testing=True, **options)


def log_in(home, key: DPoPKey) -> DPoPToken:
    """A login, which is no OAuth grant, with the library's key and its handling of nonces."""
    url = f"http://127.0.0.1:{home.port}/v1/login"
    body = {"username": "ada", "password": PASSWORD, "scope": "read"}

    def send() -> requests.Response:
        proof = key.proof(htm="POST", htu=url, nonce=key.as_nonce)
        return requests.post(url, json=body, headers={"DPoP": str(proof)})

    answer = send()
    if answer.json().get("code") == "use_dpop_nonce":
        key.handle_as_provided_dpop_nonce(answer)
        answer = send()
    assert answer.status_code == 200, answer.text
    return DPoPToken(**answer.json(), _dpop_key=key)


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256", "EdDSA"])
def test_a_session_is_refreshed_and_used(home, algorithm):
    token = log_in(home, DPoPKey.generate(alg=algorithm))
    client = oauth(home, client_id="web")
    for _ in range(3):
        token = client.refresh_token(token)
        assert isinstance(token, DPoPToken) and token.refresh_token.startswith("hr1_")
        answer = requests.get(f"http://127.0.0.1:{home.port}/v1/session", auth=token)
        assert answer.status_code == 200, answer.text
    # It is refused as a bearer token.
    answer = requests.get(
        f"http://127.0.0.1:{home.port}/v1/session", headers={"Authorization": f"Bearer {token.access_token}"})
    assert answer.status_code == 401


def test_a_machine_gets_a_bound_token_that_introspection_knows(home):
    machine = add_client(home, "machine", "--scope", "read")
    client = oauth(home, auth=(machine.name, machine.secret), dpop_bound_access_tokens=True)
    token = client.client_credentials(scope="read")
    assert isinstance(token, DPoPToken)
    asked = client.introspect_token(token.access_token)
    assert asked["active"] and asked["token_type"] == "DPoP"
    assert asked["cnf"] == {"jkt": token.dpop_key.dpop_jkt}


def test_a_confidential_clients_refreshes_are_bound_to_the_key_of_each(home):
    app = add_back_end(home, "app", "--scope", "read")
    tokens = vouch(home, app, "carl", scope="read")
    client = oauth(home, auth=(app.name, app.secret))
    key = DPoPKey.generate()
    token = client.token_request(
        {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}, dpop_key=key)
    assert isinstance(token, DPoPToken)
    assert requests.get(f"http://127.0.0.1:{home.port}/v1/session", auth=token).status_code == 200
