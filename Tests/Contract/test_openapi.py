"""The description of the service (OpenAPI) is valid, lists every route, and says what the service answers."""

from __future__ import annotations

import gzip
import itertools
import re

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, seed, settings, strategies
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig

from harness import PASSWORD, ROOT, add_back_end, vouch
from harness.admin import Admin
from harness.cookies import SAME, Browser
from harness.endpoint import Endpoint

FILE = ROOT / "Sources/TokenHTTP/Resources/openapi.yaml"
DOCUMENT = yaml.load(FILE.read_text(), yaml.CSafeLoader)
METHODS = ("get", "put", "post", "patch", "delete")
ADMIN_PATHS = ("/admin/", "/console", "/metrics")

# The answers are checked, not whether the service accepts what a schema accepts: a proof, for one, is more than a
# string.
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance",
)


def documented() -> dict[str, list[str]]:
    """The methods of each path."""
    return {path: [name.upper() for name in METHODS if name in item] for path, item in DOCUMENT["paths"].items()}


OPERATIONS = [(method, path) for path, methods in documented().items() for method in methods]


def listener(server, path: str) -> Endpoint:
    """The listener that a path belongs to."""
    return Endpoint(server.admin_port) if path.startswith(ADMIN_PATHS) else server


def test_the_description_is_valid():
    validate(DOCUMENT)
    names = [operation["operationId"] for item in DOCUMENT["paths"].values() for operation in item.values()
             if "operationId" in operation]
    assert len(names) > 50 and len(names) == len(set(names))


def test_the_description_is_served(server):
    answer = server.get("/openapi.yaml")
    assert (answer.status, answer.body) == (200, FILE.read_bytes())
    assert answer.headers["Content-Type"] == "application/yaml"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    known = server.get("/openapi.yaml", headers={"If-None-Match": answer.headers["ETag"]})
    assert (known.status, known.body) == (304, b"")
    packed = server.get("/openapi.yaml", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.body) == answer.body
    assert len(packed.body) < len(answer.body) / 4


def test_the_description_lists_every_route_and_no_other(make_server):
    """At the level debug the log lists the routes of both listeners."""
    server = make_server({"log": {"level": "debug"}})
    for name, is_admin in (("public", False), ("admin", True)):
        listed = re.search(rf'message="The routes of the {name} listener".* routes="(.+?)"', server.log)[1]
        # HEAD is answered wherever GET is.
        routes = {route for route in listed.split(", ") if not route.startswith("HEAD ")}
        assert routes == {
            f"{method} {re.sub('{.+?}', '*', path)}" for path, methods in documented().items() for method in methods
            if path.startswith(ADMIN_PATHS) == is_admin}


def test_another_method_is_refused_with_those_of_the_description(server):
    for path, methods in documented().items():
        answer = listener(server, path).request("OPTIONS", re.sub("{.+?}", "x", path))
        assert answer.status == 405, path
        head = ["HEAD"] if "GET" in methods else []
        assert answer.headers["Allow"].split(", ") == sorted(methods + head), path


