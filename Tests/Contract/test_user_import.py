"""Users of another system are imported, whole or not at all, and keep their passwords."""

from __future__ import annotations

import json
import re
import time

import argon2
import bcrypt
import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from passlib.hash import pbkdf2_sha256, pbkdf2_sha512, scrypt

from harness import PASSWORD, ROOT, assert_problem
from harness.admin import Admin

settings.configured or settings.configure()

# By what each program's own tool makes of a password, at a low cost.
SCHEMES = {
    "argon2id": argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=2).hash,
    "argon2i": argon2.PasswordHasher(time_cost=2, memory_cost=256, parallelism=1, type=argon2.Type.I).hash,
    "bcrypt-2a": lambda text: bcrypt.hashpw(text.encode(), bcrypt.gensalt(4, prefix=b"2a")).decode(),
    "bcrypt-2b": lambda text: bcrypt.hashpw(text.encode(), bcrypt.gensalt(5)).decode(),
    "bcrypt-2y": lambda text: bcrypt.hashpw(text.encode(), bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$"),
    "django": lambda text: PBKDF2PasswordHasher().encode(text, "NaCl" * 5, 1000),
    "pbkdf2-sha256": pbkdf2_sha256.using(rounds=1000).hash,
    "pbkdf2-sha512": pbkdf2_sha512.using(rounds=1000).hash,
    "scrypt": scrypt.using(rounds=10, block_size=8, parallelism=2).hash,
}
PASSWORDS = {"plain": PASSWORD, "other": "pässwörd ✓ 日本"}


def write(path, lines) -> str:
    path.write_text("".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines))
    return str(path)


def users(server) -> list[dict]:
    return json.loads(server.command("user", "list", "--json"))


def stored(server, name: str) -> str:
    return server.query(f"SELECT password FROM subjects WHERE username = '{name}'")[0][0]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_hash_is_verified_and_replaced_at_the_next_login(server, tmp_path, scheme):
    lines = [
        {"username": f"{scheme} {kind}", "password_hash": SCHEMES[scheme](text)} for kind, text in PASSWORDS.items()]
    run = server.cli("user", "import", write(tmp_path / "users", lines))
    assert run.returncode == 0 and "2 users were added" in run.stderr and run.stdout == "", run
    for line, text in zip(lines, PASSWORDS.values()):
        name = line["username"]
        for wrong in ("", text + "x", text[:-1], text.upper(), "no password"):
            assert_problem(server.try_login(name, wrong), "invalid_credentials")
        assert stored(server, name) == line["password_hash"]
        assert server.login(name, text)
        assert stored(server, name).startswith("$argon2id$v=19$m=64,t=1,p=1$")
        assert_problem(server.try_login(name, text + "x"), "invalid_credentials")
        assert server.login(name, text)


def test_everything_of_a_user_is_imported(server, tmp_path):
    path = write(tmp_path / "users", [
        {"username": "moved"},
        {"username": "Nobody Yet", "password_hash": None, "claims": None, "disabled": None},
        {"username": "old", "password_hash": SCHEMES["bcrypt-2b"](PASSWORD), "claims": {"roles": ["a"]}},
        "\n",
        {"username": "gone", "password_hash": SCHEMES["scrypt"](PASSWORD), "disabled": True},
    ])
    server.command("user", "import", path)
    listed = {user["username"]: user for user in users(server)}
    assert listed["moved"]["has_password"] is False and listed["Nobody Yet"]["has_password"] is False
    assert listed["old"]["claims"] == {"roles": ["a"]} and "has_password" not in listed["old"]
    assert listed["gone"]["state"] == "disabled"
    assert server.login("OLD")
    assert_problem(server.try_login("gone"), "invalid_credentials")
    server.command("user", "enable", "gone")
    assert server.login("gone")
    assert server.command("user", "invite", "moved").startswith("http://localhost:8080/welcome?token=")
    event = Admin(server).get_json("/admin/v1/events?kind=users_imported&limit=1")["events"][0]
    assert event["detail"] == "4 users"


HASH = "$2b$04$Qf4.xsbvJu9bQIXKq95vmOmco2q.ppX/EdwjEBSwRyU3cmplGEMnG"


