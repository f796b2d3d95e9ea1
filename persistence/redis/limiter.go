package redis

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"kanera.dev/domain"
)

const (
	probeEvery = 100 * time.Millisecond // how often a Redis that failed is tried again
	warmUp     = time.Second            // how long the first connection and the script may take at the start
)

// Limiter keeps budgets in Redis and never fails: from the first call that fails or takes too long, this process
// decides alone and at once, marking its verdicts as degraded, until Redis answers again. It asks in the background,
// so no request waits for that. Alone it goes on from what it let through before. On the embedded Redis it decides
// inside the process and is never degraded.
type Limiter struct {
	shared  *Shared // nil on the embedded Redis
	local   *Local  // counts all that this process lets through
	timeout time.Duration
	changed func(degraded bool, cause error)

	away    atomic.Bool
	closing context.Context //nolint:containedctx // ends the background probe, which outlives every request
	close   context.CancelFunc
	probing sync.WaitGroup
}

// NewLimiter returns a limiter. The timeout is what a request may lose when Redis hangs. changed hears when Redis goes
// away and why, and when it is back. Close it in the end.
func NewLimiter(client *Client, timeout time.Duration, changed func(degraded bool, cause error)) *Limiter {
	l := &Limiter{local: NewLocal(time.Now), timeout: timeout, changed: changed}
	l.closing, l.close = context.WithCancel(context.Background())
	if client.embedded == nil {
		l.shared = NewShared(client)
		l.ask("", warmUp) // connects and loads the script; if it fails, the first request will notice
	}
	return l
}

// Take implements domain.Limiter. It never fails.
func (l *Limiter) Take(ctx context.Context, charges ...domain.Charge) (domain.Verdict, error) {
	if l.shared == nil {
		return l.local.Take(ctx, charges...)
	}
	if len(charges) == 0 {
		return domain.Verdict{Allowed: true, Degraded: l.away.Load()}, nil
	}
	if !l.away.Load() {
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.timeout)
		defer cancel()
		verdict, err := l.shared.Take(limited, charges...)
		if err == nil {
			if verdict.Allowed {
				_, err = l.local.Take(ctx, charges...)
			}
			return verdict, err
		}
		l.leave(err, charges[0].Bucket.Group)
	}
	verdict, err := l.local.Take(ctx, charges...)
	verdict.Degraded = true
	return verdict, err
}

// Refund implements domain.Limiter. It never fails: what cannot be given back leaves with its window.
func (l *Limiter) Refund(ctx context.Context, charges ...domain.Charge) error {
	if len(charges) == 0 {
		return nil
	}
	if l.shared != nil && !l.away.Load() {
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.timeout)
		defer cancel()
		err := l.shared.Refund(limited, charges...)
		if err != nil {
			l.leave(err, charges[0].Bucket.Group)
		}
	}
	return l.local.Refund(ctx, charges...)
}

// Degraded reports whether this process decides alone.
func (l *Limiter) Degraded() bool { return l.away.Load() }

// Close stops looking for Redis.
func (l *Limiter) Close() {
	l.close()
	l.probing.Wait()
}

// leave gives up on Redis until a charge to a bucket of the group that failed passes.
func (l *Limiter) leave(cause error, group string) {
	if l.closing.Err() != nil || !l.away.CompareAndSwap(false, true) {
		return
	}
	l.changed(true, cause)
	l.probing.Go(func() { l.probe(group) })
}

// probe asks Redis until it answers in time.
func (l *Limiter) probe(group string) {
	again := time.NewTicker(probeEvery)
	defer again.Stop()
	for {
		if l.ask(group, l.timeout) {
			l.changed(false, nil)
			l.away.Store(false)
			return
		}
		select {
		case <-l.closing.Done():
			return
		case <-again.C:
		}
	}
}

// ask reports whether Redis decides in time.
func (l *Limiter) ask(group string, timeout time.Duration) bool {
	limited, cancel := context.WithTimeout(l.closing, timeout)
	defer cancel()
	_, err := l.shared.Take(limited, domain.Charge{Bucket: domain.Bucket{Name: "probe", Group: group, Limit: 1 << 30, Window: time.Minute}, Units: 1})
	return err == nil
}
