-- The links by which users set a password, once: at most one a subject. It is void when it is used, when the subject's
-- password or name changes, and when the subject is disabled or deleted.

CREATE TABLE one_time_links (
    subject_id       text   NOT NULL PRIMARY KEY,
    purpose          text   NOT NULL,          -- 'invitation' or 'reset'
    hash             bytea  NOT NULL UNIQUE,   -- SHA-256 of the token
    expires_at       bigint NOT NULL
);

CREATE INDEX one_time_links_by_expiry ON one_time_links (expires_at);
