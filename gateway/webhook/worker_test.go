package webhook

import (
	"context"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence/storetest"
)

func TestLostQueue(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		hook := s.hook("hook", nil)
		s.happen(3, nil)
		s.plan()
		s.queue.lose()
		check(t, "nothing is known", s.deliver(), 0)
		check(t, "refill", s.refill.runOnce(t.Context()), nil)
		check(t, "refill again", s.refill.runOnce(t.Context()), nil)
		check(t, "attempts", s.deliver(), 3)
		check(t, "statuses", s.statuses(hook), map[domain.DeliveryStatus]int{domain.DeliverySuccess: 3})
		check(t, "once each", s.heard(), map[string]int{"hook": 3})
	})
}

func TestRefillTurnsPages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		s.hook("hook", nil)
		s.happen(refillPage+5, nil)
		s.plan()
		s.queue.lose()
		check(t, "refill", s.refill.runOnce(t.Context()), nil)
		waiting, _ := s.queue.Waiting(t.Context())
		check(t, "waiting", waiting, refillPage+5)
	})
}

func TestWhoIsNotSentAnything(t *testing.T) {
	t.Parallel()
	for name, disable := range map[string]func(s *stage, hook *domain.Webhook){
		"paused": func(s *stage, hook *domain.Webhook) {
			hook.Enabled, hook.DisabledReason = false, new(domain.DisabledByUser)
			check(s.t, "pause", s.store.Update(s.t.Context(), hook), nil)
		},
		"key revoked": func(s *stage, hook *domain.Webhook) {
			key := &domain.APIKey{ID: *hook.APIKeyID}
			check(s.t, "load", s.store.Load(s.t.Context(), key), nil)
			key.RevokedAt = new(s.clock.Now())
			check(s.t, "revoke", s.store.Update(s.t.Context(), key), nil)
		},
		"deleted": func(s *stage, hook *domain.Webhook) {
			check(s.t, "delete", s.store.Delete(s.t.Context(), hook), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, s *stage) {
				s.Insert(&domain.APIKey{ID: storetest.ID("key"), OrganisationID: s.work.OrganisationID, Kind: domain.PersonalKey, Scope: domain.ScopeWrite,
					Hash: "key", CreatedByID: storetest.ID("ada"), CreatedAt: storetest.Start, UpdatedAt: storetest.Start})
				hook := s.hook("hook", func(w *domain.Webhook) { w.APIKeyID = new(storetest.ID("key")) })
				other := s.hook("other", nil)
				s.happen(3, nil)
				s.plan()
				disable(s, hook)
				s.deliver()
				check(t, "heard", s.heard(), map[string]int{"other": 3})
				if name != "deleted" {
					check(t, "ended", s.statuses(hook), map[domain.DeliveryStatus]int{domain.DeliveryFailed: 3})
				}
				check(t, "the other", s.statuses(other), map[domain.DeliveryStatus]int{domain.DeliverySuccess: 3})
				waiting, _ := s.queue.Waiting(t.Context())
				check(t, "the queue is empty", waiting, 0)
			})
		})
	}
}

