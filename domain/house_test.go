package domain_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// house is a running domain with one organisation: Ida owns it, Max is a plain member of it, and Zoe owns another.
type house struct {
	*domain.Service
	t             *testing.T
	tape          *tape
	clock         *clock
	ida, max, zoe *domain.Principal
}

// clock is a time that tests move by hand.
type clock struct {
	sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.Lock()
	defer c.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.Lock()
	defer c.Unlock()
	c.at = c.at.Add(d)
}

// tape is a store that remembers the events and history entries written to it.
type tape struct {
	domain.Store
	*tracks
}

type tracks struct {
	events  []*domain.Event
	entries []*domain.Activity
}

func (s *tape) InTx(ctx context.Context, fn func(tx domain.Store) error) error {
	return s.Store.InTx(ctx, func(tx domain.Store) error { return fn(&tape{tx, s.tracks}) })
}

func (s *tape) Emit(ctx context.Context, events ...*domain.Event) error {
	s.events = append(s.events, events...)
	return s.Store.Emit(ctx, events...)
}

func (s *tape) Insert(ctx context.Context, rows any) error {
	switch row := rows.(type) {
	case *domain.Activity:
		s.entries = append(s.entries, row)
	}
	return s.Store.Insert(ctx, rows)
}

// take returns the types of the events written since it was last called.
func (s *tracks) take() []string {
	types := []string{}
	for _, e := range s.events {
		types = append(types, e.Type)
	}
	s.events = nil
	return types
}

// onEveryStore runs a test in a new house on every kind of store.
func onEveryStore(t *testing.T, test func(h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		t.Helper()
		test(newHouse(t, store))
	})
}

func newHouse(t *testing.T, store domain.Store) *house {
	t.Helper()
	h := &house{t: t, tape: &tape{store, &tracks{}}, clock: &clock{at: time.Date(2030, 3, 4, 9, 0, 0, 0, time.UTC)}}
	h.Service = &domain.Service{Store: h.tape, Now: h.clock.now, NewID: domain.NewID, WebURL: "https://app.example.test"}
	fern, moss := h.organisation("Fern", "0A1B2C3D4E5F6071"), h.organisation("Moss", "0A1B2C3D4E5F6072")
	h.ida = h.person("Ida", fern, domain.OrganisationOwner)
	h.max = h.person("Max", fern, domain.OrganisationMember)
	h.zoe = h.person("Zoe", moss, domain.OrganisationOwner)
	return h
}

func (h *house) organisation(name, key string) string {
	row := &domain.Organisation{ID: domain.NewID(), Name: name, Key: key, CreatedAt: h.clock.now(), UpdatedAt: h.clock.now()}
	h.must(h.Store.Insert(h.t.Context(), row))
	return row.ID
}

// person adds a member to an organisation and returns them as the owner of a personal key.
func (h *house) person(name, organisation string, role domain.OrganisationRole) *domain.Principal {
	user := &domain.User{ID: domain.NewID(), Email: name + "@fern.test", DisplayName: name, TimeZone: "UTC",
		CreatedAt: h.clock.now(), UpdatedAt: h.clock.now()}
	h.must(h.Store.Insert(h.t.Context(), user))
	h.must(h.Store.Insert(h.t.Context(), &domain.OrganisationMembership{OrganisationID: organisation, UserID: user.ID,
		Role: role, AddedAt: h.clock.now()}))
	return &domain.Principal{KeyID: domain.NewID(), Kind: domain.PersonalKey, Scope: domain.ScopeWrite, UserID: user.ID,
		UserName: name, TimeZone: "UTC", OrganisationID: organisation,
		OrganisationRoles: map[string]domain.OrganisationRole{organisation: role}}
}

