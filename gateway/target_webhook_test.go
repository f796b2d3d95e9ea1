package gateway_test

import (
	"slices"
	"testing"
)

func testAddWebhook(t *testing.T, k known) {
	const url = "http://127.0.0.1:1/chat"
	var got struct {
		WebhookCreate struct {
			Secret  string
			Webhook struct {
				ID, Name, URL string
				EventTypes    []string
				Enabled       bool
				Deliveries    struct{ Nodes []identified }
			}
		}
	}
	target(t, k.Gateway, "AddWebhook", map[string]any{"workspace": k.Facts.WorkspaceID, "url": url}, &got)
	hook := got.WebhookCreate.Webhook
	if len(got.WebhookCreate.Secret) < 40 || hook.ID == "" || hook.Name != "Chat" || hook.URL != url || !hook.Enabled ||
		!slices.Equal(hook.EventTypes, []string{"card:created", "card:moved"}) || len(hook.Deliveries.Nodes) != 0 {
		t.Errorf("got %+v", got)
	}
}
