"""The admin listener."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from .endpoint import Endpoint
from .messages import Answer
from .server import Server


class Admin(Endpoint):
    """A server's admin listener. Requests carry the server's admin token unless `token` says otherwise."""

    def __init__(self, server: Server):
        super().__init__(server.admin_port)
        self.server = server

    def request(self, method: str, path: str, body=None, *, token: str | None = "", **options) -> Answer:
        bearer = self.server.admin_token if token == "" else token
        return super().request(method, path, body, bearer=bearer, **options)

    def get_json(self, path: str, **options) -> dict:
        answer = self.get(path, **options)
        assert answer.status == 200, answer
        assert answer.headers["Content-Type"] == "application/json" and answer.headers["Cache-Control"] == "no-store"
        return answer.json

    def metrics(self) -> dict:
        """The metrics' values by name and labels, strictly parsed."""
        answer = self.get("/metrics", token=None)
        assert answer.status == 200, answer
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        found = {}
        for family in text_string_to_metric_families(answer.body.decode()):
            assert family.documentation, family
            for sample in family.samples:
                key = (sample.name, *sorted(sample.labels.items()))
                assert key not in found
                found[key] = sample.value
        return found
