package persistence

import (
	"context"
	"time"

	"kanera.dev/domain"
)

// workspaceMembers lists the stored members of workspaces.
func (s *Store) workspaceMembers(workspaceIDs []string) listing[domain.WorkspaceMember] {
	return listing[domain.WorkspaceMember]{
		name: "workspaceMembers",
		rows: "SELECT m.workspace_id AS parent, m.workspace_id, m.user_id, m.role, m.added_at, om.role AS organisation_role" +
			" FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id" +
			" LEFT JOIN organisation_memberships om ON om.organisation_id = w.organisation_id AND om.user_id = m.user_id AND " + activeMembership +
			" WHERE " + s.dialect.anyOf("m.workspace_id"),
		args: []any{s.dialect.list(workspaceIDs)},
		columns: func(m *domain.WorkspaceMember) []any {
			return []any{&m.WorkspaceID, &m.UserID, &m.Role, &m.AddedAt, &m.OrganisationRole}
		},
		keys: []pageKey{{column: "added_at", kind: keyInstant}, {column: "user_id", kind: keyID}},
		at:   func(m *domain.WorkspaceMember) []any { return []any{m.AddedAt, m.UserID} },
	}
}

// WorkspaceMembersOf implements domain.Tenants.
func (s *Store) WorkspaceMembersOf(ctx context.Context, workspaceIDs []string, page domain.Page) (map[string]domain.PageOf[*domain.WorkspaceMember], error) {
	return s.workspaceMembers(workspaceIDs).pages(ctx, s, workspaceIDs, page)
}

// CountWorkspaceMembers implements domain.Tenants.
func (s *Store) CountWorkspaceMembers(ctx context.Context, workspaceIDs []string) (map[string]int, error) {
	return s.workspaceMembers(workspaceIDs).counts(ctx, s, workspaceIDs)
}

// ruler is the condition that a person administers the organisation or the workspace, by the rows under the
// aliases om and wm.
const ruler = "(om.role IN ('owner', 'admin') OR wm.role = 'admin')"

// boardMembers lists who can open boards, and who they are. Admins are editors who see everything, whatever their row says.
func (s *Store) boardMembers(boardIDs []string) listing[domain.BoardMember] {
	isBoard, boards := s.ofParents("sm.board_id", boardIDs)
	isAdministered, _ := s.ofParents("ab.id", boardIDs)
	return listing[domain.BoardMember]{
		name: "boardMembers",
		rows: "SELECT b.id AS parent, b.id AS board_id, p.user_id," +
			" CASE WHEN " + ruler + " THEN 'editor' ELSE m.role END AS role, COALESCE(m.pinned, FALSE) AS pinned," +
			" CASE WHEN " + ruler + " THEN FALSE ELSE m.assigned_items_only END AS assigned_items_only, m.added_at, b.organisation_id," +
			" CASE WHEN " + ruler + " THEN 'workspace' ELSE 'board' END AS source, om.user_id IS NOT NULL AS is_organisation_member, " +
			users.as("u") + ", CASE WHEN m.user_id IS NULL THEN 1 ELSE 0 END AS rowless, COALESCE(m.added_at, ?) AS joined_at" +
			" FROM (SELECT sm.board_id, sm.user_id FROM board_members sm WHERE " + isBoard +
			" UNION SELECT ab.id, am.user_id FROM boards ab JOIN organisation_memberships am ON am.organisation_id = ab.organisation_id" +
			" AND am.role IN ('owner', 'admin') WHERE " + isAdministered + ") p" +
			" JOIN boards b ON b.id = p.board_id JOIN users u ON u.id = p.user_id AND u.removed_at IS NULL" +
			" LEFT JOIN board_members m ON m.board_id = p.board_id AND m.user_id = p.user_id" +
			" LEFT JOIN workspace_members wm ON wm.workspace_id = b.workspace_id AND wm.user_id = p.user_id" +
			" LEFT JOIN organisation_memberships om ON om.organisation_id = b.organisation_id AND om.user_id = p.user_id" +
			" WHERE " + activeMembership, // or no membership at all
		args: []any{time.Unix(0, 0).UTC(), boards, boards},
		columns: func(m *domain.BoardMember) []any {
			m.Person = new(domain.User)
			return append([]any{
				&m.BoardID, &m.UserID, &m.Role, &m.Pinned, &m.AssignedItemsOnly, &m.AddedAt, &m.OrganisationID, &m.Source,
				&m.IsOrganisationMember,
			}, users.fields(m.Person)...)
		},
		extra: 2,
		keys: []pageKey{
			{column: "rowless", kind: keyWhole}, {column: "joined_at", kind: keyInstant}, {column: "user_id", kind: keyID},
		},
		at: boardMemberKeys,
	}
}

