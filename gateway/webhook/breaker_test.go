package webhook

import (
	"testing"
	"time"
)

func TestBreaker(t *testing.T) {
	t.Parallel()
	b := &Breaker{Threshold: 3, Base: 10 * time.Second, Cap: time.Minute}
	fails := func(webhook string, holds int, want time.Duration) {
		t.Helper()
		if got := b.Failed(webhook, holds); got != want {
			t.Errorf("held for %v, want %v", got, want)
		}
	}
	succeeds := func(webhook string, holds int, want bool) {
		t.Helper()
		if got := b.Succeeded(webhook, holds); got != want {
			t.Errorf("released: %v, want %v", got, want)
		}
	}
	fails("a", 0, 0)
	fails("a", 0, 0)
	fails("b", 0, 0) // others count for themselves
	fails("a", 0, 10*time.Second)
	fails("a", 0, 10*time.Second) // one that was under way
	fails("a", 1, 20*time.Second)
	fails("a", 2, 40*time.Second)
	fails("a", 3, time.Minute)
	fails("a", 200, time.Minute)
	fails("c", 1, 20*time.Second) // held by another process
	succeeds("a", 0, true)        // one that was under way proves as much
	succeeds("c", 2, true)
	succeeds("a", 0, false)
	fails("a", 0, 0)
	fails("a", 0, 0)
	succeeds("a", 0, false) // failures in a row count
	fails("a", 0, 0)
	fails("b", 0, 0)
	b.Forget("b")
	fails("b", 0, 0)
	fails("b", 0, 0)
	fails("b", 0, 10*time.Second)
}
