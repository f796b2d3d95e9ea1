package domain_test

import (
	"testing"

	"kanera.dev/domain"
)

func (h *house) selectField(workspace *domain.Workspace, labels ...string) (*domain.CustomField, []*domain.CustomFieldOption) {
	h.t.Helper()
	seeds := make([]*domain.OptionSeedInput, len(labels))
	for i, label := range labels {
		seeds[i] = &domain.OptionSeedInput{Label: label}
	}
	field, err := h.CustomFieldCreate(h.t.Context(), h.ida, domain.CustomFieldCreateInput{WorkspaceID: workspace.ID, Name: "Bed",
		Type: domain.FieldSelect, Options: seeds})
	h.must(err)
	return field, h.options(field)
}

func (h *house) options(field *domain.CustomField) []*domain.CustomFieldOption {
	h.t.Helper()
	options, err := h.Store.OptionsOf(h.t.Context(), []string{field.ID})
	h.must(err)
	return options[field.ID]
}

func TestFieldLife(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, _ := h.garden()
		h.tape.entries = nil
		field, options := h.selectField(workspace, "North", "South")
		h.happened("create", []string{"customField:created"}, "created", `{"name":"Bed","type":"select"}`)
		if *field.Icon != "forms" || !field.ShowOnCard || field.AllowMultiple || len(options) != 2 || options[1].Position != 2*domain.PositionStep {
			t.Errorf("%+v %+v", field, options)
		}
		_, err := h.CustomFieldCreate(t.Context(), h.ida, domain.CustomFieldCreateInput{WorkspaceID: workspace.ID, Name: "bED", Type: domain.FieldText})
		refused(t, "used name", err, domain.CodeConflict)
		second, err := h.CustomFieldCreate(t.Context(), h.ida, domain.CustomFieldCreateInput{WorkspaceID: workspace.ID, Name: "Depth", Type: domain.FieldNumber})
		h.must(err)
		_, err = h.CustomFieldUpdate(t.Context(), h.ida, second.ID, domain.CustomFieldPatch{Name: domain.Some(new("BED"))})
		refused(t, "renamed to a used name", err, domain.CodeConflict)
		_, err = h.CustomFieldUpdate(t.Context(), h.ida, second.ID, domain.CustomFieldPatch{AllowMultiple: domain.Some(new(true))})
		refused(t, "several numbers", err, domain.CodeBadRequest)
		h.tape.take()
		h.tape.entries = nil
		changed, err := h.CustomFieldUpdate(t.Context(), h.ida, field.ID, domain.CustomFieldPatch{Name: domain.Some(new("BED")),
			AllowMultiple: domain.Some(new(true)), ShowOnCard: domain.Some(new(false))})
		h.must(err)
		h.happened("update", []string{"customField:updated"}, "updated", `{"name":"BED","allowMultiple":true,"showOnCard":false}`)
		if !changed.AllowMultiple || changed.ShowOnCard {
			t.Errorf("%+v", changed)
		}
		_, err = h.CustomFieldMove(t.Context(), h.ida, second.ID, domain.Anchor{Kind: domain.AnchorTop})
		h.must(err)
		h.happened("move", []string{"customField:moved"}, "moved", `{"position":"0.0000000000","prevPosition":"2000.0000000000"}`)
		h.must(h.CustomFieldDelete(t.Context(), h.ida, field.ID))
		h.happened("delete", []string{"customField:deleted"}, "deleted", `{"name":"BED"}`)
		refused(t, "deleted twice", h.CustomFieldDelete(t.Context(), h.ida, field.ID), domain.CodeNotFound)
	})
}

func TestOptionLife(t *testing.T) {
	t.Parallel()
	onEveryStore(t, func(h *house) {
		t := h.t
		workspace, _ := h.garden()
		field, options := h.selectField(workspace, "North", "South")
		h.tape.take()
		h.tape.entries = nil
		option, err := h.CustomFieldOptionCreate(t.Context(), h.ida, domain.CustomFieldOptionCreateInput{FieldID: field.ID, Label: "North"})
		h.must(err)
		h.happened("create", []string{"customFieldOption:created"}, "updated", `{"optionId":"`+option.ID+`","optionLabel":"North"}`)
		_, err = h.CustomFieldOptionUpdate(t.Context(), h.ida, option.ID, domain.CustomFieldOptionPatch{Label: domain.Some(new("East")),
			ExpectedVersion: new(1)})
		h.must(err)
		h.happened("update", []string{"customFieldOption:updated"}, "updated",
			`{"optionId":"`+option.ID+`","label":"East","fromValue":"North","toValue":"East"}`)
		_, err = h.CustomFieldOptionMove(t.Context(), h.ida, option.ID, domain.Anchor{Kind: domain.AnchorAfter, ID: options[0].ID})
		h.must(err)
		h.happened("move", []string{"customFieldOption:moved"}, "updated",
			`{"optionId":"`+option.ID+`","position":"1500.0000000000","prevPosition":"3000.0000000000"}`)
		archived, err := h.CustomFieldOptionArchive(t.Context(), h.ida, option.ID)
		h.must(err)
		h.happened("archive", []string{"customFieldOption:deleted"}, "updated",
			`{"optionId":"`+option.ID+`","optionLabel":"East","archivedAt":"2030-03-04T09:00:00.000Z"}`)
		again, err := h.CustomFieldOptionArchive(t.Context(), h.ida, option.ID)
		if err != nil || again.Version != archived.Version || len(h.options(field)) != 2 {
			t.Errorf("again: %+v, %v, %d left", again, err, len(h.options(field)))
		}
		h.happened("archived again", nil, "", "")
		_, err = h.CustomFieldOptionMove(t.Context(), h.ida, option.ID, domain.Anchor{Kind: domain.AnchorTop})
		refused(t, "move an archived one", err, domain.CodeNotFound)
		_, err = h.CustomFieldOptionUpdate(t.Context(), h.ida, option.ID, domain.CustomFieldOptionPatch{})
		refused(t, "update an archived one", err, domain.CodeNotFound)
		text, err := h.CustomFieldCreate(t.Context(), h.ida, domain.CustomFieldCreateInput{WorkspaceID: workspace.ID, Name: "T", Type: domain.FieldText})
		h.must(err)
		_, err = h.CustomFieldOptionCreate(t.Context(), h.ida, domain.CustomFieldOptionCreateInput{FieldID: text.ID, Label: "o"})
		refused(t, "option of a text field", err, domain.CodeBadRequest)
		_, err = h.CustomFieldOptionCreate(t.Context(), h.max, domain.CustomFieldOptionCreateInput{FieldID: field.ID, Label: "o"})
		refused(t, "no member", err, domain.CodeForbidden)
	})
}
