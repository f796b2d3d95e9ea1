package persistence

import (
	"context"

	"kanera.dev/domain"
)

var customFields = table[domain.CustomField]{
	name: "custom_fields",
	columns: []string{
		"id", "organisation_id", "workspace_id", "name", "icon", "type", "allow_multiple", "show_on_card", "position", "version",
		"archived_at", "created_at", "updated_at",
	},
	fields: func(f *domain.CustomField) []any {
		return []any{
			&f.ID, &f.OrganisationID, &f.WorkspaceID, &f.Name, &f.Icon, &f.Type, &f.AllowMultiple, &f.ShowOnCard, &f.Position, &f.Version,
			&f.ArchivedAt, &f.CreatedAt, &f.UpdatedAt,
		}
	},
}

var options = table[domain.CustomFieldOption]{
	name: "custom_field_options",
	columns: []string{
		"id", "organisation_id", "workspace_id", "field_id", "label", "color", "position", "version", "archived_at", "created_at", "updated_at",
	},
	fields: func(o *domain.CustomFieldOption) []any {
		return []any{
			&o.ID, &o.OrganisationID, &o.WorkspaceID, &o.FieldID, &o.Label, &o.Color, &o.Position, &o.Version, &o.ArchivedAt, &o.CreatedAt,
			&o.UpdatedAt,
		}
	},
}

// CustomFields implements domain.Structure.
func (s *Store) CustomFields(ctx context.Context, ids []string) (map[string]*domain.CustomField, error) {
	return byIDs(ctx, s, customFields, ids)
}

// Options implements domain.Structure. Archived options are among them: values may still name them.
func (s *Store) Options(ctx context.Context, ids []string) (map[string]*domain.CustomFieldOption, error) {
	return byIDs(ctx, s, options, ids)
}

// CustomFieldsOf implements domain.Structure.
func (s *Store) CustomFieldsOf(ctx context.Context, workspaceIDs []string) (map[string][]*domain.CustomField, error) {
	return below(ctx, s, customFields, "workspace_id", workspaceIDs)
}

// OptionsOf implements domain.Structure.
func (s *Store) OptionsOf(ctx context.Context, fieldIDs []string) (map[string][]*domain.CustomFieldOption, error) {
	return below(ctx, s, options, "field_id", fieldIDs)
}
