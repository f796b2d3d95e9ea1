package domain_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"kanera.dev/domain"
)

func TestCardDuplicate(t *testing.T) {
	t.Parallel()
	onEveryValued(t, func(t *testing.T, v *valued) {
		label := v.label("Later")
		v.add(v.todo, "Mint")
		_, err := v.CardUpdate(t.Context(), v.max, v.c.ID, domain.CardPatch{Description: domain.Some(new("south bed")),
			Due: domain.Some(&domain.DuePatch{Date: domain.Some(new("2030-03-10"))})})
		v.must(err)
		_, err = v.CardSetLabels(t.Context(), v.max, v.c.ID, []string{label.ID})
		v.must(err)
		_, err = v.CardSetAssignees(t.Context(), v.max, v.c.ID, []string{v.max.UserID, v.ida.UserID})
		v.must(err)
		_, _, err = v.CardSetFieldValue(t.Context(), v.max, v.c.ID, v.multi.ID, options(v.two.ID, v.one.ID))
		v.must(err)
		_, err = v.CardComplete(t.Context(), v.max, v.c.ID, true)
		v.must(err)
		v.forget()
		v.clock.pass(time.Hour)
		twin, err := v.CardDuplicate(t.Context(), v.ida, v.c.ID, domain.CardCopy{})
		v.must(err)
		v.told("duplicate", "card:created", v.cardData(twin, map[string]any{"description": "south bed", "dueDateLocalDate": "2030-03-10",
			"dueDateSlot": "anyTime", "dueDateTimezone": "UTC"}))
		v.told("duplicate", "card:assignees:set", map[string]any{"boardId": v.board.ID, "cardId": twin.ID, "assigneeIds": []string{v.max.UserID, v.ida.UserID}})
		v.happened("duplicate", []string{"card:created", "card:feedItem:created", "card:labels:set", "card:assignees:set"}, "created",
			`{"title":"Basil","listId":"`+v.todo.ID+`","duplicatedFromId":"`+v.c.ID+`","duplicatedFromKey":"`+v.c.Key()+`"}`)
		v.inOrder("same lane", v.todo, "Basil Basil Mint")
		if twin.CompletedAt != nil || twin.CreatedByID != v.ida.UserID || twin.Number != 3 || twin.Version != 1 || v.now(twin).Version != 1 {
			t.Errorf("twin: %+v", twin)
		}
		values, err := v.Store.FieldValuesOf(t.Context(), []string{twin.ID})
		v.must(err)
		if got := values[twin.ID]; len(got) != 1 || !slices.Equal(got[0].OptionIDs, []string{v.two.ID, v.one.ID}) {
			t.Errorf("values: %+v", got)
		}
		v.copiedHistory(t, twin)
	})
}

// copiedHistory checks that what happened to the original is told again by the product.
func (v *valued) copiedHistory(t *testing.T, twin *domain.Card) {
	t.Helper()
	own, err := v.Store.ActivityOfCard(t.Context(), v.c.ID)
	v.must(err)
	copies, err := v.Store.ActivityOfCard(t.Context(), twin.ID)
	v.must(err)
	if len(copies) != len(own)+1 {
		t.Fatalf("%d entries, want %d and the creation", len(copies), len(own))
	}
	for i, a := range own {
		again := copies[slices.IndexFunc(copies, func(c *domain.Activity) bool { return c.Action == a.Action && c.ActorKind == domain.ActorSystem })]
		var payload struct{ OriginalActorName string }
		v.must(json.Unmarshal(again.Payload, &payload))
		if again.ActorID != nil || again.CoalescedUntil != nil || !again.CreatedAt.Equal(a.CreatedAt) || payload.OriginalActorName != a.Actor().Name {
			t.Errorf("entry %d, %s: %+v by %q", i, a.Action, again, payload.OriginalActorName)
		}
	}
}

func TestCardDuplicatePlaces(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		autumn := d.newBoard("Autumn")
		card := d.addFor(d.max, "A")
		d.add(d.todo, "B")
		d.add(d.done, "X")
		for _, step := range []struct {
			what       string
			to         domain.CardCopy
			list       *domain.List
			order      string
			assignable bool
		}{
			{"here", domain.CardCopy{}, d.todo, "A A B", true},
			{"here, named", domain.CardCopy{BoardID: d.board.ID, ListID: d.todo.ID}, d.todo, "A A A B", true},
			{"top of the lane", domain.CardCopy{AtTop: true}, d.todo, "A A A A B", true},
			{"another list", domain.CardCopy{ListID: d.done.ID}, d.done, "X A", true},
			{"top of another list", domain.CardCopy{ListID: d.done.ID, AtTop: true}, d.done, "A X A", true},
			{"another board", domain.CardCopy{BoardID: autumn.ID, ListID: d.done.ID}, d.done, "A A X A", false},
			{"another board, same list", domain.CardCopy{BoardID: autumn.ID}, d.todo, "A A A A A B", false},
		} {
			twin, err := d.CardDuplicate(t.Context(), d.ida, card.ID, step.to)
			d.must(err)
			d.inOrder(step.what, step.list, step.order)
			assignees, err := d.Store.AssigneeIDsOf(t.Context(), []string{twin.ID})
			d.must(err)
			if (len(assignees[twin.ID]) == 1) != step.assignable {
				t.Errorf("%s: assigned to %v", step.what, assignees[twin.ID])
			}
		}
		for what, row := range map[string]struct {
			who  *domain.Principal
			to   domain.CardCopy
			code domain.Code
		}{
			"foreign list": {d.ida, domain.CardCopy{ListID: d.foreign.ID}, domain.CodeBadRequest}, "unknown list": {d.ida, domain.CardCopy{ListID: domain.NewID()}, domain.CodeNotFound},
			"unknown board": {d.ida, domain.CardCopy{BoardID: domain.NewID()}, domain.CodeNotFound}, "not on the target": {d.max, domain.CardCopy{BoardID: autumn.ID}, domain.CodeForbidden},
			"observer": {d.olga, domain.CardCopy{}, domain.CodeForbidden}, "assigned to others": {d.lena, domain.CardCopy{}, domain.CodeForbidden},
		} {
			d.forget()
			_, err := d.CardDuplicate(t.Context(), row.who, card.ID, row.to)
			refused(t, what, err, row.code)
			d.untouched(what)
		}
		d.archive(card)
		_, err := d.CardDuplicate(t.Context(), d.ida, card.ID, domain.CardCopy{})
		refused(t, "archived", err, domain.CodeBadRequest)
	})
}

