package persistence

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// transaction is a transaction on Postgres, on a connection of its own. Writes that answer nothing but an error are held
// back until something is asked, and travel with the question, as BEGIN does with the first of all. What is held at the
// end travels with COMMIT.
type transaction struct {
	conn     *pgxpool.Conn
	observe  Observer
	begun    bool
	held     []write
	heldArgs int    // how many parameters they have
	holdsFor string // noun of the rows that GORM is writing, whose statements are to be held; else empty
	failed   error  // of what was held; whatever was done about it since, this is why the transaction fails
}

// write is a statement to be sent.
type write struct {
	text string
	args []any
	noun string // of the rows, for errors
}

// asked is a question and what reads each row of its answer.
type asked struct {
	fragment
	read func(row) error
}

// maxHeldArgs bounds how many parameters are held back, so that what a transaction takes of memory does not grow with what
// it writes.
const maxHeldArgs = 20_000

// rollbackPatience bounds how long ending a failed transaction may take; after that its connection is given up.
const rollbackPatience = 5 * time.Second

var errNotCommitted = errors.New("the database rolled back instead of committing: the error of a statement was passed over")

// transact runs fn in a transaction, which fn commits. However fn ends, nothing stays of what it has not committed,
// and the pool only takes back a connection that is in no transaction and waits for no answer. It waits until one more
// transaction may run.
func (n *native) transact(ctx context.Context, fn func(t *transaction) error) error {
	select {
	case n.writing <- struct{}{}:
		defer func() { <-n.writing }()
	case <-ctx.Done():
		return translate(ctx, ctx.Err(), "Row")
	}
	conn, err := n.connections.Acquire(ctx)
	if err != nil {
		return translate(ctx, err, "Row")
	}
	t := &transaction{conn: conn, observe: n.observe}
	defer t.end()
	if err := fn(t); t.failed == nil {
		return err
	}
	return t.failed
}

// end rolls back what is not committed. When the connection is gone the server does so by itself.
func (t *transaction) end() {
	if pg := t.conn.Conn().PgConn(); !pg.IsClosed() && !pg.IsBusy() && pg.TxStatus() != 'I' {
		ctx, cancel := context.WithTimeout(context.Background(), rollbackPatience)
		defer cancel()
		_, _ = t.conn.Exec(ctx, "ROLLBACK") // if it fails, the pool sees that the transaction is still there
	}
	t.conn.Release()
}

// hold keeps a write for the next round trip, or sends all that is held when it has become much.
func (t *transaction) hold(ctx context.Context, w write) error {
	t.held = append(t.held, w)
	if t.heldArgs += len(w.args); t.heldArgs < maxHeldArgs {
		return nil
	}
	a, err := t.send(ctx)
	if err != nil {
		return err
	}
	return a.close(nil)
}

// holding runs GORM statements that write rows, so that they are held.
func (t *transaction) holding(noun string, run func() error) error {
	t.holdsFor = noun
	defer func() { t.holdsFor = "" }()
	return run()
}

// query asks one question. Its answer is to be closed before anything else is asked.
func (t *transaction) query(ctx context.Context, text string, args []any) (wholeAnswer, error) {
	a, err := t.send(ctx, write{text: text, args: args})
	if err != nil {
		return wholeAnswer{}, err
	}
	rows, err := a.rows()
	if err != nil {
		return wholeAnswer{}, a.close(err)
	}
	return wholeAnswer{rows, a}, nil
}

// exec runs a write that says how many rows it touched.
func (t *transaction) exec(ctx context.Context, text string, args []any) (int64, error) {
	a, err := t.send(ctx, write{text: text, args: args})
	if err != nil {
		return 0, err
	}
	tag, err := a.exec()
	return tag.RowsAffected(), a.close(err)
}

// ask asks several questions at once. Each sees what those before it did, and what others committed until its turn.
func (t *transaction) ask(ctx context.Context, questions ...asked) error {
	a, err := t.send(ctx, texts(questions)...)
	if err != nil {
		return err
	}
	return a.close(a.read(questions))
}

// commit asks the last questions and commits, in one round trip. A transaction that never began has no need to.
func (t *transaction) commit(ctx context.Context, last ...asked) error {
	if !t.begun && len(t.held)+len(last) == 0 {
		return nil
	}
	a, err := t.send(ctx, append(texts(last), write{text: commit})...)
	if err != nil {
		return err
	}
	if err = a.read(last); err == nil {
		var tag pgconn.CommandTag
		if tag, err = a.results.Exec(); err == nil && tag.String() != commit {
			err = errNotCommitted
		}
	}
	return translate(ctx, a.close(err), "Row")
}

const commit = "COMMIT"

func texts(questions []asked) []write {
	statements := make([]write, len(questions))
	for i, q := range questions {
		statements[i] = write{text: numbered(q.text), args: q.args}
	}
	return statements
}

// send sends BEGIN unless that was sent, what is held, and the statements, whose answers are left to be read.
func (t *transaction) send(ctx context.Context, statements ...write) (*answers, error) {
	if t.failed != nil {
		return nil, t.failed
	}
	held, batch, a := t.held, &pgx.Batch{}, &answers{}
	if !t.begun {
		batch.Queue("BEGIN")
	}
	for _, w := range slices.Concat(held, statements) {
		batch.Queue(w.text, w.args...)
		if w.text != commit {
			countStatement(ctx)
			a.waiting = append(a.waiting, t.observe(ctx, w.text))
		}
	}
	a.results = t.conn.SendBatch(ctx, batch)
	if !t.begun {
		if _, err := a.results.Exec(); err != nil {
			return nil, translate(ctx, a.close(err), "Row")
		}
	}
	t.begun, t.held, t.heldArgs = true, nil, 0
	for _, w := range held {
		if _, err := a.exec(); err != nil {
			t.failed = translate(ctx, a.close(err), w.noun)
			return nil, t.failed
		}
	}
	return a, nil
}

// answers are what the database answers to statements that were sent together, in their order.
type answers struct {
	results pgx.BatchResults
	waiting []func(error) // observers of those that have not answered
}

func (a *answers) answered(err error) {
	a.waiting[0](err)
	a.waiting = a.waiting[1:]
}

func (a *answers) exec() (pgconn.CommandTag, error) {
	tag, err := a.results.Exec()
	a.answered(err)
	return tag, err
}

func (a *answers) rows() (nativeRows, error) {
	rows, err := a.results.Query()
	a.answered(err)
	return readNatively(rows), err
}

// read reads the answers to questions.
func (a *answers) read(questions []asked) error {
	for _, q := range questions {
		rows, err := a.rows()
		if err != nil {
			return err
		}
		if _, err = collect(rows, func(line row) (struct{}, error) { return struct{}{}, q.read(line) }); err != nil {
			return err
		}
	}
	return nil
}

// close ends reading and tells the observers of what err left without an answer.
func (a *answers) close(err error) error {
	if closing := a.results.Close(); err == nil {
		err = closing
	}
	for len(a.waiting) > 0 {
		a.answered(err)
	}
	return err
}

// wholeAnswer is all that a round trip is waiting for.
type wholeAnswer struct {
	nativeRows
	answers *answers
}

// Close ends the round trip.
func (w wholeAnswer) Close() error { return w.answers.close(w.nativeRows.Close()) }
