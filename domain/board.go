package domain

import "time"

// Board is a set of cards, laid out in the lists of its workspace.
type Board struct {
	ID                 string `gorm:"primaryKey"`
	OrganisationID     string
	WorkspaceID        string
	Name               string
	Description        *string
	Icon               *string
	IconColor          *Color
	BackgroundGradient *BoardBackground
	Position           Position
	Version            int
	ArchivedAt         *time.Time
	CreatedAt          time.Time
	UpdatedAt          time.Time
	// NavigationOrder is set when the board is read as part of the caller's navigation.
	NavigationOrder *int `gorm:"-"`
}

// BoardMember is a person who can open a board.
type BoardMember struct {
	BoardID           string `gorm:"primaryKey"`
	UserID            string `gorm:"primaryKey"`
	Role              BoardRole
	Pinned            bool // held up by a workspace admin role
	AssignedItemsOnly bool
	AddedAt           *time.Time // nil for organisation admins without a row
	// The members below are read with the row and not stored in it.
	OrganisationID       string       `gorm:"->;-:migration"` // that owns the board
	Source               AccessSource `gorm:"->;-:migration"`
	IsOrganisationMember bool         `gorm:"->;-:migration"`
	Person               *User        `gorm:"-"`
}

// BoardAccess is how a principal reaches a board.
type BoardAccess struct {
	Role               BoardRole
	Source             AccessSource
	AssignedItemsOnly  bool
	CanAccessWorkspace bool
	IsWorkspaceAdmin   bool
}