// In another workspace, lists, labels, fields and options are found again by name.
func TestCardDuplicateIntoAnotherWorkspace(t *testing.T) {
	t.Parallel()
	onEveryValued(t, func(t *testing.T, v *valued) {
		there, board, err := v.WorkspaceCreate(t.Context(), v.ida, domain.WorkspaceCreateInput{Name: "There", ListNames: []string{"First", "TODO"},
			Labels: []*domain.LabelSeedInput{{Name: "later"}}, InitialBoard: &domain.BoardSeedInput{Name: "Over there"},
			CustomFields: []*domain.CustomFieldSeedInput{
				{Name: "the TEXT", Type: domain.FieldText}, {Name: "The number", Type: domain.FieldText},
				{Name: "several", Type: domain.FieldSelect, Options: []*domain.OptionSeedInput{{Label: "two"}, {Label: "Three"}}}}})
		v.must(err)
		_, err = v.CardSetLabels(t.Context(), v.ida, v.c.ID, []string{v.label("Later").ID, v.label("Only here").ID})
		v.must(err)
		for id, patch := range map[string]domain.FieldValuePatch{v.fields[domain.FieldText].ID: text("kept"), v.multi.ID: options(v.one.ID, v.two.ID),
			v.fields[domain.FieldNumber].ID: {Number: domain.Some(new(domain.Decimal("1")))}} {
			_, _, err = v.CardSetFieldValue(t.Context(), v.ida, v.c.ID, id, patch)
			v.must(err)
		}
		twin, err := v.CardDuplicate(t.Context(), v.ida, v.c.ID, domain.CardCopy{BoardID: board.ID})
		v.must(err)
		if list := v.lists(there)[1]; twin.ListID != list.ID || twin.WorkspaceID != there.ID || twin.Key() != "THERE-1" {
			t.Errorf("twin: %+v", twin)
		}
		labels, err := v.Store.LabelsOf(t.Context(), []string{there.ID})
		v.must(err)
		ids, err := v.Store.LabelIDsOf(t.Context(), []string{twin.ID})
		v.must(err)
		if !slices.Equal(ids[twin.ID], []string{labels[there.ID][0].ID}) {
			t.Errorf("labels: %v", ids[twin.ID])
		}
		v.valuesThere(t, there, twin)
		_, err = v.ListCreate(t.Context(), v.ida, domain.ListCreateInput{WorkspaceID: there.ID, Name: "todo"})
		v.must(err)
		elsewhere := v.add(v.done, "Elsewhere")
		for what, id := range map[string]string{"two lists of the name": v.c.ID, "no list of the name": elsewhere.ID} {
			_, err = v.CardDuplicate(t.Context(), v.ida, id, domain.CardCopy{BoardID: board.ID})
			refused(t, what, err, domain.CodeBadRequest)
			twin, err := v.CardDuplicate(t.Context(), v.ida, id, domain.CardCopy{BoardID: board.ID, ListID: v.lists(there)[0].ID})
			v.must(err)
			if twin.ListID != v.lists(there)[0].ID {
				t.Errorf("%s, list named: %+v", what, twin)
			}
		}
		_, err = v.CardDuplicate(t.Context(), v.ida, v.c.ID, domain.CardCopy{BoardID: board.ID, ListID: v.todo.ID})
		refused(t, "list of the original", err, domain.CodeBadRequest)
		_, err = v.CardMoveToBoard(t.Context(), v.ida, v.c.ID, board.ID, "")
		refused(t, "move to another workspace", err, domain.CodeBadRequest)
	})
}

func (v *valued) valuesThere(t *testing.T, there *domain.Workspace, twin *domain.Card) {
	t.Helper()
	fields, err := v.Store.CustomFieldsOf(t.Context(), []string{there.ID})
	v.must(err)
	several := fields[there.ID][2]
	choices, err := v.Store.OptionsOf(t.Context(), []string{several.ID})
	v.must(err)
	values, err := v.Store.FieldValuesOf(t.Context(), []string{twin.ID})
	v.must(err)
	got := values[twin.ID]
	if len(got) != 2 || got[0].FieldID != fields[there.ID][0].ID || *got[0].Text != "kept" || got[1].FieldID != several.ID ||
		!slices.Equal(got[1].OptionIDs, []string{choices[several.ID][0].ID}) {
		t.Errorf("values: %+v", got)
	}
}
