package domain

import "github.com/google/uuid"

// Service runs the use cases. It holds no state of its own; all fields are set once, at start.
type Service struct {
	Store  Store
	Bus    Bus // nil: nobody is told
	Now    Clock
	NewID  func() string
	WebURL string // origin of the web application, without a trailing slash
	// Webhooks is empty where nobody makes webhooks.
	Webhooks WebhookPorts
}

// NewID returns a time-ordered UUID (version 7).
func NewID() string { return uuid.Must(uuid.NewV7()).String() }
