-- What the platform told and what waits for it is sealed from here on; `sealed(what, place...)` is the program's own.
CREATE TABLE data_key (
    only  INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    proof BLOB NOT NULL
) STRICT;

-- Pages that were plain are still in the file until it is written anew.
INSERT INTO setting VALUES ('plain_remains', 'yes') ON CONFLICT DO NOTHING;

CREATE TABLE sealed_mirror (
    scope    TEXT NOT NULL,
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    position INTEGER NOT NULL,
    body     BLOB NOT NULL,
    PRIMARY KEY (scope, kind, id)
) STRICT, WITHOUT ROWID;
INSERT INTO sealed_mirror SELECT scope, kind, id, position, sealed(body, 'mirror', scope, kind, id) FROM mirror;
DROP TABLE mirror;
ALTER TABLE sealed_mirror RENAME TO mirror;

-- Orders: what they are sorted and filtered by in a narrow table, what they are searched by sealed beside it (it is read
-- once, into memory), and the whole of them apart.
CREATE TABLE sealed_purchase (
    row        INTEGER NOT NULL PRIMARY KEY,
    scope      TEXT NOT NULL,
    id         TEXT NOT NULL,
    number     TEXT NOT NULL,
    placed_at  INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    state      TEXT NOT NULL,
    pass       INTEGER NOT NULL,
    words      BLOB NOT NULL,
    UNIQUE (scope, id)
) STRICT;
CREATE TABLE purchase_body (
    row  INTEGER NOT NULL PRIMARY KEY REFERENCES sealed_purchase (row) ON DELETE CASCADE,
    body BLOB NOT NULL
) STRICT;
INSERT INTO sealed_purchase (scope, id, number, placed_at, amount_fen, state, pass, words)
    SELECT scope, id, number, placed_at, amount_fen, state, pass, sealed(searched, 'words', scope, id) FROM purchase
    ORDER BY placed_at;
INSERT INTO purchase_body SELECT new.row, sealed(old.body, 'order', old.scope, old.id)
    FROM sealed_purchase AS new JOIN purchase AS old ON old.scope = new.scope AND old.id = new.id;
DROP TABLE purchase;
ALTER TABLE sealed_purchase RENAME TO purchase;

-- Each filter and sort of the order list reads an index from its end; the row's number decides among equals.
CREATE INDEX purchase_by_time ON purchase (scope, placed_at);
CREATE INDEX purchase_by_amount ON purchase (scope, amount_fen);
CREATE INDEX purchase_by_number ON purchase (scope, number);
CREATE INDEX purchase_by_state_and_time ON purchase (scope, state, placed_at);
CREATE INDEX purchase_by_state_and_amount ON purchase (scope, state, amount_fen);
CREATE INDEX purchase_by_state_and_number ON purchase (scope, state, number);

-- How many there are in each state is known without counting them.
CREATE TABLE purchase_count (
    scope TEXT NOT NULL,
    state TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (scope, state)
) STRICT, WITHOUT ROWID;
INSERT INTO purchase_count SELECT scope, state, count(*) FROM purchase GROUP BY scope, state;
CREATE TRIGGER purchase_came AFTER INSERT ON purchase BEGIN
    INSERT INTO purchase_count VALUES (new.scope, new.state, 1)
        ON CONFLICT (scope, state) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER purchase_went AFTER DELETE ON purchase BEGIN
    UPDATE purchase_count SET count = count - 1 WHERE scope = old.scope AND state = old.state;
END;
CREATE TRIGGER purchase_turned AFTER UPDATE OF state ON purchase WHEN old.state <> new.state BEGIN
    UPDATE purchase_count SET count = count - 1 WHERE scope = old.scope AND state = old.state;
    INSERT INTO purchase_count VALUES (new.scope, new.state, 1)
        ON CONFLICT (scope, state) DO UPDATE SET count = count + 1;
END;

CREATE TABLE sealed_outbox (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    scope           TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    subject         TEXT NOT NULL,
    needs           TEXT NOT NULL,
    body            BLOB NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'conflict', 'refused', 'sent')),
    failure         BLOB,
    theirs          BLOB,
    attempts        INTEGER NOT NULL,
    not_before      INTEGER NOT NULL,
    made_at         INTEGER NOT NULL,
    sent_at         INTEGER,
    UNIQUE (scope, idempotency_key)
) STRICT;
INSERT INTO sealed_outbox SELECT id, scope, idempotency_key, subject, needs, sealed(body, 'outbox', scope, idempotency_key), state,
    sealed(failure, 'failure', CAST(id AS TEXT)), sealed(theirs, 'theirs', CAST(id AS TEXT)), attempts, not_before, made_at, sent_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE sealed_outbox RENAME TO outbox;
CREATE INDEX outbox_open ON outbox (scope, id) WHERE state <> 'sent';
CREATE INDEX outbox_by_subject ON outbox (scope, subject, id) WHERE state <> 'sent';

UPDATE seal_picture SET png = sealed(png, 'seal_picture', scope, seal_id);
UPDATE file_copy SET bytes = sealed(bytes, 'file_copy', scope, id);
