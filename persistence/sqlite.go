package persistence

import (
	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"

	_ "modernc.org/sqlite" // the driver
)

// sqliteDialector teaches GORM the little SQL it writes itself: single-row statements on SQLite.
type sqliteDialector struct{ pool *pool }

// Name implements gorm.Dialector.
func (sqliteDialector) Name() string { return sqliteName }

// Initialize implements gorm.Dialector.
func (d sqliteDialector) Initialize(db *gorm.DB) error {
	callbacks.RegisterDefaultCallbacks(db, &callbacks.Config{
		CreateClauses: []string{"INSERT", "VALUES", "ON CONFLICT"},
		UpdateClauses: []string{"UPDATE", "SET", "FROM", "WHERE"},
		DeleteClauses: []string{"DELETE", "FROM", "WHERE"},
	})
	// GORM's FOR clause locks rows, which SQLite neither knows nor needs.
	db.ClauseBuilders["FOR"] = func(clause.Clause, clause.Builder) {}
	db.ConnPool = d.pool
	return nil
}

// Migrator implements gorm.Dialector. There is none: the migrations own the schema.
func (sqliteDialector) Migrator(*gorm.DB) gorm.Migrator { return nil }

// DataTypeOf implements gorm.Dialector, for the migrator that does not exist.
func (sqliteDialector) DataTypeOf(*schema.Field) string { return "" }

// DefaultValueOf implements gorm.Dialector.
func (sqliteDialector) DefaultValueOf(*schema.Field) clause.Expression {
	return clause.Expr{SQL: "NULL"}
}

// BindVarTo implements gorm.Dialector.
func (sqliteDialector) BindVarTo(writer clause.Writer, _ *gorm.Statement, _ any) {
	_ = writer.WriteByte('?')
}

// QuoteTo implements gorm.Dialector. Names may be qualified, as in table.column.
func (sqliteDialector) QuoteTo(writer clause.Writer, name string) {
	_ = writer.WriteByte('"')
	for i := range len(name) {
		switch name[i] {
		case '.':
			_, _ = writer.WriteString(`"."`)
		case '"':
			_, _ = writer.WriteString(`""`)
		default:
			_ = writer.WriteByte(name[i])
		}
	}
	_ = writer.WriteByte('"')
}

// Explain implements gorm.Dialector.
func (sqliteDialector) Explain(sql string, vars ...any) string {
	return logger.ExplainSQL(sql, nil, `'`, vars...)
}
