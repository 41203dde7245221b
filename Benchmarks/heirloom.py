"""A seeded store and the server on it."""

import base64
import http.client
import json
import pathlib
import subprocess
import sys
import time

from harness.ports import free_port
from process import Process
from provider import Provider
from seed import bind, seed
from settings import PASSWORD, PROOF_URI, RELEASE, STORES, TOKENS, USER


class Heirloom:
    """An installation with a store of its own, seeded."""

    def __init__(self, binary: pathlib.Path, folder: pathlib.Path, store: str):
        self.binary, self.folder = binary, folder
        self.folder.mkdir(parents=True)
        self.port = free_port()
        self.config, self.tokens = self.folder / "config.json", self.folder / "tokens.txt"
        # Only keys that every version knows; the others have their defaults.
        settings = {
            "http": {"port": self.port}, "admin": {"port": free_port()},
            "loginLimits": {"perAccount": 0, "perAddress": 0},
            "accessToken": {"lifetimeSeconds": 900},  # They must outlive a round.
        }
        # An older version, for comparison, knows no providers.
        self.provider = Provider(self.folder) if has_providers(binary) else None
        if self.provider:
            settings["federation"] = self.provider.settings
        self.config.write_text(json.dumps(settings))
        subprocess.run([binary, "user", "add", USER, "--password-stdin", "--config", self.config],
                       input=PASSWORD + "\n", text=True, check=True, stdout=subprocess.DEVNULL)
        tokens = seed(self.folder / "data", STORES[store], 2 * TOKENS, subjects=1000)
        # Half of them belong to sessions that are bound to a key, if the store has so many.
        self.bound_tokens = None
        tool = RELEASE / "heirloom-microbench"
        if tool.exists() and len(tokens) == 2 * TOKENS:
            thumbprint = subprocess.run([tool, "thumbprint"], capture_output=True, text=True, check=True).stdout
            bind(self.folder / "data", tokens[TOKENS:], thumbprint.strip())
            self.bound_tokens = write_lines(self.folder / "bound-tokens.txt", tokens[TOKENS:])
        write_lines(self.tokens, tokens[:TOKENS])

    def start(self, counts_mallocs: bool = False) -> Process:
        command = [str(self.binary), "serve", "--config", str(self.config)]
        return Process(
            command, self.port, self.folder / "server.log", sync_count=self.folder / "syncs",
            malloc_count=self.folder / "mallocs" if counts_mallocs else None)

    def log_megabytes(self) -> float:
        """The size of the write-ahead log."""
        return (self.folder / "data" / "heirloom.sqlite-wal").stat().st_size / 1e6

    def post(
        self, connection: http.client.HTTPConnection, path: str, body: dict, status: int = 200, **headers: str
    ) -> dict:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
        response = connection.getresponse()
        answer = json.loads(response.read())
        if response.status != status:
            sys.exit(f"POST {path} was answered {response.status}: {answer}")
        return answer

    def make_proofs(self, count: int) -> pathlib.Path:
        """Makes proofs for refreshes of the bound sessions, ahead of the load. They are accepted for a minute."""
        file = self.folder / "proofs.txt"
        with file.open("w") as output:
            subprocess.run(
                [RELEASE / "heirloom-microbench", "proofs", str(count), PROOF_URI, str(int(time.time()))],
                stdout=output, check=True)
        return file

    def make_access_tokens(self, count: int) -> pathlib.Path:
        """Refreshes some of the sessions; returns the file of their access tokens and keeps the new refresh tokens."""
        lines, access = self.tokens.read_text().split(), []
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        for index in range(count):
            answer = self.post(connection, "/v1/refresh", {"refresh_token": lines[index]})
            lines[index] = answer["refresh_token"]
            access.append(answer["access_token"])
        connection.close()
        write_lines(self.tokens, lines)
        return write_lines(self.folder / "access-tokens.txt", access)

    def make_opaque_tokens(self, count: int, authorization: str) -> pathlib.Path:
        """Opens as many sessions of a client with opaque access tokens; returns the file of those tokens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        tokens = [self.open_session(connection, authorization, f"opaque-{number}") for number in range(count)]
        connection.close()
        return write_lines(self.folder / "opaque-tokens.txt", tokens)

    def add_client(self, name: str, *options: str) -> str:
        """Adds a confidential client; returns its Authorization header."""
        made = subprocess.run(
            [self.binary, "client", "add", name, "--confidential", "--json", "--config", self.config, *options],
            check=True, stdout=subprocess.PIPE).stdout
        return "Basic " + base64.b64encode(f"{name}:{json.loads(made)['client_secret']}".encode()).decode()

    def sign_in(self, connection: http.client.HTTPConnection, authorization: str, subject: str, scope: str) -> str:
        """Opens a session for somebody whom the provider has authenticated; returns its access token."""
        answer = self.post(connection, "/v1/login", {
            "provider": self.provider.name, "id_token": self.provider.id_token(subject, subject), "nonce": subject,
            "scope": scope}, Authorization=authorization)
        return answer["access_token"]

    def open_session(
        self, connection: http.client.HTTPConnection, authorization: str, subject: str, **members: str
    ) -> str:
        """Opens a session as a trusted back-end; returns its access token."""
        answer = self.post(
            connection, "/v1/sessions", {"subject": subject, **members}, 201, Authorization=authorization)
        return answer["access_token"]


def has_providers(binary: pathlib.Path) -> bool:
    keys = subprocess.run([binary, "config", "--help"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return "federation.attemptSeconds" in keys


def write_lines(file: pathlib.Path, lines: list[str]) -> pathlib.Path:
    file.write_text("".join(f"{line}\n" for line in lines))
    return file
