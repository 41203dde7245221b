"""Claims that operators give to subjects and back-ends to sessions, and the limit of sessions per subject."""

from __future__ import annotations

import json

import pytest

from harness import add_back_end, assert_problem, base64url, claims, form, vouch
from harness.admin import Admin
from harness.cookies import Browser, cookies_of

RESERVED = (
    "iss sub aud exp nbf iat jti client_id scope sid auth_time acr amr cnf act may_act active username token_type azp "
    "nonce at_hash events txn toe sub_id").split()
STANDARD = {"iss", "sub", "aud", "client_id", "iat", "exp", "jti", "sid", "auth_time", "amr"}


def added(token: str) -> dict:
    """The claims of a JWT that are not registered ones."""
    return {name: value for name, value in claims(token).items() if name not in STANDARD}


def header(server, token: str) -> str:
    answer = server.get("/v1/verify", bearer=token)
    assert answer.status == 200, answer
    return answer.headers["X-Auth-Claims"]


def encoded(value: dict) -> str:
    return base64url(json.dumps(value, separators=(",", ":")).encode())


@pytest.fixture(scope="module")
def api(server):
    return add_back_end(server, "api")


@pytest.mark.parametrize("kind", ["jwt", "opaque"])
def test_claims_of_the_subject_and_the_session_reach_tokens_and_look_ups(server, kind):
    client = add_back_end(server, f"claims-{kind}", "--access-token-format", kind)
    admin, subject = Admin(server), f"subject of {kind}".replace(" ", "-")
    # Before the first session.
    answer = admin.request("PUT", f"/admin/v1/subjects/{subject}/claims", {"role": "user", "groups": ["a"]})
    assert answer.status == 200 and answer.json == {"subject": subject, "claims": {"role": "user", "groups": ["a"]}}
    tokens = vouch(server, client, subject, claims={"role": "admin", "tenant": {"id": 7}})
    # A back-end does not overrule the operator.
    whole = {"role": "user", "groups": ["a"], "tenant": {"id": 7}}

    def shown(tokens: dict) -> list:
        token = tokens["access_token"]
        introspected = form(server, "/oauth/introspect", {"token": token}, client).json
        assert introspected["active"] is True
        found = [{name: introspected[name] for name in whole if name in introspected}]
        return found + ([added(token)] if kind == "jwt" else [])

    assert all(found == whole for found in shown(tokens)), shown(tokens)
    assert header(server, tokens["access_token"]) == encoded(whole)
    # Look-ups show a change at once, JWTs at the next refresh.
    assert admin.request("PUT", f"/admin/v1/subjects/{subject}/claims", {}).json["claims"] == {}
    assert json.loads(admin.get(f"/admin/v1/subjects/{subject}/claims").body)["claims"] == {}
    now = {"role": "admin", "tenant": {"id": 7}}
    assert header(server, tokens["access_token"]) == encoded(now)
    assert shown(tokens)[0] == now
    answer = server.post(
        "/v1/refresh", {"refresh_token": tokens["refresh_token"]}, headers={"Authorization": client.basic})
    assert all(found == now for found in shown(answer.json))


def test_a_session_without_claims_says_nothing(server, user):
    tokens = server.login(user)
    assert added(tokens["access_token"]) == {} and header(server, tokens["access_token"]) == ""


@pytest.mark.parametrize("wrong", [
    *({name: "x"} for name in RESERVED), {"a": {"b": {"c": {"d": {}}}}}, {"a": "x" * 2048}, [], "x", 1,
    '{"a":1,"a":2}', '{"a":{"b":1,"b":2}}', '{"a":1e999}',
], ids=lambda value: json.dumps(value)[:40])
def test_wrong_claims_are_refused_everywhere(server, api, wrong):
    text = wrong if isinstance(wrong, str) and wrong.startswith("{") else json.dumps(wrong)
    typed = {"Content-Type": "application/json"}
    for path in ("/admin/v1/users/ada/claims", "/admin/v1/subjects/somebody/claims"):
        assert_problem(Admin(server).request("PUT", path, text.encode(), headers=typed), "invalid_request")
    answer = server.post(
        "/v1/sessions", f'{{"subject":"x","claims":{text}}}'.encode(), headers=typed | {"Authorization": api.basic})
    assert_problem(answer, "invalid_request")


