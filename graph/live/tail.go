package live

import (
	"context"
	"sync"

	"kanera.dev/domain"
)

// tail reads the events of one workspace as they come, for all its streams. It lives as long as it has any.
type tail struct {
	feed      *Feed
	workspace string
	poke      chan struct{}
	stop      context.CancelFunc

	mu      sync.Mutex
	last    int64     // sequence of the newest event that was read
	moments []*Moment // the newest ones, oldest first, without a gap
	held    int       // events in them
	streams map[*Stream]struct{}
}

// join adds a stream to the tail of a workspace, whose newest event is last as far as the stream knows.
func (f *Feed) join(s *Stream, workspaceID string, last int64) *tail {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.tails[workspaceID]
	if t == nil {
		t = &tail{feed: f, workspace: workspaceID, last: last, poke: make(chan struct{}, 1), streams: map[*Stream]struct{}{}}
		var ctx context.Context
		ctx, t.stop = context.WithCancel(f.ctx)
		f.tails[workspaceID] = t
		notify(t.poke) // for what was committed before anybody knew whom to tell
		go t.run(ctx)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.streams[s] = struct{}{}
	return t
}

// leave takes a stream away; the last one takes the tail along.
func (t *tail) leave(s *Stream) {
	t.feed.mu.Lock()
	defer t.feed.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.streams, s)
	if len(t.streams) == 0 && t.feed.tails[t.workspace] == t {
		delete(t.feed.tails, t.workspace)
		t.stop()
	}
}

func (t *tail) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.poke:
		}
		for more := true; more; {
			more = t.read(ctx)
		}
	}
}

// read takes in what is new and reports whether there may be more.
func (t *tail) read(ctx context.Context) bool {
	events, err := t.feed.service.Store.EventsAfter(ctx, t.workspace, t.lastRead(), pageSize)
	if err != nil {
		t.feed.failed(err)
		return false
	}
	if len(events) > 0 {
		t.take(newMoment(events))
	}
	return len(events) == pageSize
}

// take adds a moment, lets go of the oldest and wakes the streams.
func (t *tail) take(m *Moment) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m.events[0].Sequence != t.last+1 { // removed while nobody looked: streams that need it find out from the database
		t.moments, t.held = nil, 0
	}
	t.moments, t.last, t.held = append(t.moments, m), m.last(), t.held+len(m.events)
	for t.held-len(t.moments[0].events) >= t.feed.limits.Kept {
		t.held -= len(t.moments[0].events)
		t.moments[0] = nil
		t.moments = t.moments[1:]
	}
	for s := range t.streams {
		notify(s.wake)
	}
}

func (t *tail) lastRead() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// after returns the kept moment with the event that follows a sequence, nil when it is not kept, and the sequence of the
// newest event.
func (t *tail) after(sequence int64) (m *Moment, last int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last <= sequence || len(t.moments) == 0 || t.moments[0].events[0].Sequence > sequence+1 {
		return nil, t.last
	}
	for i := len(t.moments) - 1; i > 0; i-- { // nearly everybody is at the end
		if t.moments[i].events[0].Sequence <= sequence+1 {
			return t.moments[i], t.last
		}
	}
	return t.moments[0], t.last
}

// newest is where the workspaces stand, without leaving one out.
func (f *Feed) newest(ctx context.Context, places []Place) (map[string]int64, error) {
	ids := make([]string, len(places))
	for i, place := range places {
		ids[i] = place.WorkspaceID
	}
	return f.service.Store.LastSequences(ctx, ids)
}

// further reads on from a place that the tail no longer keeps.
func (t *tail) further(ctx context.Context, sequence int64) (*Moment, error) {
	events, err := t.feed.service.EventsFollowing(ctx, t.workspace, sequence, pageSize)
	if err != nil || len(events) == 0 {
		return nil, err
	}
	return alone(events), nil
}

// from returns the events of a moment after a sequence.
func (m *Moment) from(sequence int64) []*domain.Event {
	return m.events[max(0, min(int64(len(m.events)), sequence+1-m.events[0].Sequence)):]
}
