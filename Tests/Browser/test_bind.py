"""Sessions bound to a key of the browser: heirloom.js with `bind`, and heirloom-bind.mjs."""

from __future__ import annotations

import pytest

from harness import PASSWORD
from harness.browsers.helper import LOAD, generation
from harness.cookies import ACCESS, REFRESH

SIGN_IN = LOAD + f"return heirloom.login('ada', '{PASSWORD}', {{bind: true}})"
KEYS = """
const opening = indexedDB.open("heirloom");
const database = await new Promise((resolve) => { opening.onsuccess = () => resolve(opening.result); });
if (!database.objectStoreNames.contains("keys")) return [];
const reading = database.transaction("keys").objectStore("keys").get("session");
const keys = await new Promise((resolve) => { reading.onsuccess = () => resolve(reading.result ?? []); });
database.close();
"""
# Requests to the service, with their proofs as JSON.
WATCH = LOAD + """
window.sent = [];
const own = window.fetch;
window.fetch = async (request, init) => {
    const answer = await own(request, init);
    const proof = request.headers?.get("DPoP");
    const [header, claims] = (proof ?? ".").split(".").slice(0, 2).map((part) =>
        part && JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/"))));
    sent.push({path: new URL(request.url ?? request, location).pathname, header, claims, status: answer.status});
    return answer;
};
"""


@pytest.fixture
def bound(service, open_browser):
    """Ada, signed in with a session that is bound to a key."""
    person = open_browser(service).open("/login")
    person.run(SIGN_IN)
    return person


def stolen(service, person, csrf: str, **headers):
    """A refresh with the cookies of a person, from elsewhere."""
    cookies = "; ".join(f"{name}={cookie['value']}" for name, cookie in person.cookies.items())
    return service.post("/v1/refresh", headers={
        "Cookie": cookies, "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": csrf, **headers})


def test_a_bound_session_refreshes_with_a_proof_and_after_a_reload(bound):
    assert set(bound.cookies) == {ACCESS, REFRESH}
    assert bound.run(LOAD + "return heirloom.refresh()") is True and generation(bound) == 1
    bound.open("/account")
    assert bound.path == "/account"
    outcome = bound.run(WATCH + "return [await heirloom.refresh(), sent]")
    assert outcome[0] is True and generation(bound) == 2
    refresh = next(request for request in outcome[1] if request["path"] == "/v1/refresh")
    assert refresh["status"] == 200 and refresh["header"]["typ"] == "dpop+jwt" and set(refresh["header"]["jwk"]) == {
        "kty", "crv", "x", "y"}
    assert refresh["claims"]["htm"] == "POST" and refresh["claims"]["htu"] == bound.service.origin + "/v1/refresh"
    # After the access token has expired, the first thing that a page does is a refresh.
    bound.forget(ACCESS)
    bound.open("/account")
    bound.wait(lambda: ACCESS in bound.cookies)
    assert bound.run(LOAD + "return (await heirloom.session()).generation") == 3


def test_stolen_cookies_cannot_refresh_and_do_not_end_the_session(service, bound):
    csrf = bound.run("return (await (await fetch('/v1/session')).json()).csrf_token")
    old = dict(bound.cookies)
    for headers in ({}, {"DPoP": "x"}):
        answer = stolen(service, bound, csrf, **headers)
        assert (answer.status, answer.code) == (400, "invalid_dpop_proof")
    assert bound.run(LOAD + "return heirloom.refresh()") is True
    # An old generation from the thief does not end it either.
    cookies = "; ".join(f"{name}={cookie['value']}" for name, cookie in old.items())
    answer = service.post("/v1/refresh", headers={
        "Cookie": cookies, "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": csrf})
    assert (answer.status, answer.code) == (400, "invalid_dpop_proof")
    assert bound.run(LOAD + "return [await heirloom.refresh(), (await heirloom.session()).generation]") == [True, 2]


