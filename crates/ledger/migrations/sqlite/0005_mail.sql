-- The outbox: one row per mail, written in the transaction of the act that causes it. What is in it is sealed, and goes when it was sent.
CREATE TABLE mails (
    id        TEXT   NOT NULL PRIMARY KEY,
    account   BIGINT NOT NULL,
    person    BIGINT NOT NULL,        -- to whom or about whom: erasure takes the row (SD-26); 0 of a decoy
    template  TEXT   NOT NULL,
    purpose   TEXT,                   -- of the secret whose link stands in it: the mail ends with the link
    body      BLOB,                   -- sealed; absent when it is over
    state     BIGINT NOT NULL,        -- 0 waits, 1 sent, 2 given up, 3 decoy
    attempts  BIGINT NOT NULL,
    due_at    BIGINT NOT NULL,        -- of a claimed one: when the claim is over
    ends_at   BIGINT NOT NULL,        -- from then on it is worth nothing
    queued_at BIGINT NOT NULL,
    done_at   BIGINT,
    error     TEXT                    -- code of the last failure, never what a server said
) WITHOUT ROWID;
CREATE INDEX mails_due ON mails (state, due_at);
CREATE INDEX mails_of ON mails (account, person);

-- Links that are over are cleared away.
CREATE INDEX secrets_ends ON secrets (expires_at) WHERE expires_at IS NOT NULL;
