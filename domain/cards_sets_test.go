package domain_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"kanera.dev/domain"
)

func TestCardSetLabels(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		card, one, two := d.add(d.todo, "Basil"), d.label("One"), d.label("Two")
		away, err := d.LabelCreate(t.Context(), d.zoe, domain.LabelCreateInput{WorkspaceID: d.foreign.WorkspaceID, Name: "Away"})
		d.must(err)
		d.forget()
		set := func(what string, ids ...string) {
			t.Helper()
			d.clock.pass(time.Second)
			_, err := d.CardSetLabels(t.Context(), d.max, card.ID, ids)
			d.must(err)
			kept, err := d.Store.LabelIDsOf(t.Context(), []string{card.ID})
			d.must(err)
			slices.SortFunc(ids, func(a, b string) int {
				return slices.Index([]string{one.ID, two.ID}, a) - slices.Index([]string{one.ID, two.ID}, b)
			})
			if !slices.Equal(kept[card.ID], ids) {
				t.Errorf("%s: %v, want %v", what, kept[card.ID], ids)
			}
		}
		set("none to none")
		d.happened("none to none", nil, "", "")
		set("two, out of order", two.ID, one.ID)
		d.told("two", "card:labels:set", map[string]any{"boardId": d.board.ID, "cardId": card.ID, "labelIds": []string{one.ID, two.ID}})
		d.happened("two", []string{"card:labels:set", "card:feedItem:created"}, "labels:set", `{"labelIds":["`+one.ID+`","`+two.ID+
			`"],"labelNames":["One","Two"],"labelNamesById":{"`+one.ID+`":"One","`+two.ID+`":"Two"},"addedLabelNames":["One","Two"],"removedLabelNames":[],"fromValue":[],"toValue":["`+
			one.ID+`","`+two.ID+`"]}`)
		set("the same", two.ID, one.ID)
		d.happened("the same", nil, "", "")
		set("one away", two.ID)
		d.happened("one away", []string{"card:labels:set", "card:feedItem:updated"}, "", "")
		d.history("one away", card, historyEntry{"labels:set", `{"labelIds":["` + two.ID + `"],"labelNames":["Two"],"labelNamesById":{"` + two.ID +
			`":"Two"},"addedLabelNames":[],"removedLabelNames":["One"],"fromValue":[],"toValue":["` + two.ID + `"]}`, 2, true})
		set("undone")
		d.heard("undone", []string{"card:labels:set", "card:feedItem:deleted"})
		if now := d.now(card); now.Version != 1 {
			t.Errorf("labels touch the card: version %d", now.Version)
		}
		d.refusedSets(t, card, d.CardSetLabels, map[string]refusedSet{
			"twice": {d.ida, []string{one.ID, one.ID}, domain.CodeBadRequest}, "unknown": {d.ida, []string{one.ID, domain.NewID()}, domain.CodeBadRequest},
			"foreign": {d.ida, []string{away.ID}, domain.CodeBadRequest}, "observer": {d.olga, []string{one.ID}, domain.CodeForbidden},
			"assigned to others": {d.lena, nil, domain.CodeForbidden}, "another tenant": {d.zoe, nil, domain.CodeForbidden},
		})
	})
}

func TestCardSetAssignees(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		card, maxID, ida := d.add(d.todo, "Basil"), d.max.UserID, d.ida.UserID
		set := func(what string, want []string, ids ...string) {
			t.Helper()
			d.clock.pass(time.Second)
			_, err := d.CardSetAssignees(t.Context(), d.max, card.ID, ids)
			d.must(err)
			kept, err := d.Store.AssigneeIDsOf(t.Context(), []string{card.ID})
			d.must(err)
			if !slices.Equal(kept[card.ID], want) {
				t.Errorf("%s: %v, want %v", what, kept[card.ID], want)
			}
		}
		set("nobody", nil)
		d.happened("nobody", nil, "", "")
		set("one, twice", []string{maxID}, maxID, maxID)
		d.told("one", "card:assignees:set", map[string]any{"boardId": d.board.ID, "cardId": card.ID, "assigneeIds": []string{maxID}})
		d.happened("one", []string{"card:assignees:set", "card:feedItem:created"}, "assignees:set",
			`{"assigneeIds":["`+maxID+`"],"fromValue":[],"toValue":["`+maxID+`"]}`)
		set("another before", []string{maxID, ida}, ida, maxID)
		d.heard("another", []string{"card:assignees:set", "card:feedItem:updated"})
		set("the same in another order", []string{maxID, ida}, ida, maxID)
		d.happened("the same", nil, "", "")
		set("undone", nil)
		d.heard("undone", []string{"card:assignees:set", "card:feedItem:deleted"})
		set("afresh", []string{ida}, ida)
		d.heard("afresh", []string{"card:assignees:set", "card:feedItem:created"})
		d.refusedSets(t, card, d.CardSetAssignees, map[string]refusedSet{
			"observer as assignee": {d.ida, []string{ida, d.olga.UserID}, domain.CodeBadRequest}, "not on the board": {d.ida, []string{d.cleo.UserID}, domain.CodeBadRequest},
			"another tenant as assignee": {d.ida, []string{d.zoe.UserID}, domain.CodeBadRequest}, "unknown": {d.ida, []string{domain.NewID()}, domain.CodeBadRequest},
			"observer": {d.olga, nil, domain.CodeForbidden}, "another tenant": {d.zoe, nil, domain.CodeForbidden},
		})
	})
}

