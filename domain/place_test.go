package domain_test

import (
	"context"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence"
)

// TestPlacesTakeOneStatement counts what it takes to read and judge a card or a board, for whoever asks.
func TestPlacesTakeOneStatement(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		card := d.addFor(d.lena, "Basil")
		for name, who := range map[string]*domain.Principal{"owner": d.ida, "editor": d.max, "assigned cards only": d.lena,
			"not on the board": d.cleo, "key": d.key(d.workspace, domain.ScopeRead)} {
			for what, row := range map[string]struct {
				most int64
				read func(ctx context.Context) error
			}{
				"card":        {1, func(ctx context.Context) error { _, err := d.Card(ctx, who, card.ID); return err }},
				"card by key": {2, func(ctx context.Context) error { _, err := d.CardByKey(ctx, who, "", card.Key()); return err }},
				"board":       {1, func(ctx context.Context) error { _, err := d.Board(ctx, who, d.board.ID); return err }},
				"no card":     {0, func(ctx context.Context) error { _, err := d.Card(ctx, who, "odd"); return err }},
			} {
				ctx, counted := persistence.CountStatements(t.Context())
				err := row.read(ctx)
				if counted.Load() != row.most {
					t.Errorf("%s of %s: %d statements, want %d", what, name, counted.Load(), row.most)
				}
				allowed(t, what+" of "+name, err, row.most > 0 && who != d.cleo, refusal(what))
			}
		}
	})
}

// refusal is how somebody who is not on the board hears of it.
func refusal(what string) domain.Code {
	if what == "card by key" || what == "no card" {
		return domain.CodeNotFound
	}
	return domain.CodeForbidden
}

// TestPlacesComeWithWhatLiesAround reads a card and a board with their surroundings.
func TestPlacesComeWithWhatLiesAround(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		card := d.add(d.done, "Basil")
		place, err := d.CardPlaceByKey(t.Context(), d.max, "0a1b2c3d4e5f6071", card.Key())
		d.must(err)
		if place.Card.ID != card.ID || place.List.ID != d.done.ID || place.Board.ID != d.board.ID || place.Workspace.ID != d.workspace.ID ||
			place.Access.Role != domain.BoardEditor || !place.Visible {
			t.Errorf("%+v", place)
		}
		around, err := d.BoardPlace(t.Context(), d.olga, d.board.ID, domain.BoardWith{Lists: true})
		d.must(err)
		lists := d.lists(d.workspace)
		if around.Board.ID != d.board.ID || around.Workspace.ID != d.workspace.ID || around.Access.Role != domain.BoardObserver ||
			len(around.Lists) != len(lists) || around.Lists[0].ID != lists[0].ID {
			t.Errorf("%+v", around)
		}
	})
}
