package persistence

import (
	"context"

	"kanera.dev/domain"
)

var labels = table[domain.Label]{
	name: "labels",
	columns: []string{
		"id", "organisation_id", "workspace_id", "name", "color", "position", "version", "archived_at", "created_at", "updated_at",
	},
	fields: func(l *domain.Label) []any {
		return []any{
			&l.ID, &l.OrganisationID, &l.WorkspaceID, &l.Name, &l.Color, &l.Position, &l.Version, &l.ArchivedAt, &l.CreatedAt, &l.UpdatedAt,
		}
	},
}

// Labels implements domain.Structure.
func (s *Store) Labels(ctx context.Context, ids []string) (map[string]*domain.Label, error) {
	return byIDs(ctx, s, labels, ids)
}

// LabelsOf implements domain.Structure.
func (s *Store) LabelsOf(ctx context.Context, workspaceIDs []string) (map[string][]*domain.Label, error) {
	return below(ctx, s, labels, "workspace_id", workspaceIDs)
}
