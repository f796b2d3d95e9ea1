package persistence

import (
	"context"
	"fmt"

	"kanera.dev/domain"
)

// CardGround implements domain.Places with one statement; without the board it takes another one to tell about the list.
func (s *Store) CardGround(ctx context.Context, viewer *domain.Principal, in domain.NewCard) (*domain.CardGround, error) {
	ground, err := s.boardGround(ctx, viewer, in)
	if err != nil {
		return nil, fmt.Errorf("read where a card is to go: %w", err)
	}
	if ground != nil {
		return ground, nil
	}
	found, err := s.Lists(ctx, []string{in.ListID})
	ground = &domain.CardGround{}
	if list := found[in.ListID]; list != nil {
		ground.ListWorkspaceID = list.WorkspaceID
	}
	return ground, err
}

// boardGround is nil when there is no such board.
func (s *Store) boardGround(ctx context.Context, viewer *domain.Principal, in domain.NewCard) (*domain.CardGround, error) {
	if !isUUID(in.BoardID) {
		return nil, nil
	}
	var a assorted
	ground := &domain.CardGround{Board: single(&a, boards, "b"), Workspace: single(&a, workspaces, "w"), Editors: map[string]bool{}}
	access := a.addAccess(s.dialect, viewer)
	a.add(frag("o.route_key"), &ground.OrganisationKey)
	a.add(frag("COALESCE((SELECT CAST(l.workspace_id AS text) FROM lists l WHERE "+s.dialect.anyOf("l.id")+"), '')",
		s.dialect.list([]string{in.ListID})), &ground.ListWorkspaceID)
	if in.ClientToken != nil {
		a.add(frag("COALESCE((SELECT CAST(c.id AS text) FROM cards c WHERE c.client_token = ?), '')", *in.ClientToken), &ground.EarlierID)
	}
	ground.Labels = named(&a, s.dialect, labels, in.LabelIDs)
	if len(in.AssigneeIDs) > 0 {
		editors := s.editors(in.BoardID, in.AssigneeIDs)
		several(&a, s.dialect, users, frag("t.id IN ("+editors.text+")", editors.args...), "",
			func(id string, _ *domain.User) { ground.Editors[id] = true })
	}
	query := a.statement(frag(" FROM boards b JOIN workspaces w ON w.id = b.workspace_id JOIN organisations o ON o.id = b.organisation_id"),
		viewerRows(viewer), frag(" WHERE b.id = ?", in.BoardID))
	found := false
	err := s.each(ctx, query, func(line row) error {
		found = true
		return line.Scan(a.into...)
	})
	if err != nil || !found {
		return nil, err
	}
	ground.Access = access.of(viewer, ground.Board)
	return ground, nil
}
