package persistence

import (
	"cmp"
	"context"
	"slices"

	"kanera.dev/domain"
)

// OnCommit makes the store tell of events as soon as their transaction has committed. Whoever made the change waits for
// tell, so it must not block. Set it before the store is used.
func (s *Store) OnCommit(tell func(events []*domain.Event)) { s.tell = tell }

// Emit implements domain.Outbox.
func (s *Store) Emit(ctx context.Context, events ...*domain.Event) error {
	return s.inTransaction(ctx, func(tx *Store) error {
		*tx.emitted = append(*tx.emitted, events...)
		return nil
	})
}

// The counter of a workspace is locked from when its events are numbered to the commit, which is why numbering comes
// last: whoever gets the next number commits later. Everybody takes the counters in the same order, workspaces first,
// so that nobody waits in a circle.

// raise is an upsert that raises counters and answers where they stand. It takes one parameter, made by raises.
func raise(d dialect) string {
	return "INSERT INTO event_counters (subject_id, last) SELECT v.id, v.position FROM " + d.positions() +
		" WHERE true ON CONFLICT (subject_id) DO UPDATE SET last = event_counters.last + excluded.last RETURNING subject_id, last"
}

// writeEvents numbers and writes what the transaction emitted, in two statements.
func (s *Store) writeEvents(ctx context.Context, events []*domain.Event) error {
	if len(events) == 0 {
		return nil
	}
	rows, err := s.query(ctx, raise(s.dialect), raises(events))
	if err != nil {
		return err
	}
	last, err := counters(rows)
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(events) {
		e.Sequence = last[e.WorkspaceID]
		last[e.WorkspaceID]--
		if e.CardID != nil {
			e.CardSequence = new(last[*e.CardID])
			last[*e.CardID]--
		}
	}
	return s.insert(ctx, events, "")
}

// raises is by how much events raise the counters: those of workspaces, then those of cards, in the order of their ids.
func raises(events []*domain.Event) string {
	workspaces, cards := map[string]int64{}, map[string]int64{}
	for _, e := range events {
		workspaces[e.WorkspaceID]++
		if e.CardID != nil {
			cards[*e.CardID]++
		}
	}
	return positionList(append(byID(workspaces), byID(cards)...))
}

func byID(by map[string]int64) []domain.Ranked {
	list := make([]domain.Ranked, 0, len(by))
	for id, n := range by {
		list = append(list, domain.Ranked{ID: id, Position: domain.Position(n)})
	}
	slices.SortFunc(list, func(a, b domain.Ranked) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func counters(rows resultSet) (map[string]int64, error) {
	last := map[string]int64{}
	_, err := collect(rows, func(line row) (id string, err error) {
		var n int64
		err = line.Scan(&id, &n)
		last[id] = n
		return id, err
	})
	return last, err
}

// EventsAfter implements domain.Outbox.
func (s *Store) EventsAfter(ctx context.Context, workspaceID string, sequence int64, limit int) ([]*domain.Event, error) {
	var events []*domain.Event
	err := s.db.WithContext(ctx).Where("workspace_id = ? AND sequence > ?", workspaceID, sequence).
		Order("sequence").Limit(limit).Find(&events).Error
	return events, translate(ctx, err, "Event")
}

// Events implements domain.Outbox.
func (s *Store) Events(ctx context.Context, ids []string) (map[string]*domain.Event, error) {
	found := make(map[string]*domain.Event, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var events []*domain.Event
	err := s.db.WithContext(ctx).Where(s.dialect.anyOf("id"), s.dialect.list(ids)).Find(&events).Error
	for _, e := range events {
		found[e.ID] = e
	}
	return found, translate(ctx, err, "Event")
}

// LastSequences implements domain.Outbox.
func (s *Store) LastSequences(ctx context.Context, workspaceIDs []string) (map[string]int64, error) {
	rows, err := s.query(ctx, "SELECT c.subject_id, c.last FROM event_counters c WHERE "+s.dialect.anyOf("c.subject_id"), s.dialect.list(workspaceIDs))
	if err != nil {
		return nil, err
	}
	return counters(rows)
}
