package persistence

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"kanera.dev/domain"
)

// assorted is a SELECT of rows of several nouns at once: one row, in which a noun that is there once has columns of its
// own, and a noun that is there many times has one column of JSON.
type assorted struct {
	columns []string
	args    []any
	into    []any
}

// add selects columns and says where to scan them to.
func (a *assorted) add(columns fragment, into ...any) {
	a.columns = append(a.columns, columns.text)
	a.args = append(a.args, columns.args...)
	a.into = append(a.into, into...)
}

// single selects the row of a table under an alias of the FROM clause.
func single[T any](a *assorted, t table[T], alias string) *T {
	found := new(T)
	a.add(frag(t.as(alias)), t.fields(found)...)
	return found
}

// several selects the rows t of a table that pass where, in an order if there is one. Each is handed over when the
// statement has run.
func several[T any](a *assorted, d dialect, t table[T], where fragment, order string, each func(id string, row *T)) {
	if order != "" {
		order = " ORDER BY " + order
	}
	rows := d.jsonRows(t.as("t"), order)
	a.add(frag("(SELECT "+rows+" FROM "+t.name+" t WHERE "+where.text+")", where.args...), jsonRows[T]{t, each})
}

// statement is the SELECT; what follows its columns begins with FROM, or is nothing.
func (a *assorted) statement(parts ...fragment) fragment {
	st := (&statement{}).add(frag("SELECT "+strings.Join(a.columns, ", "), a.args...))
	return st.add(parts...).fragment()
}

// jsonRows is where to scan JSON of rows of a table to.
type jsonRows[T any] struct {
	table table[T]
	each  func(id string, row *T)
}

// Scan implements sql.Scanner. NULL stands for no rows.
func (r jsonRows[T]) Scan(value any) error {
	var text rowText
	switch raw := value.(type) {
	case nil:
		return nil
	case string:
		text.rest = raw
	case []byte:
		text.rest = string(raw)
	default:
		return fmt.Errorf("rows of %s cannot be read from %T", r.table.name, value)
	}
	err := text.each(func() ([]any, func()) {
		row := new(T)
		into := r.table.fields(row)
		return into, func() { r.each(reflect.ValueOf(into[0]).Elem().String(), row) }
	})
	if err != nil {
		return fmt.Errorf("read rows of %s: %w", r.table.name, err)
	}
	return nil
}

// Referenced implements domain.Places.
func (s *Store) Referenced(ctx context.Context, refs domain.References) (*domain.Referenced, error) {
	var a assorted
	found := &domain.Referenced{
		Users:      named(&a, s.dialect, users, refs.Users),
		Workspaces: named(&a, s.dialect, workspaces, refs.Workspaces),
		Boards:     named(&a, s.dialect, boards, refs.Boards),
		Lists:      named(&a, s.dialect, lists, refs.Lists),
		Labels:     named(&a, s.dialect, labels, refs.Labels),
		Fields:     named(&a, s.dialect, customFields, refs.Fields),
		Options:    named(&a, s.dialect, options, refs.Options),
	}
	if len(a.columns) == 0 {
		return found, nil
	}
	err := s.each(ctx, a.statement(), func(line row) error { return line.Scan(a.into...) })
	if err != nil {
		return nil, fmt.Errorf("read what is referred to: %w", err)
	}
	return found, nil
}

// named selects rows by id; the map is filled when the statement has run.
func named[T any](a *assorted, d dialect, t table[T], ids []string) map[string]*T {
	if len(ids) == 0 {
		return nil
	}
	found := make(map[string]*T, len(ids))
	several(a, d, t, frag(d.anyOf("t.id"), d.list(ids)), "", func(id string, row *T) { found[id] = row })
	return found
}
