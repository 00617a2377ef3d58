-- Second factors. The SQLite half is ../sqlite/0007_second_factor.sql.

-- What a credential was used with for the last time: the step of a one-time code, so that a code works once.
ALTER TABLE credentials ADD COLUMN used BIGINT NOT NULL DEFAULT 0;

-- What was proved when the session began (0: a password, and a code is still missing; 1: one factor; 2: two), and when a password or
-- passkey was proved in it for the last time.
ALTER TABLE sign_in_sessions ADD COLUMN stage BIGINT NOT NULL DEFAULT 1;
ALTER TABLE sign_in_sessions ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;

-- Challenges of passkeys that were answered, until they are over: each is answered once. Those that were not are kept nowhere.
CREATE TABLE answered_challenges (
    hash    TEXT   NOT NULL PRIMARY KEY,
    ends_at BIGINT NOT NULL
);
CREATE INDEX answered_challenges_end ON answered_challenges (ends_at);
