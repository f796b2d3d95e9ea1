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

// boardCard is a card of a board view.
type boardCard struct {
	id        id
	position  int64
	head      []byte // its JSON up to the due date
	due       due
	open      bool
	labels    []id
	assignees []id
	values    []byte // JSON, without brackets
}

// boardView is what a board view is written from.
type boardView struct {
	head    []byte // JSON of the board
	lists   [][]byte
	cards   [][]*boardCard // by list
	byID    map[id]*boardCard
	labels  map[id][]byte // JSON of each label, with its braces
	fields  map[id]field
	options map[id][]byte
	users   map[id][]byte // up to the avatar
	avatars map[id]string
}

type field struct {
	kind string
	head []byte // JSON of a value up to what is special to its type
}

// board answers /board?board=ID: the names in one round trip, together with the cards, and their values in another.
func (s *server) board(ctx context.Context, q url.Values) ([]byte, error) {
	v := &boardView{byID: map[id]*boardCard{}, labels: map[id][]byte{}, fields: map[id]field{}, options: map[id][]byte{}, users: map[id][]byte{}, avatars: map[id]string{}}
	board, batch := q.Get("board"), &pgx.Batch{}
	batch.Queue(`SELECT b.id, b.name, w.id, w.name FROM boards b JOIN workspaces w ON w.id = b.workspace_id WHERE b.id = $1`, board).Query(v.readBoard)
	batch.Queue(`SELECT id, name, color FROM lists WHERE workspace_id = $1 AND archived_at IS NULL ORDER BY position, id`, s.workspace).Query(v.readLists)
	batch.Queue(`SELECT l.n, c.id, c.key_prefix, c.number, c.title, c.position, c.completed_at, c.due_day, c.due_slot, c.due_time_zone, c.labels, c.assignees
		FROM (SELECT id, row_number() OVER (ORDER BY position, id) AS n FROM lists WHERE workspace_id = $1 AND archived_at IS NULL) l
		CROSS JOIN LATERAL (SELECT c.*, `+cardRelations+` FROM cards c
			WHERE c.list_id = l.id AND c.board_id = $2 AND c.archived_at IS NULL ORDER BY c.position, c.id LIMIT 51) c
		ORDER BY l.n, c.position, c.id`, s.workspace, board).Query(v.readCards)
	batch.Queue(`SELECT id, name, color FROM labels WHERE workspace_id = $1`, s.workspace).Query(v.readLabels)
	batch.Queue(`SELECT id, name, type FROM custom_fields WHERE workspace_id = $1`, s.workspace).Query(v.readFields)
	batch.Queue(`SELECT id, label, color FROM custom_field_options WHERE workspace_id = $1`, s.workspace).Query(v.readOptions)
	batch.Queue(usersOfWorkspace, s.workspace).Query(v.readUsers)
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	ids := make([]id, 0, len(v.byID))
	for id := range v.byID {
		ids = append(ids, id)
	}
	rows, err := s.pool.Query(ctx, valuesOfCards, ids)
	if err := each(rows, err, v.readValue); err != nil {
		return nil, err
	}
	return v.append(make([]byte, 0, 512<<10), time.Now()), nil
}

const (
	cardRelations = `ARRAY(SELECT r.label_id FROM card_labels r JOIN labels n ON n.id = r.label_id WHERE r.card_id = c.id ORDER BY n.position, n.id) AS labels,
		ARRAY(SELECT r.user_id FROM card_assignees r WHERE r.card_id = c.id ORDER BY r.assigned_at, r.user_id) AS assignees`
	usersOfWorkspace = `SELECT u.id, u.display_name, u.avatar_url FROM workspaces w JOIN organisation_memberships m ON m.organisation_id = w.organisation_id
		JOIN users u ON u.id = m.user_id WHERE w.id = $1`
	valuesOfCards = `SELECT v.card_id, v.field_id, v.text, v.number::text, v.checkbox, v.date, v.url, v.option_ids::text, v.user_ids::text, v.updated_at
		FROM field_values v JOIN custom_fields f ON f.id = v.field_id WHERE v.card_id = ANY($1) ORDER BY v.card_id, f.position, f.id`
)

func (v *boardView) readBoard(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		v.head = appendID(append(v.head, `{"data":{"board":{"id":"`...), r.id())
		v.head = appendText(append(v.head, `","name":`...), r.text())
		v.head = append(appendPlace(append(v.head, `,"workspace":`...), r), `,"columns":[`...)
	})
}

func (v *boardView) readLists(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		list := appendColored([]byte(`{"list":`), "name", r)
		v.lists = append(v.lists, append(list, `,"cards":{"nodes":[`...))
	})
}

func (v *boardView) readLabels(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) { i, json := colored("name", r); v.labels[i] = json })
}

func (v *boardView) readOptions(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) { i, json := colored("label", r); v.options[i] = json })
}

// colored is the JSON of something with an id, a name and a color: the next three columns.
func colored(name string, r *row) (id, []byte) {
	i := r.id()
	r.at--
	return i, appendColored(nil, name, r)
}

func appendColored(out []byte, name string, r *row) []byte {
	out = appendID(append(out, `{"id":"`...), r.id())
	out = append(append(append(out, `","`...), name...), `":`...)
	out = appendText(out, r.text())
	return append(appendEnum(append(out, `,"color":`...), r.text()), '}')
}

