package persistence_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence"
)

// heard collects what an observer is told.
type heard struct {
	sync.Mutex
	statements []string
	errors     int
}

func (h *heard) observe(_ context.Context, statement string) func(error) {
	return func(err error) {
		h.Lock()
		defer h.Unlock()
		h.statements = append(h.statements, statement)
		if err != nil {
			h.errors++
		}
	}
}

func TestObserverIsToldOfStatementsWithoutValues(t *testing.T) {
	t.Parallel()
	told := &heard{}
	store, err := persistence.Open(t.Context(), persistence.Config{DataDir: t.TempDir(), Observe: told.observe})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := store.SchemaIsCurrent(t.Context()); err == nil {
		t.Error("an empty database has the newest schema")
	}
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := store.SchemaIsCurrent(t.Context()); err != nil {
		t.Error(err)
	}
	told.statements, told.errors = nil, 0
	ctx, count := persistence.CountStatements(t.Context())
	if _, err := store.Users(ctx, []string{"5ecre7-id"}); err != nil {
		t.Fatal(err)
	}
	if err := store.InTx(ctx, func(tx domain.Store) error {
		_, err := tx.Users(ctx, []string{"5ecre7-id"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(told.statements) != 2 || count.Load() != 2 || told.errors != 0 {
		t.Errorf("told %q with %d errors, counted %d", told.statements, told.errors, count.Load())
	}
	for _, statement := range told.statements {
		if !strings.Contains(statement, "users") || strings.Contains(statement, "5ecre7") {
			t.Errorf("told of %q", statement)
		}
	}
	if pools := store.Pools(); len(pools) != 2 || pools[0].Most != 4 || pools[1].Most != 1 {
		t.Errorf("pools %+v", pools)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := store.Ping(ended); err == nil || told.errors != 1 {
		t.Errorf("after the end: %v, %d errors told", err, told.errors)
	}
}
