"""What OpenID providers know users as: over the admin API and on the command line."""

from __future__ import annotations

import hashlib
import itertools
import json
import uuid

import pytest

from harness import PASSWORD, assert_problem
from harness.admin import Admin

ISSUER = "https://accounts.example"
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def admin(server):
    return Admin(server)


@pytest.fixture
def sub():
    """The subject of a person whom no other test knows."""
    return f"person {next(NUMBERS)}"


def path(user: str) -> str:
    return f"/admin/v1/users/{user.replace(' ', '%20')}/identities"


def link(admin: Admin, user: str, sub: str, issuer: str = ISSUER):
    return admin.post(path(user), {"issuer": issuer, "sub": sub})


def unlink(admin: Admin, user: str, sub: str, issuer: str = ISSUER):
    return admin.request("DELETE", path(user), {"issuer": issuer, "sub": sub})


def known(admin: Admin, user: str) -> list[str]:
    return [identity["sub"] for identity in admin.get_json(path(user))["identities"]]


def add_person(server, sub: str) -> str:
    """A user as the first sign-in by a provider makes it: without a name and a password."""
    subject = f"01f0{uuid.uuid4().hex[4:8]}-0000-7000-8000-{uuid.uuid4().hex[:12]}"
    server.query(
        "INSERT INTO subjects (subject_id, state, epoch, open_sessions, created_at, password_version)"
        f" VALUES ('{subject}', 'active', 0, 0, 1700000000000, 0)")
    key = hashlib.sha256(f"{ISSUER}\0{sub}".encode()).hexdigest()
    literal = rf"'\x{key}'" if server.cluster else f"x'{key}'"
    server.query(
        "INSERT INTO identities (identity_id, issuer, provider_subject, subject_id, created_at)"
        f" VALUES ({literal}, '{ISSUER}', '{sub}', '{subject}', 1700000000000)")
    return subject


def test_identities_are_linked_listed_and_unlinked(server, admin, user, sub):
    assert admin.get_json(path(user)) == {"identities": []}
    answer = link(admin, user, sub)
    assert answer.status == 201, answer
    subject = admin.get_json(f"/admin/v1/users/{user.replace(' ', '%20')}")["subject"]
    identity = answer.json
    assert set(identity) == {"issuer", "sub", "subject", "created_at"}
    assert (identity["issuer"], identity["sub"], identity["subject"]) == (ISSUER, sub, subject)
    # By id too, and again without a change.
    assert admin.get_json(path(subject)) == {"identities": [identity]}
    assert link(admin, subject, sub).json == identity
    kinds = [event["kind"] for event in admin.get_json(f"/admin/v1/events?subject={subject}")["events"]]
    assert kinds == ["identity_linked", "user_created"]
    assert unlink(admin, user, sub).status == 204
    assert known(admin, user) == []
    assert_problem(unlink(admin, user, sub), "not_found")
    event = admin.get_json(f"/admin/v1/events?subject={subject}&kind=identity_unlinked")["events"][0]
    assert event["detail"] == ISSUER and event["address"] == "127.0.0.1"


def test_identities_are_listed_in_pages(admin, user, sub):
    for name in (sub, sub + " again"):
        assert link(admin, user, name).status == 201
    first = admin.get_json(path(user) + "?limit=1")
    second = admin.get_json(f"{path(user)}?limit=1&after={first['next']}")
    assert [page["identities"][0]["sub"] for page in (first, second)] == known(admin, user)
    assert "next" not in second
    assert_problem(admin.get(path(user) + "?after=unknown"), "invalid_request")
    assert_problem(admin.get(path(user) + "?user=x"), "invalid_request")


def test_an_identity_belongs_to_one_user(server, admin, user, sub):
    assert link(admin, "ada", sub).status == 201
    assert_problem(link(admin, user, sub), "conflict")
    # Each byte counts.
    for issuer, other in ((ISSUER + "/", sub), (ISSUER, sub.upper()), (ISSUER, sub + " ")):
        assert link(admin, user, other, issuer).status == 201
    assert_problem(unlink(admin, user, sub), "not_found")
    assert len(known(admin, user)) == 3


def test_a_user_has_at_most_twenty_identities(server, admin, user, sub):
    for number in range(20):
        assert link(admin, user, f"{sub} {number}").status == 201
    assert_problem(link(admin, user, f"{sub} 20"), "conflict")
    # Some may have been linked in the same millisecond.
    assert sorted(known(admin, user)) == sorted(f"{sub} {number}" for number in range(20))


