package persistence_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// lane is a workspace with two boards and three cards in one list, at 1000, 2000 and 3000.
func lane(t *testing.T, store *persistence.Store) (f *storetest.Fixture, space *domain.Workspace, board *domain.Board) {
	f = storetest.NewFixture(t, store)
	f.Organisation("Home")
	for _, name := range []string{"Ann", "Bob", "Cid"} {
		f.User(name)
	}
	space = f.Workspace("Home", "Sales", "ACME")
	board = f.Board(space, "Roadmap", 0)
	f.Board(space, "Support", 1)
	f.List(space, "Todo", 0)
	for i, title := range []string{"a", "b", "c"} {
		f.Card(board, "Todo", "Ann", title, i)
	}
	return f, space, board
}

// TestWhatHangsOnCards writes labels, assignees and values, and reads them back in their orders.
func TestWhatHangsOnCards(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		f, space, _ := lane(t, store)
		f.Label(space, "late", 1)
		f.Label(space, "early", 0)
		number, tags := f.Field(space, "number", domain.FieldNumber, 1), f.Field(space, "select", domain.FieldSelect, 0)
		a, ctx := storetest.ID("a"), t.Context()
		noError := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		noError(store.SetLabels(ctx, a, storetest.IDs("late", "early")))
		labels, err := store.LabelIDsOf(ctx, storetest.IDs("a", "b", "nobody"))
		noError(err)
		if want := map[string][]string{a: storetest.IDs("early", "late")}; !reflect.DeepEqual(labels, want) {
			t.Errorf("labels: got %v, want %v", labels, want)
		}
		noError(store.SetLabels(ctx, a, nil))
		if labels, err = store.LabelIDsOf(ctx, []string{a}); err != nil || len(labels) != 0 {
			t.Errorf("labels afterwards: %v, %v", labels, err)
		}
		noError(store.SetAssignees(ctx, a, storetest.IDs("Cid", "Ann"), storetest.At(0)))
		noError(store.SetAssignees(ctx, a, storetest.IDs("Bob", "Ann"), storetest.At(60)))
		people, err := store.AssigneeIDsOf(ctx, []string{a})
		noError(err)
		if want := storetest.IDs("Ann", "Bob"); !slices.Equal(people[a], want) {
			t.Errorf("assignees: got %v, want %v", people[a], want)
		}
		noError(store.SetFieldValue(ctx, &domain.FieldValue{CardID: a, FieldID: number.ID, Number: new(domain.Decimal("1")), UpdatedAt: storetest.At(0)}))
		exact := &domain.FieldValue{CardID: a, FieldID: number.ID, Type: domain.FieldNumber, Number: new(domain.Decimal("123456789012345678901234567890.0000000001")), UpdatedAt: storetest.At(1)}
		chosen := &domain.FieldValue{CardID: a, FieldID: tags.ID, Type: domain.FieldSelect, OptionIDs: storetest.IDs("y", "x"), UpdatedAt: storetest.At(2)}
		noError(store.SetFieldValue(ctx, exact))
		noError(store.SetFieldValue(ctx, chosen))
		values, err := store.FieldValuesOf(ctx, []string{a})
		noError(err)
		if want := []*domain.FieldValue{chosen, exact}; !reflect.DeepEqual(values[a], want) {
			t.Errorf("values: got %+v %+v", values[a][0], values[a][1])
		}
	})
}

// TestLanes moves along the positions of a list.
func TestLanes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		f, space, _ := lane(t, store)
		f.List(space, "Empty", 1)
		ctx, list := t.Context(), storetest.ID("Todo")
		end := func(list string, last bool) *domain.Position {
			p, err := store.LaneEnd(ctx, list, last)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		next := func(i int, after bool, except string) *domain.Position {
			p, err := store.LaneNeighbour(ctx, list, domain.PositionAt(i), after, except)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		for name, row := range map[string]struct{ got, want *domain.Position }{
			"first":            {end(list, false), new(domain.PositionAt(0))},
			"last":             {end(list, true), new(domain.PositionAt(2))},
			"empty":            {end(storetest.ID("Empty"), true), nil},
			"behind the first": {next(0, true, ""), new(domain.PositionAt(1))},
			"without itself":   {next(0, true, storetest.ID("b")), new(domain.PositionAt(2))},
			"before the third": {next(2, false, ""), new(domain.PositionAt(1))},
			"behind the last":  {next(2, true, ""), nil},
		} {
			if !reflect.DeepEqual(row.got, row.want) {
				t.Errorf("%s: got %v, want %v", name, row.got, row.want)
			}
		}
		support := domain.Board{ID: storetest.ID("Support"), OrganisationID: space.OrganisationID, WorkspaceID: space.ID}
		x := f.Card(&support, "Todo", "Ann", "x", 9)
		x.Position = domain.PositionAt(0) + 1
		if err := store.Update(ctx, x); err != nil {
			t.Fatal(err)
		}
		if err := store.RenumberLane(ctx, list); err != nil {
			t.Fatal(err)
		}
		var got, want []domain.Ranked
		cards, err := store.LaneCards(ctx, list, "")
		for i, title := range []string{"a", "x", "b", "c"} {
			want = append(want, domain.Ranked{ID: storetest.ID(title), Position: domain.PositionAt(i)})
		}
		for _, card := range cards {
			got = append(got, domain.Ranked{ID: card.ID, Position: card.Position})
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("renumbered: got %v, want %v: %v", got, want, err)
		}
		if cards, err := store.LaneCards(ctx, list, support.ID); err != nil || len(cards) != 1 {
			t.Errorf("lane of a board: %d cards, want 1: %v", len(cards), err)
		}
		if err := store.LockLane(ctx, list); err != nil {
			t.Error(err)
		}
	})
}

