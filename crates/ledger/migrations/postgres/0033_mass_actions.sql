-- Mass actions on records of the service desk (SD-4): what is done to which records of a service, and what became of each;
-- crates/ledger/src/slices.rs says what is typed in them. The SQLite half is ../sqlite/0033_mass_actions.sql.

CREATE TABLE service_desk_mass_actions (
    account    BIGINT NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    service    BIGINT NOT NULL,
    -- The person by whose rights it runs.
    runner     BIGINT NOT NULL,
    -- What is done to each record: ids and levels, in JSON.
    change     TEXT   NOT NULL,
    -- Tags that are given and taken, with commas between them.
    add_tags   TEXT   NOT NULL,
    take_tags  TEXT   NOT NULL,
    -- Looked at (1), running (2), done (3), stopped (4), ended with its runner's right (5), or because it could not be
    -- written (6).
    stage      BIGINT NOT NULL,
    -- How many records were chosen.
    total      BIGINT NOT NULL,
    made_at    BIGINT NOT NULL,
    started_at BIGINT,
    ended_at   BIGINT,
    -- Which server works on it, and when it last did.
    worker     TEXT   NOT NULL,
    beat_at    BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE INDEX service_desk_mass_actions_made ON service_desk_mass_actions (account, made_at);
CREATE INDEX service_desk_mass_actions_running ON service_desk_mass_actions (account, id) WHERE stage = 2;

-- The records that were chosen, by their numbers.
CREATE TABLE service_desk_mass_action_records (
    account       BIGINT NOT NULL,
    action        TEXT COLLATE "C" NOT NULL,
    record        BIGINT NOT NULL,
    -- The revision that was looked at: what was changed since is left alone.
    seen_revision BIGINT NOT NULL,
    -- Not tried yet (0), changed (1), was so already (2), left out (3), and then why.
    outcome       BIGINT NOT NULL,
    why           BIGINT,
    PRIMARY KEY (account, action, record)
);
CREATE INDEX service_desk_mass_action_waiting ON service_desk_mass_action_records (account, action, record) WHERE outcome = 0;
