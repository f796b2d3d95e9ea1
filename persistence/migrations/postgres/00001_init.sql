-- +goose Up

CREATE TABLE organisations (
  id         uuid PRIMARY KEY,
  name       text NOT NULL,
  route_key  text NOT NULL UNIQUE,
  logo_url   text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE users (
  id             uuid PRIMARY KEY,
  email          text NOT NULL,
  display_name   text NOT NULL,
  avatar_url     text,
  time_zone      text NOT NULL,
  last_online_at timestamptz,
  removed_at     timestamptz,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (lower(email COLLATE "und-x-icu"));

-- Ended memberships are kept: they also end what board memberships would allow.
CREATE TABLE organisation_memberships (
  organisation_id uuid NOT NULL REFERENCES organisations ON DELETE CASCADE,
  user_id         uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  role            text NOT NULL,
  suspended_at    timestamptz,
  removed_at      timestamptz,
  added_at        timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, user_id)
);
CREATE INDEX organisation_memberships_user ON organisation_memberships (user_id);

CREATE TABLE workspaces (
  id                          uuid PRIMARY KEY,
  organisation_id             uuid NOT NULL REFERENCES organisations ON DELETE CASCADE,
  name                        text NOT NULL,
  card_key_prefix             text NOT NULL,
  kind                        text NOT NULL,
  icon                        text,
  accent_color                text,
  completed_cards_active_days integer NOT NULL,
  board_linking_enabled       boolean NOT NULL,
  last_card_number            integer NOT NULL,
  version                     integer NOT NULL,
  archived_at                 timestamptz,
  created_at                  timestamptz NOT NULL,
  updated_at                  timestamptz NOT NULL,
  UNIQUE (organisation_id, card_key_prefix)
);

-- No reference to the workspace: a prefix stays reserved when its workspace is gone.
CREATE TABLE key_prefixes (
  organisation_id uuid NOT NULL REFERENCES organisations ON DELETE CASCADE,
  prefix          text NOT NULL,
  workspace_id    uuid NOT NULL,
  created_at      timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, prefix)
);
CREATE INDEX key_prefixes_workspace ON key_prefixes (workspace_id);

