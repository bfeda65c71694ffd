-- An entry is a text, hashed as it stands. Those of before are the JSON arrays over which their hashes were made.
CREATE TABLE seal_use (
    account  TEXT NOT NULL,
    position INTEGER NOT NULL,
    text     TEXT NOT NULL,
    hash     BLOB,
    PRIMARY KEY (account, position)
) STRICT, WITHOUT ROWID;
INSERT INTO seal_use (account, position, text, hash)
    SELECT account, place,
        json_array(coalesce(position, place), at, account, file_name, sha256, marks, certificate, seals), hash
    FROM (SELECT *, row_number() OVER (PARTITION BY account ORDER BY position, id) AS place FROM seal_log);
DROP TABLE seal_log;
ALTER TABLE seal_use RENAME TO seal_log;
