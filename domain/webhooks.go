package domain

import (
	"context"
	"regexp"
)

const (
	maxWebhooks      = 100 // of a workspace
	maxWebhookName   = 120
	maxWebhookURL    = 2000
	maxEventTypes    = 200 // of a webhook; there are fewer
	maxEventTypeName = 120
	maxWebhookBoards = 200
	maxSecretOverlap = 7 * 24 // hours
	eventTypePattern = `^[A-Za-z]+(:[A-Za-z]+)+$`
)

var eventTypeForm = regexp.MustCompile(eventTypePattern)

// WebhookCreateInput is a new webhook.
type WebhookCreateInput struct {
	WorkspaceID string
	Name        string
	URL         string
	EventTypes  []string // empty: all
	BoardIDs    []string // empty: all
	CardFilter  *CardFilter
	APIKeyID    *string
	Enabled     *bool // nil: true
}

// WebhookPatch is a change to a webhook. Card filter and key may be null, which ends them.
type WebhookPatch struct {
	Name            Opt[*string]
	URL             Opt[*string]
	EventTypes      Opt[[]string]
	BoardIDs        Opt[[]string]
	CardFilter      Opt[*CardFilter]
	APIKeyID        Opt[*string]
	Enabled         Opt[*bool]
	ExpectedVersion *int
}

// Webhook returns a webhook of a workspace that the caller administers. in names the workspace it has to be in
// (else NOT_FOUND); nil: any.
func (s *Service) Webhook(ctx context.Context, who *Principal, id string, in *string) (*Webhook, error) {
	return s.webhookFor(ctx, s.Store, who, id, in, s.Store.Load)
}

// webhookFor reads a webhook with read, which is Load or Lock of the transaction, and judges that the caller administers
// its workspace.
func (s *Service) webhookFor(ctx context.Context, tx Store, who *Principal, id string, in *string, read func(context.Context, any) error) (*Webhook, error) {
	hook := &Webhook{ID: id}
	if err := read(ctx, hook); err != nil {
		return nil, err
	}
	if in != nil && *in != hook.WorkspaceID {
		return nil, NotFound("Webhook")
	}
	_, err := s.workspaceFor(ctx, tx, who, hook.WorkspaceID, adminWorkspace)
	return hook, err
}

// WebhookCreate makes a webhook that hears of everything that happens from now on. The secret is known only now: it
// cannot be read again. A workspace has at most 100 webhooks.
func (s *Service) WebhookCreate(ctx context.Context, who *Principal, in WebhookCreateInput) (secret string, hook *Webhook, err error) {
	patch := WebhookPatch{Name: Some(&in.Name), URL: Some(&in.URL), EventTypes: Some(in.EventTypes), BoardIDs: Some(in.BoardIDs),
		CardFilter: Some(in.CardFilter), APIKeyID: Some(in.APIKeyID)}
	if err := s.checkWebhook(patch); err != nil {
		return "", nil, err
	}
	now := s.Now()
	hook = &Webhook{ID: s.NewID(), CreatedByID: who.UserID, Enabled: true, Version: 1, CreatedAt: now, UpdatedAt: now}
	if in.Enabled != nil && !*in.Enabled {
		hook.disable(DisabledByUser)
	}
	if secret, err = s.seal(hook); err != nil {
		return "", nil, err
	}
	hook, err = inTx(ctx, s.Store, func(tx Store) (*Webhook, error) {
		workspace, err := s.workspaceFor(ctx, tx, who, in.WorkspaceID, adminWorkspace)
		if err != nil {
			return nil, err
		}
		hook.OrganisationID, hook.WorkspaceID = workspace.OrganisationID, workspace.ID
		if err := s.roomForWebhook(ctx, tx, workspace); err != nil {
			return nil, err
		}
		if err := s.applyToWebhook(ctx, tx, who, hook, patch); err != nil {
			return nil, err
		}
		return hook, s.insertWebhook(ctx, tx, hook)
	})
	return secret, hook, err
}

// roomForWebhook refuses one webhook too many. It locks the workspace, so that two are not let in at once.
func (s *Service) roomForWebhook(ctx context.Context, tx Store, workspace *Workspace) error {
	if err := tx.Lock(ctx, workspace); err != nil {
		return err
	}
	counts, err := tx.CountWebhooks(ctx, []string{workspace.ID})
	if err == nil && counts[workspace.ID] >= maxWebhooks {
		err = BadRequest("A workspace has at most 100 webhooks.")
	}
	return err
}

// insertWebhook inserts a webhook with its cursor behind the last event.
func (s *Service) insertWebhook(ctx context.Context, tx Store, hook *Webhook) error {
	last, err := tx.LastSequences(ctx, []string{hook.WorkspaceID})
	if err != nil {
		return err
	}
	if err := tx.Insert(ctx, hook); err != nil {
		return err
	}
	return tx.Insert(ctx, &WebhookCursor{WebhookID: hook.ID, WorkspaceID: hook.WorkspaceID, Planned: last[hook.WorkspaceID]})
}

// WebhookUpdate changes a webhook. Enabling it skips what was missed. A change of what it hears holds for events that are
// not queued for it yet.
func (s *Service) WebhookUpdate(ctx context.Context, who *Principal, id string, in *string, patch WebhookPatch) (*Webhook, error) {
	if err := s.checkWebhook(patch); err != nil {
		return nil, err
	}
	return s.changeWebhook(ctx, who, id, in, func(tx Store, hook *Webhook) error {
		if err := matchVersion(patch.ExpectedVersion, hook.Version); err != nil {
			return err
		}
		if err := s.applyToWebhook(ctx, tx, who, hook, patch); err != nil {
			return err
		}
		switch {
		case !patch.Enabled.Set || *patch.Enabled.Value == hook.Enabled:
			return nil
		case hook.Enabled:
			hook.disable(DisabledByUser)
			return nil
		}
		return s.enable(ctx, tx, hook, false)
	})
}

// changeWebhook locks a webhook, changes it and writes it.
func (s *Service) changeWebhook(ctx context.Context, who *Principal, id string, in *string, change func(tx Store, hook *Webhook) error) (*Webhook, error) {
	return inTx(ctx, s.Store, func(tx Store) (*Webhook, error) {
		hook, err := s.webhookFor(ctx, tx, who, id, in, tx.Lock)
		if err != nil {
			return nil, err
		}
		if err := change(tx, hook); err != nil {
			return nil, err
		}
		hook.UpdatedAt = s.Now()
		return hook, tx.Update(ctx, hook)
	})
}

// WebhookDelete deletes a webhook with its deliveries, for good. Naming its workspace makes repeating it no error.
func (s *Service) WebhookDelete(ctx context.Context, who *Principal, id string, in *string) error {
	return s.Store.InTx(ctx, func(tx Store) error {
		if in != nil {
			if _, err := s.workspaceFor(ctx, tx, who, *in, adminWorkspace); err != nil {
				return err
			}
		}
		err := tx.Lock(ctx, &WebhookCursor{WebhookID: id}) // before the webhook, as planning does
		if in != nil && CodeOf(err) == CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		hook, err := s.webhookFor(ctx, tx, who, id, in, tx.Lock)
		if err != nil {
			return err
		}
		return tx.Delete(ctx, hook)
	})
}
