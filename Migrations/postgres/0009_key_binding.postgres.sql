-- Sessions that are bound to a key (RFC 9449), and what may be used once.

ALTER TABLE sessions ADD COLUMN key_thumbprint bytea;   -- SHA-256 of a public key (RFC 7638); null: not bound
ALTER TABLE clients ADD COLUMN dpop bigint NOT NULL DEFAULT 0; -- 0 or 1: no token without a proof

-- At most one event of this kind a session and minute.
ALTER TABLE refresh_tokens ADD COLUMN key_mismatch_recorded_at bigint; -- of the last key_mismatch; null: none

-- A node of an older version would refresh a bound session without a proof. Each of its statements about sessions names
-- this column, so that it fails from now on.
ALTER TABLE refresh_tokens RENAME COLUMN retries TO retry_count;

-- Assertions, proofs and whatever else may be used once, until it would not be accepted anyway. The key begins with a
-- time, so that new rows land together.
CREATE TABLE used_once (
    named_at         bigint NOT NULL,           -- in seconds; the thing itself carries it. Or 0
    hash             bytea  NOT NULL,           -- SHA-256 of what identifies the thing
    forgotten_at     bigint NOT NULL,
    PRIMARY KEY (named_at, hash)
);

-- An assertion is named by its `jti` alone.
INSERT INTO used_once SELECT 0, assertion_id, expires_at FROM client_assertions;
DROP TABLE client_assertions;
