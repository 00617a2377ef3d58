-- The last erasure of an account whose bytes may still stand in the files (SD-26): written with the erasure, taken away when
-- the files are clean.
CREATE TABLE erasures (
    account  BIGINT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
) WITHOUT ROWID;
