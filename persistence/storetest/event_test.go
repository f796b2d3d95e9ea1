package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// happening is an event of a workspace, about a card unless that is empty.
func happening(workspace, card string, seconds int) *domain.Event {
	e := &domain.Event{ID: domain.NewID(), OrganisationID: storetest.ID("Acme"), WorkspaceID: storetest.ID(workspace), Type: "card:deleted",
		Data: []byte(`{"cardId": null}`), ActorKind: domain.ActorSystem, ActorName: domain.ProductName, OccurredAt: storetest.At(seconds)}
	if card != "" {
		e.CardID = new(storetest.ID(card))
	}
	return e
}

// crowd is some writers who write at once, what became of it, and the readers who follow.
type crowd struct {
	store *persistence.Store
	sync.Mutex
	committed, told map[string]bool // ids of events
	writing         atomic.Bool
}

var crowded = []string{"Work", "Side", "Yard"}

// Whoever reads on from the last number they saw misses nothing and sees nothing twice, however many write at once and
// whatever fails in between.
func TestSequencesFollowCommits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		c := &crowd{store: store, committed: map[string]bool{}, told: map[string]bool{}}
		store.OnCommit(c.hear)
		c.writing.Store(true)
		var writers, readers sync.WaitGroup
		for seed := range uint64(6) {
			writers.Go(func() { c.write(t, rand.New(rand.NewPCG(seed, 1))) })
		}
		for _, workspace := range crowded {
			readers.Go(func() { c.follow(t, workspace) })
		}
		writers.Wait()
		c.writing.Store(false)
		readers.Wait()
		check(t, "told", c.told, c.committed)
		seen := map[string]bool{}
		for _, workspace := range crowded {
			c.dense(t, workspace, seen)
		}
		check(t, "kept", seen, c.committed)
	})
}

// hear is told of events after their commit.
func (c *crowd) hear(events []*domain.Event) {
	c.Lock()
	defer c.Unlock()
	for _, e := range events {
		c.told[e.ID] = e.Sequence > 0
	}
}

// write runs transactions of up to three events each. A third of them fails.
func (c *crowd) write(t *testing.T, random *rand.Rand) {
	fails := errors.New("boom")
	for step := range 25 {
		events := make([]*domain.Event, 1+random.IntN(3))
		for i := range events {
			workspace := crowded[random.IntN(len(crowded))]
			events[i] = happening(workspace, []string{"", workspace + " basil", workspace + " mint"}[random.IntN(3)], step)
		}
		fail := random.IntN(3) == 0
		err := c.store.InTx(t.Context(), func(tx domain.Store) error {
			for _, e := range events {
				if err := tx.Emit(t.Context(), e); err != nil {
					return err
				}
			}
			if fail {
				return fails
			}
			return nil
		})
		if fail != errors.Is(err, fails) || !fail && err != nil {
			t.Errorf("a transaction that fails: %v, %v", fail, err)
		}
		if !fail {
			c.Lock()
			for _, e := range events {
				c.committed[e.ID] = true
			}
			c.Unlock()
		}
	}
}

// follow reads the events of a workspace while they are written, until there are no more.
func (c *crowd) follow(t *testing.T, workspace string) {
	seen := int64(0)
	for {
		more := c.writing.Load()
		events, err := c.store.EventsAfter(t.Context(), storetest.ID(workspace), seen, 7)
		if err != nil {
			t.Error(err)
			return
		}
		for _, e := range events {
			if seen++; e.Sequence != seen {
				t.Errorf("%s: event %d after %d", workspace, e.Sequence, seen-1)
				return
			}
		}
		if !more && len(events) == 0 {
			return
		}
	}
}

// dense checks the numbers of a workspace and of its cards, and adds its events to those seen.
func (c *crowd) dense(t *testing.T, workspace string, seen map[string]bool) {
	t.Helper()
	events := must[[]*domain.Event](t)(c.store.EventsAfter(t.Context(), storetest.ID(workspace), 0, 10_000))
	cards := map[string]int64{}
	for i, e := range events {
		seen[e.ID] = true
		check(t, workspace+": sequence", e.Sequence, int64(i+1))
		if e.CardID != nil {
			cards[*e.CardID]++
			check(t, workspace+": sequence of the card", *e.CardSequence, cards[*e.CardID])
		}
	}
	want := maps.Clone(cards)
	want[storetest.ID(workspace)] = int64(len(events))
	check(t, workspace+": last", must[map[string]int64](t)(c.store.LastSequences(t.Context(), slices.Collect(maps.Keys(want)))), want)
}

func TestPruneEvents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		for _, row := range []struct {
			workspace string
			seconds   []int
		}{
			{"Work", []int{0, 1, 3, 2, 4, 5, 6, 5, 7}},
			{"Ended", []int{0, 1, 2}},
			{"Ahead", []int{9000, 1, 2}}, // somebody's clock was wrong
		} {
			for _, seconds := range row.seconds {
				check(t, "emit", store.Emit(t.Context(), happening(row.workspace, "", seconds)), nil)
			}
		}
		left := func(what string, work, ended, ahead string) {
			t.Helper()
			for workspace, want := range map[string]string{"Work": work, "Ended": ended, "Ahead": ahead} {
				events := must[[]*domain.Event](t)(store.EventsAfter(t.Context(), storetest.ID(workspace), 0, 100))
				check(t, what+": "+workspace, fmt.Sprint(names(events, func(e *domain.Event) string { return fmt.Sprint(e.Sequence) })), want)
			}
		}
		prune := func(want, seconds, limit int) {
			t.Helper()
			check(t, "pruned", must[int](t)(store.PruneEvents(t.Context(), storetest.At(seconds), limit)), want)
		}
		prune(0, -1, 100)
		left("nothing is old", "[1 2 3 4 5 6 7 8 9]", "[1 2 3]", "[1 2 3]")
		prune(2, 1, 100)
		left("the first ones", "[2 3 4 5 6 7 8 9]", "[2 3]", "[1 2 3]")
		prune(3, 6, 3)
		prune(3, 6, 3)
		left("in batches, and without a gap", "[6 7 8 9]", "[]", "[1 2 3]")
		prune(1, 6, 3)
		prune(0, 6, 3)
		left("what follows a young one stays", "[7 8 9]", "[]", "[1 2 3]")
		check(t, "emit", store.Emit(t.Context(), happening("Ended", "", 8)), nil)
		left("numbers go on", "[7 8 9]", "[4]", "[1 2 3]")
		prune(7, 10_000, 100)
		left("everything", "[]", "[]", "[]")
		check(t, "last", must[map[string]int64](t)(store.LastSequences(t.Context(), storetest.IDs("Work", "Ended", "Ahead", "Other"))),
			map[string]int64{storetest.ID("Work"): 9, storetest.ID("Ended"): 4, storetest.ID("Ahead"): 3})
	})
}

// BenchmarkEmit writes one event a transaction.
func BenchmarkEmit(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *persistence.Store{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			store := open(b)
			for b.Loop() {
				if err := store.Emit(context.Background(), happening("Work", "Basil", 0)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
