-- User names are compared folded. The program stores the folded names of users that it finds without one. Two users
-- that existed before may have the same, so that the index is not unique.

ALTER TABLE subjects ADD COLUMN username_folded text COLLATE "C"; -- null for outside subjects
ALTER TABLE subjects ADD COLUMN unlocks bigint NOT NULL DEFAULT 0; -- a new number begins a new count of attempts

CREATE INDEX subjects_by_folded_name ON subjects (username_folded) WHERE username_folded IS NOT NULL;
CREATE INDEX subjects_without_folded_name ON subjects (subject_id)
    WHERE username_key IS NOT NULL AND username_folded IS NULL;
