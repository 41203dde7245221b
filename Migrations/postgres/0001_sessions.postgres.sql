-- Times are milliseconds since 1970-01-01T00:00:00Z. Ids of sessions are UUIDv7, so that new rows land together in the
-- B-trees. Names are compared byte by byte: COLLATE "C".

CREATE TABLE subjects (
    subject_id       text   COLLATE "C" NOT NULL PRIMARY KEY,
    state            text   NOT NULL CHECK (state IN ('active', 'disabled', 'deleted')),
    epoch            bigint NOT NULL,           -- a logout-all advances it: sessions of an older one are over
    open_sessions    bigint NOT NULL,
    created_at       bigint NOT NULL,
    expires_at       bigint,                    -- null for a living user
    username         text,                      -- this and the following: users only
    username_key     text   COLLATE "C" UNIQUE, -- the name as it is compared
    password         text,                      -- a PHC string
    password_version bigint
) WITH (fillfactor = 80);

CREATE INDEX subjects_by_expiry ON subjects (expires_at) WHERE expires_at IS NOT NULL;

-- What never changes while a session lives. A rotation reads it and writes nothing here.
CREATE TABLE sessions (
    session_id       uuid   NOT NULL PRIMARY KEY,
    subject_id       text   COLLATE "C" NOT NULL,
    client_id        text   COLLATE "C" NOT NULL,
    scope            text   NOT NULL,
    device           text,
    address          text,
    user_agent       text,
    amr              text   NOT NULL,           -- space separated
    authenticated_at bigint NOT NULL,
    created_at       bigint NOT NULL,
    expires_at       bigint NOT NULL,           -- end of the absolute lifetime
    epoch            bigint NOT NULL,
    ended_at         bigint,
    end_reason       text,
    end_detail       text
);

CREATE INDEX sessions_by_subject ON sessions (subject_id, session_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A family's current token, as a hash, and what made it from its parent: all that a rotation writes, one narrow row.
-- Pages are left half empty, and nothing that changes is indexed: the new row lands beside the old one and no index is touched.
CREATE TABLE refresh_tokens (
    session_id       uuid   NOT NULL PRIMARY KEY,
    generation       bigint NOT NULL,
    hash             bytea  NOT NULL,           -- SHA-256 of the token
    nonce            bytea,                     -- null for generation 0, which has no parent
    rotated_at       bigint NOT NULL,
    retries          bigint NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE signing_keys (
    key_id           text   COLLATE "C" NOT NULL PRIMARY KEY,
    algorithm        text   NOT NULL,
    state            text   NOT NULL CHECK (state IN ('next', 'current', 'retired')),
    sealed_key       bytea  NOT NULL,           -- the private key, AES-GCM
    created_at       bigint NOT NULL,
    activated_at     bigint,
    expires_at       bigint                     -- null until retired
);

CREATE TABLE clients (
    client_id        text   COLLATE "C" NOT NULL PRIMARY KEY,
    secret_hashes    bytea  NOT NULL,           -- SHA-256 of each valid secret, one after the other; empty: public
    token_format     text   NOT NULL CHECK (token_format IN ('jwt', 'opaque')),
    allowed_scope    text,                      -- null: any
    created_at       bigint NOT NULL
);

-- The feed. Its numbers come from one row, which a transaction locks until its commit: they become visible in their order.
CREATE TABLE revocations (
    sequence         bigint NOT NULL PRIMARY KEY,
    kind             text   NOT NULL CHECK (kind IN ('session', 'subject')),
    target           text   NOT NULL,
    opened_before    bigint,                    -- subjects only
    at               bigint NOT NULL,
    expires_at       bigint NOT NULL
);

CREATE INDEX revocations_by_expiry ON revocations (expires_at);

CREATE TABLE feed (
    newest           bigint NOT NULL            -- the last sequence number that was given
);

INSERT INTO feed VALUES (0);

CREATE TABLE events (
    event_id         bigint NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    kind             text   NOT NULL,
    at               bigint NOT NULL,
    subject_id       text   COLLATE "C",
    session_id       uuid,
    client_id        text   COLLATE "C",
    address          text,
    detail           text,
    expires_at       bigint NOT NULL
);

CREATE INDEX events_by_subject ON events (subject_id, event_id);
CREATE INDEX events_by_expiry ON events (expires_at);

-- Failed logins, counted over all nodes. (One node counts them in its memory: the table is not in SQLite.)
CREATE TABLE login_attempts (
    key              bytea  NOT NULL PRIMARY KEY, -- SHA-256 of what is counted: an account's name may be a mistyped password
    spent            double precision NOT NULL,
    at               bigint NOT NULL,
    expires_at       bigint NOT NULL
) WITH (fillfactor = 80);

CREATE INDEX login_attempts_by_expiry ON login_attempts (expires_at);
