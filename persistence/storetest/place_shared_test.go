package storetest_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// crossing lets statements that read places pass, or has them wait.
type crossing struct {
	closed     atomic.Pointer[chan struct{}]
	statements atomic.Int64
}

func (c *crossing) observe(_ context.Context, statement string) func(error) {
	if strings.Contains(statement, "c.kept_values") {
		c.statements.Add(1)
		if closed := c.closed.Load(); closed != nil {
			<-*closed
		}
	}
	return func(error) {}
}

// close has statements wait until the function that it returns is called.
func (c *crossing) close() (open func()) {
	closed := make(chan struct{})
	c.closed.Store(&closed)
	return func() { c.closed.Store(nil); close(closed) }
}

// newCrossing returns a company on Postgres with a card in each of its workspaces, one of them with labels that make no
// sense, and the crossing before its database.
func newCrossing(t *testing.T) (*company, *crossing, []string) {
	t.Helper()
	c, url := &crossing{}, storetest.EmptyPostgres(t)
	store := must[*persistence.Store](t)(persistence.Open(t.Context(), persistence.Config{URL: url, Observe: c.observe}))
	t.Cleanup(func() { check(t, "close", store.Close(), nil) })
	check(t, "migrate", store.Migrate(t.Context()), nil)
	w := newCompany(t, store)
	w.adorn(t)
	w.List(w.side, "Backlog", 0)
	foreign, broken := w.Card(w.solo, "Backlog", "ada", "Fourth", 5), w.Card(w.support, "Todo", "ada", "Broken", 4)
	conns := must[*pgxpool.Pool](t)(pgxpool.New(t.Context(), url))
	defer conns.Close()
	_, err := conns.Exec(t.Context(), "UPDATE cards SET kept_labels = '{}' WHERE id = $1", broken.ID)
	check(t, "break", err, nil)
	return w, c, []string{w.first.ID, w.second.ID, w.third.ID, foreign.ID, broken.ID, storetest.ID("none")}
}

// answered is what somebody was told who asked for the place of a card.
type answered struct {
	place *domain.CardPlace
	code  domain.Code
}

func askPlace(ctx context.Context, store *persistence.Store, viewer *domain.Principal, id string) answered {
	place, err := store.CardPlace(ctx, viewer, id)
	if err != nil {
		return answered{code: domain.CodeOf(err)}
	}
	return answered{place: place}
}

// TestPlacesAskedAtTheSameTime are those that each is told who asks alone, whoever else asks and whatever for.
func TestPlacesAskedAtTheSameTime(t *testing.T) {
	t.Parallel()
	w, crossing, cards := newCrossing(t)
	elsewhere := *workspaceKey(domain.ScopeWrite)
	elsewhere.WorkspaceID = w.side.ID
	viewers := []*domain.Principal{workspaceKey(domain.ScopeWrite), workspaceKey(domain.ScopeRead), &elsewhere, ben, cleo}
	alone, together := map[*domain.Principal]map[string]answered{}, map[*domain.Principal]map[string][]answered{}
	for _, viewer := range viewers {
		alone[viewer], together[viewer] = map[string]answered{}, map[string][]answered{}
		for _, id := range cards {
			alone[viewer][id] = askPlace(t.Context(), w.store, viewer, id)
			together[viewer][id] = make([]answered, 8)
		}
	}
	check(t, "alone: the other workspace", alone[&elsewhere][w.first.ID].place.Access, nil)
	check(t, "alone: what makes no sense", alone[viewers[0]][cards[4]].code, domain.CodeInternal)

	crossing.statements.Store(0)
	open := crossing.close()
	var begun, done sync.WaitGroup
	for _, viewer := range viewers {
		for _, id := range cards {
			for i := range together[viewer][id] {
				begun.Add(1)
				done.Go(func() {
					begun.Done()
					together[viewer][id][i] = askPlace(t.Context(), w.store, viewer, id)
				})
			}
		}
	}
	begun.Wait()
	open()
	done.Wait()
	seen := map[*domain.Card]bool{}
	for _, viewer := range viewers {
		for _, id := range cards {
			for _, got := range together[viewer][id] {
				check(t, viewer.KeyID+" "+id, got, alone[viewer][id])
				if got.place != nil && seen[got.place.Card] {
					t.Error("two who asked have one card between them")
				} else if got.place != nil {
					seen[got.place.Card] = true
				}
			}
		}
	}
	if asked := int64(len(viewers) * len(cards) * 8); crossing.statements.Load() >= asked {
		t.Errorf("%d questions took %d statements", asked, crossing.statements.Load())
	}
}

// TestWhoLeavesIsToldAtOnce, however long the statement takes that others wait for too.
func TestWhoLeavesIsToldAtOnce(t *testing.T) {
	t.Parallel()
	w, crossing, _ := newCrossing(t)
	open := crossing.close()
	defer open()
	leaving, leave := context.WithCancel(t.Context())
	leave()
	_, err := w.store.CardPlace(leaving, workspaceKey(domain.ScopeRead), w.first.ID)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("who left was told %v", err)
	}
}
