package webhook

import (
	"context"
	"time"

	"kanera.dev/domain"
)

// recordWithin is how long it may take to record an attempt whose caller has left.
const recordWithin = 10 * time.Second

var _ domain.Courier = (*Dispatcher)(nil)

// Deliver implements domain.Courier. The attempt counts against no limit of attempts at a time.
func (d *Dispatcher) Deliver(ctx context.Context, deliveryID string) error {
	found, err := d.worker.service.Store.Dispatches(ctx, []string{deliveryID})
	if err != nil {
		return err
	}
	dispatch := found[deliveryID]
	if dispatch == nil {
		return domain.NotFound("Delivery")
	}
	one := d.worker.attempt(ctx, dispatch)
	recording, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	return d.recorder.record(recording, []*attempt{one})
}

// Wake implements domain.Courier.
func (d *Dispatcher) Wake() {
	d.planner.lookAtAll()
	d.refill.bell.ring()
}
