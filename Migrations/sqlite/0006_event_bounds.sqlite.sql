-- Events that the holder of a token can cause without end: at most one of each kind a session and minute.

ALTER TABLE refresh_tokens ADD COLUMN retry_recorded_at INTEGER;     -- of the last refresh_retry; null: none
ALTER TABLE refresh_tokens ADD COLUMN mismatch_recorded_at INTEGER;  -- of the last client_mismatch; null: none

CREATE INDEX events_by_kind ON events (kind, event_id);
