-- The customer portal. A record says when it last changed in what its customer may know (SD-32), and a note whether it came from there;
-- and each account has a face: a name, a colour and a logo. The SQLite half is ../sqlite/0028_portal.sql.

ALTER TABLE service_desk_records ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;
UPDATE service_desk_records SET told_at = opened_at;

ALTER TABLE service_desk_notes ADD COLUMN by_customer BIGINT NOT NULL DEFAULT 0;

CREATE TABLE service_desk_portal (
    account  BIGINT NOT NULL PRIMARY KEY,
    -- What the organisation is called there; empty: what every account is.
    name     TEXT   NOT NULL,
    -- Six digits after a "#".
    colour   TEXT   NOT NULL,
    -- A picture, and what it is; none: the mark of every account.
    logo     BYTEA,
    media    TEXT,
    -- Counts changes: addresses of the files carry it.
    revision BIGINT NOT NULL
);
