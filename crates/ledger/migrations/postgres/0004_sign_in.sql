-- Ways to sign in, and what became of them. The SQLite half is ../sqlite/0004_sign_in.sql.

-- What proves that somebody is who they say: the hash of a password, never the password. Gone with the person (SD-26).
CREATE TABLE credentials (
    account    BIGINT NOT NULL,
    person     BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    id         TEXT   NOT NULL,         -- which one of its kind; there is one password, and its id is empty
    data       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, person, kind, id)
);

-- Browsers in which somebody is signed in. The prefix of the secret is public and finds the row; only the hash of the whole is kept.
CREATE TABLE sign_in_sessions (
    prefix   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account  BIGINT NOT NULL,
    person   BIGINT NOT NULL,
    hash     BYTEA  NOT NULL,
    browser  TEXT   NOT NULL,           -- one of a few words, for the person to recognise it by
    began_at BIGINT NOT NULL,
    used_at  BIGINT NOT NULL,
    ends_at  BIGINT NOT NULL
);
CREATE INDEX sign_in_sessions_of ON sign_in_sessions (account, person);
CREATE INDEX sign_in_sessions_end ON sign_in_sessions (ends_at);

-- Tries in a window of time. A slot is a keyed hash, cut short, so that there are never more rows than slots.
CREATE TABLE sign_in_attempts (
    slot     BIGINT NOT NULL PRIMARY KEY,
    began_at BIGINT NOT NULL,
    count    BIGINT NOT NULL
);
CREATE INDEX sign_in_attempts_began ON sign_in_attempts (began_at);

-- What happened at the door. Ids only: whose it was is shown from the profile, while there is one.
CREATE TABLE sign_in_log (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account BIGINT NOT NULL,            -- 0: nobody's, in a database with several accounts
    at      BIGINT NOT NULL,
    person  BIGINT,
    what    TEXT   NOT NULL
);
CREATE INDEX sign_in_log_of ON sign_in_log (account, id);