@pytest.mark.parametrize("body", [
    {"issuer": ISSUER}, {"sub": "x"}, {"issuer": ISSUER, "sub": ""}, {"issuer": ISSUER, "sub": 7},
    {"issuer": ISSUER, "sub": "x" * 256}, {"issuer": ISSUER, "sub": "é"}, {"issuer": ISSUER, "sub": "a\u0000b"},
    {"issuer": ISSUER, "sub": "a\nb"}, {"issuer": "accounts.example", "sub": "x"}, {"issuer": "https://", "sub": "x"},
    {"issuer": "ftp://accounts.example", "sub": "x"}, {"issuer": "https://a b", "sub": "x"},
    {"issuer": "https://" + "x" * 248, "sub": "x"}, {"issuer": "https://é", "sub": "x"}, {"issuer": None, "sub": "x"},
], ids=lambda body: json.dumps(body)[:50])
def test_what_is_no_identity_is_refused(server, admin, body):
    before = server.query("SELECT count(*) FROM identities")
    assert_problem(admin.post(path("ada"), body), "invalid_request")
    assert_problem(admin.request("DELETE", path("ada"), body), "invalid_request")
    assert server.query("SELECT count(*) FROM identities") == before


def test_the_longest_identity_is_linked(server, admin, user):
    issuer, sub = "https://" + "i" * 247, "s" * 255
    assert link(admin, user, sub, issuer).status == 201
    assert known(admin, user) == [sub]


def test_a_user_who_is_not_there_has_no_identities(server, admin, sub):
    for user in ("nobody", "0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b"):
        assert_problem(admin.get(path(user)), "not_found")
        assert_problem(link(admin, user, sub), "not_found")
        assert_problem(unlink(admin, user, sub), "not_found")
    assert_problem(admin.request("PUT", path("ada"), {}), "method_not_allowed")


def test_a_person_without_a_name_is_a_user(server, admin, sub):
    person = add_person(server, sub)
    shown = admin.get_json(f"/admin/v1/users/{person}")
    assert (shown["subject"], shown["username"], shown["state"]) == (person, None, "active")
    assert known(admin, person) == [sub]
    assert_problem(admin.post(f"/admin/v1/users/{person}/link", {}), "conflict")
    # The last way to sign in stays, also when there is a password but no name.
    assert_problem(unlink(admin, person, sub), "conflict")
    assert admin.request("PUT", f"/admin/v1/users/{person}/password", {"password": PASSWORD}).status == 204
    assert_problem(unlink(admin, person, sub), "conflict")
    assert link(admin, person, sub + " two").status == 201
    assert unlink(admin, person, sub).status == 204
    for action in ("disable", "enable", "unlock"):
        assert admin.post(f"/admin/v1/users/{person}/{action}").json["username"] is None
    assert admin.request("PUT", f"/admin/v1/users/{person}/claims", {"role": "guest"}).status == 200
    server.command("doctor")
    # With a name and a password the person needs no provider.
    name = f"named {sub}"
    assert admin.post(f"/admin/v1/users/{person}/rename", {"username": name}).json["username"] == name
    assert server.login(name)["subject"] == person
    assert unlink(admin, person, sub + " two").status == 204
    assert admin.request("DELETE", f"/admin/v1/users/{person}").status == 204
    assert_problem(admin.get(f"/admin/v1/users/{person}"), "not_found")


def test_users_without_a_name_are_listed_last(server, admin, sub):
    people = sorted(add_person(server, f"{sub} {number}") for number in range(3))
    for limit in (1, 2, 1000):
        found, query = [], ""
        while True:
            page = admin.get_json(f"/admin/v1/users?limit={limit}{query}")
            found += page["users"]
            if "next" not in page:
                break
            query = f"&after={page['next'].replace(' ', '%20')}"
        subjects = [user["subject"] for user in found]
        assert len(set(subjects)) == len(subjects)
        nameless = [user["subject"] for user in found if user["username"] is None]
        assert nameless == sorted(nameless) and set(people) <= set(nameless)
        assert subjects[-len(nameless):] == nameless
    assert json.loads(server.command("user", "list", "--json")) == found
    table = [line.split() for line in server.command("user", "list").splitlines()]
    assert [row[0] for row in table if people[0] in row] == ["-"]


def test_a_deleted_persons_identity_is_kept_until_it_is_removed(server, admin, user, sub):
    person = add_person(server, sub)
    server.command("user", "delete", person)
    assert known(admin, person) == [sub]
    assert_problem(link(admin, user, sub), "conflict")
    assert_problem(link(admin, person, sub + " two"), "not_found")
    assert_problem(unlink(admin, person, sub + " two"), "not_found")
    assert unlink(admin, person, sub).status == 204
    assert_problem(admin.get(path(person)), "not_found")
    assert link(admin, user, sub).status == 201


