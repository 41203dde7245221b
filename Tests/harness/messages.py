"""HTTP messages as the tests send and read them."""

from __future__ import annotations

import http.client
import json
import socket

# Members of a successful login or refresh.
TOKEN_MEMBERS = {
    "token_type", "access_token", "expires_in", "refresh_token", "refresh_expires_in", "session_id", "subject", "scope",
}

# The status and the action of each error code.
PROBLEMS = {
    "invalid_request": (400, "fix"),
    "invalid_credentials": (401, "login"),
    "invalid_token": (401, "login"),
    "expired_token": (401, "login"),
    "session_revoked": (401, "login"),
    "reuse_detected": (401, "login"),
    "insufficient_scope": (403, "fix"),
    "csrf_failed": (403, "fix"),
    "not_found": (404, "fix"),
    "conflict": (409, "fix"),
    "method_not_allowed": (405, "fix"),
    "payload_too_large": (413, "fix"),
    "unsupported_media_type": (415, "fix"),
    "too_many_attempts": (429, "retry"),
    "weak_password": (400, "fix"),
    "invalid_dpop_proof": (400, "fix"),
    "use_dpop_nonce": (400, "retry"),
    "unavailable": (503, "retry"),
}


class Answer:
    """An HTTP response."""

    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @classmethod
    def read(cls, connection: socket.socket, method: str = "GET") -> "Answer":
        """Reads the next response to a request of this method. Bytes after that response are lost."""
        response = http.client.HTTPResponse(connection, method=method)
        response.begin()
        return cls(response)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The error code; none for a success."""
        return self.json.get("code") if self.body else None

    def __repr__(self) -> str:
        return f"{self.status} {dict(self.headers)} {self.body!r}"


def assert_problem(answer: Answer, code: str, *, action: str | None = None, challenge: bool = False) -> None:
    """The answer is a complete problem document with this code. `challenge`: the request had no credential."""
    status, usual_action = PROBLEMS[code]
    assert answer.status == status, answer
    assert answer.headers["Content-Type"] == "application/problem+json", answer
    assert answer.headers["Cache-Control"] == "no-store", answer
    assert answer.headers["X-Content-Type-Options"] == "nosniff", answer
    assert answer.headers["X-Request-Id"], answer
    problem = answer.json
    assert set(problem) == {"type", "title", "status", "detail", "code", "action"}, answer
    assert (problem["status"], problem["code"], problem["action"]) == (status, code, action or usual_action), answer
    assert all(isinstance(problem[name], str) and problem[name] for name in ("type", "title", "detail")), answer
    if status == 401:
        authenticate = answer.headers["WWW-Authenticate"]
        assert authenticate.split()[0] == "Bearer", answer
        assert ('error="invalid_token"' in authenticate) == (code != "invalid_credentials" and not challenge), answer
    else:
        assert "WWW-Authenticate" not in answer.headers, answer
    if status in (429, 503):
        assert int(answer.headers["Retry-After"]) >= 1, answer


def encode(method: str, path: str, body=None, *, bearer: str | None = None, headers: dict | None = None) -> bytes:
    """The bytes of a request. `body` is text, bytes or a value that becomes JSON; the path is sent as it is."""
    headers = {"Host": "localhost", **(headers or {})}
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"
    if body is None:
        body = b""
    elif isinstance(body, str):
        body = body.encode()
    elif not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
    if body or method == "POST":
        headers.setdefault("Content-Length", str(len(body)))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
