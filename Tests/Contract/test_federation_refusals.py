"""A provider that breaks one rule: named cases, among them those of the OpenID Foundation's tests of relying parties.

A refusal leaves no session, no cookie but the cleared attempt, and no request beyond the check that failed.
"""

from __future__ import annotations

import json
import time
from urllib.parse import urlencode

import pytest

from harness.federation import (
    CLIENT, SECRET, Case, HMACKey, Provider, Reply, Visitor, assert_only_clears_attempts, compact, doubled, ec_key,
    ed_key, having, later, nested, rsa_key, without)

EC = {"algorithms": ["ES256"]}


def claims(**changes) -> Case:
    return Case(claims=having(**changes))


def header(**changes) -> Case:
    return Case(header=having(**changes))


def parts(change) -> Case:
    """Changes the parts of the compact token."""
    return Case(token=lambda token: ".".join(change(token.split("."))))


def signed(key, algorithm="RS256", **options) -> Case:
    return Case(key=key, algorithm=algorithm, **options)


def at_token(reply) -> Case:
    return Case(replies={"token": reply})


def at_discovery(**changes) -> Case:
    return Case(metadata=having(**changes))


def big(members: dict) -> dict:
    return {**members, "filler": "x" * 70_000}


def public_keys(*keys, without_kid=False, **changes):
    def change(members: dict) -> dict:
        found = [{**key().jwk, **changes} for key in keys]
        return {"keys": [{k: v for k, v in jwk.items() if not (without_kid and k == "kid")} for jwk in found]}
    return change


def page(members: dict) -> bytes:
    return b"<html>sign in to the network</html>"


HTML = Reply(b"<html></html>", headers={"Content-Type": "text/html"})
ELSEWHERE = {"Location": "http://127.0.0.1:1/elsewhere", "Content-Type": "application/json"}

