#!/usr/bin/env python3
"""Fills a store with sessions that were opened over the last fourteen days and refreshed since.

    heirloom user add someone --config FILE        # makes the schema and the master key
    seed.py --data DIRECTORY --sessions 1000000 --tokens 20000 --out tokens.txt

Writes the rows into SQLite, a hundred times faster than logins. For `--tokens` random ones of the sessions it writes
the refresh token to `--out`, computed from the master key as the server computes it; the others have no known token.
The server must not run meanwhile.
"""

import argparse
import base64
import hashlib
import hmac
import itertools
import pathlib
import random
import sqlite3
import time

DAY = 86_400_000  # in milliseconds, like every time in the store
SESSION_AGE = 14 * DAY
LAST_USE_AGE = 12 * DAY  # within the idle lifetime (14 days), with room for a long run
ABSOLUTE_LIFETIME = 90 * DAY
PART = 100_000  # The rows that are held in memory at a time.
USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def token_mac_key(master_key_file: pathlib.Path) -> bytes:
    """HKDF-SHA256 (RFC 5869) without salt, one block: Sources/TokenCore/MasterKeys/MasterKey.swift."""
    master = base64.b64decode(master_key_file.read_text())
    extracted = hmac.digest(bytes(32), master, "sha256")
    return hmac.digest(extracted, b"heirloom v1 refresh token mac\x01", "sha256")


def token_bytes(session: bytes, generation: int, secret: bytes, key: bytes) -> bytes:
    """Sources/TokenCore/Tokens/RefreshToken.swift: session 16, generation 4, secret 32, MAC 32."""
    content = session + generation.to_bytes(4, "big") + secret
    return content + hmac.digest(key, content, "sha256")


def uuid7(milliseconds: int, random_bits: int) -> bytes:
    """A UUIDv7 (RFC 9562) of a time and 74 random bits."""
    high = milliseconds << 16 | 0x7000 | random_bits >> 62
    return (high << 64 | 1 << 63 | random_bits & (1 << 62) - 1).to_bytes(16, "big")


def seed(data: pathlib.Path, sessions: int, token_count: int, subjects: int, random_seed: int = 1) -> list[str]:
    """Adds the rows, and returns the refresh tokens of `token_count` random ones, in random order."""
    source = random.Random(random_seed)
    key = token_mac_key(data / "master.key")
    now = int(time.time() * 1000)
    names = [f"subject-{number:06}" for number in range(subjects)]
    owners = source.choices(range(subjects), k=sessions)
    # In the order in which a server inserts them: rows of one moment share their pages.
    births = sorted(now - source.randrange(SESSION_AGE) for _ in range(sessions))
    with_token = set(source.sample(range(sessions), min(token_count, sessions)))
    tokens: list[str] = []
    token_rows: list[tuple] = []  # of one part of the sessions

    def session_rows():
        for number, born in enumerate(births):
            session = uuid7(born, source.getrandbits(74))
            # Each session has been refreshed at least once: a row reaches its final width then.
            used = max(born, now - LAST_USE_AGE) + 1
            used += source.randrange(max(1, now - used))
            generation = 1 + (used - born) * 4 // DAY
            if number in with_token:
                token = token_bytes(session, generation, source.randbytes(32), key)
                tokens.append("hr1_" + base64.urlsafe_b64encode(token).decode())
                digest = hashlib.sha256(token).digest()
            else:
                digest = source.randbytes(32)
            token_rows.append((session, generation, digest, source.randbytes(16), used))
            yield session, names[owners[number]], f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", \
                USER_AGENT, born, born, born + ABSOLUTE_LIFETIME

    database = sqlite3.connect(data / "heirloom.sqlite", isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -1000000")
    database.execute("BEGIN")
    rows = session_rows()
    for _ in range(0, sessions, PART):
        database.executemany(
            "INSERT INTO sessions (session_id, subject_id, client_id, scope, device, address, user_agent, amr,"
            " authenticated_at, created_at, expires_at, epoch)"
            " VALUES (?, ?, 'web', 'read write', NULL, ?, ?, 'pwd', ?, ?, ?, 0)",
            itertools.islice(rows, PART))
        database.executemany(
            "INSERT INTO refresh_tokens (session_id, generation, hash, nonce, rotated_at, retry_count)"
            " VALUES (?, ?, ?, ?, ?, 0)",
            token_rows)
        token_rows.clear()
    counts = [0] * subjects
    for owner in owners:
        counts[owner] += 1
    database.executemany(
        "INSERT INTO subjects (subject_id, state, epoch, open_sessions, created_at, expires_at)"
        " VALUES (?, 'active', 0, ?, ?, ?)",
        ((name, count, now - SESSION_AGE, now + ABSOLUTE_LIFETIME) for name, count in zip(names, counts)))
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    source.shuffle(tokens)
    return tokens


def bind(data: pathlib.Path, tokens: list[str], thumbprint: str) -> None:
    """Binds the sessions of these tokens to a key, as a login with a proof does."""
    key = base64.urlsafe_b64decode(thumbprint + "=")
    database = sqlite3.connect(data / "heirloom.sqlite")
    database.executemany(
        "UPDATE sessions SET key_thumbprint = ? WHERE session_id = ?",
        ((key, base64.urlsafe_b64decode(token[4:])[:16]) for token in tokens))
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=pathlib.Path, required=True, help="the data directory, with master.key and heirloom.sqlite")
    parser.add_argument("--sessions", type=int, required=True)
    parser.add_argument("--tokens", type=int, default=20_000, help="how many tokens to write (default 20000)")
    parser.add_argument("--subjects", type=int, default=1000, help="how many subjects own the sessions (default 1000)")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the file for the tokens, one a line")
    options = parser.parse_args()
    tokens = seed(options.data, options.sessions, options.tokens, options.subjects)
    options.out.write_text("".join(f"{token}\n" for token in tokens))


if __name__ == "__main__":
    main()
