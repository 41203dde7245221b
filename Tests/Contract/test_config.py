"""The configuration: what is refused, precedence, paths."""

from __future__ import annotations

import base64
import os
import re
import socket

import pytest

from harness import ROOT, claims, wait_until


@pytest.fixture
def installation(make_server):
    """An installation that is not started."""
    return make_server(start=False, user=False)


def check(installation, settings: dict | None = None, *arguments: str, environment: dict | None = None):
    if settings is not None:
        installation.configure(settings)
    return installation.cli("config", "check", *arguments, environment=environment)


def assert_names(run, path: str, *words: str) -> None:
    """The configuration is refused with one line that begins with the key's path and holds all of `words`."""
    assert run.returncode == 1, run
    assert run.stdout == "", run
    lines = [line.strip() for line in run.stderr.splitlines() if line.strip().startswith(f"{path}: ")]
    assert len(lines) == 1, run
    for part in words:
        assert part in lines[0], run


# What is refused.


@pytest.mark.parametrize("settings, path, words", [
    ({"acessToken": {}}, "acessToken", ["did you mean accessToken?"]),
    ({"htpp": {"port": 1}}, "htpp", ["did you mean http?"]),
    ({"http": {"tsl": {}}}, "http.tsl", ["did you mean http.tls?"]),
    ({"webhook": {}}, "webhook", ["did you mean webhooks?"]),
    ({"isuer": "http://x"}, "isuer", ["issuer"]),
    ({"accessToken": {"lifetimeSecond": 60}}, "accessToken.lifetimeSecond", ["accessToken.lifetimeSeconds"]),
    ({"http": {"Port": 0}}, "http.Port", ["http.port"]),
    ({"http": {"tls": {"certificate": ""}}}, "http.tls.certificate", ["http.tls.certificateFile"]),
    ({"somethingElseAltogether": 1}, "somethingElseAltogether", ["unknown"]),
    # The Kelvin sign, which is canonically equivalent to the letter.
    ({"database": {"cache\u212aiB": 16384}}, "database.cache\u212aiB", ["unknown", "database.cacheKiB"]),
])
def test_an_unknown_key_is_named_with_the_nearest_known_key(installation, settings, path, words):
    assert_names(check(installation, settings), path, *words)


@pytest.mark.parametrize("settings, path, words", [
    ({"issuer": 1}, "issuer", ["string", "1"]),
    ({"issuer": ["http://x"]}, "issuer", ["string"]),
    ({"audience": "api"}, "audience", ["array"]),
    ({"audience": [1]}, "audience", ["array"]),
    ({"http": {"port": "8080"}}, "http.port", ["integer", "8080"]),
    ({"http": {"port": 8080.5}}, "http.port", ["integer"]),
    ({"http": {"port": True}}, "http.port", ["integer"]),
    ({"http": {"port": None}}, "http.port", ["integer"]),
    ({"log": "info"}, "log", ["object"]),
    ({"refreshToken": {"retryWindowSeconds": "60"}}, "refreshToken.retryWindowSeconds", ["integer"]),
], ids=str)
def test_a_value_of_a_wrong_type_is_named_with_the_expected_type(installation, settings, path, words):
    assert_names(check(installation, settings), path, *words)


