package persistence

import (
	"context"
	"encoding/json"
	"time"

	"kanera.dev/domain"
)

const (
	// deliverable is the condition that the webhook whose id stands before it may be sent something.
	deliverable = " IN (SELECT dw.id FROM webhooks dw LEFT JOIN api_keys dk ON dk.id = dw.api_key_id WHERE dw.enabled AND dk.revoked_at IS NULL)"
	// newest is the sequence of the newest event of a cursor's workspace.
	newest = "(SELECT n.last FROM event_counters n WHERE n.subject_id = c.workspace_id)"
)

// LaggingWorkspaces implements domain.Deliveries.
func (s *Store) LaggingWorkspaces(ctx context.Context, workspaceIDs []string, limit int) ([]string, error) {
	query, args := "SELECT DISTINCT c.workspace_id FROM webhook_cursors c WHERE c.planned < "+newest+" AND c.webhook_id"+deliverable, []any{}
	if workspaceIDs != nil {
		query, args = query+" AND "+s.dialect.anyOf("c.workspace_id"), append(args, s.dialect.list(workspaceIDs))
	}
	return s.ids(ctx, query+" LIMIT ?", append(args, limit)...)
}

// Plannings implements domain.Deliveries. Whoever waited for the lock sees the cursors as they are after it; events
// that were there when the statement began are never missed.
func (s *Store) Plannings(ctx context.Context, workspaceID string) ([]*domain.Planning, error) {
	rows, err := s.query(ctx, "SELECT c.webhook_id, c.planned, "+newest+" FROM webhook_cursors c WHERE c.workspace_id = ? AND c.planned < "+newest+
		" AND c.webhook_id"+deliverable+" ORDER BY c.webhook_id"+s.dialect.forUpdate(), workspaceID)
	if err != nil {
		return nil, err
	}
	var ids []string
	plannings, err := collect(rows, func(line row) (*domain.Planning, error) {
		p := &domain.Planning{Webhook: &domain.Webhook{}}
		err := line.Scan(&p.Webhook.ID, &p.Planned, &p.Last)
		ids = append(ids, p.Webhook.ID)
		return p, err
	})
	if err != nil || len(ids) == 0 {
		return nil, translate(ctx, err, "Webhook")
	}
	var webhooks []*domain.Webhook
	if err := s.db.WithContext(ctx).Where(s.dialect.anyOf("id"), s.dialect.list(ids)).Find(&webhooks).Error; err != nil {
		return nil, translate(ctx, err, "Webhook")
	}
	byID := make(map[string]*domain.Webhook, len(webhooks))
	for _, w := range webhooks {
		byID[w.ID] = w
	}
	for _, p := range plannings {
		p.Webhook = byID[p.Webhook.ID]
	}
	return plannings, nil
}

// AddDeliveries implements domain.Deliveries.
func (s *Store) AddDeliveries(ctx context.Context, deliveries []*domain.Delivery) error {
	type entry struct {
		ID          string `json:"id"`
		WebhookID   string `json:"webhook_id"`
		WorkspaceID string `json:"workspace_id"`
		EventID     string `json:"event_id"`
		EventType   string `json:"event_type"`
		At          int64  `json:"at"`
	}
	entries := make([]entry, len(deliveries))
	for i, d := range deliveries {
		entries[i] = entry{d.ID, d.WebhookID, d.WorkspaceID, d.EventID, d.EventType, d.NextAttemptAt.UnixMilli()}
	}
	at := s.dialect.instant("v.at")
	return s.exec(ctx, "INSERT INTO webhook_deliveries (id, webhook_id, workspace_id, event_id, event_type, status, attempts, tries, next_attempt_at, created_at, updated_at)"+
		" SELECT v.id, v.webhook_id, v.workspace_id, v.event_id, v.event_type, 'queued', 0, 0, "+at+", "+at+", "+at+
		" FROM "+s.dialect.records("id uuid, webhook_id uuid, workspace_id uuid, event_id uuid, event_type text, at bigint")+
		" WHERE true ON CONFLICT (webhook_id, event_id) DO NOTHING", toJSON(entries))
}

