package storetest_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// A store with a single connection shows whether a transaction that failed gives it back clean: with locks, or with
// rows nobody committed, the next one could not go on.

// draft is a list that is not there yet.
func (w *company) draft(name string) *domain.List {
	return &domain.List{ID: storetest.ID(name), OrganisationID: w.acme.ID, WorkspaceID: w.work.ID, Name: name, CreatedAt: storetest.Start, UpdatedAt: storetest.Start}
}

func TestFailedTransactionsLeaveNothing(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for what, fail := range map[string]func(t *testing.T, store domain.Store, wire *storetest.Wire, write func(context.Context, domain.Store) error) error{
		"error": func(t *testing.T, store domain.Store, _ *storetest.Wire, write func(context.Context, domain.Store) error) error {
			err := store.InTx(t.Context(), func(tx domain.Store) error { return errors.Join(write(t.Context(), tx), boom) })
			if !errors.Is(err, boom) {
				t.Errorf("got %v", err)
			}
			return err
		},
		"panic": func(t *testing.T, store domain.Store, _ *storetest.Wire, write func(context.Context, domain.Store) error) (err error) {
			defer func() { err, _ = recover().(error) }()
			return store.InTx(t.Context(), func(tx domain.Store) error { panic(errors.Join(write(t.Context(), tx), boom)) })
		},
		"context ended before a statement": func(t *testing.T, store domain.Store, _ *storetest.Wire, write func(context.Context, domain.Store) error) error {
			ctx, cancel := context.WithCancel(t.Context())
			return store.InTx(ctx, func(tx domain.Store) error {
				err := write(ctx, tx)
				cancel()
				return err
			})
		},
		"context ended in a statement": func(t *testing.T, store domain.Store, wire *storetest.Wire, write func(context.Context, domain.Store) error) error {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			return store.InTx(ctx, func(tx domain.Store) error {
				err := write(ctx, tx)
				wire.Hold(cancel)
				defer wire.Hold(nil)
				_, asking := tx.Lists(ctx, storetest.IDs("Todo"))
				return errors.Join(err, asking)
			})
		},
		"context ended in COMMIT": func(t *testing.T, store domain.Store, wire *storetest.Wire, write func(context.Context, domain.Store) error) error {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			defer wire.Hold(nil)
			return store.InTx(ctx, func(tx domain.Store) error {
				defer wire.Hold(cancel)
				return write(ctx, tx)
			})
		},
		"connection lost": func(t *testing.T, store domain.Store, wire *storetest.Wire, write func(context.Context, domain.Store) error) error {
			return store.InTx(t.Context(), func(tx domain.Store) error {
				err := write(t.Context(), tx)
				wire.Cut()
				_, asking := tx.Lists(t.Context(), storetest.IDs("Todo"))
				return errors.Join(err, asking)
			})
		},
		"connection lost in COMMIT": func(t *testing.T, store domain.Store, wire *storetest.Wire, write func(context.Context, domain.Store) error) error {
			tries := 0
			defer wire.Hold(nil)
			err := store.InTx(t.Context(), func(tx domain.Store) error {
				tries++
				defer wire.Hold(wire.Cut)
				return write(t.Context(), tx)
			})
			check(t, "tries of what may have been committed", tries, 1)
			return err
		},
		"row that is there already": func(t *testing.T, store domain.Store, _ *storetest.Wire, write func(context.Context, domain.Store) error) error {
			err := store.InTx(t.Context(), func(tx domain.Store) error {
				return errors.Join(write(t.Context(), tx), tx.Insert(t.Context(), &domain.List{ID: storetest.ID("Todo"), OrganisationID: storetest.ID("Acme"), WorkspaceID: storetest.ID("Work")}))
			})
			check(t, "says", domain.CodeOf(err), domain.CodeConflict)
			check(t, "message", err.Error(), "List already exists.")
			return err
		},
		"error of a statement passed over": func(t *testing.T, store domain.Store, _ *storetest.Wire, write func(context.Context, domain.Store) error) error {
			return store.InTx(t.Context(), func(tx domain.Store) error {
				err := write(t.Context(), tx)
				if loading := tx.Load(t.Context(), &domain.List{ID: "odd"}); domain.CodeOf(loading) != domain.CodeNotFound {
					t.Errorf("got %v", loading)
				}
				return err
			})
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			store, wire := storetest.Wired(t, "1")
			w := newCompany(t, store)
			told := 0
			store.OnCommit(func(events []*domain.Event) { told += len(events) })
			err := fail(t, store, wire, func(ctx context.Context, tx domain.Store) error {
				return errors.Join(tx.Lock(ctx, &domain.List{ID: w.done.ID}), tx.Insert(ctx, w.draft("Draft")), tx.Emit(ctx, happening("Work", "", 0)))
			})
			if err == nil || told != 0 {
				t.Fatalf("no error, %d events told", told)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			check(t, "the next one", store.InTx(ctx, func(tx domain.Store) error { return tx.Lock(ctx, &domain.List{ID: w.done.ID}) }), nil)
			check(t, "list", domain.CodeOf(store.Load(ctx, &domain.List{ID: storetest.ID("Draft")})), domain.CodeNotFound)
			check(t, "numbers", must[map[string]int64](t)(store.LastSequences(ctx, []string{w.work.ID})), map[string]int64{})
		})
	}
}

