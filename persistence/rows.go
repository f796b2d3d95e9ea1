package persistence

import (
	"context"
	"fmt"
	"reflect"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"kanera.dev/domain"
)

// Load implements domain.Rows.
func (s *Store) Load(ctx context.Context, row any) error { return s.load(ctx, row) }

// Lock implements domain.Rows. On SQLite nothing is left to do: transactions take turns there.
func (s *Store) Lock(ctx context.Context, row any) error {
	return s.load(ctx, row, clause.Locking{Strength: "NO KEY UPDATE"})
}

func (s *Store) load(ctx context.Context, row any, clauses ...clause.Expression) error {
	db, err := s.keyed(ctx, row)
	if err != nil {
		return err
	}
	return translate(ctx, db.Clauses(clauses...).Take(row).Error, nounOf(row))
}

// Insert implements domain.Rows. A long slice takes several statements, all in one transaction.
func (s *Store) Insert(ctx context.Context, rows any) error {
	if many := reflect.Indirect(reflect.ValueOf(rows)); many.Kind() != reflect.Slice || many.Len() == 0 {
		return s.insert(ctx, rows, "")
	}
	return s.inTransaction(ctx, func(tx *Store) error { return tx.insert(ctx, rows, "") })
}

// write runs a GORM statement that answers nothing but an error. In a transaction on Postgres it is held back, and so is
// its error.
func (s *Store) write(ctx context.Context, noun string, run func() error) error {
	if s.tx != nil {
		return s.tx.holding(noun, run)
	}
	return translate(ctx, run(), noun)
}

// Update implements domain.Rows. NOT_FOUND when the row is gone.
func (s *Store) Update(ctx context.Context, row any) error {
	db, err := s.keyed(ctx, row)
	if err != nil {
		return err
	}
	version := reflect.Indirect(reflect.ValueOf(row)).FieldByName("Version")
	if version.IsValid() {
		version.SetInt(version.Int() + 1)
	}
	result := db.Model(row).Select("*").UpdateColumns(row)
	if result.Error == nil && result.RowsAffected == 0 {
		return domain.NotFound(nounOf(row))
	}
	return translate(ctx, result.Error, nounOf(row))
}

// Delete implements domain.Rows.
func (s *Store) Delete(ctx context.Context, row any) error {
	db, err := s.keyed(ctx, row)
	if err != nil {
		return err
	}
	return s.write(ctx, nounOf(row), func() error { return db.Delete(row).Error })
}

// keyed starts a statement about the one row with row's primary key. GORM leaves out empty parts of a key, and
// would then touch more rows than meant.
func (s *Store) keyed(ctx context.Context, row any) (*gorm.DB, error) {
	db := s.db.WithContext(ctx)
	statement := &gorm.Statement{DB: db}
	if err := statement.Parse(row); err != nil {
		return nil, fmt.Errorf("read the row type: %w", err)
	}
	value := reflect.Indirect(reflect.ValueOf(row))
	for _, field := range statement.Schema.PrimaryFields {
		if _, empty := field.ValueOf(ctx, value); empty {
			return nil, domain.NotFound(nounOf(row))
		}
	}
	return db, nil
}
