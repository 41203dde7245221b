"""A provider ends sessions: OpenID Connect Back-Channel Logout, and security events that it pushes (RFC 8935)."""

from __future__ import annotations

import secrets
import uuid
from urllib.parse import urlencode

import pytest

from harness import add_client, claims, together
from harness.admin import Admin
from harness.federation import (
    CLIENT, SECRET, Case, HMACKey, Provider, Reply, Visitor, compact, later, nested, rsa_key)

BACKCHANNEL = "http://schemas.openid.net/event/backchannel-logout"
RISC, CAEP, OAUTH = (
    f"https://schemas.openid.net/secevent/{family}/event-type/" for family in ("risc", "caep", "oauth"))
FORM = {"Content-Type": "application/x-www-form-urlencoded"}




CASES = {"op": Case(), "other": Case(), "deaf": Case(settings={"backchannelLogout": False}),
         "dead": Case(replies={"keys": Reply(b"{}", 500)})}


@pytest.fixture(scope="module")
def provider():
    provider = Provider(CASES)
    issuer = provider["op"]
    issuer.case.settings["events"] = {"issuer": issuer.url, "jwksUri": issuer.url + "/keys"}
    yield provider
    provider.end()


@pytest.fixture(scope="module")
def server(make_shared_server, provider, tmp_path_factory):
    return make_shared_server({"federation": provider.settings(tmp_path_factory.mktemp("federation") / "secret")})


@pytest.fixture
def issuer(provider):
    """The provider, with a person whom nobody has seen before."""
    issuer = provider["op"]
    issuer.subject, issuer.sid = f"person {uuid.uuid4()}", f"session {uuid.uuid4()}"
    return issuer


@pytest.fixture
def visitor(server, provider, issuer):
    return signed_in(server, provider)


def signed_in(server, provider, name: str = "op") -> Visitor:
    visitor = Visitor(server, provider)
    assert visitor.sign_in(name).status == 303
    return visitor


def logout(server, token: str, name: str = "op", **options):
    return server.post(f"/login/{name}/backchannel-logout", urlencode({"logout_token": token}), headers=FORM, **options)


def soon(issuer, **changes) -> str:
    """A logout token that is later than the sessions that were just opened."""
    return issuer.logout_token(**{"iat": later(1)(None), **changes})


def assert_invalid(answer) -> None:
    assert answer.status == 400 and answer.json == {"error": "invalid_request"}, answer
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_logout_at_the_provider_ends_the_session(server, visitor, issuer):
    session = visitor.session
    answer = logout(server, soon(issuer))
    assert answer.status == 200 and answer.body == b"" and answer.headers["Cache-Control"] == "no-store", answer
    assert not visitor.is_signed_in()
    events = Admin(server).get_json(f"/admin/v1/events?subject={session['subject']}")["events"]
    event = next(event for event in events if event["kind"] == "upstream_logout")
    assert event["session_id"] == session["session_id"] and event["detail"] == "op"
    reasons = server.query("SELECT end_reason FROM sessions WHERE end_reason = 'upstream_logout'")
    assert reasons


def test_a_sid_ends_the_sessions_of_that_session_alone(server, provider, issuer):
    first = signed_in(server, provider)
    one = issuer.sid
    same = signed_in(server, provider)
    issuer.sid = "another"
    other = signed_in(server, provider)
    assert logout(server, soon(issuer, sid=one, sub=None)).status == 200
    assert [person.is_signed_in() for person in (first, same, other)] == [False, False, True]


def test_a_sub_alone_ends_all_sessions_that_this_identity_opened(server, provider, issuer):
    people = []
    for number in range(3):
        issuer.sid = f"session {number}" if number else None
        people.append(signed_in(server, provider))
    stranger = issuer.subject
    issuer.subject = "somebody else"
    other = signed_in(server, provider)
    assert logout(server, soon(issuer, sub=stranger, sid=None)).status == 200
    assert [person.is_signed_in() for person in people] == [False] * 3 and other.is_signed_in()


