package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"kanera.dev/domain"
)

type webhookResolver struct{ service *domain.Service }

func (webhookResolver) Workspace(ctx context.Context, w *domain.Webhook) (*domain.Workspace, error) {
	return loadersOf(ctx).workspace.Load(ctx, w.WorkspaceID)
}

func (webhookResolver) Boards(ctx context.Context, w *domain.Webhook) ([]*domain.Board, error) {
	return many(ctx, &loadersOf(ctx).board, w.BoardIDs)
}

func (webhookResolver) CardFilter(_ context.Context, w *domain.Webhook) (json.RawMessage, error) {
	if w.CardFilter == nil {
		return nil, nil
	}
	raw, err := json.Marshal(w.CardFilter)
	if err != nil {
		return nil, fmt.Errorf("filter of webhook %s: %w", w.ID, err)
	}
	return raw, nil
}

func (webhookResolver) APIKey(ctx context.Context, w *domain.Webhook) (*domain.APIKey, error) {
	if w.APIKeyID == nil {
		return nil, nil
	}
	return loadersOf(ctx).apiKey.Load(ctx, *w.APIKeyID)
}

func (webhookResolver) CreatedBy(ctx context.Context, w *domain.Webhook) (*domain.User, error) {
	return loadersOf(ctx).user.Load(ctx, w.CreatedByID)
}

func (r webhookResolver) Deliveries(ctx context.Context, w *domain.Webhook, first *int, after *string, status *domain.DeliveryStatus) (*WebhookDeliveryConnection, error) {
	page, err := pageOf(first, after, nil)
	if err != nil {
		return nil, err
	}
	store := r.service.Store
	return connect(ctx, &loadersOf(ctx).deliveries, w.ID, byPage(page,
		func(ctx context.Context, ids []string, page domain.Page) (map[string]domain.PageOf[*domain.Delivery], error) {
			return store.DeliveriesOf(ctx, ids, status, page)
		},
		func(ctx context.Context, ids []string) (map[string]int, error) {
			return store.CountDeliveries(ctx, ids, status)
		}))
}

func (r workspaceResolver) Webhooks(ctx context.Context, w *domain.Workspace, first *int, after *string) (*WebhookConnection, error) {
	page, err := pageOf(first, after, nil)
	if err != nil {
		return nil, err
	}
	role, err := loadersOf(ctx).workspaceRole.Load(ctx, w.ID)
	if err != nil {
		return nil, err
	}
	if role != domain.WorkspaceAdmin {
		return nil, domain.Forbidden("Only admins of a workspace see its webhooks.")
	}
	return connect(ctx, &loadersOf(ctx).webhooks, w.ID, byPage(page, r.service.Store.WebhooksOf, r.service.Store.CountWebhooks))
}

type deliveryResolver struct{}

func (deliveryResolver) Webhook(ctx context.Context, d *domain.Delivery) (*domain.Webhook, error) {
	return loadersOf(ctx).webhook.Load(ctx, d.WebhookID)
}

func (deliveryResolver) Payload(ctx context.Context, d *domain.Delivery) (json.RawMessage, error) {
	event, err := loadersOf(ctx).event.Load(ctx, d.EventID)
	if err != nil || event == nil {
		return nil, err
	}
	return event.Envelope()
}

func (deliveryResolver) AttemptHistory(ctx context.Context, d *domain.Delivery) ([]*domain.Attempt, error) {
	return loadersOf(ctx).attemptsOf.Load(ctx, d.ID)
}

func (q queries) Webhook(ctx context.Context, id string, workspaceID *string) (*domain.Webhook, error) {
	return q.service.Webhook(ctx, domain.PrincipalFrom(ctx), id, workspaceID)
}

func (m mutation) WebhookCreate(ctx context.Context, in domain.WebhookCreateInput) (*WebhookCreatePayload, error) {
	secret, hook, err := m.service.WebhookCreate(ctx, domain.PrincipalFrom(ctx), in)
	return &WebhookCreatePayload{Secret: secret, Webhook: hook}, err
}

func (m mutation) WebhookUpdate(ctx context.Context, id string, in WebhookUpdateInput, workspaceID *string) (*WebhookUpdatePayload, error) {
	hook, err := m.service.WebhookUpdate(ctx, domain.PrincipalFrom(ctx), id, workspaceID, domain.WebhookPatch{
		Name: opt(in.Name), URL: opt(in.URL), EventTypes: opt(in.EventTypes), BoardIDs: opt(in.BoardIds), CardFilter: opt(in.CardFilter),
		APIKeyID: opt(in.APIKeyID), Enabled: opt(in.Enabled), ExpectedVersion: in.ExpectedVersion.Value()})
	return &WebhookUpdatePayload{Webhook: hook}, err
}

func (m mutation) WebhookRotateSecret(ctx context.Context, id string, overlapHours *int, workspaceID *string) (*WebhookRotateSecretPayload, error) {
	secret, hook, err := m.service.WebhookRotateSecret(ctx, domain.PrincipalFrom(ctx), id, workspaceID, orZero(overlapHours))
	return &WebhookRotateSecretPayload{Secret: secret, Webhook: hook}, err
}

func (m mutation) WebhookPause(ctx context.Context, id string) (*WebhookPausePayload, error) {
	hook, err := m.service.WebhookPause(ctx, domain.PrincipalFrom(ctx), id)
	return &WebhookPausePayload{Webhook: hook}, err
}

func (m mutation) WebhookResume(ctx context.Context, id string, replayMissed *bool) (*WebhookResumePayload, error) {
	hook, err := m.service.WebhookResume(ctx, domain.PrincipalFrom(ctx), id, orZero(replayMissed))
	return &WebhookResumePayload{Webhook: hook}, err
}

func (m mutation) WebhookDelete(ctx context.Context, id string, workspaceID *string) (*WebhookDeletePayload, error) {
	return &WebhookDeletePayload{DeletedID: id}, m.service.WebhookDelete(ctx, domain.PrincipalFrom(ctx), id, workspaceID)
}

func (m mutation) WebhookTest(ctx context.Context, id string) (*WebhookTestPayload, error) {
	delivery, err := m.service.WebhookTest(ctx, domain.PrincipalFrom(ctx), id)
	return &WebhookTestPayload{Delivery: delivery}, err
}

func (m mutation) WebhookDeliveryRetry(ctx context.Context, id string, webhookID, workspaceID *string) (*WebhookDeliveryRetryPayload, error) {
	in := domain.DeliveryPath{WorkspaceID: workspaceID, WebhookID: webhookID}
	delivery, err := m.service.WebhookDeliveryRetry(ctx, domain.PrincipalFrom(ctx), id, in)
	return &WebhookDeliveryRetryPayload{Delivery: delivery}, err
}

func (m mutation) WebhookRedeliver(ctx context.Context, id string, since time.Time) (*WebhookRedeliverPayload, error) {
	count, err := m.service.WebhookRedeliver(ctx, domain.PrincipalFrom(ctx), id, since)
	return &WebhookRedeliverPayload{Count: count}, err
}