@pytest.mark.parametrize("settings, path, words", [
    ({"http": {"port": 65536}}, "http.port", ["65535", "65536"]),
    ({"http": {"port": -1}}, "http.port", ["0"]),
    ({"accessToken": {"lifetimeSeconds": 3601}}, "accessToken.lifetimeSeconds", ["3600", "3601"]),
    ({"accessToken": {"lifetimeSeconds": 0}}, "accessToken.lifetimeSeconds", ["1"]),
    ({"accessToken": {"algorithm": "HS256"}}, "accessToken.algorithm", ["ES256, EdDSA, RS256, ML-DSA-65", "HS256"]),
    ({"accessToken": {"algorithm": "none"}}, "accessToken.algorithm", ["ES256"]),
    ({"refreshToken": {"retryWindowSeconds": 601}}, "refreshToken.retryWindowSeconds", ["600", "601"]),
    ({"refreshToken": {"idleLifetimeSeconds": 0}}, "refreshToken.idleLifetimeSeconds", ["1"]),
    ({"refreshToken": {"maxRetries": -1}}, "refreshToken.maxRetries", ["0"]),
    ({"refreshToken": {"maxSessionsPerSubject": -1}}, "refreshToken.maxSessionsPerSubject", ["0"]),
    ({"passwords": {"minimumLength": 7}}, "passwords.minimumLength", ["8", "7"]),
    ({"loginLimits": {"windowSeconds": 0}}, "loginLimits.windowSeconds", ["1"]),
    ({"log": {"level": "loud"}}, "log.level", ["info", "loud"]),
    ({"log": {"format": "xml"}}, "log.format", ["json", "text"]),
    ({"issuer": "localhost"}, "issuer", ["http"]),
    ({"issuer": ""}, "issuer", ["http"]),
    ({"issuer": "https://x/?tenant=1"}, "issuer", ["query"]),
    ({"issuer": "https://x/#a"}, "issuer", ["fragment"]),
    ({"issuer": "https://ada@x"}, "issuer", ["user"]),
    ({"issuer": "https://"}, "issuer", ["http"]),
    ({"issuer": "https://x:65536"}, "issuer", ["65536"]),
    ({"issuer": "https://*.example"}, "issuer", ["*"]),
    ({"issuer": "https://a b"}, "issuer", ["a b"]),
    ({"issuer": "ftp://x"}, "issuer", ["http"]),
    ({"issuer": "https://%00/"}, "issuer", ["http"]),
    ({"issuer": "http://localhost:/"}, "issuer", ["http"]),
    ({"audience": []}, "audience", []),
    ({"audience": ["api", ""]}, "audience", ["empty"]),
    ({"http": {"host": ""}}, "http.host", ["127.0.0.1"]),
    ({"http": {"host": "127.0.0.1:8080"}}, "http.host", ["without a port", "127.0.0.1:8080"]),
    ({"http": {"host": "http://localhost"}}, "http.host", ["http://localhost"]),
    ({"http": {"host": "10.0.0.0/8"}}, "http.host", ["10.0.0.0/8"]),
    ({"http": {"host": "::1::"}}, "http.host", ["::1::"]),
    ({"http": {"host": "127.0.0.1\0"}}, "http.host", ["control"]),
    ({"http": {"host": "nowhere.invalid"}}, "http.host", ["nowhere.invalid", "127.0.0.1"]),
    ({"http": {"host": "unix:"}}, "http.host", ["unix:PATH"]),
    ({"admin": {"host": " "}}, "admin.host", ["name or an address"]),
    ({"admin": {"host": "nowhere.invalid"}}, "admin.host", ["nowhere.invalid"]),
    ({"admin": {"port": 65536}}, "admin.port", ["65535", "65536"]),
    ({"http": {"trustedProxies": ["10.0.0.0/33"]}}, "http.trustedProxies", ["CIDR", "10.0.0.0/33"]),
    ({"http": {"trustedProxies": ["127.0.0.1", "proxy.example"]}}, "http.trustedProxies", ["CIDR", "proxy.example"]),
    ({"http": {"trustedProxies": [""]}}, "http.trustedProxies", ["CIDR"]),
    ({"http": {"trustedProxies": ["10.0.0.1\0"]}}, "http.trustedProxies", ["CIDR"]),
    ({"http": {"trustedProxies": ["Unix"]}}, "http.trustedProxies", ["unix"]),
    ({"http": {"allowedOrigins": ["https://app.example", "*"]}}, "http.allowedOrigins", ["https://app.example", '"*"']),
    ({"http": {"allowedOrigins": ["https://app.example/"]}}, "http.allowedOrigins", ["https://app.example/"]),
    ({"http": {"allowedOrigins": ["https://*.example"]}}, "http.allowedOrigins", ["https://*.example"]),
    ({"http": {"allowedOrigins": ["https://App.example"]}}, "http.allowedOrigins", ["lower case"]),
    ({"http": {"allowedOrigins": ["https://app.example:443"]}}, "http.allowedOrigins", [":443"]),
    ({"http": {"allowedOrigins": ["https://app.example:65536"]}}, "http.allowedOrigins", [":65536"]),
    ({"http": {"allowedOrigins": ["null"]}}, "http.allowedOrigins", ["null"]),
    ({"pages": {"returnTo": ["https://*.example"]}}, "pages.returnTo", ["https://*.example"]),
    ({"pages": {"returnTo": ["https://ada@app.example"]}}, "pages.returnTo", ["user"]),
    ({"dataDirectory": "a\0b"}, "dataDirectory", ["NUL"]),
    ({"masterKey": "zz"}, "masterKey", ["32 bytes"]),
    ({"previousMasterKeys": ["zz"]}, "previousMasterKeys", ["32 bytes"]),
    ({"previousMasterKeys": [""]}, "previousMasterKeys", ["32 bytes"]),
    ({"masterKeyFile": "missing"}, "masterKeyFile", ["missing"]),
    ({"previousMasterKeyFiles": ["missing"]}, "previousMasterKeyFiles",
     ["missing", "previous master key", "take it out"]),
    ({"previousMasterKeyFiles": ["config.json"]}, "previousMasterKeyFiles", ["32 bytes"]),
    ({"http": {"tls": {"certificateFile": "cert.pem", "privateKeyFile": ""}}}, "http.tls", ["privateKeyFile"]),
    ({"database": {"url": "mysql://x"}}, "database.url", ["sqlite:", "postgres:"]),
    ({"database": {"url": "postgres://u:p%ZZ@h/d"}}, "database.url", ["percent-encode"]),
    ({"database": {"url": "postgres://h/d?colour=red"}}, "database.url", ["libpq"]),
    ({"database": {"url": "postgres://h/d?connect_timeout=0"}}, "database.url", ["connect_timeout"]),
    ({"database": {"url": "postgres://h:65536/d"}}, "database.url", ["65535"]),
    ({"database": {"url": "postgres://a:5432,b:0/d"}}, "database.url", ["65535"]),
    ({"database": {"urlFile": "missing"}}, "database.urlFile", ["missing"]),
    ({"database": {"url": "sqlite:."}}, "database.url", ["is a folder"]),
    ({"dataDirectory": "config.json"}, "dataDirectory", ["is a file"]),
], ids=str)
def test_a_value_out_of_range_is_named_with_the_expected_values(installation, settings, path, words):
    assert_names(check(installation, settings), path, *words)


