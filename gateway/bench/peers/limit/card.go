package main

import (
	"context"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// card answers /card?card=ID.
func (s *server) card(ctx context.Context, q url.Values) (out []byte, err error) {
	rows, err := s.pool.Query(ctx, `SELECT c.id, c.key_prefix, c.number, c.title, c.description, c.position, c.completed_at, b.id, b.name, l.id, l.name
		FROM cards c JOIN boards b ON b.id = c.board_id JOIN lists l ON l.id = c.list_id
		WHERE c.id = $1 AND b.archived_at IS NULL`, q.Get("card"))
	err = one(rows, err, func(r *row) {
		out = append(make([]byte, 0, 512), `{"data":{"card":{"id":"`...)
		out = appendID(out, r.id())
		out = appendKey(append(out, `","key":`...), r.text(), r.int32())
		out = appendText(append(out, `,"title":`...), r.text())
		out = appendOptional(append(out, `,"description":`...), r.text())
		out = appendPosition(append(out, `,"position":`...), r.int64())
		out = appendTime(append(out, `,"completedAt":`...), r.time())
		out = appendPlace(append(out, `,"board":`...), r)
		out = appendPlace(append(out, `,"list":`...), r)
		out = append(out, `}}}`...)
	})
	return out, err
}

// appendPlace appends the next two columns as the id and name of something.
func appendPlace(out []byte, r *row) []byte {
	out = appendID(append(out, `{"id":"`...), r.id())
	return append(appendText(append(out, `","name":`...), r.text()), '}')
}

func appendKey(out []byte, prefix string, number int32) []byte {
	out = append(append(out, '"'), prefix...)
	return append(strconv.AppendInt(append(out, '-'), int64(number), 10), '"')
}

// due is when a card has to be done; no day, no due date.
type due struct{ day, slot, zone string }

// due reads the next three columns.
func (r *row) due() due {
	d := due{r.text(), r.text(), r.text()}
	if d.slot == "" {
		d.slot = "anyTime"
	}
	if d.zone == "" {
		d.zone = "UTC"
	}
	return d
}

var (
	zones       sync.Map // name to *time.Location
	overdueHour = map[string]int{"morning": 9, "afternoon": 13, "endOfWorkDay": 17, "anyTime": 21}
)

// overdue reports whether an open card is late.
func (d due) overdue(now time.Time) bool {
	kept, ok := zones.Load(d.zone)
	if !ok {
		zone, err := time.LoadLocation(d.zone)
		if err != nil {
			zone = time.UTC
		}
		kept, _ = zones.LoadOrStore(d.zone, zone)
	}
	local := now.In(kept.(*time.Location)) //nolint:forcetypeassert // nothing else is kept
	var day [10]byte
	today := string(local.AppendFormat(day[:0], time.DateOnly))
	return today > d.day || today == d.day && local.Hour() >= overdueHour[d.slot]
}
