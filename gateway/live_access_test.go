package gateway_test

import (
	"errors"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/persistence/redis"
	"kanera.dev/persistence/redis/redistest"
)

// editable returns the first card that can be changed and fits.
func editable(t *testing.T, cards []*domain.Card, fits func(*domain.Card) bool) *domain.Card {
	t.Helper()
	for _, card := range cards {
		if card.ArchivedAt == nil && fits(card) {
			return card
		}
	}
	t.Fatal("the demo has no such card")
	return nil
}

// TestOnlyVisibleCardsAreHeard changes cards that a person sees and cards that they do not, also on boards where they
// only see what is assigned to them, through each subscription that they can open.
func TestOnlyVisibleCardsAreHeard(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			g := gatewaytest.New(t, backend)
			for _, name := range []string{"Leo Brandt", "Noor Haddad"} {
				e := look(t, g, name)
				for _, shown := range e.visible {
					if shown.ArchivedAt != nil {
						continue
					}
					hidden := editable(t, e.hidden, func(c *domain.Card) bool { return c.WorkspaceID == shown.WorkspaceID })
					streams := map[string]*sse{
						"cards": stream(t, g, bearer(e.key), cardChanged, nil),
						"board": stream(t, g, bearer(e.key), boardEvents, map[string]any{"board": shown.BoardID}),
					}
					rename(t, g, hidden.ID, "Nobody's business "+hidden.ID)
					rename(t, g, shown.ID, "Heard of "+shown.ID)
					for door, s := range streams {
						b := s.event()
						heard, err := eventIn([]byte(b["data"]))
						if err != nil || heard.Card == nil || heard.Card.ID != shown.ID {
							t.Errorf("%s by %s: %v %s", name, door, err, b["data"])
						}
						e.mustHide(t, door, []byte(b["data"]))
						s.stop()
					}
					break
				}
			}
		})
	}
}

// TestRevokedKeysHearNothing ends their subscriptions although nothing happens, with and without a bus that tells.
func TestRevokedKeysHearNothing(t *testing.T) {
	t.Parallel()
	for name, shared := range map[string]bool{"told": true, "looked up": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := configureLive(t, gatewaytest.SQLite)
			var bus domain.Bus
			if shared {
				config.RedisURL = redistest.Start(t).URL
				client, err := redis.Open(t.Context(), config.RedisURL)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = client.Close() })
				bus = redis.NewBus(client)
			}
			g := gatewaytest.NewWith(t, config)
			secret, revoke := revocable(t, g, bus)
			board := map[string]any{"board": g.Facts.BoardID}
			w := connect(t, g, secret)
			w.subscribe("1", boardEvents, board)
			s := stream(t, g, bearer(secret), boardEvents, board)
			opened(t, g, 2)
			revoked := revoke()
			if code := w.code("1"); code != "UNAUTHORIZED" {
				t.Error(code)
			}
			t.Logf("ended after %s", time.Since(revoked))
			if _, err := eventIn([]byte(s.event()["data"])); err == nil || s.event()["event"] != "complete" {
				t.Errorf("the stream goes on: %v", err)
			}
			w.subscribe("2", `{ viewer { user { id } } }`, nil)
			if code := w.code("2"); code != "UNAUTHORIZED" {
				t.Error(code)
			}
			opened(t, g, 0)
		})
	}
}

// TestForeignEventsAreNotHeard tries the ids of another organisation in every place that a subscription has for one.
func TestForeignEventsAreNotHeard(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			w := newTenants(t, gatewaytest.New(t, backend))
			for _, key := range []string{w.Facts.WorkspaceKey, w.Facts.PersonalKey} {
				conn := connect(t, w.Gateway, key)
				conn.subscribe("board", boardEvents, map[string]any{"board": w.foreign[aBoard]})
				conn.subscribe("workspace", workspaceEvents, map[string]any{"workspace": w.foreign[aWorkspace], "since": "0"})
				for range 2 {
					f := conn.hear()
					if f.Type != "error" || string(f.Payload) == "" {
						t.Errorf("%+v %s", f, f.Payload)
					}
					w.mustNotLeak(t, f.ID, "", &gatewaytest.Answer{Data: f.Payload})
				}
				s := stream(t, w.Gateway, bearer(key), cardChanged, nil)
				named := stream(t, w.Gateway, bearer(key), cardChanged, map[string]any{"filter": map[string]any{"or": []any{
					map[string]any{"board": map[string]any{"id": map[string]any{"eq": w.foreign[aBoard]}}},
					map[string]any{"title": map[string]any{"eq": "Ours"}}}}})
				foreign := &domain.Card{ID: w.foreign[aCard]}
				if err := w.service.Store.Load(t.Context(), foreign); err != nil {
					t.Fatal(err)
				}
				err := w.service.Store.Emit(t.Context(), &domain.Event{ID: domain.NewID(), OrganisationID: foreign.OrganisationID, WorkspaceID: foreign.WorkspaceID,
					BoardID: &foreign.BoardID, CardID: &foreign.ID, Type: "card:updated", Data: []byte(`{}`), ActorKind: domain.ActorSystem, OccurredAt: domain.SystemClock()})
				ours := add(t, w.Gateway, "Ours")
				for _, s := range []*sse{s, named} {
					e, problem := eventIn([]byte(s.event()["data"]))
					if err := errors.Join(err, problem); err != nil || e.Card == nil || e.Card.ID != ours {
						t.Errorf("%v: %+v", err, e)
					}
				}
			}
		})
	}
}
