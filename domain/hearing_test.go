package domain_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// stand is a desk where things happen that not everybody may hear of.
type stand struct {
	*desk
	hers, others, secret *domain.Card
	private              *domain.Board
	events               []*domain.Event
	names                map[*domain.Event]string
}

// onEveryStand runs a test at a new stand on every kind of store.
func onEveryStand(t *testing.T, test func(t *testing.T, s *stand)) {
	t.Helper()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		s := &stand{desk: d, names: map[*domain.Event]string{}}
		s.private = d.newBoard("Private")
		s.hers, s.others = d.addFor(d.lena, "Hers"), d.add(d.todo, "Others")
		s.secret = d.card(s.private, d.todo, "Secret")
		none := &domain.Card{}
		s.event("list", "list:updated", "", none)
		s.event("board", "board:updated", d.board.ID, none)
		s.event("lane", "card:rebalanced", d.board.ID, none)
		s.event("hers", "card:moved", d.board.ID, s.hers)
		s.event("others", "card:moved", d.board.ID, s.others)
		s.event("secret", "card:updated", s.private.ID, s.secret)
		s.event("erased", "card:deleted", d.board.ID, &domain.Card{ID: domain.NewID()})
		gone := domain.NewID()
		s.event("gone", "card:updated", gone, &domain.Card{ID: domain.NewID()})
		s.event("removed", "board:deleted", gone, none)
		s.event("test", domain.EventWebhookTest, "", none)
		test(t, s)
	})
}

// event adds an event of the workspace under a name; an empty board or card stands for none.
func (s *stand) event(name, kind, board string, card *domain.Card) {
	e := &domain.Event{ID: domain.NewID(), OrganisationID: s.workspace.OrganisationID, WorkspaceID: s.workspace.ID, Type: kind}
	if board != "" {
		e.BoardID = &board
	}
	if card.ID != "" {
		e.CardID = &card.ID
	}
	s.events, s.names[e] = append(s.events, e), name
}

// hears checks the names of what a viewer hears.
func (s *stand) hears(what string, who *domain.Principal, sieve domain.Sieve, want string) {
	s.t.Helper()
	heard, err := s.Hears(s.t.Context(), who, s.events, sieve)
	s.must(err)
	names := []string{}
	for _, e := range heard {
		names = append(names, s.names[e])
	}
	if got := strings.Join(names, " "); got != want {
		s.t.Errorf("%s hears %q, want %q", what, got, want)
	}
}

func TestWhoHearsWhat(t *testing.T) {
	t.Parallel()
	onEveryStand(t, func(t *testing.T, s *stand) {
		adam := s.person("Adam", s.ida.OrganisationID, domain.OrganisationMember)
		s.must(s.Store.Insert(t.Context(), &domain.WorkspaceMember{WorkspaceID: s.workspace.ID, UserID: adam.UserID,
			Role: domain.WorkspaceAdmin, AddedAt: s.clock.now()}))
		guest, at := s.person("Gus", s.zoe.OrganisationID, domain.OrganisationMember), s.clock.now()
		s.must(s.Store.Insert(t.Context(), &domain.BoardMember{BoardID: s.board.ID, UserID: guest.UserID, Role: domain.BoardObserver, AddedAt: &at}))
		stranger := s.person("Sam", s.ida.OrganisationID, domain.OrganisationMember)
		other, _ := s.garden()
		orphan := *s.key(s.workspace, domain.ScopeAdmin)
		orphan.Detached = true
		const everything, board = "list board lane hers others secret erased gone removed", "list board lane hers others erased removed"
		for what, row := range map[string]struct {
			who  *domain.Principal
			want string
		}{
			"organisation owner":                 {s.ida, everything},
			"workspace admin without board rows": {adam, everything},
			"read key":                           {s.key(s.workspace, domain.ScopeRead), everything},
			"admin key":                          {s.key(s.workspace, domain.ScopeAdmin), everything},
			"workspace itself":                   {domain.WorkspaceItself(s.workspace.OrganisationID, s.workspace.ID), everything},
			"editor":                             {s.max, board},
			"observer":                           {s.olga, board},
			"assigned cards only":                {s.lena, "list board hers removed"},
			"member without a board":             {s.cleo, "list removed"},
			"guest of the board":                 {guest, "board lane hers others erased"},
			"colleague outside the workspace":    {stranger, ""},
			"owner of another organisation":      {s.zoe, ""},
			"key of another workspace":           {s.key(other, domain.ScopeAdmin), ""},
			"another workspace itself":           {domain.WorkspaceItself(other.OrganisationID, other.ID), ""},
			"key without creator":                {&orphan, ""},
		} {
			s.hears(what, row.who, domain.Sieve{}, row.want)
		}
	})
}

