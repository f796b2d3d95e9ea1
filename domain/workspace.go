package domain

import "time"

// Workspace shares lists, labels and custom fields among its boards.
type Workspace struct {
	ID                       string `gorm:"primaryKey"`
	OrganisationID           string
	Name                     string
	CardKeyPrefix            string // unique in the organisation, reserved for ever
	Kind                     WorkspaceKind
	Icon                     *string
	AccentColor              *Color
	CompletedCardsActiveDays int
	BoardLinkingEnabled      bool
	LastCardNumber           int // number of the newest card; grows by one with every card
	Version                  int
	ArchivedAt               *time.Time
	CreatedAt                time.Time
	UpdatedAt                time.Time
}

// KeyPrefix is a reserved card-key prefix. The row outlives its workspace.
type KeyPrefix struct {
	OrganisationID string `gorm:"primaryKey"`
	Prefix         string `gorm:"primaryKey"`
	WorkspaceID    string
	CreatedAt      time.Time
}

// WorkspaceMember is a person's place in a workspace.
type WorkspaceMember struct {
	WorkspaceID string `gorm:"primaryKey"`
	UserID      string `gorm:"primaryKey"`
	Role        WorkspaceRole
	AddedAt     time.Time
	// OrganisationRole is read with the row and not stored in it; nil for outsiders.
	OrganisationRole *OrganisationRole `gorm:"->;-:migration"`
}