// setter is a use case that replaces what hangs on a card.
type setter = func(ctx context.Context, who *domain.Principal, id string, ids []string) (*domain.Card, error)

type refusedSet struct {
	who  *domain.Principal
	ids  []string
	code domain.Code
}

// refusedSets tries what must be refused, and that unknown and archived cards are.
func (d *desk) refusedSets(t *testing.T, card *domain.Card, set setter, rows map[string]refusedSet) {
	t.Helper()
	d.forget()
	for what, row := range rows {
		_, err := set(t.Context(), row.who, card.ID, row.ids)
		refused(t, what, err, row.code)
		d.untouched(what)
	}
	_, err := set(t.Context(), d.ida, domain.NewID(), nil)
	refused(t, "unknown card", err, domain.CodeNotFound)
	d.archive(card)
	_, err = set(t.Context(), d.ida, card.ID, nil)
	refused(t, "archived card", err, domain.CodeBadRequest)
}

// Somebody assigned before they lost the editor role stays when others change.
func TestCardKeepsAssigneesWhoCouldNotBeAddedNow(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		card := d.addFor(d.max, "Basil")
		row := &domain.BoardMember{BoardID: d.board.ID, UserID: d.max.UserID}
		d.must(d.Store.Load(t.Context(), row))
		row.Role = domain.BoardObserver
		d.must(d.Store.Update(t.Context(), row))
		_, err := d.CardSetAssignees(t.Context(), d.ida, card.ID, []string{d.max.UserID, d.ida.UserID})
		d.must(err)
		_, err = d.CardSetAssignees(t.Context(), d.ida, card.ID, nil)
		d.must(err)
		_, err = d.CardSetAssignees(t.Context(), d.ida, card.ID, []string{d.max.UserID})
		refused(t, "again", err, domain.CodeBadRequest)
	})
}

// What a key does is signed with the name of the key; what folds in is folded by key.
func TestCardChangesByKeys(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		card, key := d.add(d.todo, "Basil"), d.key(d.workspace, domain.ScopeWrite)
		d.forget()
		for _, who := range []*domain.Principal{d.ida, key} { // the key acts for Ida, but is not Ida
			_, err := d.CardUpdate(t.Context(), who, card.ID, title("by "+string(who.Kind)))
			d.must(err)
		}
		entries, err := d.Store.ActivityOfCard(t.Context(), card.ID)
		d.must(err)
		if len(entries) != 3 || entries[2].Actor().Kind != domain.ActorAPIKey || entries[2].Actor().Name != "bot" || *entries[2].ActorID != d.ida.UserID ||
			entries[1].Actor().Kind != domain.ActorUser || entries[1].Actor().Name != "Ida" {
			t.Fatalf("entries: %+v", entries)
		}
		event := d.tape.events[len(d.tape.events)-1]
		var data struct {
			BoardID, CardID string
			Item            struct {
				Type string
				Data map[string]any
			}
		}
		d.must(json.Unmarshal(event.Data, &data))
		item := data.Item.Data
		if data.CardID != card.ID || data.Item.Type != "activity" || item["actorKind"] != "apiKey" || item["apiKeyName"] != "bot" ||
			item["actorName"] != "bot" || item["coalesceKey"] != "card:title" || item["entityId"] != card.ID {
			t.Errorf("%s: %s", event.Type, event.Data)
		}
		if event.ActorKind != domain.ActorAPIKey || event.ActorName != "bot" || *event.CardID != card.ID || *event.BoardID != d.board.ID {
			t.Errorf("event: %+v", event)
		}
	})
}
