package storetest_test

import (
	"context"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence/storetest"
)

// BenchmarkPlaces reads places, and what is referred to, on Postgres: for a key and for a person who sees only cards
// assigned to them.
func BenchmarkPlaces(b *testing.B) {
	store := storetest.Postgres(b)
	f := storetest.NewFixture(b, store)
	f.Organisation("Acme")
	f.User("cleo")
	f.OrganisationMember("Acme", "cleo", domain.OrganisationMember)
	w := f.Workspace("Acme", "Work", "ACME")
	support := f.Board(w, "Support", 0)
	f.BoardMember("Support", "cleo", domain.BoardEditor, true)
	names := []string{"Todo", "Next", "Doing", "Waiting", "Review", "Test", "Done", "Never"}
	for i, name := range names {
		f.List(w, name, i)
		f.Label(w, "Label "+name, i)
	}
	card := f.Card(support, "Todo", "cleo", "Card", 1)
	f.Assign("Card", "cleo")
	labels := make([]string, len(names))
	for i, name := range names {
		labels[i] = storetest.ID("Label " + name)
	}
	refs := domain.References{Labels: labels, Lists: storetest.IDs(names...), Users: storetest.IDs("cleo")}
	for name, read := range map[string]func(context.Context) error{
		"card/key": func(ctx context.Context) error {
			_, err := store.CardPlace(ctx, workspaceKey("read"), card.ID)
			return err
		},
		"card/person": func(ctx context.Context) error { _, err := store.CardPlace(ctx, cleo, card.ID); return err },
		"board/key": func(ctx context.Context) error {
			_, err := store.BoardPlace(ctx, workspaceKey("read"), support.ID, domain.BoardWith{Lists: true})
			return err
		},
		"board/person": func(ctx context.Context) error {
			_, err := store.BoardPlace(ctx, cleo, support.ID, domain.BoardWith{Lists: true})
			return err
		},
		"17 rows": func(ctx context.Context) error { _, err := store.Referenced(ctx, refs); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := read(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