// What fails in a write decides about the transaction, whoever hears of it first and whatever they make of it.
func TestFailedWritesCannotBePassedOver(t *testing.T) {
	t.Parallel()
	store, _ := storetest.Wired(t, "1")
	w := newCompany(t, store)
	for what, after := range map[string]func(tx domain.Store) error{
		"nothing": func(domain.Store) error { return nil },
		"a question": func(tx domain.Store) error {
			_, _ = tx.Lists(t.Context(), storetest.IDs("Todo"))
			return nil
		},
		"another error": func(tx domain.Store) error {
			return errors.Join(errors.New("boom"), tx.Load(t.Context(), &domain.List{ID: w.done.ID}))
		},
		"another write": func(tx domain.Store) error { return tx.Update(t.Context(), w.done) },
	} {
		err := store.InTx(t.Context(), func(tx domain.Store) error {
			return errors.Join(tx.Insert(t.Context(), w.draft("Todo")), tx.Insert(t.Context(), w.draft("Draft")), after(tx))
		})
		if err == nil || err.Error() != "List already exists." {
			t.Errorf("%s: got %v", what, err)
		}
	}
	check(t, "list", domain.CodeOf(store.Load(t.Context(), &domain.List{ID: storetest.ID("Draft")})), domain.CodeNotFound)
}

func TestTransactionsSeeWhatTheyWrote(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		check(t, "transaction", store.InTx(t.Context(), func(tx domain.Store) error {
			first, second := w.draft("One"), w.draft("Two")
			check(t, "insert", tx.Insert(t.Context(), []*domain.List{first, second}), nil)
			check(t, "lists", len(must[map[string]*domain.List](t)(tx.Lists(t.Context(), storetest.IDs("One", "Two")))), 2)
			first.Name = "Uno"
			check(t, "update", tx.Update(t.Context(), first), nil)
			check(t, "delete", tx.Delete(t.Context(), second), nil)
			again := &domain.List{ID: first.ID}
			check(t, "load", tx.Load(t.Context(), again), nil)
			check(t, "name", again.Name, "Uno")
			check(t, "update what is gone", domain.CodeOf(tx.Update(t.Context(), second)), domain.CodeNotFound)
			return nil
		}), nil)
		check(t, "lists", len(must[map[string]*domain.List](t)(store.Lists(t.Context(), storetest.IDs("One", "Two")))), 1)
	})
}

// A transaction that writes very much does not wait with all of it for its end.
func TestTransactionsHoldOnlySoMuch(t *testing.T) {
	t.Parallel()
	store, wire := storetest.Wired(t, "1")
	w := newCompany(t, store)
	lists := make([]*domain.List, 3000)
	for i := range lists {
		lists[i] = w.draft(strconv.Itoa(i))
	}
	before := wire.Trips()
	check(t, "transaction", store.InTx(t.Context(), func(tx domain.Store) error {
		err := tx.Insert(t.Context(), lists)
		if wire.Trips() == before {
			t.Error("all was held back")
		}
		return err
	}), nil)
	check(t, "kept", len(must[map[string]*domain.List](t)(store.Lists(t.Context(), []string{lists[0].ID, lists[2999].ID}))), 2)
}

// A deadlock that only shows when held statements are sent is tried again, too.
func TestDeadlocksOfHeldStatementsAreRetried(t *testing.T) {
	t.Parallel()
	store := storetest.Postgres(t)
	w := newCompany(t, store)
	var both, all sync.WaitGroup
	both.Add(2)
	for _, lanes := range [][]string{{w.todo.ID, w.done.ID}, {w.done.ID, w.todo.ID}} {
		all.Go(func() {
			met := false
			err := store.InTx(t.Context(), func(tx domain.Store) error {
				if err := tx.LockLane(t.Context(), lanes[0]); err != nil {
					return err
				}
				if _, err := tx.LaneEnd(t.Context(), lanes[0], true); err != nil {
					return err
				}
				if !met {
					met = true
					both.Done()
					both.Wait()
				}
				return tx.LockLane(t.Context(), lanes[1])
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// Statements are counted and observed one by one, however they travel; BEGIN and COMMIT are none.
func TestHeldStatementsAreCountedAndObserved(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var told, failed int
	store, err := persistence.Open(t.Context(), persistence.Config{URL: storetest.EmptyPostgres(t), Observe: func(context.Context, string) func(error) {
		return func(err error) {
			mu.Lock()
			defer mu.Unlock()
			if told++; err != nil {
				failed++
			}
		}
	}})
	check(t, "open", err, nil)
	t.Cleanup(func() { _ = store.Close() })
	check(t, "migrate", store.Migrate(t.Context()), nil)
	w := newCompany(t, store)
	for _, c := range []struct {
		names                 []string
		emits                 bool
		counted, told, failed int
	}{
		{[]string{"One", "Two"}, false, 3, 3, 0},
		{[]string{"Three"}, true, 3, 3, 0},
		{[]string{"Four", "Todo", "Five"}, true, 5, 5, 3},
	} {
		told, failed = 0, 0
		ctx, counted := persistence.CountStatements(t.Context())
		err := store.InTx(ctx, func(tx domain.Store) error {
			_, err := tx.Lists(ctx, storetest.IDs("Todo"))
			for _, name := range c.names {
				err = errors.Join(err, tx.Insert(ctx, w.draft(name)))
			}
			if c.emits {
				err = errors.Join(err, tx.Emit(ctx, happening("Work", "", 0)))
			}
			return err
		})
		check(t, "fails", err != nil, c.failed > 0)
		check(t, "counted, told, failed", []int{int(counted.Load()), told, failed}, []int{c.counted, c.told, c.failed})
	}
}
