-- A file of people on its way in: for whoever brought it alone, for a day. The PostgreSQL half is ../postgres/0022_imports.sql.
CREATE TABLE imports (
    account    BIGINT NOT NULL,
    person     BIGINT NOT NULL,                   -- who brought it
    id         TEXT NOT NULL,
    name       TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    stage      BIGINT NOT NULL,                   -- 0 brought, 1 trying, 2 tried, 3 doing, 4 done, 5 stopped
    beat_at    BIGINT NOT NULL,                   -- when the server that works on it was heard of
    stop       BIGINT NOT NULL,                   -- 1: the work is to end
    choice     TEXT   NOT NULL,
    report     TEXT   NOT NULL,
    rejects    TEXT   NOT NULL,
    done_rows  BIGINT NOT NULL,
    done_bytes BIGINT NOT NULL,
    kept_until BIGINT NOT NULL,
    PRIMARY KEY (account, person)
);
CREATE INDEX imports_end ON imports (kept_until);

-- What stands in it, until it is used up. Apart, because a row is written again whenever the work says how far it is.
CREATE TABLE import_files (
    account    BIGINT NOT NULL,
    person     BIGINT NOT NULL,
    file       BLOB   NOT NULL,
    PRIMARY KEY (account, person)
);
