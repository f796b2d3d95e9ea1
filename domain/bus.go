package domain

import (
	"context"
	"time"
)

// TopicKeyRevoked carries the ids of keys that were just revoked.
const TopicKeyRevoked = "key-revoked"

// TopicEvents carries which workspace has new events: who says so, a space, and the id of the workspace.
const TopicEvents = "events"

// Bus carries short notices between the processes of a deployment. A notice reaches whoever listens at that moment,
// at most once; nothing is kept.
type Bus interface {
	// Publish sends a notice to every subscription to the topic, in every process.
	Publish(ctx context.Context, topic, notice string) error
	// Subscribe calls hear for every notice, one after the other, until ctx ends. It returns at once, also while
	// the bus cannot be reached, and connects as soon as it can.
	Subscribe(ctx context.Context, topic string, hear func(notice string)) Subscription
}

// Subscription listens to a topic.
type Subscription interface {
	// Since returns the moment from which on no notice was missed; zero when some may be missed right now.
	Since() time.Time
}
