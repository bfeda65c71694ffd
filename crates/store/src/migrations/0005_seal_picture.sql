-- Pictures of seals that no design can draw again: read once from the platform, needed without it.
CREATE TABLE seal_picture (
    scope   TEXT NOT NULL,
    seal_id TEXT NOT NULL,
    png     BLOB NOT NULL,
    PRIMARY KEY (scope, seal_id)
) STRICT;
