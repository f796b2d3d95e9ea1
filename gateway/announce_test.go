package gateway

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"kanera.dev/domain"
)

// wire is a bus that a test cuts and joins.
type wire struct {
	cut    chan struct{} // publishing waits for it; nil: it does not wait
	sent   []string
	hearer []func(string)
}

func (w *wire) Publish(ctx context.Context, _, notice string) error {
	select {
	case <-w.cut:
	case <-ctx.Done():
		return errors.New("nobody there")
	}
	w.sent = append(w.sent, notice)
	for _, hear := range w.hearer {
		hear(notice)
	}
	return nil
}

func (w *wire) Subscribe(_ context.Context, _ string, hear func(string)) domain.Subscription {
	w.hearer = append(w.hearer, hear)
	return nil
}

func changesIn(workspaces ...string) []*domain.Event {
	events := make([]*domain.Event, len(workspaces))
	for i, id := range workspaces {
		events[i] = &domain.Event{WorkspaceID: id}
	}
	return events
}

// TestAnnouncer tells listeners here at once and once a commit, and those in other processes through the bus.
func TestAnnouncer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		bus := &wire{cut: make(chan struct{})}
		close(bus.cut)
		here, there := announce(ctx, bus, "here"), announce(ctx, bus, "there")
		local, remote := map[string]int{}, map[string]int{}
		here.Listen(func(id string) { local[id]++ })
		there.Listen(func(id string) { remote[id]++ })
		here.committed(changesIn("a", "a", "b"))
		synctest.Wait()
		if len(local) != 2 || local["a"] != 1 || local["b"] != 1 || len(remote) != 2 || remote["a"] != 1 || remote["b"] != 1 {
			t.Errorf("heard %v here and %v there of %v", local, remote, bus.sent)
		}
		stop()
	})
}

// TestAnnouncerNeverWaits commits a thousand changes while the bus hangs: all are heard here, and the bus learns of
// the workspace twice at most once it is back.
func TestAnnouncerNeverWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		bus, heard := &wire{cut: make(chan struct{})}, 0
		a := announce(ctx, bus, "here")
		a.Listen(func(string) { heard++ })
		began := time.Now()
		for range 1000 {
			a.committed(changesIn("a"))
		}
		if heard != 1000 || time.Since(began) != 0 {
			t.Errorf("%d of 1000 heard, after %s", heard, time.Since(began))
		}
		synctest.Wait()
		close(bus.cut)
		synctest.Wait()
		if n := len(bus.sent); n < 1 || n > 2 {
			t.Errorf("%d notices for one workspace", n)
		}
		stop()
	})
}
