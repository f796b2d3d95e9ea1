package domain

// The filter grammar. All members of a filter have to hold; nil members say nothing. GraphQL inputs are read
// straight into these types. As JSON they are spelled as in GraphQL.

// IDFilter is a condition on an id.
type IDFilter struct {
	Eq  *string  `json:"eq,omitzero"`
	Neq *string  `json:"neq,omitzero"`
	In  []string `json:"in,omitzero"`
	Nin []string `json:"nin,omitzero"`
}

// StringFilter is a condition on text.
type StringFilter struct {
	Eq                 *string  `json:"eq,omitzero"`
	Neq                *string  `json:"neq,omitzero"`
	In                 []string `json:"in,omitzero"`
	Nin                []string `json:"nin,omitzero"`
	EqIgnoreCase       *string  `json:"eqIgnoreCase,omitzero"`
	Contains           *string  `json:"contains,omitzero"`
	ContainsIgnoreCase *string  `json:"containsIgnoreCase,omitzero"`
	NotContains        *string  `json:"notContains,omitzero"`
	StartsWith         *string  `json:"startsWith,omitzero"`
	EndsWith           *string  `json:"endsWith,omitzero"`
	Null               *bool    `json:"null,omitzero"`
}

// IntFilter is a condition on a whole number.
type IntFilter struct {
	Eq  *int  `json:"eq,omitzero"`
	Neq *int  `json:"neq,omitzero"`
	In  []int `json:"in,omitzero"`
	Nin []int `json:"nin,omitzero"`
	Lt  *int  `json:"lt,omitzero"`
	Lte *int  `json:"lte,omitzero"`
	Gt  *int  `json:"gt,omitzero"`
	Gte *int  `json:"gte,omitzero"`
}

// NumberFilter is a condition on an exact number.
type NumberFilter struct {
	Eq   *Decimal  `json:"eq,omitzero"`
	Neq  *Decimal  `json:"neq,omitzero"`
	In   []Decimal `json:"in,omitzero"`
	Nin  []Decimal `json:"nin,omitzero"`
	Lt   *Decimal  `json:"lt,omitzero"`
	Lte  *Decimal  `json:"lte,omitzero"`
	Gt   *Decimal  `json:"gt,omitzero"`
	Gte  *Decimal  `json:"gte,omitzero"`
	Null *bool     `json:"null,omitzero"`
}

// BooleanFilter is a condition on true or false.
type BooleanFilter struct {
	Eq   *bool `json:"eq,omitzero"`
	Null *bool `json:"null,omitzero"`
}

// DateTimeFilter is a condition on an instant.
type DateTimeFilter struct {
	Eq   *DateOrDuration `json:"eq,omitzero"`
	Neq  *DateOrDuration `json:"neq,omitzero"`
	Lt   *DateOrDuration `json:"lt,omitzero"`
	Lte  *DateOrDuration `json:"lte,omitzero"`
	Gt   *DateOrDuration `json:"gt,omitzero"`
	Gte  *DateOrDuration `json:"gte,omitzero"`
	Null *bool           `json:"null,omitzero"`
}

// DateFilter is a condition on a calendar day.
type DateFilter struct {
	Eq   *DateOrDuration `json:"eq,omitzero"`
	Neq  *DateOrDuration `json:"neq,omitzero"`
	Lt   *DateOrDuration `json:"lt,omitzero"`
	Lte  *DateOrDuration `json:"lte,omitzero"`
	Gt   *DateOrDuration `json:"gt,omitzero"`
	Gte  *DateOrDuration `json:"gte,omitzero"`
	Null *bool           `json:"null,omitzero"`
}

// WorkspaceFilter is a condition on a workspace.
type WorkspaceFilter struct {
	ID   *IDFilter     `json:"id,omitzero"`
	Name *StringFilter `json:"name,omitzero"`
}

// BoardFilter is a condition on a board.
type BoardFilter struct {
	ID   *IDFilter     `json:"id,omitzero"`
	Name *StringFilter `json:"name,omitzero"`
}

// ListFilter is a condition on a list.
type ListFilter struct {
	ID   *IDFilter     `json:"id,omitzero"`
	Name *StringFilter `json:"name,omitzero"`
}

// LabelFilter is a condition on a label.
type LabelFilter struct {
	ID   *IDFilter     `json:"id,omitzero"`
	Name *StringFilter `json:"name,omitzero"`
}

// UserFilter is a condition on a person.
type UserFilter struct {
	ID          *IDFilter     `json:"id,omitzero"`
	DisplayName *StringFilter `json:"displayName,omitzero"`
}

// LabelCollectionFilter is a condition on the labels of a card.
type LabelCollectionFilter struct {
	Some  *LabelFilter `json:"some,omitzero"`
	Every *LabelFilter `json:"every,omitzero"`
	None  *LabelFilter `json:"none,omitzero"`
}

// UserCollectionFilter is a condition on the assignees of a card.
type UserCollectionFilter struct {
	Some  *UserFilter `json:"some,omitzero"`
	Every *UserFilter `json:"every,omitzero"`
	None  *UserFilter `json:"none,omitzero"`
}

// ChoiceFilter is a condition on the ids chosen in a select or user field.
type ChoiceFilter struct {
	Some  []string `json:"some,omitzero"`
	Every []string `json:"every,omitzero"`
	None  []string `json:"none,omitzero"`
	Null  *bool    `json:"null,omitzero"`
}

// CustomFieldFilter is a condition on one custom field; the comparator has to be the one of the field's type.
type CustomFieldFilter struct {
	ID       string         `json:"id,omitzero"`
	Text     *StringFilter  `json:"text,omitzero"`
	Number   *NumberFilter  `json:"number,omitzero"`
	Checkbox *BooleanFilter `json:"checkbox,omitzero"`
	Select   *ChoiceFilter  `json:"select,omitzero"`
	Date     *DateFilter    `json:"date,omitzero"`
	URL      *StringFilter  `json:"url,omitzero"`
	User     *ChoiceFilter  `json:"user,omitzero"`
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
	ID           *IDFilter              `json:"id,omitzero"`
	Key          *StringFilter          `json:"key,omitzero"`
	Number       *IntFilter             `json:"number,omitzero"`
	Title        *StringFilter          `json:"title,omitzero"`
	Description  *StringFilter          `json:"description,omitzero"`
	Workspace    *WorkspaceFilter       `json:"workspace,omitzero"`
	Board        *BoardFilter           `json:"board,omitzero"`
	List         *ListFilter            `json:"list,omitzero"`
	Creator      *UserFilter            `json:"creator,omitzero"`
	Assignees    *UserCollectionFilter  `json:"assignees,omitzero"`
	Labels       *LabelCollectionFilter `json:"labels,omitzero"`
	CustomFields []*CustomFieldFilter   `json:"customFields,omitzero"`
	DueDate      *DateFilter            `json:"dueDate,omitzero"`
	CompletedAt  *DateTimeFilter        `json:"completedAt,omitzero"`
	ArchivedAt   *DateTimeFilter        `json:"archivedAt,omitzero"`
	CreatedAt    *DateTimeFilter        `json:"createdAt,omitzero"`
	UpdatedAt    *DateTimeFilter        `json:"updatedAt,omitzero"`
	And          []*CardFilter          `json:"and,omitzero"`
	Or           []*CardFilter          `json:"or,omitzero"`
	Not          *CardFilter            `json:"not,omitzero"`
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
