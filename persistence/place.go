package persistence

import (
	"context"
	"fmt"

	"kanera.dev/domain"
)

// BoardPlace implements domain.Places with one statement.
func (s *Store) BoardPlace(ctx context.Context, viewer *domain.Principal, boardID string, with domain.BoardWith) (*domain.BoardPlace, error) {
	if !isUUID(boardID) {
		return nil, domain.NotFound("Board")
	}
	var a assorted
	place := &domain.BoardPlace{Board: single(&a, boards, "b"), Workspace: single(&a, workspaces, "w")}
	access := a.addAccess(s.dialect, viewer)
	a.addWorkspace(s.dialect, with, place)
	query := a.statement(frag(" FROM boards b JOIN workspaces w ON w.id = b.workspace_id"), viewerRows(viewer), frag(" WHERE b.id = ?", boardID))
	found := false
	err := s.each(ctx, query, func(line row) error {
		found = true
		return line.Scan(a.into...)
	})
	if err != nil {
		return nil, fmt.Errorf("read what lies around a board: %w", err)
	}
	if !found {
		return nil, domain.NotFound("Board")
	}
	place.Access = access.of(viewer, place.Board)
	return place, nil
}

// addWorkspace selects what is asked for of the workspace w.
func (a *assorted) addWorkspace(d dialect, with domain.BoardWith, place *domain.BoardPlace) {
	const order = "t.position, t.id"
	unarchived := frag("t.workspace_id = w.id AND t.archived_at IS NULL")
	if with.Lists {
		several(a, d, lists, unarchived, order, func(_ string, l *domain.List) { place.Lists = append(place.Lists, l) })
	}
	if with.Labels {
		several(a, d, labels, unarchived, order, func(_ string, l *domain.Label) { place.Labels = append(place.Labels, l) })
	}
	if with.Fields {
		several(a, d, customFields, unarchived, order, func(_ string, f *domain.CustomField) { place.Fields = append(place.Fields, f) })
		several(a, d, options, unarchived, order, func(_ string, o *domain.CustomFieldOption) { place.Options = append(place.Options, o) })
	}
	if with.KeyPrefixes {
		several(a, d, keyPrefixes, frag("t.workspace_id = w.id"), prefixOrder, func(prefix string, _ *string) {
			place.KeyPrefixes = append(place.KeyPrefixes, prefix)
		})
	}
}

// selectedAccess is what a statement finds out about how the viewer reaches a board.
type selectedAccess struct {
	opens bool
	row   domain.BoardAccess
	role  domain.WorkspaceRole
}

// viewerRows joins what addAccess reads: the viewer's own rows of the board b.
func viewerRows(viewer *domain.Principal) fragment {
	if viewer.IsWorkspaceKey() {
		return fragment{}
	}
	return frag(" LEFT JOIN board_members m ON m.board_id = b.id AND m.user_id = ?"+
		" LEFT JOIN workspace_members wm ON wm.workspace_id = b.workspace_id AND wm.user_id = ?", viewer.UserID, viewer.UserID)
}

// addAccess selects how the viewer reaches the board b; the statement joins viewerRows. How a workspace key reaches a
// board follows from the board.
func (a *assorted) addAccess(d dialect, viewer *domain.Principal) *selectedAccess {
	access := new(selectedAccess)
	if !viewer.IsWorkspaceKey() {
		visible, args := visibleBoards(d, viewer)
		a.add(frag(visible+", COALESCE(m.role, ''), COALESCE(m.assigned_items_only, FALSE), COALESCE(wm.role, '')", args...),
			&access.opens, &access.row.Role, &access.row.AssignedItemsOnly, &access.role)
	}
	return access
}

// of judges what was found; nil when the viewer cannot open the board.
func (a *selectedAccess) of(viewer *domain.Principal, board *domain.Board) *domain.BoardAccess {
	opens := a.opens
	if viewer.IsWorkspaceKey() {
		opens = board.ArchivedAt == nil && board.WorkspaceID == viewer.WorkspaceID // as visibleBoards has it
	}
	if !opens {
		return nil
	}
	return boardAccess(viewer, board.OrganisationID, a.row, a.role)
}
