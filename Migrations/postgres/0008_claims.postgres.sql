-- Claims of subjects and sessions, and the limit of sessions per subject.

ALTER TABLE subjects ADD COLUMN claims text;            -- a JSON object; null: none
ALTER TABLE subjects ADD COLUMN issued_from bigint;     -- no access token has an earlier iat; null: no bound
ALTER TABLE sessions ADD COLUMN claims text;            -- a JSON object; null: none

-- The sessions that no logout and no logout-all has ended, however many others there are.
CREATE INDEX open_sessions_by_subject ON sessions (subject_id, epoch, session_id) WHERE ended_at IS NULL;

-- The kind `claims` is new.
ALTER TABLE revocations DROP CONSTRAINT revocations_kind_check;
