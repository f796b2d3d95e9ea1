-- +goose Up

-- Last number given out in the order of a workspace's events, and of each card's. No foreign keys: the events of a
-- deleted workspace keep theirs.
CREATE TABLE event_counters (
  subject_id uuid PRIMARY KEY,
  last       bigint NOT NULL
);

-- Place of an event in its workspace, dense and in the order of commits, and in the events of its card.
ALTER TABLE events ADD COLUMN sequence bigint;
ALTER TABLE events ADD COLUMN card_sequence bigint;
UPDATE events SET card_id = (data -> 'card' ->> 'id')::uuid WHERE card_id IS NULL AND data -> 'card' ->> 'id' IS NOT NULL;
UPDATE events e SET sequence = n.sequence, card_sequence = n.card_sequence
  FROM (SELECT id, row_number() OVER (PARTITION BY workspace_id ORDER BY id) AS sequence,
               CASE WHEN card_id IS NOT NULL THEN row_number() OVER (PARTITION BY card_id ORDER BY id) END AS card_sequence
          FROM events) n
  WHERE n.id = e.id;
INSERT INTO event_counters SELECT workspace_id, max(sequence) FROM events GROUP BY workspace_id;
INSERT INTO event_counters SELECT card_id, max(card_sequence) FROM events WHERE card_id IS NOT NULL GROUP BY card_id;
ALTER TABLE events ALTER COLUMN sequence SET NOT NULL;
DROP INDEX events_workspace;
CREATE UNIQUE INDEX events_sequence ON events (workspace_id, sequence);

CREATE TABLE webhooks (
  id                    uuid PRIMARY KEY,
  organisation_id       uuid NOT NULL,
  workspace_id          uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  api_key_id            uuid REFERENCES api_keys ON DELETE CASCADE, -- hears only what the key may see
  created_by_id         uuid NOT NULL REFERENCES users,
  name                  text NOT NULL,
  url                   text NOT NULL,
  secret                bytea NOT NULL, -- sealed
  previous_secret       bytea,          -- sealed; signs too until previous_secret_until
  previous_secret_until timestamptz,
  event_types           jsonb NOT NULL, -- empty: all
  board_ids             jsonb NOT NULL, -- empty: all
  card_filter           jsonb,
  enabled               boolean NOT NULL,
  disabled_reason       text,
  failing_since         timestamptz,    -- null unless every attempt since then failed
  last_successful_at    timestamptz,
  version               integer NOT NULL,
  created_at            timestamptz NOT NULL,
  updated_at            timestamptz NOT NULL
);
CREATE INDEX webhooks_workspace ON webhooks (workspace_id, created_at, id);
CREATE INDEX webhooks_key ON webhooks (api_key_id);

-- Up to which event of its workspace deliveries were planned for a webhook. Apart from webhooks, so that planning and
-- the results of attempts do not wait for each other.
CREATE TABLE webhook_cursors (
  webhook_id   uuid PRIMARY KEY REFERENCES webhooks ON DELETE CASCADE,
  workspace_id uuid NOT NULL,
  planned      bigint NOT NULL
);
CREATE INDEX webhook_cursors_workspace ON webhook_cursors (workspace_id);

CREATE TABLE webhook_deliveries (
  id              uuid PRIMARY KEY,
  webhook_id      uuid NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  workspace_id    uuid NOT NULL,
  event_id        uuid NOT NULL, -- outlives the delivery, by its longer retention
  event_type      text NOT NULL,
  status          text NOT NULL CHECK (status IN ('queued', 'success', 'failed')),
  attempts        integer NOT NULL, -- all there were
  tries           integer NOT NULL, -- those since it was last queued
  next_attempt_at timestamptz,
  last_attempt_at timestamptz,
  response_status integer,
  response_body   text,
  last_error      text,
  latency_ms      integer,
  delivered_at    timestamptz,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  UNIQUE (webhook_id, event_id)
);
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (webhook_id, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at, id) WHERE status = 'queued';
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (status, updated_at) WHERE status <> 'queued';

CREATE TABLE webhook_attempts (
  delivery_id     uuid NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
  number          integer NOT NULL, -- from 1
  at              timestamptz NOT NULL,
  latency_ms      integer NOT NULL,
  response_status integer,
  response_body   text,
  error           text,
  PRIMARY KEY (delivery_id, number)
);
