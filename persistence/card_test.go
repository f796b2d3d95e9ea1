package persistence_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// TestCardFilterExamples shows what single comparators find, by card number.
func TestCardFilterExamples(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		f := storetest.NewFixture(t, store)
		f.Organisation("Home")
		f.User("Ann")
		space := f.Workspace("Home", "Sales", "ACME")
		board := f.Board(space, "Roadmap", 0)
		f.List(space, "Todo", 0)
		for i, title := range []string{"100% done", "1000 done", "ÄPFEL kaufen", "äpfel essen", `a\b_c`, "aXbYc"} {
			f.Card(board, "Todo", "Ann", title, i+1)
		}
		day := func(text string) *domain.DateOrDuration {
			d, err := domain.ParseDateOrDuration(text)
			if err != nil {
				t.Fatal(err)
			}
			return &d
		}
		title := func(f domain.StringFilter) *domain.CardFilter { return &domain.CardFilter{Title: &f} }
		for name, row := range map[string]struct {
			filter *domain.CardFilter
			want   []int
		}{
			"percent is no wildcard":          {title(domain.StringFilter{Contains: new("100%")}), []int{1}},
			"underscore is no wildcard":       {title(domain.StringFilter{EndsWith: new("b_c")}), []int{5}},
			"backslash is no escape":          {title(domain.StringFilter{StartsWith: new(`a\`)}), []int{5}},
			"umlauts fold":                    {title(domain.StringFilter{ContainsIgnoreCase: new("äpFel")}), []int{3, 4}},
			"contains is exact":               {title(domain.StringFilter{Contains: new("äpfel")}), []int{4}},
			"starts with nothing":             {title(domain.StringFilter{StartsWith: new("")}), []int{1, 2, 3, 4, 5, 6}},
			"in nothing":                      {title(domain.StringFilter{In: []string{}}), nil},
			"not in nothing":                  {title(domain.StringFilter{Nin: []string{}}), []int{1, 2, 3, 4, 5, 6}},
			"quotes are no syntax":            {title(domain.StringFilter{In: []string{`"},{"`, `a\b_c`}}), []int{5}},
			"missing differs":                 {&domain.CardFilter{Description: &domain.StringFilter{Neq: new("x")}}, []int{1, 2, 3, 4, 5, 6}},
			"not of a missing value":          {&domain.CardFilter{Not: &domain.CardFilter{Description: &domain.StringFilter{Contains: new("x")}}}, []int{1, 2, 3, 4, 5, 6}},
			"or of nothing":                   {&domain.CardFilter{Or: []*domain.CardFilter{}}, nil},
			"and of nothing":                  {&domain.CardFilter{And: []*domain.CardFilter{}}, []int{1, 2, 3, 4, 5, 6}},
			"every of no labels":              {&domain.CardFilter{Labels: &domain.LabelCollectionFilter{Every: &domain.LabelFilter{Name: &domain.StringFilter{Eq: new("x")}}}}, []int{1, 2, 3, 4, 5, 6}},
			"key":                             {&domain.CardFilter{Key: &domain.StringFilter{In: []string{"ACME-2", "ACME-9"}}}, []int{2}},
			"a number no column can hold":     {&domain.CardFilter{Number: &domain.IntFilter{Lt: new(1 << 40), In: []int{3, 1 << 40}}}, []int{3}},
			"created since the day began":     {&domain.CardFilter{CreatedAt: &domain.DateTimeFilter{Gte: day("P0D")}}, []int{1, 2, 3, 4, 5, 6}},
			"created on midnight exactly":     {&domain.CardFilter{CreatedAt: &domain.DateTimeFilter{Eq: day("2030-03-04")}}, nil},
			"far ends of time":                {&domain.CardFilter{CreatedAt: &domain.DateTimeFilter{Gt: day("0001-01-01"), Lt: day("9999-12-31")}}, []int{1, 2, 3, 4, 5, 6}},
			"due differs when there is none":  {&domain.CardFilter{DueDate: &domain.DateFilter{Neq: day("P1D")}}, []int{1, 2, 3, 4, 5, 6}},
			"all members have to hold":        {&domain.CardFilter{Number: &domain.IntFilter{Gt: new(1)}, Board: &domain.BoardFilter{Name: &domain.StringFilter{EndsWith: new("map")}}, Title: &domain.StringFilter{Contains: new("done")}}, []int{2}},
			"somebody who made it":            {&domain.CardFilter{Creator: &domain.UserFilter{ID: &domain.IDFilter{Neq: new(strings.ToUpper(storetest.ID("Ann")))}}}, nil},
			"assigned to somebody or anybody": {&domain.CardFilter{Assignees: &domain.UserCollectionFilter{Some: &domain.UserFilter{}}}, nil},
		} {
			t.Run(name, func(t *testing.T) {
				q := domain.CardQuery{Viewer: workspaceKey(space), Filter: row.filter, Now: storetest.Start, Zone: berlin, Page: domain.Page{First: 50},
					Order: []domain.CardOrder{{Field: new(domain.OrderPosition)}}}
				pages, err := store.FindCards(t.Context(), q, []domain.CardParent{{}})
				if err != nil {
					t.Fatal(err)
				}
				var got []int
				for _, card := range pages[domain.CardParent{}].Nodes {
					got = append(got, card.Number)
				}
				if !slices.Equal(got, row.want) {
					t.Errorf("got %v, want %v", got, row.want)
				}
			})
		}
	})
}

func workspaceKey(space *domain.Workspace) *domain.Principal {
	return &domain.Principal{Kind: domain.WorkspaceKey, WorkspaceID: space.ID, OrganisationID: space.OrganisationID, Scope: domain.ScopeRead}
}

// TestCardFilterLimits checks that what cannot be asked is refused with the member at fault.
func TestCardFilterLimits(t *testing.T) {
	t.Parallel()
	store := storetest.SQLite(t)
	w := newCardWorld(t, store)
	long := make([]string, 501)
	for i := range long {
		long[i] = "x"
	}
	nested := func(depth int) *domain.CardFilter {
		f := &domain.CardFilter{}
		for range depth {
			f = &domain.CardFilter{Not: f}
		}
		return f
	}
	select2 := &domain.CustomFieldFilter{ID: w.fields[domain.FieldNumber], Text: &domain.StringFilter{}}
	both := &domain.CustomFieldFilter{ID: w.fields[domain.FieldNumber], Text: &domain.StringFilter{}, Number: &domain.NumberFilter{}}
	for name, row := range map[string]struct {
		filter *domain.CardFilter
		code   domain.Code
		path   []any
	}{
		"eight deep":       {nested(8), "", nil},
		"nine deep":        {nested(9), domain.CodeValidation, []any{"filter", "not", "not", "not", "not", "not", "not", "not", "not", "not"}},
		"long list":        {&domain.CardFilter{Or: []*domain.CardFilter{{Title: &domain.StringFilter{In: long}}}}, domain.CodeValidation, []any{"filter", "or", 0, "title", "in"}},
		"no uuid":          {&domain.CardFilter{Board: &domain.BoardFilter{ID: &domain.IDFilter{Nin: []string{"x"}}}}, domain.CodeValidation, []any{"filter", "board", "id", "nin", 0}},
		"urn is no uuid":   {&domain.CardFilter{ID: &domain.IDFilter{Eq: new("urn:uuid:" + w.foreign.ID)}}, domain.CodeValidation, []any{"filter", "id", "eq"}},
		"nul in a text":    {&domain.CardFilter{Title: &domain.StringFilter{Contains: new("a\x00")}}, domain.CodeValidation, []any{"filter", "title", "contains"}},
		"wrong comparator": {&domain.CardFilter{CustomFields: []*domain.CustomFieldFilter{select2}}, domain.CodeBadRequest, nil},
		"two comparators":  {&domain.CardFilter{CustomFields: []*domain.CustomFieldFilter{both}}, domain.CodeBadRequest, nil},
		"no comparator":    {&domain.CardFilter{CustomFields: []*domain.CustomFieldFilter{{ID: both.ID}}}, domain.CodeBadRequest, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := w.query()
			q.Filter = row.filter
			_, err := store.FindCards(t.Context(), q, []domain.CardParent{{}})
			checkRefusal(t, err, row.code, row.path)
		})
	}
}

func checkRefusal(t *testing.T, err error, code domain.Code, path []any) {
	t.Helper()
	if code == "" {
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	e, ok := errors.AsType[*domain.Error](err)
	if !ok || e.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	if path != nil && !reflect.DeepEqual(e.Issues[0].Path, path) {
		t.Errorf("got path %v, want %v", e.Issues[0].Path, path)
	}
}

// TestCardCursorMisuse passes cursors to queries they do not belong to.
func TestCardCursorMisuse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCardWorld(t, store)
		good := w.query()
		good.Page.First = 3
		cursor := *w.find(t, good).PageInfo.EndCursor
		number := domain.CardOrder{CustomField: new(w.fields[domain.FieldNumber])}
		for name, change := range map[string]func(*domain.CardQuery){
			"garbage":    func(q *domain.CardQuery) { q.Page.After = "%%%" },
			"cut":        func(q *domain.CardQuery) { q.Page.After = cursor[:len(cursor)-3] },
			"other JSON": func(q *domain.CardQuery) { q.Page.After = "e30" },
			"other filter": func(q *domain.CardQuery) {
				q.Filter = &domain.CardFilter{Title: &domain.StringFilter{Contains: new("a")}}
			},
			"other order":       func(q *domain.CardQuery) { q.Order[0].Direction = domain.Ascending },
			"more order":        func(q *domain.CardQuery) { q.Order = append(q.Order, number) },
			"other archived":    func(q *domain.CardQuery) { q.Archived = new(true) },
			"only the recent":   func(q *domain.CardQuery) { q.CompletedWithin = true },
			"one of an unasked": func(q *domain.CardQuery) { q.Order = []domain.CardOrder{number} },
		} {
			q := w.query()
			q.Page = domain.Page{First: 3, After: cursor}
			change(&q)
			_, err := store.FindCards(t.Context(), q, []domain.CardParent{{}})
			t.Run(name, func(t *testing.T) { checkRefusal(t, err, domain.CodeBadRequest, nil) })
		}
		_, err := store.AggregateCards(t.Context(), domain.CardGroups{By: []domain.CardGroup{{Dimension: domain.ByBoard}},
			Cards: domain.CardQuery{Viewer: w.viewer, Zone: berlin, Page: domain.Page{First: 1, After: cursor}}})
		checkRefusal(t, err, domain.CodeBadRequest, nil)
	})
}

// TestCardPagesStayRightWhileCardsAreInserted reads on behind a cursor after cards appeared on both sides of it.
func TestCardPagesStayRightWhileCardsAreInserted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCardWorld(t, store)
		q := w.query()
		q.Order = []domain.CardOrder{{Field: new(domain.OrderKey)}}
		all := names(w.find(t, q).Nodes)
		q.Page.First = 20
		first := w.find(t, q)
		for _, prefix := range []string{"AAA", "ZZZ"} {
			card := *w.cards[0].Card
			card.ID, card.KeyPrefix, card.Number = domain.NewID(), prefix, 500+int(prefix[0])
			w.insert(t, &card)
		}
		q.Page.After = *first.PageInfo.EndCursor
		rest := w.traverse(t, q)
		if want := append(all[20:], `ZZZ-590 "`+w.cards[0].Title+`"`); !slices.Equal(rest, want) {
			t.Errorf("got %q\nwant %q", rest, want)
		}
	})
}

// TestCardsOfManyParents compares each parent's page and count with asking for it alone, and counts statements.
func TestCardsOfManyParents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCardWorld(t, store)
		parents := []domain.CardParent{{}, {WorkspaceID: w.space.ID}, {BoardID: domain.NewID()}}
		for _, list := range w.lists {
			parents = append(parents, domain.CardParent{ListID: list.ID})
			for _, board := range w.boards {
				parents = append(parents, domain.CardParent{BoardID: board.ID, ListID: list.ID})
			}
		}
		for _, page := range []domain.Page{{First: 4}, {First: 4, ByRow: true, Offset: 2}, {ByRow: true, All: true}} {
			q := w.query()
			q.Page, q.Archived = page, new(false)
			q.Order = []domain.CardOrder{{CustomField: new(w.fields[domain.FieldNumber]), Direction: domain.Descending}, {Field: new(domain.OrderPosition)}}
			ctx, statements := persistence.CountStatements(context.Background())
			pages, err := store.FindCards(ctx, q, parents)
			if err != nil || statements.Load() != 1 || len(pages) != len(parents) {
				t.Fatalf("%d pages in %d statements: %v", len(pages), statements.Load(), err)
			}
			counts, err := store.CountCards(ctx, q, parents)
			if err != nil || statements.Load() != 2 {
				t.Fatalf("count: %v", err)
			}
			for _, parent := range parents {
				alone, err := store.FindCards(ctx, q, []domain.CardParent{parent})
				if err != nil || !samePages(alone[parent], pages[parent]) {
					t.Errorf("%+v: %v, got %+v\nwant %+v", parent, err, pages[parent], alone[parent])
				}
				one, err := store.CountCards(ctx, q, []domain.CardParent{parent})
				if err != nil || one[parent] != counts[parent] {
					t.Errorf("%+v: counted %d, want %d", parent, counts[parent], one[parent])
				}
			}
		}
	})
}

// samePages compares pages with all their cursors.
func samePages(one, other domain.PageOf[*domain.Card]) bool {
	same := reflect.DeepEqual(one.Nodes, other.Nodes) && reflect.DeepEqual(one.PageInfo, other.PageInfo)
	for i := range one.Nodes {
		same = same && one.Cursor(i) == other.Cursor(i)
	}
	return same
}

// TestCardsOfOthersStayHidden asks as everybody who must not see a card.
func TestCardsOfOthersStayHidden(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCardWorld(t, store)
		bob := &domain.Principal{Kind: domain.PersonalKey, UserID: w.users["Bob"].ID}
		w.insert(t, &domain.BoardMember{BoardID: w.boards["Roadmap"].ID, UserID: bob.UserID, Role: domain.BoardEditor, AssignedItemsOnly: true, AddedAt: &noon})
		sees := map[string]func(*worldCard) bool{"owner": func(*worldCard) bool { return true },
			"key": func(c *worldCard) bool { return c.WorkspaceID == w.space.ID },
			"bob": func(c *worldCard) bool {
				return c.BoardID == w.boards["Roadmap"].ID && slices.Contains(c.assignees, bob.UserID)
			},
			"other": func(*worldCard) bool { return false }}
		for name, viewer := range map[string]*domain.Principal{"owner": w.viewer, "key": workspaceKey(w.space), "bob": bob,
			"other": {Kind: domain.PersonalKey, UserID: w.users["Zoë"].ID}} {
			want := 0
			for _, c := range w.cards {
				if sees[name](c) {
					want++
				}
			}
			q := w.query()
			q.Viewer = viewer
			q.Filter = &domain.CardFilter{Or: []*domain.CardFilter{{ID: &domain.IDFilter{Eq: &w.foreign.ID}}, {}}}
			if got := len(w.find(t, q).Nodes); got != want {
				t.Errorf("%s finds %d cards, want %d", name, got, want)
			}
			found, err := store.FindCards(t.Context(), q, []domain.CardParent{{BoardID: w.foreign.BoardID}, {ListID: w.foreign.ListID}})
			if err != nil || len(found[domain.CardParent{BoardID: w.foreign.BoardID}].Nodes) != 0 {
				t.Errorf("%s finds cards of a foreign board: %v", name, err)
			}
			report, err := store.AggregateCards(t.Context(), domain.CardGroups{Cards: q, By: []domain.CardGroup{{Dimension: domain.ByCreator}}})
			if err != nil || report.Totals.Count != want {
				t.Errorf("%s counts %+v, want %d: %v", name, report, want, err)
			}
			seen, err := store.VisibleCards(t.Context(), viewer, []string{w.foreign.ID, "no uuid"})
			if err != nil || len(seen) != 0 {
				t.Errorf("%s may see %v: %v", name, seen, err)
			}
		}
	})
}

// TestCompletedCardsLeaveTheBoard checks the edge of the days that a completed card stays.
func TestCompletedCardsLeaveTheBoard(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCardWorld(t, store)
		q := w.query()
		q.CompletedWithin = true
		want := 0
		for _, c := range w.cards {
			days := w.workspace[c.WorkspaceID].CompletedCardsActiveDays
			if c.CompletedAt == nil || !c.CompletedAt.Before(noon.Add(-time.Duration(days)*24*time.Hour)) {
				want++
			}
		}
		if got := len(w.find(t, q).Nodes); got != want || want == len(w.cards) {
			t.Errorf("got %d of %d cards, want %d", got, len(w.cards), want)
		}
	})
}
