-- For some hours after an unlock with the platform a key may be opened without it, counted here.
CREATE TABLE unlock_lease (
    key_id     TEXT NOT NULL PRIMARY KEY REFERENCES sealed_key (id),
    body       BLOB NOT NULL,
    tries_left INTEGER NOT NULL CHECK (tries_left BETWEEN 0 AND 5),
    seen_at    INTEGER NOT NULL
) STRICT;
