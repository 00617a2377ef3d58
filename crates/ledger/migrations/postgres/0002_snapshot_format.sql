-- In which form a snapshot's body is written. One of another form is not read: the log has everything.
ALTER TABLE snapshots ADD COLUMN format BIGINT NOT NULL DEFAULT 0;
