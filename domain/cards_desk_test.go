package domain_test

import (
	"encoding/json"
	"maps"
	"testing"
	"time"

	"kanera.dev/domain"
)

// desk is a house with a board to work on. Max edits the board; Olga observes it; Lena edits what is assigned to
// her; Cleo is in the workspace, but not on the board.
type desk struct {
	*house
	workspace        *domain.Workspace
	board            *domain.Board
	todo, done       *domain.List
	olga, lena, cleo *domain.Principal
	foreign          *domain.List // of Zoe's workspace
}

// onEveryDesk runs a test at a new desk on every kind of store.
func onEveryDesk(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	onEveryStore(t, func(h *house) { test(h.t, newDesk(h)) })
}

func newDesk(h *house) *desk {
	d := &desk{house: h}
	d.workspace, d.board = h.garden()
	lists := h.lists(d.workspace)
	d.todo, d.done = lists[0], lists[1]
	member := func(name string) *domain.Principal {
		return h.person(name, h.ida.OrganisationID, domain.OrganisationMember)
	}
	d.olga, d.lena, d.cleo = member("Olga"), member("Lena"), member("Cleo")
	h.joins(h.max, d.workspace, d.board, domain.BoardEditor)
	h.joins(d.olga, d.workspace, d.board, domain.BoardObserver)
	h.joins(d.lena, d.workspace, nil, "")
	at := h.clock.now()
	h.must(h.Store.Insert(h.t.Context(), &domain.BoardMember{BoardID: d.board.ID, UserID: d.lena.UserID,
		Role: domain.BoardEditor, AssignedItemsOnly: true, AddedAt: &at}))
	h.joins(d.cleo, d.workspace, nil, "")
	away, _, err := h.WorkspaceCreate(h.t.Context(), h.zoe, domain.WorkspaceCreateInput{Name: "Away", ListNames: []string{"Todo", "Other"}})
	h.must(err)
	d.foreign = h.lists(away)[0]
	d.forget()
	return d
}

// forget drops what has been written down so far.
func (d *desk) forget() { d.tape.events, d.tape.entries = nil, nil }

// add makes a card at the bottom of a list and forgets about it.
func (d *desk) add(list *domain.List, title string) *domain.Card {
	d.t.Helper()
	card := d.card(d.board, list, title)
	d.forget()
	return card
}

// addFor is add with an assignee.
func (d *desk) addFor(who *domain.Principal, title string) *domain.Card {
	d.t.Helper()
	card := d.add(d.todo, title)
	_, err := d.CardSetAssignees(d.t.Context(), d.ida, card.ID, []string{who.UserID})
	d.must(err)
	d.forget()
	return card
}

func (d *desk) archive(card *domain.Card) {
	d.t.Helper()
	_, err := d.CardArchive(d.t.Context(), d.ida, card.ID, true)
	d.must(err)
	d.forget()
}

// now reads a card as it is kept.
func (d *desk) now(card *domain.Card) *domain.Card {
	d.t.Helper()
	again := &domain.Card{ID: card.ID}
	d.must(d.Store.Load(d.t.Context(), again))
	return again
}

func (d *desk) label(name string) *domain.Label {
	d.t.Helper()
	label, err := d.LabelCreate(d.t.Context(), d.ida, domain.LabelCreateInput{WorkspaceID: d.workspace.ID, Name: name})
	d.must(err)
	d.forget()
	return label
}

func (d *desk) newBoard(name string) *domain.Board {
	d.t.Helper()
	board, err := d.BoardCreate(d.t.Context(), d.ida, domain.BoardCreateInput{WorkspaceID: d.workspace.ID, Name: name})
	d.must(err)
	d.forget()
	return board
}

// entry is a history entry as tests compare it.
type historyEntry struct {
	action, payload string
	count           int
	visible         bool
}

// history checks the entries of a card after its creation, oldest first.
func (d *desk) history(what string, card *domain.Card, want ...historyEntry) {
	d.t.Helper()
	entries, err := d.Store.ActivityOfCard(d.t.Context(), card.ID)
	d.must(err)
	entries = entries[1:]
	if len(entries) != len(want) {
		d.t.Errorf("%s: %d entries, want %d", what, len(entries), len(want))
		return
	}
	for i, e := range entries {
		if e.Action != want[i].action || e.CoalescedCount != want[i].count || e.FeedVisible != want[i].visible ||
			want[i].payload != "" && !sameJSON(e.Payload, want[i].payload) {
			d.t.Errorf("%s: entry %d is %s %s ×%d visible=%v, want %+v", what, i, e.Action, e.Payload, e.CoalescedCount, e.FeedVisible, want[i])
		}
	}
}

// told checks the data of the first event written since the tape was last looked at.
func (d *desk) told(what, kind string, data map[string]any) {
	d.t.Helper()
	want, err := json.Marshal(data)
	d.must(err)
	for _, e := range d.tape.events {
		if e.Type != kind {
			continue
		}
		if !sameJSON(e.Data, string(want)) {
			d.t.Errorf("%s: %s told %s, want %s", what, kind, e.Data, want)
		}
		return
	}
	d.t.Errorf("%s: no %s among %d events", what, kind, len(d.tape.events))
}

// untouched checks that a refused use case wrote nothing: what the tape saw was taken back.
func (d *desk) untouched(what string) {
	d.t.Helper()
	for _, e := range d.tape.events {
		refused(d.t, what+": event "+e.Type, d.Store.Load(d.t.Context(), &domain.Event{ID: e.ID}), domain.CodeNotFound)
	}
	for _, a := range d.tape.entries {
		refused(d.t, what+": entry "+a.Action, d.Store.Load(d.t.Context(), &domain.Activity{ID: a.ID}), domain.CodeNotFound)
	}
	d.forget()
}

func wireTime(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// cardData is a fresh card as events show it.
func (d *desk) cardData(card *domain.Card, more map[string]any) map[string]any {
	shown := map[string]any{"id": card.ID, "workspaceId": card.WorkspaceID, "organisationKey": "0A1B2C3D4E5F6071",
		"number": card.Number, "key": card.Key(), "listId": card.ListID, "boardId": card.BoardID, "title": card.Title,
		"position": card.Position.String(), "createdById": card.CreatedByID, "createdAt": wireTime(card.CreatedAt),
		"updatedAt": wireTime(card.UpdatedAt)}
	maps.Copy(shown, more)
	return map[string]any{"boardId": card.BoardID, "card": shown}
}
