// Package persistence keeps the domain in SQLite or Postgres. GORM lives here and nowhere else.
//
// open.go connects, migrate.go brings the schema up, store.go runs transactions and hand-written SQL, and each
// noun has a file of its own. What the two databases do differently is in dialect.go; who sees what is in
// visibility.go.
package persistence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"kanera.dev/domain"
)

// Config says where the database is.
type Config struct {
	URL     string // postgres://…; empty for SQLite
	DataDir string // directory of the SQLite file kanera.db, created when missing

	Observe Observer // nil: nobody is told of statements
}

// Open connects to the database. It does not change the schema; see Store.Migrate. Errors name neither the URL nor
// the password.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Observe == nil {
		c.Observe = unobserved
	}
	switch {
	case c.URL == "":
		return openSQLite(ctx, c)
	case strings.HasPrefix(c.URL, "postgres://"), strings.HasPrefix(c.URL, "postgresql://"):
		return openPostgres(ctx, c)
	}
	return nil, errors.New("database URL must begin with postgres://, or be empty for SQLite")
}

func openPostgres(ctx context.Context, c Config) (*Store, error) {
	config, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, errors.New("database URL is not a valid postgres:// URL")
	}
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		registerTypes(conn.TypeMap())
		// Compiling a query to machine code takes longer than running any of ours.
		_, err := conn.Exec(ctx, "SET jit = off")
		return err
	}
	connections, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open postgres: %w", err)
	}
	db := stdlib.OpenDBFromPool(connections)
	shut := func() error {
		err := db.Close()
		connections.Close()
		return err
	}
	p := &pool{read: db, write: db, observe: c.Observe}
	store, err := open(ctx, p, postgres.New(postgres.Config{Conn: p, WithoutReturning: true}), postgresDialect{}, shut)
	if err != nil {
		return nil, err
	}
	store.native = &native{connections, c.Observe, make(chan struct{}, writers(config.MaxConns))}
	store.shared = store.sharePlaces()
	if err := store.db.Callback().Query().Replace("gorm:query", findNatively); err != nil {
		return nil, errors.Join(fmt.Errorf("teach gorm: %w", err), shut())
	}
	store.pools = func() []Pool { return []Pool{postgresPool(connections)} }
	return store, nil
}

// registerTypes says how values come from Postgres where pgx would have it otherwise.
func registerTypes(types *pgtype.Map) {
	types.RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	// As text, decimals keep every digit.
	types.RegisterType(&pgtype.Type{
		Name: "numeric", OID: pgtype.NumericOID, Codec: &pgtype.TextFormatOnlyCodec{Codec: pgtype.NumericCodec{}},
	})
}

// openSQLite opens two pools on one file. In WAL mode readers never wait; writers take turns on a single
// connection and lock the file when their transaction begins, so that none of them can fail half-way because
// another one wrote first. busy_timeout is for other processes.
func openSQLite(ctx context.Context, c Config) (*Store, error) {
	registerFunctions()
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("create data directory: %w", err)
	}
	path, err := filepath.Abs(filepath.Join(c.DataDir, "kanera.db"))
	if err != nil {
		return nil, fmt.Errorf("locate database file: %w", err)
	}
	write, err := sql.Open("sqlite", sqliteDSN(path, "_txlock=immediate"))
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", sqliteDSN(path, "_pragma=query_only(1)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open sqlite: %w", err), write.Close())
	}
	read.SetMaxOpenConns(sqliteReaders)
	read.SetMaxIdleConns(sqliteReaders)
	shut := func() error { return errors.Join(read.Close(), write.Close()) }
	p := &pool{read: read, write: write, observe: c.Observe}
	store, err := open(ctx, p, sqliteDialector{pool: p}, sqliteDialect{}, shut)
	if err != nil {
		return nil, err
	}
	store.pools = func() []Pool { return []Pool{sqlPool("sqlite read", read), sqlPool("sqlite write", write)} }
	return store, nil
}

// sqliteReaders is how many reads run at the same time.
const sqliteReaders = 4

// sqliteDSN addresses the file. Instants are whole milliseconds in the file and time.Time in Go. With synchronous
// NORMAL a power cut may take the last commits, never the file's integrity.
func sqliteDSN(path, extra string) string {
	const options = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=foreign_keys(1)" +
		"&_time_integer_format=unix_milli&_inttotime=1&_timezone=UTC&_dqs=0&"
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: options + extra}).String()
}

func open(ctx context.Context, p *pool, dialector gorm.Dialector, d dialect, shut func() error) (*Store, error) {
	err := p.write.PingContext(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reach the database: %w", err), shut())
	}
	db, err := gorm.Open(dialector, &gorm.Config{
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		CreateBatchSize:        500,
		Logger:                 logger.Discard,
		NowFunc:                domain.SystemClock,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open gorm: %w", err), shut())
	}
	return &Store{db: db, dialect: d, close: shut, sqlDB: p.write}, nil
}
