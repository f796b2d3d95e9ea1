package domain

import (
	"encoding/json"
	"time"
)

// Event is a change as the outside hears of it. It is written to the outbox in the transaction of the change, so
// that none is lost and none is invented.
type Event struct {
	ID             string `gorm:"primaryKey"`
	OrganisationID string
	WorkspaceID    string
	BoardID        *string
	CardID         *string // the card it is about
	// Sequence is the event's place in its workspace: 1, 2, 3 … without gaps, in the order in which changes became
	// visible. Who has seen n has seen everything up to n. Given by Store.Emit.
	Sequence int64
	// CardSequence is the event's place among those of its card, likewise; nil for events about no card.
	CardSequence *int64
	Type         string // public name, such as card:moved
	Data         json.RawMessage
	ActorKind    ActorKind
	ActorName    string
	ActorID      *string
	OccurredAt   time.Time
}
