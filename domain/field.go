package domain

import "time"

// CustomField is a typed property of cards, shared by all boards of a workspace.
type CustomField struct {
	ID             string `gorm:"primaryKey"`
	OrganisationID string
	WorkspaceID    string
	Name           string // unique in the workspace whatever its case
	Icon           *string
	Type           CustomFieldType
	AllowMultiple  bool
	ShowOnCard     bool
	Position       Position
	Version        int
	ArchivedAt     *time.Time
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// CustomFieldOption is a choice of a select field. Options are archived, never deleted: values keep their ids.
type CustomFieldOption struct {
	ID             string `gorm:"primaryKey"`
	OrganisationID string
	WorkspaceID    string
	FieldID        string
	Label          string
	Color          *Color
	Position       Position
	Version        int
	ArchivedAt     *time.Time
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// FieldValue is the value of a custom field on a card: one row for each (card, field). Exactly the column of the
// field's type may be set; a row without any is an emptied value.
type FieldValue struct {
	CardID    string          `gorm:"primaryKey"`
	FieldID   string          `gorm:"primaryKey"`
	Type      CustomFieldType `gorm:"->;-:migration"` // the field's, read with the row
	Text      *string
	Number    *Decimal
	Checkbox  *bool
	Date      *string // YYYY-MM-DD
	URL       *string
	OptionIDs IDs // in the order chosen; nil when emptied
	UserIDs   IDs // in the order chosen; nil when emptied
	UpdatedAt time.Time
}
