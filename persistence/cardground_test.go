package persistence_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// keyOf is a principal that reaches every board of a workspace.
func keyOf(workspaceID string) *domain.Principal {
	return &domain.Principal{Kind: domain.WorkspaceKey, Scope: domain.ScopeWrite, UserID: storetest.ID("Ann"), WorkspaceID: workspaceID}
}

// TestCardNumbersAreNeverGivenTwice takes numbers in many transactions at once.
func TestCardNumbersAreNeverGivenTwice(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		_, space, board := lane(t, store)
		numbers := make([]int, 20)
		var wait sync.WaitGroup
		for i := range numbers {
			wait.Go(func() {
				ground, err := store.CardGround(t.Context(), keyOf(space.ID), domain.NewCard{BoardID: board.ID, ListID: storetest.ID("Todo")})
				if err != nil {
					t.Error(err)
					return
				}
				numbers[i] = ground.Number
			})
		}
		wait.Wait()
		slices.Sort(numbers)
		if numbers[0] != 1 || numbers[19] != 20 || len(slices.Compact(numbers)) != 20 {
			t.Errorf("got %v", numbers)
		}
	})
}

// groundRow is a new card, and what is found about where it is to go.
type groundRow struct {
	change func(board *domain.Board, viewer *domain.Principal, in *domain.NewCard)
	number int
	known  bool // whether the ground tells of the board and the list
}

// TestCardGroundTakesNothingOutOfReach asks for ground in a transaction that then fails. On Postgres somebody else takes the
// workspace and the lane meanwhile, unless they are locked with reason.
func TestCardGroundTakesNothingOutOfReach(t *testing.T) {
	t.Parallel()
	token := domain.NewID()
	for what, row := range map[string]groundRow{
		"reached":        {func(*domain.Board, *domain.Principal, *domain.NewCard) {}, 1, true},
		"key of another": {func(_ *domain.Board, v *domain.Principal, _ *domain.NewCard) { v.WorkspaceID = domain.NewID() }, 0, true},
		"stranger":       {func(_ *domain.Board, v *domain.Principal, _ *domain.NewCard) { v.Kind = domain.PersonalKey }, 0, true},
		"archived board": {func(b *domain.Board, _ *domain.Principal, _ *domain.NewCard) { b.ArchivedAt = new(noon) }, 0, true},
		"used token":     {func(_ *domain.Board, _ *domain.Principal, in *domain.NewCard) { in.ClientToken = &token }, 0, true},
		"no such board":  {func(_ *domain.Board, _ *domain.Principal, in *domain.NewCard) { in.BoardID = "odd" }, 0, false},
		"no such list":   {func(_ *domain.Board, _ *domain.Principal, in *domain.NewCard) { in.ListID = "odd" }, 0, false},
	} {
		for name, open := range map[string]func(testing.TB) *persistence.Store{"SQLite": storetest.SQLite, "Postgres": storetest.Postgres} {
			t.Run(what+" on "+name, func(t *testing.T) {
				t.Parallel()
				row.check(t, open(t), token, name == "Postgres" && row.number == 0)
			})
		}
	}
}

func (row groundRow) check(t *testing.T, store *persistence.Store, token string, free bool) {
	t.Helper()
	f, space, board := lane(t, store)
	earlier := f.Card(board, "Todo", "Ann", "earlier", 3)
	viewer, in := keyOf(space.ID), domain.NewCard{BoardID: board.ID, ListID: storetest.ID("Todo")}
	row.change(board, viewer, &in)
	earlier.ClientToken = &token
	if err := errors.Join(store.Update(t.Context(), earlier), store.Update(t.Context(), board)); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	err := store.InTx(t.Context(), func(tx domain.Store) error {
		ground, err := tx.CardGround(t.Context(), viewer, in)
		if err != nil {
			return err
		}
		known := ground.Board != nil && ground.ListWorkspaceID == space.ID && ground.LaneEnd != nil && *ground.LaneEnd == earlier.Position
		if ground.Number != row.number || known != row.known || (ground.EarlierID == earlier.ID) != (in.ClientToken != nil) {
			t.Errorf("ground: %+v", ground)
		}
		if free {
			err = locks(t.Context(), store, space.ID, storetest.ID("Todo"))
		}
		return errors.Join(refused, err)
	})
	if err.Error() != refused.Error() {
		t.Errorf("got %v", err)
	}
	if err := store.Load(t.Context(), space); err != nil || space.LastCardNumber != 0 {
		t.Errorf("%d numbers are used up: %v", space.LastCardNumber, err)
	}
}

// locks fails when somebody else keeps the workspace or the lane.
func locks(ctx context.Context, store *persistence.Store, workspaceID, listID string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	return store.InTx(ctx, func(tx domain.Store) error {
		return errors.Join(tx.LockLane(ctx, listID), tx.Lock(ctx, &domain.Workspace{ID: workspaceID}))
	})
}
