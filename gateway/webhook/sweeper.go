package webhook

import (
	"context"
	"time"

	"kanera.dev/domain"
)

const (
	sweptEvery   = time.Hour
	sweptAtOnce  = 1000
	keepSuccess  = 7 * 24 * time.Hour
	keepFailed   = 14 * 24 * time.Hour
	keepEvents   = 30 * 24 * time.Hour
	betweenSweep = 50 * time.Millisecond // lets others write between two batches
)

// sweeper removes what is no longer kept: deliveries that ended, events, secrets that no longer sign. Any number of
// processes may sweep at once.
type sweeper struct{ service *domain.Service }

func (s *sweeper) round(ctx context.Context) (time.Duration, error) {
	more, err := s.runOnce(ctx)
	switch {
	case err != nil:
		return sweptEvery / 10, err
	case more:
		return betweenSweep, nil
	}
	return sweptEvery, nil
}

// runOnce removes a batch of each and reports whether there is more.
func (s *sweeper) runOnce(ctx context.Context) (more bool, err error) {
	store, now := s.service.Store, s.service.Now()
	if err := store.WipeSecrets(ctx, now); err != nil {
		return false, err
	}
	for _, prune := range []func() (int, error){
		func() (int, error) {
			return store.PruneDeliveries(ctx, domain.DeliverySuccess, now.Add(-keepSuccess), sweptAtOnce)
		},
		func() (int, error) {
			return store.PruneDeliveries(ctx, domain.DeliveryFailed, now.Add(-keepFailed), sweptAtOnce)
		},
		func() (int, error) { return store.PruneEvents(ctx, now.Add(-keepEvents), sweptAtOnce) },
	} {
		n, err := prune()
		if err != nil {
			return false, err
		}
		more = more || n >= sweptAtOnce
	}
	return more, nil
}
