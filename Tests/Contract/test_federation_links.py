"""Ways to sign in: a person adds and removes them, shortly after an authentication."""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlencode, urlsplit

import pytest

from harness import PASSWORD, assert_problem
from harness.federation import Case, Provider, Visitor, assert_only_clears_attempts, onward

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}


@pytest.fixture(scope="module")
def provider():
    provider = Provider({"one": Case(), "two": Case()})
    yield provider
    provider.end()


@pytest.fixture(scope="module")
def server(make_shared_server, provider, tmp_path_factory):
    return make_shared_server({"federation": provider.settings(tmp_path_factory.mktemp("federation") / "secret")})


@pytest.fixture
def person(server, provider, user):
    """Somebody with a password, signed in by it; a stranger to the providers."""
    for issuer in provider.issuers.values():
        issuer.subject = f"person {uuid.uuid4()}"
    visitor = Visitor(server, provider)
    visitor.login(user)
    visitor.name = user
    return visitor


def submit(visitor, path: str, **fields: str):
    return visitor.post(path, urlencode({"csrf": visitor.csrf, **fields}), headers=FORM, csrf=None)


def begin_link(visitor, name: str):
    """The provider's answer to the attempt to link."""
    answer = submit(visitor, f"/account/link/{name}")
    assert answer.status == 200, answer
    return visitor.issuer(name).authorize(urlsplit(onward(answer)).query)[1]


def link(visitor, name: str):
    return visitor.come_back(name, begin_link(visitor, name))


def account(visitor) -> str:
    return visitor.get("/account", headers={"Accept": "text/html"}).body.decode()


def identities(visitor) -> list[str]:
    return re.findall(r'name="identity" value="([^"]+)"', account(visitor))


def test_a_person_adds_a_way_to_sign_in_and_uses_it(person):
    session = person.session
    assert "Add The one" in account(person)
    answer = link(person, "one")
    assert (answer.status, answer.headers["Location"]) == (303, "/account?notice=linked")
    assert_only_clears_attempts(answer)
    assert person.session["session_id"] == session["session_id"]
    page = account(person)
    assert "Add The one" not in page and "Add The two" in page and 'aria-label="Remove The one"' in page
    other = Visitor(person.server, person.provider)
    assert other.sign_in("one").status == 303
    assert other.session["subject"] == session["subject"]


def test_a_way_that_belongs_to_somebody_else_is_not_added(person):
    other = Visitor(person.server, person.provider)
    other.sign_in("one")
    answer = link(person, "one")
    assert answer.status == 409, answer
    assert_only_clears_attempts(answer)
    assert identities(person) == []


def test_linking_twice_is_no_error(person):
    assert link(person, "one").status == 303
    assert link(person, "one").status == 303
    assert len(identities(person)) == 1


def test_a_way_is_removed(person):
    link(person, "one")
    identity, = identities(person)
    answer = submit(person, "/account/unlink", identity=identity)
    assert (answer.status, answer.headers["Location"]) == (303, "/account?notice=unlinked")
    assert identities(person) == []
    assert submit(person, "/account/unlink", identity=identity).status == 404
    other = Visitor(person.server, person.provider)
    other.sign_in("one")
    assert other.session["subject"] != person.session["subject"]


def test_the_last_way_is_never_removed(server, provider, person):
    visitor = Visitor(server, provider)
    # An authentication that the provider was asked for anew.
    assert visitor.sign_in("one", fresh="on").status == 303
    assert visitor.issuer("one").asked["max_age"] == "0" and visitor.issuer("one").asked["prompt"] == "login"
    visitor.session
    assert identities(visitor) == []
    assert link(visitor, "two").status == 303
    first, second = identities(visitor)
    assert submit(visitor, "/account/unlink", identity=first).status == 303
    answer = visitor.post(
        "/account/unlink", urlencode({"csrf": visitor.csrf, "identity": second}),
        headers={"Content-Type": FORM["Content-Type"]}, csrf=None)
    assert_problem(answer, "conflict")
    assert visitor.is_signed_in() and "Password" not in re.findall("<h3>(.*?)</h3>", account(visitor))


def test_a_way_of_somebody_else_is_not_found(server, provider, person, user):
    link(person, "one")
    identity, = identities(person)
    other = Visitor(server, provider)
    other.login("bob")
    for wrong in (identity, "", "x", identity[:-1]):
        assert submit(other, "/account/unlink", identity=wrong).status == 404
    assert identities(person) == [identity]


def test_a_sign_in_without_a_fresh_authentication_changes_nothing(server, provider, person):
    visitor = Visitor(server, provider)
    visitor.sign_in("one")
    visitor.session
    for answer in (submit(visitor, "/account/link/two"), submit(visitor, "/account/unlink", identity="A" * 43)):
        assert answer.status in (303, 404), answer
    assert submit(visitor, "/account/link/two").headers["Location"] == "/account?notice=confirm"
    assert visitor.attempts == []
    page = account(visitor)
    assert "Add The two" not in page and "Sign in once more with The one" in page


def test_who_signs_in_once_more_may_change_the_ways(server, provider, person):
    visitor = Visitor(server, provider)
    visitor.sign_in("one")
    old = visitor.session
    assert visitor.sign_in("one", fresh="on", **{"return": "/account"}).status == 303
    assert visitor.session["subject"] == old["subject"] and visitor.session["session_id"] != old["session_id"]
    assert link(visitor, "two").status == 303


@pytest.mark.parametrize("csrf", ["", "x", None])
def test_another_site_cannot_link_or_unlink(person, csrf):
    for path in ("/account/link/one", "/account/unlink"):
        fields = {} if csrf is None else {"csrf": csrf}
        assert person.post(path, urlencode(fields), headers=FORM, csrf=None).status == 403
        foreign = person.post(
            path, urlencode({"csrf": person.csrf}), headers={**FORM, "Sec-Fetch-Site": "cross-site"}, csrf=None)
        assert foreign.status == 403 and "Set-Cookie" not in foreign.headers
    assert person.attempts == []


def test_an_attempt_to_link_is_of_one_session(server, provider, person, user):
    """A foreign attempt planted into a browser links the foreign identity to nobody (link CSRF)."""
    answer = begin_link(person, "one")
    victim = Visitor(server, provider)
    victim.login("bob")
    victim.jar.update({name: person.jar[name] for name in person.attempts})
    refused = victim.come_back("one", answer)
    assert (refused.status, refused.headers["Location"]) == (303, "/account?notice=confirm")
    assert_only_clears_attempts(refused)
    assert identities(victim) == []
    signed_out = Visitor(server, provider)
    signed_out.jar.update({name: person.jar[name] for name in person.attempts})
    assert signed_out.come_back("one", answer).status == 303 and not signed_out.is_signed_in()
    # The attempt was not used.
    assert person.come_back("one", answer).headers["Location"] == "/account?notice=linked"


def test_nobody_links_without_a_session(server, provider):
    visitor = Visitor(server, provider)
    answer = submit(visitor, "/account/link/one")
    assert (answer.status, answer.headers["Location"]) == (303, "/login?notice=over")
    assert submit(visitor, "/account/link/nobody").status == 404


def test_an_administrator_sees_and_removes_identities(person):
    link(person, "one")
    listed = person.server.command("identity", "list", person.name, "--json")
    assert person.issuer("one").subject in listed
    assert PASSWORD not in listed