func TestDeliverByHand(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		kind     string
		enabled  bool
		result   Result
		status   domain.DeliveryStatus
		attempts int
	}{
		"taken":                        {"list:deleted", true, Result{Status: 200}, domain.DeliverySuccess, 1},
		"failed: goes on by itself":    {"list:deleted", true, Result{Status: 500, Err: "the receiver answered 500"}, domain.DeliveryQueued, 1},
		"test":                         {domain.EventWebhookTest, true, Result{Status: 200}, domain.DeliverySuccess, 1},
		"test failed: no more of that": {domain.EventWebhookTest, true, Result{Status: 500, Err: "the receiver answered 500"}, domain.DeliveryFailed, 1},
		"disabled":                     {"list:deleted", false, Result{Status: 200}, domain.DeliverySuccess, 1},
		"disabled, failed":             {"list:deleted", false, Result{Err: "connection refused"}, domain.DeliveryFailed, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, s *stage) {
				e := s.happen(1, func(e *domain.Event) { e.Type = row.kind })[0]
				hook := s.hook("hook", func(w *domain.Webhook) { w.Enabled = row.enabled })
				d := &domain.Delivery{ID: domain.NewID(), WebhookID: hook.ID, WorkspaceID: hook.WorkspaceID, EventID: e.ID, EventType: e.Type, NextAttemptAt: new(s.clock.Now())}
				check(t, "add", s.store.AddDeliveries(t.Context(), []*domain.Delivery{d}), nil)
				s.answers(row.result)
				check(t, "deliver", s.Deliver(t.Context(), d.ID), nil)
				got := s.deliveries(hook)[0]
				check(t, "delivery", []any{got.Status, got.Attempts, got.NextAttemptAt != nil}, []any{row.status, row.attempts, row.status == domain.DeliveryQueued})
				waiting, _ := s.queue.Waiting(t.Context())
				check(t, "in the queue", waiting == 1, row.status == domain.DeliveryQueued)
			})
		})
	}
	t.Run("the caller leaves", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, s *stage) {
			hook := s.hook("hook", nil)
			s.happen(1, nil)
			s.plan()
			ctx, leave := context.WithCancel(t.Context())
			s.answer = func(Request) Result { leave(); return Result{Err: "the attempt was stopped"} }
			check(t, "deliver", s.Deliver(ctx, s.deliveries(hook)[0].ID), nil)
			check(t, "recorded", s.deliveries(hook)[0].Attempts, 1)
		})
	})
	t.Run("unknown", func(t *testing.T) {
		t.Parallel()
		each(t, func(t *testing.T, s *stage) {
			check(t, "code", domain.CodeOf(s.Deliver(t.Context(), domain.NewID())), domain.CodeNotFound)
		})
	})
}

func TestSlots(t *testing.T) {
	t.Parallel()
	freed := make(chan struct{}, 10)
	s := &slots{slowAfter: time.Hour, freed: func() { freed <- struct{}{} }, room: 2, side: 1}
	quick, slow := s.take(), s.take()
	check(t, "full", s.free(), 0)
	slow.stepAside()
	check(t, "one is aside", s.free(), 1)
	slower := s.take()
	slower.stepAside()
	check(t, "no room aside", s.free(), 0)
	slow.give()
	check(t, "aside is no room", s.free(), 0)
	slower.stepAside()
	check(t, "now there is", s.free(), 1)
	slower.give()
	quick.give()
	quick.stepAside() // too late
	check(t, "all is free", []int{s.free(), s.side}, []int{2, 1})
	check(t, "told", len(freed), 2)
}

func TestSweep(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		taken, refused := s.hook("taken", nil), s.hook("refused", nil)
		s.answer = func(r Request) Result {
			if r.URL == "refused" {
				return Result{Status: 410, Err: "the receiver answered 410"}
			}
			return Result{Status: 200}
		}
		s.happen(1, nil)
		s.plan()
		s.deliver()
		for _, row := range []struct {
			days                   int
			taken, refused, events int
		}{{7, 1, 1, 1}, {8, 0, 1, 1}, {15, 0, 0, 1}, {31, 0, 0, 0}} {
			s.clock.mu.Lock()
			s.clock.now = storetest.Start.AddDate(0, 0, row.days)
			s.clock.mu.Unlock()
			more, err := s.sweeper.runOnce(t.Context())
			check(t, "sweep", []any{more, err}, []any{false, nil})
			events := must(s.store.EventsAfter(t.Context(), s.work.ID, 0, 10))(t)
			check(t, "left", []int{len(s.deliveries(taken)), len(s.deliveries(refused)), len(events)}, []int{row.taken, row.refused, row.events})
		}
	})
}
