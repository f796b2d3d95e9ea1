package live

import (
	"context"
	"fmt"
	"time"

	"kanera.dev/domain"
)

// MaxWorkspaces is how many workspaces one stream can follow.
const MaxWorkspaces = 100

// hearingTime is how long it may take to find out who hears of a moment.
const hearingTime = 10 * time.Second

// relistTime is how often a stream over all workspaces of a viewer looks for new ones.
const relistTime = time.Minute

// Place is a workspace to follow.
type Place struct {
	WorkspaceID string
	Created     time.Time
}

// Request is what somebody subscribes to.
type Request struct {
	// Who says on whose behalf events are heard. It is asked again before each event and every second; its error ends
	// the stream.
	Who func(context.Context) (*domain.Principal, error)
	// WorkspaceID is the workspace to follow; empty to follow all that List returns.
	WorkspaceID string
	// List returns the workspaces of a viewer. It is asked again every minute.
	List  func(context.Context, *domain.Principal) ([]Place, error)
	Since string       // the cursor to go on from; empty: only what comes from now on
	Sieve domain.Sieve // what to leave out
	Same  string       // never empty; requests with the same text differ in nothing but Since, so that what is worked out for one serves all
}

// Stream is the way of one subscriber through the events. Only one goroutine may use it.
type Stream struct {
	feed    *Feed
	request Request
	key     string // id of the API key
	wake    chan struct{}
	follows []*follow
	listed  time.Time
	turn    int // which follow is asked first

	who     *domain.Principal
	of      *follow         // what pending is from
	moment  *Moment         // likewise
	pending []*domain.Event // heard, and not delivered yet
	heardAt time.Time
}

// follow is where a stream is in one workspace.
type follow struct {
	tail   *tail
	at     int64     // everything up to here was delivered, or is none of the viewer's business
	caught time.Time // when there was last nothing left; zero: never yet
}

// Subscribe opens a stream. VALIDATION or SINCE_EXPIRED when it cannot begin at Since, TOO_MANY_SUBSCRIPTIONS when the
// key has enough. Close it in the end.
func (f *Feed) Subscribe(ctx context.Context, request Request) (*Stream, error) {
	who, err := request.Who(ctx)
	if err != nil {
		return nil, err
	}
	s := &Stream{feed: f, request: request, key: who.KeyID, who: who, wake: make(chan struct{}, 1)}
	if err := f.add(s); err != nil {
		return nil, err
	}
	if err := s.begin(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (f *Feed) add(s *Stream) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byKey[s.key] >= f.limits.PerKey {
		return &domain.Error{Code: domain.CodeTooManySubscriptions, Message: fmt.Sprintf("The key has %d open subscriptions; more are not allowed.", f.limits.PerKey)}
	}
	f.streams[s] = struct{}{}
	f.byKey[s.key]++
	return nil
}

// Close ends the stream. Repeating it changes nothing.
func (s *Stream) Close() {
	for _, place := range s.follows {
		place.tail.leave(s)
	}
	s.follows = nil
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	if _, open := s.feed.streams[s]; !open {
		return
	}
	delete(s.feed.streams, s)
	if s.feed.byKey[s.key]--; s.feed.byKey[s.key] == 0 {
		delete(s.feed.byKey, s.key)
	}
}

// Next waits for the next event that the viewer hears of. Its error ends the stream: ErrClosing, that of ctx, that of
// Request.Who, or a domain.Error that says why events would be missing.
func (s *Stream) Next(ctx context.Context) (*Delivery, error) {
	for {
		if s.feed.ctx.Err() != nil {
			return nil, ErrClosing
		}
		who, err := s.request.Who(ctx)
		if err != nil {
			return nil, err
		}
		s.who = who
		if err := s.relist(ctx); err != nil {
			return nil, err
		}
		if delivery, err := s.advance(ctx); delivery != nil || err != nil {
			return delivery, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-s.feed.ctx.Done():
		case <-s.wake:
		}
	}
}

// advance delivers what is pending, or else goes on in the workspaces in turn. Nil when nothing is left.
func (s *Stream) advance(ctx context.Context) (*Delivery, error) {
	if len(s.pending) > 0 && time.Since(s.heardAt) < sharedTime {
		return s.deliver(), nil
	}
	s.pending = nil // what is left of it is judged again
	for range s.follows {
		place := s.follows[s.turn%len(s.follows)]
		if err := s.hear(ctx, place); err != nil {
			return nil, err
		}
		if len(s.pending) > 0 {
			return s.deliver(), nil
		}
		s.turn++
	}
	return nil, nil
}

// hear goes on in one workspace until something is pending or nothing is left.
func (s *Stream) hear(ctx context.Context, place *follow) error {
	for {
		moment, err := s.following(ctx, place)
		if err != nil || moment == nil {
			return err
		}
		heard, err := s.hears(moment, place.at)
		if err != nil {
			return err
		}
		if len(heard) > 0 {
			s.of, s.moment, s.pending, s.heardAt = place, moment, heard, time.Now()
			return nil
		}
		place.at = moment.last()
	}
}

// following returns the moment that a stream has come to; nil when there is none yet.
func (s *Stream) following(ctx context.Context, place *follow) (*Moment, error) {
	moment, last := place.tail.after(place.at)
	now := time.Now()
	if last <= place.at {
		place.caught = now
		return nil, nil
	}
	if last-place.at > int64(s.feed.limits.Behind) && !place.caught.IsZero() && now.Sub(place.caught) > s.feed.limits.Patience {
		s.feed.slow.Add(1)
		return nil, &domain.Error{Code: domain.CodeSlowConsumer, Message: fmt.Sprintf(
			"Events were taken more slowly than they came: %d are waiting. Go on with since.", last-place.at)}
	}
	if moment != nil {
		return moment, nil
	}
	return place.tail.further(ctx, place.at)
}

// judgement is who heard what of a moment.
type judgement struct {
	same, keyID, organisationID string
	after                       int64
}

type verdict struct {
	events []*domain.Event
	err    error
}

// hears asks which of the events after a sequence are for the viewer, once for all who ask the same.
func (s *Stream) hears(moment *Moment, after int64) ([]*domain.Event, error) {
	who, key := s.who, judgement{s.request.Same, s.who.KeyID, s.who.OrganisationID, after}
	heard := share(moment, key, func() verdict {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.feed.ctx), hearingTime)
		defer cancel()
		events, err := s.feed.service.Hears(ctx, who, moment.from(after), s.request.Sieve)
		return verdict{events, err}
	})
	return heard.events, heard.err
}

// deliver takes the first pending event.
func (s *Stream) deliver() *Delivery {
	event := s.pending[0]
	s.pending = s.pending[1:]
	s.of.at = event.Sequence
	if len(s.pending) == 0 {
		s.of.at = s.moment.last()
	}
	return &Delivery{Event: event, Who: s.who, Cursor: s.cursor(event), stream: s, moment: s.moment}
}
