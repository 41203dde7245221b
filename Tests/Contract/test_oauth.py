"""Clients and the OAuth endpoints (RFC 6749, 7009, 7662, 8414, 9068)."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote

import pytest

from harness import PASSWORD, Client, add_back_end, add_client, assert_problem, claims, form, vouch

# RFC 6749 §5.2: the characters of an error_description.
DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")


@pytest.fixture(scope="module")
def app(server):
    return add_back_end(server, "app", "--scope", "read", "write")


@pytest.fixture(scope="module")
def other(server):
    return add_client(server, "other")


def assert_error(answer, error: str, status: int = 400) -> None:
    assert answer.status == status, answer
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(answer.json) == {"error", "error_description"}
    assert answer.json["error"] == error, answer
    assert DESCRIPTION.fullmatch(answer.json["error_description"]), answer
    assert (error == "invalid_client") == ("WWW-Authenticate" in answer.headers)


def token(server, fields, client=None):
    return form(server, "/oauth/token", fields, client)


def refresh(server, tokens, client=None, **fields):
    return token(server, {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **fields}, client)


# Clients.


def test_a_secret_is_stored_hashed_and_the_two_newest_are_valid(make_server):
    server = make_server()
    first = add_client(server, "app")
    assert first.secret.startswith("hc1_")
    secrets = [first.secret]
    for _ in range(2):
        secrets.append(json.loads(server.command("client", "rotate-secret", "app", "--json"))["client_secret"])
    works = [
        token(server, {"grant_type": "client_credentials"}, Client("app", secret)).status == 200 for secret in secrets]
    assert works == [False, True, True]
    for file in server.data.iterdir():
        assert not any(secret.encode() in file.read_bytes() for secret in secrets)
    listed = json.loads(server.command("client", "list", "--json"))
    assert listed[0]["client_id"] == "app" and listed[0]["confidential"] and listed[0]["secrets"] == 2
    assert not any(secret in json.dumps(listed) for secret in secrets)


def test_taken_and_malformed_client_ids_are_refused(make_server):
    server = make_server()
    add_client(server, "app")
    for name in ("app", "web", "", "a b", "a:b", "ä", "x" * 65):
        assert server.cli("client", "add", name).returncode == 1, name
    for command in (["rotate-secret", "web"], ["rotate-secret", "none"], ["remove", "web"], ["remove", "none"]):
        assert server.cli("client", *command).returncode == 1, command


def test_a_session_of_a_confidential_client_needs_its_secret(server, app, other, user):
    answer = server.try_login(user, client_id="app")
    assert answer.status == 401 and answer.headers["WWW-Authenticate"].startswith("Basic "), answer
    tokens = server.login(user, client_id="app", headers={"Authorization": app.basic})
    assert claims(tokens["access_token"])["client_id"] == "app"
    body = {"refresh_token": tokens["refresh_token"]}
    assert_problem(server.post("/v1/refresh", body), "invalid_token")
    assert_problem(server.post("/v1/refresh", {**body, "client_id": "app"}), "invalid_token")
    assert_problem(server.post("/v1/refresh", body, headers={"Authorization": other.basic}), "invalid_token")
    wrong = server.post("/v1/refresh", body, headers={"Authorization": Client("app", other.secret).basic})
    assert wrong.status == 401 and wrong.json["code"] == "invalid_credentials", wrong
    both = server.post("/v1/refresh", {**body, "client_id": "web"}, headers={"Authorization": app.basic})
    assert_problem(both, "invalid_request")
    # The session is still live.
    assert server.post("/v1/refresh", body, headers={"Authorization": app.basic}).status == 200
    # One a session and minute.
    assert server.events(tokens["session_id"]).count("client_mismatch") == 1


def test_a_removed_client_ends_all_its_sessions(make_server):
    server = make_server()
    app = add_back_end(server, "app")
    tokens = vouch(server, app, "carl", client_id="app")
    own = token(server, {"grant_type": "client_credentials"}, app).json
    public = add_client(server, "public", confidential=False)
    mine = server.login(client_id=public.name)
    asker = add_client(server, "asker")

    def is_active(access: str) -> bool:
        return form(server, "/oauth/introspect", {"token": access}, asker).json["active"]

    held = [tokens["access_token"], own["access_token"], mine["access_token"]]
    assert [is_active(access) for access in held] == [True] * 3
    for client in (app, public):
        server.command("client", "remove", client.name)
    assert [is_active(access) for access in held] == [False] * 3
    assert_error(form(server, "/oauth/introspect", {"token": held[0]}, app), "invalid_client", 401)
    assert_problem(server.session(tokens["access_token"]), "session_revoked")
    assert_problem(server.get("/v1/verify", bearer=own["access_token"]), "session_revoked")
    assert_problem(server.refresh(mine["refresh_token"]), "session_revoked")


# The token endpoint.


def test_the_refresh_grant_rotates_and_detects_a_reuse(server, app):
    first = vouch(server, app, "carl", scope="read write")
    answer = refresh(server, first, app)
    assert answer.status == 200, answer
    assert answer.headers["Cache-Control"] == "no-store"
    second = answer.json
    assert set(second) == {"access_token", "token_type", "expires_in", "refresh_token", "scope"}
    assert second["token_type"] == "Bearer" and second["scope"] == "read write"
    assert refresh(server, first, app).json["refresh_token"] == second["refresh_token"]
    third = refresh(server, second, app).json
    assert_error(refresh(server, first, app), "invalid_grant")
    assert_error(refresh(server, third, app), "invalid_grant")
    assert "reuse_detected" in server.events(first["session_id"])


def test_a_public_client_identifies_itself_by_its_id(server, user):
    tokens = server.login(user)
    assert_error(refresh(server, tokens, client_id="nobody"), "invalid_client", 401)
    assert_error(refresh(server, tokens, client_id="web", client_secret="x"), "invalid_client", 401)
    assert refresh(server, tokens, client_id="web").status == 200


def test_a_narrower_scope_applies_to_one_access_token_only(server, app):
    first = vouch(server, app, "carl", scope="read write")
    assert_error(refresh(server, first, app, scope="read admin"), "invalid_scope")
    assert_error(refresh(server, first, app, scope='re"ad'), "invalid_scope")
    narrow = refresh(server, first, app, scope="read").json
    assert narrow["scope"] == claims(narrow["access_token"])["scope"] == "read"
    wide = refresh(server, narrow, app).json
    assert wide["scope"] == claims(wide["access_token"])["scope"] == "read write"
    assert server.events(first["session_id"]) == ["login"]


def test_the_client_credentials_grant_gives_an_access_token_of_the_client(server, app, other):
    answer = token(server, {"grant_type": "client_credentials"}, app)
    assert answer.status == 200 and set(answer.json) == {"access_token", "token_type", "expires_in", "scope"}
    decoded = claims(answer.json["access_token"])
    assert decoded["sub"] == "client:app" and decoded["client_id"] == "app" and decoded["scope"] == "read write"
    assert not {"sid", "auth_time", "amr", "nbf"} & set(decoded)
    answer = token(server, {"grant_type": "client_credentials", "scope": "read"}, app)
    assert answer.json["scope"] == "read"
    assert_error(token(server, {"grant_type": "client_credentials", "scope": "admin"}, app), "invalid_scope")
    assert_error(token(server, {"grant_type": "client_credentials", "client_id": "web"}), "unauthorized_client")
    # The token belongs to no session.
    own = token(server, {"grant_type": "client_credentials"}, other).json["access_token"]
    assert "scope" not in claims(own)
    for path in ("/v1/session", "/v1/sessions"):
        assert_problem(server.get(path, bearer=own), "invalid_token")
    assert_problem(server.post("/v1/logout-all", bearer=own), "invalid_token")
    assert server.post("/v1/logout", bearer=own).status == 204
    assert server.get("/v1/verify", bearer=own).headers["X-Auth-Subject"] == "client:other"


@pytest.mark.parametrize("fields, error", [
    ("", "invalid_client"),
    ("client_id=web", "invalid_request"),
    ("client_id=web&grant_type=", "invalid_request"),
    ("client_id=web&grant_type=refresh_token", "invalid_request"),
    ("client_id=web&grant_type=refresh_token&refresh_token=", "invalid_request"),
    ("client_id=web&grant_type=refresh_token&refresh_token=hr1_x", "invalid_grant"),
    ("client_id=web&grant_type=refresh_token&grant_type=refresh_token", "invalid_request"),
    ("client_id=web&unknown=1&unknown=2&grant_type=refresh_token", "invalid_request"),
    ("client_id=web&unknown=1&grant_type=refresh_token&refresh_token=x", "invalid_grant"),
    ("client_id=web&grant_type=%zz", "invalid_request"),
    ("client_id=web&grant_type=%F", "invalid_request"),
    ("client_id=web&grant_type=%ff%fe", "invalid_request"),
    ("client_id=web&grant_type=password&username=ada&password=" + quote(PASSWORD), "unsupported_grant_type"),
    ("client_id=web&grant_type=authorization_code", "unsupported_grant_type"),
    ("client_id=web&grant_type=Refresh_Token", "unsupported_grant_type"),
    ("client_id=web&grant_type=\u201cquoted\u201d%22%5C%00", "unsupported_grant_type"),
    ("&".join(f"a{index}=1" for index in range(100)), "invalid_request"),
])
def test_each_malformed_token_request_has_its_error_code(server, fields, error):
    assert_error(token(server, fields), error, 401 if error == "invalid_client" else 400)


def test_the_endpoints_accept_only_forms_by_post(server, app):
    for path in ("/oauth/token", "/oauth/revoke", "/oauth/introspect"):
        answer = server.get(path)
        assert answer.status == 405 and answer.headers["Allow"] == "POST"
        assert answer.json["error"] == "invalid_request"
        answer = server.post(path, {"grant_type": "client_credentials"}, headers={"Authorization": app.basic})
        assert answer.status == 415 and answer.json["error"] == "invalid_request"
        answer = form(server, path, "a=" + "x" * 20_000, app)
        assert answer.status == 413 and answer.json["error"] == "invalid_request"


def test_a_client_authenticates_in_exactly_one_way(server, app):
    grant = {"grant_type": "client_credentials"}
    post = {**grant, "client_id": "app", "client_secret": app.secret}
    assert token(server, post).status == 200
    assert token(server, {**grant, "client_id": "app"}, app).status == 200
    assert_error(token(server, post, app), "invalid_request")
    assert_error(token(server, {**grant, "client_id": "other"}, app), "invalid_request")
    for name, secret in (("app", "x"), ("nobody", app.secret), ("", ""), ("web", ""), ("app", "")):
        assert_error(token(server, grant, Client(name, secret)), "invalid_client", 401)
    for header in ("Basic", "Basic !!", "Basic YXBw", "basic " + app.basic[6:] + "x"):
        answer = server.post("/oauth/token", "grant_type=client_credentials", headers={
            "Authorization": header, "Content-Type": "application/x-www-form-urlencoded"})
        assert_error(answer, "invalid_client", 401)
    # The pair is form-encoded first, so every character may be percent-encoded.
    encoded = "".join(f"%{ord(c):02x}" for c in "app") + ":" + "".join(f"%{ord(c):02X}" for c in app.secret)
    answer = server.post("/oauth/token", "grant_type=client_credentials", headers={
        "Authorization": "bASIC " + base64.b64encode(encoded.encode()).decode(),
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"})
    assert answer.status == 200, answer


# Revocation.


@pytest.mark.parametrize("kind", ["refresh_token", "access_token"])
@pytest.mark.parametrize("hint", [None, "refresh_token", "access_token", "nonsense"])
def test_revocation_of_either_token_ends_the_session_whatever_the_hint(server, app, kind, hint):
    tokens = vouch(server, app, "carl")
    fields = {"token": tokens[kind], **({"token_type_hint": hint} if hint else {})}
    assert form(server, "/oauth/revoke", fields, app).status == 200
    assert_problem(server.session(tokens["access_token"]), "session_revoked")
    assert form(server, "/oauth/revoke", fields, app).status == 200


def test_only_the_client_of_a_token_may_revoke_it(server, app, other, user):
    tokens = vouch(server, app, "carl")
    for kind in ("refresh_token", "access_token"):
        assert_error(form(server, "/oauth/revoke", {"token": tokens[kind]}, other), "invalid_grant")
        assert_error(form(server, "/oauth/revoke", {"token": tokens[kind], "client_id": "web"}), "invalid_grant")
        assert_error(form(server, "/oauth/revoke", {"token": tokens[kind]}), "invalid_client", 401)
    assert server.session(tokens["access_token"]).status == 200
    for unknown in ("x", "hr1_x", "ha1_x", "a.b.c"):
        assert form(server, "/oauth/revoke", {"token": unknown}, app).status == 200
    assert_error(form(server, "/oauth/revoke", {}, app), "invalid_request")
    mine = server.login(user)
    assert form(server, "/oauth/revoke", {"token": mine["refresh_token"], "client_id": "web"}).status == 200
    server.assert_ended(mine)
    own = token(server, {"grant_type": "client_credentials"}, app).json["access_token"]
    assert_error(form(server, "/oauth/revoke", {"token": own}, app), "unsupported_token_type")


# Introspection.


def introspect(server, token, client):
    answer = form(server, "/oauth/introspect", {"token": token}, client)
    assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store", answer
    return answer.json


def test_introspection_shows_an_access_token_while_its_session_is_live(server, app, other):
    tokens = vouch(server, app, "carl", scope="read", amr=["pwd", "otp"], auth_time=1_700_000_000)
    decoded = claims(tokens["access_token"])
    shown = introspect(server, tokens["access_token"], other)
    assert shown == {"active": True, "token_type": "Bearer", **decoded, "aud": [decoded["aud"]]}
    server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]})
    assert introspect(server, tokens["access_token"], other) == {"active": False}


def test_introspection_shows_a_refresh_token_to_its_client_only(server, app, other):
    tokens = vouch(server, app, "carl", scope="read")
    shown = introspect(server, tokens["refresh_token"], app)
    assert shown["active"] and shown["sub"] == "carl" and shown["sid"] == tokens["session_id"]
    assert "token_type" not in shown
    assert introspect(server, tokens["refresh_token"], other) == {"active": False}
    newer = refresh(server, refresh(server, tokens, app).json, app).json
    assert introspect(server, tokens["refresh_token"], app) == {"active": False}
    # Introspection of a replayed token ends nothing.
    assert introspect(server, newer["refresh_token"], app)["active"]


def test_only_confidential_clients_introspect(server, app):
    access = server.login()["access_token"]
    assert_error(form(server, "/oauth/introspect", {"token": access}), "invalid_client", 401)
    assert_error(form(server, "/oauth/introspect", {"token": access, "client_id": "web"}), "invalid_client", 401)
    assert_error(form(server, "/oauth/introspect", {}, app), "invalid_request")
    for unknown in ("x", "hr1_x", "ha1_x", "a.b.c", "." * 9000):
        assert introspect(server, unknown, app) == {"active": False}


# A request that names no client.


def test_a_refresh_of_a_public_clients_session_needs_no_client_id(server, app, user):
    tokens = server.login(user, scope="read write")
    for fields in ({}, {"client_id": ""}, {"scope": "read"}):
        answer = refresh(server, tokens, **fields)
        assert answer.status == 200, answer
        tokens = answer.json
    assert_error(refresh(server, tokens, scope="admin"), "invalid_scope")
    # The session of a confidential client needs the client, and lives on.
    confidential = vouch(server, app, "carl")
    assert_error(refresh(server, confidential), "invalid_grant")
    assert refresh(server, confidential, app).status == 200
    # A secret without a name is a mistake.
    assert_error(refresh(server, tokens, client_secret="x"), "invalid_client", 401)
    assert refresh(server, tokens).status == 200


@pytest.mark.parametrize("path, fields", [
    ("/oauth/token", {"grant_type": "client_credentials"}), ("/oauth/token", {"grant_type": "password"}),
    ("/oauth/token", {"grant_type": "refresh_token", "refresh_token": "x", "client_secret": "x"}),
    ("/oauth/revoke", {"token": "x"}), ("/oauth/introspect", {"token": "x"}),
])
def test_a_missing_client_id_is_called_missing(server, path, fields):
    answer = form(server, path, fields)
    assert_error(answer, "invalid_client", 401)
    assert "client_id is missing" in answer.json["error_description"]


# Metadata.


def test_the_metadata_names_the_endpoints_and_grants(make_server):
    server = make_server({"issuer": "https://id.example/tenant"})
    answer = server.get("/.well-known/oauth-authorization-server/tenant")
    assert answer.status == 200 and answer.headers["Content-Type"] == "application/json"
    metadata = answer.json
    assert metadata["issuer"] == "https://id.example/tenant"
    assert metadata["token_endpoint"] == "https://id.example/tenant/oauth/token"
    assert metadata["response_types_supported"] == ["none"]
    assert set(metadata["grant_types_supported"]) == {"refresh_token", "client_credentials"}
    assert "authorization_endpoint" not in metadata
    etag = answer.headers["ETag"]
    again = server.get("/.well-known/oauth-authorization-server/tenant", headers={"If-None-Match": etag})
    assert again.status == 304 and again.body == b""
    server = make_server(name="plain")
    metadata = server.get("/.well-known/oauth-authorization-server", headers={"Host": "evil.example"}).json
    assert metadata["jwks_uri"] == "http://localhost:8080/.well-known/jwks.json"


@pytest.mark.parametrize("issuer, path", [
    ("https://id.example", ""), ("https://id.example/", ""), ("https://id.example/a", "/a"),
    ("https://id.example/a/", "/a"), ("https://id.example/a/b/", "/a/b"),
])
def test_the_metadata_is_found_with_and_without_a_slash_and_by_openid_clients(make_server, issuer, path):
    server = make_server({"issuer": issuer}, user=False)
    expected = server.get(f"/.well-known/oauth-authorization-server{path}")
    assert expected.status == 200 and expected.json["issuer"] == issuer
    openid = "/.well-known/openid-configuration"
    for known in (openid + path, path + openid):
        answer = server.get(known)
        assert (answer.status, answer.body) == (200, expected.body), known
        assert answer.headers["ETag"] == expected.headers["ETag"]


# Trusted back-ends.


def test_a_back_end_opens_sessions_for_subjects_that_it_has_authenticated(server, app, user):
    tokens = vouch(
        server, app, "carl@example.com", scope="read", device="Carl's phone", amr=["pwd"], auth_time=1_700_000_000)
    decoded = claims(tokens["access_token"])
    assert (decoded["sub"], decoded["client_id"], decoded["amr"], decoded["auth_time"]) == (
        "carl@example.com", "app", ["pwd"], 1_700_000_000)
    assert server.session(tokens["access_token"]).json["device"] == "Carl's phone"
    assert claims(vouch(server, app, "carl@example.com", client_id="web")["access_token"])["client_id"] == "web"
    assert claims(vouch(server, app, "carl@example.com")["access_token"])["amr"] == ["fed"]
    # The subject may be a user of this service, unless disabled.
    subject = server.login(user)["subject"]
    vouch(server, app, subject)
    server.command("user", "disable", user)
    answer = server.post("/v1/sessions", {"subject": subject}, headers={"Authorization": app.basic})
    assert answer.status == 401 and answer.json["code"] == "invalid_credentials"


@pytest.mark.parametrize("members", [
    {}, {"subject": ""}, {"subject": 1}, {"subject": "client:app"}, {"subject": "a b"}, {"subject": "a\nb"},
    {"subject": "\u00e4"}, {"subject": "x" * 256}, {"subject": "a", "client_id": "nobody"},
    {"subject": "a", "scope": "admin"}, {"subject": "a", "amr": "pwd"}, {"subject": "a", "amr": [""]},
    {"subject": "a", "amr": ["a b"]}, {"subject": "a", "auth_time": -1}, {"subject": "a", "auth_time": 99999999999},
    {"subject": "a", "auth_time": "1"},
])
def test_a_malformed_request_of_a_back_end_is_refused(server, app, members):
    answer = server.post("/v1/sessions", members, headers={"Authorization": app.basic})
    assert_problem(answer, "invalid_request")


def test_only_confidential_clients_open_sessions_for_subjects(server, user):
    tokens = server.login(user)
    for options in ({}, {"bearer": tokens["access_token"]}, {"headers": {"Authorization": "Basic d2ViOg=="}}):
        answer = server.post("/v1/sessions", {"subject": "carl"}, **options)
        assert answer.status == 401 and answer.json["code"] == "invalid_credentials", answer
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