@pytest.mark.parametrize("line, message", [
    ("{\n", "line 2: not valid JSON"),
    ({"username": "ADA"}, 'line 2: there is already a user "ADA"'),
    ({"username": "Ｆirst"}, 'line 2: there is already a user "Ｆirst"'),
    ({"username": "client:x"}, 'line 2: "username": this is not a valid name'),
    ({"password_hash": HASH}, 'line 2: "username" is missing'),
    ({"username": "x", "password": "secret"}, 'line 2: the member "password" is not known'),
    ({"username": "x", "password_hash": "secret"}, 'line 2: "password_hash": is no hash'),
    ({"username": "x", "password_hash": HASH.replace("$04$", "$16$")}, 'line 2: "password_hash": takes too long'),
    ({"username": "x", "claims": {"sub": "y"}}, 'line 2: "claims": the name "sub" is reserved'),
    ({"username": "x", "disabled": 1}, 'line 2: "disabled": an integer'),
    ({"username": "x" * 70_000}, "line 2: longer than 65536 bytes"),
], ids=lambda value: value if isinstance(value, str) and value.startswith("line") else "")
def test_a_file_with_a_mistake_adds_nobody(server, tmp_path, line, message):
    before = users(server)
    path = write(tmp_path / "users", [{"username": "first", "password_hash": HASH}, line, {"username": "third"}])
    run = server.cli("user", "import", path)
    assert run.returncode == 1 and message in run.stderr and "no user was added" in run.stderr, run
    assert "secret" not in run.stderr and run.stdout == ""
    assert users(server) == before


def test_all_mistakes_are_named_up_to_a_bound(server, tmp_path):
    run = server.cli("user", "import", write(tmp_path / "users", [{"username": ""}] * 50))
    assert run.returncode == 1 and run.stderr.count("line ") == 20 and "more lines" in run.stderr, run
    for path in (str(tmp_path / "none"), write(tmp_path / "empty", []), str(tmp_path)):
        run = server.cli("user", "import", path)
        assert run.returncode == 1 and path in run.stderr and run.stderr.count("\n") == 1, run


def test_an_imported_password_is_exported_and_imported_again(make_server, tmp_path):
    """Into a database of another installation with the same master key."""
    server = make_server(start=False)
    server.command("user", "import", write(tmp_path / "users", [
        {"username": "old", "password_hash": SCHEMES["django"](PASSWORD)}, {"username": "invited"}]))
    link = server.command("user", "invite", "invited")
    listed = users(server)
    server.command("export", str(tmp_path / "archive"))
    new = make_server(name="new", user=False, start=False)
    new.data.mkdir(mode=0o700, exist_ok=True)
    new.master_key.write_bytes(server.master_key.read_bytes())
    new.master_key.chmod(0o600)
    new.command("import", str(tmp_path / "archive"))
    new.start()
    assert users(new) == listed
    assert new.login("old")
    assert new.get("/welcome?token=" + link.strip().split("=")[1]).status == 200


def test_a_hundred_thousand_users_are_imported_beside_a_running_service(make_server, tmp_path):
    server = make_server()
    count = 100_000
    path = write(tmp_path / "users", [
        f'{{"username":"user {number}","password_hash":"{HASH}","claims":{{"tenant":"t{number % 9}"}}}}\n'
        for number in range(count)])
    started = time.monotonic()
    run = server.start_command("user", "import", path)
    while run.poll() is None:
        # On a busy machine the import may hold the database for longer than a login waits.
        assert server.try_login().status in (200, 503)
        time.sleep(0.2)
    seconds = time.monotonic() - started
    assert run.returncode == 0
    print(f"{count} users in {seconds:.1f} s")
    assert server.query("SELECT count(*) FROM subjects WHERE username_folded LIKE 'user %'") == [(count,)]
    assert server.login("USER 99999", "correct horse")
    again = server.cli("user", "import", path)
    assert again.returncode == 1 and "no user was added" in again.stderr


def test_the_example_in_the_documentation_is_accepted(server, tmp_path):
    (block,) = re.findall(r"\n```json\n(\{\"username\".+?)```", (ROOT / "docs" / "operations.md").read_text(), re.S)
    renamed = [{**json.loads(line), "username": f"example {number}"} for number, line in enumerate(block.splitlines())]
    assert len(renamed) == 3
    server.command("user", "import", write(tmp_path / "users", renamed))