func boardMemberKeys(m *domain.BoardMember) []any {
	if m.AddedAt == nil {
		return []any{int64(1), time.Unix(0, 0), m.UserID}
	}
	return []any{int64(0), *m.AddedAt, m.UserID}
}

// BoardMembersOf implements domain.Tenants.
func (s *Store) BoardMembersOf(ctx context.Context, boardIDs []string, page domain.Page) (map[string]domain.PageOf[*domain.BoardMember], error) {
	return s.boardMembers(boardIDs).pages(ctx, s, boardIDs, page)
}

// CountBoardMembers implements domain.Tenants.
func (s *Store) CountBoardMembers(ctx context.Context, boardIDs []string) (map[string]int, error) {
	return s.boardMembers(boardIDs).counts(ctx, s, boardIDs)
}

// AdminIDs implements domain.Tenants, oldest membership first.
func (s *Store) AdminIDs(ctx context.Context, workspaceID string) ([]string, error) {
	return s.ids(ctx, "SELECT user_id FROM workspace_members WHERE workspace_id = ? AND role = 'admin' ORDER BY added_at, user_id", workspaceID)
}

// EditorIDs implements domain.Tenants.
func (s *Store) EditorIDs(ctx context.Context, boardID string, userIDs []string) (map[string]bool, error) {
	query := s.editors(boardID, userIDs)
	return s.idSet(ctx, query.text, query.args...)
}

// editors selects which of the people may be assigned on the board.
func (s *Store) editors(boardID string, userIDs []string) fragment {
	return frag("SELECT u.id FROM users u JOIN boards b ON b.id = ?"+
		" LEFT JOIN board_members m ON m.board_id = b.id AND m.user_id = u.id"+
		" LEFT JOIN workspace_members wm ON wm.workspace_id = b.workspace_id AND wm.user_id = u.id"+
		" LEFT JOIN organisation_memberships om ON om.organisation_id = b.organisation_id AND om.user_id = u.id AND "+activeMembership+
		" WHERE "+s.dialect.anyOf("u.id")+" AND u.removed_at IS NULL AND (m.role = 'editor' OR "+ruler+")"+
		" AND b.organisation_id NOT IN ("+barredFrom("u.id")+")", boardID, s.dialect.list(userIDs))
}

// MemberIDs implements domain.Tenants.
func (s *Store) MemberIDs(ctx context.Context, workspaceID string, userIDs []string) (map[string]bool, error) {
	return s.idSet(ctx, "SELECT u.id FROM users u JOIN workspaces w ON w.id = ?"+
		" LEFT JOIN workspace_members wm ON wm.workspace_id = w.id AND wm.user_id = u.id"+
		" LEFT JOIN organisation_memberships om ON om.organisation_id = w.organisation_id AND om.user_id = u.id AND "+activeMembership+
		" WHERE "+s.dialect.anyOf("u.id")+" AND u.removed_at IS NULL AND (wm.user_id IS NOT NULL OR om.role IN ('owner', 'admin'))"+
		" AND w.organisation_id NOT IN ("+barredFrom("u.id")+")", workspaceID, s.dialect.list(userIDs))
}