func TestArchivedBoardsAndEndedMembershipsAreSilent(t *testing.T) {
	t.Parallel()
	onEveryStand(t, func(t *testing.T, s *stand) {
		s.private.ArchivedAt = new(s.clock.now())
		s.must(s.Store.Update(t.Context(), s.private))
		s.hears("owner", s.ida, domain.Sieve{}, "list board lane hers others erased gone removed")
		s.must(s.Store.Update(t.Context(), &domain.OrganisationMembership{OrganisationID: s.ida.OrganisationID, UserID: s.max.UserID,
			Role: domain.OrganisationMember, AddedAt: s.clock.now(), SuspendedAt: new(s.clock.now())}))
		s.hears("suspended editor", s.max, domain.Sieve{}, "")
	})
}

func TestSieves(t *testing.T) {
	t.Parallel()
	onEveryStand(t, func(t *testing.T, s *stand) {
		field := s.field(s.ida, s.workspace.ID, "Crop", domain.FieldText, false)
		_, _, err := s.CardSetFieldValue(t.Context(), s.ida, s.others.ID, field.ID, text("basil"))
		s.must(err)
		crop := &domain.CardFilter{CustomFields: []*domain.CustomFieldFilter{{ID: field.ID, Text: &domain.StringFilter{Eq: new("basil")}}}}
		titled := &domain.CardFilter{Title: &domain.StringFilter{In: []string{"Hers", "Secret"}}}
		for what, row := range map[string]struct {
			sieve domain.Sieve
			want  string
		}{
			"types":                        {domain.Sieve{Types: []string{"card:moved", "list:updated", "no:such"}}, "list hers others"},
			"tests, even when asked for":   {domain.Sieve{Types: []string{domain.EventWebhookTest}}, ""},
			"boards":                       {domain.Sieve{BoardIDs: []string{s.private.ID, domain.NewID()}}, "secret"},
			"a filter":                     {domain.Sieve{Filter: titled}, "hers secret"},
			"a filter that says nothing":   {domain.Sieve{Filter: &domain.CardFilter{}}, "hers others secret"},
			"a filter on a custom field":   {domain.Sieve{Filter: crop}, "others"},
			"all at once":                  {domain.Sieve{Types: []string{"card:updated"}, BoardIDs: []string{s.private.ID}, Filter: titled}, "secret"},
			"a filter with an odd id":      {domain.Sieve{Filter: &domain.CardFilter{ID: &domain.IDFilter{Eq: new("odd")}}}, ""},
			"a filter on an unknown field": {domain.Sieve{Filter: &domain.CardFilter{CustomFields: []*domain.CustomFieldFilter{{ID: domain.NewID()}}}}, ""},
		} {
			s.hears("owner with "+what, s.ida, row.sieve, row.want)
		}
		s.hears("assignee with a filter", s.lena, domain.Sieve{Filter: titled}, "hers")
		s.archive(s.hers)
		s.hears("owner, of an archived card", s.ida, domain.Sieve{Filter: titled}, "hers secret")
		_, err = s.CardUpdate(t.Context(), s.ida, s.secret.ID, title("Known"))
		s.must(err)
		s.hears("owner, of a card that matches no more", s.ida, domain.Sieve{Filter: titled}, "hers")
		s.must(s.CustomFieldDelete(t.Context(), s.ida, field.ID))
		s.hears("owner, once the field is gone", s.ida, domain.Sieve{Filter: crop}, "")
	})
}

