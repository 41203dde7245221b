"""Login: the answer, the accounts, passwords, limits."""

from __future__ import annotations

import threading
import time
import unicodedata

import pytest

from harness import PASSWORD, TOKEN_MEMBERS, assert_problem, claims, encode


def login_request(**members) -> bytes:
    return encode("POST", "/v1/login", {"username": "ada", "password": PASSWORD, **members})


# The answer.


def test_a_login_answers_with_the_tokens_of_a_session(server):
    answer = server.try_login(scope="read write", device="laptop", client_id="web", delivery="body")
    assert answer.status == 200, answer
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    tokens = answer.json
    assert set(tokens) == TOKEN_MEMBERS
    assert tokens["token_type"] == "Bearer"
    assert tokens["refresh_token"].startswith("hr1_")
    assert (tokens["expires_in"], tokens["refresh_expires_in"]) == (600, 1209600)
    assert tokens["scope"] == claims(tokens["access_token"])["scope"] == "read write"
    access = claims(tokens["access_token"])
    assert (access["sid"], access["sub"]) == (tokens["session_id"], tokens["subject"])


def test_a_login_without_a_scope_gives_none(server):
    tokens = server.login()
    assert tokens["scope"] == ""
    assert "scope" not in claims(tokens["access_token"])


def test_a_scope_keeps_its_order_and_drops_duplicates(server):
    assert server.login(scope="write read write")["scope"] == "write read"


@pytest.mark.parametrize("scope", ['a"b', "a\\b", "read\nwrite", "é", "\u0000"])
def test_a_scope_of_forbidden_characters_is_refused(server, scope):
    assert_problem(server.try_login(scope=scope), "invalid_request")


def test_an_unknown_client_and_an_unknown_delivery_are_refused(server):
    assert_problem(server.try_login(client_id="nobody"), "invalid_request")
    assert_problem(server.try_login(delivery="pigeon"), "invalid_request")


def test_every_login_is_a_new_session_whatever_credentials_it_carries(server):
    first = server.login()
    second = server.login(headers={"Authorization": f"Bearer {first['access_token']}", "Cookie": "session=known"})
    assert second["session_id"] != first["session_id"]
    assert second["subject"] == first["subject"]
    server.assert_live(first)
    server.assert_live(second)


# Accounts.


def test_unknown_names_wrong_passwords_and_disabled_users_get_the_same_answer(server, user):
    server.command("user", "disable", user)
    answers = [
        server.try_login("nobody", PASSWORD), server.try_login("ada", "a wrong password"), server.try_login(user),
        server.try_login("", PASSWORD), server.try_login("a\u0000da", PASSWORD), server.try_login("ada" * 50, PASSWORD),
    ]
    for answer in answers:
        assert_problem(answer, "invalid_credentials")
        assert answer.body == answers[0].body
        varying = ("x-request-id", "date")
        headers = [[(n, v) for n, v in a.headers.items() if n.lower() not in varying] for a in (answer, answers[0])]
        assert headers[0] == headers[1]


def test_names_and_passwords_match_in_every_unicode_composition(server):
    name, password = "Zoë Ångström", "pâté à la crème brûlée"
    server.add_user(unicodedata.normalize("NFD", name), unicodedata.normalize("NFD", password))
    for form in ("NFC", "NFD"):
        server.login(unicodedata.normalize(form, name), unicodedata.normalize(form, password))
    assert server.cli("user", "add", name, "--password-stdin", stdin=password).returncode == 1


@pytest.mark.parametrize("name, others", [
    ("ΝΙΚΟΣ", ["νικος", "νικοσ", "Νικος ", "\u3000ΝΙΚΟΣ\u00a0"]),
    ("\uff41\uff44\uff41 wide", ["ada wide", "ADA\u3000WIDE"]),
    ("می\u200cخواهم", ["می\u200cخواهم "]),
])
def test_a_name_is_one_account_however_it_is_written(make_server, name, others):
    server = make_server(user=False)
    subject = server.add_user(name)
    for other in others:
        assert server.login(other)["subject"] == subject
        assert server.cli("user", "add", other, "--password-stdin", stdin=PASSWORD).returncode == 1


# Passwords.


@pytest.mark.parametrize("length", [64, 72, 73, 200, 1000])
def test_every_byte_of_a_long_password_counts(server, length):
    name = f"long{length}"
    password = ("correct horse battery staple " * 40)[:length - 1] + "!"
    server.add_user(name, password)
    server.login(name, password)
    for wrong in (password[:-1], password[:-1] + "?", password + "!", password[:72] + "x", password[:64]):
        if wrong != password:
            assert_problem(server.try_login(name, wrong), "invalid_credentials")


def test_a_password_does_not_end_at_a_nul(server):
    password = "correct horse\0battery staple"
    server.add_user("nul", password)
    server.login("nul", password)
    for wrong in ("correct horse", "correct horse\0", "correct horse\0battery"):
        assert_problem(server.try_login("nul", wrong), "invalid_credentials")


