package persistence_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
)

// cardWorld is a small data set that is known in Go as well, so that what SQL answers can be worked out by hand.
type cardWorld struct {
	store     *persistence.Store
	viewer    *domain.Principal // owner of the first organisation
	users     map[string]*domain.User
	boards    map[string]*domain.Board
	lists     map[string]*domain.List
	labels    map[string]*domain.Label
	options   map[string]*domain.CustomFieldOption
	fields    map[domain.CustomFieldType]string
	types     map[string]domain.CustomFieldType
	space     *domain.Workspace
	workspace map[string]*domain.Workspace
	cards     []*worldCard // of the first organisation
	foreign   *domain.Card
}

// worldCard is a card with all that hangs on it.
type worldCard struct {
	*domain.Card
	labels, assignees []string
	values            map[string]*domain.FieldValue
}

var (
	berlin = mustZone("Europe/Berlin")
	noon   = time.Date(2030, 4, 3, 12, 30, 0, 0, time.UTC)
)

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// newCardWorld fills an empty store.
func newCardWorld(t *testing.T, store *persistence.Store) *cardWorld {
	t.Helper()
	w := &cardWorld{store: store, users: map[string]*domain.User{}, boards: map[string]*domain.Board{}, lists: map[string]*domain.List{},
		labels: map[string]*domain.Label{}, options: map[string]*domain.CustomFieldOption{}, fields: map[domain.CustomFieldType]string{},
		types: map[string]domain.CustomFieldType{}, workspace: map[string]*domain.Workspace{}}
	home := w.organisation(t, "Home", "00000000000000A1")
	for _, name := range []string{"Ann", "Bob", "Zoë"} {
		w.user(t, name)
	}
	ann := w.users["Ann"].ID
	w.viewer = &domain.Principal{Kind: domain.PersonalKey, UserID: ann, OrganisationID: home.ID,
		OrganisationRoles: map[string]domain.OrganisationRole{home.ID: domain.OrganisationOwner}}
	w.space = w.newWorkspace(t, home, "Sales", "SAL", 5)
	other := w.newWorkspace(t, home, "Ärger", "ARG", 30)
	for i, name := range []string{"Roadmap", "Support"} {
		w.board(t, w.space, name, i)
	}
	w.board(t, other, "Inbox", 0)
	for i, name := range []string{"Todo", "Doing", "Done"} {
		w.list(t, w.space, name, i)
	}
	w.list(t, other, "Later", 0)
	for i, name := range []string{"Chore", "Bug", "Ünique"} {
		w.label(t, w.space, name, 2-i)
	}
	w.makeFields(t)
	w.makeCards(t, home, other)
	w.makeForeign(t)
	return w
}

func (w *cardWorld) insert(t *testing.T, rows any) {
	t.Helper()
	if err := w.store.Insert(context.Background(), rows); err != nil {
		t.Fatalf("insert %T: %v", rows, err)
	}
}

func (w *cardWorld) organisation(t *testing.T, name, key string) *domain.Organisation {
	o := &domain.Organisation{ID: domain.NewID(), Name: name, Key: key, CreatedAt: noon, UpdatedAt: noon}
	w.insert(t, o)
	return o
}

func (w *cardWorld) user(t *testing.T, name string) *domain.User {
	u := &domain.User{ID: domain.NewID(), Email: name + "@example.com", DisplayName: name, TimeZone: "UTC", CreatedAt: noon, UpdatedAt: noon}
	w.insert(t, u)
	w.users[name] = u
	return u
}

func (w *cardWorld) newWorkspace(t *testing.T, o *domain.Organisation, name, prefix string, days int) *domain.Workspace {
	s := &domain.Workspace{ID: domain.NewID(), OrganisationID: o.ID, Name: name, CardKeyPrefix: prefix, Kind: domain.StandardWorkspace,
		CompletedCardsActiveDays: days, Version: 1, CreatedAt: noon, UpdatedAt: noon}
	w.insert(t, s)
	w.insert(t, &domain.KeyPrefix{OrganisationID: o.ID, Prefix: prefix, WorkspaceID: s.ID, CreatedAt: noon})
	w.workspace[s.ID] = s
	return s
}