// garden is a workspace of Ida's with two lists and a board.
func (h *house) garden() (*domain.Workspace, *domain.Board) {
	h.t.Helper()
	workspace, board, err := h.WorkspaceCreate(h.t.Context(), h.ida, domain.WorkspaceCreateInput{Name: "Garden",
		ListNames: []string{"Todo", "Done"}, Labels: []*domain.LabelSeedInput{}, CustomFields: []*domain.CustomFieldSeedInput{},
		InitialBoard: &domain.BoardSeedInput{Name: "Spring"}})
	h.must(err)
	h.tape.take()
	return workspace, board
}

// joins makes a person a member of a workspace, and of a board when there is one.
func (h *house) joins(who *domain.Principal, workspace *domain.Workspace, board *domain.Board, role domain.BoardRole) {
	h.t.Helper()
	at := h.clock.now()
	h.must(h.Store.Insert(h.t.Context(), &domain.WorkspaceMember{WorkspaceID: workspace.ID, UserID: who.UserID,
		Role: domain.WorkspaceMemberRole, AddedAt: at}))
	if board != nil {
		h.must(h.Store.Insert(h.t.Context(), &domain.BoardMember{BoardID: board.ID, UserID: who.UserID, Role: role, AddedAt: &at}))
	}
}

// key is a workspace key of Ida's.
func (h *house) key(workspace *domain.Workspace, scope domain.Scope) *domain.Principal {
	h.t.Helper()
	secret, _, err := h.KeyCreate(h.t.Context(), domain.KeyRequest{Kind: domain.WorkspaceKey, WorkspaceID: workspace.ID,
		Name: "bot", Scope: scope, Environment: "test"})
	h.must(err)
	who, err := h.Authenticate(h.t.Context(), secret)
	h.must(err)
	return who
}

func (h *house) card(board *domain.Board, list *domain.List, title string) *domain.Card {
	h.t.Helper()
	card, err := h.CardCreate(h.t.Context(), h.ida, domain.NewCard{BoardID: board.ID, ListID: list.ID, Title: title})
	h.must(err)
	return card
}

func (h *house) lists(workspace *domain.Workspace) []*domain.List {
	h.t.Helper()
	lists, err := h.Store.ListsOf(h.t.Context(), []string{workspace.ID})
	h.must(err)
	return lists[workspace.ID]
}

func (h *house) lane(list *domain.List) (titles []string) {
	h.t.Helper()
	cards, err := h.Store.LaneCards(h.t.Context(), list.ID, "")
	h.must(err)
	for _, card := range cards {
		titles = append(titles, card.Title)
	}
	return titles
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// refused checks that an error has a code.
func refused(t *testing.T, what string, err error, code domain.Code) {
	t.Helper()
	if err == nil || domain.CodeOf(err) != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// happened checks the events and the newest history entry; an empty entry expects none.
func (h *house) happened(what string, events []string, action, payload string) {
	h.t.Helper()
	h.heard(what, events)
	entries := h.tape.entries
	h.tape.entries = nil
	if action == "" {
		if len(entries) > 0 {
			h.t.Errorf("%s: history got %+v, want nothing", what, entries[0])
		}
		return
	}
	if len(entries) != 1 || entries[0].Action != action || !sameJSON(entries[0].Payload, payload) {
		h.t.Errorf("%s: history got %d entries %+v, want %s %s", what, len(entries), entries, action, payload)
	}
}

func (h *house) heard(what string, events []string) {
	h.t.Helper()
	got := h.tape.take()
	if len(got) != len(events) {
		h.t.Errorf("%s: events %v, want %v", what, got, events)
		return
	}
	for i := range got {
		if got[i] != events[i] {
			h.t.Errorf("%s: events %v, want %v", what, got, events)
			return
		}
	}
}

func sameJSON(raw json.RawMessage, want string) bool {
	var a, b any
	if json.Unmarshal(raw, &a) != nil || json.Unmarshal([]byte(want), &b) != nil {
		return false
	}
	left, _ := json.Marshal(a)
	right, _ := json.Marshal(b)
	return string(left) == string(right)
}
