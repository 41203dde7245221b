"""A login with an ID token that an application got from the provider's own kit."""

from __future__ import annotations

import hashlib
import secrets
import uuid

import pytest

from harness import TOKEN_MEMBERS, add_client, assert_problem, claims, together
from harness.federation import (
    CLIENT, SECRET, Case, HMACKey, Provider, Reply, assert_only_clears_attempts, compact, having, later, rsa_key,
    without)

APP = "com.example.app"
NATIVE = {"audiences": [APP, "com.example.other"]}
CASES = {
    "native": Case(settings=NATIVE),
    "equal": Case(settings={**NATIVE, "nonceHash": "none"}),
    "off": Case(),
    "known": Case(settings={**NATIVE, "signUp": "known"}),
    "domain": Case(settings={**NATIVE, "require": {"hd": ["example.com"]}}),
    "dead": Case(settings=NATIVE, replies={"keys": Reply(b"{}", 500)}),
    "undiscovered": Case(settings=NATIVE, replies={"discovery": Reply(b"{}", 503)}),
}


@pytest.fixture(scope="module")
def provider():
    provider = Provider(CASES)
    yield provider
    provider.end()


@pytest.fixture(scope="module")
def server(make_shared_server, provider, tmp_path_factory):
    return make_shared_server({"federation": provider.settings(tmp_path_factory.mktemp("federation") / "secret")})


@pytest.fixture
def person(provider):
    """Somebody whom no provider has seen before."""
    for issuer in provider.issuers.values():
        issuer.subject = f"person {uuid.uuid4()}"


