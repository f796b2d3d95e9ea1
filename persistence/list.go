package persistence

import (
	"context"

	"kanera.dev/domain"
)

var lists = table[domain.List]{
	name: "lists",
	columns: []string{
		"id", "organisation_id", "workspace_id", "name", "icon", "color", "position", "version", "archived_at", "created_at", "updated_at",
	},
	fields: func(l *domain.List) []any {
		return []any{
			&l.ID, &l.OrganisationID, &l.WorkspaceID, &l.Name, &l.Icon, &l.Color, &l.Position, &l.Version, &l.ArchivedAt, &l.CreatedAt,
			&l.UpdatedAt,
		}
	},
}

// Lists implements domain.Structure.
func (s *Store) Lists(ctx context.Context, ids []string) (map[string]*domain.List, error) {
	return byIDs(ctx, s, lists, ids)
}

// ListsOf implements domain.Structure.
func (s *Store) ListsOf(ctx context.Context, workspaceIDs []string) (map[string][]*domain.List, error) {
	return below(ctx, s, lists, "workspace_id", workspaceIDs)
}
