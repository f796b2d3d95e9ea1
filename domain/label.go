package domain

import "time"

// Label is a tag, shared by all boards of a workspace.
type Label struct {
	ID             string `gorm:"primaryKey"`
	OrganisationID string
	WorkspaceID    string
	Name           string
	Color          *Color
	Position       Position
	Version        int
	ArchivedAt     *time.Time
	CreatedAt      time.Time
	UpdatedAt      time.Time
}
