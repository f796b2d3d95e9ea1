package persistence

import (
	"context"
	"time"

	"kanera.dev/domain"
)

// outcomeEntry is a domain.Outcome as a statement reads it; the names of its members are those of outcomeColumns.
type outcomeEntry struct {
	DeliveryID     string                `json:"delivery_id"`
	Status         domain.DeliveryStatus `json:"status"`
	NextAttemptAt  *int64                `json:"next_attempt_at"`
	DeliveredAt    *int64                `json:"delivered_at"`
	At             int64                 `json:"at"`
	LatencyMs      int                   `json:"latency_ms"`
	ResponseStatus *int                  `json:"response_status"`
	ResponseBody   *string               `json:"response_body"`
	Error          *string               `json:"error"`
	Number         int                   `json:"number"`
}

const outcomeColumns = "delivery_id uuid, status text, next_attempt_at bigint, delivered_at bigint, at bigint, latency_ms int, " +
	"response_status int, response_body text, error text, number int"

// Record implements domain.Deliveries.
func (s *Store) Record(ctx context.Context, outcomes []*domain.Outcome, now time.Time) error {
	return s.inTransaction(ctx, func(tx *Store) error {
		entries := make([]outcomeEntry, len(outcomes))
		for i, o := range outcomes {
			entries[i] = outcomeEntry{DeliveryID: o.DeliveryID, Status: o.Status, NextAttemptAt: milliseconds(o.NextAttemptAt), At: o.At.UnixMilli(),
				LatencyMs: o.LatencyMs, ResponseStatus: o.ResponseStatus, ResponseBody: o.ResponseBody, Error: o.Error}
			if o.Status == domain.DeliverySuccess {
				entries[i].DeliveredAt = new(now.UnixMilli())
			}
		}
		numbers, err := tx.finishAttempts(ctx, entries, now)
		if err != nil {
			return err
		}
		kept := entries[:0]
		for i, o := range outcomes {
			if o.Number = int(numbers[o.DeliveryID]); o.Number > 0 {
				entries[i].Number = o.Number
				kept = append(kept, entries[i])
			}
		}
		return tx.addAttempts(ctx, kept)
	})
}

// finishAttempts writes outcomes to their deliveries and returns how many attempts there were of each.
func (s *Store) finishAttempts(ctx context.Context, entries []outcomeEntry, now time.Time) (map[string]int64, error) {
	d := s.dialect
	rows, err := s.query(ctx, "UPDATE webhook_deliveries AS d SET attempts = d.attempts + 1, tries = d.tries + 1,"+
		" status = CASE WHEN d.status = 'success' THEN d.status ELSE v.status END,"+
		" next_attempt_at = CASE WHEN d.status = 'success' THEN NULL ELSE "+d.instant("v.next_attempt_at")+" END,"+
		" delivered_at = COALESCE(d.delivered_at, "+d.instant("v.delivered_at")+"), last_attempt_at = "+d.instant("v.at")+","+
		" latency_ms = v.latency_ms, response_status = v.response_status, response_body = v.response_body, last_error = v.error, updated_at = ?"+
		" FROM "+d.records(outcomeColumns)+" WHERE d.id = v.delivery_id RETURNING id, attempts", now, toJSON(entries))
	if err != nil {
		return nil, err
	}
	numbers, err := counters(rows)
	return numbers, translate(ctx, err, "Delivery")
}

func (s *Store) addAttempts(ctx context.Context, entries []outcomeEntry) error {
	if len(entries) == 0 {
		return nil
	}
	return s.exec(ctx, "INSERT INTO webhook_attempts (delivery_id, number, at, latency_ms, response_status, response_body, error)"+
		" SELECT v.delivery_id, v.number, "+s.dialect.instant("v.at")+", v.latency_ms, v.response_status, v.response_body, v.error FROM "+
		s.dialect.records(outcomeColumns), toJSON(entries))
}

