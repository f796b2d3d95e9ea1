package persistence

import (
	"context"
	"slices"

	"kanera.dev/domain"
)

var organisations = table[domain.Organisation]{
	name:    "organisations",
	columns: []string{"id", "name", "route_key", "logo_url", "created_at", "updated_at"},
	fields: func(o *domain.Organisation) []any {
		return []any{&o.ID, &o.Name, &o.Key, &o.LogoURL, &o.CreatedAt, &o.UpdatedAt}
	},
}

// Organisations implements domain.Tenants.
func (s *Store) Organisations(ctx context.Context, ids []string) (map[string]*domain.Organisation, error) {
	return byIDs(ctx, s, organisations, ids)
}

// SharedUsers implements domain.Tenants. A person always shares with themselves; ended memberships share nothing.
func (s *Store) SharedUsers(ctx context.Context, viewer *domain.Principal, ids []string) (map[string]bool, error) {
	mine := []string{viewer.OrganisationID}
	if !viewer.IsWorkspaceKey() {
		mine = nil
		for id := range viewer.OrganisationRoles {
			mine = append(mine, id)
		}
		slices.Sort(mine)
	}
	visible, boardArgs := visibleBoards(s.dialect, viewer)
	query := "SELECT u.id FROM users u WHERE " + s.dialect.anyOf("u.id") + " AND (u.id = ?" +
		" OR EXISTS (SELECT 1 FROM organisation_memberships om WHERE om.user_id = u.id AND " + activeMembership +
		" AND " + s.dialect.anyOf("om.organisation_id") + ")" +
		" OR EXISTS (SELECT 1 FROM board_members sb JOIN boards b ON b.id = sb.board_id WHERE sb.user_id = u.id AND " + visible + "))"
	args := append([]any{s.dialect.list(ids), viewer.UserID, s.dialect.list(mine)}, boardArgs...)
	return s.idSet(ctx, query, args...)
}