def test_all_mistakes_are_named_in_one_run_of_check_and_of_serve(installation):
    installation.configure({"issuer": "localhost", "http": {"port": "x"}, "log": {"levle": "info"}})
    for run in (check(installation), installation.cli("serve")):
        for path in ("issuer", "http.port", "log.levle"):
            assert_names(run, path)
    assert not installation.data.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"issuer":"http://a","issuer":"http://b"}', "issuer: x", "{} {}"])
def test_a_file_that_is_no_json_object_is_named(installation, text):
    installation.config.write_text(text)
    run = check(installation)
    assert run.returncode == 1
    assert "config.json" in run.stderr


@pytest.mark.parametrize("text, path, position", [
    ('{\n  "log": {\n    "level": "loud"\n  }\n}', "log.level", "(line 3, column 5)"),
    ('{"issuer":"http://é", "isuer": 1}', "isuer", "(line 1, column 23)"),
    ('{"http":{"tls":{"certificateFile":""},\n"port": "x"}}', "http.port", "(line 2, column 1)"),
    ('{\n "audience": []}', "audience", "(line 2, column 2)"),
    ('{\n "log": 1,}', "{config}", "(line 2, column 11)"),
])
def test_a_mistake_in_the_file_is_named_with_line_and_column(installation, text, path, position):
    installation.config.write_text(text)
    assert_names(check(installation), path.format(config=installation.config), position)
    run = check(installation, environment={"HEIRLOOM_LOG_LEVEL": "louder"})
    assert any(line.endswith("is something else") for line in run.stderr.splitlines()), run


