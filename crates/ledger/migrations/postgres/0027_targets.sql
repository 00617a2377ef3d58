-- When records are due (SD-29, SD-30), and what services say of it. The SQLite half is ../sqlite/0027_targets.sql.

-- Set by hand (SD-29); what was before there were targets was set so.
ALTER TABLE service_desk_records ADD COLUMN due_is_set BIGINT NOT NULL DEFAULT 0;
-- What the target says, also while something else is set.
ALTER TABLE service_desk_records ADD COLUMN target_at BIGINT;
-- From when on it is nearly late.
ALTER TABLE service_desk_records ADD COLUMN warn_at BIGINT;
ALTER TABLE service_desk_records ADD COLUMN respond_by BIGINT;
ALTER TABLE service_desk_records ADD COLUMN warn_response_at BIGINT;
ALTER TABLE service_desk_records ADD COLUMN responded_at BIGINT;
-- The clock stands while it waits for the customer; how long it stood so far, in milliseconds of working time.
ALTER TABLE service_desk_records ADD COLUMN waiting_since BIGINT;
ALTER TABLE service_desk_records ADD COLUMN stood BIGINT NOT NULL DEFAULT 0;
ALTER TABLE service_desk_records ADD COLUMN resolved_at BIGINT;
ALTER TABLE service_desk_records ADD COLUMN closed_at BIGINT;
UPDATE service_desk_records SET due_is_set = 1 WHERE due_at IS NOT NULL;
UPDATE service_desk_records SET resolved_at = changed_at WHERE status IN (5, 6);
UPDATE service_desk_records SET closed_at = changed_at WHERE status = 6;
UPDATE service_desk_records SET waiting_since = changed_at WHERE status = 3;

-- What was opened and done when.
CREATE INDEX service_desk_records_opened ON service_desk_records (account, opened_at, number);
CREATE INDEX service_desk_records_resolved ON service_desk_records (account, resolved_at, number) WHERE resolved_at IS NOT NULL;

-- Hours, holidays, time zone and targets of a service; none where it keeps to the defaults. Read and written as a whole.
CREATE TABLE service_desk_targets (
    account  BIGINT NOT NULL,
    service  BIGINT NOT NULL,
    settings TEXT   NOT NULL,
    PRIMARY KEY (account, service)
);
