-- Clients that authenticate with a key (RFC 7523).

ALTER TABLE clients ADD COLUMN jwks text;       -- a JWK set of public keys; null: none

-- The assertions that were used, for as long as they could be presented again.
CREATE TABLE client_assertions (
    assertion_id     bytea  NOT NULL PRIMARY KEY, -- SHA-256 of the client's name and the jti
    expires_at       bigint NOT NULL
);

CREATE INDEX client_assertions_by_expiry ON client_assertions (expires_at);
