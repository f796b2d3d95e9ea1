package redis

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence/gather"
)

const (
	mostAtOnce = 64                     // callers that one exchange with Redis decides
	probeEvery = 100 * time.Millisecond // how often a Redis that failed is tried again
	warmUp     = time.Second            // how long the first connection and the script may take at the start
)

// errAway is what callers are told whose exchange failed, or was not tried, because Redis is away.
var errAway = errors.New("redis is away")

// Limiter keeps budgets in Redis and never fails. Callers who find an exchange with Redis under way share the next one.
// From the first exchange that fails or takes too long, this process decides alone and at once, marking its verdicts as
// degraded, until Redis answers again. It asks in the background, so no request waits for that. Alone it goes on from
// what it let through before. On the embedded Redis it decides inside the process and is never degraded.
type Limiter struct {
	shared  *Shared // nil on the embedded Redis
	asking  *gather.Batcher[[]domain.Charge, domain.Verdict]
	local   *Local // counts all that this process lets through
	timeout time.Duration
	changed func(degraded bool, cause error)

	away    atomic.Bool
	closing context.Context //nolint:containedctx // ends the background probe, which outlives every request
	close   context.CancelFunc
	probing sync.WaitGroup
}

// NewLimiter returns a limiter. The timeout is how long an exchange with Redis may take, which is what a request may lose
// when Redis hangs; at most twice that when it waited for one that succeeded late. changed hears when Redis goes
// away and why, and when it is back. Close it in the end.
func NewLimiter(client *Client, timeout time.Duration, changed func(degraded bool, cause error)) *Limiter {
	l := &Limiter{local: NewLocal(time.Now), timeout: timeout, changed: changed}
	l.closing, l.close = context.WithCancel(context.Background())
	l.asking = gather.New(mostAtOnce, 1, timeout, l.decide)
	if client.embedded == nil {
		l.shared = NewShared(client)
		l.answers("", warmUp) // connects and loads the script; if it fails, the first request will notice
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
	verdict, err := l.ask(ctx, charges)
	if err == nil {
		if verdict.Allowed {
			l.local.note(charges)
		}
		return verdict, nil
	}
	verdict, err = l.local.Take(ctx, charges...)
	verdict.Degraded = true
	return verdict, err
}

// Refund implements domain.Limiter. It never fails: what cannot be given back leaves with its window.
func (l *Limiter) Refund(ctx context.Context, charges ...domain.Charge) error {
	if len(charges) == 0 {
		return nil
	}
	if l.shared != nil {
		_, _ = l.ask(ctx, refunding(charges))
	}
	return l.local.Refund(ctx, charges...)
}

// ask has Redis decide a caller, together with others. It fails when this process has to decide alone.
func (l *Limiter) ask(ctx context.Context, charges []domain.Charge) (domain.Verdict, error) {
	if l.away.Load() {
		return domain.Verdict{}, errAway
	}
	verdict, err := l.asking.Ask(context.WithoutCancel(ctx), charges)
	if err != nil && !errors.Is(err, errAway) { // a fault of ours, which nobody told of yet
		l.leave(err, charges[0].Bucket.Group)
	}
	return verdict, err
}

// decide has Redis decide callers. Those who waited behind a failure fail with it.
func (l *Limiter) decide(ctx context.Context, callers [][]domain.Charge) ([]domain.Verdict, error) {
	if l.away.Load() {
		return nil, errAway
	}
	verdicts, err := l.shared.decide(ctx, callers)
	if failed, ok := errors.AsType[*lost](err); ok {
		l.leave(failed, failed.group)
		return nil, errAway
	}
	return verdicts, err
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
		if l.answers(group, l.timeout) {
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

// answers reports whether Redis decides in time.
func (l *Limiter) answers(group string, timeout time.Duration) bool {
	limited, cancel := context.WithTimeout(l.closing, timeout)
	defer cancel()
	_, err := l.shared.Take(limited, domain.Charge{Bucket: domain.Bucket{Name: "probe", Group: group, Limit: 1 << 30, Window: time.Minute}, Units: 1})
	return err == nil
}