@pytest.mark.parametrize("text, path, position", [
    ('{"http":{"host":"nowhere.invalid"}}', "http.host", "(line 1, column 10)"),
    ('{"http":{"host":""}}', "http.host", "(line 1, column 10)"),
    ('{"issuer":"http://a?b"}', "issuer", "(line 1, column 2)"),
    ('{"masterKeyFile":"missing"}', "masterKeyFile", "(line 1, column 2)"),
    ('{"previousMasterKeys":["zz"]}', "previousMasterKeys", "(line 1, column 2)"),
    ('{"previousMasterKeyFiles":["missing"]}', "previousMasterKeyFiles", "(line 1, column 2)"),
    ('{"http":{"trustedProxies":["x"]}}', "http.trustedProxies", "(line 1, column 10)"),
    ('{"http":{"allowedOrigins":["x"]}}', "http.allowedOrigins", "(line 1, column 10)"),
    ('{"http":{"tls":{"certificateFile":"x","privateKeyFile":"x"}}}', "http.tls.certificateFile",
     "(line 1, column 17)"),
    ('{"database":{"url":"sqlite:"}}', "database.url", "(line 1, column 14)"),
    ('{"database":{"urlFile":"missing"}}', "database.urlFile", "(line 1, column 14)"),
    # The port that the file names, whichever of the two.
    ('{"admin":{"port":8080}}', "admin.port", "(line 1, column 11)"),
    ('{"http":{"port":8081}}', "http.port", "(line 1, column 10)"),
])
def test_what_the_machine_does_not_know_is_named_with_line_and_column(installation, text, path, position):
    installation.config.write_text(text)
    assert_names(check(installation), path, position)


def test_a_mistake_in_the_file_of_the_database_url_is_named_with_the_key_of_the_file(installation):
    (installation.folder / "url").write_text("mysql://u:hunter2@h/d\n")
    run = check(installation, {"database": {"urlFile": "url"}})
    assert_names(run, "database.urlFile", "sqlite:PATH")
    assert "hunter2" not in run.stderr and "database.url: " not in run.stderr


def test_a_password_in_an_issuer_is_not_repeated(installation):
    run = check(installation, {"issuer": "https://ada:hunter2@id.example"})
    assert_names(run, "issuer", "without user")
    assert "hunter2" not in run.stderr


@pytest.mark.parametrize("http, admin, is_refused", [
    ("127.0.0.1", "127.0.0.1", True), ("localhost", "127.0.0.1", True), ("localhost", "::1", True),
    ("0.0.0.0", "127.0.0.1", True), ("127.0.0.1", "0.0.0.0", True), ("0.0.0.0", "localhost", True),
    ("::", "127.0.0.1", True), ("::", "::1", True), ("0.0.0.0", "::", True), ("[::1]", "::1", True),
    ("::1", "0:0::1", True), ("127.0.0.1", "127.0.0.2", False), ("127.0.0.1", "::1", False),
    ("0.0.0.0", "::1", False), ("192.0.2.1", "localhost", False), ("unix:socket", "127.0.0.1", False),
    ("unix:socket", "0.0.0.0", False), ("localhost", "127.0.0.2", False),
])
def test_one_port_for_both_listeners_is_refused_where_their_addresses_overlap(installation, http, admin, is_refused):
    run = check(installation, {"http": {"host": http, "port": 18080}, "admin": {"host": admin, "port": 18080}})
    if is_refused:
        assert_names(run, "admin.port", "another port than http.port, 18080")
    else:
        assert run.returncode == 0, run


def test_a_start_refuses_an_unknown_host_before_it_makes_anything(installation):
    installation.configure({"http": {"host": "nowhere.invalid"}})
    assert_names(installation.cli("serve"), "http.host", "nowhere.invalid")
    assert not installation.data.exists()
    # Only who opens listeners asks for the address.
    assert installation.cli("migrate").returncode == 0


def test_an_empty_host_of_the_admin_listener_is_none(installation):
    assert check(installation, {"admin": {"host": ""}}).returncode == 0


@pytest.mark.parametrize("settings, path", [
    ({"masterKeyFile": "."}, "masterKeyFile"), ({"previousMasterKeyFiles": ["."]}, "previousMasterKeyFiles"),
    ({"database": {"urlFile": "."}}, "database.urlFile"),
    ({"http": {"tls": {"certificateFile": ".", "privateKeyFile": "."}}}, "http.tls.certificateFile"),
])
def test_a_file_that_cannot_be_read_is_named(installation, settings, path):
    assert_names(check(installation, settings), path, str(installation.folder))


