package persistence

import (
	"context"
	"time"
)

// PruneEvents implements domain.Outbox with two statements for each workspace that has old events.
func (s *Store) PruneEvents(ctx context.Context, before time.Time, limit int) (int, error) {
	removed := 0
	for removed < limit {
		workspaces, err := s.ids(ctx, "SELECT e.workspace_id FROM events e WHERE e.occurred_at < ? AND NOT EXISTS "+
			"(SELECT 1 FROM events o WHERE o.workspace_id = e.workspace_id AND o.sequence < e.sequence) ORDER BY e.occurred_at LIMIT 1", before)
		if err != nil || len(workspaces) == 0 {
			return removed, err
		}
		n, err := s.pruneHead(ctx, workspaces[0], before, limit-removed)
		if removed += n; err != nil || n == 0 { // none: another process was faster
			return removed, err
		}
	}
	return removed, nil
}

// pruneHead removes up to limit events of a workspace: the first ones, up to one that is not old.
func (s *Store) pruneHead(ctx context.Context, workspaceID string, before time.Time, limit int) (int, error) {
	result := s.db.WithContext(ctx).Exec("DELETE FROM events WHERE workspace_id = ? AND sequence < "+
		"(SELECT coalesce(min(CASE WHEN h.occurred_at >= ? THEN h.sequence END), max(h.sequence) + 1) "+
		"FROM (SELECT sequence, occurred_at FROM events WHERE workspace_id = ? ORDER BY sequence LIMIT ?) h)",
		workspaceID, before, workspaceID, limit)
	return int(result.RowsAffected), translate(ctx, result.Error, "Event")
}
