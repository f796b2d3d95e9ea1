package gateway_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"kanera.dev/gateway"
	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/persistence/redis/redistest"
)

// add makes a card with the workspace key and returns its id.
func add(t testing.TB, g *gatewaytest.Gateway, title string) string {
	t.Helper()
	answer := g.Do("POST", "/api/v1/boards/"+g.Facts.BoardID+"/lists/"+g.Facts.ListID+"/cards", g.Facts.WorkspaceKey, map[string]any{"title": title})
	if answer.Status != 201 {
		t.Fatalf("%d %s", answer.Status, answer.Body)
	}
	var card struct{ ID string }
	answer.Decode(t, &card)
	return card.ID
}

// configureLive is a configuration whose gateways can be asked how many subscriptions are open.
func configureLive(t testing.TB, backend gatewaytest.Backend) gateway.Config {
	t.Helper()
	config := gatewaytest.Configure(t, backend)
	config.MetricsToken = metricsToken
	return config
}

// opened waits until so many subscriptions are open.
func opened(t testing.TB, g *gatewaytest.Gateway, n int) {
	t.Helper()
	want := fmt.Sprintf("\nkanera_subscriptions_open %d\n", n)
	err := redistest.Eventually(t, func() error {
		if answer := g.Do("GET", "/metrics", metricsToken, nil); !strings.Contains(string(answer.Body), want) {
			return fmt.Errorf("not yet%s", want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func bearer(key string) http.Header { return http.Header{"Authorization": {"Bearer " + key}} }

// TestEveryWayToSubscribe hears of a new card by WebSocket and event stream, through each root field.
func TestEveryWayToSubscribe(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			g := gatewaytest.NewWith(t, configureLive(t, backend))
			w, streams, ids := connect(t, g, g.Facts.PersonalKey), map[string]*sse{}, map[string]string{}
			for name, d := range map[string]struct {
				query     string
				variables map[string]any
			}{
				"board":     {boardEvents, map[string]any{"board": g.Facts.BoardID}},
				"workspace": {workspaceEvents, map[string]any{"workspace": g.Facts.WorkspaceID, "types": []string{"card:created"}}},
				"cards":     {cardChanged, map[string]any{"filter": map[string]any{"title": map[string]any{"eq": "Heard"}}}},
			} {
				w.subscribe(name, d.query, d.variables)
				streams[name] = stream(t, g, bearer(g.Facts.WorkspaceKey), d.query, d.variables)
				if status := streams[name].answer.StatusCode; status != 200 {
					t.Fatalf("%s: %d", name, status)
				}
			}
			opened(t, g, 6)
			card := add(t, g, "Heard")
			for len(ids) < 3 {
				f := w.hear()
				e, err := eventIn(f.Payload)
				if ids[f.ID] != "" {
					continue // a second event, before another subscription had its first
				}
				if err != nil || e.Type != "card:created" || e.Card == nil || e.Card.ID != card || e.Card.Title != "Heard" || e.Actor.Kind != "API_KEY" || e.Data["card"] == nil {
					t.Errorf("%s: heard %s", f.ID, f.Payload)
				}
				ids[f.ID] = e.ID
			}
			for name, s := range streams {
				b := s.event()
				e, err := eventIn([]byte(b["data"]))
				if err != nil || e.ID != ids[name] || b["id"] != e.Cursor || b["event"] != "next" {
					t.Errorf("%s: streamed %+v", name, b)
				}
			}
		})
	}
}