def test_a_missing_file_is_named_with_the_flag_for_another(installation):
    installation.config.unlink()
    run = check(installation)
    assert run.returncode == 1
    assert str(installation.config) in run.stderr and "--config" in run.stderr


def test_check_warns_of_a_long_access_token_lifetime(installation):
    for seconds, warned in ((900, False), (901, True), (3600, True)):
        run = check(installation, {"accessToken": {"lifetimeSeconds": seconds}})
        assert run.returncode == 0, run
        assert ("accessToken.lifetimeSeconds" in run.stderr) == warned


def test_serve_warns_of_a_long_access_token_lifetime(make_server):
    server = make_server({"accessToken": {"lifetimeSeconds": 901}})
    assert "accessToken.lifetimeSeconds" in server.log
    assert server.login()["expires_in"] == 901


@pytest.mark.parametrize("settings, path", [
    ({"refreshToken": {"idleLifetimeSeconds": 100, "absoluteLifetimeSeconds": 99}},
     "refreshToken.absoluteLifetimeSeconds"),
    ({"signingKeys": {"rotateEverySeconds": 100, "publishAheadSeconds": 101}}, "signingKeys.publishAheadSeconds"),
    ({"accessToken": {"algorithm": "ML-DSA-65"}}, "accessToken.algorithm"),
])
def test_what_is_odd_is_said_at_the_start_by_check_and_by_doctor_and_not_refused(make_server, settings, path):
    server = make_server(settings, user=False)
    assert path in server.log
    for command in (["config", "check"], ["doctor"]):
        run = server.cli(*command)
        assert run.returncode == 0 and f"warning: {path}" in run.stderr, run


def test_bounds_that_meet_are_not_odd(installation):
    run = check(installation, {
        "refreshToken": {"idleLifetimeSeconds": 100, "absoluteLifetimeSeconds": 100},
        "signingKeys": {"rotateEverySeconds": 100, "publishAheadSeconds": 100}})
    assert run.returncode == 0 and "warning" not in run.stderr, run


@pytest.mark.parametrize("url, advice", [
    ("sqlite://x.sqlite", "sqlite:x.sqlite"), ("sqlite://data/x.sqlite", "sqlite:data/x.sqlite"),
    ("sqlite:////data/x.sqlite", "sqlite:///data/x.sqlite"), ("sqlite://", "missing"), ("sqlite:///", "missing"),
    ("sqlite:", "missing"), ("sqlite:data/", "missing"), ("sqlite::memory:", "file"),
    ("sqlite::memory:?cache=shared", "file"), ("sqlite:file:x.sqlite", "sqlite:x.sqlite"),
    ("sqlite:x.sqlite?mode=ro", "sqlite:x.sqlite"), ("sqlite:///x.sqlite?mode=ro", "sqlite:/x.sqlite"),
    ("sqlite:x.sqlite#a", "sqlite:x.sqlite"), ("sqlite:~", "ABSOLUTE"), ("sqlite:~/x.sqlite", "ABSOLUTE"),
    ("sqlite:~ada/x.sqlite", "ABSOLUTE"), ("sqlite:///~/x.sqlite", "ABSOLUTE"), ("sqlite:$HOME/x", "ABSOLUTE"),
    ("sqlite:a%20b.sqlite", "percent"), ("sqlite: x.sqlite", "space"), ("sqlite:x\n.sqlite", "line"),
    ("x.sqlite", "sqlite:PATH"), ("file:x.sqlite", "sqlite:PATH"), ("SQLITE:x", "sqlite:PATH"),
    ("sqlite3:x", "sqlite:PATH"), (":memory:", "sqlite:PATH"), ("sqlite://u:hunter2@host/x", "sqlite:PATH"),
])
def test_another_form_of_a_sqlite_url_is_refused_with_what_to_write(installation, url, advice):
    run = check(installation, {"database": {"url": url}})
    assert_names(run, "database.url", advice)
    assert "hunter2" not in run.stderr


