-- For a reuse: how many generations behind the current one the token was. Rows that version 0.1.0 has written hold this
-- number in `detail` only.

ALTER TABLE events ADD COLUMN generations_behind bigint;    -- null unless the event is a reuse
