package persistence

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"kanera.dev/domain"
)

var webhooks = table[domain.Webhook]{
	name: "webhooks",
	columns: []string{
		"id", "organisation_id", "workspace_id", "api_key_id", "created_by_id", "name", "url", "secret", "previous_secret", "previous_secret_until",
		"event_types", "board_ids", "card_filter", "enabled", "disabled_reason", "failing_since", "last_successful_at", "version", "created_at", "updated_at",
	},
	fields: func(w *domain.Webhook) []any {
		return []any{
			&w.ID, &w.OrganisationID, &w.WorkspaceID, &w.APIKeyID, &w.CreatedByID, &w.Name, &w.URL, &w.Secret, &w.PreviousSecret, &w.PreviousSecretUntil,
			asJSON{&w.EventTypes}, asJSON{&w.BoardIDs}, asJSON{&w.CardFilter}, &w.Enabled, &w.DisabledReason, &w.FailingSince, &w.LastSuccessfulAt,
			&w.Version, &w.CreatedAt, &w.UpdatedAt,
		}
	},
}

// asJSON scans a JSON column into what it points to; NULL leaves that alone.
type asJSON struct{ into any }

// Scan implements sql.Scanner.
func (j asJSON) Scan(source any) error {
	switch text := source.(type) {
	case nil:
		return nil
	case []byte:
		return json.Unmarshal(text, j.into)
	case string:
		return json.Unmarshal([]byte(text), j.into)
	}
	return fmt.Errorf("a JSON column holds %T", source)
}

// newestFirst orders by the columns created_at and id.
var newestFirst = []pageKey{{column: "created_at", kind: keyInstant, desc: true}, {column: "id", kind: keyID, desc: true}}

// Webhooks implements domain.Webhooks.
func (s *Store) Webhooks(ctx context.Context, ids []string) (map[string]*domain.Webhook, error) {
	return byIDs(ctx, s, webhooks, ids)
}

func (s *Store) webhooksOf(workspaceIDs []string) listing[domain.Webhook] {
	ofWorkspaces, ids := s.ofParents("w.workspace_id", workspaceIDs)
	return listing[domain.Webhook]{
		name: "webhooks", columns: webhooks.fields, args: []any{ids}, keys: newestFirst,
		rows: "SELECT w.workspace_id AS parent, " + webhooks.as("w") + " FROM webhooks w WHERE " + ofWorkspaces,
		at:   func(w *domain.Webhook) []any { return []any{w.CreatedAt, w.ID} },
	}
}

// WebhooksOf implements domain.Webhooks.
func (s *Store) WebhooksOf(ctx context.Context, workspaceIDs []string, page domain.Page) (map[string]domain.PageOf[*domain.Webhook], error) {
	return s.webhooksOf(workspaceIDs).pages(ctx, s, workspaceIDs, page)
}

// CountWebhooks implements domain.Webhooks.
func (s *Store) CountWebhooks(ctx context.Context, workspaceIDs []string) (map[string]int, error) {
	return s.webhooksOf(workspaceIDs).counts(ctx, s, workspaceIDs)
}

// DisableWebhooksOf implements domain.Webhooks.
func (s *Store) DisableWebhooksOf(ctx context.Context, keyID string, now time.Time) error {
	return s.exec(ctx, "UPDATE webhooks SET enabled = FALSE, disabled_reason = ?, version = version + 1, updated_at = ?"+
		" WHERE api_key_id = ? AND enabled", domain.DisabledKeyRevoked, now, keyID)
}

var deliveries = table[domain.Delivery]{
	name: "webhook_deliveries",
	columns: []string{
		"id", "webhook_id", "workspace_id", "event_id", "event_type", "status", "attempts", "tries", "next_attempt_at", "last_attempt_at",
		"response_status", "response_body", "last_error", "latency_ms", "delivered_at", "created_at", "updated_at",
	},
	fields: func(d *domain.Delivery) []any {
		return []any{
			&d.ID, &d.WebhookID, &d.WorkspaceID, &d.EventID, &d.EventType, &d.Status, &d.Attempts, &d.Tries, &d.NextAttemptAt, &d.LastAttemptAt,
			&d.ResponseStatus, &d.ResponseBody, &d.LastError, &d.LatencyMs, &d.DeliveredAt, &d.CreatedAt, &d.UpdatedAt,
		}
	},
}

func (s *Store) deliveriesOf(webhookIDs []string, status *domain.DeliveryStatus) listing[domain.Delivery] {
	where, ids := s.ofParents("d.webhook_id", webhookIDs)
	args := []any{ids}
	if status != nil {
		where, args = where+" AND d.status = ?", append(args, *status)
	}
	return listing[domain.Delivery]{
		name: "deliveries", columns: deliveries.fields, args: args, keys: newestFirst,
		rows: "SELECT d.webhook_id AS parent, " + deliveries.as("d") + " FROM webhook_deliveries d WHERE " + where,
		at:   func(d *domain.Delivery) []any { return []any{d.CreatedAt, d.ID} },
	}
}

// DeliveriesOf implements domain.Webhooks.
func (s *Store) DeliveriesOf(ctx context.Context, webhookIDs []string, status *domain.DeliveryStatus, page domain.Page) (map[string]domain.PageOf[*domain.Delivery], error) {
	return s.deliveriesOf(webhookIDs, status).pages(ctx, s, webhookIDs, page)
}

// CountDeliveries implements domain.Webhooks.
func (s *Store) CountDeliveries(ctx context.Context, webhookIDs []string, status *domain.DeliveryStatus) (map[string]int, error) {
	return s.deliveriesOf(webhookIDs, status).counts(ctx, s, webhookIDs)
}

// AttemptsOf implements domain.Webhooks.
func (s *Store) AttemptsOf(ctx context.Context, deliveryIDs []string) (map[string][]*domain.Attempt, error) {
	rows, err := s.query(ctx, "SELECT a.delivery_id, a.number, a.at, a.latency_ms, a.response_status, a.response_body, a.error"+
		" FROM webhook_attempts a WHERE "+s.dialect.anyOf("a.delivery_id")+" ORDER BY a.delivery_id, a.number", s.dialect.list(deliveryIDs))
	if err != nil {
		return nil, err
	}
	all := make(map[string][]*domain.Attempt, len(deliveryIDs))
	_, err = collect(rows, func(line row) (struct{}, error) {
		a := new(domain.Attempt)
		err := line.Scan(&a.DeliveryID, &a.Number, &a.At, &a.LatencyMs, &a.ResponseStatus, &a.ResponseBody, &a.Error)
		all[a.DeliveryID] = append(all[a.DeliveryID], a)
		return struct{}{}, err
	})
	return all, translate(ctx, err, "Attempt")
}

// Requeue implements domain.Webhooks.
func (s *Store) Requeue(ctx context.Context, webhookID string, since, now time.Time) (int, error) {
	result := s.db.WithContext(ctx).Exec("UPDATE webhook_deliveries SET status = ?, tries = 0, next_attempt_at = ?, updated_at = ?"+
		" WHERE webhook_id = ? AND status = ? AND updated_at >= ? AND event_type <> ?",
		domain.DeliveryQueued, now, now, webhookID, domain.DeliveryFailed, since, domain.EventWebhookTest)
	return int(result.RowsAffected), translate(ctx, result.Error, "Delivery")
}
