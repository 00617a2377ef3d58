-- A new address of one's own, until it is confirmed at both addresses. It goes with its links.
CREATE TABLE address_changes (
    account BIGINT NOT NULL,
    person  BIGINT NOT NULL,
    address BLOB    NOT NULL,            -- sealed
    at_new  TEXT   NOT NULL,            -- prefix of the link that went to the new address; the other one went to the present address
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (account, person)
) WITHOUT ROWID;

-- The sign-in log is read by its moments: all of it, of a person, of what happened.
DROP INDEX sign_in_log_of;
CREATE INDEX sign_in_log_of ON sign_in_log (account, at, id);
CREATE INDEX sign_in_log_of_person ON sign_in_log (account, person, at, id);
CREATE INDEX sign_in_log_of_what ON sign_in_log (account, what, at, id);
