package domain_test

import (
	"testing"

	"kanera.dev/domain"
)

func TestLabelLife(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, board := h.garden()
		h.tape.entries = nil
		label, err := h.LabelCreate(t.Context(), h.ida, domain.LabelCreateInput{WorkspaceID: workspace.ID, Name: "Bug", Color: new(domain.ColorRed)})
		h.must(err)
		h.happened("create", []string{"cardLabel:created"}, "created", `{"name":"Bug","color":"red"}`)
		twin, err := h.LabelCreate(t.Context(), h.ida, domain.LabelCreateInput{WorkspaceID: workspace.ID, Name: "Bug"})
		h.must(err)
		if twin.Position != 2*domain.PositionStep {
			t.Errorf("%+v", twin)
		}
		h.tape.take()
		h.tape.entries = nil
		_, err = h.LabelUpdate(t.Context(), h.ida, label.ID, domain.LabelPatch{Color: domain.Some[*domain.Color](nil)})
		h.must(err)
		h.happened("update", []string{"cardLabel:updated"}, "updated", `{"color":null,"fromValue":"red","toValue":null}`)
		moved, err := h.LabelMove(t.Context(), h.ida, label.ID, domain.Anchor{Kind: domain.AnchorBottom})
		h.must(err)
		h.happened("move", []string{"cardLabel:moved"}, "moved", `{"position":"3000.0000000000","prevPosition":"1000.0000000000"}`)
		if moved.Color != nil || moved.Name != "Bug" {
			t.Errorf("%+v", moved)
		}
		card := h.card(board, h.lists(workspace)[0], "a")
		h.must(h.Store.SetLabels(t.Context(), card.ID, []string{label.ID, twin.ID}))
		h.tape.take()
		h.tape.entries = nil
		h.must(h.LabelDelete(t.Context(), h.ida, label.ID))
		h.happened("delete", []string{"cardLabel:deleted"}, "deleted", `{"name":"Bug"}`)
		left, err := h.Store.LabelIDsOf(t.Context(), []string{card.ID})
		if err != nil || len(left[card.ID]) != 1 || left[card.ID][0] != twin.ID {
			t.Errorf("labels left %v, %v", left, err)
		}
		refused(t, "deleted twice", h.LabelDelete(t.Context(), h.ida, label.ID), domain.CodeNotFound)
		_, err = h.LabelUpdate(t.Context(), h.zoe, twin.ID, domain.LabelPatch{})
		refused(t, "stranger", err, domain.CodeForbidden)
		_, err = h.LabelCreate(t.Context(), h.ida, domain.LabelCreateInput{WorkspaceID: workspace.ID})
		refused(t, "no name", err, domain.CodeValidation)
	})
}
