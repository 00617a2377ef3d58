-- What happened to records a moment ago, for pages that are open: by ids and by what decides who sees it, and nothing that anybody typed. A
-- record that is given to another service, customer or company stands there twice: with what it was, for those who see it no more, and
-- with what it is. crates/service-desk/src/records/store/feed.rs writes and reads it. The SQLite half is ../sqlite/0031_record_feed.sql.
CREATE TABLE service_desk_feed (
    account  BIGINT NOT NULL,
    -- Counted within the account, in the order in which it was committed.
    change   BIGINT NOT NULL,
    record   TEXT   NOT NULL,
    service  BIGINT NOT NULL,
    customer BIGINT,
    company  BIGINT,
    at       BIGINT NOT NULL,
    PRIMARY KEY (account, change)
);

-- The last change that was told.
ALTER TABLE service_desk_numbers ADD COLUMN last_change BIGINT NOT NULL DEFAULT 0;
