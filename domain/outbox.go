package domain

import (
	"context"
	"time"
)

// Outbox keeps events for those who want to hear of them.
type Outbox interface {
	// Emit adds events to the transaction, or makes one for them. They are numbered and written when it commits, as
	// the last thing it does, so that the numbers of a workspace follow its commits.
	Emit(ctx context.Context, events ...*Event) error
	// EventsAfter returns up to limit events of a workspace that come after a sequence, in order; 0 is before the first
	// one. They are all there were: whatever commits later has a higher sequence. As sequences have no gaps, a first
	// event that does not follow means that those in between are kept no more.
	EventsAfter(ctx context.Context, workspaceID string, sequence int64, limit int) ([]*Event, error)
	// Events returns events by id, as far as they are still kept.
	Events(ctx context.Context, ids []string) (map[string]*Event, error)
	// LastSequences returns the sequence of the newest event of workspaces, also of one that is no longer kept;
	// workspaces in which nothing happened yet are left out.
	LastSequences(ctx context.Context, workspaceIDs []string) (map[string]int64, error)
	// PruneEvents removes up to limit events that happened before a moment, oldest first, and returns how many. What is
	// left of a workspace is always its newest events, without gaps, and goes on counting where it was.
	PruneEvents(ctx context.Context, before time.Time, limit int) (int, error)
}
