-- What hangs on records of the service desk; crates/ledger/src/slices.rs says what is typed in it. The SQLite half is
-- ../sqlite/0029_ties_of_records.sql.

-- Who follows a record (SD-38): users, for as long as they have access to it.
CREATE TABLE service_desk_watchers (
    account BIGINT NOT NULL,
    record  BIGINT NOT NULL,
    person  BIGINT NOT NULL,
    PRIMARY KEY (account, record, person)
);
CREATE INDEX service_desk_watchers_of ON service_desk_watchers (account, person, record);

-- Short words that people give a record, up to ten of them, in their order.
CREATE TABLE service_desk_tags (
    account BIGINT NOT NULL,
    record  BIGINT NOT NULL,
    place   BIGINT NOT NULL,
    tag     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account, record, place)
);
CREATE INDEX service_desk_tags_by_word ON service_desk_tags (account, tag, record);

-- Records that have to do with each other, by their numbers.
CREATE TABLE service_desk_links (
    account  BIGINT NOT NULL,
    record   BIGINT NOT NULL,
    -- It relates to the other (1), causes it (2), blocks it (3), says the same as it (4), was merged into it (5).
    relation BIGINT NOT NULL,
    other    BIGINT NOT NULL,
    PRIMARY KEY (account, record, relation, other)
);
CREATE INDEX service_desk_links_back ON service_desk_links (account, other);

-- Files that hang on a record. They go with it, and with whoever brought them (SD-26).
CREATE TABLE service_desk_attachments (
    account   BIGINT NOT NULL,
    id        TEXT COLLATE "C" NOT NULL,
    record    BIGINT NOT NULL,
    -- A person; none where a program brought it.
    author    BIGINT,
    at        BIGINT NOT NULL,
    -- Whether the customer may have it (SD-32).
    is_public BIGINT NOT NULL,
    name      TEXT   NOT NULL,
    -- What its content says that it is.
    media     TEXT   NOT NULL,
    size      BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE INDEX service_desk_attachments_of ON service_desk_attachments (account, record, at);

-- What stands in them, piece by piece.
CREATE TABLE service_desk_attachment_pieces (
    account    BIGINT NOT NULL,
    attachment TEXT COLLATE "C" NOT NULL,
    piece      BIGINT NOT NULL,
    -- As above: the pieces go with the person, too.
    author     BIGINT,
    bytes      BYTEA  NOT NULL,
    PRIMARY KEY (account, attachment, piece)
);
