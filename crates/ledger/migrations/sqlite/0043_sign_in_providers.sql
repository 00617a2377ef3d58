-- People sign in through providers (OpenID Connect). crates/sign-in/src/providers/store.rs reads and writes the providers, and
-- crates/ledger/src/sign_in/through.rs what came of them. The PostgreSQL half is ../postgres/0043_sign_in_providers.sql.

-- A provider, of a connection of that kind: one at most. Ids, and what somebody typed; never anybody's name.
CREATE TABLE sign_in_providers (
    account       BIGINT NOT NULL,
    connection    BIGINT NOT NULL,
    issuer        TEXT   NOT NULL,
    client_id     TEXT   NOT NULL,
    -- Sealed; empty where PKCE alone proves that it is us.
    client_secret BLOB  NOT NULL,
    -- For staff (1), or for the customers (2) of these companies, by their numbers.
    audience      BIGINT NOT NULL,
    companies     TEXT   NOT NULL,
    -- Empty: people are known by sub. Otherwise by oid, in the directory of this id.
    directory     TEXT   NOT NULL,
    -- The connection by which the same provider keeps people as its directory has them (SCIM).
    scim          BIGINT,
    -- For which its verified addresses are believed, and of these the ones whose people come in by it alone.
    domains       TEXT   NOT NULL,
    only_domains  TEXT   NOT NULL,
    -- Who keeps a password and a passkey while there are any.
    break_glass   BIGINT,
    groups_claim  TEXT   NOT NULL,
    -- Whether people come to be by signing in (1).
    creates       BIGINT NOT NULL,
    revision      BIGINT NOT NULL,
    made_at       BIGINT NOT NULL,
    PRIMARY KEY (account, connection)
) WITHOUT ROWID;

-- The session came through this provider, opens this facet alone (1: staff, 2: customer), for people of these companies, and ends when
-- the provider says so of one of the marks, which are keyed hashes of its names for the person and the session. What is shown to it
-- at sign-out is sealed. All empty: the person came in by their own means.
ALTER TABLE sign_in_sessions ADD COLUMN connection BIGINT;
ALTER TABLE sign_in_sessions ADD COLUMN facet BIGINT;
ALTER TABLE sign_in_sessions ADD COLUMN companies TEXT;
ALTER TABLE sign_in_sessions ADD COLUMN subject_mark TEXT;
ALTER TABLE sign_in_sessions ADD COLUMN session_mark TEXT;
ALTER TABLE sign_in_sessions ADD COLUMN goodbye BLOB;
CREATE INDEX sign_in_sessions_through ON sign_in_sessions (account, connection) WHERE connection IS NOT NULL;

-- Through which provider somebody signed in.
ALTER TABLE sign_in_log ADD COLUMN connection BIGINT;

-- Whom a provider knows by which name: the id of such a credential is a keyed hash of issuer and name.
CREATE INDEX credentials_of_providers ON credentials (account, id) WHERE kind = 'provider';

-- Who came in by a provider last, and whom one knows.
CREATE INDEX sign_in_log_through ON sign_in_log (account, connection, at) WHERE connection IS NOT NULL;
CREATE INDEX credentials_by_provider ON credentials (account, data, person) WHERE kind = 'provider';
