-- When a token was last used, to the hour. The PostgreSQL half is ../postgres/0011_token_uses.sql.
ALTER TABLE secrets ADD COLUMN used_at BIGINT;
