package domain

import "context"

// WebhookPause stops deliveries until somebody resumes the webhook. One that is disabled already stays as it is.
func (s *Service) WebhookPause(ctx context.Context, who *Principal, id string) (*Webhook, error) {
	return s.changeWebhook(ctx, who, id, nil, func(_ Store, hook *Webhook) error {
		if hook.Enabled {
			hook.disable(DisabledByUser)
		}
		return nil
	})
}

// WebhookResume enables a webhook, whyever it was disabled. With replayMissed it hears of what happened meanwhile, as far
// as those events are still kept. BAD_REQUEST while its key is revoked.
func (s *Service) WebhookResume(ctx context.Context, who *Principal, id string, replayMissed bool) (*Webhook, error) {
	hook, err := s.changeWebhook(ctx, who, id, nil, func(tx Store, hook *Webhook) error {
		return s.enable(ctx, tx, hook, replayMissed)
	})
	if err == nil && replayMissed {
		s.wakeCourier()
	}
	return hook, err
}

func (w *Webhook) disable(reason WebhookDisabledReason) {
	w.Enabled, w.DisabledReason = false, &reason
}

// enable enables a webhook. Unless it hears of what it missed, its cursor goes behind the last event.
func (s *Service) enable(ctx context.Context, tx Store, hook *Webhook, replayMissed bool) error {
	if hook.Enabled {
		return nil
	}
	if hook.APIKeyID != nil {
		key := &APIKey{ID: *hook.APIKeyID}
		if err := tx.Load(ctx, key); err != nil {
			return err
		}
		if key.RevokedAt != nil {
			return BadRequest("The key that the webhook belongs to is revoked.")
		}
	}
	hook.Enabled, hook.DisabledReason, hook.FailingSince = true, nil, nil
	if replayMissed {
		return nil
	}
	cursor := &WebhookCursor{WebhookID: hook.ID}
	if err := tx.Lock(ctx, cursor); err != nil {
		return err
	}
	last, err := tx.LastSequences(ctx, []string{hook.WorkspaceID})
	if err != nil {
		return err
	}
	cursor.Planned = last[hook.WorkspaceID]
	return tx.Update(ctx, cursor)
}
