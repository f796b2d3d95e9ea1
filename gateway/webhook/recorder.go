package webhook

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"kanera.dev/domain"
)

const (
	recordedAtOnce = 500
	recordAgain    = 200 * time.Millisecond // pause after what came of attempts could not be written
	recordTries    = 20                     // how often that is tried with all of them, before each is tried alone
	failingFor     = 5 * 24 * time.Hour     // of nothing but failures, then a webhook is disabled
)

// recorder writes what came of attempts: all that gathered while it wrote the last ones, in one transaction. Only then
// does it end their leases, so that a crash in between repeats deliveries and loses none.
type recorder struct {
	service  *domain.Service
	queue    domain.Queue
	schedule Schedule
	breaker  *Breaker
	metrics  *Metrics
	log      *slog.Logger
	recorded func() // hears that leases have ended
	bell     bell

	mu      sync.Mutex
	waiting []*attempt
	failed  int // times in a row that writing failed
}

// add hands over an attempt. It does not block: slots bound how many there are.
func (r *recorder) add(one *attempt) {
	r.mu.Lock()
	r.waiting = append(r.waiting, one)
	r.mu.Unlock()
	r.bell.ring()
}

// take takes attempts of different deliveries off the list, oldest first.
func (r *recorder) take() (batch []*attempt) {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := map[string]bool{}
	r.waiting = slices.DeleteFunc(r.waiting, func(one *attempt) bool {
		if len(batch) == recordedAtOnce || taken[one.dispatch.ID] {
			return false
		}
		taken[one.dispatch.ID] = true
		batch = append(batch, one)
		return true
	})
	return batch
}

// round writes what has gathered. What could not be written is tried again for some seconds; then each attempt is
// tried alone, and one that fails again is left to the end of its lease.
func (r *recorder) round(ctx context.Context) (time.Duration, error) {
	batch := r.take()
	if len(batch) == 0 {
		return time.Hour, nil // until the bell rings
	}
	err := r.record(ctx, batch)
	if err == nil {
		r.failed = 0
		return 0, nil
	}
	if r.failed++; r.failed < recordTries {
		r.mu.Lock()
		r.waiting = append(batch, r.waiting...)
		r.mu.Unlock()
		return recordAgain, err
	}
	r.failed = 0
	for _, one := range batch {
		if err := r.record(ctx, []*attempt{one}); err != nil {
			r.log.Error("webhooks: what came of an attempt is not recorded", "delivery", one.dispatch.ID, "error", err)
			one.done()
		}
	}
	return 0, nil
}

// record writes attempts of different deliveries and tells the queue. That the queue cannot be told is no error: it is
// told by the refill.
func (r *recorder) record(ctx context.Context, batch []*attempt) error {
	now := r.service.Now()
	outcomes := make([]*domain.Outcome, len(batch))
	for i, one := range batch {
		outcomes[i] = r.judge(one, now)
	}
	var disabled []string
	err := r.service.Store.InTx(ctx, func(tx domain.Store) error {
		if err := tx.Record(ctx, outcomes, now); err != nil {
			return err
		}
		var err error
		disabled, err = r.diagnose(ctx, tx, batch, now)
		return err
	})
	if err != nil {
		return err
	}
	r.tell(ctx, batch, outcomes, disabled)
	for i, one := range batch {
		r.metrics.attempted(one, outcomes[i].Status, now)
		one.done()
	}
	r.recorded()
	return nil
}

// judge says where a delivery stands after an attempt. Tests are not repeated, and what was sent by hand to a disabled
// webhook is not either.
func (r *recorder) judge(one *attempt, now time.Time) *domain.Outcome {
	d, result := one.dispatch, one.result
	outcome := &domain.Outcome{WebhookID: d.WebhookID, Status: domain.DeliverySuccess, Attempt: domain.Attempt{
		DeliveryID: d.ID, At: one.at, LatencyMs: int(result.Latency.Milliseconds()),
	}}
	if result.Status != 0 {
		outcome.ResponseStatus, outcome.ResponseBody = &result.Status, &result.Excerpt
	}
	if result.Delivered() {
		return outcome
	}
	outcome.Error, outcome.Status = &result.Err, domain.DeliveryFailed
	final := result.Status == http.StatusGone || d.Event == nil || d.EventType == domain.EventWebhookTest || !d.Deliverable()
	if delay, again := r.schedule.Next(d.Tries+1, result.RetryAfter); again && !final {
		outcome.Status, outcome.NextAttemptAt = domain.DeliveryQueued, new(now.Add(delay))
	}
	return outcome
}