func (w *cardWorld) board(t *testing.T, s *domain.Workspace, name string, i int) *domain.Board {
	b := &domain.Board{ID: domain.NewID(), OrganisationID: s.OrganisationID, WorkspaceID: s.ID, Name: name, IconColor: new(domain.ColorTeal),
		Position: domain.PositionAt(i), Version: 1, CreatedAt: noon, UpdatedAt: noon}
	w.insert(t, b)
	w.boards[name] = b
	return b
}

func (w *cardWorld) list(t *testing.T, s *domain.Workspace, name string, i int) *domain.List {
	l := &domain.List{ID: domain.NewID(), OrganisationID: s.OrganisationID, WorkspaceID: s.ID, Name: name, Position: domain.PositionAt(i),
		Version: 1, CreatedAt: noon, UpdatedAt: noon}
	w.insert(t, l)
	w.lists[name] = l
	return l
}

func (w *cardWorld) label(t *testing.T, s *domain.Workspace, name string, i int) {
	l := &domain.Label{ID: domain.NewID(), OrganisationID: s.OrganisationID, WorkspaceID: s.ID, Name: name, Color: new(domain.ColorRed),
		Position: domain.PositionAt(i), Version: 1, CreatedAt: noon, UpdatedAt: noon}
	w.insert(t, l)
	w.labels[name] = l
}

func (w *cardWorld) makeFields(t *testing.T) {
	for i, fieldType := range domain.CustomFieldTypes {
		f := &domain.CustomField{ID: domain.NewID(), OrganisationID: w.space.OrganisationID, WorkspaceID: w.space.ID, Name: string(fieldType),
			Type: fieldType, Position: domain.PositionAt(i), Version: 1, CreatedAt: noon, UpdatedAt: noon}
		w.insert(t, f)
		w.fields[fieldType], w.types[f.ID] = f.ID, fieldType
	}
	for i, label := range []string{"Low", "Mid", "High"} {
		o := &domain.CustomFieldOption{ID: domain.NewID(), OrganisationID: w.space.OrganisationID, WorkspaceID: w.space.ID,
			FieldID: w.fields[domain.FieldSelect], Label: label, Position: domain.PositionAt(2 - i), Version: 1, CreatedAt: noon, UpdatedAt: noon}
		w.insert(t, o)
		w.options[label] = o
	}
}

var (
	someTitles  = []string{"Acme renewal", "ACME offer", "Über uns", "über alles", "50% off", "a_b", `back\slash`, "", "Ärger", "zzz", "Москва"}
	someNumbers = []domain.Decimal{"0", "-1.5", "2.5", "4", "10", "9", "12345678901234567.25", "12345678901234567.5", "0.1"}
	someDays    = []string{"2030-01-01", "2030-03-31", "2030-04-02", "2030-04-03", "2030-04-04", "2031-01-01"}
	someTexts   = []string{"alpha", "Alpha", "beta", "Ä", "ä%", "_"}
)

// makeCards makes the same 60 cards every time. Their instants lie around the clock change in Berlin.
func (w *cardWorld) makeCards(t *testing.T, o *domain.Organisation, other *domain.Workspace) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 60; n++ {
		space, board, list := w.space, w.boards[pick(r, "Roadmap", "Support")], w.lists[pick(r, "Todo", "Doing", "Done")]
		if n%10 == 0 {
			space, board, list = other, w.boards["Inbox"], w.lists["Later"]
		}
		c := &domain.Card{ID: domain.NewID(), OrganisationID: o.ID, OrganisationKey: o.Key, WorkspaceID: space.ID, BoardID: board.ID, ListID: list.ID,
			KeyPrefix: space.CardKeyPrefix, Number: n, Title: pick(r, someTitles...), Position: domain.PositionAt(r.IntN(20)), Version: 1,
			CreatedByID: w.users[pick(r, "Ann", "Bob", "Zoë")].ID, CreatedAt: w.instant(r), UpdatedAt: w.instant(r)}
		c.Description = maybe(r, pick(r, someTexts...))
		c.DueDay = maybe(r, pick(r, someDays...))
		c.CompletedAt = maybe(r, w.instant(r))
		if n%7 == 0 {
			c.ArchivedAt = new(w.instant(r))
		}
		w.insert(t, c)
		card := &worldCard{Card: c, values: map[string]*domain.FieldValue{}}
		if space == w.space {
			w.decorate(t, r, card)
		}
		w.cards = append(w.cards, card)
	}
}

