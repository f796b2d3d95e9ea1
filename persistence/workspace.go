package persistence

import (
	"context"

	"kanera.dev/domain"
)

var workspaces = table[domain.Workspace]{
	name: "workspaces",
	columns: []string{
		"id", "organisation_id", "name", "card_key_prefix", "kind", "icon", "accent_color", "completed_cards_active_days",
		"board_linking_enabled", "last_card_number", "version", "archived_at", "created_at", "updated_at",
	},
	fields: func(w *domain.Workspace) []any {
		return []any{
			&w.ID, &w.OrganisationID, &w.Name, &w.CardKeyPrefix, &w.Kind, &w.Icon, &w.AccentColor, &w.CompletedCardsActiveDays,
			&w.BoardLinkingEnabled, &w.LastCardNumber, &w.Version, &w.ArchivedAt, &w.CreatedAt, &w.UpdatedAt,
		}
	},
}

// Workspaces implements domain.Structure.
func (s *Store) Workspaces(ctx context.Context, ids []string) (map[string]*domain.Workspace, error) {
	return byIDs(ctx, s, workspaces, ids)
}

// everything is the one parent of a list that has no parents.
const everything = ""

func (s *Store) visibleWorkspaces(viewer *domain.Principal) listing[domain.Workspace] {
	visible, args := visibleWorkspaces(s.dialect, viewer)
	if !viewer.IsWorkspaceKey() {
		visible += " AND w.kind <> 'board'" // those are shown as boards
	}
	return listing[domain.Workspace]{
		name: "workspaces", columns: workspaces.fields, args: args,
		rows: "SELECT '' AS parent, " + workspaces.as("w") + " FROM workspaces w WHERE " + visible,
		keys: []pageKey{{column: "created_at", kind: keyInstant}, {column: "id", kind: keyID}},
		at:   func(w *domain.Workspace) []any { return []any{w.CreatedAt, w.ID} },
	}
}

// VisibleWorkspaces implements domain.Structure.
func (s *Store) VisibleWorkspaces(ctx context.Context, viewer *domain.Principal, page domain.Page) (domain.PageOf[*domain.Workspace], error) {
	pages, err := s.visibleWorkspaces(viewer).pages(ctx, s, []string{everything}, page)
	return pages[everything], err
}

// CountVisibleWorkspaces implements domain.Structure.
func (s *Store) CountVisibleWorkspaces(ctx context.Context, viewer *domain.Principal) (int, error) {
	counts, err := s.visibleWorkspaces(viewer).counts(ctx, s, []string{everything})
	return counts[everything], err
}

// WorkspaceRoles implements domain.Tenants. The role of a workspace key follows from its scope, without asking
// the database.
func (s *Store) WorkspaceRoles(ctx context.Context, viewer *domain.Principal, workspaceIDs []string) (map[string]domain.WorkspaceRole, error) {
	roles := make(map[string]domain.WorkspaceRole)
	if viewer.IsWorkspaceKey() {
		for _, id := range workspaceIDs {
			if id == viewer.WorkspaceID {
				roles[id] = workspaceKeyRole(viewer)
			}
		}
		return roles, nil
	}
	visible, args := visibleWorkspaces(s.dialect, viewer)
	rows, err := s.query(ctx, "SELECT w.id, w.organisation_id, COALESCE(m.role, '') FROM workspaces w"+
		" LEFT JOIN workspace_members m ON m.workspace_id = w.id AND m.user_id = ? WHERE "+s.dialect.anyOf("w.id")+" AND "+visible,
		append([]any{viewer.UserID, s.dialect.list(workspaceIDs)}, args...)...)
	if err != nil {
		return nil, err
	}
	_, err = collect(rows, func(line row) (struct{}, error) {
		var id, organisationID string
		var role domain.WorkspaceRole
		err := line.Scan(&id, &organisationID, &role)
		if viewer.Administers(organisationID) {
			role = domain.WorkspaceAdmin
		}
		roles[id] = role
		return struct{}{}, err
	})
	return roles, translate(ctx, err, "Workspace")
}

func workspaceKeyRole(viewer *domain.Principal) domain.WorkspaceRole {
	if viewer.Scope == domain.ScopeAdmin {
		return domain.WorkspaceAdmin
	}
	return domain.WorkspaceMemberRole
}

// keyPrefixes are read as texts; prefixOrder has the prefix that the workspace w uses first, and then who came last.
var keyPrefixes = table[string]{
	name: "key_prefixes", columns: []string{"prefix"}, fields: func(prefix *string) []any { return []any{prefix} },
}

const prefixOrder = "CASE WHEN t.prefix = w.card_key_prefix THEN 0 ELSE 1 END, t.created_at DESC, t.prefix"

// KeyPrefixesOf implements domain.Structure.
func (s *Store) KeyPrefixesOf(ctx context.Context, workspaceIDs []string) (map[string][]string, error) {
	rows, err := s.query(ctx, "SELECT t.workspace_id, t.prefix FROM key_prefixes t LEFT JOIN workspaces w ON w.id = t.workspace_id WHERE "+
		s.dialect.anyOf("t.workspace_id")+" ORDER BY "+prefixOrder, s.dialect.list(workspaceIDs))
	if err != nil {
		return nil, err
	}
	prefixes := make(map[string][]string)
	_, err = collect(rows, func(line row) (struct{}, error) {
		var id, prefix string
		err := line.Scan(&id, &prefix)
		prefixes[id] = append(prefixes[id], prefix)
		return struct{}{}, err
	})
	return prefixes, translate(ctx, err, "Workspace")
}

// RenameKeyPrefix implements domain.Structure.
func (s *Store) RenameKeyPrefix(ctx context.Context, workspaceID, prefix string) error {
	return s.exec(ctx, "UPDATE cards SET key_prefix = ? WHERE workspace_id = ?", prefix, workspaceID)
}
