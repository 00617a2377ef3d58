-- What lists of people are sorted by: the beginning of the folded name, or of the address of whoever has none, and the folded address.
-- Personal data, blank when it is erased (SD-26). The PostgreSQL half is ../postgres/0008_lists.sql.
ALTER TABLE person_row ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE person_row ADD COLUMN address TEXT NOT NULL DEFAULT '';

CREATE INDEX lists_fill_names ON search_keys (account, entity, word) WHERE kind = 1 AND field = 0;
CREATE INDEX lists_fill_addresses ON emails (account, person, email);
UPDATE person_row SET address = COALESCE((SELECT MIN(email) FROM emails AS e
    WHERE e.account = person_row.account AND e.person = person_row.person), '');
UPDATE person_row SET name = COALESCE((SELECT MIN(word) FROM search_keys AS k
    WHERE k.account = person_row.account AND k.kind = 1 AND k.field = 0 AND k.entity = person_row.person), address);
DROP INDEX lists_fill_names;
DROP INDEX lists_fill_addresses;

CREATE INDEX person_row_name ON person_row (account, name, person);
CREATE INDEX person_row_address ON person_row (account, address, person);
DROP INDEX person_row_company;
CREATE INDEX person_row_company ON person_row (account, company, name, person) WHERE company IS NOT NULL;
CREATE INDEX person_row_role ON person_row (account, account_role, name, person) WHERE user_facet > 0;
CREATE INDEX person_row_level ON person_row (account, portal_level, name, person) WHERE customer_facet > 0;
-- Invited or unconfirmed, and deactivated: few of many.
CREATE INDEX person_row_user ON person_row (account, user_facet, person) WHERE user_facet IN (1, 3);
CREATE INDEX person_row_customer ON person_row (account, customer_facet, person) WHERE customer_facet IN (1, 3);

-- What somebody typed to find people: kept for them alone, for a day, so that it stands in no address.
CREATE TABLE views (
    account BIGINT NOT NULL,
    person  BIGINT NOT NULL,
    id      TEXT   NOT NULL,
    text    TEXT   NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (account, person, id)
) WITHOUT ROWID;
CREATE INDEX views_made ON views (made_at);
