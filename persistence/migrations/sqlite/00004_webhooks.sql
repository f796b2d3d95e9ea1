-- +goose Up

-- Last number given out in the order of a workspace's events, and of each card's. No foreign keys: the events of a
-- deleted workspace keep theirs.
CREATE TABLE event_counters (
  subject_id TEXT PRIMARY KEY,
  last       BIGINT NOT NULL
);

-- Place of an event in its workspace, dense and in the order of commits, and in the events of its card.
ALTER TABLE events ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN card_sequence BIGINT;
UPDATE events SET card_id = json_extract(CAST(data AS TEXT), '$.card.id') WHERE card_id IS NULL;
UPDATE events SET sequence = n.sequence, card_sequence = n.card_sequence
  FROM (SELECT id, row_number() OVER (PARTITION BY workspace_id ORDER BY id) AS sequence,
               CASE WHEN card_id IS NOT NULL THEN row_number() OVER (PARTITION BY card_id ORDER BY id) END AS card_sequence
          FROM events) n
  WHERE n.id = events.id;
INSERT INTO event_counters SELECT workspace_id, max(sequence) FROM events GROUP BY workspace_id;
INSERT INTO event_counters SELECT card_id, max(card_sequence) FROM events WHERE card_id IS NOT NULL GROUP BY card_id;
DROP INDEX events_workspace;
CREATE UNIQUE INDEX events_sequence ON events (workspace_id, sequence);

CREATE TABLE webhooks (
  id                    TEXT PRIMARY KEY,
  organisation_id       TEXT NOT NULL,
  workspace_id          TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  api_key_id            TEXT REFERENCES api_keys (id) ON DELETE CASCADE, -- hears only what the key may see
  created_by_id         TEXT NOT NULL REFERENCES users (id),
  name                  TEXT NOT NULL,
  url                   TEXT NOT NULL,
  secret                BLOB NOT NULL, -- sealed
  previous_secret       BLOB,          -- sealed; signs too until previous_secret_until
  previous_secret_until DATETIME,
  event_types           BLOB NOT NULL, -- empty: all
  board_ids             BLOB NOT NULL, -- empty: all
  card_filter           BLOB,
  enabled               BOOLEAN NOT NULL,
  disabled_reason       TEXT,
  failing_since         DATETIME,    -- null unless every attempt since then failed
  last_successful_at    DATETIME,
  version               INTEGER NOT NULL,
  created_at            DATETIME NOT NULL,
  updated_at            DATETIME NOT NULL
);
CREATE INDEX webhooks_workspace ON webhooks (workspace_id, created_at, id);
CREATE INDEX webhooks_key ON webhooks (api_key_id);

-- Up to which event of its workspace deliveries were planned for a webhook. Apart from webhooks, so that planning and
-- the results of attempts do not wait for each other.
CREATE TABLE webhook_cursors (
  webhook_id   TEXT PRIMARY KEY REFERENCES webhooks (id) ON DELETE CASCADE,
  workspace_id TEXT NOT NULL,
  planned      BIGINT NOT NULL
);
CREATE INDEX webhook_cursors_workspace ON webhook_cursors (workspace_id);

CREATE TABLE webhook_deliveries (
  id              TEXT PRIMARY KEY,
  webhook_id      TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  workspace_id    TEXT NOT NULL,
  event_id        TEXT NOT NULL, -- outlives the delivery, by its longer retention
  event_type      TEXT NOT NULL,
  status          TEXT NOT NULL CHECK (status IN ('queued', 'success', 'failed')),
  attempts        INTEGER NOT NULL, -- all there were
  tries           INTEGER NOT NULL, -- those since it was last queued
  next_attempt_at DATETIME,
  last_attempt_at DATETIME,
  response_status INTEGER,
  response_body   TEXT,
  last_error      TEXT,
  latency_ms      INTEGER,
  delivered_at    DATETIME,
  created_at      DATETIME NOT NULL,
  updated_at      DATETIME NOT NULL,
  UNIQUE (webhook_id, event_id)
);
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (webhook_id, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at, id) WHERE status = 'queued';
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (status, updated_at) WHERE status <> 'queued';

CREATE TABLE webhook_attempts (
  delivery_id     TEXT NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
  number          INTEGER NOT NULL, -- from 1
  at              DATETIME NOT NULL,
  latency_ms      INTEGER NOT NULL,
  response_status INTEGER,
  response_body   TEXT,
  error           TEXT,
  PRIMARY KEY (delivery_id, number)
);
