package domain

import "time"

// List is a stage of work, shared by all boards of a workspace.
type List struct {
	ID             string `gorm:"primaryKey"`
	OrganisationID string
	WorkspaceID    string
	Name           string
	Icon           *string
	Color          *Color
	Position       Position
	Version        int
	ArchivedAt     *time.Time
	CreatedAt      time.Time
	UpdatedAt      time.Time
}
