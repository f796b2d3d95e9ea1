// Package storetest gives tests real databases: a fresh, migrated store on SQLite and another one on Postgres.
package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"kanera.dev/persistence"
)

// DatabaseVariable names the environment variable with the URL of the Postgres server that tests may create
// databases on.
const DatabaseVariable = "KANERA_TEST_DATABASE_URL"

// Each runs the test once on SQLite and once on Postgres, in parallel, each time on an empty store of its own.
func Each(t *testing.T, test func(t *testing.T, store *persistence.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t))
	})
}

// SQLite returns an empty, migrated store in a temporary directory.
func SQLite(t testing.TB) *persistence.Store {
	t.Helper()
	store := open(t, persistence.Config{DataDir: t.TempDir()})
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return store
}

// Postgres returns an empty, migrated store in a database of its own: a copy of a template that is migrated once
// per test binary, and dropped with its store.
func Postgres(t testing.TB) *persistence.Store {
	t.Helper()
	template, err := migratedTemplate()
	if err != nil {
		t.Fatal(err)
	}
	return open(t, persistence.Config{URL: database(t, "TEMPLATE "+template)})
}

// EmptyPostgres returns the URL of a database without any schema, which is dropped when the test ends.
func EmptyPostgres(t testing.TB) string {
	t.Helper()
	return database(t, "TEMPLATE template0")
}

func open(t testing.TB, config persistence.Config) *persistence.Store {
	t.Helper()
	store, err := persistence.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// database creates a database and returns its URL.
func database(t testing.TB, options string) string {
	t.Helper()
	name := "kanera_test_" + strings.ToLower(rand.Text())
	if err := admin(t.Context(), "CREATE DATABASE "+name+" "+options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin(context.WithoutCancel(t.Context()), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return within(name)
}

// migratedTemplate makes the database that others are copied from. Test binaries do not share it: a copy fails
// while anybody is connected to its template.
var migratedTemplate = sync.OnceValues(func() (string, error) {
	if os.Getenv(DatabaseVariable) == "" {
		return "", errors.New(DatabaseVariable + " is not set: run make test, which starts a Postgres for the tests")
	}
	ctx := context.Background()
	name := "kanera_template_" + strconv.Itoa(os.Getpid())
	if err := admin(ctx, "DROP DATABASE IF EXISTS "+name); err != nil {
		return "", err
	}
	if err := admin(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	store, err := persistence.Open(ctx, persistence.Config{URL: within(name)})
	if err != nil {
		return "", err
	}
	return name, errors.Join(store.Migrate(ctx), store.Close())
})

// admin runs a statement on the server.
func admin(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, os.Getenv(DatabaseVariable))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// within is the URL of a database of the server. A test needs few connections, and many tests run at once.
func within(name string) string {
	address, err := url.Parse(os.Getenv(DatabaseVariable))
	if err != nil {
		return ""
	}
	address.Path = "/" + name
	query := address.Query()
	query.Set("pool_max_conns", "4")
	address.RawQuery = query.Encode()
	return address.String()
}
