-- Times are milliseconds since 1970-01-01T00:00:00Z. Ids of sessions are UUIDv7 and make up the keys, so that new rows
-- land together in the B-trees.

CREATE TABLE subjects (
    subject_id       TEXT    NOT NULL PRIMARY KEY,
    state            TEXT    NOT NULL CHECK (state IN ('active', 'disabled', 'deleted')),
    epoch            INTEGER NOT NULL,          -- a logout-all advances it: sessions of an older one are over
    open_sessions    INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER,                   -- null for a living user
    username         TEXT,                      -- this and the following: users only
    username_key     TEXT    UNIQUE,            -- the name as it is compared
    password         TEXT,                      -- a PHC string
    password_version INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX subjects_by_expiry ON subjects (expires_at) WHERE expires_at IS NOT NULL;

-- What never changes while a session lives. A rotation reads it and writes nothing here.
CREATE TABLE sessions (
    session_id       BLOB    NOT NULL PRIMARY KEY,
    subject_id       TEXT    NOT NULL,
    client_id        TEXT    NOT NULL,
    scope            TEXT    NOT NULL,
    device           TEXT,
    address          TEXT,
    user_agent       TEXT,
    amr              TEXT    NOT NULL,          -- space separated
    authenticated_at INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,          -- end of the absolute lifetime
    epoch            INTEGER NOT NULL,
    ended_at         INTEGER,
    end_reason       TEXT,
    end_detail       TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_subject ON sessions (subject_id, session_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A family's current token, as a hash, and what made it from its parent: all that a rotation writes, one narrow row.
CREATE TABLE refresh_tokens (
    session_id       BLOB    NOT NULL PRIMARY KEY,
    generation       INTEGER NOT NULL,
    hash             BLOB    NOT NULL,          -- SHA-256 of the token
    nonce            BLOB,                      -- null for generation 0, which has no parent
    rotated_at       INTEGER NOT NULL,
    retries          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_keys (
    key_id           TEXT    NOT NULL PRIMARY KEY,
    algorithm        TEXT    NOT NULL,
    state            TEXT    NOT NULL CHECK (state IN ('next', 'current', 'retired')),
    sealed_key       BLOB    NOT NULL,          -- the private key, AES-GCM
    created_at       INTEGER NOT NULL,
    activated_at     INTEGER,
    expires_at       INTEGER                    -- null until retired
) STRICT, WITHOUT ROWID;

CREATE TABLE clients (
    client_id        TEXT    NOT NULL PRIMARY KEY,
    secret_hashes    BLOB    NOT NULL,          -- SHA-256 of each valid secret, one after the other; empty: public
    token_format     TEXT    NOT NULL CHECK (token_format IN ('jwt', 'opaque')),
    allowed_scope    TEXT,                      -- null: any
    created_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The feed. AUTOINCREMENT: a number is never given twice, so that a reader can tell what it has seen.
CREATE TABLE revocations (
    sequence         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind             TEXT    NOT NULL CHECK (kind IN ('session', 'subject')),
    target           TEXT    NOT NULL,
    opened_before    INTEGER,                   -- subjects only
    at               INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL
) STRICT;

CREATE INDEX revocations_by_expiry ON revocations (expires_at);

CREATE TABLE events (
    event_id         INTEGER NOT NULL PRIMARY KEY,
    kind             TEXT    NOT NULL,
    at               INTEGER NOT NULL,
    subject_id       TEXT,
    session_id       BLOB,
    client_id        TEXT,
    address          TEXT,
    detail           TEXT,
    expires_at       INTEGER NOT NULL
) STRICT;

CREATE INDEX events_by_subject ON events (subject_id, event_id);
CREATE INDEX events_by_expiry ON events (expires_at);
