-- Who is told of what happens, and what could not be told; crates/events/src/subscription/store.rs reads and writes it, and
-- crates/ledger/src/slices.rs says what is typed in it. The PostgreSQL half is ../postgres/0042_subscriptions.sql.

CREATE TABLE event_subscriptions (
    account       BIGINT NOT NULL,
    id            TEXT   NOT NULL,
    -- As whom it is told.
    connection    BIGINT NOT NULL,
    -- A webhook (1) or a collector (2).
    form          BIGINT NOT NULL,
    name          TEXT   NOT NULL,
    url           TEXT   NOT NULL,
    -- A keyed hash of the address: nothing is sent to one of which an erasure blanked a part (SD-26).
    url_mark      TEXT   NOT NULL,
    -- `all`, or keys with spaces between them.
    kinds         TEXT   NOT NULL,
    -- Sealed: what a webhook is signed with, or what a collector is shown.
    secrets       BLOB   NOT NULL,
    -- Told (1), paused (2), stopped with its right (3), stopped by its receiver (4).
    stage         BIGINT NOT NULL,
    -- How far it was told.
    position      TEXT   NOT NULL,
    -- How often somebody had it told again, and how often somebody changed it.
    epoch         BIGINT NOT NULL,
    revision      BIGINT NOT NULL,
    made_at       BIGINT NOT NULL,
    -- When somebody last let it go on: what was dead by then does not stop it again.
    resumed_at    BIGINT NOT NULL,
    failing_since BIGINT,
    failure       TEXT   NOT NULL,
    -- Which server tells it, and when that was last heard of.
    worker        TEXT   NOT NULL,
    beat_at       BIGINT NOT NULL,
    PRIMARY KEY (account, id)
) WITHOUT ROWID;
CREATE INDEX event_subscriptions_told ON event_subscriptions (account, id) WHERE stage = 1;

-- What was tried: it waits (0), was delivered (1), or is dead (2).
CREATE TABLE event_deliveries (
    account      BIGINT NOT NULL,
    subscription TEXT   NOT NULL,
    -- The id of the message.
    event        TEXT   NOT NULL,
    position     TEXT   NOT NULL,
    -- What began or ended by itself, in numbers and keys; empty where it stands in the log.
    expiry       TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    came         BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    tried_at     BIGINT NOT NULL,
    -- The status that came back, or a code of what failed.
    answer       TEXT   NOT NULL,
    PRIMARY KEY (account, subscription, event)
) WITHOUT ROWID;
CREATE INDEX event_deliveries_due ON event_deliveries (account, subscription, came, due_at);
CREATE INDEX event_deliveries_tried ON event_deliveries (account, subscription, came, tried_at);
