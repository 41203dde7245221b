"""Keeps a program signed in to Heirloom: over restarts, in several processes, and when answers are lost.

It obeys the five rules of docs/rotation.md. Needs requests, and a POSIX system for the lock.

    python client.py URL FILE login NAME < password     signs in, and keeps the tokens in FILE
    python client.py URL FILE token                     prints an access token, refreshed when that is due
    python client.py URL FILE logout
"""

import fcntl
import json
import os
import sys
import time

import requests


class SignedOut(Exception):
    """The session has ended: log in again."""


class Client:
    def __init__(self, url: str, file: str, client_id: str = "web"):
        self.url, self.file, self.client_id = url.rstrip("/"), file, client_id

    def login(self, username: str, password: str, **options):
        self.store(self.ask("/v1/login", {"username": username, "password": password, **options}))

    def access_token(self, refused: str | None = None) -> str:
        """Returns an access token. `refused` is one that an API has just answered with 401."""
        with open(self.file + ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # One process refreshes; the others wait and read what it got.
            tokens = self.load()
            if time.time() >= tokens["due"] or tokens["access_token"] == refused:
                tokens = self.store(self.ask("/v1/refresh", {"refresh_token": tokens["refresh_token"]}))
            return tokens["access_token"]

    def logout(self):
        self.ask("/v1/logout", {"refresh_token": self.load()["refresh_token"]})
        os.remove(self.file)

    def ask(self, path: str, body: dict) -> dict:
        """Asks until the service answers: no answer is no verdict, and consumes nothing that a repetition lacks."""
        for attempt in range(8):
            try:
                answer = requests.post(self.url + path, json={"client_id": self.client_id, **body}, timeout=10)
                found = answer.json() if answer.content else {}
                if answer.ok:
                    return found
                if found["action"] == "login" and path != "/v1/login":
                    os.remove(self.file)
                    raise SignedOut(found["detail"])
                if found["action"] in ("login", "fix"):
                    raise ValueError(found["detail"])
                pause = int(answer.headers.get("Retry-After", 0))
            except (requests.RequestException, KeyError, TypeError):  # Also what a proxy answers in its place.
                pause = 0
            time.sleep(max(pause, 2 ** attempt / 8))
        raise ConnectionError(f"{self.url} does not answer")

    def load(self) -> dict:
        try:
            with open(self.file) as file:
                return json.load(file)
        except FileNotFoundError:
            raise SignedOut("log in first") from None

    def store(self, tokens: dict) -> dict:
        """Keeps the new tokens, whole and on the disk, before anything uses them."""
        tokens["due"] = time.time() + tokens["expires_in"] * 0.75
        with open(os.open(self.file + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(tokens, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.file + ".new", self.file)
        return tokens


if __name__ == "__main__":
    client, (command, *name) = Client(*sys.argv[1:3]), sys.argv[3:]
    match command:
        case "login":
            client.login(*name, sys.stdin.readline().rstrip("\n"))
        case "token":
            print(client.access_token())
        case "logout":
            client.logout()
