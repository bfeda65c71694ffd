-- What a user did and the platform does not know yet, in the order it was done. What was sent is kept for a while: a
-- platform restored from an older backup is told it again, under the same key.
CREATE TABLE outbox (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    scope           TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    subject         TEXT NOT NULL,
    needs           TEXT NOT NULL,
    body            TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'conflict', 'refused', 'sent')),
    failure         TEXT,
    theirs          TEXT,
    attempts        INTEGER NOT NULL,
    not_before      INTEGER NOT NULL,
    made_at         INTEGER NOT NULL,
    sent_at         INTEGER,
    UNIQUE (scope, idempotency_key)
) STRICT;
CREATE INDEX outbox_open ON outbox (scope, id) WHERE state <> 'sent';

-- In which reading of the whole list an order was last seen; those not seen in the newest are gone.
ALTER TABLE purchase ADD COLUMN pass INTEGER NOT NULL DEFAULT 0;

-- By what the platform knows where the feed was read up to, and that it is still the same feed.
ALTER TABLE sync_state ADD COLUMN epoch TEXT NOT NULL DEFAULT '';
ALTER TABLE sync_state ADD COLUMN mark TEXT NOT NULL DEFAULT '';
