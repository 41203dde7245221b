"""Real providers, end to end."""

from __future__ import annotations

import pytest

from harness import DATABASE, claims, together, wait_until
from harness.cookies import ACCESS
from harness.federation import Visitor, assert_only_clears_attempts
from harness.federation.real import Canaille, Glewlwyd, Mock, Nano
from harness.ports import free_port

PROVIDERS = {"mock": Mock, "nano": Nano, "glewlwyd": Glewlwyd}
# It takes many seconds to start, and no store makes a difference to it.
if DATABASE == "sqlite":
    PROVIDERS["canaille"] = Canaille


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture(scope="module")
def providers(tmp_path_factory, port):
    """The providers, started at the same time."""
    base = f"http://localhost:{port}/login"
    folder = tmp_path_factory.mktemp("providers")
    started = {name: kind(folder / name, f"{base}/{name}/callback", f"{base}/{name}/backchannel-logout")
               for name, kind in PROVIDERS.items()}
    try:
        together(*[provider.start for provider in started.values()])
        yield started
    finally:
        for provider in started.values():
            provider.end()


@pytest.fixture(scope="module")
def server(make_shared_server, providers, port, tmp_path_factory):
    secret = tmp_path_factory.mktemp("federation") / "secret"
    secret.write_text(providers["nano"].secret)
    settings = {name: {
        "name": name, "issuer": provider.issuer, "clientId": provider.client, "clientSecretFile": str(secret),
        **provider.settings} for name, provider in providers.items()}
    settings["posted"] = {
        **settings["glewlwyd"], "responseMode": "form_post", "issuerAliases": [providers["glewlwyd"].posted_issuer]}
    return make_shared_server({
        "issuer": f"http://localhost:{port}", "http": {"port": port}, "federation": {"providers": settings}})


@pytest.fixture
def visitor(server):
    return Visitor(server)


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_person_signs_in_with_a_real_provider(visitor, providers, name):
    answer = visitor.come_back(name, providers[name].log_in(visitor.authorization_url(name)))
    assert (answer.status, answer.headers["Location"]) == (303, "/account"), answer
    token = claims(visitor.jar[ACCESS])
    assert token["amr"] == ["fed"] and "alice" not in token["sub"]
    subject = visitor.session["subject"]
    again = Visitor(visitor.server)
    assert again.come_back(name, providers[name].log_in(again.authorization_url(name))).status == 303
    assert again.session["subject"] == subject


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_code_of_a_real_provider_works_for_its_own_attempt_only(visitor, providers, name):
    """PKCE: the code of one attempt under the verifier of another. oidc-provider-mock does not check it; the
    nonce differs."""
    stolen = dict(providers[name].log_in(Visitor(visitor.server).authorization_url(name)))
    own = dict(providers[name].log_in(visitor.authorization_url(name)))
    answer = visitor.come_back(name, list({**own, "code": stolen["code"]}.items()))
    assert answer.status == 502 and not visitor.is_signed_in(), answer
    assert_only_clears_attempts(answer)


def test_a_real_provider_answers_by_form_post(visitor, providers):
    answer = providers["glewlwyd"].log_in(visitor.authorization_url("posted"))
    assert dict(answer)["iss"] == providers["glewlwyd"].posted_issuer
    assert visitor.come_back("posted", answer, by="POST").status == 303 and visitor.is_signed_in()


def test_a_denial_that_names_no_attempt_can_begin_anew(visitor, providers):
    """oidc-provider-mock leaves `state` out of its errors."""
    denial = providers["mock"].deny(visitor.authorization_url("mock"))
    assert dict(denial)["error"] == "access_denied" and "state" not in dict(denial)
    answer = visitor.come_back("mock", denial)
    assert answer.status == 400 and b'action="/login/mock"' in answer.body and not visitor.is_signed_in(), answer


def test_a_logout_at_a_real_provider_ends_the_session(visitor, providers):
    visitor.come_back("glewlwyd", providers["glewlwyd"].log_in(visitor.authorization_url("glewlwyd")))
    assert visitor.is_signed_in()
    providers["glewlwyd"].log_out()
    wait_until(lambda: not visitor.is_signed_in())
    ended = visitor.server.query("SELECT count(*) FROM events WHERE kind = 'upstream_logout'")
    assert ended[0][0] >= 1
