-- What a service gives its records: the group that new ones go to, categories, text modules, a signature. crates/service-desk/src/records/store/presets.rs
-- reads and writes it; crates/ledger/src/slices.rs says what is typed in it. The PostgreSQL half is ../postgres/0036_presets_and_card_notes.sql.
CREATE TABLE service_desk_presets (
    account       BIGINT NOT NULL,
    service       BIGINT NOT NULL,
    default_group BIGINT,
    signature     TEXT   NOT NULL,
    PRIMARY KEY (account, service)
) WITHOUT ROWID;

-- Categories (1) and text modules (2), in their order.
CREATE TABLE service_desk_entries (
    account BIGINT NOT NULL,
    service BIGINT NOT NULL,
    list    BIGINT NOT NULL,
    id      TEXT   NOT NULL,
    place   BIGINT NOT NULL,
    name    TEXT   NOT NULL,
    text    TEXT   NOT NULL,
    PRIMARY KEY (account, id)
) WITHOUT ROWID;
CREATE INDEX service_desk_entries_of ON service_desk_entries (account, service, list, place);

-- One of the categories of its service; of one that was removed nothing is shown.
ALTER TABLE service_desk_records ADD COLUMN category TEXT;

-- What staff note of a customer or a company, on their cards (SD-36): of one of both, and 0 in the place of the other.
CREATE TABLE service_desk_card_notes (
    account BIGINT NOT NULL,
    id      TEXT   NOT NULL,
    -- Notes on somebody go with them (SD-26).
    person  BIGINT NOT NULL,
    company BIGINT NOT NULL,
    -- A person; none where a program wrote it.
    author  BIGINT,
    at      BIGINT NOT NULL,
    text    TEXT   NOT NULL,
    PRIMARY KEY (account, id)
) WITHOUT ROWID;
CREATE INDEX service_desk_card_notes_of ON service_desk_card_notes (account, person, company, at);
