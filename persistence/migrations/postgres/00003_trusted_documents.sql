-- +goose Up

-- GraphQL documents that an operator registered; text never changes.
CREATE TABLE trusted_documents (
  organisation_id uuid NOT NULL REFERENCES organisations ON DELETE CASCADE,
  hash            text NOT NULL,
  text            text NOT NULL,
  created_at      timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, hash)
);

-- Whether a key runs registered documents only.
ALTER TABLE api_keys ADD COLUMN documents_only boolean NOT NULL DEFAULT false;
