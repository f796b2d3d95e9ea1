package gateway_test

import (
	"testing"
	"time"

	"kanera.dev/domain"
)

// makeWebhooks gives every workspace of the viewer some webhooks with deliveries and attempts.
func (c *counter) makeWebhooks(t *testing.T) {
	t.Helper()
	page := domain.Page{ByRow: true, All: true}
	workspaces, err := c.service.Store.VisibleWorkspaces(t.Context(), c.who, page)
	if err != nil {
		t.Fatal(err)
	}
	for _, workspace := range workspaces.Nodes {
		boards, err := c.service.Store.WorkspaceBoardsOf(t.Context(), []string{workspace.ID}, page)
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			now := c.service.Now()
			hook := &domain.Webhook{ID: domain.NewID(), OrganisationID: workspace.OrganisationID, WorkspaceID: workspace.ID, APIKeyID: &c.who.KeyID,
				CreatedByID: c.who.UserID, Name: "Counted", URL: "https://hooks.test/", Secret: []byte{1}, EventTypes: []string{"card:moved"},
				BoardIDs: []string{boards[workspace.ID].Nodes[0].ID}, CardFilter: &domain.CardFilter{}, Enabled: true, CreatedAt: now, UpdatedAt: now}
			c.insert(t, hook)
			c.deliverTo(t, hook)
		}
	}
}

// deliverTo tells of deliveries to a webhook that never were.
func (c *counter) deliverTo(t *testing.T, hook *domain.Webhook) {
	t.Helper()
	for range 4 {
		event := &domain.Event{ID: domain.NewID(), OrganisationID: hook.OrganisationID, WorkspaceID: hook.WorkspaceID, Type: "list:deleted",
			Data: []byte(`{}`), ActorKind: domain.ActorSystem, OccurredAt: hook.CreatedAt}
		if err := c.service.Store.Emit(t.Context(), event); err != nil {
			t.Fatal(err)
		}
		delivery := &domain.Delivery{ID: domain.NewID(), WebhookID: hook.ID, WorkspaceID: hook.WorkspaceID, EventID: event.ID, EventType: event.Type,
			Status: domain.DeliveryFailed, CreatedAt: hook.CreatedAt, UpdatedAt: hook.UpdatedAt}
		c.insert(t, delivery)
		for number := range 3 {
			c.insert(t, &domain.Attempt{DeliveryID: delivery.ID, Number: number + 1, At: hook.CreatedAt.Add(time.Duration(number) * time.Second)})
		}
	}
}

func (c *counter) insert(t *testing.T, row any) {
	t.Helper()
	if err := c.service.Store.Insert(t.Context(), row); err != nil {
		t.Fatal(err)
	}
}
