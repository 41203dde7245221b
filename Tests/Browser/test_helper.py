"""heirloom.js in the tabs of a browser."""

from __future__ import annotations

import gzip

from harness import PASSWORD
from harness.cookies import ACCESS, REFRESH, cookies_of

LOAD = """
if (!window.heirloomHere) {
    await new Promise((resolve) => {
        const script = document.createElement("script");
        script.src = "/heirloom.js";
        script.onload = resolve;
        document.head.append(script);
    });
    window.heirloomHere = heirloom;
}
"""


def test_the_helper_is_smaller_than_two_kilobytes(service):
    answer = service.get("/heirloom.js")
    assert answer.status == 200 and "javascript" in answer.headers["Content-Type"]
    assert len(gzip.compress(answer.body, 9)) < 2048


def test_the_helper_signs_in_returns_the_session_and_signs_out(service, open_browser):
    person = open_browser(service).open("/login")
    found = person.run(LOAD + f"return heirloom.login('ada', '{PASSWORD}')")
    assert found["csrf_token"] and "access_token" not in found and set(person.cookies) == {ACCESS, REFRESH}
    assert person.run(LOAD + "return heirloom.session()")["session_id"] == found["session_id"]
    assert person.run(LOAD + "return heirloom.logout()") is True and person.cookies == {}
    assert person.run(LOAD + "return heirloom.session()") is None
    wrong = person.run(LOAD + "return heirloom.login('ada', 'wrong').catch((error) => error.code)")
    assert wrong == "invalid_credentials"


def test_the_helper_adds_the_csrf_token_to_requests_that_change_something(ada):
    changed = "return (await heirloom.fetch('/v1/logout-all', {method: 'POST'})).status"
    assert ada.run(LOAD + changed) == 200


def test_the_helper_refreshes_after_a_401_and_repeats_the_request(ada):
    before = ada.cookies[REFRESH]["value"]
    ada.forget(ACCESS)
    # An API that reads the access cookie only: it refuses once.
    status = ada.run(LOAD + """
        const own = window.fetch;
        let refused = 0;
        window.fetch = (request, init) => new URL(request.url || request, location).pathname === "/api" && !refused++
            ? Promise.resolve(new Response("", {status: 401}))
            : own(request.url?.endsWith("/api") ? "/v1/session" : request, init);
        const answer = await heirloom.fetch("/api");
        window.fetch = own;
        return answer.status""")
    assert status == 200 and set(ada.cookies) == {ACCESS, REFRESH} and ada.cookies[REFRESH]["value"] != before


def test_the_helper_retries_a_refresh_without_an_answer_and_stays_signed_in(service, ada):
    held = ada.cookies[REFRESH]["value"]
    csrf = ada.run("return (await (await fetch('/v1/session')).json()).csrf_token")
    # The service rotates, and the browser does not get its answer.
    lost = service.post("/v1/refresh", headers={
        "Cookie": f"{REFRESH}={held}", "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": csrf})
    assert lost.status == 200
    outcome = ada.run(LOAD + """
        const own = window.fetch;
        let lost = 0;
        window.fetch = async (request, init) => {
            if (request.url?.endsWith("/v1/refresh") && lost++ < 2) throw new TypeError("network error");
            return own(request, init);
        };
        const refreshed = await heirloom.refresh();
        window.fetch = own;
        return [refreshed, lost, (await own("/v1/session")).status]""")
    assert outcome == [True, 3, 200]
    assert ada.cookies[REFRESH]["value"] == cookies_of(lost)[REFRESH][0] != held


def test_tabs_that_refresh_at_the_same_moment_stay_signed_in(ada):
    first = ada.driver.current_window_handle
    for _ in range(3):
        ada.driver.switch_to.new_window("tab")
        ada.open("/account")
    tabs = ada.driver.window_handles
    for tab in tabs:
        ada.driver.switch_to.window(tab)
        # The tabs begin at the same moment and do not wait for each other.
        ada.run(LOAD + "window.start = Date.now(); window.outcome = null; return 1")
    for tab in tabs:
        ada.driver.switch_to.window(tab)
        ada.driver.execute_script(
            "setTimeout(async () => window.outcome = [await heirloom.refresh(arguments[0]), "
            "(await fetch('/v1/session')).status], arguments[1] - Date.now())",
            *ada.driver.execute_script("return [Date.now(), Date.now() + 1500]"))
    for tab in tabs:
        ada.driver.switch_to.window(tab)
        assert ada.wait(lambda: ada.driver.execute_script("return window.outcome")) == [True, 200]
    ada.driver.switch_to.window(first)
    assert ada.open("/account").path == "/account"
    assert ada.run("return (await (await fetch('/v1/session')).json()).generation") <= len(tabs)


def test_parallel_refreshes_without_the_helper_stay_signed_in(ada):
    """Without the helper's lock, the retry window keeps the tabs signed in.

    A browser opens six connections to a host. A seventh request would wait and be sent with the successor, so that
    requests of the six that are still in flight would present an ancestor.
    """
    outcome = ada.run("""
        const csrf = (await (await fetch("/v1/session")).json()).csrf_token;
        const options = {method: "POST", headers: {"X-CSRF-Token": csrf}};
        const refresh = () => fetch("/v1/refresh", options).then((answer) => answer.status);
        const statuses = await Promise.all(Array.from({length: 6}, refresh));
        return [[...new Set(statuses)], (await fetch("/v1/session")).status]""")
    assert outcome == [[200], 200]


def test_the_helper_does_not_refresh_an_ended_session_again(service, ada):
    service.command("session", "revoke-all", "ada")
    assert ada.run(LOAD + "return [await heirloom.refresh(), await heirloom.session()]") == [False, None]