func TestHearingTakesFewStatements(t *testing.T) {
	t.Parallel()
	onEveryStand(t, func(t *testing.T, s *stand) {
		field := s.field(s.ida, s.workspace.ID, "Crop", domain.FieldText, false)
		wide := domain.Sieve{Filter: &domain.CardFilter{CustomFields: []*domain.CustomFieldFilter{{ID: field.ID, Text: &domain.StringFilter{Null: new(true)}}}}}
		once := slices.Clone(s.events)
		for range 20 {
			s.events = append(s.events, once...)
			s.event("more", "card:updated", domain.NewID(), s.add(s.todo, "More"))
		}
		for what, row := range map[string]struct {
			who   *domain.Principal
			sieve domain.Sieve
			want  int64
		}{
			"owner":                        {s.ida, domain.Sieve{}, 3},
			"workspace itself":             {domain.WorkspaceItself(s.workspace.OrganisationID, s.workspace.ID), domain.Sieve{}, 2},
			"assignee with a filter":       {s.lena, wide, 7},
			"a sieve that lets nothing in": {s.lena, domain.Sieve{Types: []string{"no:such"}}, 0},
		} {
			for _, events := range [][]*domain.Event{once, s.events} {
				ctx, count := persistence.CountStatements(t.Context())
				_, err := s.Hears(ctx, row.who, events, row.sieve)
				s.must(err)
				if count.Load() != row.want {
					t.Errorf("%s: %d statements for %d events, want %d", what, count.Load(), len(events), row.want)
				}
			}
		}
	})
}

func TestEnvelopes(t *testing.T) {
	t.Parallel()
	board, card, place := "b", "c", int64(3)
	event := domain.Event{ID: "e", OrganisationID: "o", WorkspaceID: "w", BoardID: &board, CardID: &card, Sequence: 7, CardSequence: &place,
		Type: "card:moved", OccurredAt: time.Date(2030, 3, 4, 9, 0, 0, 0, time.FixedZone("", 3600)), Data: []byte(`{"cardId":"c"}`)}
	created, list, broken := event, event, event
	created.Type, created.Data = "card:created", []byte(`{"card":{"id":"c"}}`)
	list.Type, list.BoardID, list.CardID, list.CardSequence, list.Data = "list:deleted", nil, nil, nil, []byte(`{"listId":"l"}`)
	for name, row := range map[string]struct {
		event domain.Event
		want  string
	}{
		"about a card": {event, `{"id":"e","type":"card:moved","workspaceId":"w","boardId":"b","cardId":"c",` +
			`"occurredAt":"2030-03-04T08:00:00.000Z","sequence":7,"cardSequence":3,"data":{"cardId":"c"}}`},
		"showing a whole card": {created, `{"id":"e","type":"card:created","workspaceId":"w","boardId":"b",` +
			`"occurredAt":"2030-03-04T08:00:00.000Z","sequence":7,"cardSequence":3,"data":{"card":{"id":"c"}}}`},
		"of a workspace": {list, `{"id":"e","type":"list:deleted","workspaceId":"w","occurredAt":"2030-03-04T08:00:00.000Z",` +
			`"sequence":7,"data":{"listId":"l"}}`},
	} {
		got, err := row.event.Envelope()
		if err != nil || string(got) != row.want {
			t.Errorf("%s: %s, %v\nwant %s", name, got, err, row.want)
		}
	}
	broken.Data = []byte(`{`)
	if got, err := broken.Envelope(); err == nil {
		t.Errorf("broken data makes %s", got)
	}
}

// BenchmarkHears judges 200 events about cards for the workspace itself, the way webhooks do.
func BenchmarkHears(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *persistence.Store{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			service := &domain.Service{Store: open(b), Now: domain.SystemClock, NewID: domain.NewID}
			workspace, board := domain.NewID(), domain.NewID()
			events := make([]*domain.Event, 200)
			for i := range events {
				events[i] = &domain.Event{ID: domain.NewID(), WorkspaceID: workspace, BoardID: &board, CardID: new(domain.NewID()), Type: "card:moved"}
			}
			who := domain.WorkspaceItself(domain.NewID(), workspace)
			for b.Loop() {
				heard, err := service.Hears(b.Context(), who, events, domain.Sieve{})
				if err != nil || len(heard) != len(events) {
					b.Fatal(len(heard), err)
				}
			}
		})
	}
}

// BenchmarkEnvelope writes what a webhook sends.
func BenchmarkEnvelope(b *testing.B) {
	board := domain.NewID()
	event := &domain.Event{ID: domain.NewID(), WorkspaceID: domain.NewID(), BoardID: &board, Sequence: 12, Type: "card:moved",
		Data: []byte(`{"boardId":"` + board + `","cardId":"` + board + `","fromListId":"` + board + `","toListId":"` + board + `","position":"3000.0000000000"}`)}
	for b.Loop() {
		if _, err := event.Envelope(); err != nil {
			b.Fatal(err)
		}
	}
}
