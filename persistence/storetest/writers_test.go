package storetest_test

import (
	"context"
	"errors"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence/storetest"
)

// TestTransactionsLeaveConnectionsToReaders: with one transaction running, another one waits on two connections, until
// its caller leaves, and whoever reads finds the second.
func TestTransactionsLeaveConnectionsToReaders(t *testing.T) {
	t.Parallel()
	store, _ := storetest.Wired(t, "2")
	err := store.InTx(t.Context(), func(domain.Store) error {
		leaving, leave := context.WithCancel(t.Context())
		waited := make(chan error)
		go func() {
			waited <- store.InTx(leaving, func(domain.Store) error { return errors.New("it did not wait") })
		}()
		if _, err := store.Lists(t.Context(), storetest.IDs("Todo")); err != nil {
			t.Errorf("a reader does not get through: %v", err)
		}
		leave()
		if err := <-waited; !errors.Is(err, context.Canceled) {
			t.Errorf("who waits for a transaction and leaves is told %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.InTx(t.Context(), func(domain.Store) error { return nil }); err != nil {
		t.Errorf("after all ended: %v", err)
	}
}