func (v *boardView) readFields(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		i, name, kind := r.id(), r.text(), r.text()
		head := appendID([]byte(`{"field":{"id":"`), i)
		head = appendText(append(head, `","name":`...), name)
		v.fields[i] = field{kind, append(appendEnum(append(head, `,"type":`...), kind), '}')}
	})
}

func (v *boardView) readUsers(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		i := r.id()
		v.users[i] = appendText(append(appendID([]byte(`{"id":"`), i), `","displayName":`...), r.text())
		v.avatars[i] = r.text()
	})
}

func (v *boardView) readCards(rows pgx.Rows) error {
	return each(rows, nil, func(r *row) {
		list := int(r.int64()) - 1
		for len(v.cards) <= list {
			v.cards = append(v.cards, nil)
		}
		c := &boardCard{id: r.id()}
		prefix, number := r.text(), r.int32()
		c.head = appendID(append(make([]byte, 0, 256), `{"id":"`...), c.id)
		c.head = appendKey(append(c.head, `","key":`...), prefix, number)
		c.head = appendText(append(c.head, `,"title":`...), r.text())
		c.position = r.int64()
		c.head = appendPosition(append(c.head, `,"position":`...), c.position)
		completed := r.time()
		c.open = completed.IsZero()
		c.head = appendTime(append(c.head, `,"completedAt":`...), completed)
		c.due, c.labels, c.assignees = r.due(), r.ids(), r.ids()
		v.cards[list] = append(v.cards[list], c)
		v.byID[c.id] = c
	})
}

// readValue appends a value to its card.
func (v *boardView) readValue(r *row) {
	c, f := v.byID[r.id()], v.fields[r.id()]
	if c.values != nil {
		c.values = append(c.values, ',')
	}
	c.values = append(v.appendValue(append(c.values, f.head...), f.kind, r), '}')
}

// appendValue appends what is special to the type of a value, from the next seven columns.
func (v *boardView) appendValue(out []byte, kind string, r *row) []byte {
	text, number, checkbox, date, url, options, users := r.next(), r.next(), r.next(), r.next(), r.next(), r.next(), r.next()
	switch kind {
	case "text":
		return appendText(append(out, `,"text":`...), string(text))
	case "number":
		return append(append(out, `,"number":`...), number...)
	case "checkbox":
		return appendBool(append(out, `,"checked":`...), checkbox[0] == 1)
	case "date":
		return appendText(append(out, `,"date":`...), string(date))
	case "url":
		return appendText(append(out, `,"url":`...), string(url))
	case "select":
		return v.appendEach(append(out, `,"options":`...), idsOf(options), func(out []byte, i id) []byte { return append(out, v.options[i]...) })
	}
	return v.appendEach(append(out, `,"users":`...), idsOf(users), func(out []byte, i id) []byte { return append(append(out, v.users[i]...), '}') })
}

// append writes the answer.
func (v *boardView) append(out []byte, now time.Time) []byte {
	out = append(out, v.head...)
	for i, list := range v.lists {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, list...)
		var cards []*boardCard
		if i < len(v.cards) {
			cards = v.cards[i]
		}
		more := len(cards) > boardPage
		if more {
			cards = cards[:boardPage]
		}
		for j, c := range cards {
			if j > 0 {
				out = append(out, ',')
			}
			out = v.appendCard(out, c, now)
		}
		out = appendBool(append(out, `],"pageInfo":{"hasNextPage":`...), more)
		out = append(out, `,"endCursor":`...)
		if len(cards) == 0 {
			out = append(out, "null"...)
		} else {
			out = appendCursor(out, boardMark, int64Text(cards[len(cards)-1].position), cards[len(cards)-1].id.String())
		}
		out = append(out, `}}}`...)
	}
	return append(out, `]}}}`...)
}

func (v *boardView) appendCard(out []byte, c *boardCard, now time.Time) []byte {
	out = append(append(out, c.head...), `,"dueDate":`...)
	if c.due.day == "" {
		out = append(out, "null"...)
	} else {
		out = appendText(append(out, `{"date":`...), c.due.day)
		out = appendEnum(append(out, `,"slot":`...), c.due.slot)
		out = appendText(append(out, `,"timeZone":`...), c.due.zone)
		out = append(appendBool(append(out, `,"overdue":`...), c.open && c.due.overdue(now)), '}')
	}
	out = v.appendEach(append(out, `,"labels":`...), c.labels, func(out []byte, i id) []byte { return append(out, v.labels[i]...) })
	out = v.appendEach(append(out, `,"assignees":`...), c.assignees, func(out []byte, i id) []byte {
		out = append(append(out, v.users[i]...), `,"avatarUrl":`...)
		return append(appendOptional(out, v.avatars[i]), '}')
	})
	out = append(append(out, `,"customFieldValues":[`...), c.values...)
	return append(out, `]}`...)
}

// appendEach appends a list of what the ids stand for.
func (v *boardView) appendEach(out []byte, ids []id, one func([]byte, id) []byte) []byte {
	out = append(out, '[')
	for i, each := range ids {
		if i > 0 {
			out = append(out, ',')
		}
		out = one(out, each)
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
