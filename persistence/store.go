package persistence

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"gorm.io/gorm"

	"kanera.dev/domain"
)

// Store keeps everything in one SQL database. It is safe for concurrent use; a Store bound to a transaction is
// not, and does not outlive it.
type Store struct {
	db      *gorm.DB
	dialect dialect
	native  *native // reads outside transactions; nil on SQLite
	inTx    bool
	emitted *[]*domain.Event             // by the transaction; written when it commits
	tell    func(events []*domain.Event) // hears of them once they are committed; nil: nobody does
	close   func() error
	pools   func() []Pool
	sqlDB   *sql.DB // the pool that writes: migrations run on it
}

var _ domain.Store = (*Store)(nil)

// maxAttempts bounds how often a transaction is tried that the database gave up for another one.
const maxAttempts = 5

// InTx implements domain.Store. Inside a transaction it joins that transaction: fn runs as part of it, and its
// error should end it.
func (s *Store) InTx(ctx context.Context, fn func(tx domain.Store) error) error {
	return s.inTransaction(ctx, func(tx *Store) error { return fn(tx) })
}

func (s *Store) inTransaction(ctx context.Context, fn func(tx *Store) error) error {
	if s.inTx {
		return fn(s)
	}
	for attempt := 1; ; attempt++ {
		var failed error // of fn, which speaks to the caller already
		var emitted []*domain.Event
		err := s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
			tx := &Store{db: db, dialect: s.dialect, inTx: true, emitted: &emitted}
			if failed = fn(tx); failed == nil {
				failed = tx.flush(ctx)
			}
			return failed
		})
		if err == nil && len(emitted) > 0 && s.tell != nil {
			s.tell(emitted)
		}
		if err == nil || attempt == maxAttempts || !isRetryable(err) {
			return cmp.Or(failed, translate(ctx, err, "Row"))
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// pause lets the other one finish: some milliseconds, more with every attempt.
func pause(ctx context.Context, attempt int) error {
	timer := time.NewTimer(time.Duration(attempt) * 10 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// query runs a SELECT written by hand; ? stands for a parameter on every database. Lists are bound by
// dialect.list, never as slices: GORM would spread a slice over one parameter per element.
func (s *Store) query(ctx context.Context, query string, args ...any) (resultSet, error) {
	if s.native != nil && !s.inTx {
		rows, err := s.native.query(ctx, query, args)
		return rows, translate(ctx, err, "Row")
	}
	rows, err := s.db.WithContext(ctx).Raw(query, args...).Rows()
	return rows, translate(ctx, err, "Row")
}

// row is one row of what a SELECT found.
type row interface{ Scan(dest ...any) error }

// resultSet is what a SELECT found, row by row.
type resultSet interface {
	row
	Next() bool
	Err() error
	Close() error
}

// loose is where a value is scanned to whose type only the statement knows.
type loose struct{ value *any }

// Scan implements sql.Scanner.
func (l loose) Scan(value any) error {
	*l.value = value
	return nil
}

// exec runs a statement written by hand.
func (s *Store) exec(ctx context.Context, statement string, args ...any) error {
	return translate(ctx, s.db.WithContext(ctx).Exec(statement, args...).Error, "Row")
}

// collect reads all rows with scan and closes them.
func collect[T any](rows resultSet, scan func(row) (T, error)) (all []T, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// Ping reports whether the database answers. It does not wait for whoever is writing.
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.number(ctx, "SELECT 1")
	return err
}

// number runs a SELECT whose answer is one number.
func (s *Store) number(ctx context.Context, query string) (number int64, err error) {
	err = s.db.WithContext(ctx).Raw(query).Row().Scan(&number)
	return number, translate(ctx, err, "Row")
}

// Close ends all connections. Not for a Store bound to a transaction.
func (s *Store) Close() error { return s.close() }
