package persistence

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
)

// A transaction is what GORM runs statements on: rows are found and written without database/sql.

var _ gorm.ConnPool = (*transaction)(nil)

var errNotGORM = errors.New("rows of hand-written statements are read by Store.query")

// bound returns GORM that runs everything in the transaction.
func (t *transaction) bound(ctx context.Context, db *gorm.DB) *gorm.DB {
	db = db.Session(&gorm.Session{NewDB: true, Context: ctx}) // a context of its own makes it a statement of its own
	db.Statement.ConnPool = t
	return db
}

// findNatively replaces what GORM does to read rows it has made the statement for, in a transaction.
func findNatively(db *gorm.DB) {
	t, bound := db.Statement.ConnPool.(*transaction)
	if !bound || db.Error != nil {
		callbacks.Query(db)
		return
	}
	if callbacks.BuildQuerySQL(db); db.Error != nil {
		return
	}
	rows, err := t.query(db.Statement.Context, db.Statement.SQL.String(), db.Statement.Vars)
	if err != nil {
		_ = db.AddError(err)
		return
	}
	gorm.Scan(gormRows{rows}, db, 0)
	_ = db.AddError(rows.Close())
}

// gormRows tells GORM what it needs to know about rows.
type gormRows struct{ wholeAnswer }

// Columns implements gorm.Rows.
func (r gormRows) Columns() ([]string, error) {
	fields := r.FieldDescriptions()
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = field.Name
	}
	return names, nil
}

// ColumnTypes implements gorm.Rows. GORM asks for them to fill maps, which we have none of.
func (r gormRows) ColumnTypes() ([]*sql.ColumnType, error) { return nil, errNotGORM }

// ExecContext implements gorm.ConnPool.
func (t *transaction) ExecContext(ctx context.Context, statement string, args ...any) (sql.Result, error) {
	if t.holdsFor != "" {
		return driver.RowsAffected(0), t.hold(ctx, write{statement, args, t.holdsFor})
	}
	touched, err := t.exec(ctx, statement, args)
	return driver.RowsAffected(touched), err
}

// PrepareContext implements gorm.ConnPool. Unused, because prepared statements are off.
func (t *transaction) PrepareContext(context.Context, string) (*sql.Stmt, error) {
	return nil, errNotGORM
}

// QueryContext implements gorm.ConnPool. Refuses: database/sql does not know the transaction.
func (t *transaction) QueryContext(context.Context, string, ...any) (*sql.Rows, error) {
	return nil, errNotGORM
}

// QueryRowContext implements gorm.ConnPool. It answers nil, which fails at once when it is used, as QueryContext does.
func (t *transaction) QueryRowContext(context.Context, string, ...any) *sql.Row { return nil }
