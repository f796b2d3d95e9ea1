package persistence_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// TestCardsAgreeWithModel asks random questions and compares every answer with plain Go: one long page, all pages by
// cursor, a page by row numbers, and the count.
func TestCardsAgreeWithModel(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCardWorld(t, store)
		rapid.Check(t, func(t *rapid.T) {
			q := w.query()
			q.Filter = w.filters(2).Draw(t, "filter")
			q.Order = rapid.SliceOfN(w.orders(), 1, 3).Draw(t, "order")
			q.Archived = rapid.SampledFrom([]*bool{nil, new(true), new(false)}).Draw(t, "archived")
			want := names(w.sorted(q))
			if got := names(w.find(t, q).Nodes); !slices.Equal(got, want) {
				t.Fatalf("one page:\n got %q\nwant %q", got, want)
			}
			q.Page.First = rapid.IntRange(1, 20).Draw(t, "first")
			if got := w.traverse(t, q); !slices.Equal(got, want) {
				t.Fatalf("by cursor:\n got %q\nwant %q", got, want)
			}
			q.Page.ByRow, q.Page.Offset = true, rapid.IntRange(0, 70).Draw(t, "offset")
			from := min(q.Page.Offset, len(want))
			if got := names(w.find(t, q).Nodes); !slices.Equal(got, want[from:min(from+q.Page.First, len(want))]) {
				t.Fatalf("by row: got %q", got)
			}
			counts, err := store.CountCards(context.Background(), q, []domain.CardParent{{}})
			if err != nil || counts[domain.CardParent{}] != len(want) {
				t.Fatalf("count: got %v, %v, want %d", counts, err, len(want))
			}
		})
	})
}

// find asks for the cards of every parent.
func (w *cardWorld) find(t rapid.TB, q domain.CardQuery) domain.PageOf[*domain.Card] {
	t.Helper()
	pages, err := w.store.FindCards(context.Background(), q, []domain.CardParent{{}})
	if err != nil {
		t.Fatalf("find: %v", err)
	}
	return pages[domain.CardParent{}]
}

// traverse follows the cursors through all pages.
func (w *cardWorld) traverse(t rapid.TB, q domain.CardQuery) []string {
	t.Helper()
	var all []string
	for {
		page := w.find(t, q)
		all = append(all, names(page.Nodes)...)
		if page.PageInfo.HasPreviousPage != (q.Page.After != "") {
			t.Fatalf("hasPreviousPage is %v after %q", page.PageInfo.HasPreviousPage, q.Page.After)
		}
		next := page.PageInfo.NextCursor()
		if next == nil {
			return all
		}
		q.Page.After = *next
	}
}

func (w *cardWorld) orders() *rapid.Generator[domain.CardOrder] {
	return rapid.Custom(func(t *rapid.T) domain.CardOrder {
		order := domain.CardOrder{Direction: rapid.SampledFrom(domain.OrderDirections).Draw(t, "direction"),
			Nulls: rapid.SampledFrom([]*domain.NullsOrder{nil, new(domain.NullsFirst), new(domain.NullsLast)}).Draw(t, "nulls")}
		if rapid.Bool().Draw(t, "custom") {
			fieldType := rapid.SampledFrom([]domain.CustomFieldType{domain.FieldText, domain.FieldNumber, domain.FieldCheckbox,
				domain.FieldSelect, domain.FieldDate, domain.FieldURL}).Draw(t, "type")
			order.CustomField = new(w.fields[fieldType])
		} else {
			order.Field = new(rapid.SampledFrom(domain.CardOrderFields).Draw(t, "field"))
		}
		return order
	})
}

func (w *cardWorld) filters(depth int) *rapid.Generator[*domain.CardFilter] {
	return rapid.Custom(func(t *rapid.T) *domain.CardFilter {
		f := &domain.CardFilter{}
		for range rapid.IntRange(0, 2).Draw(t, "members") {
			w.member(t, f)
		}
		if depth == 0 {
			return f
		}
		nested := rapid.SliceOfN(w.filters(depth-1), 0, 2)
		switch rapid.IntRange(0, 4).Draw(t, "nested") {
		case 1:
			f.And = nested.Draw(t, "and")
		case 2:
			f.Or = nested.Draw(t, "or")
		case 3:
			f.Not = w.filters(depth-1).Draw(t, "not")
		}
		return f
	})
}

