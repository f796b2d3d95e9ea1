package webhook

import (
	"context"
	"errors"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence/storetest"
)

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		result Result
		status domain.DeliveryStatus
		delay  time.Duration // until the next attempt
		reason domain.WebhookDisabledReason
	}{
		"taken":                     {Result{Status: 200, Excerpt: "thanks", Latency: 5 * time.Millisecond}, domain.DeliverySuccess, 0, ""},
		"taken without content":     {Result{Status: 204}, domain.DeliverySuccess, 0, ""},
		"redirect":                  {Result{Status: 302, Err: "redirects are not followed"}, domain.DeliveryQueued, 30 * time.Second, ""},
		"refused":                   {Result{Status: 400, Err: "the receiver answered 400"}, domain.DeliveryQueued, 30 * time.Second, ""},
		"broken":                    {Result{Status: 500, Err: "the receiver answered 500"}, domain.DeliveryQueued, 30 * time.Second, ""},
		"asks to wait":              {Result{Status: 503, Err: "the receiver answered 503", RetryAfter: 10 * time.Minute}, domain.DeliveryQueued, 630 * time.Second, ""},
		"asks to wait a little":     {Result{Status: 429, Err: "the receiver answered 429", RetryAfter: time.Second}, domain.DeliveryQueued, 30 * time.Second, ""},
		"no answer":                 {Result{Err: "timed out after 10s", Latency: 10 * time.Second}, domain.DeliveryQueued, 30 * time.Second, ""},
		"gone: nobody is there now": {Result{Status: 410, Err: "the receiver answered 410"}, domain.DeliveryFailed, 0, domain.DisabledGone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, s *stage) {
				hook := s.hook("hook", nil)
				s.happen(1, nil)
				s.plan()
				s.answers(row.result)
				check(t, "attempts", s.deliver(), 1)
				got := s.deliveries(hook)[0]
				check(t, "status", []any{got.Status, got.Attempts, got.Tries, *got.LatencyMs}, []any{row.status, 1, 1, int(row.result.Latency.Milliseconds())})
				check(t, "error", got.LastError == nil, row.result.Err == "")
				check(t, "response", got.ResponseStatus == nil, row.result.Status == 0)
				if row.delay > 0 {
					check(t, "next attempt", got.NextAttemptAt.Sub(storetest.Start), row.delay)
				}
				waiting, _ := s.queue.Waiting(t.Context())
				check(t, "in the queue", waiting == 1, row.status == domain.DeliveryQueued)
				after := s.reload(hook)
				check(t, "enabled", after.Enabled, row.reason == "")
				if row.reason != "" {
					check(t, "reason", *after.DisabledReason, row.reason)
				}
				check(t, "failing", after.FailingSince != nil, row.result.Err != "")
				check(t, "last success", after.LastSuccessfulAt != nil, row.result.Err == "")
			})
		})
	}
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		hook := s.hook("hook", nil)
		s.happen(1, nil)
		s.plan()
		s.answers(Result{Status: 500, Err: "the receiver answered 500"})
		var delays []time.Duration
		for range 8 {
			check(t, "attempts", s.deliver(), 1)
			if next := s.deliveries(hook)[0].NextAttemptAt; next != nil {
				delays = append(delays, next.Sub(s.clock.Now()))
				s.clock.pass(next.Sub(s.clock.Now()))
			}
		}
		check(t, "delays", delays, []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute})
		check(t, "statuses", s.statuses(hook), map[domain.DeliveryStatus]int{domain.DeliveryFailed: 1})
		s.clock.pass(24 * time.Hour)
		check(t, "refill", s.refill.runOnce(t.Context()), nil)
		check(t, "attempts, when it was given up", s.deliver(), 0)
		history := must(s.store.AttemptsOf(t.Context(), []string{s.deliveries(hook)[0].ID}))(t)
		check(t, "history", len(history[s.deliveries(hook)[0].ID]), 8)
	})
}

func TestDisabledAfterFiveDays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		hook, other := s.hook("hook", nil), s.hook("other", nil)
		try := func(result Result) {
			s.happen(1, nil)
			s.plan()
			s.queue.lose() // and with it lanes that are held
			check(t, "refill", s.refill.runOnce(t.Context()), nil)
			s.answer = func(r Request) Result {
				if r.URL == "other" {
					return Result{Status: 200}
				}
				return result
			}
			s.deliver()
		}
		bad := Result{Status: 500, Err: "the receiver answered 500"}
		try(bad)
		s.clock.pass(4 * 24 * time.Hour)
		try(Result{Status: 200})
		check(t, "a success starts anew", s.reload(hook).FailingSince == nil, true)
		try(bad)
		s.clock.pass(failingFor - time.Second)
		try(bad)
		check(t, "enabled", s.reload(hook).Enabled, true)
		s.clock.pass(time.Second)
		try(bad)
		after := s.reload(hook)
		check(t, "disabled", []any{after.Enabled, *after.DisabledReason}, []any{false, domain.DisabledFailing})
		check(t, "nothing of it is queued", s.statuses(hook)[domain.DeliveryQueued], 0)
		check(t, "the other", s.reload(other).Enabled, true)
	})
}

