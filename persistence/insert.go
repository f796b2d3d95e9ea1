package persistence

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// insertion is how rows of a type are inserted. GORM knows their columns; it is asked once, as writing its statement takes
// it longer than sending it.
type insertion struct {
	into   string // INSERT INTO … VALUES
	row    string // (?, …)
	fields []*schema.Field
}

// insertions holds an *insertion by reflect.Type.
var insertions sync.Map

// rowsAtOnce is how many rows one statement inserts.
const rowsAtOnce = 500

// insert adds a row, or every row of a slice; what ends the statement may say what to do about those that are there.
func (s *Store) insert(ctx context.Context, rows any, end string) error {
	all := reflect.Indirect(reflect.ValueOf(rows))
	if all.Kind() != reflect.Slice {
		in, err := s.insertion(all.Type())
		if err != nil {
			return err
		}
		return s.execOn(ctx, nounOf(rows), in.into+in.row+end, in.values(ctx, nil, all))
	}
	for first := 0; first < all.Len(); first += rowsAtOnce {
		if err := s.insertSome(ctx, all.Slice(first, min(first+rowsAtOnce, all.Len())), end, nounOf(rows)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) insertSome(ctx context.Context, rows reflect.Value, end, noun string) error {
	in, err := s.insertion(reflect.Indirect(rows.Index(0)).Type())
	if err != nil {
		return err
	}
	args := make([]any, 0, rows.Len()*len(in.fields))
	for i := range rows.Len() {
		args = in.values(ctx, args, reflect.Indirect(rows.Index(i)))
	}
	return s.execOn(ctx, noun, in.into+in.row+strings.Repeat(", "+in.row, rows.Len()-1)+end, args)
}

// insertion is made for the first row of its type.
func (s *Store) insertion(row reflect.Type) (*insertion, error) {
	if known, ok := insertions.Load(row); ok {
		return known.(*insertion), nil //nolint:forcetypeassert // nothing else is kept
	}
	statement := &gorm.Statement{DB: s.db}
	if err := statement.Parse(reflect.New(row).Interface()); err != nil {
		return nil, fmt.Errorf("read the row type: %w", err)
	}
	in := &insertion{}
	var columns []string
	for _, name := range statement.Schema.DBNames {
		if field := statement.Schema.FieldsByDBName[name]; field.Creatable {
			in.fields, columns = append(in.fields, field), append(columns, `"`+name+`"`)
		}
	}
	in.into = `INSERT INTO "` + statement.Table + `" (` + strings.Join(columns, ", ") + ") VALUES "
	in.row = "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	insertions.Store(row, in)
	return in, nil
}

// values appends the values of a row.
func (in *insertion) values(ctx context.Context, to []any, row reflect.Value) []any {
	if to == nil {
		to = make([]any, 0, len(in.fields))
	}
	for _, field := range in.fields {
		value, _ := field.ValueOf(ctx, row)
		to = append(to, value)
	}
	return to
}
