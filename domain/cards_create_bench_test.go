package domain_test

import (
	"context"
	"strconv"
	"sync"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence/storetest"
)

// plot is a board to make cards on as fast as possible.
type plot struct {
	*domain.Service
	who         *domain.Principal
	board, list string
	labels      []string
}

func newPlot(t testing.TB, store domain.Store, f *storetest.Fixture) *plot {
	t.Helper()
	f.Organisation("Acme")
	f.User("ada")
	f.OrganisationMember("Acme", "ada", domain.OrganisationOwner)
	work := f.Workspace("Acme", "Work", "ACME")
	p := &plot{Service: &domain.Service{Store: store, Now: domain.SystemClock, NewID: domain.NewID},
		board: f.Board(work, "Roadmap", 0).ID, list: f.List(work, "Todo", 0).ID,
		labels: []string{f.Label(work, "Later", 0).ID, f.Label(work, "Soon", 1).ID},
		who: &domain.Principal{KeyID: storetest.ID("key"), Kind: domain.PersonalKey, Scope: domain.ScopeWrite, UserID: storetest.ID("ada"),
			UserName: "ada", TimeZone: "UTC", OrganisationID: storetest.ID("Acme"),
			OrganisationRoles: map[string]domain.OrganisationRole{storetest.ID("Acme"): domain.OrganisationOwner}}}
	return p
}

func (p *plot) create(ctx context.Context, in domain.NewCard) error {
	in.Title, in.BoardID, in.ListID = "Basil", p.board, p.list
	_, err := p.CardCreate(ctx, p.who, in)
	return err
}

// BenchmarkCardCreate makes cards in one list on Postgres and tells how many round trips each takes.
func BenchmarkCardCreate(b *testing.B) {
	for _, clients := range []int{1, 16} {
		b.Run(strconv.Itoa(clients)+" clients", func(b *testing.B) {
			store, wire := storetest.Wired(b, "16")
			p := newPlot(b, store, storetest.NewFixture(b, store))
			if err := p.create(b.Context(), domain.NewCard{}); err != nil {
				b.Fatal(err)
			}
			before := wire.Trips()
			cards := make(chan struct{})
			var all sync.WaitGroup
			for range clients {
				all.Go(func() {
					for range cards {
						if err := p.create(b.Context(), domain.NewCard{}); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for b.Loop() {
				cards <- struct{}{}
			}
			close(cards)
			all.Wait()
			b.ReportMetric(float64(wire.Trips()-before)/float64(b.N), "trips/op")
		})
	}
}
