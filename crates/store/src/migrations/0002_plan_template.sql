-- Plans kept under a name, as JSON with a version of its own.
CREATE TABLE plan_template (
    scope   TEXT NOT NULL,
    name    TEXT NOT NULL,
    id      TEXT NOT NULL,
    plan    TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;
