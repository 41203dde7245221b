"""Whatever an administrator changes, the audit trail says by whom and from where: over the admin API, in the console
and on the command line."""

from __future__ import annotations

import base64
import itertools
import json
import os
import pwd
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Callable
from urllib.parse import quote

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from harness import PASSWORD, ROOT
from harness.admin import Admin
from harness.console import Console

NUMBERS = itertools.count()
ISSUER = "https://accounts.example"
DOCUMENT = yaml.load((ROOT / "Sources/TokenHTTP/Resources/openapi.yaml").read_text(), yaml.CSafeLoader)


def key_set() -> dict:
    key = json.loads(ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key()))
    return {"keys": [{**key, "kid": f"key-{next(NUMBERS)}", "alg": "ES256", "use": "sig"}]}


def current_key(world) -> str:
    """The current key, after a rotation that leaves a retired one behind."""
    return next(key["kid"] for key in world.admin.get_json("/admin/v1/keys")["keys"] if key["state"] == "current")


def link_first(world) -> None:
    answer = world.admin.post(world.user_path + "/identities", {"issuer": ISSUER, "sub": world.user})
    assert answer.status == 201, answer


def log_in(world) -> None:
    world.session = world.server.login(world.user)["session_id"]


def add_client(world) -> None:
    world.server.command("client", "add", world.client, "--confidential")


def disable(world) -> None:
    world.server.command("user", "disable", world.user)


def file(world, text: str) -> str:
    path = Path(world.server.folder) / f"file-{next(NUMBERS)}"
    path.write_text(text)
    return str(path)


@dataclass(frozen=True)
class Action:
    """Something that an administrator does, and the kinds of events that it records.

    `api`: method, path and body. `console`: path and fields. `command`: arguments. Each by the world that it is done
    in; None where there is no such way.
    """

    name: str
    kinds: list[str]
    api: list[Callable] = field(default_factory=list)
    console: Callable | None = None
    command: Callable | None = None
    prepare: Callable = lambda world: None
    stdin: str = ""


def identity(world) -> dict:
    return {"issuer": ISSUER, "sub": world.user}


