package domain

import "context"

// Outbox keeps events for those who want to hear of them.
type Outbox interface {
	// Emit adds events to the transaction, or makes one for them. They are numbered and written when it commits, as
	// its last two statements, so that the numbers of a workspace follow its commits.
	Emit(ctx context.Context, events ...*Event) error
	// EventsAfter returns up to limit events of a workspace that come after a sequence, in order. As sequences have
	// no gaps, a first one that does not follow means that older events are no longer kept.
	EventsAfter(ctx context.Context, workspaceID string, sequence int64, limit int) ([]*Event, error)
	// LastSequences returns the sequence of the newest event of workspaces, also of one that is no longer kept;
	// workspaces in which nothing happened yet are left out.
	LastSequences(ctx context.Context, workspaceIDs []string) (map[string]int64, error)
}
