package domain

import (
	"strconv"
	"time"
)

// Card is one piece of work, on one board and in one list of the same workspace.
type Card struct {
	ID                string `gorm:"primaryKey"`
	OrganisationID    string
	OrganisationKey   string // never changes, so it is kept with the card
	WorkspaceID       string
	BoardID           string
	ListID            string
	KeyPrefix         string // the workspace's, rewritten when that changes
	Number            int    // unique in the workspace, never reused
	Title             string
	Description       *string
	Position          Position // in the lane: all unarchived cards of the list, on every board
	DueDay            *string  // YYYY-MM-DD; the three due columns are set together
	DueSlot           *DueSlot
	DueTimeZone       *string // IANA
	CompletedAt       *time.Time
	ArchivedAt        *time.Time
	CreatedByID       string
	CoverAttachmentID *string
	ClientToken       *string // unique when set
	Version           int
	CreatedAt         time.Time
	UpdatedAt         time.Time
	// Parts is what hangs on the card, as far as it was asked for together with the card; nil when it was not.
	Parts *CardParts `gorm:"-"`
}

// CardParts is what hangs on a card.
type CardParts struct {
	LabelIDs    []string      // in no order
	AssigneeIDs []string      // in order of assignment
	Values      []*FieldValue // in no order, emptied ones included
}

// CardWith says which parts of cards to read together with them. Parts that are not named are nil.
type CardWith struct{ Labels, Assignees, Values bool }

// Key is the name people call the card by, such as ACME-12.
func (c *Card) Key() string { return c.KeyPrefix + "-" + strconv.Itoa(c.Number) }

// HasDescription reports whether there is a description.
func (c *Card) HasDescription() bool { return c.Description != nil && *c.Description != "" }

// CardLabel puts a label on a card.
type CardLabel struct {
	CardID  string `gorm:"primaryKey"`
	LabelID string `gorm:"primaryKey"`
}

// CardAssignee assigns a card to a person.
type CardAssignee struct {
	CardID     string `gorm:"primaryKey"`
	UserID     string `gorm:"primaryKey"`
	AssignedAt time.Time
}

// NewCardLabels puts labels on a card.
func NewCardLabels(cardID string, labelIDs []string) []CardLabel {
	rows := make([]CardLabel, len(labelIDs))
	for i, id := range labelIDs {
		rows[i] = CardLabel{CardID: cardID, LabelID: id}
	}
	return rows
}

// NewCardAssignees assigns a card to people. Those who are assigned together are told apart by a millisecond each, in the
// order given.
func NewCardAssignees(cardID string, userIDs []string, at time.Time) []CardAssignee {
	rows := make([]CardAssignee, len(userIDs))
	for i, id := range userIDs {
		rows[i] = CardAssignee{CardID: cardID, UserID: id, AssignedAt: at.Add(time.Duration(i) * time.Millisecond)}
	}
	return rows
}
