package persistence

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"kanera.dev/domain"
)

// numberEvents raises counters and writes events with the numbers that come out, in one statement: an event is as many
// places before the last one as events of its workspace, or card, follow it. It takes one parameter made by raises and one
// by numbered events, so that Postgres keeps one plan for any number of them.
var numberEvents = "WITH raised AS (" + raise(postgresDialect{}) + ") INSERT INTO events (id, organisation_id, workspace_id, board_id," +
	" card_id, type, data, actor_kind, actor_name, actor_id, occurred_at, sequence, card_sequence)" +
	" SELECT v.id, v.organisation_id, v.workspace_id, v.board_id, v.card_id, v.type, v.data, v.actor_kind, v.actor_name, v.actor_id," +
	" v.occurred_at, w.last - v.follow, c.last - v.card_follow FROM " + postgresDialect{}.records("id uuid, organisation_id uuid,"+
	" workspace_id uuid, board_id uuid, card_id uuid, type text, data jsonb, actor_kind text, actor_name text, actor_id uuid,"+
	" occurred_at timestamptz, follow bigint, card_follow bigint") +
	" JOIN raised w ON w.subject_id = v.workspace_id LEFT JOIN raised c ON c.subject_id = v.card_id RETURNING id, sequence, card_sequence"

// unnumbered is an event as numberEvents takes it.
type unnumbered struct {
	ID             string           `json:"id"`
	OrganisationID string           `json:"organisation_id"`
	WorkspaceID    string           `json:"workspace_id"`
	BoardID        *string          `json:"board_id,omitempty"`
	CardID         *string          `json:"card_id,omitempty"`
	Type           string           `json:"type"`
	Data           json.RawMessage  `json:"data"`
	ActorKind      domain.ActorKind `json:"actor_kind"`
	ActorName      string           `json:"actor_name"`
	ActorID        *string          `json:"actor_id,omitempty"`
	OccurredAt     time.Time        `json:"occurred_at"`
	Follow         int64            `json:"follow"`
	CardFollow     *int64           `json:"card_follow,omitempty"`
}

// numbering is the question that numbers and writes events on Postgres, which tells the events their numbers; none when
// there are no events.
func numbering(events []*domain.Event) ([]asked, error) {
	if len(events) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(unnumberedEvents(events))
	if err != nil {
		return nil, fmt.Errorf("write events as JSON: %w", err)
	}
	byID := make(map[string]*domain.Event, len(events))
	for _, e := range events {
		byID[e.ID] = e
	}
	return []asked{{frag(numberEvents, raises(events), string(text)), func(line row) error {
		var id string
		var sequence int64
		var ofCard *int64
		if err := line.Scan(&id, &sequence, &ofCard); err != nil {
			return err
		}
		byID[id].Sequence, byID[id].CardSequence = sequence, ofCard
		return nil
	}}}, nil
}

func unnumberedEvents(events []*domain.Event) []unnumbered {
	list := make([]unnumbered, len(events))
	after := map[string]int64{} // how many of a workspace or card come later
	for i, e := range slices.Backward(events) {
		list[i] = unnumbered{e.ID, e.OrganisationID, e.WorkspaceID, e.BoardID, e.CardID, e.Type, e.Data,
			e.ActorKind, e.ActorName, e.ActorID, e.OccurredAt, after[e.WorkspaceID], nil}
		after[e.WorkspaceID]++
		if e.CardID != nil {
			list[i].CardFollow = new(after[*e.CardID])
			after[*e.CardID]++
		}
	}
	return list
}
