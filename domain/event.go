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
	CardID         *string
	Type           string // public name, such as card:moved
	Data           json.RawMessage
	ActorKind      ActorKind
	ActorName      string
	ActorID        *string
	OccurredAt     time.Time
}
