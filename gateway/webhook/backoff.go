package webhook

import (
	"math/rand/v2"
	"time"
)

const (
	// capOverBase keeps the documented relation of 30 s to 1 h for every base.
	capOverBase = 120
	// jitter is how far a delay may be off, as a share of it, so that what failed together is not retried together.
	jitter = 0.1
)

// Schedule says when a delivery that failed is tried again: after Base, then twice as long each time, but no longer
// than Cap, give or take a tenth; MaxAttempts in all.
type Schedule struct {
	Base, Cap   time.Duration
	MaxAttempts int
	Rand        func() float64 // in [0,1)
}

// NewSchedule returns a schedule whose longest delay is 120 times its first one. A base of 30 s and 8 attempts are the
// documented default, with delays up to 1 h; 12m15s and 10 attempts spread over 75 h, as Standard Webhooks advises.
func NewSchedule(base time.Duration, maxAttempts int) Schedule {
	return Schedule{Base: base, Cap: capOverBase * base, MaxAttempts: maxAttempts, Rand: rand.Float64}
}

// Next tells how long to wait after so many attempts, and false when that was the last one. A Retry-After that is
// later is honoured up to Cap: never earlier, up to a tenth later.
func (s Schedule) Next(attempts int, retryAfter time.Duration) (delay time.Duration, again bool) {
	if attempts >= s.MaxAttempts {
		return 0, false
	}
	delay = s.Base
	for range attempts - 1 {
		if delay = 2 * delay; delay >= s.Cap {
			break
		}
	}
	spread := s.Rand()
	delay = scale(min(delay, s.Cap), 1-jitter+2*jitter*spread)
	return max(delay, scale(min(retryAfter, s.Cap), 1+jitter*spread)), true
}

func scale(d time.Duration, by float64) time.Duration { return time.Duration(float64(d) * by) }
