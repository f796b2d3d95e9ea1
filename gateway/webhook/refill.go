package webhook

import (
	"context"
	"time"

	"kanera.dev/domain"
)

const (
	refillEvery  = 30 * time.Second
	refillAhead  = 2 * refillEvery // deliveries that are due later wait for a later refill
	refillPage   = 1000
	refillEffort = 20 // it rests at least so many times as long as it took
)

// refill puts deliveries into the queue that are queued in the database and due soon, all of them: those that are there
// stay as they are. So nothing is lost by a crash between planning and queueing, or when Redis forgets everything.
type refill struct {
	service  *domain.Service
	queue    domain.Queue
	refilled func()
	bell     bell
}

func (r *refill) round(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	err := r.runOnce(ctx)
	if err != nil {
		return afterTrouble, err
	}
	return max(refillEvery, refillEffort*time.Since(began)), nil
}

func (r *refill) runOnce(ctx context.Context) error {
	before, last := r.service.Now().Add(refillAhead), domain.Due{}
	for {
		due, err := r.service.Store.QueuedDeliveries(ctx, before, last, refillPage)
		if err != nil {
			return err
		}
		if len(due) == 0 {
			return nil
		}
		if err := r.queue.Add(ctx, due...); err != nil {
			return err
		}
		r.refilled()
		if len(due) < refillPage {
			return nil
		}
		last = due[len(due)-1]
	}
}
