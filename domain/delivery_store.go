package domain

import (
	"context"
	"time"
)

// Planning is a webhook whose deliveries are not planned up to the newest event.
type Planning struct {
	Webhook *Webhook
	Planned int64 // sequence of the last event that was planned
	Last    int64 // sequence of the newest event of the workspace
}

// Dispatch is a delivery with all it takes to send it.
type Dispatch struct {
	Delivery
	Webhook    *Webhook
	KeyRevoked bool   // the key of the webhook was
	Event      *Event // nil once it is no longer kept
}

// Deliverable reports whether the webhook may still be sent something.
func (d *Dispatch) Deliverable() bool { return d.Webhook.Enabled && !d.KeyRevoked }

// Outcome is what came of an attempt: it is written to its delivery and to the history of attempts.
type Outcome struct {
	Attempt       // its Number is given when it is recorded
	WebhookID     string
	Status        DeliveryStatus // of the delivery from now on
	NextAttemptAt *time.Time     // when Status is DeliveryQueued
}

// Health is what a number of attempts say about a webhook. At least one of both is set.
type Health struct {
	WebhookID    string
	SucceededAt  *time.Time // the last success
	FailingSince *time.Time // the first failure after it
}

// Deliveries keeps what is sent to webhooks. Each method takes one or two statements, whatever the number of rows.
type Deliveries interface {
	// LaggingWorkspaces returns up to limit workspaces in which webhooks have events to be planned, out of some; nil
	// stands for all.
	LaggingWorkspaces(ctx context.Context, workspaceIDs []string, limit int) ([]string, error)
	// Plannings returns the webhooks of a workspace that have events to be planned, and locks their cursors until the
	// transaction ends.
	Plannings(ctx context.Context, workspaceID string) ([]*Planning, error)
	// AddDeliveries adds queued deliveries that are due at their NextAttemptAt. Those of an event to a webhook that
	// has one already are left out.
	AddDeliveries(ctx context.Context, deliveries []*Delivery) error
	// SetPlanned moves the cursors of webhooks forward to an event.
	SetPlanned(ctx context.Context, webhookIDs []string, sequence int64) error

	// QueuedDeliveries returns up to limit deliveries that wait for an attempt before a moment, in the order of time,
	// from the one that follows after; the zero Due stands before all.
	QueuedDeliveries(ctx context.Context, before time.Time, after Due, limit int) ([]Due, error)
	// Dispatches returns deliveries by their ids.
	Dispatches(ctx context.Context, ids []string) (map[string]*Dispatch, error)
	// Record writes what came of attempts, at most one of each delivery, and numbers them. A delivery that has
	// succeeded stays so. Those of deliveries that are gone are left out.
	Record(ctx context.Context, outcomes []*Outcome, now time.Time) error
	// NoteHealth writes since when webhooks fail, and when they last succeeded; the latter at most once a second.
	NoteHealth(ctx context.Context, healths []Health) error
	// DisableWebhooks disables webhooks, and returns which of them were enabled.
	DisableWebhooks(ctx context.Context, ids []string, reason WebhookDisabledReason, now time.Time) ([]string, error)
	// FailingWebhooks returns which of the webhooks are enabled and have done nothing but fail since a moment or longer.
	FailingWebhooks(ctx context.Context, ids []string, since time.Time) ([]string, error)
	// EndDeliveries fails the queued deliveries of those of the webhooks that are disabled, or whose key was revoked.
	EndDeliveries(ctx context.Context, webhookIDs []string, now time.Time) error

	// PruneDeliveries removes up to limit deliveries with their attempts that ended with a status before a moment, and
	// returns how many.
	PruneDeliveries(ctx context.Context, status DeliveryStatus, before time.Time, limit int) (int, error)
	// WipeSecrets removes previous secrets that no longer sign.
	WipeSecrets(ctx context.Context, now time.Time) error
}
