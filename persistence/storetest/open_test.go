package storetest_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

func TestOpenKeepsSecrets(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"another database": "mysql://user:s3cret@example.com/db",
		"malformed":        "postgres://user:s3cret@[::1/db",
		"nobody there":     "postgres://user:s3cret@127.0.0.1:1/db?connect_timeout=2",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := persistence.Open(t.Context(), persistence.Config{URL: url})
			if err == nil {
				t.Fatal("opened")
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Fatalf("the password shows in %q", err)
			}
		})
	}
}

func TestSQLiteFileIsMadeInTheDataDirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "some where", "100%?#")
	store, err := persistence.Open(t.Context(), persistence.Config{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "kanera.db")); err != nil {
		t.Fatal(err)
	}
}

// TestMigrateTwiceAtOnce migrates one empty database from two processes' worth of pools.
func TestMigrateTwiceAtOnce(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]func() persistence.Config{
		"sqlite":   func() persistence.Config { return persistence.Config{DataDir: t.TempDir()} },
		"postgres": func() persistence.Config { return persistence.Config{URL: storetest.EmptyPostgres(t)} },
	} {
		config := config()
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() { migrate(t, config) })
			}
			all.Wait()
		})
	}
}

func migrate(t *testing.T, config persistence.Config) {
	store, err := persistence.Open(t.Context(), config)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = store.Close() }()
	for range 2 { // the second time there is nothing to do
		if err := store.Migrate(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if version, err := store.SchemaVersion(t.Context()); err != nil || version < 1 {
		t.Errorf("schema version %d, %v", version, err)
	}
}

func TestPingAndClose(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		if err := store.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestCancelledContextIsPassedOn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := store.Load(ctx, &domain.Card{ID: storetest.ID("a")}); err != context.Canceled {
			t.Fatalf("got %v", err)
		}
		if _, err := store.Users(ctx, storetest.IDs("a")); err != context.Canceled {
			t.Fatalf("got %v", err)
		}
	})
}