@pytest.mark.parametrize("password", [
    "", "short", "seven77", "password", "Password", "password1", "12345678", "87654321", "qwertyuiop", "iloveyou",
    "aaaaaaaaaaaa", "abcdefghij", "11111111", "sunshine", "football1",
])
def test_a_short_or_a_common_password_is_refused(server, password):
    run = server.cli("user", "add", "weakling", "--password-stdin", stdin=password)
    assert run.returncode == 1, run
    assert "password" in run.stderr
    tokens = server.login()
    answer = server.post(
        "/v1/password", {"current_password": PASSWORD, "new_password": password}, bearer=tokens["access_token"])
    assert_problem(answer, "weak_password")


def test_a_password_equal_to_the_name_is_refused(server):
    assert server.cli("user", "add", "Weakling", "--password-stdin", stdin="weakling").returncode == 1


@pytest.mark.parametrize("password", ["tr0ub4do", "no rules of composition", "пароль-длинный", "🐎🔋📎🐴🌧🎻🧵🪁"])
def test_a_password_needs_no_particular_characters(server, password):
    name = f"free {password}"
    server.add_user(name, password)
    server.login(name, password)


def test_a_login_rehashes_the_password_after_a_change_of_parameters(make_server):
    server = make_server()
    stored = "SELECT password FROM subjects WHERE username = 'ada'"
    before = server.query(stored)
    assert before[0][0].startswith("$argon2id$v=19$m=64,t=1,p=1$")
    server.stop()
    server.configure({"passwords": {"memoryKiB": 128, "iterations": 2}})
    server.start()
    assert_problem(server.try_login(password="a wrong password"), "invalid_credentials")
    assert server.query(stored) == before
    tokens = server.login()
    assert server.query(stored)[0][0].startswith("$argon2id$v=19$m=128,t=2,p=1$")
    server.login()
    server.assert_live(tokens)


# Limits.


def exhaust(server, attempts: int, name: str = "ada", **options) -> None:
    for _ in range(attempts):
        assert_problem(server.try_login(name, "a wrong password", **options), "invalid_credentials")


def test_an_account_is_throttled_and_recovers(make_server):
    server = make_server({"loginLimits": {"perAccount": 2, "windowSeconds": 10}})
    server.add_user("bob")
    exhaust(server, 2)
    answer = server.try_login(password="a wrong password")
    assert_problem(answer, "too_many_attempts")
    assert_problem(server.try_login(), "too_many_attempts")
    server.login("bob")
    time.sleep(int(answer.headers["Retry-After"]))
    server.login()


def test_an_unknown_name_is_throttled_like_a_known_one(make_server):
    server = make_server({"loginLimits": {"perAccount": 2, "windowSeconds": 300}})
    exhaust(server, 2, "nobody")
    assert_problem(server.try_login("nobody"), "too_many_attempts")


def test_successful_logins_are_not_counted(make_server):
    server = make_server({"loginLimits": {"perAccount": 2, "perAddress": 2, "windowSeconds": 300}})
    for _ in range(5):
        server.login()


def test_an_address_is_throttled_over_all_accounts(make_server):
    server = make_server({"loginLimits": {"perAddress": 3, "windowSeconds": 300}})
    for name in ("nobody", "somebody", "ada"):
        exhaust(server, 1, name)
    assert_problem(server.try_login(), "too_many_attempts")


def test_wrong_current_passwords_are_throttled(make_server):
    server = make_server({"loginLimits": {"perAccount": 2, "windowSeconds": 300}})
    tokens = server.login()
    body = {"current_password": "a wrong password", "new_password": "another battery horse"}
    for _ in range(2):
        assert_problem(server.post("/v1/password", body, bearer=tokens["access_token"]), "invalid_credentials",
                       action="fix")
    assert_problem(server.post("/v1/password", body, bearer=tokens["access_token"]), "too_many_attempts")
    server.assert_live(tokens)
    assert server.events(tokens["session_id"]).count("password_change_failed") == 2


def forwarded(address: str) -> dict:
    return {"headers": {"X-Forwarded-For": address}}


def test_guesses_from_other_addresses_do_not_lock_out_the_owner(make_server):
    server = make_server({
        "http": {"trustedProxies": ["127.0.0.1"]}, "loginLimits": {"perAccount": 2, "windowSeconds": 300}})
    server.login(**forwarded("192.0.2.1"))
    exhaust(server, 2, **forwarded("198.51.100.1"))
    assert_problem(server.try_login(**forwarded("198.51.100.2")), "too_many_attempts")
    server.login(**forwarded("192.0.2.1"))


def test_a_forwarded_address_counts_only_from_a_trusted_proxy(make_server):
    limits = {"loginLimits": {"perAddress": 2, "windowSeconds": 300}}
    open_server = make_server(limits, name="open")
    exhaust(open_server, 1, **forwarded("192.0.2.1"))
    exhaust(open_server, 1, **forwarded("192.0.2.2"))
    assert_problem(open_server.try_login(**forwarded("192.0.2.3")), "too_many_attempts")

    behind_proxy = make_server({"http": {"trustedProxies": ["127.0.0.0/8"]}, **limits}, name="behind")
    exhaust(behind_proxy, 2, **forwarded("192.0.2.1"))
    assert_problem(behind_proxy.try_login(**forwarded("192.0.2.1")), "too_many_attempts")
    assert_problem(behind_proxy.try_login(**forwarded("203.0.113.9, 192.0.2.1")), "too_many_attempts")
    behind_proxy.login(**forwarded("192.0.2.2"))


