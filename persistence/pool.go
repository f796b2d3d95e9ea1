package persistence

import (
	"context"
	"database/sql"
	"sync/atomic"

	"gorm.io/gorm"
)

type statementCounterKey struct{}

// CountStatements returns a context under which every SQL statement is counted, and the count. Beginning and
// ending a transaction does not count.
func CountStatements(ctx context.Context) (context.Context, *atomic.Int64) {
	count := new(atomic.Int64)
	return context.WithValue(ctx, statementCounterKey{}, count), count
}

func countStatement(ctx context.Context) {
	if count, ok := ctx.Value(statementCounterKey{}).(*atomic.Int64); ok {
		count.Add(1)
	}
}

// pool is what GORM runs statements on: all of them pass through here. On SQLite reads have connections of their
// own and everything else takes turns on one; on Postgres both are the same.
type pool struct {
	read, write *sql.DB
	observe     Observer
}

// begin counts a statement and tells the observer; the result is to be called when it has answered.
func (p *pool) begin(ctx context.Context, statement string) func(error) {
	countStatement(ctx)
	return p.observe(ctx, statement)
}

// PrepareContext implements gorm.ConnPool. Unused, because prepared statements are off.
func (p *pool) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return p.write.PrepareContext(ctx, query)
}

// ExecContext implements gorm.ConnPool.
func (p *pool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	answered := p.begin(ctx, query)
	result, err := p.write.ExecContext(ctx, query, args...)
	answered(err)
	return result, err
}

// QueryContext implements gorm.ConnPool.
func (p *pool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	answered := p.begin(ctx, query)
	rows, err := p.read.QueryContext(ctx, query, args...)
	answered(err)
	return rows, err
}

// QueryRowContext implements gorm.ConnPool.
func (p *pool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	answered := p.begin(ctx, query)
	row := p.read.QueryRowContext(ctx, query, args...)
	answered(row.Err())
	return row
}

// BeginTx implements gorm.ConnPoolBeginner.
func (p *pool) BeginTx(ctx context.Context, options *sql.TxOptions) (gorm.ConnPool, error) {
	tx, err := p.write.BeginTx(ctx, options)
	if err != nil {
		return nil, err
	}
	return &poolTx{tx, p}, nil
}

// poolTx is a transaction on a pool.
type poolTx struct {
	*sql.Tx
	pool *pool
}

// ExecContext implements gorm.ConnPool.
func (t *poolTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	answered := t.pool.begin(ctx, query)
	result, err := t.Tx.ExecContext(ctx, query, args...)
	answered(err)
	return result, err
}

// QueryContext implements gorm.ConnPool.
func (t *poolTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	answered := t.pool.begin(ctx, query)
	rows, err := t.Tx.QueryContext(ctx, query, args...)
	answered(err)
	return rows, err
}

// QueryRowContext implements gorm.ConnPool.
func (t *poolTx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	answered := t.pool.begin(ctx, query)
	row := t.Tx.QueryRowContext(ctx, query, args...)
	answered(row.Err())
	return row
}
