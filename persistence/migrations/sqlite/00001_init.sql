-- The functions and the collation that Go adds (sqlitefunc.go) appear in indexes: other programs can read this file,
-- but not write it.

-- +goose Up

CREATE TABLE organisations (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  route_key  TEXT NOT NULL UNIQUE,
  logo_url   TEXT,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL
);

CREATE TABLE users (
  id             TEXT PRIMARY KEY,
  email          TEXT NOT NULL,
  display_name   TEXT NOT NULL,
  avatar_url     TEXT,
  time_zone      TEXT NOT NULL,
  last_online_at DATETIME,
  removed_at     DATETIME,
  created_at     DATETIME NOT NULL,
  updated_at     DATETIME NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (fold(email));

-- Ended memberships are kept: they also end what board memberships would allow.
CREATE TABLE organisation_memberships (
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  user_id         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role            TEXT NOT NULL,
  suspended_at    DATETIME,
  removed_at      DATETIME,
  added_at        DATETIME NOT NULL,
  PRIMARY KEY (organisation_id, user_id)
);
CREATE INDEX organisation_memberships_user ON organisation_memberships (user_id);

CREATE TABLE workspaces (
  id                          TEXT PRIMARY KEY,
  organisation_id             TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  name                        TEXT NOT NULL,
  card_key_prefix             TEXT NOT NULL,
  kind                        TEXT NOT NULL,
  icon                        TEXT,
  accent_color                TEXT,
  completed_cards_active_days INTEGER NOT NULL,
  board_linking_enabled       BOOLEAN NOT NULL,
  last_card_number            INTEGER NOT NULL,
  version                     INTEGER NOT NULL,
  archived_at                 DATETIME,
  created_at                  DATETIME NOT NULL,
  updated_at                  DATETIME NOT NULL,
  UNIQUE (organisation_id, card_key_prefix)
);

-- No reference to the workspace: a prefix stays reserved when its workspace is gone.
CREATE TABLE key_prefixes (
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  prefix          TEXT NOT NULL,
  workspace_id    TEXT NOT NULL,
  created_at      DATETIME NOT NULL,
  PRIMARY KEY (organisation_id, prefix)
);
CREATE INDEX key_prefixes_workspace ON key_prefixes (workspace_id);

CREATE TABLE workspace_members (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role         TEXT NOT NULL,
  added_at     DATETIME NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX workspace_members_user ON workspace_members (user_id);

CREATE TABLE boards (
  id                  TEXT PRIMARY KEY,
  organisation_id     TEXT NOT NULL,
  workspace_id        TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  name                TEXT NOT NULL,
  description         TEXT,
  icon                TEXT,
  icon_color          TEXT,
  background_gradient TEXT,
  position            INTEGER NOT NULL,
  version             INTEGER NOT NULL,
  archived_at         DATETIME,
  created_at          DATETIME NOT NULL,
  updated_at          DATETIME NOT NULL,
  UNIQUE (workspace_id, id)
);
CREATE INDEX boards_order ON boards (workspace_id, position, id);
CREATE INDEX boards_organisation ON boards (organisation_id);
CREATE INDEX boards_archived ON boards (id) WHERE archived_at IS NOT NULL;

CREATE TABLE board_members (
  board_id            TEXT NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
  user_id             TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role                TEXT NOT NULL,
  pinned              BOOLEAN NOT NULL,
  assigned_items_only BOOLEAN NOT NULL,
  added_at            DATETIME NOT NULL,
  PRIMARY KEY (board_id, user_id)
);
CREATE INDEX board_members_user ON board_members (user_id);

CREATE TABLE lists (
  id              TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  workspace_id    TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  name            TEXT NOT NULL,
  icon            TEXT,
  color           TEXT,
  position        INTEGER NOT NULL,
  version         INTEGER NOT NULL,
  archived_at     DATETIME,
  created_at      DATETIME NOT NULL,
  updated_at      DATETIME NOT NULL,
  UNIQUE (workspace_id, id)
);
CREATE INDEX lists_order ON lists (workspace_id, position, id);

CREATE TABLE labels (
  id              TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  workspace_id    TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  name            TEXT NOT NULL,
  color           TEXT,
  position        INTEGER NOT NULL,
  version         INTEGER NOT NULL,
  archived_at     DATETIME,
  created_at      DATETIME NOT NULL,
  updated_at      DATETIME NOT NULL
);
CREATE INDEX labels_order ON labels (workspace_id, position, id);

CREATE TABLE custom_fields (
  id              TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  workspace_id    TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  name            TEXT NOT NULL,
  icon            TEXT,
  type            TEXT NOT NULL,
  allow_multiple  BOOLEAN NOT NULL,
  show_on_card    BOOLEAN NOT NULL,
  position        INTEGER NOT NULL,
  version         INTEGER NOT NULL,
  archived_at     DATETIME,
  created_at      DATETIME NOT NULL,
  updated_at      DATETIME NOT NULL
);
CREATE UNIQUE INDEX custom_fields_name ON custom_fields (workspace_id, fold(name));
CREATE INDEX custom_fields_order ON custom_fields (workspace_id, position, id);

CREATE TABLE custom_field_options (
  id              TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  workspace_id    TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  field_id        TEXT NOT NULL REFERENCES custom_fields (id) ON DELETE CASCADE,
  label           TEXT NOT NULL,
  color           TEXT,
  position        INTEGER NOT NULL,
  version         INTEGER NOT NULL,
  archived_at     DATETIME,
  created_at      DATETIME NOT NULL,
  updated_at      DATETIME NOT NULL
);
CREATE INDEX custom_field_options_order ON custom_field_options (field_id, position, id);
CREATE INDEX custom_field_options_workspace ON custom_field_options (workspace_id);

-- The two composite references keep a card's board and list in one workspace.
CREATE TABLE cards (
  id                  TEXT PRIMARY KEY,
  organisation_id     TEXT NOT NULL,
  organisation_key    TEXT NOT NULL,
  workspace_id        TEXT NOT NULL,
  board_id            TEXT NOT NULL,
  list_id             TEXT NOT NULL,
  key_prefix          TEXT NOT NULL,
  number              INTEGER NOT NULL,
  title               TEXT NOT NULL,
  description         TEXT,
  position            INTEGER NOT NULL,
  due_day             TEXT,
  due_slot            TEXT,
  due_time_zone       TEXT,
  completed_at        DATETIME,
  archived_at         DATETIME,
  created_by_id       TEXT NOT NULL REFERENCES users (id),
  cover_attachment_id TEXT,
  client_token        TEXT,
  version             INTEGER NOT NULL,
  created_at          DATETIME NOT NULL,
  updated_at          DATETIME NOT NULL,
  UNIQUE (workspace_id, number),
  FOREIGN KEY (workspace_id, board_id) REFERENCES boards (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, list_id) REFERENCES lists (workspace_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX cards_client_token ON cards (client_token) WHERE client_token IS NOT NULL;
CREATE UNIQUE INDEX cards_key ON cards (organisation_id, key_prefix, number);
CREATE INDEX cards_cell ON cards (list_id, board_id, position, id) WHERE archived_at IS NULL;
CREATE INDEX cards_lane ON cards (list_id, position, id) WHERE archived_at IS NULL;
CREATE INDEX cards_list ON cards (workspace_id, list_id);
CREATE INDEX cards_board ON cards (workspace_id, board_id);
CREATE INDEX cards_board_only ON cards (board_id);
CREATE INDEX cards_completed ON cards (workspace_id, completed_at);
CREATE INDEX cards_created ON cards (workspace_id, created_at);
CREATE INDEX cards_newest ON cards (created_at DESC, id);
CREATE INDEX cards_due ON cards (due_day) WHERE due_day IS NOT NULL;
CREATE INDEX cards_creator ON cards (created_by_id);

CREATE TABLE card_labels (
  card_id  TEXT NOT NULL REFERENCES cards (id) ON DELETE CASCADE,
  label_id TEXT NOT NULL REFERENCES labels (id) ON DELETE CASCADE,
  PRIMARY KEY (card_id, label_id)
);
CREATE INDEX card_labels_label ON card_labels (label_id, card_id);

CREATE TABLE card_assignees (
  card_id     TEXT NOT NULL REFERENCES cards (id) ON DELETE CASCADE,
  user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  assigned_at DATETIME NOT NULL,
  PRIMARY KEY (card_id, user_id)
);
CREATE INDEX card_assignees_user ON card_assignees (user_id, card_id);

CREATE TABLE field_values (
  card_id    TEXT NOT NULL REFERENCES cards (id) ON DELETE CASCADE,
  field_id   TEXT NOT NULL REFERENCES custom_fields (id) ON DELETE CASCADE,
  text       TEXT,
  number     TEXT,
  checkbox   BOOLEAN,
  date       TEXT,
  url        TEXT,
  option_ids TEXT,
  user_ids   TEXT,
  updated_at DATETIME NOT NULL,
  PRIMARY KEY (card_id, field_id)
);
CREATE INDEX field_values_field ON field_values (field_id, card_id);
CREATE INDEX field_values_number ON field_values (field_id, number COLLATE decimal) WHERE number IS NOT NULL;
CREATE INDEX field_values_date ON field_values (field_id, date) WHERE date IS NOT NULL;

-- No reference to the entity: what happened to a card outlives it.
CREATE TABLE activities (
  id              TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  workspace_id    TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  board_id        TEXT REFERENCES boards (id) ON DELETE CASCADE,
  actor_id        TEXT,
  actor_kind      TEXT NOT NULL,
  api_key_id      TEXT,
  api_key_name    TEXT,
  entity_type     TEXT NOT NULL,
  entity_id       TEXT NOT NULL,
  action          TEXT NOT NULL,
  payload         BLOB,
  feed_visible    BOOLEAN NOT NULL,
  coalesce_key    TEXT,
  coalesced_count INTEGER NOT NULL,
  coalesced_until DATETIME,
  created_at      DATETIME NOT NULL,
  updated_at      DATETIME NOT NULL
);
CREATE INDEX activities_entity ON activities (entity_id, created_at DESC, id);
CREATE INDEX activities_board ON activities (board_id, created_at DESC, id);
CREATE INDEX activities_workspace ON activities (workspace_id);
CREATE INDEX activities_open ON activities (entity_id, coalesce_key, coalesced_until) WHERE coalesced_until IS NOT NULL;

-- The outbox. No references: an event is delivered even when its cause is deleted.
CREATE TABLE events (
  id              TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL,
  workspace_id    TEXT NOT NULL,
  board_id        TEXT,
  card_id         TEXT,
  type            TEXT NOT NULL,
  data            BLOB,
  actor_kind      TEXT NOT NULL,
  actor_name      TEXT NOT NULL,
  actor_id        TEXT,
  occurred_at     DATETIME NOT NULL
);
CREATE INDEX events_workspace ON events (workspace_id, id);
CREATE INDEX events_occurred ON events (occurred_at);

CREATE TABLE api_keys (
  id              TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  kind            TEXT NOT NULL,
  workspace_id    TEXT REFERENCES workspaces (id) ON DELETE CASCADE,
  name            TEXT,
  scope           TEXT NOT NULL,
  key_prefix      TEXT NOT NULL,
  key_hash        TEXT NOT NULL UNIQUE,
  created_by_id   TEXT NOT NULL REFERENCES users (id),
  last_used_at    DATETIME,
  revoked_at      DATETIME,
  created_at      DATETIME NOT NULL,
  updated_at      DATETIME NOT NULL,
  CHECK ((kind = 'workspace') = (workspace_id IS NOT NULL))
);
CREATE INDEX api_keys_workspace ON api_keys (workspace_id);
CREATE INDEX api_keys_creator ON api_keys (created_by_id);
