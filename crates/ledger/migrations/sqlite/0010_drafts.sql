-- What somebody chose on a page and has not saved yet. The PostgreSQL half is ../postgres/0010_drafts.sql. Ids and levels only.
CREATE TABLE drafts (
    account    BIGINT NOT NULL,
    person     BIGINT NOT NULL,         -- whose draft it is
    page       TEXT   NOT NULL,
    thing      TEXT   NOT NULL,         -- the row of the page
    had        TEXT   NOT NULL,         -- what was stored when it was chosen
    wanted     TEXT   NOT NULL,
    kept_until BIGINT NOT NULL,
    PRIMARY KEY (account, person, page, thing)
) WITHOUT ROWID;
CREATE INDEX drafts_end ON drafts (kept_until);
