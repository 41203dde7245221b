"""Clients and verifiers of other projects, configured from the issuer's metadata alone."""

from __future__ import annotations

import json

import jwt
import pytest
import requests_oauthlib
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from joserfc.jwk import ECKey, RSAKey

from harness import add_back_end, add_client, vouch
from harness.ports import free_port


@pytest.fixture(scope="module")
def home(make_shared_server):
    """A server whose issuer is the URL at which it listens."""
    port = free_port()
    return make_shared_server({"issuer": f"http://127.0.0.1:{port}", "http": {"port": port}})


@pytest.fixture(scope="module")
def metadata(home):
    found = AuthorizationServerMetadata(home.get("/.well-known/oauth-authorization-server").json)
    found.validate_issuer()
    found.validate_token_endpoint()
    found.validate_jwks_uri()
    found.validate_revocation_endpoint()
    found.validate_introspection_endpoint()
    found.validate_response_types_supported()
    found.validate_grant_types_supported()
    return found


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib_refreshes_revokes_and_introspects(home, metadata, method):
    client = add_back_end(home, f"app-{method[-5:]}", "--scope", "read write")
    tokens = vouch(home, client, "carl", scope="read write")
    with OAuth2Session(client.name, client.secret, token_endpoint_auth_method=method) as session:
        session.token = {"refresh_token": tokens["refresh_token"], "token_type": "Bearer"}
        for _ in range(2):
            fresh = session.refresh_token(metadata["token_endpoint"])
            assert fresh["scope"] == "read write" and fresh["refresh_token"].startswith("hr1_")
        asked = session.introspect_token(metadata["introspection_endpoint"], token=fresh["access_token"])
        assert asked.json()["active"] and asked.json()["sub"] == "carl"
        assert session.revoke_token(metadata["revocation_endpoint"], token=fresh["refresh_token"]).status_code == 200
        asked = session.introspect_token(metadata["introspection_endpoint"], token=fresh["access_token"])
        assert asked.json() == {"active": False}


def test_requests_oauthlib_refreshes_a_public_clients_session(home, metadata, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    session = requests_oauthlib.OAuth2Session("web", token={"token_type": "Bearer", **home.login()})
    for _ in range(2):
        # It sends no client_id.
        fresh = session.refresh_token(metadata["token_endpoint"])
        assert fresh["refresh_token"].startswith("hr1_")
    assert session.get(f"http://127.0.0.1:{home.port}/v1/session").json()["client_id"] == "web"


def test_pyjwt_verifies_a_token_that_authlib_gets_by_client_credentials(home, metadata):
    client = add_client(home, "machine")
    with OAuth2Session(client.name, client.secret) as session:
        access = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")["access_token"]
    key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(access)
    claims = jwt.decode(access, key, algorithms=["ES256"], issuer=metadata["issuer"], audience="api")
    assert claims["sub"] == "client:machine"


@pytest.mark.parametrize("kind", ["RS256", "ES256"])
def test_authlib_authenticates_with_private_key_jwt(home, metadata, kind, tmp_path):
    key = RSAKey.generate_key(2048) if kind == "RS256" else ECKey.generate_key("P-256")
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    name = f"keyed-{kind}"
    home.command("client", "add", name, "--confidential", "--jwks-file", str(keys))
    tokens = vouch(home, add_back_end(home, f"voucher-{kind}"), "carl", client_id=name)
    method = "private_key_jwt"
    with OAuth2Session(
            name, key, token_endpoint_auth_method=method, revocation_endpoint_auth_method=method) as session:
        session.register_client_auth_method(PrivateKeyJWT(metadata["token_endpoint"], alg=kind))
        session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
        session.token = {"refresh_token": tokens["refresh_token"], "token_type": "Bearer"}
        fresh = session.refresh_token(metadata["token_endpoint"])
        asked = session.introspect_token(metadata["introspection_endpoint"], token=fresh["access_token"])
        assert asked.json()["active"] and asked.json()["sub"] == "carl"
        assert session.revoke_token(metadata["revocation_endpoint"], token=fresh["refresh_token"]).status_code == 200
