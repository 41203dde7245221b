"""APIs that verify access tokens and follow the revocation feed."""

import base64
import http.client
import os
import pathlib
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable

from harness.ports import free_port
from heirloom import Heirloom


class Verifiers:
    """Processes of the example API, which verifies with the published keys and the feed alone."""

    def __init__(self, program: pathlib.Path, heirloom: Heirloom, count: int):
        self.heirloom, self.authorization = heirloom, heirloom.add_client(
            "verifiers", "--permit", "feed,vouch", "--scope", "notes:read")
        name, secret = base64.b64decode(self.authorization.split()[1]).decode().split(":")
        self.processes, self.links = [], []
        self.service = http.client.HTTPConnection("127.0.0.1", heirloom.port)
        for number in range(count):
            port = free_port()
            environment = {
                "PORT": str(port), "HEIRLOOM_ISSUER": "http://localhost:8080", "HEIRLOOM_CLIENT_ID": name,
                "HEIRLOOM_SERVER": f"http://127.0.0.1:{heirloom.port}", "HEIRLOOM_CLIENT_SECRET": secret}
            with open(heirloom.folder / f"verifier-{number}.log", "wb") as log:
                self.processes.append(subprocess.Popen(
                    [program], stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, **environment}))
            self.links.append(http.client.HTTPConnection("127.0.0.1", port))

    def status(self, link: http.client.HTTPConnection, token: str) -> int | None:
        try:
            link.request("GET", "/notes", headers={"Authorization": f"Bearer {token}"})
            response = link.getresponse()
            response.read()
            return response.status
        except OSError:
            link.close()
            return None

    def wait(self, token: str, status: int, seconds: float = 10) -> None:
        """Waits until all of them answer with this status."""
        waiting, end = list(self.links), time.monotonic() + seconds
        while waiting:
            if time.monotonic() > end:
                sys.exit(f"a verifier does not answer {status}")
            waiting = [link for link in waiting if self.status(link, token) != status]

    def seconds_to_refuse(self, subject: str) -> float:
        """The time from the answer to a logout-all until the last verifier refuses the session."""
        token = self.heirloom.open_session(self.service, self.authorization, subject, scope="notes:read")
        self.wait(token, 200)
        self.service.request("POST", "/v1/logout-all", headers={"Authorization": f"Bearer {token}"})
        response = self.service.getresponse()
        response.read()
        answered = time.monotonic()
        if response.status != 200:
            sys.exit(f"a logout-all was answered {response.status}")
        self.wait(token, 401)
        return time.monotonic() - answered

    def seconds_after_upstream(self, subject: str) -> float:
        """The time from a provider's logout token until the last verifier refuses the session."""
        provider = self.heirloom.provider
        token = self.heirloom.sign_in(self.service, self.authorization, subject, "notes:read")
        self.wait(token, 200)
        body = urllib.parse.urlencode({"logout_token": provider.logout_token(subject)})
        sent = time.monotonic()
        self.service.request("POST", f"/login/{provider.name}/backchannel-logout", body, {
            "Content-Type": "application/x-www-form-urlencoded"})
        response = self.service.getresponse()
        response.read()
        if response.status != 200:
            sys.exit(f"a logout token was answered {response.status}")
        self.wait(token, 401)
        return time.monotonic() - sent

    def measure(self, count: int, seconds: Callable[[str], float]) -> dict:
        """The latencies of so many logouts."""
        self.service.close()  # The connection of the last round was idle for too long.
        times = sorted(1e6 * seconds(f"logout-{time.monotonic_ns()}") for _ in range(count))
        return {"count": count, "p50_us": times[count // 2], "p99_us": times[min(count - 1, count * 99 // 100)]}

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
