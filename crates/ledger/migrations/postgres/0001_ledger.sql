-- The PostgreSQL half of the ledger's tables; ../sqlite/0001_ledger.sql is the same house. Text that is searched by its
-- beginning is compared byte by byte, as SQLite does. Times are milliseconds UTC.
-- No foreign key to `accounts`: every writer holds the lock of the account's head, and a check per row would be paid by each import.

-- One row per account.
CREATE TABLE accounts (
    account   BIGINT  NOT NULL PRIMARY KEY,
    public_id TEXT    NOT NULL UNIQUE,
    opened_at BIGINT  NOT NULL,
    secret    BYTEA  NOT NULL          -- keys the hashes of the denylist and of idempotency bodies
);

-- The end of each account's log: its position, its hash, its moment. The row is the account's lock.
CREATE TABLE heads (
    account  BIGINT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    hash     BYTEA  NOT NULL,
    at       BIGINT NOT NULL
);

-- The change log. Positions count events; a row holds those of one act, up to `position`. No personal data.
CREATE TABLE log (
    account  BIGINT NOT NULL,
    position BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    actor    TEXT   NOT NULL,
    act      TEXT   NOT NULL,
    face     TEXT   NOT NULL,           -- where from: the face, never an address
    request  TEXT   NOT NULL,
    events   BYTEA  NOT NULL,
    hash     BYTEA  NOT NULL,
    PRIMARY KEY (account, position)
);
CREATE INDEX log_at ON log (account, at);

-- Personal data and free text, one row per version: the only tables that erasure has to know are this and the next two.
CREATE TABLE profiles (
    account BIGINT NOT NULL,
    kind    BIGINT NOT NULL,
    entity  BIGINT NOT NULL,
    version BIGINT NOT NULL,
    fields  BYTEA  NOT NULL,
    PRIMARY KEY (account, kind, entity, version)
);

-- One person per address in an account; also what a search by the beginning of an address reads.
CREATE TABLE emails (
    account BIGINT NOT NULL,
    email   TEXT COLLATE "C" NOT NULL,
    person  BIGINT NOT NULL,
    PRIMARY KEY (account, email)
);

-- Folded words that begin a search, in the order of what is found. Field 0 is the whole name, 1 its further words, 2 numbers.
CREATE TABLE search_keys (
    account BIGINT NOT NULL,
    kind    BIGINT NOT NULL,
    field   BIGINT NOT NULL,
    word    TEXT COLLATE "C" NOT NULL,
    entity  BIGINT NOT NULL,
    PRIMARY KEY (account, kind, field, word, entity)
);

-- What SQL lists need to know of a person; written from the state in the transaction of the event, compared by `verify`.
-- "Suspended" is not here: it is derived, and moves with time (AD-15).
CREATE TABLE person_row (
    account        BIGINT NOT NULL,
    person         BIGINT NOT NULL,
    company        BIGINT,
    account_role   BIGINT NOT NULL,
    user_facet     BIGINT NOT NULL,
    customer_facet BIGINT NOT NULL,
    portal_level   BIGINT NOT NULL,
    PRIMARY KEY (account, person)
);
CREATE INDEX person_row_company ON person_row (account, company) WHERE company IS NOT NULL;

-- A state, cut into chunks, and the hash of the whole.
CREATE TABLE snapshots (
    account    BIGINT NOT NULL,
    position   BIGINT NOT NULL,
    chunk      BIGINT NOT NULL,
    chunks     BIGINT NOT NULL,
    head       BYTEA  NOT NULL,
    state_hash BYTEA  NOT NULL,
    at         BIGINT NOT NULL,
    head_at    BIGINT NOT NULL,
    body       BYTEA  NOT NULL,
    PRIMARY KEY (account, position, chunk)
);

-- Secrets that are shown once: only their hash is kept. The prefix is public and finds the row.
CREATE TABLE secrets (
    prefix     TEXT   NOT NULL PRIMARY KEY,
    account    BIGINT NOT NULL,
    purpose    TEXT   NOT NULL,
    entity     BIGINT NOT NULL,
    hash       BYTEA  NOT NULL,
    expires_at BIGINT
);
CREATE INDEX secrets_of ON secrets (account, purpose, entity);

-- Answers of acts that carried an idempotency key. Keys and bodies stand here as keyed hashes.
CREATE TABLE idempotency (
    account BIGINT NOT NULL,
    key     TEXT   NOT NULL,
    body    TEXT   NOT NULL,
    answer  BYTEA  NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (account, key)
);
CREATE INDEX idempotency_at ON idempotency (at);

-- Addresses and domains that may not register, as keyed hashes (SD-23, SD-26).
CREATE TABLE denylist (
    account BIGINT NOT NULL,
    hash    TEXT   NOT NULL,
    PRIMARY KEY (account, hash)
);
