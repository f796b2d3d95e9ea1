package gateway

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"kanera.dev/domain"
)

const (
	publishTime  = time.Second          // how long one notice may take to leave
	publishPause = 5 * time.Millisecond // between notices: what changes often is told of 200 times a second
)

// announcer tells in which workspaces something happened: those who listen in this process at once, the other processes
// through the bus. A notice says that there are new events, not which ones; whoever needs to miss nothing reads the
// events of the workspace, and looks now and then without having been told.
type announcer struct {
	bus    domain.Bus
	origin string // of this process: its own notices come back to it

	mu        sync.Mutex
	listeners []func(workspaceID string)
	pending   map[string]bool // workspaces the other processes have not been told of
	wake      chan struct{}   // holds one token while pending is not empty
}

// announce starts an announcer that works until ctx ends.
func announce(ctx context.Context, bus domain.Bus, origin string) *announcer {
	a := &announcer{bus: bus, origin: origin, pending: map[string]bool{}, wake: make(chan struct{}, 1)}
	bus.Subscribe(ctx, domain.TopicEvents, a.hear)
	go a.publish(ctx)
	return a
}

// Listen calls hear for every change in any process, from now on. It is called by whoever committed the change, by
// several at once, and must not block. A change may be told twice, and one that follows closely on another only once.
func (a *announcer) Listen(hear func(workspaceID string)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.listeners = append(slices.Clip(a.listeners), hear)
}

// committed passes on what was just committed here. It never waits for the bus.
func (a *announcer) committed(events []*domain.Event) {
	changed := make(map[string]bool, 1)
	for _, e := range events {
		changed[e.WorkspaceID] = true
	}
	for id := range changed {
		a.tell(id)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for id := range changed {
		a.pending[id] = true
	}
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// hear passes on what another process says.
func (a *announcer) hear(notice string) {
	if origin, id, ok := strings.Cut(notice, " "); ok && origin != a.origin {
		a.tell(id)
	}
}

func (a *announcer) tell(workspaceID string) {
	a.mu.Lock()
	listeners := a.listeners
	a.mu.Unlock()
	for _, hear := range listeners {
		hear(workspaceID)
	}
}

// publish tells the other processes, one workspace at a time and then nothing for a while: the first change is told of at
// once, and what changes again before its turn is told of once.
func (a *announcer) publish(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		}
		for id, ok := a.next(); ok && ctx.Err() == nil; id, ok = a.next() {
			limited, cancel := context.WithTimeout(ctx, publishTime)
			_ = a.bus.Publish(limited, domain.TopicEvents, a.origin+" "+id) // who is not told looks anyway
			cancel()
		}
		select {
		case <-ctx.Done():
		case <-time.After(publishPause):
		}
	}
}

// next takes a workspace that the other processes have not been told of.
func (a *announcer) next() (id string, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id = range a.pending {
		delete(a.pending, id)
		return id, true
	}
	return "", false
}