def test_administrators_set_claims_of_users_by_command_and_request(make_server):
    server = make_server()
    admin = Admin(server)
    assert server.command("user", "claims", "ada").strip() == "{}"
    server.command("user", "claims", "ada", '{"role": "admin", "tenant": null}')
    assert server.command("user", "claims", "ada").strip() == '{"role":"admin","tenant":null}'
    assert added(server.login()["access_token"]) == {"role": "admin", "tenant": None}
    assert admin.get_json("/admin/v1/users/ada")["claims"] == {"role": "admin", "tenant": None}
    assert server.cli("user", "claims", "ada", '{"sub":"eve"}').returncode == 1
    assert server.cli("user", "claims", "ada", "nonsense").returncode == 1
    assert server.cli("user", "claims", "ada", "--now").returncode == 64
    assert server.cli("user", "claims", "nobody", "{}").returncode == 1
    for text, said in (('{"role": "x"}', "Claims set. "), ("{}", "Claims removed. ")):
        assert server.cli("user", "claims", "ada", text).stderr.startswith(said)
    assert admin.request("PUT", "/admin/v1/users/ada/claims?now=false", {"role": "user"}).status == 200
    assert_problem(admin.request("PUT", "/admin/v1/users/ada/claims?now=1", {}), "invalid_request")
    assert_problem(admin.request("PUT", "/admin/v1/users/nobody/claims", {}), "not_found")
    assert added(server.login()["access_token"]) == {"role": "user"}
    events = admin.get_json("/admin/v1/events")["events"]
    assert [event["kind"] for event in events].count("claims_changed") == 4


def test_claims_that_change_at_once_are_told_to_verifiers(make_server):
    server = make_server()
    api, admin = add_back_end(server, "api"), Admin(server)
    auth = {"Authorization": api.basic}
    tokens = server.login()
    for change in ({"role": "a"}, {"role": "b"}, {}):
        start = server.get("/v1/revocations", headers=auth).json["next"]
        before = tokens
        assert admin.request("PUT", "/admin/v1/users/ada/claims?now=true", change).status == 200
        (entry,) = server.get(f"/v1/revocations?after={start}", headers=auth).json["revocations"]
        assert set(entry) == {"sequence", "kind", "id", "before", "at", "until"}
        assert entry["kind"] == "claims" and entry["id"] == before["subject"]
        assert claims(before["access_token"])["iat"] < entry["before"] <= entry["at"] + 4
        # The session lives on, and here, where sessions are looked up, the token too.
        server.assert_live(before)
        tokens = server.rotate(before["refresh_token"])
        assert claims(tokens["access_token"])["iat"] >= entry["before"] and tokens["expires_in"] == 600
        assert added(tokens["access_token"]) == change
    server.command("user", "claims", "ada", '{"role":"c"}', "--now")
    assert server.get("/v1/revocations", headers=auth).json["revocations"][-1]["kind"] == "claims"


def test_long_claims_do_not_break_a_browsers_cookies(make_server):
    server = make_server()
    long = {"role": "x" * 2000}
    assert Admin(server).request("PUT", "/admin/v1/users/ada/claims", long).status == 200
    back_end = add_back_end(server, "back-end")
    more = {"more": "y" * 2000}
    answer = server.post(
        "/v1/sessions",
        {"subject": server.login()["subject"], "client_id": "web", "delivery": "cookie", "claims": more},
        headers={"Authorization": back_end.basic})
    assert answer.status == 201, answer
    browser = Browser(server)
    browser.jar = {name: value for name, (value, _) in cookies_of(answer).items()}
    assert all(len(name) + len(value) <= 4096 for name, value in browser.jar.items())
    verified = browser.get("/v1/verify")
    assert verified.status == 200 and verified.headers["X-Auth-Claims"] == encoded(long | more)


def test_a_login_beyond_the_limit_ends_the_least_recently_used_session(make_server):
    server = make_server({"refreshToken": {"maxSessionsPerSubject": 2}})
    first, second = server.login(), server.login()
    first = server.rotate(first["refresh_token"])
    third = server.login()
    server.assert_ended(second)
    server.assert_live(first)
    server.assert_live(third)
    events = Admin(server).get_json("/admin/v1/events")["events"]
    assert [event["session_id"] for event in events if event["kind"] == "session_limit"] == [second["session_id"]]


def test_a_configuration_without_the_limit_has_none(make_server):
    server = make_server()
    opened = [server.login() for _ in range(3)]
    assert len(server.get("/v1/sessions", bearer=opened[0]["access_token"]).json["sessions"]) == 3
