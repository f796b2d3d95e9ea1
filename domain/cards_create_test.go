package domain_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

func TestCardCreate(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		create := func(in domain.NewCard) *domain.Card {
			t.Helper()
			in.BoardID, in.ListID = d.board.ID, d.todo.ID
			card, err := d.CardCreate(t.Context(), d.ida, in)
			d.must(err)
			return card
		}
		first := create(domain.NewCard{Title: " "})
		d.told("create", "card:created", d.cardData(first, nil))
		d.happened("create", []string{"card:created", "card:feedItem:created"}, "created",
			`{"title":" ","listId":"`+d.todo.ID+`"}`)
		if first.Key() != "GARDEN-1" || first.Position != domain.PositionStep || first.Version != 1 || first.Due(d.Now()) != nil ||
			first.CreatedByID != d.ida.UserID || first.OrganisationKey != "0A1B2C3D4E5F6071" {
			t.Errorf("first card: %+v", first)
		}
		label, other := d.label("Later"), d.label("Soon")
		second := create(domain.NewCard{Title: "Basil", Description: new("south bed"), LabelIDs: []string{other.ID, label.ID},
			AssigneeIDs: []string{d.max.UserID, d.ida.UserID, d.max.UserID}, Due: domain.DuePatch{Date: domain.Some(new("2030-03-10"))}})
		d.told("create in full", "card:created", d.cardData(second, map[string]any{"description": "south bed",
			"dueDateLocalDate": "2030-03-10", "dueDateSlot": "anyTime", "dueDateTimezone": "UTC"}))
		d.told("create in full", "card:labels:set", map[string]any{"boardId": d.board.ID, "cardId": second.ID, "labelIds": []string{label.ID, other.ID}})
		d.told("create in full", "card:assignees:set", map[string]any{"boardId": d.board.ID, "cardId": second.ID, "assigneeIds": []string{d.max.UserID, d.ida.UserID}})
		d.heard("create in full", []string{"card:created", "card:feedItem:created", "card:labels:set", "card:assignees:set"})
		top := create(domain.NewCard{Title: "Top", AtTop: true})
		if second.Position != 2*domain.PositionStep || second.Number != 2 || top.Position != 0 || top.Number != 3 {
			t.Errorf("places: %v %d, %v %d", second.Position, second.Number, top.Position, top.Number)
		}
		if got := d.lane(d.todo); !slices.Equal(got, []string{"Top", " ", "Basil"}) {
			t.Errorf("lane: %q", got)
		}
		assignees, err := d.Store.AssigneeIDsOf(t.Context(), []string{second.ID})
		d.must(err)
		if !slices.Equal(assignees[second.ID], []string{d.max.UserID, d.ida.UserID}) {
			t.Errorf("assignees: %v", assignees)
		}
	})
}