ACTIONS = [
    Action("user add", ["user_created"],
           [lambda w: ("POST", "/admin/v1/users", {"username": w.new, "password": PASSWORD})],
           lambda w: ("/console/users", {"username": w.new, "password": PASSWORD}),
           lambda w: ["user", "add", w.new, "--password-stdin"], stdin=PASSWORD),
    Action("user disable", ["user_disabled"],
           [lambda w: ("POST", w.user_path + "/disable", None)],
           lambda w: (w.subject_path + "/disable", {}), lambda w: ["user", "disable", w.user]),
    Action("user enable", ["user_enabled"],
           [lambda w: ("POST", w.user_path + "/enable", None)],
           lambda w: (w.subject_path + "/enable", {}), lambda w: ["user", "enable", w.user], disable),
    Action("user delete", ["user_deleted"],
           [lambda w: ("DELETE", w.user_path, None)],
           lambda w: (w.subject_path + "/delete", {}), lambda w: ["user", "delete", w.user]),
    Action("user set-password", ["password_changed"],
           [lambda w: ("PUT", w.user_path + "/password", {"password": PASSWORD + "!"}),
            lambda w: ("POST", w.user_path + "/password", {"password": PASSWORD + "!"})],
           lambda w: (w.subject_path + "/password", {"password": PASSWORD + "!"}),
           lambda w: ["user", "set-password", w.user, "--password-stdin"], stdin=PASSWORD + "!"),
    Action("user rename", ["user_renamed"],
           [lambda w: ("POST", w.user_path + "/rename", {"username": w.new})],
           lambda w: (w.subject_path + "/rename", {"username": w.new}), lambda w: ["user", "rename", w.user, w.new]),
    Action("user unlock", ["user_unlocked"],
           [lambda w: ("POST", w.user_path + "/unlock", None)],
           lambda w: (w.subject_path + "/unlock", {}), lambda w: ["user", "unlock", w.user]),
    Action("user claims", ["claims_changed"],
           [lambda w: ("PUT", w.user_path + "/claims", {"role": "a"}),
            lambda w: ("PUT", f"/admin/v1/subjects/{w.subject}/claims", {"role": "a"})],
           lambda w: (w.subject_path + "/claims", {"claims": '{"role":"a"}'}),
           lambda w: ["user", "claims", w.user, '{"role":"a"}']),
    Action("user invite", ["user_created", "link_created"], command=lambda w: ["user", "invite", w.new]),
    Action("user reset", ["link_created"],
           [lambda w: ("POST", w.user_path + "/link", {})],
           lambda w: (w.subject_path + "/link", {}), lambda w: ["user", "reset", w.user]),
    Action("user import", ["users_imported"],
           command=lambda w: ["user", "import", file(w, json.dumps({"username": w.new}) + "\n")]),
    Action("session revoke", ["logout"],
           [lambda w: ("DELETE", f"/admin/v1/sessions/{w.session}", None)],
           lambda w: (w.subject_path + "/end", {"session": w.session}), lambda w: ["session", "revoke", w.session],
           log_in),
    Action("session revoke-all", ["logout_all"],
           [lambda w: ("DELETE", f"/admin/v1/subjects/{w.subject}/sessions", None)],
           lambda w: (w.subject_path + "/end-all", {}), lambda w: ["session", "revoke-all", w.user], log_in),
    Action("identity link", ["identity_linked"],
           [lambda w: ("POST", w.user_path + "/identities", identity(w))],
           lambda w: (w.subject_path + "/identities", identity(w)),
           lambda w: ["identity", "link", w.user, ISSUER, w.user]),
    Action("identity unlink", ["identity_unlinked"],
           [lambda w: ("DELETE", w.user_path + "/identities", identity(w))],
           lambda w: (w.subject_path + "/unlink", identity(w)),
           lambda w: ["identity", "unlink", w.user, ISSUER, w.user], link_first),
    Action("key rotate", ["key_rotated"],
           [lambda w: ("POST", "/admin/v1/keys/rotate?force=true", None)],
           lambda w: ("/console/keys/rotate", {"force": "on"}), lambda w: ["key", "rotate", "--force"]),
    Action("key revoke", ["key_revoked"],
           [lambda w: ("DELETE", f"/admin/v1/keys/{current_key(w)}", None),
            lambda w: ("POST", f"/admin/v1/keys/{current_key(w)}/revoke", None)],
           lambda w: ("/console/keys/revoke", {"kid": current_key(w)}),
           lambda w: ["key", "revoke", current_key(w)]),
    Action("client add", ["client_added"],
           [lambda w: ("POST", "/admin/v1/clients", {"client_id": w.client})],
           lambda w: ("/console/clients", {"client_id": w.client}), lambda w: ["client", "add", w.client]),
    Action("client set", ["client_changed"],
           [lambda w: ("PATCH", f"/admin/v1/clients/{w.client}", {"scope": "read"}),
            lambda w: ("PUT", f"/admin/v1/clients/{w.client}", {"scope": "read"})],
           lambda w: (f"/console/clients/{w.client}", {"scope": "read", "access_token_format": "jwt"}),
           lambda w: ["client", "set", w.client, "--scope", "read"], add_client),
    Action("client rotate-secret", ["client_secret_rotated"],
           [lambda w: ("POST", f"/admin/v1/clients/{w.client}/rotate-secret", None)],
           lambda w: (f"/console/clients/{w.client}/rotate-secret", {}),
           lambda w: ["client", "rotate-secret", w.client], add_client),
    Action("client set-keys", ["client_keys_changed"],
           [lambda w: ("PUT", f"/admin/v1/clients/{w.client}/jwks", key_set())],
           command=lambda w: ["client", "set-keys", w.client, "--jwks-file", file(w, json.dumps(key_set()))],
           prepare=add_client),
    Action("client remove", ["client_removed"],
           [lambda w: ("DELETE", f"/admin/v1/clients/{w.client}", None)],
           lambda w: (f"/console/clients/{w.client}/remove", {}), lambda w: ["client", "remove", w.client], add_client),
]
NAMES = [action.name for action in ACTIONS]


