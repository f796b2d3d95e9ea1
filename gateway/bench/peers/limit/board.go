package main

import (
	"context"
	"encoding/base64"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
)

// boardPage is how many cards of a list are shown; one more is read, to know whether there are more.
const boardPage = 50

// boardMark and pageMark are what the gateway marks the cursors of the two queries with.
const (
	boardMark = "953494cac7614646"
	pageMark  = "9cab85c20a932cfc"
)

// boardView writes a board while its rows come in: names first, then the cards in the order they are shown.
type boardView struct {
	out   []byte
	now   time.Time
	lists [][]byte // JSON of each list up to its cards

	named map[id][]byte // JSON of labels, options and users, of fields the head of a value
	ranks map[id]int    // order of labels and of fields
	faces map[id][]byte // JSON of users as assignees

	list, count  int // where the next card goes
	lastPosition int64
	last         id
}

// board answers /board?board=ID in one round trip.
func (s *server) board(ctx context.Context, q url.Values) ([]byte, error) {
	v := &boardView{out: make([]byte, 0, 512<<10), now: time.Now(), list: -1, named: map[id][]byte{}, ranks: map[id]int{}, faces: map[id][]byte{}}
	board, batch := q.Get("board"), &pgx.Batch{}
	batch.Queue(`SELECT b.id, b.name, w.id, w.name FROM boards b JOIN workspaces w ON w.id = b.workspace_id WHERE b.id = $1`, board).Query(v.readBoard)
	batch.Queue(`SELECT id, name, color FROM lists WHERE workspace_id = $1 AND archived_at IS NULL ORDER BY position, id`, s.workspace).Query(v.readLists)
	batch.Queue(`SELECT id, name, color FROM labels WHERE workspace_id = $1 ORDER BY position, id`, s.workspace).Query(v.readLabels)
	batch.Queue(`SELECT id, name, type FROM custom_fields WHERE workspace_id = $1 ORDER BY position, id`, s.workspace).Query(v.readFields)
	batch.Queue(`SELECT id, label, color FROM custom_field_options WHERE workspace_id = $1`, s.workspace).Query(v.readOptions)
	batch.Queue(`SELECT u.id, u.display_name, u.avatar_url FROM workspaces w JOIN organisation_memberships m ON m.organisation_id = w.organisation_id
		JOIN users u ON u.id = m.user_id WHERE w.id = $1`, s.workspace).Query(v.readUsers)
	batch.Queue(`SELECT l.n, c.id, c.key_prefix, c.number, c.title, c.position, c.completed_at, c.due_day, c.due_slot, c.due_time_zone, c.kept_labels, c.kept_assignees, c.kept_values
		FROM (SELECT id, row_number() OVER (ORDER BY position, id) AS n FROM lists WHERE workspace_id = $1 AND archived_at IS NULL) l
		CROSS JOIN LATERAL (SELECT * FROM cards c WHERE c.list_id = l.id AND c.board_id = $2 AND c.archived_at IS NULL ORDER BY c.position, c.id LIMIT 51) c
		ORDER BY l.n, c.position, c.id`, s.workspace, board).Query(v.readCards)
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	v.next(len(v.lists))
	return append(v.out, `]}}}`...), nil
}

func (v *boardView) readBoard(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		v.out = appendID(append(v.out, `{"data":{"board":{"id":"`...), r.id())
		v.out = appendText(append(v.out, `","name":`...), r.text())
		v.out = append(appendPlace(append(v.out, `,"workspace":`...), r), `,"columns":[`...)
	})
}

func (v *boardView) readLists(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		_, list := colored("name", r)
		v.lists = append(v.lists, append(append([]byte(`{"list":`), list...), `,"cards":{"nodes":[`...))
	})
}

func (v *boardView) readLabels(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) { v.name(colored("name", r)) })
}

func (v *boardView) readOptions(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) { v.name(colored("label", r)) })
}

func (v *boardView) readFields(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		i := r.id()
		head := appendText(append(appendID([]byte(`{"field":{"id":"`), i), `","name":`...), r.text())
		v.name(i, append(appendEnum(append(head, `,"type":`...), r.text()), '}'))
	})
}

func (v *boardView) readUsers(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		i := r.id()
		user := appendText(append(appendID([]byte(`{"id":"`), i), `","displayName":`...), r.text())
		v.faces[i] = append(appendOptional(append(user, `,"avatarUrl":`...), r.text()), '}')
		v.name(i, append(append([]byte(nil), user...), '}'))
	})
}

