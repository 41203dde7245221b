-- Claims of subjects and sessions, and the limit of sessions per subject.

ALTER TABLE subjects ADD COLUMN claims TEXT;            -- a JSON object; null: none
ALTER TABLE subjects ADD COLUMN issued_from INTEGER;    -- no access token has an earlier iat; null: no bound
ALTER TABLE sessions ADD COLUMN claims TEXT;            -- a JSON object; null: none

-- The sessions that no logout and no logout-all has ended, however many others there are.
CREATE INDEX open_sessions_by_subject ON sessions (subject_id, epoch, session_id) WHERE ended_at IS NULL;

-- The feed without a check of its kinds, of which `claims` is new. The numbers go on.
CREATE TABLE new_revocations (
    sequence         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind             TEXT    NOT NULL,
    target           TEXT    NOT NULL,
    opened_before    INTEGER,                   -- claims: issued before; null for sessions
    at               INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL
) STRICT;

INSERT INTO new_revocations SELECT * FROM revocations;
DELETE FROM sqlite_sequence WHERE name = 'new_revocations';
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'new_revocations', seq FROM sqlite_sequence WHERE name = 'revocations';
DROP TABLE revocations;
ALTER TABLE new_revocations RENAME TO revocations;
CREATE INDEX revocations_by_expiry ON revocations (expires_at);
