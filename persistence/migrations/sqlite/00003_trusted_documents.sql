-- +goose Up

-- GraphQL documents that an operator registered; text never changes.
CREATE TABLE trusted_documents (
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  hash            TEXT NOT NULL,
  text            TEXT NOT NULL,
  created_at      DATETIME NOT NULL,
  PRIMARY KEY (organisation_id, hash)
);

-- Whether a key runs registered documents only.
ALTER TABLE api_keys ADD COLUMN documents_only BOOLEAN NOT NULL DEFAULT FALSE;
