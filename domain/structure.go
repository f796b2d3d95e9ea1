package domain

import (
	"context"
	"maps"
	"time"
)

// What the use cases of boards, lists, labels, fields and options have in common: each is a row of a workspace with a
// place among its siblings.

// inTx runs a use case in one transaction and returns what it made, or nothing when it fails.
func inTx[T any](ctx context.Context, store Store, run func(tx Store) (T, error)) (T, error) {
	var made T
	err := store.InTx(ctx, func(tx Store) (err error) {
		made, err = run(tx)
		return err
	})
	if err != nil {
		var nothing T
		return nothing, err
	}
	return made, nil
}

// sibling is a row with a place among its siblings.
type sibling interface {
	home() home
	seat() seat
}

// seat is what a sibling tells about itself. The pointers lead into the row.
type seat struct {
	id        string
	name      string
	position  *Position
	updatedAt *time.Time
	noun      string         // of its events, such as list
	member    string         // name of its id in the data of events, such as listId
	in        map[string]any // what the data of its events says about where it is
	entity    string         // entity type in history
	entityID  string
	partOf    bool          // history tells of it as an update of the entity
	window    time.Duration // within which moves are folded; zero for never
}

func (b *Board) seat() seat {
	return seat{id: b.ID, name: b.Name, position: &b.Position, updatedAt: &b.UpdatedAt, noun: "board", member: "boardId",
		in: map[string]any{"workspaceId": b.WorkspaceID}, entity: entityBoard, entityID: b.ID}
}

func (l *List) seat() seat {
	return seat{id: l.ID, name: l.Name, position: &l.Position, updatedAt: &l.UpdatedAt, noun: "list", member: "listId",
		in: map[string]any{"workspaceId": l.WorkspaceID}, entity: entityList, entityID: l.ID, window: time.Minute}
}

func (l *Label) seat() seat {
	return seat{id: l.ID, name: l.Name, position: &l.Position, updatedAt: &l.UpdatedAt, noun: "cardLabel", member: "labelId",
		in: map[string]any{"workspaceId": l.WorkspaceID}, entity: entityLabel, entityID: l.ID}
}

func (f *CustomField) seat() seat {
	return seat{id: f.ID, name: f.Name, position: &f.Position, updatedAt: &f.UpdatedAt, noun: "customField", member: "fieldId",
		in: map[string]any{"workspaceId": f.WorkspaceID}, entity: entityCustomField, entityID: f.ID}
}

func (o *CustomFieldOption) seat() seat {
	return seat{id: o.ID, name: o.Label, position: &o.Position, updatedAt: &o.UpdatedAt, noun: "customFieldOption", member: "optionId",
		in:     map[string]any{"workspaceId": o.WorkspaceID, "fieldId": o.FieldID},
		entity: entityCustomField, entityID: o.FieldID, partOf: true}
}

// partFor fills a row with read, which is Load or Lock of the transaction, and judges that the caller administers
// its workspace.
func (s *Service) partFor(ctx context.Context, tx Store, who *Principal, row sibling, read func(context.Context, any) error) error {
	if err := read(ctx, row); err != nil {
		return err
	}
	_, err := s.workspaceFor(ctx, tx, who, row.home().WorkspaceID, adminWorkspace)
	return err
}

// insertLast inserts a row after its siblings.
func (s *Service) insertLast(ctx context.Context, tx Store, row sibling) (err error) {
	seat := row.seat()
	if *seat.position, _, err = s.place(ctx, tx, row, seat.id, Anchor{Kind: AnchorBottom}); err != nil {
		return err
	}
	return tx.Insert(ctx, row)
}

// moveSibling judges the caller and moves a row, of which only the id is filled in, among its siblings.
func (s *Service) moveSibling(ctx context.Context, tx Store, who *Principal, row sibling, to Anchor) error {
	if err := s.partFor(ctx, tx, who, row, tx.Load); err != nil {
		return err
	}
	seat := row.seat()
	from := *seat.position
	position, rebalanced, err := s.place(ctx, tx, row, seat.id, to)
	if err != nil {
		return err
	}
	if err := tx.Lock(ctx, row); err != nil {
		return err
	}
	*seat.position, *seat.updatedAt = position, s.Now()
	if err := tx.Update(ctx, row); err != nil {
		return err
	}
	if rebalanced != nil {
		if err := s.tell(ctx, tx, who, row, "rebalanced", map[string]any{"positions": rankedWire(rebalanced)}); err != nil {
			return err
		}
	}
	places := map[string]any{"position": position, "prevPosition": from}
	data := merged(places, map[string]any{seat.member: seat.id})
	return s.changed(ctx, tx, who, row, "moved", data, places)
}

// deleteSibling judges the caller and deletes a row, of which only the id is filled in, with what depends on it.
func (s *Service) deleteSibling(ctx context.Context, tx Store, who *Principal, row sibling) error {
	if err := s.partFor(ctx, tx, who, row, tx.Lock); err != nil {
		return err
	}
	if err := tx.Delete(ctx, row); err != nil {
		return err
	}
	seat := row.seat()
	return s.changed(ctx, tx, who, row, "deleted", map[string]any{seat.member: seat.id}, map[string]any{"name": seat.name})
}

// changed tells of a change and notes it.
func (s *Service) changed(ctx context.Context, tx Store, who *Principal, row sibling, verb string, data, payload map[string]any) error {
	if err := s.tell(ctx, tx, who, row, verb, data); err != nil {
		return err
	}
	return s.note(ctx, tx, who, row, verb, payload)
}

// tell emits an event of a row; its data is data and where the row is.
func (s *Service) tell(ctx context.Context, tx Store, who *Principal, row sibling, verb string, data map[string]any) error {
	seat := row.seat()
	return s.emit(ctx, tx, who, outgoing{home: row.home(), Type: seat.noun + ":" + verb, Data: merged(seat.in, data)})
}

// note writes what happened to a row to history.
func (s *Service) note(ctx context.Context, tx Store, who *Principal, row sibling, action string, payload map[string]any) error {
	seat := row.seat()
	e := entry{home: row.home(), EntityType: seat.entity, EntityID: seat.entityID, Action: action, Payload: payload}
	switch {
	case seat.partOf:
		e.Action, e.Payload = "updated", merged(payload, map[string]any{seat.member: seat.id})
	case action == "moved" && seat.window > 0:
		e.CoalesceKey, e.Window = seat.noun+":move", seat.window
	}
	return s.record(ctx, tx, who, e)
}

func merged(a, b map[string]any) map[string]any {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}
