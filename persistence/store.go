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
	native  *native       // Postgres without database/sql; nil on SQLite and in a transaction
	shared  *sharedPlaces // how workspace keys read cards on Postgres; nil on SQLite and in a transaction
	tx      *transaction  // what a Store on Postgres is bound to; nil when it is bound to none
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
		var emitted []*domain.Event
		err := s.attempt(ctx, &Store{dialect: s.dialect, inTx: true, emitted: &emitted}, fn)
		if err == nil && len(emitted) > 0 && s.tell != nil {
			s.tell(emitted)
		}
		if err == nil || attempt == maxAttempts || !isRetryable(err) {
			return err
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// attempt binds tx to a transaction, runs fn with it and commits. Errors of fn are for the caller as they are.
func (s *Store) attempt(ctx context.Context, tx *Store, fn func(tx *Store) error) error {
	if s.native != nil {
		return s.native.transact(ctx, func(t *transaction) error {
			tx.db, tx.tx = t.bound(ctx, s.db), t
			if err := fn(tx); err != nil {
				return err
			}
			last, err := numbering(*tx.emitted)
			if err != nil {
				return err
			}
			return t.commit(ctx, last...)
		})
	}
	var failed error
	err := s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		tx.db = db
		if failed = fn(tx); failed == nil {
			failed = tx.writeEvents(ctx, *tx.emitted)
		}
		return failed
	})
	return cmp.Or(failed, translate(ctx, err, "Row"))
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
	if s.native != nil || s.tx != nil {
		rows, err := s.queryNatively(ctx, query, args)
		return rows, translate(ctx, err, "Row")
	}
	rows, err := s.db.WithContext(ctx).Raw(query, args...).Rows() //nolint:rowserrcheck // by whoever reads them
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

// together reads the rows of several SELECTs, each as each does; in a transaction on Postgres they are one round trip.
func (s *Store) together(ctx context.Context, questions ...asked) error {
	if s.tx != nil {
		return translate(ctx, s.tx.ask(ctx, questions...), "Card")
	}
	for _, q := range questions {
		if err := s.each(ctx, q.fragment, q.read); err != nil {
			return err
		}
	}
	return nil
}

// exec runs a statement written by hand. In a transaction on Postgres it is held back, and so is its error.
func (s *Store) exec(ctx context.Context, statement string, args ...any) error {
	return s.execOn(ctx, "Row", statement, args)
}

// execOn is exec about rows of a noun, for errors.
func (s *Store) execOn(ctx context.Context, noun, statement string, args []any) error {
	if s.tx != nil {
		return s.tx.hold(ctx, write{numbered(statement), args, noun})
	}
	return translate(ctx, s.db.WithContext(ctx).Exec(statement, args...).Error, noun)
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
	_, err := s.amount(ctx, "SELECT 1")
	return err
}

// amount runs a SELECT whose answer is one number.
func (s *Store) amount(ctx context.Context, query string, args ...any) (amount int64, err error) {
	err = s.each(ctx, frag(query, args...), func(line row) error { return line.Scan(&amount) })
	return amount, err
}

// Close ends all connections. Not for a Store bound to a transaction.
func (s *Store) Close() error { return s.close() }
