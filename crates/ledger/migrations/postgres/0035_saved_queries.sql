-- What somebody asks of lists of records again and again, under a name. crates/service-desk/src/records/store/queries.rs reads and writes it. The
-- SQLite half is ../sqlite/0035_saved_queries.sql.
CREATE TABLE service_desk_queries (
    account  BIGINT NOT NULL,
    id       TEXT COLLATE "C" NOT NULL,
    -- Whose it is: it goes with them (SD-26).
    owner    BIGINT NOT NULL,
    name     TEXT   NOT NULL,
    -- The filter and the order, as the address of a list has them.
    question TEXT   NOT NULL,
    -- What is typed to be looked for; NULL: nothing. What is empty was blanked, and finds nothing (SD-26).
    words    TEXT,
    PRIMARY KEY (account, id)
);
CREATE INDEX service_desk_queries_of ON service_desk_queries (account, owner);

-- Whom it is shared with: one user or one group, and 0 in the place of the other.
CREATE TABLE service_desk_query_shares (
    account  BIGINT NOT NULL,
    query    TEXT COLLATE "C" NOT NULL,
    -- As above: the shares go with the owner, too.
    owner    BIGINT NOT NULL,
    person   BIGINT NOT NULL,
    in_group BIGINT NOT NULL,
    PRIMARY KEY (account, query, person, in_group)
);
CREATE INDEX service_desk_query_shares_person ON service_desk_query_shares (account, person) WHERE person > 0;
CREATE INDEX service_desk_query_shares_group ON service_desk_query_shares (account, in_group) WHERE in_group > 0;
