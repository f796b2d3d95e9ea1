package persistence

import (
	"context"
	"math"
	"strings"

	"kanera.dev/domain"
)

// table is how rows of a noun are read by hand.
type table[T any] struct {
	name    string
	columns []string
	fields  func(*T) []any // where to scan the columns to
}

// as lists the columns of the table under an alias.
func (t table[T]) as(alias string) string {
	return alias + "." + strings.Join(t.columns, ", "+alias+".")
}

// byIDs reads rows by id, in one statement.
func byIDs[T any](ctx context.Context, s *Store, t table[T], ids []string) (map[string]*T, error) {
	found := make(map[string]*T, len(ids))
	err := t.each(ctx, s, "id", s.dialect.anyOf("t.id"), ids, func(id string, row *T) { found[id] = row })
	return found, err
}

// below reads all unarchived rows below parents by position, in one statement.
func below[T any](ctx context.Context, s *Store, t table[T], parent string, ids []string) (map[string][]*T, error) {
	all := make(map[string][]*T, len(ids))
	where := "t.archived_at IS NULL AND " + s.dialect.anyOf("t."+parent) + " ORDER BY t.position, t.id"
	err := t.each(ctx, s, parent, where, ids, func(id string, row *T) { all[id] = append(all[id], row) })
	return all, err
}

// each reads rows with the value of a key column. where takes the list of ids.
func (t table[T]) each(ctx context.Context, s *Store, key, where string, ids []string, read func(id string, row *T)) error {
	if len(ids) == 0 {
		return nil
	}
	rows, err := s.query(ctx, "SELECT t."+key+", "+t.as("t")+" FROM "+t.name+" t WHERE "+where, s.dialect.list(ids))
	if err != nil {
		return err
	}
	_, err = collect(rows, func(line row) (struct{}, error) {
		var id string
		row := new(T)
		err := line.Scan(append([]any{&id}, t.fields(row)...)...)
		read(id, row)
		return struct{}{}, err
	})
	return translate(ctx, err, "Row")
}

var byPosition = []pageKey{{column: "position", kind: keyWhole}, {column: "id", kind: keyID}}

// listing is an ordered list below each of several parents, read page by page.
type listing[T any] struct {
	name    string // which list it is, for cursors
	rows    string // SELECT of the column parent, then those of columns, then any more that keys need
	args    []any
	columns func(*T) []any
	extra   int            // how many columns rows selects behind those of columns
	keys    []pageKey      // order below a parent
	at      func(*T) []any // the keys of a row
}

// ofParents is the condition that a column is one of the ids, and its parameter. A single id is compared plainly:
// then an index can deliver the rows in order, and a page of a long list reads no more than it shows.
func (s *Store) ofParents(column string, ids []string) (condition string, parameter any) {
	if len(ids) == 1 && isUUID(ids[0]) {
		return column + " = ?", ids[0]
	}
	return s.dialect.anyOf(column), s.dialect.list(ids)
}

// pages reads one page below each parent, all in one statement. Every parent that was asked for has a page.
func (l listing[T]) pages(ctx context.Context, s *Store, parents []string, page domain.Page) (map[string]domain.PageOf[*T], error) {
	if len(parents) == 0 {
		return map[string]domain.PageOf[*T]{}, nil
	}
	where, args := "TRUE", []any(nil)
	if page.After != "" && !page.ByRow {
		values, err := readCursor(l.name, page.After, l.keys)
		if err != nil {
			return nil, err
		}
		where, args = behind(l.keys, values)
	}
	first, last := rowRange(page)
	query, bounds := l.window(where), []any{first, last}
	if len(parents) == 1 {
		query, bounds = l.single(where), []any{last - first, first}
	}
	rows, err := s.query(ctx, query, append(append(append([]any{}, l.args...), args...), bounds...)...)
	if err != nil {
		return nil, err
	}
	found := make(map[string][]*T, len(parents))
	_, err = collect(rows, func(line row) (struct{}, error) {
		var parent string
		row := new(T)
		fields := append([]any{&parent}, l.columns(row)...)
		for range l.extra + 1 {
			fields = append(fields, new(any))
		}
		err := line.Scan(fields...)
		found[parent] = append(found[parent], row)
		return struct{}{}, err
	})
	if err != nil {
		return nil, translate(ctx, err, "Row")
	}
	answer := make(map[string]domain.PageOf[*T], len(parents))
	for _, parent := range parents {
		answer[parent] = cutPage(found[parent], page, l.cursor)
	}
	return answer, nil
}

func (l listing[T]) cursor(row *T) string { return writeCursor(l.name, l.at(row)) }

// window numbers the rows below each parent, and takes those in a range.
func (l listing[T]) window(where string) string {
	return "SELECT * FROM (SELECT r.*, ROW_NUMBER() OVER (PARTITION BY parent ORDER BY " + inOrder(l.keys) + ") AS page_row FROM (" +
		l.rows + ") r WHERE " + where + ") p WHERE page_row > ? AND page_row <= ? ORDER BY parent, page_row"
}

// single reads the rows below one parent without numbering all of them.
func (l listing[T]) single(where string) string {
	return "SELECT r.*, 0 AS page_row FROM (" + l.rows + ") r WHERE " + where + " ORDER BY " + inOrder(l.keys) + " LIMIT ? OFFSET ?"
}

// rowRange is the half-open range of rows to read: one more than the page has, to know whether there is a next.
func rowRange(page domain.Page) (first, last int64) {
	switch {
	case page.All:
		return 0, math.MaxInt32
	case page.ByRow:
		return int64(page.Offset), int64(page.Offset + page.First + 1)
	}
	return 0, int64(page.First + 1)
}

// cutPage makes a page of the rows that were read.
func cutPage[T any](rows []*T, page domain.Page, cursor func(*T) string) domain.PageOf[*T] {
	var result domain.PageOf[*T]
	if !page.All && len(rows) > page.First {
		rows, result.PageInfo.HasNextPage = rows[:page.First], true
	}
	result.Nodes = rows
	result.PageInfo.HasPreviousPage = !page.All && (page.ByRow && page.Offset > 0 || !page.ByRow && page.After != "")
	result.Cursor = func(i int) string { return cursor(rows[i]) }
	if len(rows) > 0 {
		result.PageInfo.StartCursor, result.PageInfo.EndCursor = new(result.Cursor(0)), new(result.Cursor(len(rows)-1))
	}
	return result
}

// counts returns how many rows there are below each parent, in one statement; zero for parents without any.
func (l listing[T]) counts(ctx context.Context, s *Store, parents []string) (map[string]int, error) {
	answer := make(map[string]int, len(parents))
	if len(parents) == 0 {
		return answer, nil
	}
	for _, parent := range parents {
		answer[parent] = 0
	}
	rows, err := s.query(ctx, "SELECT parent, COUNT(*) FROM ("+l.rows+") r GROUP BY parent", l.args...)
	if err != nil {
		return nil, err
	}
	_, err = collect(rows, func(line row) (struct{}, error) {
		var parent string
		var count int
		err := line.Scan(&parent, &count)
		answer[parent] = count
		return struct{}{}, err
	})
	return answer, translate(ctx, err, "Row")
}

// idSet runs a query for ids and returns them as a set.
func (s *Store) idSet(ctx context.Context, query string, args ...any) (map[string]bool, error) {
	ids, err := s.ids(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set, nil
}

// ids runs a query for ids.
func (s *Store) ids(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := s.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	ids, err := collect(rows, func(line row) (id string, err error) { err = line.Scan(&id); return id, err })
	return ids, translate(ctx, err, "Row")
}
