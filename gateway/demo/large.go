package demo

import (
	"context"
	"fmt"
	"time"

	"kanera.dev/domain"
)

// batch is how many cards are written at once.
const batch = 1000

// large describes the workspace for measurements: the lists, labels and fields of the demo on ten boards.
func large() area {
	a := delivery
	a.name, a.prefix = "Measurements", "BULK"
	a.admins, a.members, a.boards = []int{owner}, nil, nil
	for who := 1; who < len(people); who++ {
		a.members = append(a.members, who)
	}
	for i := range 10 {
		a.boards = append(a.boards, team{name: fmt.Sprintf("Board %d", i+1), icon: "layout-kanban", color: domain.ColorSky,
			background: domain.BackgroundGraphite, editors: a.members})
	}
	return a
}

// Large adds an organisation with one workspace of that many cards and reports after each batch how many were
// written. Everything happens or nothing; CONFLICT when it was added before.
func Large(ctx context.Context, t Target, cards int, written func(int)) (facts *Facts, err error) {
	err = t.Store.InTx(ctx, func(tx domain.Store) error {
		b := newBuilder("kanera large", t.Now())
		staff := make([]person, len(people))
		for i, p := range people {
			p.email = "bulk." + p.email
			staff[i] = p
		}
		b.organisation("Measurements", "B0000000000000B1", staff)
		s := b.workspace(large(), b.ago(weeks*7))
		s.row.LastCardNumber = cards
		b.key(domain.PersonalKey, s.row, "Demo")
		lanes := make([]domain.Position, len(s.lists))
		b.bulk(s, lanes, 1, min(batch, cards))
		if err := insert(ctx, tx, b.structure()); err != nil {
			return err
		}
		if facts, err = t.facts(ctx, tx, &b.Data); err != nil {
			return err
		}
		for done := 0; done < cards; {
			if err := insert(ctx, tx, b.cards()); err != nil {
				return err
			}
			done = min(done+batch, cards)
			written(done)
			b.forgetCards()
			b.bulk(s, lanes, done+1, min(done+batch, cards))
		}
		return nil
	})
	return facts, err
}

// bulk adds the cards with the numbers from first to last.
func (b *builder) bulk(s *space, lanes []domain.Position, first, last int) {
	editors := b.editorsOf(s.boards[0])
	for number := first; number <= last; number++ {
		at := b.base.Add(-time.Duration(b.random.IntN(weeks*7*24*60)+1) * time.Minute)
		list := b.random.IntN(len(s.lists))
		lanes[list] += domain.PositionStep
		p := &planned{editors: editors, path: []step{{at, list}}}
		p.card = &domain.Card{ID: b.id(), OrganisationID: s.row.OrganisationID, OrganisationKey: b.Organisation.Key,
			WorkspaceID: s.row.ID, BoardID: s.boards[b.random.IntN(len(s.boards))].ID, KeyPrefix: s.prefix, Number: number,
			Title: fmt.Sprintf("Measured card %d", number), CreatedByID: pick(b, editors).ID, Version: 1, CreatedAt: at, UpdatedAt: at}
		b.assign(p)
		b.label(s, p)
		b.arrive(s, arrival{p, 0}, lanes[list])
		b.finish(s, p)
		b.due(p)
		b.values(s, p)
		b.Cards = append(b.Cards, p.card)
	}
}