// diagnose notes what attempts say about their webhooks, and disables those whose receiver is gone or has failed for
// too long. Queued deliveries of those end.
func (r *recorder) diagnose(ctx context.Context, tx domain.Store, batch []*attempt, now time.Time) (disabled []string, err error) {
	healths, failing, gone := summary(batch)
	if err := tx.NoteHealth(ctx, healths); err != nil || len(failing) == 0 {
		return nil, err
	}
	failing, err = tx.FailingWebhooks(ctx, failing, now.Add(-failingFor))
	if err != nil {
		return nil, err
	}
	for _, why := range []struct {
		reason domain.WebhookDisabledReason
		ids    []string
	}{{domain.DisabledGone, gone}, {domain.DisabledFailing, failing}} {
		if len(why.ids) == 0 {
			continue
		}
		ids, err := tx.DisableWebhooks(ctx, why.ids, why.reason, now)
		if err != nil {
			return nil, err
		}
		disabled = append(disabled, ids...)
	}
	if len(disabled) > 0 {
		err = tx.EndDeliveries(ctx, disabled, now)
	}
	return disabled, err
}

// summary is what attempts say about webhooks: their health, which failed, and which are gone.
func summary(batch []*attempt) (healths []domain.Health, failing, gone []string) {
	known := map[string]*domain.Health{}
	for _, one := range batch {
		id := one.dispatch.WebhookID
		if known[id] == nil {
			known[id] = &domain.Health{WebhookID: id}
		}
		switch h := known[id]; {
		case one.result.Delivered():
			h.SucceededAt, h.FailingSince = &one.at, nil
		case h.FailingSince == nil:
			h.FailingSince = &one.at
		}
		if one.result.Status == http.StatusGone {
			gone = append(gone, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(known)) {
		healths = append(healths, *known[id])
		if known[id].FailingSince != nil {
			failing = append(failing, id)
		}
	}
	return healths, failing, gone
}

// tell tells the queue what is recorded: lanes that are held or released first, so that no other delivery slips
// through, then the leases that end.
func (r *recorder) tell(ctx context.Context, batch []*attempt, outcomes []*domain.Outcome, disabled []string) {
	hold, release := r.verdicts(batch)
	for id, pause := range hold {
		r.note("hold a lane", r.queue.Hold(ctx, id, time.Now().Add(pause)))
	}
	for id := range release {
		r.note("release a lane", r.queue.Release(ctx, id))
	}
	due := make([]domain.Due, len(outcomes))
	for i, o := range outcomes {
		due[i] = domain.Due{DeliveryID: o.DeliveryID, WebhookID: o.WebhookID}
		if o.NextAttemptAt != nil {
			due[i].At = *o.NextAttemptAt
		}
	}
	r.note("end leases", r.queue.Finish(ctx, due...))
	for _, id := range disabled {
		r.log.Warn("webhooks: a webhook is disabled, its receiver is gone or has failed for five days", "webhook", id)
		r.forget(ctx, id)
	}
}

// verdicts are what the breaker says after the attempts: for how long lanes are held, and which are released.
func (r *recorder) verdicts(batch []*attempt) (hold map[string]time.Duration, release map[string]bool) {
	hold, release = map[string]time.Duration{}, map[string]bool{}
	for _, one := range batch {
		id := one.dispatch.WebhookID
		if one.result.Delivered() {
			if r.breaker.Succeeded(id, one.holds) {
				release[id] = true
			}
			delete(hold, id)
			continue
		}
		if pause := r.breaker.Failed(id, one.holds); pause > 0 {
			hold[id] = pause
			delete(release, id)
		}
	}
	r.metrics.lanes(hold, release)
	return hold, release
}

// end ends the queued deliveries of webhooks that were disabled.
func (r *recorder) end(ctx context.Context, webhooks map[string]bool) error {
	if len(webhooks) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(webhooks))
	if err := r.service.Store.EndDeliveries(ctx, ids, r.service.Now()); err != nil {
		return err
	}
	for _, id := range ids {
		r.forget(ctx, id)
	}
	return nil
}

// forget clears what the queue and the breaker know of a webhook.
func (r *recorder) forget(ctx context.Context, id string) {
	r.breaker.Forget(id)
	r.metrics.lanes(nil, map[string]bool{id: true})
	r.note("drop a lane", r.queue.Drop(ctx, id))
}

// note logs that the queue could not be told something.
func (r *recorder) note(what string, err error) {
	if err != nil {
		r.log.Debug("webhooks: cannot "+what+", which the refill mends", "error", err)
	}
}
