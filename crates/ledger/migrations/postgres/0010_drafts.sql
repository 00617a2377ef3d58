-- What somebody chose on a page and has not saved yet. The SQLite half is ../sqlite/0010_drafts.sql. Ids and levels only.
CREATE TABLE drafts (
    account    BIGINT NOT NULL,
    person     BIGINT NOT NULL,         -- whose draft it is
    page       TEXT COLLATE "C" NOT NULL,
    thing      TEXT COLLATE "C" NOT NULL,         -- the row of the page
    had        TEXT COLLATE "C" NOT NULL,         -- what was stored when it was chosen
    wanted     TEXT COLLATE "C" NOT NULL,
    kept_until BIGINT NOT NULL,
    PRIMARY KEY (account, person, page, thing)
);
CREATE INDEX drafts_end ON drafts (kept_until);