class Kit:
    """What an application gets from a provider's kit, and how it logs in with it."""

    def __init__(self, server, issuer):
        self.server, self.issuer = server, issuer
        self.nonce = secrets.token_urlsafe(16)

    def token(self, change=lambda claims: claims, key=None, header=None) -> str:
        hashed = hashlib.sha256(self.nonce.encode()).hexdigest()
        claims = change({**self.issuer.claims(), "aud": APP, "nonce": hashed})
        header = header or {"alg": "RS256", "kid": "one", "typ": "JWT"}
        return compact(header, claims, key or self.issuer.signing)

    def login(self, token: str, **members):
        return self.server.post("/v1/login", {
            "provider": self.issuer.name, "id_token": token, "nonce": self.nonce, **members},
            headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def kit(server, provider, person):
    return Kit(server, provider["native"])


def test_an_id_token_is_exchanged_for_a_session(kit):
    answer = kit.login(kit.token(), device="Ada's phone", remember=False)
    assert answer.status == 200 and set(answer.json) == TOKEN_MEMBERS, answer
    assert answer.json["refresh_expires_in"] == 43200
    token = claims(answer.json["access_token"])
    assert token["amr"] == ["fed"] and token["sub"] == str(uuid.UUID(answer.json["subject"]))
    assert kit.server.session(answer.json["access_token"]).json["device"] == "Ada's phone"
    kit.server.assert_live(answer.json)
    assert kit.login(Kit(kit.server, kit.issuer).token()).status == 401


def test_the_delivery_may_be_by_cookies(kit):
    answer = kit.login(kit.token(), delivery="cookie")
    assert answer.status == 200 and "csrf_token" in answer.json and "access_token" not in answer.json
    refused = kit.server.post("/v1/login", {
        "provider": "native", "id_token": kit.token(), "nonce": kit.nonce, "delivery": "cookie"})
    assert_problem(refused, "csrf_failed")


def test_the_subject_stays_the_same(kit):
    first = kit.login(kit.token()).json["subject"]
    again = Kit(kit.server, kit.issuer)
    assert again.login(again.token()).json["subject"] == first


def test_an_id_token_works_once(kit):
    token = kit.token()
    answers = together(*[lambda: kit.login(token) for _ in range(8)])
    assert sorted(answer.status for answer in answers) == [200] + [401] * 7
    assert_problem(kit.login(token), "invalid_credentials")


@pytest.mark.parametrize("case, change", {
    "another application": having(aud="com.example.evil"),
    "the client of the browsers, which is not listed": having(aud=CLIENT),
    "a foreign party": having(azp="com.example.evil"),
    "many audiences": having(aud=[APP, "com.example.evil"]),
    "another issuer": having(iss="https://evil.example"),
    "no nonce": without("nonce"),
    "another nonce": having(nonce="0" * 64),
    "a nonce in capitals": having(nonce=lambda value: value.upper()),
    "too old": having(iat=later(-700), exp=later(300)),
    "expired": having(exp=later(-90)),
    "from the future": having(iat=later(120)),
    "no time": without("iat"),
    "no expiry": without("exp"),
    "no person": without("sub"),
    "an empty person": having(sub=""),
}.items())
def test_a_wrong_id_token_is_refused(kit, case, change):
    answer = kit.login(kit.token(change))
    assert_problem(answer, "invalid_credentials")
    assert_only_clears_attempts(answer)


@pytest.mark.parametrize("options", [
    {"key": rsa_key("two")}, {"key": HMACKey(SECRET.encode()), "header": {"alg": "HS256", "kid": "one"}},
    {"header": {"alg": "none"}}, {"header": {"alg": "RS256", "kid": "one", "typ": "at+jwt"}},
    {"header": {"alg": "RS256", "kid": "one", "crit": ["exp"]}},
])
def test_a_forged_id_token_is_refused(kit, options):
    assert_problem(kit.login(kit.token(**options)), "invalid_credentials")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30.", "é.é.é", "." * 3000])
def test_what_is_no_token_is_refused(kit, token):
    answer = kit.login(token)
    assert answer.status in (400, 401), answer


@pytest.mark.parametrize("members", [
    {"nonce": None}, {"nonce": ""}, {"nonce": 7}, {"id_token": None}, {"provider": None}, {"provider": 7},
    {"scope": "admin"}, {"client_id": "nobody"}, {"delivery": "post"}, {"remember": "yes"},
])
def test_a_wrong_member_is_refused_and_the_token_not_used(kit, members):
    token = kit.token()
    answer = kit.login(token, **members)
    assert answer.status in (400, 401), answer
    assert kit.login(token).status == 200


def test_a_provider_without_audiences_takes_no_id_tokens(server, provider, person):
    kit = Kit(server, provider["off"])
    for audience in (APP, CLIENT):
        assert_problem(kit.login(kit.token(having(aud=audience))), "invalid_credentials")
    assert provider["off"].requests["keys"] == 0


def test_an_unknown_provider_is_refused_in_the_same_way(kit):
    token = kit.token()
    for name in ("nobody", "NATIVE", "a" * 40):
        assert_problem(kit.login(token, provider=name), "invalid_credentials")


def test_the_nonce_may_be_equal_where_the_provider_does_not_hash_it(server, provider, person):
    kit = Kit(server, provider["equal"])
    assert_problem(kit.login(kit.token()), "invalid_credentials")
    assert kit.login(kit.token(having(nonce=kit.nonce))).status == 200


def test_an_account_that_may_not_sign_in_gets_the_same_answer(server, provider, person, kit):
    answers = [Kit(server, provider[name]) for name in ("known", "domain")]
    answers = [one.login(one.token()) for one in answers]
    subject = kit.login(kit.token()).json["subject"]
    server.command("user", "disable", subject)
    again = Kit(server, kit.issuer)
    answers += [again.login(again.token()), kit.login("x.y.z")]
    for answer in answers:
        assert_problem(answer, "invalid_credentials")
    assert len({answer.body for answer in answers}) == 1


def test_keys_that_cannot_be_had_are_503(server, provider, person):
    for name in ("dead", "undiscovered"):
        kit = Kit(server, provider[name])
        assert_problem(kit.login(kit.token()), "provider_unavailable")


def test_a_confidential_client_authenticates(kit):
    client = add_client(kit.server, f"native-{uuid.uuid4()}"[:20])
    token = kit.token()
    refused = kit.login(token, client_id=client.name)
    assert refused.status == 401, refused
    answer = kit.server.post(
        "/v1/login", {"provider": "native", "id_token": token, "nonce": kit.nonce},
        headers={"Authorization": client.basic})
    assert answer.status == 200 and claims(answer.json["access_token"])["client_id"] == client.name, answer


def test_too_many_attempts_of_one_address_must_wait(make_server, provider, person, tmp_path):
    server = make_server({
        "federation": provider.settings(tmp_path / "secret"), "loginLimits": {"perAddress": 3, "windowSeconds": 3600}})
    for _ in range(5):
        kit = Kit(server, provider["native"])
        assert kit.login(kit.token()).status == 200
    statuses = [kit.login(kit.token(having(aud="x"))).status for _ in range(4)]
    assert statuses == [401] * 3 + [429]
    assert_problem(kit.login(kit.token()), "too_many_attempts")
