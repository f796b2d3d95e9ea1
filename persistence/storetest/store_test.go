package storetest_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

func TestInTxRollsBackAndNests(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		boom := errors.New("boom")
		err := store.InTx(t.Context(), func(tx domain.Store) error {
			return tx.InTx(t.Context(), func(inner domain.Store) error {
				w.todo.Name = "Renamed"
				if err := inner.Update(t.Context(), w.todo); err != nil {
					return err
				}
				return boom
			})
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v", err)
		}
		again := &domain.List{ID: w.todo.ID}
		check(t, "load", store.Load(t.Context(), again), nil)
		check(t, "name", again.Name, "Todo")
	})
}

// TestInTxInParallel raises one counter from many transactions; none may fail and no step may be lost.
func TestInTxInParallel(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		const writers, steps = 8, 10
		var all sync.WaitGroup
		for range writers {
			all.Go(func() {
				for range steps {
					if err := raise(t.Context(), store, w.work.ID); err != nil {
						t.Error(err)
					}
					if _, err := store.Workspaces(t.Context(), []string{w.work.ID}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		again := &domain.Workspace{ID: w.work.ID}
		check(t, "load", store.Load(t.Context(), again), nil)
		check(t, "counter", again.LastCardNumber, writers*steps)
	})
}

func raise(ctx context.Context, store domain.Store, workspaceID string) error {
	return store.InTx(ctx, func(tx domain.Store) error {
		row := &domain.Workspace{ID: workspaceID}
		if err := tx.Lock(ctx, row); err != nil {
			return err
		}
		row.LastCardNumber++
		return tx.Update(ctx, row)
	})
}

// TestInTxRetriesDeadlocks lets two transactions lock the same two rows in opposite orders.
func TestInTxRetriesDeadlocks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		var all sync.WaitGroup
		for i := range 4 {
			pair := []string{w.todo.ID, w.done.ID}
			if i%2 == 1 {
				pair[0], pair[1] = pair[1], pair[0]
			}
			all.Go(func() {
				err := store.InTx(t.Context(), func(tx domain.Store) error {
					for _, id := range pair {
						if err := tx.Lock(t.Context(), &domain.List{ID: id}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}
