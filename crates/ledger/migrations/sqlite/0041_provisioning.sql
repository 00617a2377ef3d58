-- What directories say of users and groups (SCIM), and what they asked; crates/provisioning/src/links/store.rs and
-- crates/provisioning/src/log/store.rs read and write it. The PostgreSQL half is ../postgres/0041_provisioning.sql.

-- A user of a directory, who is a person here. Whoever is erased takes the row along (SD-26).
CREATE TABLE provisioned_users (
    account          BIGINT NOT NULL,
    connection       BIGINT NOT NULL,
    person           BIGINT NOT NULL,
    user_name        TEXT   NOT NULL,
    -- As it is compared: case does not count.
    user_name_folded TEXT   NOT NULL,
    external_id      TEXT,
    -- What the directory wrote, as JSON.
    attributes       TEXT   NOT NULL,
    revision         BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    modified_at      BIGINT NOT NULL,
    -- Deleted by the directory (1): no longer there for it, and deactivated (AD-24).
    hidden           BIGINT NOT NULL,
    PRIMARY KEY (account, connection, person)
);
CREATE UNIQUE INDEX provisioned_users_by_name ON provisioned_users (account, connection, user_name_folded) WHERE hidden = 0;
CREATE UNIQUE INDEX provisioned_users_by_external_id ON provisioned_users (account, connection, external_id)
    WHERE hidden = 0 AND external_id IS NOT NULL;
-- The hidden ones have no names of their own: they are looked for when somebody comes back.
CREATE INDEX provisioned_users_gone ON provisioned_users (account, connection, user_name_folded) WHERE hidden = 1;
CREATE INDEX provisioned_users_in_order ON provisioned_users (account, connection, person) WHERE hidden = 0;

-- A group of a directory; who is in it stands in the state too, which alone counts.
CREATE TABLE provisioned_groups (
    account             BIGINT NOT NULL,
    connection          BIGINT NOT NULL,
    provider_group      BIGINT NOT NULL,
    display_name_folded TEXT   NOT NULL,
    external_id         TEXT,
    -- What the directory wrote, without the members.
    attributes          TEXT   NOT NULL,
    members             TEXT   NOT NULL,
    revision            BIGINT NOT NULL,
    created_at          BIGINT NOT NULL,
    modified_at         BIGINT NOT NULL,
    PRIMARY KEY (account, connection, provider_group)
);
CREATE INDEX provisioned_groups_by_name ON provisioned_groups (account, connection, display_name_folded);
CREATE UNIQUE INDEX provisioned_groups_by_external_id ON provisioned_groups (account, connection, external_id)
    WHERE external_id IS NOT NULL;

-- What was asked, and what became of it: ids and words of ours.
CREATE TABLE provisioning_log (
    account        BIGINT NOT NULL,
    connection     BIGINT NOT NULL,
    at             BIGINT NOT NULL,
    id             TEXT   NOT NULL,
    method         TEXT   NOT NULL,
    route          TEXT   NOT NULL,
    status         BIGINT NOT NULL,
    -- The keyword of the standard or the code of the rule; empty where nothing was refused.
    code           TEXT   NOT NULL,
    reason         TEXT   NOT NULL,
    person         BIGINT,
    provider_group BIGINT,
    PRIMARY KEY (account, connection, at, id)
) WITHOUT ROWID;