// toJSON makes the parameter of dialect.records of strings and numbers.
func toJSON(entries any) string {
	text, _ := json.Marshal(entries)
	return string(text)
}

// SetPlanned implements domain.Deliveries.
func (s *Store) SetPlanned(ctx context.Context, webhookIDs []string, sequence int64) error {
	return s.exec(ctx, "UPDATE webhook_cursors SET planned = ? WHERE planned < ? AND "+s.dialect.anyOf("webhook_id"),
		sequence, sequence, s.dialect.list(webhookIDs))
}

// QueuedDeliveries implements domain.Deliveries.
func (s *Store) QueuedDeliveries(ctx context.Context, before time.Time, after domain.Due, limit int) ([]domain.Due, error) {
	query, args := "SELECT d.id, d.webhook_id, d.next_attempt_at FROM webhook_deliveries d WHERE d.status = 'queued' AND d.next_attempt_at < "+
		s.dialect.placeholder(kindTime), []any{before}
	if after.DeliveryID != "" {
		query += " AND (d.next_attempt_at, d.id) > (" + s.dialect.placeholder(kindTime) + ", " + s.dialect.placeholder(kindID) + ")"
		args = append(args, after.At, after.DeliveryID)
	}
	rows, err := s.query(ctx, query+" ORDER BY d.next_attempt_at, d.id LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, err
	}
	due, err := collect(rows, func(line row) (d domain.Due, err error) {
		err = line.Scan(&d.DeliveryID, &d.WebhookID, &d.At)
		return d, err
	})
	return due, translate(ctx, err, "Delivery")
}

// Dispatches implements domain.Deliveries.
func (s *Store) Dispatches(ctx context.Context, ids []string) (map[string]*domain.Dispatch, error) {
	rows, err := s.query(ctx, "SELECT d.id, d.webhook_id, d.workspace_id, d.event_id, d.event_type, d.status, d.attempts, d.tries, d.next_attempt_at,"+
		" w.url, w.secret, w.previous_secret, w.previous_secret_until, w.enabled, w.version, k.revoked_at IS NOT NULL,"+
		" e.id, e.board_id, e.sequence, e.card_sequence, e.data, e.occurred_at"+
		" FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id LEFT JOIN api_keys k ON k.id = w.api_key_id"+
		" LEFT JOIN events e ON e.id = d.event_id WHERE "+s.dialect.anyOf("d.id"), s.dialect.list(ids))
	if err != nil {
		return nil, err
	}
	found := make(map[string]*domain.Dispatch, len(ids))
	_, err = collect(rows, func(row) (struct{}, error) {
		d, err := scanDispatch(rows)
		found[d.ID] = d
		return struct{}{}, err
	})
	return found, translate(ctx, err, "Delivery")
}

func scanDispatch(line row) (*domain.Dispatch, error) {
	d, w, e := &domain.Dispatch{}, &domain.Webhook{}, &domain.Event{}
	var eventID *string
	var sequence *int64
	var occurredAt *time.Time
	var data []byte
	err := line.Scan(&d.ID, &d.WebhookID, &d.WorkspaceID, &d.EventID, &d.EventType, &d.Status, &d.Attempts, &d.Tries, &d.NextAttemptAt,
		&w.URL, &w.Secret, &w.PreviousSecret, &w.PreviousSecretUntil, &w.Enabled, &w.Version, &d.KeyRevoked,
		&eventID, &e.BoardID, &sequence, &e.CardSequence, &data, &occurredAt)
	w.ID, w.WorkspaceID = d.WebhookID, d.WorkspaceID
	d.Webhook = w
	if err == nil && eventID != nil {
		e.ID, e.WorkspaceID, e.Type, e.Sequence, e.OccurredAt, e.Data = *eventID, d.WorkspaceID, d.EventType, *sequence, *occurredAt, data
		d.Event = e
	}
	return d, err
}