@pytest.fixture(scope="module")
def console(server):
    return Console(server).enter()


@pytest.fixture
def world(server, user):
    """Names that no other test uses, and a user."""
    admin = Admin(server)
    subject = admin.get_json(f"/admin/v1/users/{quote(user)}")["subject"]
    return SimpleNamespace(
        server=server, admin=admin, user=user, subject=subject, new=f"new {next(NUMBERS)}",
        client=f"client-{next(NUMBERS)}", user_path=f"/admin/v1/users/{quote(user)}",
        subject_path=f"/console/subjects/{subject}")


def newest(world) -> int:
    return world.admin.get_json("/admin/v1/events?limit=1")["events"][0]["id"]


def assert_recorded(world, before: int, kinds: list[str], actor: str, address: str | None) -> None:
    events = world.admin.get_json(f"/admin/v1/events?after={before}")["events"]
    assert [event["kind"] for event in events] == kinds
    assert [(event.get("actor"), event.get("address")) for event in events] == [(actor, address)] * len(kinds)


def os_user() -> str:
    login = int(Path("/proc/self/loginuid").read_text())
    user = os.geteuid() if login == 2**32 - 1 else login
    return pwd.getpwuid(user).pw_name


@pytest.mark.parametrize("action, number", [
    (action, number) for action in ACTIONS for number in range(len(action.api))],
    ids=lambda value: getattr(value, "name", value))
def test_the_admin_api_is_named(world, action, number):
    action.prepare(world)
    method, path, body = action.api[number](world)
    before = newest(world)
    answer = world.admin.request(method, path, body)
    assert answer.status < 300, answer
    assert_recorded(world, before, action.kinds, "admin_token", "127.0.0.1")


@pytest.mark.parametrize("action", [action for action in ACTIONS if action.console], ids=lambda action: action.name)
def test_the_console_is_named(world, console, action):
    action.prepare(world)
    path, fields = action.console(world)
    before = newest(world)
    answer = console.submit(path, **fields)
    assert answer.status in (200, 201, 303), answer
    assert_recorded(world, before, action.kinds, "console", "127.0.0.1")


@pytest.mark.parametrize("action", [action for action in ACTIONS if action.command], ids=lambda action: action.name)
def test_the_user_at_the_command_line_is_named(world, action):
    action.prepare(world)
    arguments = action.command(world)
    before = newest(world)
    world.server.command(*arguments, stdin=action.stdin)
    assert_recorded(world, before, action.kinds, f"command_line:{os_user()}", None)


def test_signing_in_to_the_console_is_named(world):
    before = newest(world)
    Console(world.server).enter()
    assert_recorded(world, before, ["console_entered"], "console", "127.0.0.1")


def test_what_no_administrator_does_names_none(world):
    before = newest(world)
    tokens = world.server.login(world.user)
    world.server.post("/v1/logout", {"refresh_token": tokens["refresh_token"]})
    world.server.try_login(world.user, "wrong")
    events = world.admin.get_json(f"/admin/v1/events?after={before}")["events"]
    assert [event["kind"] for event in events] == ["login", "logout", "login_failed"]
    assert all("actor" not in event and event["address"] == "127.0.0.1" for event in events)


def test_a_scheduled_rotation_names_none(make_server):
    server = make_server({"signingKeys": {"rotateEverySeconds": 1, "publishAheadSeconds": 0}})
    admin = Admin(server)
    while not (events := admin.get_json("/admin/v1/events?kind=key_rotated")["events"]):
        pass
    assert all("actor" not in event for event in events)


def replace_master_key(server) -> None:
    """Stops the server. The old master key becomes a previous one."""
    server.stop()
    key = server.folder / "new.key"
    key.write_text(base64.b64encode(os.urandom(32)).decode())
    key.chmod(0o600)
    server.configure({"masterKeyFile": "new.key", "previousMasterKeyFiles": ["data/master.key"]})


