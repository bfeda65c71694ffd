-- What a key was made for: a first import, a reissue (with its reason), or brought along from another authority.
-- A pending key that has a certificate was answered and checked; only its confirmation is missing.
ALTER TABLE sealed_key ADD COLUMN purpose TEXT NOT NULL DEFAULT 'import'
    CHECK (purpose IN ('import', 'reissue', 'other_authority'));
ALTER TABLE sealed_key ADD COLUMN because TEXT;