def test_no_script_can_read_the_key_and_a_logout_deletes_it(bound):
    assert bound.run(KEYS + """
        const [{privateKey}] = keys;
        const formats = await Promise.all(["jwk", "pkcs8", "raw"].map((format) =>
            crypto.subtle.exportKey(format, privateKey).then(() => "read", (error) => "refused")));
        return [keys.length, privateKey.extractable, privateKey.usages, ...new Set(formats)]""") == [
            1, False, ["sign"], "refused"]
    assert bound.run(LOAD + "return heirloom.logout()") is True and bound.cookies == {}
    assert bound.run(KEYS + "return keys") == []
    # A session without a key, afterwards.
    assert bound.run(LOAD + f"return heirloom.login('ada', '{PASSWORD}')")["session_id"]
    assert bound.run(WATCH + "await heirloom.refresh(); return sent.map(({header}) => header)") == [""]


def test_each_login_has_a_key_of_its_own_and_a_refused_one_changes_none(bound):
    first = bound.run(KEYS + "return keys.map(({jwk}) => jwk.x)")
    wrong = bound.run(LOAD + "return heirloom.login('ada', 'wrong', {bind: true}).catch((error) => error.code)")
    assert wrong == "invalid_credentials" and bound.run(KEYS + "return keys.map(({jwk}) => jwk.x)") == first
    assert bound.run(LOAD + "return heirloom.refresh()") is True
    bound.run(SIGN_IN)
    second = bound.run(KEYS + "return keys.map(({jwk}) => jwk.x)")
    assert len(second) == 1 and second != first
    assert bound.run(LOAD + "return [await heirloom.refresh(), await heirloom.logoutAll()]") == [True, True]
    assert bound.run(KEYS + "return keys") == [] and bound.cookies == {}


def test_a_login_whose_answer_was_lost_leaves_both_keys_usable(bound):
    """The service opened a session, and the browser has its cookies, but the page did not get the answer."""
    outcome = bound.run(LOAD + f"""
        const own = window.fetch;
        window.fetch = async (request, init) => {{
            const answer = await own(request, init);
            if (request.url?.endsWith("/v1/login")) throw new TypeError("network error");
            return answer;
        }};
        const code = await heirloom.login("ada", "{PASSWORD}", {{bind: true}}).catch((error) => error.code);
        window.fetch = own;
        return code""")
    assert outcome == "unreachable"
    bound.open("/account")
    assert bound.run(LOAD + "return [await heirloom.refresh(), (await heirloom.session()).generation]") == [True, 1]
    assert bound.run(KEYS + "return keys.length") == 1


def test_a_proof_that_was_delivered_twice_signs_nobody_out(service, bound):
    outcome = bound.run(LOAD + """
        const own = window.fetch;
        let seen = 0;
        window.fetch = async (request, init) => {
            if (request.url?.endsWith("/v1/refresh") && !seen++) await own(request.clone(), init);
            return own(request, init);
        };
        const refreshed = await heirloom.refresh();
        window.fetch = own;
        return [refreshed, seen, (await heirloom.session()).generation]""")
    # The second delivery is refused, and the helper sends a new proof with the cookies of the first answer.
    assert outcome == [True, 2, 2]


def test_a_lost_key_ends_the_session_here(bound):
    bound.run("""
        const deleting = indexedDB.deleteDatabase("heirloom");
        await new Promise((resolve) => { deleting.onsuccess = resolve; })""")
    assert bound.run(LOAD + "return [await heirloom.refresh(), await heirloom.session()]") == [False, None]
    assert bound.cookies == {}