# The ID token: every claim and header alone. All are 502.
ID_TOKENS = {
    "invalidiss": claims(iss="https://evil.example"),
    "missingiss": Case(claims=without("iss")),
    "issslash": Case(claims=lambda c: {**c, "iss": c["iss"] + "/"}),
    "isscase": Case(claims=lambda c: {**c, "iss": c["iss"].upper()}),
    "isslist": Case(claims=lambda c: {**c, "iss": [c["iss"]]}),
    "issdoubled": Case(claims=doubled("iss", '"https://evil.example"')),
    "missingsub": Case(claims=without("sub")),
    "emptysub": claims(sub=""),
    "numbersub": claims(sub=7),
    "nullsub": claims(sub=None),
    "longsub": claims(sub="s" * 256),
    "unicodesub": claims(sub="é"),
    "controlsub": claims(sub="a\u0000b"),
    "doubledsub": Case(claims=doubled("sub", '"mallory"')),
    "escapedsub": Case(claims=doubled("s\\u0075b", '"mallory"')),
    "invalidaud": claims(aud="another"),
    "missingaud": Case(claims=without("aud")),
    "emptyaud": claims(aud=[]),
    "numberaud": claims(aud=[7]),
    "audprefix": claims(aud=CLIENT + "x"),
    "secondaud": claims(aud=[CLIENT, "another"]),
    "foreignazp": claims(azp="another"),
    "foreignazpwithaud": claims(aud=[CLIENT, "another"], azp="another"),
    "numberazp": claims(azp=7),
    "missingiat": Case(claims=without("iat")),
    "oldiat": claims(iat=later(-700)),
    "futureiat": claims(iat=later(120)),
    "textiat": claims(iat=lambda v: str(v)),
    "hugeiat": claims(iat=1e300),
    "missingexp": Case(claims=without("exp")),
    "expired": claims(exp=later(-90)),
    "textexp": claims(exp=lambda v: str(v)),
    "negativeexp": claims(exp=-1),
    "futurenbf": claims(nbf=later(120)),
    "textnbf": claims(nbf="now"),
    "missingnonce": Case(claims=without("nonce")),
    "invalidnonce": claims(nonce="another"),
    "emptynonce": claims(nonce=""),
    "numbernonce": claims(nonce=1),
    "noncecase": claims(nonce=lambda v: v.swapcase()),
    "invalidathash": claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "numberathash": claims(at_hash=1),
    "missingauthtime": Case(claims=without("auth_time"), settings={"maxAgeSeconds": 60}),
    "oldauthtime": Case(claims=having(auth_time=later(-600)), settings={"maxAgeSeconds": 60}),
    "futureauthtime": Case(claims=having(auth_time=later(600)), settings={"maxAgeSeconds": 60}),
    "numbersid": claims(sid=7),
    "deep": Case(claims=nested(200)),
    "verydeep": Case(claims=nested(15_000)),
    "claimslist": Case(claims=lambda c: b"[]"),
    "claimstext": Case(claims=lambda c: b'"x"'),
    "trailing": Case(claims=lambda c: json.dumps(c).encode() + b"{}"),
    "badutf": Case(claims=lambda c: json.dumps(c).encode()[:-1] + b',"x":"\xff"}'),
    "signone": signed(lambda _: rsa_key(), header=having(alg="none"), token=lambda t: t.rsplit(".", 1)[0] + "."),
    "signonecase": signed(lambda _: rsa_key(), header=having(alg="nOnE"), token=lambda t: t.rsplit(".", 1)[0] + "."),
    "nosignature": parts(lambda p: [p[0], p[1], ""]),
    "hmacsecret": signed(lambda _: HMACKey(SECRET.encode()), header=having(alg="HS256", kid="one")),
    "hmackey": signed(lambda _: HMACKey(rsa_key().pem), header=having(alg="HS256", kid="one")),
    "invalidsig": parts(lambda p: [p[0], p[1], p[2][:-8] + ("A" * 8)]),
    "othersig": signed(lambda _: rsa_key("two"), header=having(kid="one")),
    "otherpayload": parts(lambda p: [p[0], compact({}, {"sub": "x"}, rsa_key()).split(".")[1], p[2]]),
    "alternatealg": signed(lambda _: rsa_key(), "RS384"),
    "alternatepss": signed(lambda _: rsa_key(), "PS256"),
    "alternatekind": signed(lambda _: ec_key(), "ES256", keys=public_keys(rsa_key, ec_key)),
    "algconfusion": signed(lambda _: rsa_key(), header=having(alg="ES256"), settings=EC, keys=public_keys(rsa_key)),
    "unknownkid": header(kid="nobody"),
    "kidlist": header(kid=["one"]),
    "embeddedkey": Case(header=lambda h: {**h, "jwk": rsa_key("two").jwk, "kid": "two"}, key=lambda _: rsa_key("two")),
    "embeddedurl": Case(header=lambda h: {**h, "jku": "http://127.0.0.1:1/keys", "kid": "two"},
                        key=lambda _: rsa_key("two")),
    "kidabsentmany": Case(
        header=without("kid"), keys=public_keys(lambda: rsa_key("two"), rsa_key), key=lambda _: rsa_key("three")),
    "critical": header(crit=["exp"]),
    "criticalunknown": Case(header=lambda h: {**h, "crit": ["http://example"], "http://example": True}),
    "unencoded": Case(header=lambda h: {**h, "crit": ["b64"], "b64": False}),
    "typaccess": header(typ="at+jwt"),
    "typlogout": header(typ="logout+jwt"),
    "typevent": header(typ="secevent+jwt"),
    "typnumber": header(typ=7),
    "missingalg": Case(header=without("alg")),
    "fourparts": Case(token=lambda t: t + ".AAAA"),
    "fiveparts": Case(token=lambda t: t + ".AAAA.AAAA"),
    "twoparts": Case(token=lambda t: t.rsplit(".", 1)[0]),
    "padded": Case(token=lambda t: t + "="),
    "spaced": Case(token=lambda t: " " + t),
    "newline": Case(token=lambda t: t + "\n"),
    "emptytoken": Case(token=lambda t: ""),
    "hugetoken": Case(claims=having(filler="x" * 33_000)),
    "nottoken": Case(token=lambda t: "not a token"),
}

