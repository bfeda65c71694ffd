-- Files of the platform that were fetched once, with the tag by which the platform knows them.
CREATE TABLE file_copy (
    scope TEXT NOT NULL,
    id    TEXT NOT NULL,
    tag   TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (scope, id)
) STRICT;

CREATE INDEX outbox_by_subject ON outbox (scope, subject, id) WHERE state <> 'sent';
-- Each filter and sort of the order list reads an index from its end.
CREATE INDEX purchase_by_state_and_time ON purchase (scope, state, placed_at, id);
