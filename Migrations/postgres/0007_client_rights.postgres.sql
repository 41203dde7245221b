-- What a client may do, and the limits of its sessions. A client that exists may do what it could: ask for the scope of
-- its column, which is any for null, and everything that needs a permission.

ALTER TABLE clients ADD COLUMN permissions text;            -- space separated; null: all
ALTER TABLE clients ADD COLUMN idle_lifetime bigint;        -- this and the following: seconds; null: the service's
ALTER TABLE clients ADD COLUMN absolute_lifetime bigint;
ALTER TABLE clients ADD COLUMN retry_window bigint;

-- The built-in client becomes a row. In a database that is in use it may ask for any scope, as before.
INSERT INTO clients (client_id, secret_hashes, token_format, allowed_scope, created_at, permissions)
SELECT 'web', ''::bytea, 'jwt',
    CASE WHEN EXISTS (SELECT 1 FROM subjects) OR EXISTS (SELECT 1 FROM signing_keys) OR EXISTS (SELECT 1 FROM clients)
        THEN NULL ELSE '' END,
    0, '';