// decorate hangs labels, people and values on a card.
func (w *cardWorld) decorate(t *testing.T, r *rand.Rand, c *worldCard) {
	for _, name := range []string{"Chore", "Bug", "Ünique"} {
		if r.IntN(3) == 0 {
			c.labels = append(c.labels, w.labels[name].ID)
			w.insert(t, &domain.CardLabel{CardID: c.ID, LabelID: w.labels[name].ID})
		}
	}
	for _, name := range []string{"Ann", "Bob"} {
		if r.IntN(3) == 0 {
			c.assignees = append(c.assignees, w.users[name].ID)
			w.insert(t, &domain.CardAssignee{CardID: c.ID, UserID: w.users[name].ID, AssignedAt: noon})
		}
	}
	ids := func(all ...string) domain.IDs {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		return domain.IDs(all[:1+r.IntN(len(all)-1)])
	}
	for fieldType, id := range w.fields {
		seed := rand.New(rand.NewPCG(uint64(c.Number), uint64(len(fieldType))*7+uint64(fieldType[0])))
		r = seed
		if seed.IntN(3) == 0 {
			continue
		}
		v := &domain.FieldValue{CardID: c.ID, FieldID: id, UpdatedAt: noon}
		if seed.IntN(5) > 0 {
			switch fieldType {
			case domain.FieldText:
				v.Text = new(pick(seed, someTexts...))
			case domain.FieldNumber:
				v.Number = new(pick(seed, someNumbers...))
			case domain.FieldCheckbox:
				v.Checkbox = new(seed.IntN(2) == 0)
			case domain.FieldDate:
				v.Date = new(pick(seed, someDays...))
			case domain.FieldURL:
				v.URL = new("https://example.com/" + pick(seed, someTexts...))
			case domain.FieldSelect:
				v.OptionIDs = ids(w.options["Low"].ID, w.options["Mid"].ID, w.options["High"].ID)
			case domain.FieldUser:
				v.UserIDs = ids(w.users["Ann"].ID, w.users["Bob"].ID, w.users["Zoë"].ID)
			}
		}
		if err := w.store.SetFieldValue(context.Background(), v); err != nil {
			t.Fatal(err)
		}
		c.values[id] = v
	}
}

// makeForeign makes one card in another organisation, owned by somebody else.
func (w *cardWorld) makeForeign(t *testing.T) {
	o := w.organisation(t, "Away", "00000000000000B2")
	space := w.newWorkspace(t, o, "Sales", "SAL", 5)
	board, list := w.board(t, space, "Foreign", 0), w.list(t, space, "Foreign", 0)
	w.foreign = &domain.Card{ID: domain.NewID(), OrganisationID: o.ID, OrganisationKey: o.Key, WorkspaceID: space.ID, BoardID: board.ID,
		ListID: list.ID, KeyPrefix: "SAL", Number: 1, Title: "Acme secret", CreatedByID: w.user(t, "Eve").ID, Version: 1,
		ClientToken: new("token-1"), CreatedAt: noon, UpdatedAt: noon}
	w.insert(t, w.foreign)
}

func (w *cardWorld) instant(r *rand.Rand) time.Time {
	return time.Date(2030, 3, 25, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(12*24*4)) * 15 * time.Minute)
}

// query asks for every card of the viewer, newest first.
func (w *cardWorld) query() domain.CardQuery {
	return domain.CardQuery{Viewer: w.viewer, Now: noon, Zone: berlin, FieldTypes: w.types, Page: domain.Page{First: 200},
		Order: []domain.CardOrder{{Field: new(domain.OrderCreatedAt), Direction: domain.Descending}}}
}

func pick[T any](r *rand.Rand, all ...T) T { return all[r.IntN(len(all))] }

func maybe[T any](r *rand.Rand, v T) *T {
	if r.IntN(3) == 0 {
		return nil
	}
	return &v
}

// names shows cards in messages.
func names(cards []*domain.Card) []string {
	out := make([]string, len(cards))
	for i, c := range cards {
		out[i] = fmt.Sprintf("%s %q", c.Key(), c.Title)
	}
	return out
}
