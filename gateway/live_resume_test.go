package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/gateway"
	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/persistence/redis/redistest"
)

// writers change cards until they made so many changes, all at once, through one gateway after the other.
func writers(t *testing.T, changes int, gateways ...*gatewaytest.Gateway) *sync.WaitGroup {
	t.Helper()
	cards := slices.DeleteFunc(slices.Clone(gateways[0].Demo.Cards), func(c *domain.Card) bool { return c.ArchivedAt != nil })
	var group sync.WaitGroup
	for i := range 3 {
		group.Go(func() {
			for n := range changes / 3 {
				rename(t, gateways[i%len(gateways)], cards[(i*7+n)%len(cards)].ID, fmt.Sprintf("Changed %d %d", i, n))
			}
		})
	}
	return &group
}

// rename changes a card as the owner.
func rename(t *testing.T, g *gatewaytest.Gateway, card, title string) {
	t.Helper()
	answer := g.Query(g.Facts.PersonalKey, `mutation($id: ID!, $title: String!) { cardUpdate(id: $id, input: { title: $title }) { card { id } } }`,
		map[string]any{"id": card, "title": title})
	if len(answer.Errors) > 0 {
		t.Errorf("%+v", answer.Errors)
	}
}

// finish makes a card when all has been written, by which listeners know.
func finish(t *testing.T, group *sync.WaitGroup, g *gatewaytest.Gateway) {
	t.Helper()
	go func() {
		group.Wait()
		add(t, g, "Last")
	}()
}

func (e shown) isLast() bool {
	return e.Type == "card:created" && e.Card != nil && e.Card.Title == "Last"
}

// truth reads the events of a workspace from the database.
func truth(t *testing.T, g *gatewaytest.Gateway, workspaceID string) []*domain.Event {
	t.Helper()
	store, err := gateway.OpenStore(t.Context(), g.Config)
	if err != nil {
		t.Fatal(err)
	}
	events, err := store.EventsAfter(t.Context(), workspaceID, 0, 100_000)
	if err := errors.Join(err, store.Close()); err != nil {
		t.Fatal(err)
	}
	return events
}

// listener reads a subscription and loses its connection again and again.
type listener struct {
	t         *testing.T
	gateways  []*gatewaytest.Gateway
	query     string
	variables map[string]any
	random    *rand.Rand
	cursor    string
	lost      int
}

// hear connects to any gateway by any transport, and calls heard for each event until it is enough or the connection is
// lost at random.
func (l *listener) hear(heard func(shown) (enough bool)) (enough bool) {
	g := l.gateways[l.random.IntN(len(l.gateways))]
	l.variables["since"] = l.cursor
	next, leave := l.connect(g)
	defer leave()
	for range 1 + l.random.IntN(40) {
		e, err := next()
		if err != nil {
			l.t.Fatalf("after %q: %v", l.cursor, err)
		}
		l.cursor = e.Cursor
		if heard(e) {
			return true
		}
	}
	l.lost++
	return false
}

func (l *listener) connect(g *gatewaytest.Gateway) (next func() (shown, error), leave func()) {
	if l.random.IntN(2) == 0 {
		s := stream(l.t, g, bearer(g.Facts.PersonalKey), l.query, l.variables)
		return func() (shown, error) { return eventIn([]byte(s.event()["data"])) }, s.stop
	}
	w := connect(l.t, g, g.Facts.PersonalKey)
	w.subscribe("1", l.query, l.variables)
	return func() (shown, error) {
		f := w.hear()
		if f.Type != "next" {
			return shown{}, fmt.Errorf("%s %s", f.Type, f.Payload)
		}
		return eventIn(f.Payload)
	}, func() { _ = w.conn.CloseNow() }
}

// deployment is one gateway on SQLite, or two on one Postgres and one Redis.
func deployment(t *testing.T, backend gatewaytest.Backend) []*gatewaytest.Gateway {
	t.Helper()
	config := configureLive(t, backend)
	if backend == gatewaytest.SQLite {
		return []*gatewaytest.Gateway{gatewaytest.NewWith(t, config)}
	}
	config.RedisURL = redistest.Start(t).URL
	first := gatewaytest.NewWith(t, config)
	return []*gatewaytest.Gateway{first, first.Another()}
}

// TestNothingIsMissedWhileConnectionsAreLost goes on from the last cursor through lost connections, transports and
// gateways while writers run: every event of the workspace is heard once, in order.
func TestNothingIsMissedWhileConnectionsAreLost(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			gateways, seed := deployment(t, backend), rand.Uint64()
			t.Logf("seed %d", seed)
			l := &listener{t: t, gateways: gateways, query: workspaceEvents, variables: map[string]any{"workspace": gateways[0].Facts.WorkspaceID},
				random: rand.New(rand.NewPCG(seed, 1)), cursor: "0"}
			finish(t, writers(t, 300, gateways...), gateways[0])
			last := int64(0)
			for enough := false; !enough; {
				enough = l.hear(func(e shown) bool {
					sequence, err := strconv.ParseInt(e.Sequence, 10, 64)
					if err != nil || sequence != last+1 {
						t.Fatalf("%s follows %d", e.Sequence, last)
					}
					last = sequence
					return e.isLast()
				})
			}
			if last < 200 {
				t.Error("too few events to prove anything")
			}
			t.Logf("%d events over %d lost connections", last, l.lost)
		})
	}
}

