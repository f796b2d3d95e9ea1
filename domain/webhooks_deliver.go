package domain

import (
	"context"
	"fmt"
	"time"
)

// deliveryMargin is what is left of the time of a request after an attempt, to record and to answer.
const deliveryMargin = time.Second

// WebhookTest sends an event webhook:test to a webhook, also to a disabled one, and returns how that went.
func (s *Service) WebhookTest(ctx context.Context, who *Principal, id string) (*Delivery, error) {
	delivery, err := inTx(ctx, s.Store, func(tx Store) (*Delivery, error) {
		hook, err := s.webhookFor(ctx, tx, who, id, nil, tx.Load)
		if err == nil && s.Webhooks.Courier == nil {
			err = errNoCourier()
		}
		if err != nil {
			return nil, err
		}
		event, err := s.newEvent(who, outgoing{home: home{hook.OrganisationID, hook.WorkspaceID, ""}, Type: EventWebhookTest,
			Data: map[string]any{"webhookId": hook.ID}})
		if err != nil {
			return nil, err
		}
		if err := tx.Emit(ctx, event); err != nil {
			return nil, err
		}
		now := s.Now()
		delivery := &Delivery{ID: s.NewID(), WebhookID: hook.ID, WorkspaceID: hook.WorkspaceID, EventID: event.ID, EventType: event.Type,
			Status: DeliveryQueued, NextAttemptAt: &now, CreatedAt: now, UpdatedAt: now}
		return delivery, tx.Insert(ctx, delivery)
	})
	if err != nil {
		return nil, err
	}
	return s.deliver(ctx, delivery.ID)
}

// DeliveryPath names where a delivery has to be; a nil member says nothing.
type DeliveryPath struct{ WorkspaceID, WebhookID *string }

// WebhookDeliveryRetry makes one more attempt of a delivery that failed, now, and returns how that went. BAD_REQUEST
// unless it failed and its webhook is enabled.
func (s *Service) WebhookDeliveryRetry(ctx context.Context, who *Principal, id string, in DeliveryPath) (*Delivery, error) {
	delivery := &Delivery{ID: id}
	if err := s.Store.Load(ctx, delivery); err != nil {
		return nil, err
	}
	if in.WebhookID != nil && *in.WebhookID != delivery.WebhookID {
		return nil, NotFound("Delivery")
	}
	hook, err := s.webhookFor(ctx, s.Store, who, delivery.WebhookID, in.WorkspaceID, s.Store.Load)
	switch {
	case err != nil:
		return nil, err
	case delivery.Status != DeliveryFailed:
		return nil, BadRequest("Only a delivery that failed can be retried.")
	case !hook.Enabled:
		return nil, errDisabled()
	case s.Webhooks.Courier == nil:
		return nil, errNoCourier()
	}
	return s.deliver(ctx, id)
}

// deliver makes an attempt, which ends in time for an answer, and reads what came of it.
func (s *Service) deliver(ctx context.Context, id string) (*Delivery, error) {
	attempt, cancel := ctx, context.CancelFunc(func() {})
	if deadline, ok := ctx.Deadline(); ok {
		attempt, cancel = context.WithDeadline(ctx, deadline.Add(-deliveryMargin))
	}
	defer cancel()
	if err := s.Webhooks.Courier.Deliver(attempt, id); err != nil {
		return nil, fmt.Errorf("deliver: %w", err)
	}
	delivery := &Delivery{ID: id}
	return delivery, s.Store.Load(ctx, delivery)
}

// WebhookRedeliver queues everything again that failed since a moment, and returns how many deliveries that is.
func (s *Service) WebhookRedeliver(ctx context.Context, who *Principal, id string, since time.Time) (int, error) {
	count, err := inTx(ctx, s.Store, func(tx Store) (int, error) {
		hook, err := s.webhookFor(ctx, tx, who, id, nil, tx.Lock)
		if err != nil {
			return 0, err
		}
		if !hook.Enabled {
			return 0, errDisabled()
		}
		return tx.Requeue(ctx, id, since, s.Now())
	})
	if err == nil && count > 0 {
		s.wakeCourier()
	}
	return count, err
}

func (s *Service) wakeCourier() {
	if s.Webhooks.Courier != nil {
		s.Webhooks.Courier.Wake()
	}
}

func errNoCourier() error { return Unavailable("This process sends no webhooks.") }

func errDisabled() error { return BadRequest("The webhook is disabled; resume it first.") }
