-- Records of the service desk: incidents, problems, changes, releases. What decides about them are the columns service, customer and company;
-- crates/ledger/src/slices.rs says what is typed in them. The PostgreSQL half is ../postgres/0025_records.sql.

CREATE TABLE service_desk_records (
    account        BIGINT NOT NULL,
    -- Counted within the account; never used again.
    number         BIGINT NOT NULL,
    id             TEXT   NOT NULL,
    -- Incident (1), problem (2), change (3), release (4).
    kind           BIGINT NOT NULL,
    service        BIGINT NOT NULL,
    -- Whom it is for, and the company that they had when it was logged (SD-33).
    customer       BIGINT,
    company        BIGINT,
    title          TEXT   NOT NULL,
    description    TEXT   NOT NULL,
    -- From 1, the most urgent, to 5.
    priority       BIGINT NOT NULL,
    status         BIGINT NOT NULL,
    -- Why it was closed; while it is not, none.
    reason         BIGINT,
    -- One user or one group, or nobody (SD-19).
    assignee_user  BIGINT,
    assignee_group BIGINT,
    due_at         BIGINT,
    is_common      BIGINT NOT NULL,
    is_interesting BIGINT NOT NULL,
    opened_at      BIGINT NOT NULL,
    changed_at     BIGINT NOT NULL,
    -- Counts changes: whoever saves says which one they read.
    revision       BIGINT NOT NULL,
    PRIMARY KEY (account, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX service_desk_records_id ON service_desk_records (account, id);
CREATE INDEX service_desk_records_service ON service_desk_records (account, service, number);
CREATE INDEX service_desk_records_user ON service_desk_records (account, assignee_user, number) WHERE assignee_user IS NOT NULL;
CREATE INDEX service_desk_records_group ON service_desk_records (account, assignee_group, number) WHERE assignee_group IS NOT NULL;
CREATE INDEX service_desk_records_customer ON service_desk_records (account, customer, number) WHERE customer IS NOT NULL;

-- The last number that was given.
CREATE TABLE service_desk_numbers (
    account BIGINT NOT NULL PRIMARY KEY,
    last    BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE service_desk_notes (
    account   BIGINT NOT NULL,
    record    BIGINT NOT NULL,
    note      BIGINT NOT NULL,
    -- A person; none where a program wrote it.
    author    BIGINT,
    at        BIGINT NOT NULL,
    -- Whether the customer may read it (SD-32).
    is_public BIGINT NOT NULL,
    text      TEXT   NOT NULL,
    PRIMARY KEY (account, record, note)
) WITHOUT ROWID;

-- Who did what to a record, by ids and names of fields. It stays when the record is deleted, and says by whom it was.
CREATE TABLE service_desk_history (
    account BIGINT NOT NULL,
    record  BIGINT NOT NULL,
    entry   BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    -- A person; none where a program did it.
    actor   BIGINT,
    change  TEXT   NOT NULL,
    PRIMARY KEY (account, record, entry)
) WITHOUT ROWID;