func TestCardCreateRefusals(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		label, nobody := d.label("Later"), domain.NewID()
		picture := new("look ![x](https://elsewhere.test/a.png)")
		for what, row := range map[string]struct {
			who  *domain.Principal
			in   domain.NewCard
			code domain.Code
			says string
		}{
			"no title, unknown list":    {d.zoe, domain.NewCard{ListID: nobody}, domain.CodeValidation, ""},
			"long title":                {d.ida, domain.NewCard{Title: strings.Repeat("a", 501)}, domain.CodeValidation, ""},
			"long title of pairs":       {d.ida, domain.NewCard{Title: strings.Repeat("🌿", 251)}, domain.CodeValidation, ""},
			"long description":          {d.ida, domain.NewCard{Title: "a", Description: new(strings.Repeat("a", 50_001))}, domain.CodeValidation, ""},
			"no such day":               {d.ida, domain.NewCard{Title: "a", Due: domain.DuePatch{Date: domain.Some(new("2030-02-30"))}}, domain.CodeValidation, ""},
			"no such zone":              {d.ida, domain.NewCard{Title: "a", Due: domain.DuePatch{TimeZone: new("Moon/Base")}}, domain.CodeValidation, ""},
			"unknown list, no access":   {d.zoe, domain.NewCard{Title: "a", ListID: nobody}, domain.CodeNotFound, "List"},
			"malformed list":            {d.ida, domain.NewCard{Title: "a", ListID: "odd"}, domain.CodeNotFound, "List"},
			"malformed board":           {d.ida, domain.NewCard{Title: "a", BoardID: "odd"}, domain.CodeNotFound, "Board"},
			"unknown list and board":    {d.ida, domain.NewCard{Title: "a", BoardID: nobody, ListID: nobody}, domain.CodeNotFound, "List"},
			"unknown board":             {d.ida, domain.NewCard{Title: "a", BoardID: nobody}, domain.CodeNotFound, "Board"},
			"another organisation":      {d.zoe, domain.NewCard{Title: "a"}, domain.CodeForbidden, ""},
			"observer, foreign picture": {d.olga, domain.NewCard{Title: "a", Description: picture}, domain.CodeForbidden, ""},
			"not on the board":          {d.cleo, domain.NewCard{Title: "a"}, domain.CodeForbidden, ""},
			"read key":                  {d.key(d.workspace, domain.ScopeRead), domain.NewCard{Title: "a"}, domain.CodeForbidden, ""},
			"picture, foreign list":     {d.ida, domain.NewCard{Title: "a", ListID: d.foreign.ID, Description: picture}, domain.CodeBadRequest, "media"},
			"foreign list, observer":    {d.ida, domain.NewCard{Title: "a", ListID: d.foreign.ID, AssigneeIDs: []string{d.olga.UserID}}, domain.CodeBadRequest, "list"},
			"observer as assignee":      {d.ida, domain.NewCard{Title: "a", AssigneeIDs: []string{d.max.UserID, d.olga.UserID}}, domain.CodeBadRequest, "editors"},
			"non-member as assignee":    {d.ida, domain.NewCard{Title: "a", AssigneeIDs: []string{d.cleo.UserID}}, domain.CodeBadRequest, "editors"},
			"unknown assignee":          {d.ida, domain.NewCard{Title: "a", AssigneeIDs: []string{nobody}}, domain.CodeBadRequest, "editors"},
			"malformed assignee":        {d.ida, domain.NewCard{Title: "a", AssigneeIDs: []string{"odd"}}, domain.CodeBadRequest, "editors"},
			"assignee, label twice":     {d.ida, domain.NewCard{Title: "a", AssigneeIDs: []string{nobody}, LabelIDs: []string{label.ID, label.ID}}, domain.CodeBadRequest, "editors"},
			"label twice":               {d.ida, domain.NewCard{Title: "a", LabelIDs: []string{label.ID, label.ID}}, domain.CodeBadRequest, "once"},
			"unknown label":             {d.ida, domain.NewCard{Title: "a", LabelIDs: []string{nobody}}, domain.CodeBadRequest, "label"},
		} {
			if row.in.ListID == "" {
				row.in.ListID = d.todo.ID
			}
			if row.in.BoardID == "" {
				row.in.BoardID = d.board.ID
			}
			_, err := d.CardCreate(t.Context(), row.who, row.in)
			refused(t, what, err, row.code)
			if err != nil && !strings.Contains(err.Error(), row.says) {
				t.Errorf("%s: says %q", what, err)
			}
			d.untouched(what)
		}
		if lane := d.lane(d.todo); len(lane) != 0 {
			t.Errorf("cards were made: %q", lane)
		}
		if next := d.add(d.todo, strings.Repeat("🌿", 250)); next.Number != 1 {
			t.Errorf("refusals used numbers up: %d", next.Number)
		}
	})
}

func TestCardCreateRepeatsAClientToken(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		in := domain.NewCard{BoardID: d.board.ID, ListID: d.todo.ID, Title: "Basil", ClientToken: new(domain.NewID())}
		card, err := d.CardCreate(t.Context(), d.max, in)
		d.must(err)
		_, err = d.CardUpdate(t.Context(), d.ida, card.ID, domain.CardPatch{Title: domain.Some(new("Mint"))})
		d.must(err)
		d.forget()
		in.Title = "Something else"
		again, err := d.CardCreate(t.Context(), d.max, in)
		d.must(err)
		if again.ID != card.ID || again.Title != "Mint" {
			t.Errorf("repeated: %+v", again)
		}
		d.happened("repeat", nil, "", "")
		elsewhere, onAnother := in, in
		elsewhere.ListID, onAnother.BoardID = d.done.ID, d.newBoard("Autumn").ID
		for what, row := range map[string]struct {
			who *domain.Principal
			in  domain.NewCard
		}{"another list": {d.max, elsewhere}, "another board": {d.ida, onAnother}, "another creator": {d.ida, in}} {
			_, err := d.CardCreate(t.Context(), row.who, row.in)
			refused(t, what, err, domain.CodeBadRequest)
		}
	})
}