// TestCardsByKey finds a card by current and retired prefixes of its own workspace only.
func TestCardsByKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCardWorld(t, store)
		w.insert(t, &domain.KeyPrefix{OrganisationID: w.space.OrganisationID, Prefix: "OLD", WorkspaceID: w.space.ID, CreatedAt: noon})
		home, away := w.cards[0].OrganisationKey, w.foreign.OrganisationKey
		for _, row := range []struct {
			organisation, prefix string
			number               int
			want                 string
		}{
			{home, "SAL", 1, w.cards[0].ID}, {"", "SAL", 1, w.cards[0].ID}, {home, "OLD", 1, w.cards[0].ID}, {away, "SAL", 1, w.foreign.ID}, {away, "OLD", 1, ""},
			{home, "ARG", 1, ""}, {home, "SAL", 999, ""}, {home, "SAL", 1 << 40, ""}, {"?", "SAL", 1, ""},
		} {
			id, err := store.CardIDByKey(t.Context(), domain.CardKey{OrganisationKey: row.organisation, OrganisationID: w.space.OrganisationID, Prefix: row.prefix, Number: row.number})
			if err != nil || id != row.want {
				t.Errorf("%+v: got %q, %v", row, id, err)
			}
		}
	})
}

// TestWeeksAroundTheClockChange groups cards by weeks of which one has 167 hours.
func TestWeeksAroundTheClockChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		f, space, board := lane(t, store)
		for i, done := range []string{"2030-03-24T22:59:59.999Z", "2030-03-24T23:00:00Z", "2030-03-31T21:59:59.999Z", "2030-03-31T22:00:00Z"} {
			at, err := time.Parse(time.RFC3339Nano, done)
			if err != nil {
				t.Fatal(err)
			}
			card := f.Card(board, "Todo", "Ann", done, 10+i)
			card.CompletedAt = &at
			if err := store.Update(t.Context(), card); err != nil {
				t.Fatal(err)
			}
		}
		report, err := store.AggregateCards(t.Context(), domain.CardGroups{
			Cards: domain.CardQuery{Viewer: workspaceKey(space), Now: storetest.Start, Zone: time.UTC, Page: domain.Page{First: 10}},
			By:    []domain.CardGroup{{Dimension: domain.ByCompletedAt, Bucket: new(domain.BucketWeek), TimeZone: new("Europe/Berlin")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, row := range report.Rows {
			got = append(got, describe(row.Keys, row.Count, row.DistinctCount, &domain.NumberMeasures{}))
		}
		const rest = " sum <nil> avg <nil> min <nil> max <nil> median <nil> 0 0"
		want := []string{
			"completedAt=<nil>/2030-03-18/<nil>/false/2030-03-17T23:00:00Z/2030-03-24T23:00:00Z 1 1" + rest,
			"completedAt=<nil>/2030-03-25/<nil>/false/2030-03-24T23:00:00Z/2030-03-31T22:00:00Z 2 2" + rest,
			"completedAt=<nil>/2030-04-01/<nil>/false/2030-03-31T22:00:00Z/2030-04-07T22:00:00Z 1 1" + rest,
			"completedAt=<nil>/<nil>/<nil>/true 3 3" + rest,
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q\nwant %q", got, want)
		}
	})
}

// TestReportsWithoutCards still have totals.
func TestReportsWithoutCards(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		_, space, _ := lane(t, store)
		field := domain.NewID()
		report, err := store.AggregateCards(t.Context(), domain.CardGroups{
			Cards: domain.CardQuery{Viewer: workspaceKey(space), Zone: time.UTC, Page: domain.Page{First: 10}, Filter: &domain.CardFilter{Or: []*domain.CardFilter{}}},
			By:    []domain.CardGroup{{Dimension: domain.ByBoard}}, Measures: []string{field},
		})
		if err != nil || len(report.Rows) != 0 || report.Totals.Count != 0 || report.Totals.Number(field).Sum != nil {
			t.Errorf("got %+v, %v", report, err)
		}
	})
}
