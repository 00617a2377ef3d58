-- Rows of the contact centre that no decision rests on; crates/ledger/src/slices.rs says what is typed in them. The PostgreSQL half is
-- ../postgres/0009_contact_centre.sql.

-- Pause reasons (1), skills (2), pre-recorded (3) and public pre-written (4) messages.
CREATE TABLE contact_centre_entries (
    account BIGINT NOT NULL,
    list    BIGINT NOT NULL,
    id      TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    text    TEXT   NOT NULL,
    PRIMARY KEY (account, list, id)
) WITHOUT ROWID;

-- Which agents have a skill.
CREATE TABLE contact_centre_skills (
    account BIGINT NOT NULL,
    skill   TEXT   NOT NULL,
    person  BIGINT NOT NULL,
    PRIMARY KEY (account, skill, person)
) WITHOUT ROWID;
CREATE INDEX contact_centre_skills_of ON contact_centre_skills (account, person);
