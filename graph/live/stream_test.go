package live_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/graph/live"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// stage is a workspace in which events happen, and a feed that follows it.
type stage struct {
	*storetest.Fixture
	t       *testing.T
	store   *persistence.Store
	service *domain.Service
	feed    *live.Feed
	work    *domain.Workspace
	board   *domain.Board
	card    *domain.Card
	counted func() int64 // statements for subscribers
}

// onEveryStage runs a test at a new stage on every kind of store.
func onEveryStage(t *testing.T, limits live.Limits, test func(t *testing.T, s *stage)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		s := &stage{Fixture: storetest.NewFixture(t, store), t: t, store: store, service: &domain.Service{Store: store, Now: domain.SystemClock, NewID: domain.NewID}}
		s.Organisation("Acme")
		for _, name := range []string{"ada", "ben"} {
			s.User(name)
			s.OrganisationMember("Acme", name, domain.OrganisationMember)
		}
		s.work = s.Workspace("Acme", "Work", "WORK")
		s.WorkspaceMember("Work", "ada", domain.WorkspaceAdmin)
		s.WorkspaceMember("Work", "ben", domain.WorkspaceMemberRole)
		s.board = s.Board(s.work, "Roadmap", 0)
		s.BoardMember("Roadmap", "ben", domain.BoardObserver, false)
		s.List(s.work, "Todo", 0)
		s.card = s.Card(s.board, "Todo", "ada", "First", 1)
		ctx, count := persistence.CountStatements(t.Context())
		s.counted = count.Load
		s.feed = live.New(ctx, s.service, slog.New(slog.DiscardHandler), limits)
		t.Cleanup(s.feed.Close)
		store.OnCommit(func(events []*domain.Event) { s.feed.Poke(events[0].WorkspaceID) })
		test(t, s)
	})
}

func person(name string) *domain.Principal {
	return &domain.Principal{KeyID: storetest.ID(name + " key"), Kind: domain.PersonalKey, Scope: domain.ScopeWrite, UserID: storetest.ID(name),
		OrganisationID: storetest.ID("Acme"), OrganisationRoles: map[string]domain.OrganisationRole{storetest.ID("Acme"): domain.OrganisationMember}}
}

func is(who *domain.Principal) func(context.Context) (*domain.Principal, error) {
	return func(context.Context) (*domain.Principal, error) { return who, nil }
}

// request follows the workspace as somebody.
func (s *stage) request(name, since string) live.Request {
	return live.Request{Who: is(person(name)), WorkspaceID: s.work.ID, Since: since, Same: "the workspace"}
}

func (s *stage) subscribe(request live.Request) *live.Stream {
	s.t.Helper()
	stream, err := s.feed.Subscribe(s.t.Context(), request)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(stream.Close)
	return stream
}

// happen emits events about the card in one transaction each.
func (s *stage) happen(ctx context.Context, n int) {
	s.t.Helper()
	for range n {
		if err := s.store.Emit(ctx, s.event()); err != nil {
			s.t.Error(err)
		}
	}
}

func (s *stage) event() *domain.Event {
	return &domain.Event{ID: domain.NewID(), OrganisationID: s.work.OrganisationID, WorkspaceID: s.work.ID, BoardID: &s.board.ID, CardID: &s.card.ID,
		Type: "card:updated", Data: []byte(`{}`), ActorKind: domain.ActorSystem, OccurredAt: domain.SystemClock()}
}

// next returns the next event, which has to come.
func (s *stage) next(stream *live.Stream) *live.Delivery {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	delivery, err := stream.Next(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	return delivery
}

// quiet goes through all that is there and fails when any of it is heard.
func (s *stage) quiet(stream *live.Stream) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 100*time.Millisecond)
	defer cancel()
	if delivery, err := stream.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		s.t.Fatalf("heard %+v, %v", delivery, err)
	}
}

// TestEveryEventOnceInOrder has writers race, one transaction with more events than are kept, and subscribers that began
// before, meanwhile and after.
func TestEveryEventOnceInOrder(t *testing.T) {
	t.Parallel()
	onEveryStage(t, live.Limits{Kept: 300, Patience: time.Minute}, func(t *testing.T, s *stage) {
		const single, bulk = 200, 900
		var writing, hearing sync.WaitGroup
		follow := func(since int64) {
			stream := s.subscribe(s.request("ada", strconv.FormatInt(since, 10)))
			hearing.Go(func() {
				for want := since + 1; want <= 2*single+bulk; want++ {
					if delivery := s.next(stream); delivery.Event.Sequence != want || delivery.Cursor != strconv.FormatInt(want, 10) {
						t.Errorf("%d comes as %d", delivery.Event.Sequence, want)
						return
					}
				}
			})
		}
		follow(0)
		for range 2 {
			writing.Go(func() { s.happen(t.Context(), single) })
		}
		follow(0)
		writing.Go(func() {
			events := make([]*domain.Event, bulk)
			for i := range events {
				events[i] = s.event()
			}
			if err := s.store.Emit(t.Context(), events...); err != nil {
				t.Error(err)
			}
		})
		writing.Wait()
		follow(0)
		follow(single)
		hearing.Wait()
	})
}

