-- How many incidents mails opened, and how many receipts went out for them, within an hour (SD-37). The PostgreSQL half is
-- ../postgres/0039_counts_of_mails.sql.

CREATE TABLE service_desk_mail_counts (
    account  BIGINT NOT NULL,
    -- A keyed hash of what is counted: of a sender or of an address of a service.
    what     TEXT    NOT NULL,
    began_at BIGINT NOT NULL,
    count    BIGINT NOT NULL,
    PRIMARY KEY (account, what)
) WITHOUT ROWID;
CREATE INDEX service_desk_mail_counts_over ON service_desk_mail_counts (account, began_at);
