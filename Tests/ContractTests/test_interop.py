"""Clients and verifiers that nobody here wrote, told nothing but the issuer's metadata."""

from __future__ import annotations

import json

import jwt
import pytest
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from joserfc.jwk import ECKey, RSAKey

from clients import add_client, vouch
from service import Server


@pytest.fixture(scope="module")
def at_home(tmp_path_factory):
    """A server whose issuer is where it listens."""
    server = Server(tmp_path_factory.mktemp("home"), {"issuer": "http://127.0.0.1:1"})
    port = server.start().port
    assert server.stop() == 0
    server.configure({"issuer": f"http://127.0.0.1:{port}", "http": {"port": port}})
    yield server.start()
    server.end()


@pytest.fixture(scope="module")
def metadata(at_home):
    found = AuthorizationServerMetadata(at_home.get("/.well-known/oauth-authorization-server").json)
    found.validate_issuer()
    found.validate_token_endpoint()
    found.validate_jwks_uri()
    found.validate_revocation_endpoint()
    found.validate_introspection_endpoint()
    return found


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib_refreshes_revokes_and_introspects(at_home, metadata, method):
    client = add_client(at_home, f"app-{method[-5:]}")
    tokens = vouch(at_home, client, "carl", scope="read write")
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


def test_authlib_acts_for_itself_and_pyjwt_verifies(at_home, metadata):
    client = add_client(at_home, "machine")
    with OAuth2Session(client.name, client.secret) as session:
        access = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")["access_token"]
    key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(access)
    claims = jwt.decode(access, key, algorithms=["ES256"], issuer=metadata["issuer"], audience="api")
    assert claims["sub"] == "client:machine"


@pytest.mark.parametrize("kind", ["RS256", "ES256"])
def test_authlib_authenticates_with_its_own_key(at_home, metadata, kind, tmp_path):
    key = RSAKey.generate_key(2048) if kind == "RS256" else ECKey.generate_key("P-256")
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    name = f"keyed-{kind}"
    at_home.command("client", "add", name, "--confidential", "--jwks-file", str(keys))
    tokens = vouch(at_home, add_client(at_home, f"voucher-{kind}"), "carl", client_id=name)
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