# The token response. The code is spent; nothing else is asked.
TOKEN_RESPONSES = {
    "noidtoken": (502, Case(response=without("id_token"))),
    "nullidtoken": (502, Case(response=having(id_token=None))),
    "numberidtoken": (502, Case(response=having(id_token=7))),
    "doubledidtoken": (502, Case(response=doubled("id_token", '"x"'))),
    "noaccesstoken": (502, Case(response=without("access_token"))),
    "numberaccesstoken": (502, Case(response=having(access_token=7))),
    "notokentype": (502, Case(response=without("token_type"))),
    "mactoken": (502, Case(response=having(token_type="mac"))),
    "numbertype": (502, Case(response=having(token_type=1))),
    "responselist": (502, Case(response=lambda r: json.dumps([r]).encode())),
    "deepresponse": (502, Case(response=nested(1000))),
    "invalidgrant": (502, at_token(Reply(b'{"error":"invalid_grant"}', 400))),
    "invalidclient": (502, at_token(Reply(b'{"error":"invalid_client"}', 401))),
    "forbidden": (502, at_token(Reply(b'{"error":"invalid_code"}', 403))),
    "errorwithsuccess": (502, at_token(Reply(b'{"error":"server_error"}', 200))),
    "notjson": (502, at_token(Reply(b"access_token=x&id_token=y"))),
    "emptybody": (502, at_token(Reply(b""))),
    "html": (502, at_token(HTML)),
    "moved": (502, at_token(Reply(b"{}", 302, ELSEWHERE))),
    "movedkeepingthepost": (502, at_token(Reply(b"{}", 307, ELSEWHERE))),
    "movedforgood": (502, at_token(Reply(b"{}", 308, ELSEWHERE))),
    "servererror": (503, at_token(Reply(b"{}", 500))),
    "gatewaytimeout": (503, at_token(Reply(b"oops", 504))),
    "toomanyrequests": (503, at_token(Reply(b"{}", 429))),
    "cutshort": (503, at_token(Reply(b'{"access_token":', cut=True))),
    "hugeresponse": (502, Case(response=big)),
}

# Discovery, at the beginning: no cookie, and nothing else is asked.
DISCOVERY = {
    "issuermismatch": (502, at_discovery(issuer="https://evil.example")),
    "issuerslash": (502, at_discovery(issuer=lambda v: v + "/")),
    "issuermissing": (502, Case(metadata=without("issuer"))),
    "issuernumber": (502, at_discovery(issuer=7)),
    "issuerdoubled": (502, Case(metadata=doubled("issuer", '"https://evil.example"'))),
    "endpointmissing": (502, Case(metadata=without("authorization_endpoint"))),
    "endpointscript": (502, at_discovery(authorization_endpoint="javascript:alert(1)")),
    "endpointplain": (502, at_discovery(authorization_endpoint="http://evil.example/authorize")),
    "endpointnumber": (502, at_discovery(authorization_endpoint=7)),
    "tokenendpointmissing": (502, Case(metadata=without("token_endpoint"))),
    "tokenendpointplain": (502, at_discovery(token_endpoint="http://evil.example/token")),
    "tokenendpointfile": (502, at_discovery(token_endpoint="file:///etc/passwd")),
    "keysmissing": (502, Case(metadata=without("jwks_uri"))),
    "keysplain": (502, at_discovery(jwks_uri="http://evil.example/keys")),
    "documentlist": (502, Case(metadata=lambda m: b"[]")),
    "documentdeep": (502, Case(metadata=nested(1000))),
    "documenthuge": (502, Case(metadata=big)),
    "documenthtml": (502, Case(replies={"discovery": HTML})),
    "documentpage": (502, Case(metadata=page)),
    "documentmissing": (502, Case(replies={"discovery": Reply(b"{}", 404)})),
    "documentmoved": (502, Case(replies={"discovery": Reply(b"{}", 302, ELSEWHERE)})),
    "documentbroken": (503, Case(replies={"discovery": Reply(b"{}", 500)})),
    "documentcut": (503, Case(replies={"discovery": Reply(b'{"issuer":', cut=True)})),
}