// TestAccessIsJudgedByEvent takes access away in the middle of a stream and gives it back.
func TestAccessIsJudgedByEvent(t *testing.T) {
	t.Parallel()
	onEveryStage(t, live.Limits{}, func(t *testing.T, s *stage) {
		ada, ben := s.subscribe(s.request("ada", "")), s.subscribe(s.request("ben", ""))
		both := func(want int64) {
			t.Helper()
			for _, stream := range []*live.Stream{ada, ben} {
				if got := s.next(stream).Event.Sequence; got != want {
					t.Fatalf("heard %d, want %d", got, want)
				}
			}
		}
		s.happen(t.Context(), 1)
		both(1)
		row := &domain.BoardMember{BoardID: s.board.ID, UserID: storetest.ID("ben")}
		if err := s.store.Load(t.Context(), row); err != nil {
			t.Fatal(err)
		}
		if err := s.store.Delete(t.Context(), row); err != nil {
			t.Fatal(err)
		}
		s.happen(t.Context(), 1)
		if got := s.next(ada).Event.Sequence; got != 2 {
			t.Fatalf("heard %d", got)
		}
		s.quiet(ben)
		if err := s.store.Insert(t.Context(), row); err != nil {
			t.Fatal(err)
		}
		s.happen(t.Context(), 1)
		both(3)
	})
}

// TestSlowSubscribersAreDropped and can go on from where they were; those who only begin far behind are not slow.
func TestSlowSubscribersAreDropped(t *testing.T) {
	t.Parallel()
	onEveryStage(t, live.Limits{Behind: 10, Patience: time.Nanosecond}, func(t *testing.T, s *stage) {
		slow, quick := s.subscribe(s.request("ada", "")), s.subscribe(s.request("ada", ""))
		s.happen(t.Context(), 1)
		s.next(slow)
		s.next(quick)
		s.quiet(slow) // it has caught up
		for range 30 {
			s.happen(t.Context(), 1)
			s.next(quick)
		}
		if _, err := slow.Next(t.Context()); domain.CodeOf(err) != domain.CodeSlowConsumer {
			t.Fatalf("not slow: %v", err)
		}
		if s.feed.Slow() != 1 {
			t.Errorf("%d were slow", s.feed.Slow())
		}
		again := s.subscribe(s.request("ada", "1"))
		for want := int64(2); want <= 31; want++ {
			if got := s.next(again).Event.Sequence; got != want {
				t.Fatalf("heard %d, want %d", got, want)
			}
		}
	})
}

// TestManySubscribersCostAHandful lets a thousand of one key hear of one change.
func TestManySubscribersCostAHandful(t *testing.T) {
	t.Parallel()
	onEveryStage(t, live.Limits{Beat: time.Hour}, func(t *testing.T, s *stage) {
		streams := make([]*live.Stream, 1000)
		for i := range streams {
			streams[i] = s.subscribe(s.request("ben", ""))
		}
		if _, err := s.feed.Subscribe(t.Context(), s.request("ben", "")); domain.CodeOf(err) != domain.CodeTooManySubscriptions {
			t.Errorf("one more than a key may have: %v", err)
		}
		before := s.counted()
		s.happen(t.Context(), 1)
		var hearing sync.WaitGroup
		for _, stream := range streams {
			hearing.Go(func() {
				delivery := s.next(stream)
				if got := live.Shared(delivery, func(context.Context) int64 { return delivery.Event.Sequence }); got != 1 {
					t.Errorf("heard %d", got)
				}
			})
		}
		hearing.Wait()
		if n := s.counted() - before; n > 5 {
			t.Errorf("%d statements for one change", n)
		}
	})
}

// TestClosedFeeds end their streams, and leave nothing behind.
func TestClosedFeeds(t *testing.T) {
	t.Parallel()
	onEveryStage(t, live.Limits{}, func(t *testing.T, s *stage) {
		stream, other := s.subscribe(s.request("ada", "")), s.subscribe(s.request("ada", ""))
		other.Close()
		other.Close()
		if n := s.feed.Open(); n != 1 {
			t.Errorf("%d are open", n)
		}
		time.AfterFunc(time.Millisecond, s.feed.Close)
		if _, err := stream.Next(t.Context()); !errors.Is(err, live.ErrClosing) {
			t.Error(err)
		}
		stream.Close()
		if n := s.feed.Open(); n != 0 {
			t.Errorf("%d are open", n)
		}
	})
}

// TestWhereAStreamCanBegin refuses places that do not exist, or no longer.
func TestWhereAStreamCanBegin(t *testing.T) {
	t.Parallel()
	onEveryStage(t, live.Limits{}, func(t *testing.T, s *stage) {
		s.happen(t.Context(), 3)
		gone, err := s.store.EventsAfter(t.Context(), s.work.ID, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.store.Delete(t.Context(), gone[0]); err != nil {
			t.Fatal(err)
		}
		everywhere := func(since string) live.Request {
			return live.Request{Who: is(person("ada")), Since: since, Same: "all", List: func(context.Context, *domain.Principal) ([]live.Place, error) {
				return []live.Place{{WorkspaceID: s.work.ID, Created: s.work.CreatedAt}}, nil
			}}
		}
		for name, row := range map[string]struct {
			request live.Request
			code    domain.Code
		}{
			"now":              {s.request("ada", ""), ""},
			"the end":          {s.request("ada", "3"), ""},
			"the oldest":       {s.request("ada", "1"), ""},
			"expired":          {s.request("ada", "0"), domain.CodeSinceExpired},
			"ahead":            {s.request("ada", "4"), domain.CodeValidation},
			"negative":         {s.request("ada", "-1"), domain.CodeValidation},
			"not in its form":  {s.request("ada", "01"), domain.CodeValidation},
			"no number":        {s.request("ada", "x"), domain.CodeValidation},
			"everywhere":       {everywhere(""), ""},
			"a plain sequence": {everywhere("3"), domain.CodeValidation},
			"no cursor":        {everywhere("AAAAAAAA"), domain.CodeValidation},
		} {
			stream, err := s.feed.Subscribe(t.Context(), row.request)
			if stream != nil {
				stream.Close()
			}
			if got := domain.CodeOf(err); err == nil && row.code != "" || err != nil && got != row.code {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