// name keeps the JSON of something that cards refer to, and its place among all.
func (v *boardView) name(i id, json []byte) { v.named[i], v.ranks[i] = json, len(v.ranks) }

// colored is the JSON of something with an id, a name and a color: the next three columns.
func colored(name string, r *row) (id, []byte) {
	i := r.id()
	out := appendID([]byte(`{"id":"`), i)
	out = appendText(append(append(append(out, `","`...), name...), `":`...), r.text())
	return i, append(appendEnum(append(out, `,"color":`...), r.text()), '}')
}

func (v *boardView) readCards(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		v.next(int(r.int64()) - 1)
		if v.count++; v.count <= boardPage {
			v.appendCard(r)
		}
	})
}

// next ends lists and begins others until the one with the number is open.
func (v *boardView) next(list int) {
	for ; v.list < list; v.list++ {
		if v.list >= 0 {
			v.endList()
		}
		if v.list+1 == len(v.lists) {
			continue
		}
		if v.list >= 0 {
			v.out = append(v.out, ',')
		}
		v.out, v.count = append(v.out, v.lists[v.list+1]...), 0
	}
}

func (v *boardView) endList() {
	v.out = appendBool(append(v.out, `],"pageInfo":{"hasNextPage":`...), v.count > boardPage)
	v.out = append(v.out, `,"endCursor":`...)
	if v.count == 0 {
		v.out = append(v.out, "null"...)
	} else {
		v.out = appendCursor(v.out, boardMark, int64Text(v.lastPosition), v.last.String())
	}
	v.out = append(v.out, `}}}`...)
}

// appendCard writes a card from the columns after the first.
func (v *boardView) appendCard(r *row) {
	out := v.out
	if v.count > 1 {
		out = append(out, ',')
	}
	v.last = r.id()
	out = appendID(append(out, `{"id":"`...), v.last)
	out = appendKey(append(out, `","key":`...), r.text(), r.int32())
	out = appendText(append(out, `,"title":`...), r.text())
	v.lastPosition = r.int64()
	out = appendPosition(append(out, `,"position":`...), v.lastPosition)
	completed := r.time()
	out = appendTime(append(out, `,"completedAt":`...), completed)
	out = append(out, `,"dueDate":`...)
	if d := r.due(); d.day == "" {
		out = append(out, "null"...)
	} else {
		out = appendText(append(out, `{"date":`...), d.day)
		out = appendEnum(append(out, `,"slot":`...), d.slot)
		out = appendText(append(out, `,"timeZone":`...), d.zone)
		out = append(appendBool(append(out, `,"overdue":`...), completed.IsZero() && d.overdue(v.now)), '}')
	}
	out = appendEach(append(out, `,"labels":`...), ranked(idsOf(r.next()), v.ranks), v.named)
	out = appendEach(append(out, `,"assignees":`...), idsOf(r.next()), v.faces)
	out = append(out, `,"customFieldValues":[`...)
	for i, k := range keptIn(r.next(), v.ranks) {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(v.appendValue(append(out, v.named[k.field]...), k), '}')
	}
	out = append(out, `]}`...)
	v.out = out
}

// appendValue appends what is special to the type of a value.
func (v *boardView) appendValue(out []byte, k kept) []byte {
	switch k.kind {
	case 's':
		return append(append(out, `,"text":`...), k.value...)
	case 'n':
		return append(append(out, `,"number":`...), k.value[1:len(k.value)-1]...)
	case 'b':
		return append(append(out, `,"checked":`...), k.value...)
	case 'd':
		return append(append(out, `,"date":`...), k.value...)
	case 'l':
		return append(append(out, `,"url":`...), k.value...)
	case 'o':
		return appendEach(append(out, `,"options":`...), idsOf(k.value), v.named)
	}
	return appendEach(append(out, `,"users":`...), idsOf(k.value), v.named)
}

// appendEach appends a list of what the ids stand for.
func appendEach(out []byte, ids []id, named map[id][]byte) []byte {
	out = append(out, '[')
	for i, each := range ids {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, named[each]...)
	}
	return append(out, ']')
}

// appendCursor appends the cursor of a row with these sort keys.
func appendCursor(out []byte, mark string, keys ...string) []byte {
	cursor := append([]byte(`{"q":"`), mark...)
	cursor = append(cursor, `","v":[`...)
	for i, key := range keys {
		if i > 0 {
			cursor = append(cursor, ',')
		}
		cursor = appendText(cursor, key)
	}
	out = base64.RawURLEncoding.AppendEncode(append(out, '"'), append(cursor, `]}`...))
	return append(out, '"')
}