// TestNoCardIsMissedInAnyWorkspace is the same for the cards of all workspaces at once: every event about a card is
// heard once, those of a workspace in order.
func TestNoCardIsMissedInAnyWorkspace(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			gateways, seed := deployment(t, backend), rand.Uint64()
			t.Logf("seed %d", seed)
			l := &listener{t: t, gateways: gateways, query: cardChanged, variables: map[string]any{}, random: rand.New(rand.NewPCG(seed, 1))}
			s := stream(t, gateways[0], bearer(gateways[0].Facts.PersonalKey), cardChanged, nil) // from now on, before anything happens
			add(t, gateways[0], "First")
			first := s.event()
			l.cursor = first["id"]
			e, err := eventIn([]byte(first["data"]))
			if err != nil {
				t.Fatal(err)
			}
			heard := map[string]int{e.ID: 1}
			finish(t, writers(t, 150, gateways...), gateways[0])
			once := func(e shown) {
				if heard[e.ID]++; heard[e.ID] > 1 {
					t.Fatalf("heard again: %+v", e)
				}
			}
			for enough := false; !enough; {
				enough = l.hear(func(e shown) bool {
					once(e)
					return e.isLast()
				})
			}
			want := map[string]bool{}
			for _, workspace := range gateways[0].Demo.Workspaces {
				for _, e := range truth(t, gateways[0], workspace.ID) {
					if e.CardID != nil {
						want[e.ID] = true
					}
				}
			}
			for enough := len(heard) == len(want); !enough; {
				enough = l.hear(func(e shown) bool {
					once(e)
					return len(heard) == len(want)
				})
			}
			for id := range heard {
				if !want[id] {
					t.Errorf("%s is no event about a card", id)
				}
			}
			t.Logf("%d events over %d lost connections", len(heard), l.lost)
		})
	}
}

// TestTheBusIsAway still brings what another gateway did, only later.
func TestTheBusIsAway(t *testing.T) {
	t.Parallel()
	config := configureLive(t, gatewaytest.Postgres)
	server := redistest.Start(t)
	config.RedisURL = server.URL
	first := gatewaytest.NewWith(t, config)
	second := first.Another()
	s := stream(t, second, bearer(first.Facts.PersonalKey), workspaceEvents, map[string]any{"workspace": first.Facts.WorkspaceID, "types": []string{"card:created"}})
	heard := func(card string) {
		t.Helper()
		if e, err := eventIn([]byte(s.event()["data"])); err != nil || e.Card == nil || e.Card.ID != card {
			t.Fatalf("%v: %+v", err, e)
		}
	}
	heard(add(t, first, "By notice"))
	server.Kill()
	heard(add(t, first, "By looking"))
	server.Restart()
	heard(add(t, first, "By notice again"))
}

// TestSinceThatIsNoLongerKept is refused, at every door.
func TestSinceThatIsNoLongerKept(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			g := gatewaytest.New(t, backend)
			for range 3 {
				add(t, g, "Kept")
			}
			store, err := gateway.OpenStore(t.Context(), g.Config)
			if err != nil {
				t.Fatal(err)
			}
			oldest := truth(t, g, g.Facts.WorkspaceID)[0]
			if err := errors.Join(store.Delete(context.WithoutCancel(t.Context()), oldest), store.Close()); err != nil {
				t.Fatal(err)
			}
			w := connect(t, g, g.Facts.WorkspaceKey)
			w.subscribe("1", boardEvents, map[string]any{"board": g.Facts.BoardID, "since": "0"})
			if code := w.code("1"); code != "SINCE_EXPIRED" {
				t.Error(code)
			}
			w.subscribe("2", boardEvents, map[string]any{"board": g.Facts.BoardID, "since": "1"})
			if e := w.event("2"); e.Sequence != "2" {
				t.Errorf("%+v", e)
			}
			path := "/api/v1/workspaces/" + g.Facts.WorkspaceID + "/events"
			if answer := g.Do("GET", path+"?since=0", g.Facts.WorkspaceKey, nil); answer.Status != 410 || answer.Code() != "SINCE_EXPIRED" {
				t.Errorf("%d %s", answer.Status, answer.Body)
			}
			if answer := g.Do("GET", path, g.Facts.WorkspaceKey, nil); answer.Status != 200 {
				t.Errorf("%d %s", answer.Status, answer.Body)
			}
		})
	}
}
