package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
)

// counted are the members that PostGraphile has to answer as often as the gateway does; of lists, the elements count.
var counted = []string{"title", "columns", "nodes", "labels", "assignees", "customFieldValues", "options", "users", "rows"}

// same fails unless all servers answer a workload with the same: the limit byte for byte, PostGraphile as many of
// everything.
func (r *run) same(ctx context.Context, w *workload) error {
	about := r.subjects[:min(len(r.subjects), 10)]
	if w.name == creating {
		about = about[:1]
	}
	for _, subject := range about {
		var ours []byte
		for _, s := range r.servers {
			answer, err := s.once(ctx, w, subject)
			switch {
			case err != nil:
				return err
			case answer == nil:
			case ours == nil:
				ours = withoutExtensions(answer)
			case w.peer != "" && s.name == "postgraphile":
				err = sameCensus(ours, answer)
			case w.name != creating:
				err = sameBytes(ours, answer)
			}
			if err != nil {
				return fmt.Errorf("%s, %s: %w", w.name, s.name, err)
			}
		}
	}
	if w.name == creating {
		return r.sameWritten(ctx)
	}
	return nil
}

// once asks a workload once; the answer is nil when the server is not asked it.
func (s *server) once(ctx context.Context, w *workload, about subject) ([]byte, error) {
	request := s.write(w, about)
	if request == nil {
		return nil, nil
	}
	c, err := dial(ctx, s.address)
	if err != nil {
		return nil, err
	}
	defer c.close()
	answer, err := c.ask(request)
	return slices.Clone(answer), err
}

// withoutExtensions cuts the bill off an answer of GraphQL.
func withoutExtensions(answer []byte) []byte {
	data, _, found := bytes.Cut(answer, []byte(`,"extensions":{"cost":`))
	if !found {
		return answer
	}
	return append(slices.Clip(data), '}')
}

// sameBytes fails where two answers begin to differ.
func sameBytes(want, got []byte) error {
	if bytes.Equal(want, got) {
		return nil
	}
	at := 0
	for at < min(len(want), len(got)) && want[at] == got[at] {
		at++
	}
	around := func(text []byte) []byte { return text[max(0, at-60):min(len(text), at+60)] }
	return fmt.Errorf("answers differ at byte %d: %q, and %q", at, around(want), around(got))
}

// sameCensus fails when two answers do not hold as many of what is counted.
func sameCensus(want, got []byte) error {
	a, err := census(want)
	if err != nil {
		return err
	}
	b, err := census(got)
	if err != nil {
		return err
	}
	if len(a) == 0 || !maps.Equal(a, b) {
		return fmt.Errorf("answers hold %v, and %v", a, b)
	}
	return nil
}

// census counts the members of an answer that are counted.
func census(answer []byte) (map[string]int, error) {
	var root any
	if err := json.Unmarshal(answer, &root); err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	counts := map[string]int{}
	visit(root, counts)
	return counts, nil
}

func visit(value any, counts map[string]int) {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			visit(element, counts)
		}
	case map[string]any:
		for name, member := range value {
			visit(member, counts)
			if list, isList := member.([]any); !slices.Contains(counted, name) || isList && len(list) == 0 {
				continue
			} else if isList {
				counts[name] += len(list)
			} else {
				counts[name]++
			}
		}
	}
}

// sameWritten fails unless the newest cards, one of each server, have left the same kinds of rows behind.
func (r *run) sameWritten(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, r.database)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing is lost
	rows, err := conn.Query(ctx, `SELECT concat_ws(E'\n', c.position > 0, c.title,
			(SELECT string_agg(concat_ws(' ', a.action, a.actor_kind, a.api_key_name, a.payload - 'listId'), E'\n') FROM activities a WHERE a.entity_id = c.id),
			(SELECT n.last FROM event_counters n WHERE n.subject_id = c.id),
			(SELECT string_agg(concat_ws(' ', e.type, e.card_sequence, e.actor_kind, e.actor_name,
				(SELECT string_agg(concat_ws(' ', k.key, jsonb_typeof(k.value)), ',' ORDER BY k.key) FROM jsonb_each(coalesce(e.data -> 'card', e.data #> '{item,data}')) k)), E'\n' ORDER BY e.sequence)
				FROM events e WHERE e.card_id = c.id))
		FROM cards c ORDER BY c.number DESC LIMIT $1`, len(r.servers))
	if err != nil {
		return fmt.Errorf("read what was written: %w", err)
	}
	written, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("read what was written: %w", err)
	}
	for _, other := range written {
		if other != written[0] {
			return fmt.Errorf("new cards leave behind\n%s\nand\n%s", written[0], other)
		}
	}
	return nil
}