def test_a_browser_that_keeps_no_keys_is_not_signed_in(service, open_browser):
    person = open_browser(service)
    person.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
        Object.defineProperty(window, "indexedDB", {
            get() { throw new DOMException("Access is denied", "SecurityError") }})"""})
    person.open("/login")
    code = person.run(LOAD + f"return heirloom.login('ada', '{PASSWORD}', {{bind: true}}).catch(({{code}}) => code)")
    assert code == "no_key" and person.cookies == {}


def test_tabs_of_a_bound_session_refresh_in_turn(bound):
    first = bound.driver.current_window_handle
    bound.driver.switch_to.new_window("tab")
    bound.open("/account")
    bound.run(LOAD + "window.outcome = heirloom.refresh(); return 1")
    bound.driver.switch_to.window(first)
    assert bound.run(LOAD + "return heirloom.refresh()") is True
    bound.driver.switch_to.window(next(tab for tab in bound.driver.window_handles if tab != first))
    assert bound.run("return outcome") is True and 1 <= generation(bound) <= 2


def test_nonces_are_sent_when_the_service_asks_for_them(make_service, open_browser):
    service = make_service({"dpop": {"requireNonce": True}})
    person = open_browser(service).open("/login")
    person.run(SIGN_IN)
    assert person.run(LOAD + "return heirloom.refresh()") is True
    person.open("/account")
    assert person.run(LOAD + "return [await heirloom.refresh(), (await heirloom.session()).generation]") == [True, 2]


def test_a_wrong_clock_of_the_browser_does_no_harm(service, open_browser):
    person = open_browser(service)
    person.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
        const now = Date.now;
        Date.now = () => now() - 600000;"""})
    person.open("/login").run(SIGN_IN)
    person.open("/account")
    assert person.run(LOAD + "return [await heirloom.refresh(), (await heirloom.session()).generation]") == [True, 1]


def test_a_page_calls_apis_with_bound_tokens_in_memory(service, open_browser):
    person = open_browser(service).open("/login")
    outcome = person.run(WATCH + f"""
        const module = await import("/heirloom-bind.mjs");
        window.session = await module.signIn("ada", "{PASSWORD}", {{device: "page"}});
        const answer = await session.fetch("/v1/session");
        const found = await answer.json();
        const refreshed = await session.refresh();
        const again = await (await session.fetch("/v1/session?a=b")).json();
        return [Object.keys(module), answer.status, found.device, session.id === found.session_id, refreshed,
                again.generation, Object.keys(session), document.cookie, JSON.stringify(localStorage), sent]""")
    assert outcome[:6] == [["send", "signIn"], 200, "page", True, True, 1]
    assert outcome[6] == ["id", "subject", "refresh", "fetch", "logout"] and outcome[7] == ""
    assert "eyJ" not in outcome[8] and "hr1_" not in outcome[8] and person.cookies == {}
    with_token = [request for request in outcome[9] if request["path"] == "/v1/session"]
    assert len(with_token) == 2 and all(request["claims"]["ath"] for request in with_token)
    assert len({request["claims"]["jti"] for request in outcome[9] if request["claims"]}) == 4
    # The access token expires, or an API refuses it: one refresh, and once more.
    assert person.run("""
        const own = window.fetch;
        let refused = 0;
        window.fetch = async (request, init) => request.url?.endsWith("/v1/session") && !refused++
            ? new Response("", {status: 401}) : own(request, init);
        const answer = await session.fetch("/v1/session");
        window.fetch = own;
        return [answer.status, (await answer.json()).generation]""") == [200, 2]
    assert person.run("""
        await session.logout();
        return [(await session.fetch("/v1/session")).status, await session.refresh()]""") == [401, False]


def test_the_lost_answer_of_a_refresh_is_asked_for_again_with_a_new_proof(service, open_browser):
    person = open_browser(service).open("/login")
    assert person.run(f"""
        const {{ signIn }} = await import("/heirloom-bind.mjs");
        const session = await signIn("ada", "{PASSWORD}");
        const own = window.fetch;
        let lost = 0;
        window.fetch = async (request, init) => {{
            const answer = await own(request, init);
            if (request.url?.endsWith("/v1/refresh") && lost++ < 2) throw new TypeError("network error");
            return answer;
        }};
        const refreshed = await session.refresh();
        window.fetch = own;
        return [refreshed, lost, (await (await session.fetch("/v1/session")).json()).generation]""") == [True, 3, 1]
    wrong = person.run("""
        const { signIn } = await import("/heirloom-bind.mjs");
        return signIn("ada", "wrong").catch(({code, action}) => [code, action])""")
    assert wrong == ["invalid_credentials", "login"]