func TestDeadReceiverIsHeld(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		dead, alive := s.hook("dead", nil), s.hook("alive", nil)
		s.answer = func(r Request) Result {
			if r.URL == "dead" {
				return Result{Err: "connection refused"}
			}
			return Result{Status: 200}
		}
		s.happen(holdAfter, nil)
		s.plan()
		s.deliver()
		check(t, "heard", s.heard(), map[string]int{"dead": holdAfter, "alive": holdAfter})
		s.happen(3, nil)
		s.plan()
		s.deliver()
		check(t, "only the other", s.heard(), map[string]int{"alive": 3})
		s.clock.pass(10 * time.Second)
		s.deliver()
		check(t, "one to see whether it is back", s.heard(), map[string]int{"dead": 1})
		s.answers(Result{Status: 200})
		s.clock.pass(time.Hour)
		s.deliver()
		check(t, "all the rest", s.heard(), map[string]int{"dead": holdAfter + 3})
		for _, hook := range []*domain.Webhook{dead, alive} {
			check(t, hook.Name, s.statuses(hook), map[domain.DeliveryStatus]int{domain.DeliverySuccess: holdAfter + 3})
		}
	})
}

// flaky is a store whose transactions fail for a while.
type flaky struct {
	domain.Store
	failures int
}

func (f *flaky) InTx(ctx context.Context, fn func(tx domain.Store) error) error {
	if f.failures--; f.failures >= 0 {
		return errors.New("the database is away")
	}
	return f.Store.InTx(ctx, fn)
}

func TestRecordingTriesAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		hook := s.hook("hook", nil)
		s.happen(3, nil)
		s.plan()
		store := &flaky{s.store, 3}
		s.recorder.service = &domain.Service{Store: store, Now: s.clock.Now}
		_, _, err := s.worker.runOnce(t.Context(), t.Context())
		check(t, "send", err, nil)
		s.worker.running.Wait()
		for range 3 {
			pause, err := s.recorder.round(t.Context())
			check(t, "held up", []any{pause, err != nil}, []any{recordAgain, true})
		}
		check(t, "recorded", s.record(), 3)
		check(t, "statuses", s.statuses(hook), map[domain.DeliveryStatus]int{domain.DeliverySuccess: 3})
		check(t, "room", s.worker.slots.free(), attemptsMost)
	})
}

func TestCrashBeforeRecording(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		hook := s.hook("hook", nil)
		s.happen(2, nil)
		s.plan()
		_, _, err := s.worker.runOnce(t.Context(), t.Context())
		check(t, "send", err, nil)
		s.worker.running.Wait()
		s.Dispatcher = s.process(s.service) // the old one died with what it knew
		check(t, "leases hold", s.deliver(), 0)
		s.clock.pass(time.Second + leaseMargin)
		check(t, "again", s.deliver(), 2)
		check(t, "sent twice, lost never", s.heard(), map[string]int{"hook": 4})
		check(t, "statuses", s.statuses(hook), map[domain.DeliveryStatus]int{domain.DeliverySuccess: 2})
	})
}

func TestQueueAway(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *stage) {
		hook := s.hook("hook", nil)
		s.happen(1, nil)
		s.queue.away = errors.New("redis is away")
		_, err := s.planner.runOnce(t.Context(), nil)
		check(t, "planning says so", err != nil, true)
		check(t, "and is done", len(s.deliveries(hook)), 1)
		s.queue.away = nil
		check(t, "refill", s.refill.runOnce(t.Context()), nil)
		_, _, err = s.worker.runOnce(t.Context(), t.Context())
		check(t, "send", err, nil)
		s.worker.running.Wait()
		s.queue.away = errors.New("redis is away")
		s.answers(Result{Status: 200})
		check(t, "recorded all the same", s.record(), 1)
		check(t, "statuses", s.statuses(hook), map[domain.DeliveryStatus]int{domain.DeliverySuccess: 1})
		s.queue.away = nil
		s.clock.pass(time.Second + leaseMargin)
		check(t, "not sent again", s.deliver(), 0)
		waiting, _ := s.queue.Waiting(t.Context())
		check(t, "the queue is empty", waiting, 0)
	})
}
