-- A note on a card belongs to a company, as a record does (SD-33): the one that its customer had when it was written, or none. The SQLite half is
-- ../sqlite/0038_companies_of_card_notes.sql.
ALTER TABLE service_desk_card_notes ADD COLUMN of_company BIGINT;
UPDATE service_desk_card_notes SET of_company = company WHERE company <> 0;
-- Which one a customer had when an older note was written is not known: the one that they have now is the best that is.
UPDATE service_desk_card_notes SET of_company = (SELECT p.company FROM person_row AS p
    WHERE p.account = service_desk_card_notes.account AND p.person = service_desk_card_notes.person) WHERE person <> 0;

-- What is late soon is told by its warning: the index that leads to what is due says it without a look at the record.
DROP INDEX service_desk_records_open_due;
CREATE INDEX service_desk_records_open_due ON service_desk_records
    (account, service, (COALESCE(due_at, 9223372036854775807)), number, warn_at) WHERE status NOT IN (5, 6);