def test_an_ipv6_network_of_64_bits_is_one_address(make_server):
    server = make_server({
        "http": {"trustedProxies": ["127.0.0.1"]}, "loginLimits": {"perAddress": 2, "windowSeconds": 300}})
    exhaust(server, 1, **forwarded("2001:db8:1:2::1"))
    exhaust(server, 1, **forwarded("2001:db8:1:2:ffff:ffff:ffff:ffff"))
    assert_problem(server.try_login(**forwarded("2001:DB8:1:2:0:0:0:3")), "too_many_attempts")
    server.login(**forwarded("2001:db8:1:3::1"))
    exhaust(server, 1, **forwarded("192.0.2.1"))
    exhaust(server, 1, **forwarded("::ffff:192.0.2.1"))
    assert_problem(server.try_login(**forwarded("192.0.2.1")), "too_many_attempts")


def test_an_ipv6_site_has_a_limit_of_its_own(make_server):
    server = make_server({
        "http": {"trustedProxies": ["127.0.0.1"]}, "loginLimits": {"perAddress": 1, "windowSeconds": 300}})
    for network in range(4):
        exhaust(server, 1, **forwarded(f"2001:db8:1:{network}::1"))
    assert_problem(server.try_login(**forwarded("2001:db8:1:ff::1")), "too_many_attempts")
    server.login(**forwarded("2001:db8:1:100::1"))
    # Addresses behind a translator are the IPv4 addresses in them.
    exhaust(server, 1, **forwarded("64:ff9b::192.0.2.1"))
    assert_problem(server.try_login(**forwarded("192.0.2.1")), "too_many_attempts")
    for host in range(2, 8):
        exhaust(server, 1, **forwarded(f"64:ff9b::192.0.2.{host}"))


@pytest.fixture(scope="module")
def proxied(make_shared_server):
    return make_shared_server({"http": {"trustedProxies": ["127.0.0.1", "10.0.0.0/8"]}})


@pytest.mark.parametrize("headers, seen", [
    ({"X-Forwarded-For": "192.0.2.1"}, "192.0.2.1"),
    ({"X-Forwarded-For": "203.0.113.1, 192.0.2.1"}, "192.0.2.1"),
    ({"X-Forwarded-For": "203.0.113.1, 192.0.2.1, 10.1.2.3"}, "192.0.2.1"),
    ({"X-Forwarded-For": "2001:db8::1"}, "2001:db8::1"),
    ({"X-Forwarded-For": "not an address"}, "127.0.0.1"),
    ({"X_Forwarded_For": "192.0.2.1"}, "127.0.0.1"),
    ({"Forwarded": "for=192.0.2.1", "X-Real-IP": "192.0.2.1"}, "127.0.0.1"),
    ({}, "127.0.0.1"),
], ids=str)
def test_a_session_shows_the_last_address_that_is_no_trusted_proxy(proxied, headers, seen):
    tokens = proxied.login(headers=headers)
    assert proxied.session(tokens["access_token"]).json["address"] == seen


def test_a_burst_of_logins_is_partly_refused_and_fails_no_refresh(make_server):
    server = make_server({"passwords": {"memoryKiB": 32768, "iterations": 4, "maxConcurrentHashes": 1}})
    tokens = server.login()
    storm: list = []
    thread = threading.Thread(target=lambda: storm.extend(server.burst([login_request()] * 100)))
    thread.start()
    refreshes = 0
    while thread.is_alive() or refreshes == 0:
        tokens = server.rotate(tokens["refresh_token"])
        refreshes += 1
    refused = [answer for answer in storm if answer.status != 200]
    assert len(storm) == 100
    assert 0 < len(refused) < 100
    for answer in refused:
        assert_problem(answer, "unavailable")
    server.login()


def test_a_flood_from_one_ipv6_site_does_not_keep_the_owner_out(make_server):
    server = make_server({
        "http": {"trustedProxies": ["127.0.0.1"]},
        "passwords": {"memoryKiB": 32768, "iterations": 4, "maxConcurrentHashes": 1}})
    home = forwarded("192.0.2.1")
    server.login(**home)
    flood = [
        encode("POST", "/v1/login", {"username": "ada", "password": "a wrong password"},
               headers=forwarded(f"2001:db8:1:{network:x}::1")["headers"])
        for network in range(100)]
    answers: list = []
    thread = threading.Thread(target=lambda: answers.extend(server.burst(flood)))
    thread.start()
    logins = 0
    while thread.is_alive() or logins == 0:
        server.login(**home)
        logins += 1
    assert {answer.status for answer in answers} == {401, 503}