// member sets one member of a filter.
func (w *cardWorld) member(t *rapid.T, f *domain.CardFilter) {
	people := func() *domain.UserFilter {
		return rapid.SampledFrom([]*domain.UserFilter{nil, {}, {DisplayName: texts(t, "Ann", "Bob", "Zoë")}, {ID: someIDs(t, w.users["Ann"].ID, w.users["Bob"].ID)}}).Draw(t, "people")
	}
	tags := func() *domain.LabelFilter {
		return rapid.SampledFrom([]*domain.LabelFilter{nil, {}, {Name: texts(t, "Chore", "ünique")}, {ID: someIDs(t, w.labels["Bug"].ID, w.labels["Chore"].ID)}}).Draw(t, "labels")
	}
	switch rapid.IntRange(0, 15).Draw(t, "member") {
	case 0:
		f.ID = someIDs(t, w.cards[0].ID, w.cards[1].ID, w.foreign.ID)
	case 1:
		f.Key = texts(t, "SAL-1", "SAL-", "1", "ARG-10")
	case 2:
		f.Number = &domain.IntFilter{Gt: new(rapid.IntRange(0, 60).Draw(t, "gt")), Nin: []int{1, 2, 30}}
	case 3:
		f.Title = texts(t, append(someTitles, "acme", "über", "%", "_", `\`, "москва")...)
	case 4:
		f.Description = texts(t, someTexts...)
	case 5:
		f.Workspace = &domain.WorkspaceFilter{Name: texts(t, "Sales", "ärger")}
	case 6:
		f.Board = &domain.BoardFilter{Name: texts(t, "Roadmap", "Support", "Inbox")}
	case 7:
		f.List = &domain.ListFilter{ID: someIDs(t, w.lists["Todo"].ID, w.lists["Later"].ID), Name: texts(t, "Todo", "Done")}
	case 8:
		f.Creator = people()
	case 9:
		f.Assignees = &domain.UserCollectionFilter{Some: people(), Every: people(), None: people()}
	case 10:
		f.Labels = &domain.LabelCollectionFilter{Some: tags(), Every: tags(), None: tags()}
	case 11:
		f.DueDate = (*domain.DateFilter)(moments(t))
	case 12:
		f.CompletedAt = moments(t)
	case 13:
		f.ArchivedAt = moments(t)
	case 14:
		f.CreatedAt, f.UpdatedAt = moments(t), moments(t)
	default:
		f.CustomFields = append(f.CustomFields, w.fieldFilter(t))
	}
}

func (w *cardWorld) fieldFilter(t *rapid.T) *domain.CustomFieldFilter {
	fieldType := rapid.SampledFrom(domain.CustomFieldTypes).Draw(t, "type")
	f := &domain.CustomFieldFilter{ID: w.fields[fieldType]}
	switch fieldType {
	case domain.FieldText:
		f.Text = texts(t, someTexts...)
	case domain.FieldURL:
		f.URL = texts(t, "https://", "ä%", "https://example.com/alpha")
	case domain.FieldNumber:
		n := rapid.SampledFrom(someNumbers)
		f.Number = rapid.SampledFrom([]*domain.NumberFilter{{Gte: new(n.Draw(t, "n"))}, {Lt: new(n.Draw(t, "n"))}, {Neq: new(n.Draw(t, "n"))},
			{In: []domain.Decimal{"9.0", n.Draw(t, "n")}}, {Nin: []domain.Decimal{n.Draw(t, "n")}}, {Null: new(true)}}).Draw(t, "number")
	case domain.FieldCheckbox:
		f.Checkbox = rapid.SampledFrom([]*domain.BooleanFilter{{}, {Eq: new(true)}, {Eq: new(false)}, {Null: new(true)}, {Null: new(false)}}).Draw(t, "checkbox")
	case domain.FieldDate:
		f.Date = (*domain.DateFilter)(moments(t))
	case domain.FieldSelect:
		f.Select = choices(t, w.options["Low"].ID, w.options["High"].ID)
	case domain.FieldUser:
		f.User = choices(t, w.users["Ann"].ID, w.users["Bob"].ID)
	}
	return f
}

func choices(t *rapid.T, ids ...string) *domain.ChoiceFilter {
	some := rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 0, 2, rapid.ID[string]).Draw(t, "ids")
	return rapid.SampledFrom([]*domain.ChoiceFilter{{}, {Some: some}, {Every: some}, {None: some}, {Null: new(true)}, {Null: new(false)}}).Draw(t, "choice")
}

func someIDs(t *rapid.T, ids ...string) *domain.IDFilter {
	id := rapid.SampledFrom(ids).Draw(t, "id")
	return rapid.SampledFrom([]*domain.IDFilter{{Eq: &id}, {Neq: &id}, {In: ids}, {Nin: ids}, {In: []string{}}, {Nin: []string{}}}).Draw(t, "ids")
}

func texts(t *rapid.T, samples ...string) *domain.StringFilter {
	s := rapid.SampledFrom(samples).Draw(t, "text")
	return rapid.SampledFrom([]*domain.StringFilter{{Eq: &s}, {Neq: &s}, {In: []string{s, "beta"}}, {Nin: []string{s, `{"}\`}}, {EqIgnoreCase: new(strings.ToUpper(s))},
		{Contains: &s}, {ContainsIgnoreCase: new(strings.ToUpper(s))}, {NotContains: &s}, {StartsWith: &s}, {EndsWith: &s}, {Null: new(true)},
		{Null: new(false), Neq: &s}}).Draw(t, "comparator")
}

func moments(t *rapid.T) *domain.DateTimeFilter {
	at := func() *domain.DateOrDuration {
		d, err := domain.ParseDateOrDuration(rapid.SampledFrom([]string{"2030-03-31", "2030-03-30T23:00:00Z", "P0D", "-P3D", "PT1H", "2030-04-03", "-P1W"}).Draw(t, "at"))
		if err != nil {
			t.Fatal(err)
		}
		return &d
	}
	return rapid.SampledFrom([]*domain.DateTimeFilter{{Eq: at()}, {Neq: at()}, {Lt: at()}, {Lte: at()}, {Gt: at()}, {Gte: at(), Lt: at()},
		{Null: new(true)}, {Null: new(false)}}).Draw(t, "moment")
}