# The keys.
KEYS = {
    "nokeys": (502, Case(keys=lambda k: {"keys": []})),
    "keysbroken": (503, Case(replies={"keys": Reply(b"{}", 500)})),
    "keyshtml": (503, Case(replies={"keys": HTML})),
    "keysmoved": (503, Case(replies={"keys": Reply(b"{}", 302, ELSEWHERE)})),
    "keyshuge": (503, Case(keys=lambda k: {**k, "filler": "x" * 300_000})),
    "weakkey": (502, Case(key=lambda _: rsa_key("weak", 1024), keys=public_keys(lambda: rsa_key("weak", 1024)))),
    "encryptionkey": (502, Case(keys=public_keys(rsa_key, use="enc"))),
    "otheralgkey": (502, Case(keys=public_keys(rsa_key, alg="RS512"))),
    "secretkey": (502, Case(keys=lambda k: {"keys": [{"kty": "oct", "k": "AAAA", "kid": "one", "alg": "HS256"}]})),
    "twokeysonekid": (502, Case(keys=public_keys(lambda: rsa_key("two"), kid="one"))),
}

# What the browser brings: no request at all.
RESPONSES = {
    "missingstate": (400, lambda a: [a[0], a[2]]),
    "invalidstate": (400, lambda a: [a[0], ("state", "A" * 43), a[2]]),
    "alteredstate": (400, lambda a: [a[0], ("state", a[1][1][:-4] + "AAAA"), a[2]]),
    "cutstate": (400, lambda a: [a[0], ("state", a[1][1][:20]), a[2]]),
    "longstate": (400, lambda a: [a[0], ("state", a[1][1] + "A"), a[2]]),
    "missingiss": (502, lambda a: a[:2]),
    "invalidiss": (502, lambda a: [*a[:2], ("iss", "https://evil.example")]),
    "issslash": (502, lambda a: [*a[:2], ("iss", a[2][1] + "/")]),
    "missingcode": (502, lambda a: a[1:]),
    "emptycode": (502, lambda a: [("code", ""), *a[1:]]),
    "longcode": (502, lambda a: [("code", "c" * 2049), *a[1:]]),
    "doubledcode": (502, lambda a: [*a, ("code", "another")]),
    "doubledstate": (502, lambda a: [*a, ("state", "another")]),
    "doublediss": (502, lambda a: [*a, ("iss", "https://evil.example")]),
    "idtoken": (502, lambda a: [*a, ("id_token", "e30.e30.")]),
    "accesstoken": (502, lambda a: [*a, ("access_token", "x")]),
    "jarm": (502, lambda a: [*a, ("response", "e30.e30.")]),
    "errorandcode": (502, lambda a: [*a, ("error", "server_error")]),
    "errorandforeigniss": (502, lambda a: [("error", "access_denied"), a[1], ("iss", "https://evil.example")]),
    "errorwithoutstate": (400, lambda a: [("error", "access_denied"), a[2]]),
    "unicodecode": (502, lambda a: [("code", "ü"), *a[1:]]),
    "toolong": (502, lambda a: [*a, ("session_state", "x" * 4096)]),
}

