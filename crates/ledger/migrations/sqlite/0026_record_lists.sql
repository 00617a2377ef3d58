-- How records of the desk are found: by their words, by whom they are given to, by when they are due. What is written here is read by
-- crates/service-desk/src/records/store/lists.rs; a test there holds the plans. The PostgreSQL half is ../postgres/0026_record_lists.sql.

-- When the customer spoke, while nobody has answered yet.
ALTER TABLE service_desk_records ADD COLUMN answered_at BIGINT;

-- Which words stand in a record: its title, its description and its notes, folded. Whoever asks for several looks up the rarest. The service
-- stands beside it, so that those of other services are passed over without a look at them (SD-5). crates/ledger/src/words.rs keeps it.
CREATE TABLE service_desk_words (
    account BIGINT NOT NULL,
    word    TEXT   NOT NULL,
    record  BIGINT NOT NULL,
    record_service BIGINT NOT NULL,
    PRIMARY KEY (account, word, record)
) WITHOUT ROWID;

-- What is open, in the orders that people work in, service by service: most that is stored is done. 5 and 6: resolved and closed.
CREATE INDEX service_desk_records_open ON service_desk_records (account, service, number) WHERE status NOT IN (5, 6);
CREATE INDEX service_desk_records_open_due ON service_desk_records
    (account, service, (COALESCE(due_at, 9223372036854775807)), number) WHERE status NOT IN (5, 6);
CREATE INDEX service_desk_records_open_priority ON service_desk_records (account, service, priority, number) WHERE status NOT IN (5, 6);
CREATE INDEX service_desk_records_changed ON service_desk_records (account, service, changed_at, number);
CREATE INDEX service_desk_records_answered ON service_desk_records (account, service, number)
    WHERE status NOT IN (5, 6) AND answered_at IS NOT NULL;
CREATE INDEX service_desk_records_open_user ON service_desk_records (account, assignee_user, number)
    WHERE status NOT IN (5, 6) AND assignee_user IS NOT NULL;
CREATE INDEX service_desk_records_open_group ON service_desk_records (account, assignee_group, number)
    WHERE status NOT IN (5, 6) AND assignee_group IS NOT NULL;
CREATE INDEX service_desk_records_company ON service_desk_records (account, company, number) WHERE company IS NOT NULL;
