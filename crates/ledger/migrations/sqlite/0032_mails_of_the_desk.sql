-- Mail in the service desk (SD-37); crates/ledger/src/slices.rs says what is typed in it. The PostgreSQL half is
-- ../postgres/0032_mails_of_the_desk.sql.

-- Where a service takes mails, in lower case. Replies go to the first one.
CREATE TABLE service_desk_mail_addresses (
    account BIGINT NOT NULL,
    address TEXT    NOT NULL,
    service BIGINT NOT NULL,
    place   BIGINT NOT NULL,
    PRIMARY KEY (account, address)
) WITHOUT ROWID;
CREATE INDEX service_desk_mail_addresses_at ON service_desk_mail_addresses (address, account);
CREATE INDEX service_desk_mail_addresses_of ON service_desk_mail_addresses (account, service, place);

-- Which mails were here, by a keyed hash of their id. It outlives the mail: one that is gone is known when it comes again.
CREATE TABLE service_desk_mails_known (
    account BIGINT NOT NULL,
    mail    TEXT    NOT NULL,
    PRIMARY KEY (account, mail)
) WITHOUT ROWID;

-- Mails that came to a record, for staff. They go with whoever sent them (SD-26).
CREATE TABLE service_desk_mails (
    account     BIGINT NOT NULL,
    id          TEXT    NOT NULL,
    record      BIGINT NOT NULL,
    -- Whose address the From shows; none where it is nobody's.
    person      BIGINT,
    -- That address, in lower case, where it is nobody's.
    address     TEXT   ,
    at          BIGINT NOT NULL,
    -- Whether it opened the record; otherwise it is a reply.
    opened      BIGINT NOT NULL,
    -- Whether a trusted relay vouches for the From.
    is_verified BIGINT NOT NULL,
    -- The From, where it is nobody's; and to whom the mail went in copy: text, and nothing else (SD-38).
    sender      TEXT   NOT NULL,
    copies      TEXT   NOT NULL,
    -- Files of it that were not kept.
    left_out    BIGINT NOT NULL,
    size        BIGINT NOT NULL,
    PRIMARY KEY (account, id)
) WITHOUT ROWID;
CREATE INDEX service_desk_mails_of ON service_desk_mails (account, record, at);

-- The mails as they came, piece by piece.
CREATE TABLE service_desk_mail_pieces (
    account BIGINT NOT NULL,
    mail    TEXT    NOT NULL,
    piece   BIGINT NOT NULL,
    -- As above: the pieces go with whoever sent the mail, too.
    person  BIGINT,
    address TEXT   ,
    bytes   BLOB   NOT NULL,
    PRIMARY KEY (account, mail, piece)
);

-- Files that a mail brought whose sender is nobody: they go with whoever has that address, as the mail does.
ALTER TABLE service_desk_attachments ADD COLUMN address TEXT;
ALTER TABLE service_desk_attachment_pieces ADD COLUMN address TEXT;

-- Which side brought a file: each has a bound of its own.
ALTER TABLE service_desk_attachments ADD COLUMN by_customer BIGINT NOT NULL DEFAULT 0;
