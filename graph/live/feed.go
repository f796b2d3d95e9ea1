package live

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"kanera.dev/domain"
)

// Limits bound what subscribers can ask of a process. The zero value of a member stands for its default.
type Limits struct {
	PerKey   int           // streams of one key in this process; 1,000
	Kept     int           // events of a workspace that are kept for those who are behind; 4,096
	Behind   int           // how many events a stream may be behind …
	Patience time.Duration // … for longer than this, before it is slow; 1,024 and 10 s
	Beat     time.Duration // how often streams look whether their key is still good, and tails whether they missed something; 1 s
}

func (l *Limits) complete() {
	set(&l.PerKey, 1000)
	set(&l.Kept, 4096)
	set(&l.Behind, 1024)
	set(&l.Patience, 10*time.Second)
	set(&l.Beat, time.Second)
}

func set[T comparable](value *T, standard T) {
	var zero T
	if *value == zero {
		*value = standard
	}
}

// pageSize is how many events are read at once.
const pageSize = 256

// ErrClosing ends the streams of a feed that is closed. They can go on elsewhere from their last cursor.
var ErrClosing = errors.New("the server is stopping")

// Feed follows the workspaces that somebody subscribes to.
type Feed struct {
	service *domain.Service
	log     *slog.Logger
	limits  Limits
	ctx     context.Context //nolint:containedctx // what is worked out for several streams must not end with one of them
	close   context.CancelFunc
	slow    atomic.Int64

	mu      sync.RWMutex
	tails   map[string]*tail
	streams map[*Stream]struct{}
	byKey   map[string]int
}

// New returns a feed that works until ctx ends or it is closed. Tell it of changes with Poke.
func New(ctx context.Context, service *domain.Service, log *slog.Logger, limits Limits) *Feed {
	limits.complete()
	f := &Feed{service: service, log: log, limits: limits, tails: map[string]*tail{}, streams: map[*Stream]struct{}{}, byKey: map[string]int{}}
	f.ctx, f.close = context.WithCancel(ctx)
	go f.beat()
	return f
}

// Poke says that a workspace has new events. It never blocks, and costs nothing for workspaces that nobody follows.
func (f *Feed) Poke(workspaceID string) {
	f.mu.RLock()
	t := f.tails[workspaceID]
	f.mu.RUnlock()
	if t != nil {
		notify(t.poke)
	}
}

// Close ends every stream with ErrClosing. Repeating it changes nothing.
func (f *Feed) Close() { f.close() }

// Closing is closed as soon as the feed is.
func (f *Feed) Closing() <-chan struct{} { return f.ctx.Done() }

// Open returns how many streams are open.
func (f *Feed) Open() int {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return len(f.streams)
}

// Slow returns how many streams were ended because they were slow.
func (f *Feed) Slow() int64 { return f.slow.Load() }

// beat wakes everybody now and then: streams ask whether their key is still good, and no notice is needed for anything.
func (f *Feed) beat() {
	ticker := time.NewTicker(f.limits.Beat)
	defer ticker.Stop()
	for {
		select {
		case <-f.ctx.Done():
			return
		case <-ticker.C:
		}
		f.mu.RLock()
		for s := range f.streams {
			notify(s.wake)
		}
		f.mu.RUnlock()
		f.look()
	}
}

// look asks in one statement which workspaces have events that their tails have not read.
func (f *Feed) look() {
	f.mu.RLock()
	ids := make([]string, 0, len(f.tails))
	for id := range f.tails {
		ids = append(ids, id)
	}
	f.mu.RUnlock()
	if len(ids) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(f.ctx, 10*f.limits.Beat)
	defer cancel()
	last, err := f.service.Store.LastSequences(ctx, ids)
	if err != nil {
		f.failed(err)
		return
	}
	for id, sequence := range last {
		f.mu.RLock()
		t := f.tails[id]
		f.mu.RUnlock()
		if t != nil && sequence > t.lastRead() {
			notify(t.poke)
		}
	}
}

// failed logs why events could not be read; whoever waits for them goes on waiting.
func (f *Feed) failed(err error) {
	if f.ctx.Err() == nil {
		f.log.Warn("events cannot be read for the moment", "error", err)
	}
}

// notify leaves a token in a channel that holds one.
func notify(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}
