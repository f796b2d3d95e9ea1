package main

import (
	"context"
	"net/url"
)

// create answers /create?board=ID&list=ID&title=TEXT. One statement calls the function that PostGraphile calls too: a
// transaction of its own, with all the gateway writes for a new card.
func (s *server) create(ctx context.Context, q url.Values) (out []byte, err error) {
	rows, err := s.pool.Query(ctx, `SELECT id, key_prefix, number, title, position FROM peers.create_card($1, $2, $3)`, q.Get("board"), q.Get("list"), q.Get("title"))
	err = one(rows, err, func(r *row) {
		out = appendID(append(make([]byte, 0, 256), `{"data":{"cardCreate":{"card":{"id":"`...), r.id())
		out = appendKey(append(out, `","key":`...), r.text(), r.int32())
		out = appendText(append(out, `,"title":`...), r.text())
		out = append(appendPosition(append(out, `,"position":`...), r.int64()), `}}}}`...)
	})
	return out, err
}