def test_the_command_line_does_the_same(server, admin, user, sub):
    server.command("identity", "link", user, ISSUER, sub)
    listed = json.loads(server.command("identity", "list", user, "--json"))
    assert listed == admin.get_json(path(user))["identities"]
    assert [identity["sub"] for identity in listed] == [sub]
    lines = server.command("identity", "list", user).splitlines()
    assert lines[0].startswith("ISSUER") and ISSUER in lines[1] and sub in lines[1]
    for arguments, message in (
            (["link", "ada", ISSUER, sub], "belongs to"), (["link", "nobody", ISSUER, sub], "no user"),
            (["link", user, "accounts.example", sub], "not valid"), (["unlink", "ada", ISSUER, sub], "does not have"),
            (["list", "nobody"], "no user")):
        run = server.cli("identity", *arguments)
        assert (run.returncode, run.stdout) == (1, "") and message in run.stderr, run
    assert server.cli("identity", "link", user, ISSUER).returncode == 64
    server.command("identity", "unlink", user, ISSUER, sub)
    assert json.loads(server.command("identity", "list", user, "--json")) == []
    person = add_person(server, sub)
    run = server.cli("identity", "unlink", person, ISSUER, sub)
    assert run.returncode == 1 and "last way" in run.stderr, run
    # The identities of a deleted user are found by the user's id.
    server.command("user", "delete", person)
    assert [one["sub"] for one in json.loads(server.command("identity", "list", person, "--json"))] == [sub]
    server.command("identity", "unlink", person, ISSUER, sub)
    assert json.loads(server.command("identity", "list", person, "--json")) == []


def test_an_archive_carries_identities(make_server, tmp_path):
    server = make_server()
    server.command("identity", "link", "ada", ISSUER, "ada")
    person = add_person(server, "somebody")
    listed = [json.loads(server.command("identity", "list", user, "--json")) for user in ("ada", person)]
    assert all(listed)
    users = server.command("user", "list", "--json")
    server.stop()
    server.command("export", str(tmp_path / "archive"))
    other = make_server(name="other", start=False, user=False)
    other.data.mkdir(mode=0o700, exist_ok=True)
    other.master_key.write_bytes(server.master_key.read_bytes())
    other.master_key.chmod(0o600)
    other.command("import", str(tmp_path / "archive"))
    other.start()
    assert [json.loads(other.command("identity", "list", user, "--json")) for user in ("ada", person)] == listed
    assert other.command("user", "list", "--json") == users
    assert other.login()["subject"] == listed[0][0]["subject"]


@pytest.mark.store("sqlite")
def test_a_restore_lists_the_identities_that_come_back(make_server, tmp_path):
    server = make_server()
    server.command("identity", "link", "ada", ISSUER, "ada")
    backup = str(tmp_path / "backup.sqlite")
    server.command("backup", backup)
    server.command("identity", "unlink", "ada", ISSUER, "ada")
    server.stop()
    run = server.cli("restore", backup, "--json")
    assert run.returncode == 0, run
    assert [one["kind"] for one in json.loads(run.stdout)] == ["identity_unlinked"]
    server.start()
    assert [one["sub"] for one in json.loads(server.command("identity", "list", "ada", "--json"))] == ["ada"]


def test_users_from_elsewhere_bring_their_identities_whole_or_not_at_all(server, admin, tmp_path, sub):
    def run(*users):
        file = tmp_path / "users"
        file.write_text("".join(json.dumps(user) + "\n" for user in users))
        return server.cli("user", "import", str(file))

    def user(name: str, *subs: str) -> dict:
        return {"username": f"{name} {sub}", "identities": [{"issuer": ISSUER, "sub": one} for one in subs]}

    imported = run(user("one", sub, sub + " two"), user("other"))
    assert imported.returncode == 0, imported
    assert sorted(known(admin, f"one {sub}")) == [sub, sub + " two"]
    assert known(admin, f"other {sub}") == []
    before = server.query("SELECT count(*) FROM subjects")
    for users, line in (
            ((user("third", sub + " 3"), user("fourth", sub)), 2),  # Somebody else's.
            ((user("third", sub + " 3"), user("fourth", sub + " 3")), 2),
            ((user("third", sub + " 3", sub + " 3"),), 1)):
        refused = run(*users)
        assert refused.returncode == 1 and f"line {line}:" in refused.stderr, refused
    for wrong in ("x", {}, [ISSUER], [{"issuer": ISSUER}], [{"issuer": ISSUER, "sub": ""}],
                  [{"issuer": "x", "sub": "x"}], [{"issuer": ISSUER, "sub": 7}],
                  [{"issuer": ISSUER, "sub": "x", "email": "x"}],
                  [{"issuer": ISSUER, "sub": f"{number}"} for number in range(21)]):
        refused = run({"username": f"third {sub}", "identities": wrong})
        assert refused.returncode == 1 and "identities" in refused.stderr, refused
    assert server.query("SELECT count(*) FROM subjects") == before
