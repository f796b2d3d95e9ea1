package domain

import (
	"context"
	"encoding/json"
	"fmt"
)

// home is the tenant scope of a change: what it happened in. BoardID is empty for what belongs to a whole workspace.
type home struct{ OrganisationID, WorkspaceID, BoardID string }

func (w *Workspace) home() home         { return home{w.OrganisationID, w.ID, ""} }
func (b *Board) home() home             { return home{b.OrganisationID, b.WorkspaceID, b.ID} }
func (l *List) home() home              { return home{l.OrganisationID, l.WorkspaceID, ""} }
func (l *Label) home() home             { return home{l.OrganisationID, l.WorkspaceID, ""} }
func (f *CustomField) home() home       { return home{f.OrganisationID, f.WorkspaceID, ""} }
func (o *CustomFieldOption) home() home { return home{o.OrganisationID, o.WorkspaceID, ""} }
func (c *Card) home() home              { return home{c.OrganisationID, c.WorkspaceID, c.BoardID} }

// outgoing is an event about to be written. CardID is the card it is about, if any.
type outgoing struct {
	home
	CardID string
	Type   string // public name, such as card:moved
	Data   any
}

// emit writes an event to the outbox. The use case emits the event of the entity first; record adds those of the
// feed.
func (s *Service) emit(ctx context.Context, tx Store, who *Principal, e outgoing) error {
	event, err := s.newEvent(who, e)
	if err != nil {
		return err
	}
	return tx.Emit(ctx, event)
}

// newEvent makes an event that happens now.
func (s *Service) newEvent(who *Principal, e outgoing) (*Event, error) {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return nil, fmt.Errorf("data of event %s: %w", e.Type, err)
	}
	actor := actorOf(who)
	return &Event{ID: s.NewID(), OrganisationID: e.OrganisationID, WorkspaceID: e.WorkspaceID,
		BoardID: orNil(e.BoardID), CardID: orNil(e.CardID), Type: e.Type, Data: data,
		ActorKind: actor.Kind, ActorName: actor.Name, ActorID: actor.UserID, OccurredAt: s.Now()}, nil
}

// actorOf returns the principal as history shows it; nil stands for the system.
func actorOf(who *Principal) Actor {
	if who == nil {
		return Actor{Kind: ActorSystem, Name: ProductName}
	}
	return who.Actor()
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// rankedWire shows renumbered siblings in the data of a rebalanced event.
func rankedWire(positions []Ranked) []map[string]any {
	shown := make([]map[string]any, len(positions))
	for i, p := range positions {
		shown[i] = map[string]any{"id": p.ID, "position": p.Position}
	}
	return shown
}
