package webhook

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

func TestWhoHears(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		s.User("ben")
		s.OrganisationMember("Acme", "ben", domain.OrganisationMember)
		open, shut := s.Board(s.work, "Open", 0), s.Board(s.work, "Shut", 1)
		s.WorkspaceMember("Work", "ben", domain.WorkspaceMemberRole)
		s.BoardMember("Open", "ben", domain.BoardEditor, false)
		s.List(s.work, "Todo", 0)
		first, second := s.Card(open, "Todo", "ada", "First", 1), s.Card(shut, "Todo", "ada", "Second", 2)
		key := func(name string, revoked *time.Time) func(*domain.Webhook) {
			s.Insert(&domain.APIKey{ID: storetest.ID(name), OrganisationID: s.work.OrganisationID, Kind: domain.PersonalKey, Scope: domain.ScopeWrite,
				Hash: name, CreatedByID: storetest.ID("ben"), RevokedAt: revoked, CreatedAt: storetest.Start, UpdatedAt: storetest.Start})
			return func(w *domain.Webhook) { w.APIKeyID = new(storetest.ID(name)) }
		}
		hooks := []*domain.Webhook{
			s.hook("all", nil),
			s.hook("moves", func(w *domain.Webhook) { w.EventTypes = []string{"card:moved"} }),
			s.hook("shut", func(w *domain.Webhook) { w.BoardIDs = []string{shut.ID} }),
			s.hook("first", func(w *domain.Webhook) {
				w.CardFilter = &domain.CardFilter{Title: &domain.StringFilter{Eq: new("First")}}
			}),
			s.hook("ben", key("living", nil)),
			s.hook("revoked", key("dead", new(storetest.Start))),
			s.hook("paused", func(w *domain.Webhook) { w.Enabled, w.DisabledReason = false, new(domain.DisabledByUser) }),
		}
		for _, row := range []struct {
			kind  string
			board *domain.Board
			card  *domain.Card
			heard []string
		}{
			{"list:deleted", nil, nil, []string{"all", "ben"}},
			{"card:moved", open, first, []string{"all", "ben", "first", "moves"}},
			{"card:moved", shut, second, []string{"all", "moves", "shut"}},
			{"card:updated", shut, second, []string{"all", "shut"}},
			{domain.EventWebhookTest, nil, nil, nil},
		} {
			s.happen(1, func(e *domain.Event) {
				e.Type = row.kind
				if row.board != nil {
					e.BoardID, e.CardID = &row.board.ID, &row.card.ID
				}
			})
			s.plan()
			s.deliver()
			var heard []string
			for name := range s.heard() {
				heard = append(heard, name)
			}
			slices.Sort(heard)
			check(t, row.kind, heard, row.heard)
		}
		check(t, "of the paused one", len(s.deliveries(hooks[6])), 0)
	})
}

func TestPlannedOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		const events, processes = 60, 3
		hooks := []*domain.Webhook{s.hook("one", nil), s.hook("two", nil)}
		var group sync.WaitGroup
		for range processes {
			other := s.process(s.service)
			group.Go(func() {
				for range events / processes {
					if err := s.store.Emit(t.Context(), &domain.Event{ID: domain.NewID(), OrganisationID: s.work.OrganisationID, WorkspaceID: s.work.ID,
						Type: "list:deleted", Data: []byte(`{}`), ActorKind: domain.ActorSystem, OccurredAt: s.clock.Now()}); err != nil {
						t.Error(err)
					}
					if _, err := other.planner.runOnce(t.Context(), []string{s.work.ID}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		check(t, "attempts", s.deliver(), events*len(hooks))
		check(t, "heard", s.heard(), map[string]int{"one": events, "two": events})
		check(t, "nothing is left", must(s.store.LaggingWorkspaces(t.Context(), nil, 10))(t), nil)
	})
}

func TestReplay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		const missed = 2*plannedAtOnce + 7
		late := s.hook("late", nil)
		s.happen(missed, nil)
		near := s.hook("near", nil)
		s.happen(1, nil)
		again, err := s.planner.runOnce(t.Context(), nil)
		check(t, "plan", err, nil)
		check(t, "there is more", again, []string{s.work.ID})
		check(t, "who is near does not wait", len(s.deliveries(near)), 1)
		check(t, "who is far has begun", len(s.deliveries(late)), plannedAtOnce)
		s.plan()
		check(t, "attempts", s.deliver(), missed+2)
		check(t, "heard", s.heard(), map[string]int{"late": missed + 1, "near": 1})
	})
}

func TestEventsThatAreNoLongerKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		hook := s.hook("hook", nil)
		queued := s.happen(1, nil)[0]
		s.plan()
		s.happen(2, nil)
		for range 3 {
			n, err := s.store.PruneEvents(t.Context(), s.clock.Now().Add(time.Hour), 1)
			check(t, "prune", []any{n, err}, []any{1, nil})
		}
		s.plan()
		check(t, "nothing to plan", must(s.store.LaggingWorkspaces(t.Context(), nil, 10))(t), nil)
		check(t, "attempts", s.deliver(), 1)
		got := s.deliveries(hook)
		check(t, "deliveries", len(got), 1)
		check(t, "what was queued", []any{got[0].EventID, got[0].Status, *got[0].LastError}, []any{queued.ID, domain.DeliveryFailed, "the event is no longer kept"})
		check(t, "sent", len(s.heard()), 0)
	})
}

// TestOrder shows that deliveries are handed out in the order of events, and that receivers can tell it.
func TestOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		s.hook("hook", nil)
		s.happen(100, nil)
		s.plan()
		due, _, err := s.queue.Claim(t.Context(), 100, time.Minute)
		check(t, "claim", err, nil)
		ids := make([]string, len(due))
		for i, d := range due {
			ids[i] = d.DeliveryID
		}
		found := must(s.store.Dispatches(t.Context(), ids))(t)
		for i, id := range ids {
			var body struct{ Sequence int64 }
			raw, err := found[id].Event.Envelope()
			check(t, "envelope", err, nil)
			check(t, "envelope", json.Unmarshal(raw, &body), nil)
			check(t, "sequence", body.Sequence, int64(i+1))
		}
	})
}

func TestStatementsOfPlanning(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		s.Board(s.work, "Open", 0)
		for _, name := range []string{"a", "b", "c"} {
			s.hook(name, nil)
		}
		statements := func(events int) int64 {
			s.happen(events, func(e *domain.Event) { e.BoardID = new(storetest.ID("Open")) })
			ctx, count := persistence.CountStatements(t.Context())
			_, err := s.planner.runOnce(ctx, []string{s.work.ID})
			check(t, "plan", err, nil)
			return count.Load()
		}
		few := statements(1)
		check(t, "statements for many events", statements(300), few)
		s.hook("d", nil)
		check(t, "statements for one more webhook", statements(1), few)
	})
}

func TestRoundsOfPlanning(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		hook := s.hook("hook", nil)
		planned := func() int {
			t.Helper()
			_, err := s.planner.round(t.Context())
			check(t, "round", err, nil)
			return len(s.deliveries(hook))
		}
		check(t, "at the start", planned(), 0)
		events := s.happen(1, nil)
		check(t, "not told", planned(), 0)
		s.Committed(events)
		check(t, "told", planned(), 1)
		s.happen(1, nil)
		s.clock.pass(missedEvery)
		check(t, "found by itself", planned(), 2)
		s.happen(1, nil)
		s.Wake()
		check(t, "woken", planned(), 3)
	})
}
