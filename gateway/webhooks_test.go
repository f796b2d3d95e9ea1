package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/persistence/redis/redistest"
)

// TestWebhookEndToEnd makes a webhook and a card through GraphQL, and waits for what the receiver hears.
func TestWebhookEndToEnd(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			bodies := make(chan []byte, 100)
			receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body) // what breaks off is no JSON below
				bodies <- body
			}))
			defer receiver.Close()
			g := gatewaytest.New(t, backend)
			ctx, stop := context.WithCancel(t.Context())
			delivered := make(chan struct{})
			go func() { g.Deliver(ctx); close(delivered) }()
			defer func() { stop(); <-delivered }()

			ask := func(document string, variables map[string]any, into any) {
				t.Helper()
				answer := g.Query(g.Facts.WorkspaceKey, document, variables)
				if len(answer.Errors) > 0 {
					t.Fatalf("%+v", answer.Errors)
				}
				if err := json.Unmarshal(answer.Data, into); err != nil {
					t.Fatal(err)
				}
			}
			var made struct {
				WebhookCreate struct{ Webhook struct{ ID string } }
			}
			ask(`mutation($input: WebhookCreateInput!) { webhookCreate(input: $input) { secret webhook { id } } }`,
				map[string]any{"input": map[string]any{"workspaceId": g.Facts.WorkspaceID, "name": "Hook", "url": receiver.URL, "eventTypes": []string{"card:created"}}}, &made)
			var card struct {
				CardCreate struct{ Card struct{ ID string } }
			}
			ask(`mutation($board: ID!, $list: ID!) { cardCreate(input: { boardId: $board, listId: $list, title: "Heard" }) { card { id } } }`,
				map[string]any{"board": g.Facts.BoardID, "list": g.Facts.ListID}, &card)
			var heard struct {
				Type string
				Data struct{ Card struct{ ID string } }
			}
			if err := json.Unmarshal(<-bodies, &heard); err != nil || heard.Type != "card:created" || heard.Data.Card.ID != card.CardCreate.Card.ID {
				t.Errorf("heard %+v, %v", heard, err)
			}
			err := redistest.Eventually(t, func() error {
				var state struct {
					Webhook struct {
						Deliveries struct{ Nodes []struct{ Status string } }
					}
				}
				ask(`query($id: ID!) { webhook(id: $id) { deliveries(first: 5) { nodes { status } } } }`, map[string]any{"id": made.WebhookCreate.Webhook.ID}, &state)
				if nodes := state.Webhook.Deliveries.Nodes; len(nodes) != 1 || nodes[0].Status != "SUCCESS" {
					return errors.New("not recorded: " + nodes[0].Status)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
