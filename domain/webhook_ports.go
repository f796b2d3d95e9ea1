package domain

import (
	"context"
	"time"
)

// Webhooks reads webhooks and what was delivered to them.
type Webhooks interface {
	Webhooks(ctx context.Context, ids []string) (map[string]*Webhook, error)
	// WebhooksOf returns a page of the webhooks of each workspace, newest first.
	WebhooksOf(ctx context.Context, workspaceIDs []string, page Page) (map[string]PageOf[*Webhook], error)
	CountWebhooks(ctx context.Context, workspaceIDs []string) (map[string]int, error)
	// DisableWebhooksOf disables the enabled webhooks of a key because it was revoked.
	DisableWebhooksOf(ctx context.Context, keyID string, now time.Time) error

	// DeliveriesOf returns a page of the deliveries to each webhook, newest first; those of one status unless it is nil.
	DeliveriesOf(ctx context.Context, webhookIDs []string, status *DeliveryStatus, page Page) (map[string]PageOf[*Delivery], error)
	CountDeliveries(ctx context.Context, webhookIDs []string, status *DeliveryStatus) (map[string]int, error)
	// AttemptsOf returns the attempts of deliveries, first one first.
	AttemptsOf(ctx context.Context, deliveryIDs []string) (map[string][]*Attempt, error)
	// Requeue queues the deliveries to a webhook again that failed since a moment, all but tests, and returns how many.
	Requeue(ctx context.Context, webhookID string, since, now time.Time) (int, error)
}

// WebhookPorts are what the use cases of webhooks need of the world.
type WebhookPorts struct {
	Vault     Vault                  // nil: no secrets can be made
	Courier   Courier                // nil: nothing is sent
	NewSecret func() string          // a secret nobody can guess
	CheckURL  func(url string) error // VALIDATION with issues below "url"; nil: any http or https URL
}

// Courier sends deliveries.
type Courier interface {
	// Deliver makes one attempt now, also when none is due or the webhook is disabled, and returns once it is recorded.
	// That it failed is no error. When ctx ends first, the attempt counts as timed out and is recorded all the same.
	Deliver(ctx context.Context, deliveryID string) error
	// Wake makes it look for deliveries that were queued again. It does not block.
	Wake()
}
