-- A key may be on a token: then nothing is sealed here, and this is the driver to reach it by and the token's label.
ALTER TABLE sealed_key ADD COLUMN token_driver TEXT;
ALTER TABLE sealed_key ADD COLUMN token_label TEXT;