def test_a_reseal_at_the_command_line_is_named_if_it_changes_keys(make_server):
    server = make_server()
    assert server.command("key", "reseal") == "0\n"
    replace_master_key(server)
    assert [server.command("key", "reseal") for _ in range(2)] == ["2\n", "0\n"]
    server.start()
    (event,) = Admin(server).get_json("/admin/v1/events?kind=keys_resealed")["events"]
    assert event["actor"] == f"command_line:{os_user()}" and "address" not in event
    assert event["detail"] == "2 keys"
    (listed,) = json.loads(server.command("event", "list", "--kind", "keys_resealed", "--json"))
    assert listed == event


def test_a_reseal_at_a_start_names_none(make_server):
    server = make_server()
    replace_master_key(server)
    server.start()
    (event,) = Admin(server).get_json("/admin/v1/events?kind=keys_resealed")["events"]
    assert "actor" not in event and event["detail"] == "2 keys"


@pytest.mark.store("sqlite")
def test_sessions_that_a_restore_ends_name_the_command_line(make_server):
    server = make_server()
    server.login()
    backup = server.folder / "backup"
    server.command("backup", str(backup))
    server.stop()
    server.command("restore", str(backup), "--end-sessions")
    server.start()
    (event,) = Admin(server).get_json("/admin/v1/events?kind=logout_all")["events"]
    assert event["actor"] == f"command_line:{os_user()}"


def test_lists_and_pages_show_it(world, console):
    console.submit(world.subject_path + "/disable")
    rows = world.server.command("event", "list", "--subject", world.user, "--kind", "user_disabled").splitlines()
    assert rows[0].split()[:8] == ["NUMBER", "TIME", "KIND", "SUBJECT", "SESSION", "CLIENT", "BY", "ADDRESS"]
    assert re.search(r"\bconsole +127\.0\.0\.1\b", rows[1])
    (event,) = json.loads(world.server.command(
        "event", "list", "--subject", world.user, "--kind", "user_disabled", "--json"))
    assert event["actor"] == "console"
    assert "by console" in console.text(f"/console/events?subject={world.subject}&kind=user_disabled")


def test_the_table_has_every_change_of_the_admin_api():
    described = {(method.upper(), path) for path, item in DOCUMENT["paths"].items() if path.startswith("/admin/")
                 for method in ("post", "put", "patch", "delete") if method in item}
    world = SimpleNamespace(
        user="*", new="*", subject="*", session="*", client="*", user_path="/admin/v1/users/*",
        admin=SimpleNamespace(get_json=lambda path: {"keys": [{"kid": "*", "state": "current"}]}))
    tested = set()
    for action in ACTIONS:
        for call in action.api:
            method, path, _ = call(world)
            tested.add((method, path.split("?")[0]))
    assert tested == {(method, re.sub(r"\{\w+\}", "*", path)) for method, path in described}


def test_the_table_has_every_form_of_the_console():
    described = {path for path, item in DOCUMENT["paths"].items() if path.startswith("/console") and "post" in item}
    world = SimpleNamespace(
        user="*", new="*", session="*", client="*", subject_path="/console/subjects/*",
        admin=SimpleNamespace(get_json=lambda path: {"keys": [{"kid": "*", "state": "current"}]}))
    tested = {action.console(world)[0] for action in ACTIONS if action.console}
    others = {"/console/enter", "/console/leave"}
    assert tested | others == {re.sub(r"\{\w+\}", "*", path) for path in described}


SECTIONS = ["user", "client", "session", "identity", "key"]


def test_the_table_has_every_command_that_changes_something(server):
    commands = set()
    for section in SECTIONS:
        text = server.command(section, "--help").split("SUBCOMMANDS:")[1]
        commands |= {f"{section} {name}" for name in re.findall(r"^  ([a-z-]+)(?: |$)", text, re.MULTILINE)}
    assert len(commands) > 20
    # A reseal changes something only under another master key: it has a test of its own.
    others = {f"{section} list" for section in SECTIONS} | {"key reseal"}
    assert commands - others == set(NAMES)
