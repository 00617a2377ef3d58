-- What is counted on *My work* is told by its index alone, without a look at each record: PostgreSQL asks for the column that an expression is
-- made of, so that it stands beside it. What is late soon is found by its warning: what is not due for long is far more, and is not looked at. The
-- SQLite half is ../sqlite/0040_counts_of_work.sql.
DROP INDEX service_desk_records_open;
CREATE INDEX service_desk_records_open ON service_desk_records (account, service, number) WHERE status NOT IN (5, 6);
DROP INDEX service_desk_records_open_due;
CREATE INDEX service_desk_records_open_due ON service_desk_records
    (account, service, (COALESCE(due_at, 9223372036854775807)), number, due_at, waiting_since, assignee_user, assignee_group)
    WHERE status NOT IN (5, 6);
CREATE INDEX service_desk_records_warned ON service_desk_records
    (account, service, warn_at, due_at, number, waiting_since, assignee_user, assignee_group)
    WHERE status NOT IN (5, 6) AND warn_at IS NOT NULL;
DROP INDEX service_desk_records_answered;
CREATE INDEX service_desk_records_answered ON service_desk_records (account, service, number, assignee_user, assignee_group)
    WHERE status NOT IN (5, 6) AND answered_at IS NOT NULL;
DROP INDEX service_desk_records_open_group;
CREATE INDEX service_desk_records_open_group ON service_desk_records (account, assignee_group, number, service)
    WHERE status NOT IN (5, 6) AND assignee_group IS NOT NULL;
