package domain

import "time"

// Webhook sends the events of a workspace to a URL.
type Webhook struct {
	ID             string `gorm:"primaryKey"`
	OrganisationID string
	WorkspaceID    string
	APIKeyID       *string // the key it belongs to: it hears only what the key may see, and ends with it
	CreatedByID    string
	Name           string
	URL            string
	// Secret signs deliveries. It is sealed, and so is PreviousSecret, which signs too until PreviousSecretUntil.
	Secret              []byte
	PreviousSecret      []byte
	PreviousSecretUntil *time.Time
	EventTypes          []string    `gorm:"serializer:json"` // empty: all
	BoardIDs            []string    `gorm:"serializer:json"` // empty: all
	CardFilter          *CardFilter `gorm:"serializer:json"` // nil: all; else only events about cards that match it
	Enabled             bool
	DisabledReason      *WebhookDisabledReason // why it is not enabled; nil when it is
	FailingSince        *time.Time             // first attempt of an unbroken row of failures; nil after a success
	LastSuccessfulAt    *time.Time
	Version             int
	CreatedAt           time.Time
	UpdatedAt           time.Time
}

// WebhookCursor says up to which event of its workspace deliveries were planned for a webhook.
type WebhookCursor struct {
	WebhookID   string `gorm:"primaryKey"`
	WorkspaceID string
	Planned     int64
}

// Delivery is one event on its way to one webhook.
type Delivery struct {
	ID             string `gorm:"primaryKey"`
	WebhookID      string
	WorkspaceID    string
	EventID        string
	EventType      string
	Status         DeliveryStatus
	Attempts       int // all there were
	Tries          int // those since it was last queued
	NextAttemptAt  *time.Time
	LastAttemptAt  *time.Time
	ResponseStatus *int
	ResponseBody   *string // at most the first 2,000 characters
	LastError      *string
	LatencyMs      *int
	DeliveredAt    *time.Time
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// DueAt is when the next attempt is due, or of a delivery that has ended, when its last one was.
func (d *Delivery) DueAt() time.Time {
	switch {
	case d.NextAttemptAt != nil:
		return *d.NextAttemptAt
	case d.LastAttemptAt != nil:
		return *d.LastAttemptAt
	}
	return d.CreatedAt
}

// TableName implements GORM's naming.
func (Delivery) TableName() string { return "webhook_deliveries" }

// Attempt is one try to deliver.
type Attempt struct {
	DeliveryID     string `gorm:"primaryKey"`
	Number         int    `gorm:"primaryKey"` // from 1
	At             time.Time
	LatencyMs      int
	ResponseStatus *int // nil when there was no response
	ResponseBody   *string
	Error          *string // why it counts as a failure; nil when it does not
}

// TableName implements GORM's naming.
func (Attempt) TableName() string { return "webhook_attempts" }
