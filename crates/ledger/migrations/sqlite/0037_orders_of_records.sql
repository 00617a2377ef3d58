-- Lists of records that are done, too, in every order: at a million records a sort of what somebody sees takes a second. A test beside
-- crates/service-desk/src/records/store/lists.rs holds the plans. The PostgreSQL half is ../postgres/0037_orders_of_records.sql.

CREATE INDEX service_desk_records_due ON service_desk_records (account, service, (COALESCE(due_at, 9223372036854775807)), number);
CREATE INDEX service_desk_records_priority ON service_desk_records (account, service, priority, number);
CREATE INDEX service_desk_records_kind ON service_desk_records (account, service, kind, number);
CREATE INDEX service_desk_records_day ON service_desk_records (account, service, opened_at, number);
CREATE INDEX service_desk_records_category ON service_desk_records (account, service, category, number) WHERE category IS NOT NULL;
-- What is marked is little (SD-4).
CREATE INDEX service_desk_records_common ON service_desk_records (account, service, number) WHERE is_common = 1;
CREATE INDEX service_desk_records_interesting ON service_desk_records (account, service, number) WHERE is_interesting = 1;
