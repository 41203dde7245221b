-- Whether the user wants to stay signed in when the browser is closed. Sessions of older versions do.

ALTER TABLE sessions ADD COLUMN remembered INTEGER NOT NULL DEFAULT 1;  -- 0 or 1