// NoteHealth implements domain.Deliveries. The rows to be changed are locked in the order of their ids, so that two who
// note the same webhooks do not wait for each other in a circle.
func (s *Store) NoteHealth(ctx context.Context, healths []domain.Health) error {
	type entry struct {
		ID        string `json:"id"`
		Succeeded *int64 `json:"succeeded"`
		Failing   *int64 `json:"failing"`
	}
	entries := make([]entry, len(healths))
	for i, h := range healths {
		entries[i] = entry{h.WebhookID, milliseconds(h.SucceededAt), milliseconds(h.FailingSince)}
	}
	d, list := s.dialect, toJSON(entries)
	from := d.records("id uuid, succeeded bigint, failing bigint")
	news := "(v.succeeded IS NULL AND w.failing_since IS NULL OR v.succeeded IS NOT NULL AND (v.failing IS NOT NULL OR w.failing_since IS NOT NULL" +
		" OR w.last_successful_at IS NULL OR w.last_successful_at <= " + d.instant("v.succeeded - 1000") + "))"
	lock := d.forUpdate()
	if lock != "" {
		lock += " OF w"
	}
	return s.inTransaction(ctx, func(tx *Store) error {
		ids, err := tx.ids(ctx, "SELECT w.id FROM webhooks w JOIN "+from+" ON v.id = w.id WHERE "+news+" ORDER BY w.id"+lock, list)
		if err != nil || len(ids) == 0 {
			return err
		}
		return tx.exec(ctx, "UPDATE webhooks AS w SET failing_since = CASE WHEN v.succeeded IS NULL THEN COALESCE(w.failing_since, "+
			d.instant("v.failing")+") ELSE "+d.instant("v.failing")+" END,"+
			" last_successful_at = COALESCE("+d.instant("v.succeeded")+", w.last_successful_at) FROM "+from+
			" WHERE w.id = v.id AND "+d.anyOf("w.id"), list, d.list(ids))
	})
}

func milliseconds(at *time.Time) *int64 {
	if at == nil {
		return nil
	}
	return new(at.UnixMilli())
}

// DisableWebhooks implements domain.Deliveries.
func (s *Store) DisableWebhooks(ctx context.Context, ids []string, reason domain.WebhookDisabledReason, now time.Time) (disabled []string, err error) {
	err = s.inTransaction(ctx, func(tx *Store) error {
		disabled, err = tx.ids(ctx, "UPDATE webhooks SET enabled = false, disabled_reason = ?, version = version + 1, updated_at = ? WHERE enabled AND "+
			tx.dialect.anyOf("id")+" RETURNING id", reason, now, tx.dialect.list(ids))
		return err
	})
	return disabled, err
}

// FailingWebhooks implements domain.Deliveries.
func (s *Store) FailingWebhooks(ctx context.Context, ids []string, since time.Time) ([]string, error) {
	return s.ids(ctx, "SELECT w.id FROM webhooks w WHERE w.enabled AND w.failing_since <= ? AND "+s.dialect.anyOf("w.id"), since, s.dialect.list(ids))
}

// EndDeliveries implements domain.Deliveries.
func (s *Store) EndDeliveries(ctx context.Context, webhookIDs []string, now time.Time) error {
	return s.exec(ctx, "UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL, last_error = ?, updated_at = ?"+
		" WHERE status = 'queued' AND "+s.dialect.anyOf("webhook_id")+" AND NOT (webhook_id"+deliverable+")",
		"not sent: the webhook is disabled", now, s.dialect.list(webhookIDs))
}

// PruneDeliveries implements domain.Deliveries.
func (s *Store) PruneDeliveries(ctx context.Context, status domain.DeliveryStatus, before time.Time, limit int) (int, error) {
	result := s.db.WithContext(ctx).Exec("DELETE FROM webhook_deliveries WHERE id IN (SELECT d.id FROM webhook_deliveries d"+
		" WHERE d.status = ? AND d.updated_at < ? ORDER BY d.updated_at LIMIT ?)", status, before, limit)
	return int(result.RowsAffected), translate(ctx, result.Error, "Delivery")
}

// WipeSecrets implements domain.Deliveries.
func (s *Store) WipeSecrets(ctx context.Context, now time.Time) error {
	return s.exec(ctx, "UPDATE webhooks SET previous_secret = NULL, previous_secret_until = NULL WHERE previous_secret_until <= ?", now)
}
