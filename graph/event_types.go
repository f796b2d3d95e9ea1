package graph

import (
	"context"

	"kanera.dev/domain"
)

// WebhookEventTypes lists the names that events have.
func (q queries) WebhookEventTypes(context.Context) (*WebhookEventTypes, error) {
	return &WebhookEventTypes{EventTypes: domain.PublicEventTypes(), Sent: domain.SentEventTypes()}, nil
}
