-- Who viewed as whom in which sign-in session (AD-27). The PostgreSQL half is ../postgres/0021_viewings.sql. Ids and moments only.
CREATE TABLE viewings (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    of_account BIGINT NOT NULL,
    of_session TEXT   NOT NULL,
    viewer     BIGINT NOT NULL,
    viewed     BIGINT NOT NULL,
    since      BIGINT NOT NULL,
    until_at   BIGINT NOT NULL          -- when it ended, or will at the latest
);
CREATE INDEX viewings_of ON viewings (of_account, viewed, number);
CREATE INDEX viewings_session ON viewings (of_session, until_at);
CREATE INDEX viewings_end ON viewings (until_at);