CREATE TABLE workspace_members (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  role         text NOT NULL,
  added_at     timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX workspace_members_user ON workspace_members (user_id);

CREATE TABLE boards (
  id                  uuid PRIMARY KEY,
  organisation_id     uuid NOT NULL,
  workspace_id        uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  name                text NOT NULL,
  description         text,
  icon                text,
  icon_color          text,
  background_gradient text,
  position            bigint NOT NULL,
  version             integer NOT NULL,
  archived_at         timestamptz,
  created_at          timestamptz NOT NULL,
  updated_at          timestamptz NOT NULL,
  UNIQUE (workspace_id, id)
);
CREATE INDEX boards_order ON boards (workspace_id, position, id);
CREATE INDEX boards_organisation ON boards (organisation_id);
CREATE INDEX boards_archived ON boards (id) WHERE archived_at IS NOT NULL;

CREATE TABLE board_members (
  board_id            uuid NOT NULL REFERENCES boards ON DELETE CASCADE,
  user_id             uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  role                text NOT NULL,
  pinned              boolean NOT NULL,
  assigned_items_only boolean NOT NULL,
  added_at            timestamptz NOT NULL,
  PRIMARY KEY (board_id, user_id)
);
CREATE INDEX board_members_user ON board_members (user_id);

CREATE TABLE lists (
  id              uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  workspace_id    uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  name            text NOT NULL,
  icon            text,
  color           text,
  position        bigint NOT NULL,
  version         integer NOT NULL,
  archived_at     timestamptz,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  UNIQUE (workspace_id, id)
);
CREATE INDEX lists_order ON lists (workspace_id, position, id);

CREATE TABLE labels (
  id              uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  workspace_id    uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  name            text NOT NULL,
  color           text,
  position        bigint NOT NULL,
  version         integer NOT NULL,
  archived_at     timestamptz,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL
);
CREATE INDEX labels_order ON labels (workspace_id, position, id);

CREATE TABLE custom_fields (
  id              uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  workspace_id    uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  name            text NOT NULL,
  icon            text,
  type            text NOT NULL,
  allow_multiple  boolean NOT NULL,
  show_on_card    boolean NOT NULL,
  position        bigint NOT NULL,
  version         integer NOT NULL,
  archived_at     timestamptz,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL
);
CREATE UNIQUE INDEX custom_fields_name ON custom_fields (workspace_id, lower(name COLLATE "und-x-icu"));
CREATE INDEX custom_fields_order ON custom_fields (workspace_id, position, id);

CREATE TABLE custom_field_options (
  id              uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  workspace_id    uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  field_id        uuid NOT NULL REFERENCES custom_fields ON DELETE CASCADE,
  label           text NOT NULL,
  color           text,
  position        bigint NOT NULL,
  version         integer NOT NULL,
  archived_at     timestamptz,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL
);
CREATE INDEX custom_field_options_order ON custom_field_options (field_id, position, id);
CREATE INDEX custom_field_options_workspace ON custom_field_options (workspace_id);

-- The two composite references keep a card's board and list in one workspace.
CREATE TABLE cards (
  id                  uuid PRIMARY KEY,
  organisation_id     uuid NOT NULL,
  organisation_key    text NOT NULL,
  workspace_id        uuid NOT NULL,
  board_id            uuid NOT NULL,
  list_id             uuid NOT NULL,
  key_prefix          text NOT NULL,
  number              integer NOT NULL,
  title               text NOT NULL,
  description         text,
  position            bigint NOT NULL,
  due_day             text COLLATE "C",
  due_slot            text,
  due_time_zone       text,
  completed_at        timestamptz,
  archived_at         timestamptz,
  created_by_id       uuid NOT NULL REFERENCES users,
  cover_attachment_id uuid,
  client_token        text,
  version             integer NOT NULL,
  created_at          timestamptz NOT NULL,
  updated_at          timestamptz NOT NULL,
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
  card_id  uuid NOT NULL REFERENCES cards ON DELETE CASCADE,
  label_id uuid NOT NULL REFERENCES labels ON DELETE CASCADE,
  PRIMARY KEY (card_id, label_id)
);
CREATE INDEX card_labels_label ON card_labels (label_id, card_id);

CREATE TABLE card_assignees (
  card_id     uuid NOT NULL REFERENCES cards ON DELETE CASCADE,
  user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  assigned_at timestamptz NOT NULL,
  PRIMARY KEY (card_id, user_id)
);
CREATE INDEX card_assignees_user ON card_assignees (user_id, card_id);

CREATE TABLE field_values (
  card_id    uuid NOT NULL REFERENCES cards ON DELETE CASCADE,
  field_id   uuid NOT NULL REFERENCES custom_fields ON DELETE CASCADE,
  text       text,
  number     numeric,
  checkbox   boolean,
  date       text COLLATE "C",
  url        text,
  option_ids jsonb,
  user_ids   jsonb,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (card_id, field_id)
);
CREATE INDEX field_values_field ON field_values (field_id, card_id);
CREATE INDEX field_values_number ON field_values (field_id, number) WHERE number IS NOT NULL;
CREATE INDEX field_values_date ON field_values (field_id, date) WHERE date IS NOT NULL;

-- No reference to the entity: what happened to a card outlives it.
CREATE TABLE activities (
  id              uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  workspace_id    uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  board_id        uuid REFERENCES boards ON DELETE CASCADE,
  actor_id        uuid,
  actor_kind      text NOT NULL,
  api_key_id      uuid,
  api_key_name    text,
  entity_type     text NOT NULL,
  entity_id       uuid NOT NULL,
  action          text NOT NULL,
  payload         jsonb,
  feed_visible    boolean NOT NULL,
  coalesce_key    text,
  coalesced_count integer NOT NULL,
  coalesced_until timestamptz,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL
);
CREATE INDEX activities_entity ON activities (entity_id, created_at DESC, id);
CREATE INDEX activities_board ON activities (board_id, created_at DESC, id);
CREATE INDEX activities_workspace ON activities (workspace_id);
CREATE INDEX activities_open ON activities (entity_id, coalesce_key, coalesced_until) WHERE coalesced_until IS NOT NULL;

-- The outbox. No references: an event is delivered even when its cause is deleted.
CREATE TABLE events (
  id              uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  workspace_id    uuid NOT NULL,
  board_id        uuid,
  card_id         uuid,
  type            text NOT NULL,
  data            jsonb,
  actor_kind      text NOT NULL,
  actor_name      text NOT NULL,
  actor_id        uuid,
  occurred_at     timestamptz NOT NULL
);
CREATE INDEX events_workspace ON events (workspace_id, id);
CREATE INDEX events_occurred ON events (occurred_at);

CREATE TABLE api_keys (
  id              uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations ON DELETE CASCADE,
  kind            text NOT NULL,
  workspace_id    uuid REFERENCES workspaces ON DELETE CASCADE,
  name            text,
  scope           text NOT NULL,
  key_prefix      text NOT NULL,
  key_hash        text NOT NULL UNIQUE,
  created_by_id   uuid NOT NULL REFERENCES users,
  last_used_at    timestamptz,
  revoked_at      timestamptz,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  CHECK ((kind = 'workspace') = (workspace_id IS NOT NULL))
);
CREATE INDEX api_keys_workspace ON api_keys (workspace_id);
CREATE INDEX api_keys_creator ON api_keys (created_by_id);
