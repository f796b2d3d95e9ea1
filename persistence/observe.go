package persistence

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Observer is told of every SQL statement with its text, which holds no values, before it is sent. The function that
// it returns is called when the statement has answered, with its error: for a query that is when the first row is
// there. Beginning and ending a transaction is no statement.
type Observer func(ctx context.Context, statement string) (answered func(error))

func unobserved(context.Context, string) func(error) { return func(error) {} }

// Pool says how the connections of a pool are used.
type Pool struct {
	Name              string
	InUse, Idle, Most int           // Most is 0 for a pool without a limit
	Waits             int64         // how often somebody had to wait for a connection since the start
	Waited            time.Duration // how long they waited, all together
}

// Pools tells how the connections are used at this moment.
func (s *Store) Pools() []Pool { return s.pools() }

func sqlPool(name string, db *sql.DB) Pool {
	stats := db.Stats()
	return Pool{name, stats.InUse, stats.Idle, stats.MaxOpenConnections, stats.WaitCount, stats.WaitDuration}
}

func postgresPool(connections *pgxpool.Pool) Pool {
	stats := connections.Stat()
	return Pool{"postgres", int(stats.AcquiredConns()), int(stats.IdleConns()), int(stats.MaxConns()),
		stats.EmptyAcquireCount(), stats.EmptyAcquireWaitTime()}
}
