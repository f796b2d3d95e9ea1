package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"kanera.dev/domain"
	"kanera.dev/persistence"
)

// Start is the instant at which fixtures begin; each row is a second younger than the one before it.
var Start = time.Date(2030, 3, 4, 9, 0, 0, 0, time.UTC)

// Fixture inserts rows with everything filled in that a test does not care about. Names are ids too: the same
// name is always the same UUID.
type Fixture struct {
	t     testing.TB
	store *persistence.Store
	now   time.Time
}

// NewFixture returns a Fixture that fills the store.
func NewFixture(t testing.TB, store *persistence.Store) *Fixture {
	return &Fixture{t: t, store: store, now: Start}
}

// ID is the UUID that stands for a name.
func ID(name string) string { return uuid.NewSHA1(uuid.NameSpaceURL, []byte(name)).String() }

// IDs are the UUIDs that stand for names.
func IDs(names ...string) []string {
	ids := make([]string, len(names))
	for i, name := range names {
		ids[i] = ID(name)
	}
	return ids
}

// At is an instant some seconds after Start.
func At(seconds int) time.Time { return Start.Add(time.Duration(seconds) * time.Second) }

func (f *Fixture) tick() time.Time {
	f.now = f.now.Add(time.Second)
	return f.now
}

// Insert adds rows, each a pointer to a domain struct.
func (f *Fixture) Insert(rows ...any) {
	f.t.Helper()
	for _, row := range rows {
		if err := f.store.Insert(context.Background(), row); err != nil {
			f.t.Fatalf("insert %T: %v", row, err)
		}
	}
}

// Organisation adds an organisation.
func (f *Fixture) Organisation(name string) *domain.Organisation {
	f.t.Helper()
	key := fmt.Sprintf("%016X", uuid.MustParse(ID(name)).ID())
	o := &domain.Organisation{ID: ID(name), Name: name, Key: key, CreatedAt: f.tick(), UpdatedAt: f.now}
	f.Insert(o)
	return o
}

// User adds a person.
func (f *Fixture) User(name string) *domain.User {
	f.t.Helper()
	u := &domain.User{
		ID: ID(name), Email: name + "@example.com", DisplayName: name, TimeZone: "Europe/Berlin", CreatedAt: f.tick(), UpdatedAt: f.now,
	}
	f.Insert(u)
	return u
}

// OrganisationMember gives a person a role in an organisation.
func (f *Fixture) OrganisationMember(organisation, user string, role domain.OrganisationRole) *domain.OrganisationMembership {
	f.t.Helper()
	m := &domain.OrganisationMembership{OrganisationID: ID(organisation), UserID: ID(user), Role: role, AddedAt: f.tick()}
	f.Insert(m)
	return m
}

// Workspace adds a standard workspace and reserves its prefix.
func (f *Fixture) Workspace(organisation, name, prefix string) *domain.Workspace {
	f.t.Helper()
	w := &domain.Workspace{
		ID: ID(name), OrganisationID: ID(organisation), Name: name, CardKeyPrefix: prefix, Kind: domain.StandardWorkspace,
		CompletedCardsActiveDays: 35, BoardLinkingEnabled: true, Version: 1, CreatedAt: f.tick(), UpdatedAt: f.now,
	}
	f.Insert(w, &domain.KeyPrefix{OrganisationID: w.OrganisationID, Prefix: prefix, WorkspaceID: w.ID, CreatedAt: f.now})
	return w
}

// WorkspaceMember makes a person a member of a workspace.
func (f *Fixture) WorkspaceMember(workspace, user string, role domain.WorkspaceRole) {
	f.t.Helper()
	f.Insert(&domain.WorkspaceMember{WorkspaceID: ID(workspace), UserID: ID(user), Role: role, AddedAt: f.tick()})
}

// Board adds a board at a place from 0.
func (f *Fixture) Board(w *domain.Workspace, name string, place int) *domain.Board {
	f.t.Helper()
	b := &domain.Board{
		ID: ID(name), OrganisationID: w.OrganisationID, WorkspaceID: w.ID, Name: name, Position: domain.PositionAt(place), Version: 1,
		CreatedAt: f.tick(), UpdatedAt: f.now,
	}
	f.Insert(b)
	return b
}

