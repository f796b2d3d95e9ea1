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
	OptionIDs IDs `gorm:"type:text"` // in the order chosen; nil when emptied
	UserIDs   IDs `gorm:"type:text"` // in the order chosen; nil when emptied
	UpdatedAt time.Time
}

// CustomFieldValue is a FieldValue seen as the type of its field.
type CustomFieldValue interface {
	// Row returns the value whatever its type.
	Row() *FieldValue
}

// TextFieldValue is the value of a text field.
type TextFieldValue struct{ *FieldValue }

// NumberFieldValue is the value of a number field.
type NumberFieldValue struct{ *FieldValue }

// CheckboxFieldValue is the value of a checkbox field.
type CheckboxFieldValue struct{ *FieldValue }

// SelectFieldValue is the value of a select field.
type SelectFieldValue struct{ *FieldValue }

// DateFieldValue is the value of a date field.
type DateFieldValue struct{ *FieldValue }

// URLFieldValue is the value of a URL field.
type URLFieldValue struct{ *FieldValue }

// UserFieldValue is the value of a user field.
type UserFieldValue struct{ *FieldValue }

// Row returns the value itself.
func (v *FieldValue) Row() *FieldValue { return v }

// Typed returns the value as the type of its field.
func (v *FieldValue) Typed() CustomFieldValue {
	switch v.Type {
	case FieldNumber:
		return NumberFieldValue{v}
	case FieldCheckbox:
		return CheckboxFieldValue{v}
	case FieldSelect:
		return SelectFieldValue{v}
	case FieldDate:
		return DateFieldValue{v}
	case FieldURL:
		return URLFieldValue{v}
	case FieldUser:
		return UserFieldValue{v}
	default:
		return TextFieldValue{v}
	}
}