# What a provider may do.
ACCEPTED = {
    "happy": Case(),
    "audlist": claims(aud=[CLIENT]),
    "azpours": claims(azp=CLIENT),
    "audmanyazpours": claims(aud=[CLIENT, "another"], azp=CLIENT),
    "typabsent": Case(header=without("typ")),
    "typcase": header(typ="jwt"),
    "kidabsent": Case(header=without("kid")),
    "kidabsentinkeys": Case(header=without("kid"), keys=public_keys(rsa_key, without_kid=True)),
    "algabsentinkeys": Case(keys=lambda k: {"keys": [{n: v for n, v in key.items() if n not in ("alg", "use")}
                                                     for key in k["keys"]]}),
    "unknownkeys": Case(keys=lambda k: {"keys": [
        {"kty": "future", "kid": "f"}, {"kty": "EC", "crv": "P-521", "kid": "p", "x": "AA", "y": "AA"},
        {"kty": "oct", "k": "AAAA", "kid": "s"}, *k["keys"]]}),
    "largekeys": Case(keys=lambda k: {"keys": [{**k["keys"][0], "kid": f"k{n}", "x5c": ["A" * 8000]}
                                               for n in range(25)] + k["keys"]}),
    "athashabsent": Case(claims=without("at_hash")),
    "clockahead": claims(iat=later(30), nbf=later(30)),
    "clockbehind": claims(iat=later(-500), exp=later(-30)),
    "authtimezero": claims(auth_time=0),
    "authtimefraction": claims(auth_time=lambda _: time.time()),
    "authtimefractionasked": Case(claims=having(auth_time=lambda _: time.time()), settings={"maxAgeSeconds": 60}),
    "manyclaims": claims(groups=["g" * 36] * 600),
    "longestsub": claims(sub="s" * 255),
    "tokentypecase": Case(response=having(token_type="bEaReR")),
    "noexpiresin": Case(response=without("expires_in")),
    "textexpiresin": Case(response=having(expires_in="3600")),
    "moremembers": Case(response=having(refresh_token="r", scope="openid", junk={"a": [1, 2]})),
    "issnotpromised": Case(metadata=without("authorization_response_iss_parameter_supported"),
                           redirect=lambda a: a[:2]),
    "issneverthelesssent": Case(metadata=without("authorization_response_iss_parameter_supported")),
    "moreparameters": Case(redirect=lambda a: [*a, ("scope", "openid"), ("session_state", "x.y"), ("authuser", "0")]),
    "alias": Case(claims=having(iss="accounts.example"), settings={"issuerAliases": ["accounts.example"]}),
    "es256": signed(lambda _: ec_key(), "ES256", settings=EC, keys=public_keys(rsa_key, ec_key)),
    "eddsa": signed(lambda _: ed_key(), "EdDSA", settings={"algorithms": ["EdDSA"]}, keys=public_keys(ed_key)),
    "ps256": signed(lambda _: rsa_key(), "PS256", settings={"algorithms": ["PS256"]},
                    keys=public_keys(rsa_key, alg="PS256")),
    "rs512": signed(lambda _: rsa_key(), "RS512", settings={"algorithms": ["RS512"]},
                    keys=public_keys(rsa_key, alg="RS512"),
                    metadata=having(id_token_signing_alg_values_supported=["RS512"])),
    "secretpost": Case(settings={"clientAuthentication": "client_secret_post"}),
}
ISSUERS = {
    **{f"i{name}": case for name, case in ID_TOKENS.items()},
    **{f"t{name}": case for name, (_, case) in TOKEN_RESPONSES.items()},
    **{f"d{name}": case for name, (_, case) in DISCOVERY.items()},
    **{f"k{name}": case for name, (_, case) in KEYS.items()},
    **{f"a{name}": case for name, case in ACCEPTED.items()},
    "honest": Case(),
}


@pytest.fixture(scope="module")
def provider():
    provider = Provider(ISSUERS)
    yield provider
    provider.end()


@pytest.fixture(scope="module")
def server(make_shared_server, provider, tmp_path_factory):
    return make_shared_server({"federation": provider.settings(tmp_path_factory.mktemp("federation") / "secret")})


@pytest.fixture
def visitor(server, provider):
    return Visitor(server, provider)


