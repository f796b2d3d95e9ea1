package domain

import (
	"context"
	"time"
)

// Due is a delivery that waits to be sent.
type Due struct {
	DeliveryID string
	WebhookID  string
	At         time.Time
	// Holds is set by Claim: how many times in a row the lane was held. Above zero the delivery is the one that was
	// let through to see whether the receiver is back.
	Holds int
}

// Queue holds deliveries by the time they are due, for all processes of a deployment. It is a hint: what it loses is put
// back from the Store, and what it hands out twice is sent twice. Every webhook has a lane of its own, so that a slow
// receiver delays no other one.
type Queue interface {
	// Add puts deliveries in, due at At; one in the past is due at once. Those that are in already, waiting or
	// claimed, stay as they are.
	Add(ctx context.Context, due ...Due) error
	// Claim takes up to n deliveries that are due, lane by lane in turns, each lane's oldest first, and leases them:
	// whoever does not Finish one before the lease ends loses it to the next claim. A lane hands out no more than its
	// width at a time, and none while it is held. next is when something will be due or a lease ends, as far as that
	// is known; zero when nothing waits.
	Claim(ctx context.Context, n int, lease time.Duration) (due []Due, next time.Time, err error)
	// Finish ends leases. A delivery with a time At is put back for then; with a zero At it leaves the queue. The
	// last word counts, also of one whose lease has ended.
	Finish(ctx context.Context, due ...Due) error
	// Hold keeps the lane of a webhook closed until a moment, then lets one delivery through at a time until
	// Release. Other lanes go on. What is claimed already may be finished.
	Hold(ctx context.Context, webhookID string, until time.Time) error
	// Release opens a lane to its full width.
	Release(ctx context.Context, webhookID string) error
	// Drop forgets everything of a webhook.
	Drop(ctx context.Context, webhookID string) error
	// Waiting counts the deliveries that are in the queue, claimed ones included.
	Waiting(ctx context.Context) (int, error)
}
