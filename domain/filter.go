package domain

// The filter grammar. All members of a filter have to hold; nil members say nothing. GraphQL inputs are read
// straight into these types.

// IDFilter is a condition on an id.
type IDFilter struct {
	Eq, Neq *string
	In, Nin []string
}

// StringFilter is a condition on text.
type StringFilter struct {
	Eq, Neq                           *string
	In, Nin                           []string
	EqIgnoreCase                      *string
	Contains, ContainsIgnoreCase      *string
	NotContains, StartsWith, EndsWith *string
	Null                              *bool
}

// IntFilter is a condition on a whole number.
type IntFilter struct {
	Eq, Neq          *int
	In, Nin          []int
	Lt, Lte, Gt, Gte *int
}

// NumberFilter is a condition on an exact number.
type NumberFilter struct {
	Eq, Neq          *Decimal
	In, Nin          []Decimal
	Lt, Lte, Gt, Gte *Decimal
	Null             *bool
}

// BooleanFilter is a condition on true or false.
type BooleanFilter struct {
	Eq, Null *bool
}

// DateTimeFilter is a condition on an instant.
type DateTimeFilter struct {
	Eq, Neq, Lt, Lte, Gt, Gte *DateOrDuration
	Null                      *bool
}

// DateFilter is a condition on a calendar day.
type DateFilter struct {
	Eq, Neq, Lt, Lte, Gt, Gte *DateOrDuration
	Null                      *bool
}

// WorkspaceFilter is a condition on a workspace.
type WorkspaceFilter struct {
	ID   *IDFilter
	Name *StringFilter
}

// BoardFilter is a condition on a board.
type BoardFilter struct {
	ID   *IDFilter
	Name *StringFilter
}

// ListFilter is a condition on a list.
type ListFilter struct {
	ID   *IDFilter
	Name *StringFilter
}

// LabelFilter is a condition on a label.
type LabelFilter struct {
	ID   *IDFilter
	Name *StringFilter
}

// UserFilter is a condition on a person.
type UserFilter struct {
	ID          *IDFilter
	DisplayName *StringFilter
}

// LabelCollectionFilter is a condition on the labels of a card.
type LabelCollectionFilter struct {
	Some, Every, None *LabelFilter
}

// UserCollectionFilter is a condition on the assignees of a card.
type UserCollectionFilter struct {
	Some, Every, None *UserFilter
}

// ChoiceFilter is a condition on the ids chosen in a select or user field.
type ChoiceFilter struct {
	Some, Every, None []string
	Null              *bool
}

// CustomFieldFilter is a condition on one custom field; the comparator has to be the one of the field's type.
type CustomFieldFilter struct {
	ID       string
	Text     *StringFilter
	Number   *NumberFilter
	Checkbox *BooleanFilter
	Select   *ChoiceFilter
	Date     *DateFilter
	URL      *StringFilter
	User     *ChoiceFilter
}

// Type returns the type the one given comparator is for; ok is false when there is none or more than one.
func (f *CustomFieldFilter) Type() (fieldType CustomFieldType, ok bool) {
	given := 0
	for t, set := range map[CustomFieldType]bool{
		FieldText: f.Text != nil, FieldNumber: f.Number != nil, FieldCheckbox: f.Checkbox != nil,
		FieldSelect: f.Select != nil, FieldDate: f.Date != nil, FieldURL: f.URL != nil, FieldUser: f.User != nil,
	} {
		if set {
			fieldType = t
			given++
		}
	}
	return fieldType, given == 1
}

// CardFilter is a condition on cards.
type CardFilter struct {
	ID           *IDFilter
	Key          *StringFilter
	Number       *IntFilter
	Title        *StringFilter
	Description  *StringFilter
	Workspace    *WorkspaceFilter
	Board        *BoardFilter
	List         *ListFilter
	Creator      *UserFilter
	Assignees    *UserCollectionFilter
	Labels       *LabelCollectionFilter
	CustomFields []*CustomFieldFilter
	DueDate      *DateFilter
	CompletedAt  *DateTimeFilter
	ArchivedAt   *DateTimeFilter
	CreatedAt    *DateTimeFilter
	UpdatedAt    *DateTimeFilter
	And, Or      []*CardFilter
	Not          *CardFilter
}

// CardOrder is a sort key of cards: exactly one of Field and CustomField.
type CardOrder struct {
	Field       *CardOrderField
	CustomField *string
	Direction   OrderDirection
	Nulls       *NullsOrder // last when nil
}

// CardGroup is a dimension to group cards by.
type CardGroup struct {
	Dimension   CardDimension
	CustomField *string
	Bucket      *TimeBucket
	TimeZone    *string
}

// CardAggregateOrder is a sort key of groups.
type CardAggregateOrder struct {
	Measure     CardMeasure
	CustomField *string
	Direction   OrderDirection
}
