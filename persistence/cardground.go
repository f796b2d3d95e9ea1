package persistence

import (
	"context"
	"fmt"

	"kanera.dev/domain"
)

// CardGround implements domain.Places in one exchange with the database; without the board it takes another one to tell
// about the list.
func (s *Store) CardGround(ctx context.Context, viewer *domain.Principal, in domain.NewCard) (*domain.CardGround, error) {
	ground := &domain.CardGround{Editors: map[string]bool{}}
	if !isUUID(in.ListID) {
		return ground, nil
	}
	if isUUID(in.BoardID) {
		err := s.inTransaction(ctx, func(tx *Store) error { return tx.boardGround(ctx, viewer, in, ground) })
		if err != nil {
			return nil, fmt.Errorf("read where a card is to go: %w", err)
		}
	}
	if ground.Board != nil {
		return ground, nil
	}
	found, err := s.Lists(ctx, []string{in.ListID})
	if list := found[in.ListID]; list != nil {
		ground.ListWorkspaceID = list.WorkspaceID
	}
	return ground, err
}

// boardGround fills the ground. Its questions go out together: what decides about the card; its number, which locks the
// workspace; the lock of the lane; and, behind that, so that it sees what those did who held the lock before, the end of
// the lane. Nothing is locked that the viewer cannot reach.
func (s *Store) boardGround(ctx context.Context, viewer *domain.Principal, in domain.NewCard, ground *domain.CardGround) error {
	var a assorted
	board := new(domain.Board)
	a.add(frag("b.id, b.organisation_id, b.workspace_id, b.archived_at, w.card_key_prefix, o.route_key"),
		&board.ID, &board.OrganisationID, &board.WorkspaceID, &board.ArchivedAt, &ground.KeyPrefix, &ground.OrganisationKey)
	access := a.addAccess(s.dialect, viewer)
	a.add(frag("COALESCE((SELECT CAST(l.workspace_id AS text) FROM lists l WHERE l.id = ?), '')", in.ListID), &ground.ListWorkspaceID)
	if in.ClientToken != nil {
		a.add(frag("COALESCE((SELECT CAST(c.id AS text) FROM cards c WHERE c.client_token = ?), '')", *in.ClientToken), &ground.EarlierID)
	}
	ground.Labels = named(&a, s.dialect, labels, in.LabelIDs)
	if len(in.AssigneeIDs) > 0 {
		editors := s.editors(in.BoardID, in.AssigneeIDs)
		several(&a, s.dialect, users, frag("t.id IN ("+editors.text+")", editors.args...), "",
			func(id string, _ *domain.User) { ground.Editors[id] = true })
	}
	from := frag(" FROM boards b JOIN workspaces w ON w.id = b.workspace_id JOIN organisations o ON o.id = b.organisation_id")
	decides := a.statement(from, viewerRows(viewer), frag(" WHERE b.id = ?", in.BoardID))
	number, lane := s.cardSeat(viewer, in)
	return s.together(ctx,
		asked{decides, func(line row) error {
			err := line.Scan(a.into...)
			ground.Board, ground.Access = board, access.of(viewer, board)
			return err
		}},
		asked{number, func(line row) error { return line.Scan(&ground.Number) }},
		asked{lane, func(row) error { return nil }},
		asked{laneEnd(in.ListID, !in.AtTop), func(line row) error { return line.Scan(&ground.LaneEnd) }})
}

// cardSeat takes a card's number and then locks its lane, if the viewer reaches the board and the client token is a new one.
func (s *Store) cardSeat(viewer *domain.Principal, in domain.NewCard) (number, lane fragment) {
	visible, args := visibleBoards(s.dialect, viewer)
	home := all(frag("b.id = ?", in.BoardID), frag(visible, args...))
	if in.ClientToken != nil {
		home = all(home, frag("NOT EXISTS (SELECT 1 FROM cards c WHERE c.client_token = ?)", *in.ClientToken))
	}
	home.text = "(SELECT b.workspace_id FROM boards b WHERE " + home.text + ")"
	return frag("UPDATE workspaces SET last_card_number = last_card_number + 1 WHERE id = "+home.text+" RETURNING last_card_number", home.args...),
		frag("SELECT l.id FROM lists l WHERE l.id = ? AND l.workspace_id = "+home.text+s.dialect.forUpdate(), append([]any{in.ListID}, home.args...)...)
}
