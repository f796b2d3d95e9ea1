package live

import (
	"sync"
	"time"

	"kanera.dev/domain"
)

// sharedTime is for how long something worked out for one subscriber serves others who ask the same.
const sharedTime = time.Second

// Moment is what one read of a workspace brought: consecutive events, and what was worked out for whoever hears of
// them. It is worked out after the events were committed, so that nobody sees rows from before; and forgotten after a
// second, so that nobody profits for longer from an access that was lost.
type Moment struct {
	events []*domain.Event

	mu     sync.Mutex
	shared map[any]any // nil: nothing is shared any more
}

func newMoment(events []*domain.Event) *Moment {
	m := &Moment{events: events, shared: map[any]any{}}
	time.AfterFunc(sharedTime, m.forget)
	return m
}

// alone is a moment of which nothing is shared.
func alone(events []*domain.Event) *Moment { return &Moment{events: events} }

func (m *Moment) last() int64 { return m.events[len(m.events)-1].Sequence }

func (m *Moment) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shared = nil
}

// share calls work once for all who ask with the same key within a second; the others wait for it.
func share[K comparable, T any](m *Moment, key K, work func() T) T {
	m.mu.Lock()
	if m.shared == nil {
		m.mu.Unlock()
		return work()
	}
	once, known := m.shared[key].(func() T)
	if !known {
		once = sync.OnceValue(work)
		m.shared[key] = once
	}
	m.mu.Unlock()
	return once()
}
