package domain

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
)

// checkWebhook checks what a change says, as far as that needs nothing stored.
func (s *Service) checkWebhook(p WebhookPatch) error {
	var checks Checks
	if !p.Name.Set && !p.URL.Set && !p.EventTypes.Set && !p.BoardIDs.Set && !p.CardFilter.Set && !p.APIKeyID.Set && !p.Enabled.Set {
		checks.Add(Custom("give at least one member to change", "input"))
	}
	notNull(&checks, p.Name, "string", "input", "name")
	if p.Name.Value != nil {
		checks.Text(strings.TrimSpace(*p.Name.Value), 1, maxWebhookName, "input", "name")
	}
	notNull(&checks, p.URL, "string", "input", "url")
	if p.URL.Value != nil {
		s.checkWebhookURL(&checks, *p.URL.Value)
	}
	notNull(&checks, p.Enabled, "boolean", "input", "enabled")
	checks.EventTypes(p.EventTypes.Value, "input", "eventTypes")
	checks.Count(len(p.BoardIDs.Value), 0, maxWebhookBoards, "input", "boardIds")
	return checks.Err()
}

// EventTypes checks names of events: any that has the form of one, so that callers may know more of them than we do.
func (c *Checks) EventTypes(names []string, path ...any) {
	c.Count(len(names), 0, maxEventTypes, path...)
	for i, name := range names {
		at := append(slices.Clone(path), i)
		c.Text(name, 1, maxEventTypeName, at...)
		if !eventTypeForm.MatchString(name) {
			c.Add(WrongFormat("regex", "/"+eventTypePattern+"/", at...))
		}
	}
}

// checkWebhookURL asks the port, or where there is none, for an absolute http or https URL.
func (s *Service) checkWebhookURL(checks *Checks, raw string) {
	if s.Webhooks.CheckURL == nil {
		checks.Text(raw, 1, maxWebhookURL, "input", "url")
		if target, err := url.Parse(raw); err != nil || target.Host == "" || target.Scheme != "https" && target.Scheme != "http" {
			checks.Add(WrongFormat("url", "", "input", "url"))
		}
		return
	}
	if fault, ok := errors.AsType[*Error](s.Webhooks.CheckURL(raw)); ok {
		for _, issue := range fault.Issues {
			issue.Path = append([]any{"input"}, issue.Path...)
			checks.Add(issue)
		}
	}
}

// applyToWebhook writes what a change says to a webhook, and checks it against what is stored.
func (s *Service) applyToWebhook(ctx context.Context, tx Store, who *Principal, hook *Webhook, p WebhookPatch) error {
	if p.Name.Set {
		hook.Name = strings.TrimSpace(*p.Name.Value)
	}
	if p.URL.Set {
		hook.URL = *p.URL.Value
	}
	if p.EventTypes.Set {
		hook.EventTypes = unique(p.EventTypes.Value)
	}
	if p.BoardIDs.Set {
		hook.BoardIDs = unique(p.BoardIDs.Value)
		if err := boardsBelong(ctx, tx, hook); err != nil {
			return err
		}
	}
	if p.APIKeyID.Set {
		hook.APIKeyID = p.APIKeyID.Value
		if err := keyBelongs(ctx, tx, who, hook); err != nil {
			return err
		}
	}
	if p.CardFilter.Set {
		hook.CardFilter = p.CardFilter.Value
	}
	if !p.CardFilter.Set && !p.APIKeyID.Set || hook.CardFilter == nil {
		return nil
	}
	return s.filterHolds(ctx, tx, hook)
}

// boardsBelong refuses boards that are not of the workspace.
func boardsBelong(ctx context.Context, tx Store, hook *Webhook) error {
	boards, err := tx.Boards(ctx, hook.BoardIDs)
	if err != nil {
		return err
	}
	for _, id := range hook.BoardIDs {
		if boards[id] == nil || boards[id].WorkspaceID != hook.WorkspaceID {
			return BadRequest("There is no board " + id + " in the workspace.")
		}
	}
	return nil
}

// keyBelongs refuses a key that is revoked or of somebody else: a webhook takes keys of its workspace, personal keys of
// its organisation, and the caller's own.
func keyBelongs(ctx context.Context, tx Store, who *Principal, hook *Webhook) error {
	if hook.APIKeyID == nil {
		return nil
	}
	key := &APIKey{ID: *hook.APIKeyID}
	err := tx.Load(ctx, key)
	if err != nil && CodeOf(err) != CodeNotFound {
		return err
	}
	pinned := key.WorkspaceID != nil && *key.WorkspaceID == hook.WorkspaceID
	personal := key.Kind == PersonalKey && key.OrganisationID == hook.OrganisationID
	if err != nil || key.RevokedAt != nil || !pinned && !personal && key.ID != who.KeyID {
		return BadRequest("There is no API key " + *hook.APIKeyID + " for this workspace.")
	}
	return nil
}

// filterHolds asks the card filter once, for no card, as whom the webhook listens for.
func (s *Service) filterHolds(ctx context.Context, tx Store, hook *Webhook) error {
	inside := *s
	inside.Store = tx
	listeners, err := inside.Listeners(ctx, []*Webhook{hook})
	if err != nil {
		return err
	}
	if listeners[hook.ID] == nil {
		return BadRequest("The key that the webhook belongs to acts for nobody.")
	}
	q, err := inside.Search(ctx, listeners[hook.ID], CardSearch{Filter: hook.CardFilter, IncludeCompleted: true})
	if err != nil {
		return err
	}
	_, err = tx.MatchingCards(ctx, q, []string{hook.ID})
	return err
}

// Listeners returns by webhook whom each listens for: the key it belongs to, or its workspace as a whole. Webhooks whose
// key acts for nobody any more are left out. One statement, and none when no webhook belongs to a key.
func (s *Service) Listeners(ctx context.Context, hooks []*Webhook) (map[string]*Principal, error) {
	var keys []string
	for _, hook := range hooks {
		if hook.APIKeyID != nil {
			keys = append(keys, *hook.APIKeyID)
		}
	}
	principals, err := s.Store.PrincipalsByKeyID(ctx, unique(keys))
	if err != nil {
		return nil, err
	}
	listeners := make(map[string]*Principal, len(hooks))
	for _, hook := range hooks {
		if hook.APIKeyID == nil {
			listeners[hook.ID] = WorkspaceItself(hook.OrganisationID, hook.WorkspaceID)
		} else if who := principals[*hook.APIKeyID]; who != nil {
			listeners[hook.ID] = who
		}
	}
	return listeners, nil
}