def test_a_session_that_was_opened_later_stays(server, provider, issuer, visitor):
    assert logout(server, issuer.logout_token(iat=later(-30)(None))).status == 200
    assert visitor.is_signed_in()


def test_an_unknown_session_is_no_error(server, issuer):
    assert logout(server, soon(issuer, sid="nobody's", sub=None)).status == 200
    assert logout(server, soon(issuer, sub="nobody", sid=None)).status == 200


def test_a_logout_token_works_once(server, provider, issuer, visitor):
    token = soon(issuer)
    answers = together(*[lambda: logout(server, token) for _ in range(8)])
    assert sorted(answer.status for answer in answers) == [200] + [400] * 7
    assert_invalid(logout(server, token))


def test_a_logout_of_another_provider_has_no_effect(server, provider, visitor, issuer):
    provider["other"].subject, provider["other"].sid = issuer.subject, issuer.sid
    assert logout(server, soon(provider["other"]), "other").status == 200
    assert_invalid(logout(server, soon(issuer), "other"))
    assert visitor.is_signed_in()


ACCEPTED = {
    "no type": {"header": {"alg": "RS256", "kid": "one"}},
    "type JWT": {"header": {"alg": "RS256", "kid": "one", "typ": "JWT"}},
    "no expiry": {"exp": None}, "many audiences": {"aud": [CLIENT, "another"]},
    "sid alone": {"sub": None},
    "another event too": {"events": {BACKCHANNEL: {}, "https://example/other": {}}},
    "members in the event": {"events": {BACKCHANNEL: {"a": 1}}},
}
REFUSED = {
    "wrong issuer": {"iss": "https://evil.example"}, "no issuer": {"iss": None}, "number issuer": {"iss": 7},
    "wrong audience": {"aud": "another"}, "no audience": {"aud": None}, "empty audience": {"aud": []},
    "no event": {"events": None}, "wrong event": {"events": {"https://example/other": {}}},
    "empty events": {"events": {}},
    "event is a text": {"events": {BACKCHANNEL: ""}}, "event is null": {"events": {BACKCHANNEL: None}},
    "events is a list": {"events": [BACKCHANNEL]}, "with nonce": {"nonce": "x"},
    "no time": {"iat": None}, "too old": {"iat": later(-700)(None)}, "from the future": {"iat": later(700)(None)},
    "text time": {"iat": "now"}, "expired": {"exp": later(-700)(None)}, "text expiry": {"exp": "x"},
    "no id": {"jti": None}, "empty id": {"jti": ""}, "number id": {"jti": 7}, "long id": {"jti": "j" * 600},
    "neither sid nor sub": {"sid": None, "sub": None}, "number sid": {"sid": 7}, "number sub": {"sub": 7},
    "empty sid": {"sid": ""}, "empty sub": {"sub": "", "sid": None},
    "alg none": {"header": {"alg": "none"}}, "wrong alg": {"header": {"alg": "RS512", "kid": "one"}},
    "type access": {"header": {"alg": "RS256", "kid": "one", "typ": "at+jwt"}},
    "type event": {"header": {"alg": "RS256", "kid": "one", "typ": "secevent+jwt"}},
    "critical": {"header": {"alg": "RS256", "kid": "one", "crit": ["exp"]}},
    "unknown key": {"header": {"alg": "RS256", "kid": "nobody"}},
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_a_logout_token_may_be_is_accepted(server, visitor, issuer, case):
    assert logout(server, soon(issuer, **ACCEPTED[case])).status == 200
    assert not visitor.is_signed_in()


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_logout_token_is_refused_and_the_session_lives(server, visitor, issuer, case):
    changes = REFUSED[case]
    assert_invalid(logout(server, issuer.logout_token(**{"iat": later(1)(None), **changes})))
    assert visitor.is_signed_in()


def test_a_forged_logout_token_is_refused(server, visitor, issuer):
    honest = claims(soon(issuer))
    header = {"alg": "RS256", "kid": "one", "typ": "logout+jwt"}
    id_token = compact({**header, "typ": "JWT"}, {**issuer.claims(), "nonce": "n"}, issuer.signing)
    for token in (
        compact(header, honest, rsa_key("two")), compact({**header, "alg": "HS256"}, honest, HMACKey(SECRET.encode())),
        compact(header, nested(500)(honest), issuer.signing), id_token, "x", "a.b.c", "e30.e30.", "x" * 9000,
    ):
        assert_invalid(logout(server, token))
    assert visitor.is_signed_in()


@pytest.mark.parametrize("body, media_type", [
    ("", "application/x-www-form-urlencoded"), ("logout_token=", "application/x-www-form-urlencoded"),
    ("logout_token=a&logout_token=b", "application/x-www-form-urlencoded"),
    ("logout_token={}&state=x", "application/x-www-form-urlencoded"), ("token={}", "application/x-www-form-urlencoded"),
    ('{{"logout_token":"{}"}}', "application/json"), ("logout_token={}", "text/plain"),
    ("logout_token=" + "x" * 20_000, "application/x-www-form-urlencoded"),
])
def test_a_logout_request_has_exactly_one_parameter(server, visitor, issuer, body, media_type):
    body = body.replace("{}", soon(issuer)).replace("{{", "{").replace("}}", "}")
    assert_invalid(server.post("/login/op/backchannel-logout", body, headers={"Content-Type": media_type}))
    assert visitor.is_signed_in()


def test_a_provider_may_be_configured_not_to_end_sessions(server, provider):
    visitor = signed_in(server, provider, "deaf")
    assert logout(server, soon(provider["deaf"]), "deaf").status == 404
    assert visitor.is_signed_in()


def test_keys_that_cannot_be_had_are_503(server, provider):
    answer = logout(server, soon(provider["dead"]), "dead")
    assert answer.status == 503 and answer.headers["Retry-After"], answer


def test_a_wrong_issuer_is_refused_before_any_key_is_fetched(make_server, provider, tmp_path):
    server = make_server({"federation": provider.settings(tmp_path / "secret")})
    before = provider["other"].requests["keys"]
    assert_invalid(logout(server, provider["other"].logout_token(iss="https://evil.example"), "other"))
    assert_invalid(logout(server, "e30.e30.AA", "other"))
    assert provider["other"].requests["keys"] == before


# Security events.

def event_token(issuer, kind: str, event: dict | None = None, header: dict | None = None, **changes) -> str:
    claims = {
        "iss": issuer.url, "aud": CLIENT, "iat": later(1)(None), "jti": secrets.token_urlsafe(12),
        "events": {kind: {"subject": {"subject_type": "iss-sub", "iss": issuer.url, "sub": issuer.subject},
                          **(event or {})}}, **changes}
    header = header or {"alg": "RS256", "kid": "one", "typ": "secevent+jwt"}
    return compact(header, {name: value for name, value in claims.items() if value is not None}, issuer.signing)


def push(server, token: str, name: str = "op", media_type: str = "application/secevent+jwt"):
    return server.post(
        f"/login/{name}/events", token, headers={"Content-Type": media_type, "Accept": "application/json"})




ENDING = [
    (RISC + "account-disabled", {}), (RISC + "account-disabled", {"reason": "hijacking"}),
    (RISC + "account-purged", {}),
    (RISC + "sessions-revoked", {}), (RISC + "credential-compromise", {"credential_type": "password"}),
    (OAUTH + "tokens-revoked", {}), (CAEP + "session-revoked", {}),
    (CAEP + "credential-change", {"credential_type": "password", "change_type": "update"}),
    (CAEP + "credential-change", {"credential_type": "password", "change_type": "revoke"}),
    (CAEP + "credential-change", {"credential_type": "password", "change_type": "delete"}),
]
HARMLESS = [
    (RISC + "verification", {"state": "x"}), ("https://example/unknown", {}), (RISC + "account-enabled", {}),
    (CAEP + "credential-change", {"credential_type": "password", "change_type": "create"}),
    (CAEP + "credential-change", {"credential_type": "fido2-platform", "change_type": "update"}),
    (RISC + "identifier-changed", {}),
]


@pytest.mark.parametrize("kind, event", ENDING)
def test_an_event_of_a_compromised_account_ends_its_sessions(server, visitor, issuer, kind, event):
    answer = push(server, event_token(issuer, kind, event))
    assert (answer.status, answer.body) == (202, b""), answer
    assert not visitor.is_signed_in()


@pytest.mark.parametrize("kind, event", HARMLESS)
def test_other_events_are_accepted_and_change_nothing(server, visitor, issuer, kind, event):
    assert push(server, event_token(issuer, kind, event)).status == 202
    assert visitor.is_signed_in()


def test_an_event_concerns_sessions_that_were_opened_before_it(server, visitor, issuer):
    assert push(server, event_token(issuer, RISC + "sessions-revoked", iat=later(-60)(None))).status == 202
    assert visitor.is_signed_in()


def test_an_event_of_somebody_else_ends_nothing(server, visitor, issuer):
    subject = {"subject_type": "iss-sub", "iss": issuer.url, "sub": "somebody else"}
    assert push(server, event_token(issuer, RISC + "sessions-revoked", {"subject": subject})).status == 202
    assert visitor.is_signed_in()


@pytest.mark.parametrize("code, changes", [
    ("invalid_issuer", {"iss": "https://evil.example"}), ("invalid_audience", {"aud": "another"}),
    ("invalid_request", {"jti": None}), ("invalid_request", {"events": None}), ("invalid_request", {"events": {}}),
    ("invalid_request", {"iat": None}),
    ("invalid_key", {"header": {"alg": "RS256", "kid": "no", "typ": "secevent+jwt"}}),
    ("invalid_request", {"header": {"alg": "RS256", "kid": "one", "typ": "at+jwt"}}),
])
def test_a_wrong_event_token_is_refused_as_rfc_8935_says(server, visitor, issuer, code, changes):
    answer = push(server, event_token(issuer, RISC + "sessions-revoked", **changes))
    assert answer.status == 400 and answer.headers["Content-Type"] == "application/json", answer
    assert answer.json["err"] == code and answer.json["description"] and answer.headers["Content-Language"]
    assert visitor.is_signed_in()


def test_a_forged_event_token_is_refused(server, visitor, issuer):
    honest = claims(event_token(issuer, RISC + "sessions-revoked"))
    forged = compact({"alg": "RS256", "kid": "one", "typ": "secevent+jwt"}, honest, rsa_key("two"))
    assert push(server, forged).json["err"] == "invalid_key"
    for body in ("", "x", "a.b.c"):
        assert push(server, body).json["err"] == "invalid_request"
    token = event_token(issuer, RISC + "sessions-revoked")
    assert push(server, token, media_type="application/json").status == 400
    assert push(server, token, "other").status == 404
    assert visitor.is_signed_in()


def test_an_event_that_is_delivered_again_changes_nothing_more(server, visitor, issuer):
    token = event_token(issuer, RISC + "sessions-revoked")
    assert push(server, token).status == 202
    ended = server.query("SELECT count(*) FROM events WHERE kind = 'upstream_logout'")
    # The provider did not get the first answer (RFC 8935 §2.2).
    assert push(server, token).status == 202
    assert server.query("SELECT count(*) FROM events WHERE kind = 'upstream_logout'") == ended


def test_a_logout_reaches_the_feed(server, visitor, issuer):
    reader = add_client(server, f"reader-{uuid.uuid4()}"[:20])
    session = visitor.session["session_id"]
    assert logout(server, soon(issuer)).status == 200
    feed = server.get("/v1/revocations?after=0", headers={"Authorization": reader.basic})
    assert any(entry["id"] == session for entry in feed.json["revocations"])