class Caller:
    """Makes generated requests those of somebody whom the service knows.

    `exists`: whether they also name things that exist.
    """

    def __init__(self, server, *, exists: bool):
        self.server = server
        self.exists = exists
        self.admin = Admin(server)
        self.client = add_back_end(server, f"back-end-{exists}", "--scope", "read write")
        self.numbers = itertools.count()

    def prepare(self, case) -> None:
        """Gives a request its credentials. Each has a session of its own, since it may end it."""
        case.headers.pop("DPoP", None)
        case.headers.pop("Authorization", None)
        case.headers.update(SAME)
        [tag] = case.operation.definition.raw["tags"]
        kinds = {"sessions": self.as_user, "back-ends": self.as_back_end, "oauth": self.as_client,
                 "pages": self.as_browser, "federation": self.as_browser, "admin": self.as_admin,
                 "console": self.as_operator}
        if tag in kinds:
            kinds[tag](case)

    def as_user(self, case) -> None:
        tokens = self.server.login()
        if case.path not in ("/v1/login", "/v1/refresh"):
            case.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        self.fill(case, refresh_token=tokens["refresh_token"], client_id="web", username="ada", password=PASSWORD)
        self.name(case, id=lambda: self.server.login()["session_id"])

    def as_back_end(self, case) -> None:
        if case.path == "/v1/verify":
            case.headers["Authorization"] = f"Bearer {self.server.login()['access_token']}"
        else:
            case.headers["Authorization"] = self.client.basic
        self.fill(case, client_id=self.client.name)
        # A reader that waits may wait for a minute.
        case.query.pop("wait", None)
        if case.path == "/v1/signals" and isinstance(case.body, dict):
            case.body["returnImmediately"] = True

    def as_client(self, case) -> None:
        tokens = vouch(self.server, self.client, f"person-{next(self.numbers)}")
        case.headers["Authorization"] = self.client.basic
        body = case.body if isinstance(case.body, dict) else {}
        for name in ("client_secret", "client_assertion", "client_assertion_type"):
            body.pop(name, None)
        self.fill(
            case, token=tokens["access_token"], refresh_token=tokens["refresh_token"], client_id=self.client.name,
            grant_type="refresh_token" if "refresh_token" in body else "client_credentials", scope="read")

    def as_browser(self, case) -> None:
        browser = Browser(self.server)
        browser.login()
        case.cookies.update(browser.jar)
        self.fill(case, csrf=browser.csrf, session=self.server.login()["session_id"], current_password="not this one")
        self.name(case, provider=lambda: "absent")

    def as_admin(self, case) -> None:
        case.headers["Authorization"] = f"Bearer {self.server.admin_token}"
        self.name_for_admin(case)

    def as_operator(self, case) -> None:
        entered = self.admin.post(
            "/console/enter", f"token={self.server.admin_token}",
            headers={"Content-Type": "application/x-www-form-urlencoded", **SAME})
        cookie = re.match(r"heirloom-console=([^;]+)", entered.headers["Set-Cookie"])[1]
        case.cookies["heirloom-console"] = cookie
        page = self.admin.get("/console/users", token=None, headers={"Cookie": f"heirloom-console={cookie}"})
        self.fill(
            case, csrf=re.search(r'name="csrf" value="([\w-]+)"', page.body.decode())[1], kid=self.key(),
            session=self.server.login()["session_id"], token=self.server.admin_token)
        self.name_for_admin(case)

    def name_for_admin(self, case) -> None:
        name = f"new-{self.exists}-{next(self.numbers)}"
        self.fill(
            case, username=name, password=PASSWORD, client_id=name, issuer="https://provider.example", sub=name)
        kind = re.match(r"/(?:admin/v1|console)/(\w+)", case.path)
        make = {"clients": self.new_client, "sessions": lambda: self.server.login()["session_id"]}
        self.name(case, id=make.get(kind and kind[1], self.new_user), kid=self.key)

    def new_user(self) -> str:
        answer = self.admin.post("/admin/v1/users", {"username": f"person-{self.exists}-{next(self.numbers)}"})
        return answer.json["subject"]

    def new_client(self) -> str:
        name = f"client-{self.exists}-{next(self.numbers)}"
        assert self.admin.post("/admin/v1/clients", {"client_id": name, "confidential": True}).status == 201
        return name

    def key(self) -> str:
        return self.admin.get_json("/admin/v1/keys")["keys"][-1]["kid"]

    @staticmethod
    def fill(case, **members) -> None:
        """Replaces members that the body has."""
        if isinstance(case.body, dict):
            case.body.update({name: value for name, value in members.items() if name in case.body})

    def name(self, case, **makers) -> None:
        """Replaces the variable part of the path."""
        if self.exists:
            for name in case.path_parameters:
                case.path_parameters[name] = makers[name]()


@pytest.fixture(scope="module")
def operations():
    """The description as it generates requests."""
    schemathesis.openapi.media_type("application/secevent+jwt", strategies.binary(max_size=4096))
    return schemathesis.openapi.from_dict(DOCUMENT, config=SchemathesisConfig.from_dict(
        {"checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}}}))


@pytest.fixture(scope="module")
def callers(make_shared_server):
    """A server, and who calls it: nobody whom it knows, somebody who names what does not exist, and somebody who names
    what exists."""
    server = make_shared_server({"federation": {"providers": {"absent": {
        "issuer": "http://127.0.0.1:1", "clientId": "heirloom", "clientAuthentication": "none"}}}})
    callers = {"unknown": None, "lost": Caller(server, exists=False), "owner": Caller(server, exists=True)}
    statuses = {}
    yield server, callers, statuses
    # What is sent as somebody whom the service knows is mostly done, or these tests test refusals only.
    if len(statuses) == len(OPERATIONS):
        done = [operation for operation, found in statuses.items() if min(found) < 400]
        assert len(done) > 0.75 * len(OPERATIONS), sorted(set(OPERATIONS) - set(done))


@pytest.mark.store("sqlite")
@pytest.mark.parametrize("caller", ["unknown", "lost", "owner"])
@pytest.mark.parametrize("method, path", OPERATIONS)
def test_answers_are_those_of_the_description(method, path, caller, operations, callers):
    server, known, statuses = callers
    base = f"http://127.0.0.1:{listener(server, path).port}"
    # The provider cannot be reached, which is no error of the service.
    excluded = [not_a_server_error] if caller == "owner" and "{provider}" in path else []

    @seed(9449)
    @settings(max_examples=4, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operations[path][method].as_strategy())
    def check(case):
        case.headers, case.cookies = case.headers or {}, case.cookies or {}
        if known[caller]:
            known[caller].prepare(case)
        answer = case.call_and_validate(base_url=base, excluded_checks=excluded, allow_redirects=False, timeout=30)
        if caller == "owner":
            statuses.setdefault((method, path), []).append(answer.status_code)

    check()
