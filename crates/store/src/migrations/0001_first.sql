-- First form of the local data. Never edited: later forms are later files.
CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- How far an account has read the platform's change feed.
CREATE TABLE sync_state (
    scope     TEXT NOT NULL PRIMARY KEY,
    cursor    INTEGER NOT NULL,
    synced_at INTEGER NOT NULL
) STRICT;

-- What an account has seen of the platform's objects, as JSON.
CREATE TABLE mirror (
    scope    TEXT NOT NULL,
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    position INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (scope, kind, id)
) STRICT, WITHOUT ROWID;

-- Orders have columns of their own to be sorted, filtered and searched by.
CREATE TABLE purchase (
    scope      TEXT NOT NULL,
    id         TEXT NOT NULL,
    number     TEXT NOT NULL,
    placed_at  INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    state      TEXT NOT NULL,
    searched   TEXT NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (scope, id)
) STRICT;
CREATE INDEX purchase_by_time ON purchase (scope, placed_at, id);
CREATE INDEX purchase_by_amount ON purchase (scope, amount_fen, id);
CREATE INDEX purchase_by_number ON purchase (scope, number, id);

-- Keys made on this device, sealed under a PIN. A pending one belongs to an import that is not finished.
CREATE TABLE sealed_key (
    id              TEXT NOT NULL PRIMARY KEY,
    account         TEXT NOT NULL,
    entitlement     TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('pending', 'active', 'retired')),
    sealed          BLOB NOT NULL,
    spki            BLOB NOT NULL,
    tries_left      INTEGER NOT NULL CHECK (tries_left BETWEEN 0 AND 5),
    idempotency_key TEXT NOT NULL,
    request         BLOB NOT NULL,
    certificate     BLOB,
    made_at         INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_key_of_each_state ON sealed_key (account, entitlement, state) WHERE state <> 'retired';

CREATE TABLE issuer_certificate (
    key_id   TEXT NOT NULL REFERENCES sealed_key (id),
    position INTEGER NOT NULL,
    der      BLOB NOT NULL,
    PRIMARY KEY (key_id, position)
) STRICT;

-- 用印记录: every use of a key.
CREATE TABLE seal_log (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    account     TEXT NOT NULL,
    file_name   TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    marks       INTEGER NOT NULL,
    certificate TEXT NOT NULL,
    seals       TEXT NOT NULL
) STRICT;
