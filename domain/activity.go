package domain

import (
	"encoding/json"
	"time"
)

// ProductName is the name the system acts under.
const ProductName = "Kanera"

// Actor is who caused something, as it was then.
type Actor struct {
	Kind       ActorKind
	Name       string
	AvatarURL  *string
	UserID     *string // the person, or the creator of the key; nil for the system
	APIKeyID   *string
	APIKeyName *string
}

// Activity is something that happened to an entity. Quick repetitions by the same actor are folded into one row.
type Activity struct {
	ID             string `gorm:"primaryKey"`
	OrganisationID string
	WorkspaceID    string
	BoardID        *string
	ActorID        *string // the user, or the creator of the key
	ActorKind      ActorKind
	APIKeyID       *string
	APIKeyName     *string
	EntityType     string // card, list, board, workspace, customField or cardLabel
	EntityID       string
	Action         string
	Payload        json.RawMessage
	FeedVisible    bool
	CoalesceKey    *string
	CoalescedCount int
	CoalescedUntil *time.Time
	CreatedAt      time.Time
	UpdatedAt      time.Time
	// The actor's name and picture are read with the row and not stored in it.
	ActorName      string  `gorm:"->;-:migration"`
	ActorAvatarURL *string `gorm:"->;-:migration"`
}

// Actor returns who caused the activity.
func (a *Activity) Actor() Actor {
	actor := Actor{Kind: a.ActorKind, Name: a.ActorName, UserID: a.ActorID, APIKeyID: a.APIKeyID, APIKeyName: a.APIKeyName}
	switch a.ActorKind {
	case ActorUser:
		actor.AvatarURL = a.ActorAvatarURL
	case ActorAPIKey:
		actor.Name = *a.APIKeyName
	case ActorSystem:
		actor.Name = ProductName
	}
	return actor
}
