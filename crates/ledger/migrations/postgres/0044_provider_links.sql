-- By one name a provider knows one person. Whoever was linked first stays; nobody can be linked so twice from now on. The
-- SQLite half is ../sqlite/0044_provider_links.sql.
DELETE FROM credentials WHERE kind = 'provider' AND EXISTS (
    SELECT 1 FROM credentials AS o WHERE o.account = credentials.account AND o.id = credentials.id AND o.kind = 'provider'
    AND (o.created_at, o.person) < (credentials.created_at, credentials.person)
);
DROP INDEX credentials_of_providers;
CREATE UNIQUE INDEX credentials_of_providers ON credentials (account, id) WHERE kind = 'provider';

-- By which claim people are known, where it is neither sub (empty) nor the oid of a directory.
ALTER TABLE sign_in_providers ADD COLUMN subject_claim TEXT NOT NULL DEFAULT '';
