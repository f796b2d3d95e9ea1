package domain_test

import (
	"testing"

	"kanera.dev/domain"
)

func TestBoardLife(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, first := h.garden()
		h.tape.entries = nil
		board, err := h.BoardCreate(t.Context(), h.ida, domain.BoardCreateInput{WorkspaceID: workspace.ID, Name: "Autumn",
			Description: new("Leaves"), BackgroundGradient: new(domain.BackgroundEmber)})
		h.must(err)
		h.happened("create", []string{"board:created"}, "created", `{"name":"Autumn"}`)
		if board.Position != 2*domain.PositionStep || *board.Icon != "layout-kanban" || board.Version != 1 {
			t.Errorf("%+v", board)
		}
		editor := &domain.BoardMember{BoardID: board.ID, UserID: h.ida.UserID}
		h.must(h.Store.Load(t.Context(), editor))
		if !editor.Pinned || editor.Role != domain.BoardEditor {
			t.Errorf("admin on a new board: %+v", editor)
		}
		_, err = h.BoardUpdate(t.Context(), h.ida, board.ID, domain.BoardPatch{Name: domain.Some(new("Fall")), ExpectedVersion: new(1)})
		h.must(err)
		h.happened("update", []string{"board:updated"}, "updated", `{"name":"Fall","fromValue":"Autumn","toValue":"Fall"}`)
		_, err = h.BoardUpdate(t.Context(), h.ida, board.ID, domain.BoardPatch{ExpectedVersion: new(1)})
		refused(t, "outdated", err, domain.CodeConflict)
		moved, err := h.BoardMove(t.Context(), h.ida, board.ID, domain.Anchor{Kind: domain.AnchorBefore, ID: first.ID})
		h.must(err)
		h.happened("move", []string{"board:moved"}, "moved", `{"position":"0.0000000000","prevPosition":"2000.0000000000"}`)
		if moved.Position != 0 || moved.Name != "Fall" {
			t.Errorf("%+v", moved)
		}
		_, err = h.BoardMove(t.Context(), h.ida, board.ID, domain.Anchor{Kind: domain.AnchorAfter, ID: domain.NewID()})
		refused(t, "unknown neighbour", err, domain.CodeBadRequest)
		_, err = h.BoardMove(t.Context(), h.ida, board.ID, domain.Anchor{})
		refused(t, "no anchor", err, domain.CodeValidation)
		h.must(h.BoardDelete(t.Context(), h.ida, board.ID))
		h.happened("delete", []string{"board:deleted"}, "", "")
		_, err = h.Board(t.Context(), h.ida, board.ID)
		refused(t, "deleted", err, domain.CodeNotFound)
	})
}

func TestBoardAuthority(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, board := h.garden()
		editor, observer := h.max, h.person("Olga", h.ida.OrganisationID, domain.OrganisationMember)
		colleague := h.person("Cleo", h.ida.OrganisationID, domain.OrganisationMember)
		h.joins(editor, workspace, board, domain.BoardEditor)
		h.joins(observer, workspace, board, domain.BoardObserver)
		h.joins(colleague, workspace, nil, "")
		keys := map[domain.Scope]*domain.Principal{}
		for _, scope := range domain.Scopes {
			keys[scope] = h.key(workspace, scope)
		}
		reads := func(who *domain.Principal) error { _, err := h.Board(t.Context(), who, board.ID); return err }
		edits := func(who *domain.Principal) error {
			_, err := h.BoardSetBackground(t.Context(), who, board.ID, new(domain.BackgroundOcean))
			return err
		}
		administers := func(who *domain.Principal) error {
			_, err := h.BoardUpdate(t.Context(), who, board.ID, domain.BoardPatch{})
			return err
		}
		for what, test := range map[string]struct {
			who                       *domain.Principal
			reads, edits, administers bool
		}{
			"organisation owner": {h.ida, true, true, true}, "editor": {editor, true, true, false},
			"observer": {observer, true, false, false}, "member without the board": {colleague, false, false, false},
			"stranger": {h.zoe, false, false, false}, "read key": {keys[domain.ScopeRead], true, false, false},
			"write key": {keys[domain.ScopeWrite], true, true, false}, "admin key": {keys[domain.ScopeAdmin], true, true, true},
		} {
			for verb, attempt := range map[string]struct {
				err     error
				allowed bool
			}{"reads": {reads(test.who), test.reads}, "edits": {edits(test.who), test.edits}, "administers": {administers(test.who), test.administers}} {
				if attempt.allowed && attempt.err != nil || !attempt.allowed && domain.CodeOf(attempt.err) != domain.CodeForbidden {
					t.Errorf("%s %s: %v, allowed should be %v", what, verb, attempt.err, attempt.allowed)
				}
			}
		}
		_, err := h.Board(t.Context(), h.ida, domain.NewID())
		refused(t, "unknown", err, domain.CodeNotFound)
		board, err = h.Board(t.Context(), h.ida, board.ID)
		h.must(err)
		board.ArchivedAt = new(h.clock.now())
		h.must(h.Store.Update(t.Context(), board))
		_, err = h.Board(t.Context(), h.ida, board.ID)
		refused(t, "archived", err, domain.CodeNotFound)
	})
}
