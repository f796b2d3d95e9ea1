package webhook

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"kanera.dev/domain"
)

const (
	claimedAtOnce = 200
	claimEvery    = time.Second          // how often it looks for deliveries that nobody told it of
	claimSoonest  = 2 * time.Millisecond // pause when nothing could be claimed
	afterTrouble  = time.Second          // how soon it tries again what the database did not let it read
)

// worker takes deliveries that are due from the queue and makes attempts, many at a time. What came of them goes to the
// recorder, which ends their leases.
type worker struct {
	service  *domain.Service
	queue    domain.Queue
	send     func(context.Context, Request) Result
	recorder *recorder
	slots    *slots
	lease    time.Duration
	log      *slog.Logger
	bell     bell
	running  sync.WaitGroup
}

// attempt is one try to deliver and what came of it.
type attempt struct {
	dispatch *domain.Dispatch
	holds    int
	at       time.Time
	result   Result
	done     func() // to be called once it is recorded, or will not be
}

func (w *worker) round(sending context.Context) func(context.Context) (time.Duration, error) {
	return func(ctx context.Context) (time.Duration, error) {
		claimed, next, err := w.runOnce(ctx, sending)
		switch {
		case err != nil:
			return claimEvery, err
		case claimed > 0:
			return 0, nil
		case next.IsZero() || w.slots.free() == 0:
			return claimEvery, nil
		}
		return min(max(time.Until(next), claimSoonest), claimEvery), nil
	}
}

// runOnce claims deliveries, as many as there is room for, and begins an attempt of each. Attempts end with sending.
func (w *worker) runOnce(ctx, sending context.Context) (claimed int, next time.Time, err error) {
	free := w.slots.free()
	if free == 0 {
		return 0, time.Time{}, nil
	}
	due, next, err := w.queue.Claim(ctx, min(free, claimedAtOnce), w.lease)
	if err != nil || len(due) == 0 {
		return 0, next, err
	}
	return len(due), next, w.begin(ctx, sending, due)
}

// begin begins attempts of claimed deliveries, and finishes those of which there is none to be made.
func (w *worker) begin(ctx, sending context.Context, due []domain.Due) error {
	ids := make([]string, len(due))
	for i, d := range due {
		ids[i] = d.DeliveryID
	}
	found, err := w.service.Store.Dispatches(ctx, ids)
	if err != nil {
		return w.putBack(ctx, due, err)
	}
	now := w.service.Now()
	var finished []domain.Due
	ended := map[string]bool{}
	for _, d := range due {
		dispatch := found[d.DeliveryID]
		d.At = time.Time{}
		switch {
		case dispatch == nil || dispatch.Status != domain.DeliveryQueued:
			finished = append(finished, d)
		case !dispatch.Deliverable():
			ended[d.WebhookID] = true
		case dispatch.NextAttemptAt != nil && dispatch.NextAttemptAt.Sub(now) > claimEvery: // its retry was recorded, but not told to the queue
			d.At = *dispatch.NextAttemptAt
			finished = append(finished, d)
		default:
			room := w.slots.take()
			w.running.Go(func() { w.try(sending, dispatch, d.Holds, room) })
		}
	}
	if err := w.recorder.end(ctx, ended); err != nil {
		return err
	}
	if len(finished) == 0 {
		return nil
	}
	return w.queue.Finish(ctx, finished...)
}

// putBack lets go of deliveries that could not be read.
func (w *worker) putBack(ctx context.Context, due []domain.Due, cause error) error {
	for i := range due {
		due[i].At = time.Now().Add(afterTrouble)
	}
	_ = w.queue.Finish(context.WithoutCancel(ctx), due...) // else their leases end
	return cause
}

// try makes an attempt and hands it to the recorder. One that was stopped says nothing about the receiver and is not
// recorded: its lease ends, and somebody else tries.
func (w *worker) try(ctx context.Context, dispatch *domain.Dispatch, holds int, room *slot) {
	one := w.attempt(ctx, dispatch)
	one.holds, one.done = holds, room.give
	if ctx.Err() != nil && !one.result.Delivered() {
		room.give()
		return
	}
	w.recorder.add(one)
}

// attempt makes an attempt.
func (w *worker) attempt(ctx context.Context, dispatch *domain.Dispatch) *attempt {
	one := &attempt{dispatch: dispatch, at: w.service.Now(), done: func() {}}
	if dispatch.Event == nil {
		one.result.Err = "the event is no longer kept"
		return one
	}
	body, err := dispatch.Event.Envelope()
	if err != nil {
		w.log.Error("webhooks: an event cannot be sent", "event", dispatch.EventID, "error", err)
		one.result.Err = "the event cannot be written"
		return one
	}
	secrets, err := w.service.SigningSecrets(dispatch.Webhook)
	if err != nil {
		w.log.Error("webhooks: a delivery cannot be signed", "webhook", dispatch.WebhookID, "error", err)
		one.result.Err = "the signing secret cannot be read"
		return one
	}
	one.result = w.send(ctx, Request{URL: dispatch.Webhook.URL, EventID: dispatch.EventID, Body: body, Secrets: secrets})
	return one
}
