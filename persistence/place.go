package persistence

import (
	"context"
	"fmt"

	"kanera.dev/domain"
)

// CardPlace implements domain.Places with one statement.
func (s *Store) CardPlace(ctx context.Context, viewer *domain.Principal, cardID string) (*domain.CardPlace, error) {
	if !isUUID(cardID) {
		return nil, domain.NotFound("Card")
	}
	var a assorted
	place := &domain.CardPlace{Board: single(&a, boards, "b"), List: single(&a, lists, "l"), Workspace: single(&a, workspaces, "w")}
	assigned, access := false, a.addAccess(s.dialect, viewer)
	if !viewer.IsWorkspaceKey() {
		a.add(frag("EXISTS (SELECT 1 FROM card_assignees va WHERE va.card_id = c.id AND va.user_id = ?)", viewer.UserID), &assigned)
	}
	with := domain.CardWith{Labels: true, Assignees: true, Values: true}
	a.add(frag(cardColumnsWith(with))) // the reader knows where to
	reader := newCardReader(with, a.into, nil)
	query := a.statement(frag(" FROM cards c JOIN boards b ON b.id = c.board_id JOIN lists l ON l.id = c.list_id"+
		" JOIN workspaces w ON w.id = c.workspace_id"), viewerRows(viewer), frag(" WHERE c.id = ?", cardID))
	err := s.each(ctx, query, func(line row) (err error) {
		place.Card, err = reader.read(line)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read where a card lies: %w", err)
	}
	if place.Card == nil {
		return nil, domain.NotFound("Card")
	}
	place.Access = access.of(viewer, place.Board)
	place.Visible = place.Access != nil && (!place.Access.AssignedItemsOnly || assigned) // as visibleCards has it
	return place, nil
}

// BoardPlace implements domain.Places with one statement.
func (s *Store) BoardPlace(ctx context.Context, viewer *domain.Principal, boardID string) (*domain.BoardPlace, error) {
	if !isUUID(boardID) {
		return nil, domain.NotFound("Board")
	}
	var a assorted
	place := &domain.BoardPlace{Board: single(&a, boards, "b"), Workspace: single(&a, workspaces, "w")}
	access := a.addAccess(s.dialect, viewer)
	several(&a, s.dialect, lists, frag("t.workspace_id = b.workspace_id AND t.archived_at IS NULL"), "t.position, t.id",
		func(_ string, list *domain.List) { place.Lists = append(place.Lists, list) })
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
