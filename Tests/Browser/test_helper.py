"""heirloom.js in the tabs of a browser."""

from __future__ import annotations

from harness import PASSWORD
from harness.browsers.helper import LOAD, generation
from harness.cookies import ACCESS, REFRESH, cookies_of


def test_the_helper_signs_in_returns_the_session_and_signs_out(service, open_browser):
    person = open_browser(service).open("/login")
    found = person.run(LOAD + f"return heirloom.login('ada', '{PASSWORD}')")
    assert found["csrf_token"] and "access_token" not in found and set(person.cookies) == {ACCESS, REFRESH}
    assert person.run(LOAD + "return heirloom.session()")["session_id"] == found["session_id"]
    assert person.run(LOAD + "return heirloom.logout()") is True and person.cookies == {}
    assert person.run(LOAD + "return heirloom.session()") is None
    assert person.run("return heirloom.refresh()") is False
    assert person.run("return (await heirloom.fetch('/v1/session')).status") == 401
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


def test_a_visit_of_a_page_keeps_the_session_alive(make_service, open_browser):
    service = make_service({"accessToken": {"lifetimeSeconds": 4}})
    person = open_browser(service).sign_in()
    first = person.cookies[REFRESH]["value"]
    # Before the access token expires.
    person.wait(lambda: person.cookies[REFRESH]["value"] != first)
    # After it has expired.
    person.forget(ACCESS)
    person.open("/account").wait(lambda: ACCESS in person.cookies)


def test_the_helper_refreshes_after_the_clock_was_set_back(ada):
    ada.run("""
        const state = JSON.parse(localStorage.heirloom);
        localStorage.heirloom = JSON.stringify({...state, at: state.at + 3600000});
        dispatchEvent(new Event("pageshow"))""")
    ada.wait(lambda: generation(ada) == 1)


def test_a_login_in_another_tab_is_the_session_of_every_tab(service, ada):
    first = ada.driver.current_window_handle
    ada.run(LOAD + "window.seen = []; heirloom.onChange((id) => seen.push(id))")
    ada.driver.switch_to.new_window("tab")
    ada.open("/inspect")
    other = ada.run(LOAD + f"return heirloom.login('ada', '{PASSWORD}')")["session_id"]
    ada.run("window.seen = []; heirloom.onChange((id) => seen.push(id))")
    second = ada.driver.current_window_handle
    ada.driver.switch_to.window(first)
    ada.wait(lambda: ada.run("return seen") == [other])
    assert ada.run("return heirloom.logoutAll()") is True and ada.cookies == {}
    ada.driver.switch_to.window(second)
    ada.wait(lambda: ada.run("return seen") == [None])


def test_an_answer_of_a_proxy_signs_nobody_out(ada):
    outcome = ada.run(LOAD + """
        const own = window.fetch, outcomes = new Set();
        const headers = {"Content-Type": "text/html", "Retry-After": "3600"};
        for (const status of [200, 401, 403, 429, 502, 504]) {
            window.fetch = async () => new Response("<html>", {status, headers});
            for (const call of ["session", "refresh", "logout", "logoutAll", "login"])
                outcomes.add(await heirloom[call]("ada", "x").catch((error) =>
                    [error.code, error.action, error.retryAfter].join()));
        }
        window.fetch = own;
        return [[...outcomes], (await heirloom.session()).generation]""")
    assert outcome == [["unreachable,retry,3600"], 0]


def test_the_helper_waits_for_the_service_without_the_lock(ada):
    outcome = ada.run(LOAD + """
        const own = window.fetch;
        let asked = 0;
        window.fetch = async () => {
            asked++;
            return new Response('{"action":"retry","code":"unavailable"}', {
                status: 503, headers: {"Content-Type": "application/problem+json", "Retry-After": "2"}});
        };
        const refreshed = heirloom.refresh();
        while (!asked || (await navigator.locks.query()).held.length) await new Promise((done) => setTimeout(done, 5));
        const before = asked;
        window.fetch = own;
        return [before, await refreshed]""")
    assert outcome == [1, True]


def test_the_helper_needs_neither_storage_nor_an_access_cookie(ada):
    ada.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
        Object.defineProperty(window, "localStorage", {
            get() { throw new DOMException("Access is denied", "SecurityError") }})"""})
    ada.forget(ACCESS)
    ada.open("/inspect")
    assert ada.run(LOAD + """
        const session = await heirloom.session();
        return [session.generation, await heirloom.refresh(), await heirloom.logoutAll()]""") == [1, True, True]
    assert ada.cookies == {}


def test_the_module_and_the_script_are_one_helper(ada):
    assert ada.run(LOAD + """
        const module = await import("/heirloom.mjs");
        return [module.default === heirloom, (await module.session()).generation]""") == [True, 0]