def assert_refused(visitor, answer, status: int, **requests: int) -> None:
    """No session, no cookie but the cleared attempt; the requests that the provider got."""
    assert answer.status == status, answer
    assert_only_clears_attempts(answer)
    assert visitor.attempts == [] and not visitor.is_signed_in()
    assert answer.headers["Cache-Control"] == "no-store"
    name = requests.pop("issuer")
    got = {endpoint: visitor.issuer(name).requests[endpoint] for endpoint in requests}
    assert got == requests


@pytest.mark.parametrize("case", ID_TOKENS)
def test_a_wrong_id_token_is_refused(visitor, case):
    answer = visitor.sign_in(f"i{case}")
    assert_refused(visitor, answer, 502, issuer=f"i{case}", discovery=1, token=1, userinfo=0)
    assert visitor.issuer(f"i{case}").requests["keys"] <= 2


@pytest.mark.parametrize("case", TOKEN_RESPONSES)
def test_a_wrong_token_response_is_refused(visitor, case):
    status, _ = TOKEN_RESPONSES[case]
    answer = visitor.sign_in(f"t{case}")
    assert_refused(visitor, answer, status, issuer=f"t{case}", discovery=1, token=1, userinfo=0)
    assert ("Retry-After" in answer.headers) == (status == 503)


@pytest.mark.parametrize("case", DISCOVERY)
def test_wrong_metadata_begins_nothing(visitor, case):
    status, _ = DISCOVERY[case]
    for accept in ("text/html", "application/json"):
        answer = visitor.begin(f"d{case}", headers={"Accept": accept})
        assert answer.status == status and "Set-Cookie" not in answer.headers, answer
        assert ("Retry-After" in answer.headers) == (status == 503)
    assert answer.code == {502: "provider_refused", 503: "provider_unavailable"}[status]
    requests = visitor.issuer(f"d{case}").requests
    assert requests["token"] == requests["keys"] == requests["authorize"] == 0
    # One for each beginning, and one more where the server failed.
    assert 2 <= requests["discovery"] <= 4


@pytest.mark.parametrize("case", KEYS)
def test_keys_that_cannot_be_used_are_refused(visitor, case):
    status, _ = KEYS[case]
    answer = visitor.sign_in(f"k{case}")
    assert_refused(visitor, answer, status, issuer=f"k{case}", discovery=1, token=1, userinfo=0)


@pytest.mark.parametrize("case", RESPONSES)
def test_a_wrong_authorization_response_is_refused_and_asks_nobody(visitor, case):
    status, change = RESPONSES[case]
    before = dict(visitor.issuer("honest").requests)
    answer = visitor.ask("honest")
    asked = dict(visitor.issuer("honest").requests)
    refused = visitor.finish("honest", change(answer))
    assert refused.status == status, refused
    assert_only_clears_attempts(refused)
    assert not visitor.is_signed_in()
    assert visitor.issuer("honest").requests == asked and asked.get("token", 0) == before.get("token", 0)


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_a_provider_may_do_is_accepted(visitor, case):
    answer = visitor.sign_in(f"a{case}")
    assert answer.status == 303 and visitor.is_signed_in(), answer
    assert visitor.issuer(f"a{case}").requests["token"] == 1


def test_the_answer_of_one_provider_is_not_taken_by_another(visitor):
    answer = visitor.ask("honest")
    asked = dict(visitor.issuer("ahappy").requests)
    refused = visitor.get("/login/ahappy/finish?" + urlencode(answer), headers={"Accept": "text/html"})
    assert refused.status in (400, 502)
    assert visitor.issuer("ahappy").requests == asked and not visitor.is_signed_in()


def test_a_code_of_another_attempt_is_refused_by_the_provider(visitor):
    stolen = Visitor(visitor.server, visitor.provider).ask("honest")
    own = visitor.ask("honest")
    answer = visitor.finish("honest", [stolen[0], *own[1:]])
    assert answer.status == 502 and not visitor.is_signed_in()
    assert_only_clears_attempts(answer)
