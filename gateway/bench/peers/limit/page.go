package main

import (
	"context"
	"net/url"
	"strconv"
	"time"
)

// page answers /page: open cards of all boards whose day is past and which are no chores, the oldest day first.
func (s *server) page(ctx context.Context, _ url.Values) ([]byte, error) {
	const size = 100
	now := time.Now()
	rows, err := s.pool.Query(ctx, `SELECT c.id, c.key_prefix, c.number, c.title, b.name, l.name, c.due_day, c.due_slot, c.due_time_zone
		FROM (SELECT c.* FROM cards c WHERE c.workspace_id = $1 AND c.archived_at IS NULL AND c.completed_at IS NULL AND c.due_day < $2
				AND c.board_id NOT IN (SELECT x.id FROM boards x WHERE x.workspace_id = $1 AND x.archived_at IS NOT NULL)
				AND NOT EXISTS (SELECT 1 FROM card_labels r JOIN labels n ON n.id = r.label_id WHERE r.card_id = c.id AND n.name = 'Chore')
			ORDER BY c.due_day, c.key_prefix COLLATE "C", c.number, c.id LIMIT 101) c
		JOIN boards b ON b.id = c.board_id JOIN lists l ON l.id = c.list_id
		ORDER BY c.due_day, c.key_prefix COLLATE "C", c.number, c.id`, s.workspace, now.UTC().Format(time.DateOnly))
	out, count := append(make([]byte, 0, 32<<10), `{"data":{"cards":{"nodes":[`...), 0
	var cursor []byte
	err = each(rows, err, func(r *row) {
		if count++; count > size {
			return
		}
		if count > 1 {
			out = append(out, ',')
		}
		i, prefix, number := r.id(), r.text(), r.int32()
		out = appendKey(append(out, `{"key":`...), prefix, number)
		out = appendText(append(out, `,"title":`...), r.text())
		out = appendText(append(out, `,"board":{"name":`...), r.text())
		out = appendText(append(out, `},"list":{"name":`...), r.text())
		d := r.due()
		out = appendText(append(out, `},"dueDate":{"date":`...), d.day)
		out = append(appendBool(append(out, `,"overdue":`...), d.overdue(now)), `}}`...)
		if count == size {
			cursor = appendCursor(nil, pageMark, d.day, prefix, strconv.Itoa(int(number)), i.String())
		}
	})
	out = appendBool(append(out, `],"pageInfo":{"hasNextPage":`...), count > size)
	return append(append(append(out, `,"endCursor":`...), cursor...), `}}}}`...), err
}

// aggregate answers /aggregate: how many cards each list has on each board, the largest first.
func (s *server) aggregate(ctx context.Context, _ url.Values) ([]byte, error) {
	rows, err := s.pool.Query(ctx, `SELECT l.id, l.name, l.color, b.id, b.name, b.icon_color, g.size, g.total
		FROM (SELECT list_id, board_id, count(*) AS size, (sum(count(*)) OVER ())::bigint AS total FROM cards
			WHERE workspace_id = $1 AND archived_at IS NULL AND board_id NOT IN (SELECT x.id FROM boards x WHERE x.workspace_id = $1 AND x.archived_at IS NOT NULL)
			GROUP BY 1, 2) g
		JOIN lists l ON l.id = g.list_id JOIN boards b ON b.id = g.board_id
		ORDER BY g.size DESC, l.position, l.id, b.position, b.id LIMIT 100`, s.workspace)
	out, total := append(make([]byte, 0, 32<<10), `{"data":{"cardAggregate":{"rows":[`...), int64(0)
	err = each(rows, err, func(r *row) {
		if total > 0 {
			out = append(out, ',')
		}
		out = appendGroup(append(out, `{"keys":[{"dimension":"LIST","id":"`...), r)
		out = appendGroup(append(out, `,{"dimension":"BOARD","id":"`...), r)
		out = append(strconv.AppendInt(append(out, `],"count":`...), r.int64(), 10), '}')
		total = r.int64()
	})
	out = strconv.AppendInt(append(out, `],"totals":{"count":`...), total, 10)
	return append(out, `}}}}`...), err
}

// appendGroup appends what a group has in common, from the next three columns.
func appendGroup(out []byte, r *row) []byte {
	out = appendText(append(appendID(out, r.id()), `","label":`...), r.text())
	return append(appendEnum(append(out, `,"color":`...), r.text()), '}')
}