// A card costs two round trips, however much hangs on it: what decides with its seat, and all the rest.
func TestCardCreateTakesTwoRoundTrips(t *testing.T) {
	t.Parallel()
	store, wire := storetest.Wired(t, "1")
	p := newPlot(t, store, storetest.NewFixture(t, store))
	for what, in := range map[string]func() domain.NewCard{
		"bare": func() domain.NewCard { return domain.NewCard{} },
		"full": func() domain.NewCard {
			return domain.NewCard{AtTop: true, Description: new("bed"), LabelIDs: p.labels, AssigneeIDs: []string{p.who.UserID}, ClientToken: new(domain.NewID())}
		},
	} {
		for step := range 2 { // the first time, statements are prepared
			before := wire.Trips()
			if err := p.create(t.Context(), in()); err != nil {
				t.Fatal(err)
			}
			if trips := wire.Trips() - before; step > 0 && trips != 2 {
				t.Errorf("%s: %d round trips", what, trips)
			}
		}
	}
}

// Twenty people who create cards at once, half of them with the same client token, never share a number.
func TestCardNumbersAreUnique(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		d := newDesk(newHouse(t, store))
		service := &domain.Service{Store: store, Now: d.Now, NewID: domain.NewID}
		token := domain.NewID()
		var all sync.WaitGroup
		var mutex sync.Mutex
		keys, positions := map[string]int{}, map[domain.Position]bool{}
		for i := range 20 {
			all.Go(func() {
				in := domain.NewCard{BoardID: d.board.ID, ListID: d.todo.ID, Title: "Seed"}
				if i%2 == 0 {
					in.ClientToken = &token
				}
				card, err := service.CardCreate(t.Context(), d.ida, in)
				mutex.Lock()
				defer mutex.Unlock()
				if err != nil {
					t.Errorf("creator %d: %v", i, err)
					return
				}
				keys[card.Key()]++
				positions[card.Position] = true
			})
		}
		all.Wait()
		if len(keys) != 11 || len(positions) != 11 || len(d.lane(d.todo)) != 11 {
			t.Errorf("keys %v at %d places", keys, len(positions))
		}
	})
}

func TestCardCreateBySomebodyWhoSeesAssignedCardsOnly(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		card, err := d.CardCreate(t.Context(), d.lena, domain.NewCard{BoardID: d.board.ID, ListID: d.todo.ID, Title: "Mine",
			AssigneeIDs: []string{d.max.UserID, d.lena.UserID}})
		d.must(err)
		assignees, err := d.Store.AssigneeIDsOf(t.Context(), []string{card.ID})
		d.must(err)
		if !slices.Equal(assignees[card.ID], []string{d.lena.UserID, d.max.UserID}) {
			t.Errorf("assignees: %v", assignees[card.ID])
		}
		_, err = d.Card(t.Context(), d.lena, card.ID)
		d.must(err)
	})
}

func TestCardMediaRule(t *testing.T) {
	t.Parallel()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		for text, allowed := range map[string]bool{
			"plain [link](https://elsewhere.test)": true, "![a](/media/x.png)": true, "![a](/api/media/x.png)": true,
			"![a](https://app.example.test/api/media/x.png \"t\")": true, "![a](https://elsewhere.test/media/x.png)": false,
			"![a](data:image/png;base64,AAAA)": false, "<img src=x>": false, "< VIDEO src=x>": false, "<imgs>": true,
			"![a](https://app.example.test.evil.test/media/x.png)": false, "![a](<https://elsewhere.test/x.png>)": false,
		} {
			_, err := d.CardCreate(t.Context(), d.ida, domain.NewCard{BoardID: d.board.ID, ListID: d.todo.ID, Title: "a", Description: &text})
			if allowed != (err == nil) || err != nil && domain.CodeOf(err) != domain.CodeBadRequest {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}
