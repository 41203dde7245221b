-- People who sign in by an OpenID provider. Such a user has neither a name nor a password: of the columns of an account
-- only password_version is never null.

-- Whether this service has authenticated the subject itself, or asked a provider to do so anew: 0 or 1. Of sessions of
-- older versions it is unknown.
ALTER TABLE sessions ADD COLUMN authenticated_here INTEGER NOT NULL DEFAULT 0;

CREATE INDEX subjects_without_name ON subjects (subject_id)
    WHERE username_key IS NULL AND password_version IS NOT NULL;

-- Which subject a person of a provider is. The row of a deleted subject stays, or the person would become a new one.
CREATE TABLE identities (
    identity_id      BLOB    NOT NULL PRIMARY KEY,  -- SHA-256 of issuer, a zero byte, and provider_subject
    issuer           TEXT    NOT NULL,              -- iss and sub of the provider's ID tokens
    provider_subject TEXT    NOT NULL,
    subject_id       TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    last_used_at     INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_by_subject ON identities (subject_id, created_at, identity_id);

-- By which identity a session was opened. A row is deleted with its session.
CREATE TABLE upstream_sessions (
    session_id       BLOB    NOT NULL PRIMARY KEY,
    identity_id      BLOB    NOT NULL,
    sid_hash         BLOB                           -- SHA-256 of issuer, a zero byte, and the ID token's sid, if it had one
) STRICT, WITHOUT ROWID;

CREATE INDEX upstream_sessions_by_identity ON upstream_sessions (identity_id, session_id);
CREATE INDEX upstream_sessions_by_sid ON upstream_sessions (sid_hash, session_id) WHERE sid_hash IS NOT NULL;
