"""Keeps a program signed in to Heirloom: over restarts, in several processes, and when answers are lost.

It obeys the five rules of docs/rotation.md. Needs urllib3 2, and a POSIX system for the lock.

    python client.py URL FILE login NAME < password     signs in, and keeps the tokens in FILE
    python client.py URL FILE token                     prints an access token, refreshed when that is due
    python client.py URL FILE logout
"""

import fcntl
import json
import os
import pathlib
import sys
import time

import urllib3

# No answer is no verdict. Neither is that of a proxy whose server is away.
RETRIES = urllib3.Retry(7, allowed_methods=None, status_forcelist=[429, *range(500, 600)], backoff_factor=0.125)


class SignedOut(Exception):
    """The session has ended: log in again."""


class Client:
    def __init__(self, url, file, client_id="web"):
        self.url, self.file, self.client_id = url.rstrip("/"), pathlib.Path(file), client_id

    def login(self, username, password, **options):
        with self.lock():
            self.store(self.ask("/v1/login", username=username, password=password, **options))

    def access_token(self, refused=None):
        """Returns an access token. `refused` is one that an API has just answered with 401."""
        with self.lock():
            tokens = self.load()
            if time.time() >= tokens["due"] or tokens["access_token"] == refused:
                tokens = self.store(self.ask("/v1/refresh", refresh_token=tokens["refresh_token"]))
            return tokens["access_token"]

    def logout(self):
        with self.lock():
            self.ask("/v1/logout", refresh_token=self.load()["refresh_token"])
            self.file.unlink()

    def lock(self):
        """Lets one process ask. The others wait until the file is closed, and then read what it got."""
        file = open(f"{self.file}.lock", "w")
        fcntl.flock(file, fcntl.LOCK_EX)
        return file

    def ask(self, path, **body):
        body["client_id"] = self.client_id
        answer = urllib3.request("POST", self.url + path, json=body, timeout=10, retries=RETRIES, redirect=False)
        found = answer.json() if answer.data else {}
        if answer.status in (200, 204):
            return found
        if found.get("action") == "login" and "refresh_token" in body:
            self.file.unlink()
            raise SignedOut(found["detail"])
        raise ValueError(f"{answer.status}: {found.get('detail')}")

    def load(self):
        if not self.file.exists():
            raise SignedOut("log in first")
        return json.loads(self.file.read_text())

    def store(self, tokens):
        """Keeps the new tokens, whole and on the disk, before anything uses them."""
        tokens["due"] = time.time() + tokens["expires_in"] * 0.75
        with open(f"{self.file}.new", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            json.dump(tokens, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, self.file)
        return tokens


if __name__ == "__main__":
    url, file, command, *names = sys.argv[1:]
    client = Client(url, file)
    if command == "login":
        client.login(*names, input())
    elif command == "token":
        print(client.access_token())
    elif command == "logout":
        client.logout()
