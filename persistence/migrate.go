package persistence

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// Migrate brings the schema to the newest version; it does nothing when that is reached. Processes that migrate at
// the same time wait for each other.
func (s *Store) Migrate(ctx context.Context) error {
	provider, err := s.migrations()
	if err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		_, err = provider.Up(ctx)
		if err == nil {
			return nil
		}
		// SQLite has no lock that spans statements: whoever comes second fails as a whole, and finds the
		// work done when it looks again.
		if s.dialect.name() != sqliteName || attempt == maxAttempts {
			return fmt.Errorf("migrate the database: %w", err)
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// SchemaVersion returns the number of the newest migration that was applied; 0 for an empty database.
func (s *Store) SchemaVersion(ctx context.Context) (int64, error) {
	provider, err := s.migrations()
	if err != nil {
		return 0, err
	}
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the schema version: %w", err)
	}
	return version, nil
}

// SchemaIsCurrent fails unless the newest migration of this program is the newest that was applied. It changes nothing
// and does not wait for whoever is writing.
func (s *Store) SchemaIsCurrent(ctx context.Context) error {
	provider, err := s.migrations()
	if err != nil {
		return err
	}
	applied, err := s.amount(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied")
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	sources := provider.ListSources()
	if expected := sources[len(sources)-1].Version; applied != expected {
		return fmt.Errorf("the schema is at version %d, expected %d", applied, expected)
	}
	return nil
}

func (s *Store) migrations() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+s.dialect.name())
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if s.dialect.name() == postgresName {
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(migrationLock{}))
	}
	provider, err := goose.NewProvider(dialect, s.sqlDB, files, options...)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return provider, nil
}

// migrationLock lets one process at a time migrate a Postgres database.
type migrationLock struct{}

// migrationLockID is the advisory lock's key; any number that nobody else uses.
const migrationLockID = 4_712_650_019

// SessionLock waits for the lock.
func (migrationLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLockID)
	return err
}

// SessionUnlock gives the lock back.
func (migrationLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", migrationLockID)
	return err
}