// BoardMember lets a person open a board.
func (f *Fixture) BoardMember(board, user string, role domain.BoardRole, assignedItemsOnly bool) {
	f.t.Helper()
	at := f.tick()
	f.Insert(&domain.BoardMember{BoardID: ID(board), UserID: ID(user), Role: role, AssignedItemsOnly: assignedItemsOnly, AddedAt: &at})
}

// List adds a list at a place from 0.
func (f *Fixture) List(w *domain.Workspace, name string, place int) *domain.List {
	f.t.Helper()
	l := &domain.List{
		ID: ID(name), OrganisationID: w.OrganisationID, WorkspaceID: w.ID, Name: name, Position: domain.PositionAt(place), Version: 1,
		CreatedAt: f.tick(), UpdatedAt: f.now,
	}
	f.Insert(l)
	return l
}

// Label adds a label at a place from 0.
func (f *Fixture) Label(w *domain.Workspace, name string, place int) *domain.Label {
	f.t.Helper()
	l := &domain.Label{
		ID: ID(name), OrganisationID: w.OrganisationID, WorkspaceID: w.ID, Name: name, Position: domain.PositionAt(place), Version: 1,
		CreatedAt: f.tick(), UpdatedAt: f.now,
	}
	f.Insert(l)
	return l
}

// Field adds a custom field at a place from 0.
func (f *Fixture) Field(w *domain.Workspace, name string, fieldType domain.CustomFieldType, place int) *domain.CustomField {
	f.t.Helper()
	c := &domain.CustomField{
		ID: ID(name), OrganisationID: w.OrganisationID, WorkspaceID: w.ID, Name: name, Type: fieldType, Position: domain.PositionAt(place),
		Version: 1, CreatedAt: f.tick(), UpdatedAt: f.now,
	}
	f.Insert(c)
	return c
}

// Option adds an option to a select field at a place from 0.
func (f *Fixture) Option(field *domain.CustomField, label string, place int) *domain.CustomFieldOption {
	f.t.Helper()
	o := &domain.CustomFieldOption{
		ID: ID(label), OrganisationID: field.OrganisationID, WorkspaceID: field.WorkspaceID, FieldID: field.ID, Label: label,
		Position: domain.PositionAt(place), Version: 1, CreatedAt: f.tick(), UpdatedAt: f.now,
	}
	f.Insert(o)
	return o
}

// Card adds a card with a number, at the place of that number, made by a person.
func (f *Fixture) Card(b *domain.Board, list, creator, title string, number int) *domain.Card {
	f.t.Helper()
	c := &domain.Card{
		ID: ID(title), OrganisationID: b.OrganisationID, OrganisationKey: "ORG", WorkspaceID: b.WorkspaceID, BoardID: b.ID, ListID: ID(list),
		KeyPrefix: "ACME", Number: number, Title: title, Position: domain.PositionAt(number), CreatedByID: ID(creator), Version: 1,
		CreatedAt: f.tick(), UpdatedAt: f.now,
	}
	f.Insert(c)
	return c
}

// Assign assigns a card to a person.
func (f *Fixture) Assign(card, user string) {
	f.t.Helper()
	f.Insert(&domain.CardAssignee{CardID: ID(card), UserID: ID(user), AssignedAt: f.tick()})
}

// CardActivity adds a visible entry of a card.
func (f *Fixture) CardActivity(c *domain.Card, actor, name, action string, at time.Time) *domain.Activity {
	f.t.Helper()
	board, user := c.BoardID, ID(actor)
	a := &domain.Activity{
		ID: ID(name), OrganisationID: c.OrganisationID, WorkspaceID: c.WorkspaceID, BoardID: &board, ActorID: &user,
		ActorKind: domain.ActorUser, EntityType: "card", EntityID: c.ID, Action: action, Payload: []byte(`{"title": "` + name + `"}`),
		FeedVisible: true, CoalescedCount: 1, CreatedAt: at, UpdatedAt: at,
	}
	f.Insert(a)
	return a
}
