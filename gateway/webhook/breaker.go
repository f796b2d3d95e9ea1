package webhook

import (
	"sync"
	"time"
)

// Breaker decides for how long to hold the lane of a webhook whose receiver does not answer: after Threshold failures
// in a row for Base, and twice as long each time the delivery that is let through after that fails too, up to Cap.
// It counts the failures that this process saw; how often a lane was held comes from the queue, which all processes
// share. It is safe for concurrent use and remembers only webhooks that fail.
type Breaker struct {
	Threshold int
	Base, Cap time.Duration

	mutex    sync.Mutex
	failures map[string]int
}

// Failed notes a failed attempt and tells how long to hold the lane from now; zero when it stays as it is. holds is
// how many times in a row the lane was held when the delivery was claimed (domain.Due.Holds).
func (b *Breaker) Failed(webhookID string, holds int) time.Duration {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.failures == nil {
		b.failures = map[string]int{}
	}
	b.failures[webhookID]++
	if holds == 0 && b.failures[webhookID] < b.Threshold {
		return 0
	}
	pause := b.Base
	for range holds {
		if pause = 2 * pause; pause >= b.Cap {
			break
		}
	}
	return min(pause, b.Cap)
}

// Succeeded notes a successful attempt and tells whether to release the lane.
func (b *Breaker) Succeeded(webhookID string, holds int) (release bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	release = holds > 0 || b.failures[webhookID] >= b.Threshold
	delete(b.failures, webhookID)
	return release
}

// Forget drops what is known of a webhook, for one that was deleted or paused.
func (b *Breaker) Forget(webhookID string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	delete(b.failures, webhookID)
}
