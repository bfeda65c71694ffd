-- Each entry of the seal log has a hash over itself and the one before it; what is older is chained when the next is added.
ALTER TABLE seal_log ADD COLUMN position INTEGER;
ALTER TABLE seal_log ADD COLUMN hash BLOB;
CREATE UNIQUE INDEX seal_log_chain ON seal_log (account, position) WHERE position IS NOT NULL;

-- How many entries an account's chain has and where it ends, sealed: without the key nobody makes another chain pass.
CREATE TABLE seal_log_end (
    account TEXT NOT NULL PRIMARY KEY,
    sealed  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