def test_both_forms_of_a_sqlite_url_name_a_file(make_server, tmp_path):
    for number, form in enumerate(("sqlite:{}", "sqlite://{}")):
        file = tmp_path / f"{number}.sqlite"
        server = make_server(
            {"database": {"url": form.format(file)}}, name=f"server-{number}", start=False, user=False)
        server.command("migrate")
        assert file.exists() and "~" not in "".join(os.listdir(server.folder))


@pytest.mark.parametrize("settings, path", [
    ({"dataDirectory": "~/data"}, "dataDirectory"), ({"masterKeyFile": "~/key"}, "masterKeyFile"),
    ({"previousMasterKeyFiles": ["~/key"]}, "previousMasterKeyFiles"),
    ({"database": {"urlFile": "~/url"}}, "database.urlFile"),
])
def test_a_home_folder_in_a_path_is_refused(installation, settings, path):
    run = check(installation, settings)
    assert run.returncode == 1 and f"{path}: ~ is not expanded" in run.stderr, run


def test_an_ipv6_address_is_accepted_with_and_without_brackets(make_server):
    for number, host in enumerate(("::1", "[::1]")):
        server = make_server(
            {"http": {"host": host}, "admin": {"host": host}}, name=f"server-{number}", start=False, user=False)
        server.spawn()
        wait_until(lambda: "Heirloom listens on" in server.log)
        greeting = server.log
        assert re.search(r"Heirloom listens on http://\[::1\]:\d+\n", greeting), greeting
        assert re.search(r"metrics are at http://\[::1\]:\d+; ", greeting), greeting
        port = int(re.search(r"listens on http://\[::1\]:(\d+)", greeting)[1])
        socket.create_connection(("::1", port)).close()
        # The port is taken.
        run = server.cli("serve", "--http-port", str(port))
        assert run.returncode == 1 and f"cannot listen on [::1]:{port}" in run.stderr, run


def test_no_refusal_repeats_a_secret(installation):
    secret = "c2VjcmV0IHNlY3JldA=="
    for settings in ({"masterKey": secret}, {"masterKey": [secret]}, {"previousMasterKeys": secret}):
        installation.configure(settings)
        run = installation.cli("serve")
        assert run.returncode == 1, run
        assert "asterKey" in run.stderr and secret not in run.stderr


# Precedence.


def test_flags_override_the_environment_which_overrides_the_file(make_server):
    server = make_server({"issuer": "http://file", "accessToken": {"lifetimeSeconds": 60}})
    environment = {"HEIRLOOM_ISSUER": "http://environment"}
    flags = ["--issuer", "http://flag", "--access-token-lifetime-seconds=70"]
    for arguments, variables, issuer, lifetime in (
        ([], {}, "http://file", 60),
        ([], environment, "http://environment", 60),
        (flags, environment, "http://flag", 70),
    ):
        server.end()
        server.start(*arguments, environment=variables)
        tokens = server.login()
        assert (claims(tokens["access_token"])["iss"], tokens["expires_in"]) == (issuer, lifetime)


@pytest.mark.parametrize("variable, value, path", [
    ("HEIRLOOM_HTTP_PORT", "eighty", "http.port"),
    ("HEIRLOOM_HTTP_PORT", "65536", "http.port"),
    ("HEIRLOOM_HTTP_MAX_BODY_BYTES", "1", "http.maxBodyBytes"),
    ("HEIRLOOM_ACCESS_TOKEN_LIFETIME_SECONDS", "4000", "accessToken.lifetimeSeconds"),
    ("HEIRLOOM_ACCESS_TOKEN_ALGORITHM", "none", "accessToken.algorithm"),
    ("HEIRLOOM_REFRESH_TOKEN_RETRY_WINDOW_SECONDS", "601", "refreshToken.retryWindowSeconds"),
    ("HEIRLOOM_PASSWORDS_MEMORY_KIB", "1", "passwords.memoryKiB"),
    ("HEIRLOOM_LOG_LEVEL", "loud", "log.level"),
])
def test_a_mistake_in_the_environment_is_named_with_its_variable(installation, variable, value, path):
    assert_names(check(installation, {}, environment={variable: value}), path, variable)


def test_a_mistake_in_a_flag_is_named_with_the_flag(installation):
    assert_names(check(installation, {}, "--http-port", "eighty"), "http.port", "--http-port")


