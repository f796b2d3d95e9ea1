package persistence

import (
	"strings"
	"time"

	"kanera.dev/domain"
)

// numberEvents raises counters and writes events with the numbers that come out, in one statement: an event is as many
// places before the last one as events of its workspace, or card, follow it.
const numberEvents = "INSERT INTO events (id, organisation_id, workspace_id, board_id, card_id, type, data, actor_kind, actor_name, actor_id," +
	" occurred_at, sequence, card_sequence) SELECT e.id, e.organisation_id, e.workspace_id, e.board_id, e.card_id, e.type, e.data," +
	" e.actor_kind, e.actor_name, e.actor_id, e.occurred_at, w.last - e.follow, c.last - e.card_follow" +
	" FROM unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::jsonb[], ?::text[], ?::text[], ?::uuid[]," +
	" ?::timestamptz[], ?::bigint[], ?::bigint[]) AS e(id, organisation_id, workspace_id, board_id, card_id, type, data," +
	" actor_kind, actor_name, actor_id, occurred_at, follow, card_follow)" +
	" JOIN raised w ON w.subject_id = e.workspace_id LEFT JOIN raised c ON c.subject_id = e.card_id RETURNING id, sequence, card_sequence"

// numbering is the question that numbers and writes events on Postgres, which tells the events their numbers; none when
// there are no events.
func numbering(events []*domain.Event) []asked {
	if len(events) == 0 {
		return nil
	}
	byID := make(map[string]*domain.Event, len(events))
	for _, e := range events {
		byID[e.ID] = e
	}
	question := frag("WITH raised AS ("+raise(postgresDialect{})+") "+numberEvents, append([]any{raises(events)}, eventColumns(events)...)...)
	return []asked{{question, func(line row) error {
		var id string
		var sequence int64
		var ofCard *int64
		if err := line.Scan(&id, &sequence, &ofCard); err != nil {
			return err
		}
		byID[id].Sequence, byID[id].CardSequence = sequence, ofCard
		return nil
	}}}
}

// eventColumns makes the parameters of numberEvents, one a column.
func eventColumns(events []*domain.Event) []any {
	var ids, organisations, workspaces, boards, cards, actors uuidList
	types, kinds, names := make([]string, len(events)), make([]string, len(events)), make([]string, len(events))
	data, times := make([][]byte, len(events)), make([]time.Time, len(events))
	follow, cardFollow := make([]int64, len(events)), make([]*int64, len(events))
	after := map[string]int64{} // how many of a workspace or card come later
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		follow[i] = after[e.WorkspaceID]
		after[e.WorkspaceID]++
		if e.CardID != nil {
			cardFollow[i] = new(after[*e.CardID])
			after[*e.CardID]++
		}
	}
	for i, e := range events {
		ids.add(&e.ID)
		organisations.add(&e.OrganisationID)
		workspaces.add(&e.WorkspaceID)
		boards.add(e.BoardID)
		cards.add(e.CardID)
		actors.add(e.ActorID)
		types[i], data[i], kinds[i], names[i], times[i] = e.Type, e.Data, string(e.ActorKind), e.ActorName, e.OccurredAt
	}
	return []any{ids.String(), organisations.String(), workspaces.String(), boards.String(), cards.String(), types, data, kinds, names,
		actors.String(), times, follow, cardFollow}
}

// uuidList is an array of ids as Postgres writes it.
type uuidList struct{ strings.Builder }

func (l *uuidList) add(id *string) {
	if l.Len() > 0 {
		l.WriteByte(',')
	}
	if id == nil {
		l.WriteString("NULL")
		return
	}
	l.WriteString(*id)
}

// String is the parameter.
func (l *uuidList) String() string { return "{" + l.Builder.String() + "}" }