def test_lists_are_separated_by_commas_in_the_environment(make_server):
    server = make_server(start=False)
    server.start(environment={"HEIRLOOM_AUDIENCE": "api, billing ,"})
    assert claims(server.login()["access_token"])["aud"] == ["api", "billing"]


# A database's password.


@pytest.mark.parametrize("url", [
    "postgres://u:hunter2@host/d?nonsense=1", "postgres://u:hunter2/more@host/d", "postgres://u:x@hunter2@host/d",
    "postgres://u:hunter2%@host/d", "postgres://u:x/hunter2@host/d", "postgres://u:x?hunter2=1@host:port/d",
    "postgres://u:hunter2@127.0.0.1:1/d", "postgres://u@127.0.0.1:1/d?password=hunter2", "postgrs://u:hunter2@host/d",
])
def test_no_command_prints_the_password_of_a_database_url(installation, url):
    installation.configure({"database": {"url": url}})
    for command in (["config", "check"], ["doctor"], ["migrate"], ["user", "list"], ["serve"]):
        run = installation.cli(*command)
        assert run.returncode == (0 if command[0] == "config" and ":1/" in url else 1), run
        assert "hunter2" not in run.stdout + run.stderr, run


def test_a_port_used_twice_and_missing_files_are_named(installation):
    ports = {"http": {"port": 18080}, "admin": {"port": 18080}}
    assert_names(check(installation, ports), "admin.port", "http.port")
    files = {"http": {"tls": {"certificateFile": "none.pem", "privateKeyFile": "none.key"}}}
    assert_names(check(installation, files), "http.tls.certificateFile", "none.pem")
    for key in ({"masterKey": "zz"}, {"masterKeyFile": "none.key"}):
        assert check(installation, key).returncode == 1


# Paths.


def test_relative_paths_begin_at_the_configuration_file(make_server):
    server = make_server({"dataDirectory": "state", "database": {"url": "sqlite:state/sessions.sqlite"}})
    server.login()
    assert (server.folder / "state/sessions.sqlite").exists()
    assert (server.folder / "state/master.key").exists()
    assert sorted(os.listdir(server.folder)) == ["config.json", "server.log", "state"]


def test_absolute_paths_are_used_unchanged(make_server, tmp_path):
    server = make_server({"dataDirectory": str(tmp_path / "a"), "database": {"url": f"sqlite:{tmp_path}/a/b.sqlite"}})
    server.login()
    assert (tmp_path / "a/b.sqlite").exists()


def test_a_database_url_may_come_from_a_file(make_server):
    server = make_server({"database": {"urlFile": "url"}}, start=False, user=False)
    (server.folder / "url").write_text("sqlite:data/from-a-file.sqlite\n")
    server.add_user("ada")
    server.start()
    server.login()
    assert (server.data / "from-a-file.sqlite").exists()


def test_the_projects_configuration_is_valid(installation):
    installation.config.write_text((ROOT / "config.json").read_text())
    run = check(installation)
    assert run.returncode == 0, run
    assert "warning" not in run.stderr


def test_no_log_level_shows_a_secret(make_server):
    key = base64.b64encode(os.urandom(32)).decode()
    server = make_server({"masterKey": key, "log": {"level": "trace"}})
    server.login()
    server.stop()
    log = server.log_file.read_text()
    assert "debug" in log and key not in log
    for secret in (server.admin_token, "masterKey", "SymmetricKey", "MasterKeySource"):
        assert secret not in log


@pytest.mark.parametrize("issuer, warns", [
    ("http://id.example", True), ("http://192.0.2.1:8080", True), ("http://[2001:db8::1]", True),
    ("http://localhost:8080", False), ("http://127.0.0.1", False), ("http://[::1]:8080", False),
    ("https://id.example", False),
])
def test_an_issuer_that_browsers_keep_no_cookies_of_is_a_warning(make_server, issuer, warns):
    server = make_server({"issuer": issuer}, start=False, user=False)
    for command in (["config", "check"], ["doctor"]):
        checked = server.cli(*command)
        assert ("issuer: browsers keep no cookies" in checked.stderr) == warns, checked
