package persistence_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// planNode is a step of a plan of Postgres, with what it did.
type planNode struct {
	Type    string  `json:"Node Type"`
	Table   string  `json:"Relation Name"`
	Index   string  `json:"Index Name"`
	Rows    float64 `json:"Actual Rows"`
	Loops   float64 `json:"Actual Loops"`
	Removed float64 `json:"Rows Removed by Filter"`
	Plans   []planNode
}

// steps calls with every step.
func (n planNode) steps(with func(planNode)) {
	with(n)
	for _, part := range n.Plans {
		part.steps(with)
	}
}

// manyCards adds cards to the first workspace. Half of them are due before noon, two thirds are open, and few are chores.
func (w *cardWorld) manyCards(t *testing.T) {
	t.Helper()
	var cards []*domain.Card
	var chores []*domain.CardLabel
	like := *w.cards[0].Card
	for n := range 6000 {
		c := like
		c.ID, c.Number, c.Position, c.DueDay, c.CompletedAt, c.ArchivedAt = domain.NewID(), 1000+n, domain.PositionAt(n), nil, nil, nil
		c.CreatedAt = noon.Add(-time.Duration(n) * time.Minute)
		if n%2 == 0 {
			c.DueDay = new(noon.AddDate(0, 0, -n%300-1).Format(time.DateOnly))
		}
		if n%3 == 0 {
			c.CompletedAt = new(noon.Add(-time.Duration(n) * time.Hour))
		}
		if n%100 == 0 {
			chores = append(chores, &domain.CardLabel{CardID: c.ID, LabelID: w.labels["Chore"].ID})
		}
		cards = append(cards, &c)
	}
	w.insert(t, cards)
	w.insert(t, chores)
	if err := persistence.Analyze(t.Context(), w.store); err != nil {
		t.Fatalf("analyze: %v", err)
	}
}

// TestCardPagesReadLittleMoreThanTheyShow asks for pages of open cards that are due, and for the newest, among thousands of
// cards, and looks at how the database found them. On SQLite only keys of a workspace are served by its indexes.
func TestCardPagesReadLittleMoreThanTheyShow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCardWorld(t, store)
		w.manyCards(t)
		by := func(field domain.CardOrderField, direction domain.OrderDirection) domain.CardOrder {
			return domain.CardOrder{Field: &field, Direction: direction}
		}
		late := &domain.CardFilter{CompletedAt: &domain.DateTimeFilter{Null: new(true)}, DueDate: &domain.DateFilter{Lt: moment(t, "P0D")},
			Labels: &domain.LabelCollectionFilter{None: &domain.LabelFilter{Name: &domain.StringFilter{Eq: new("Chore")}}}}
		for name, row := range map[string]struct {
			filter *domain.CardFilter
			order  []domain.CardOrder
			index  string
			sorted bool // the index leaves nothing to sort
		}{
			"late":      {late, []domain.CardOrder{by(domain.OrderDueDate, domain.Ascending), by(domain.OrderKey, domain.Ascending)}, "cards_open_due", true},
			"late last": {late, []domain.CardOrder{by(domain.OrderDueDate, domain.Descending), by(domain.OrderKey, domain.Descending)}, "cards_open_due", false},
			"newest":    {nil, domain.NewestFirst, "cards_created", false},
			"completed": {&domain.CardFilter{CompletedAt: &domain.DateTimeFilter{Gte: moment(t, "-P12W")}},
				[]domain.CardOrder{by(domain.OrderCompletedAt, domain.Descending)}, "cards_completed", false},
		} {
			for who, viewer := range map[string]*domain.Principal{"key": workspaceKey(w.space), "owner": w.viewer} {
				q := w.query()
				q.Viewer, q.Archived, q.Filter, q.Order, q.Page.First = viewer, new(false), row.filter, row.order, 50
				for page := range 3 {
					plan, err := persistence.CardPlan(t.Context(), store, q)
					if err != nil {
						t.Fatalf("%s of the %s, page %d: %v", name, who, page, err)
					}
					switch {
					case strings.HasPrefix(plan, "["):
						checkPostgresPlan(t, name+" of the "+who, plan, row.index, row.sorted && who == "key", q.Page.First)
					case who == "key" && (!strings.Contains(plan, "INDEX "+row.index) || row.sorted && strings.Contains(plan, "TEMP B-TREE")):
						t.Errorf("%s, page %d: the plan does not read %s in its order:\n%s", name, page, row.index, plan)
					}
					next := w.find(t, q).PageInfo.NextCursor()
					if next == nil {
						t.Fatalf("%s of the %s: there is no page behind page %d", name, who, page)
					}
					q.Page.After = *next
				}
			}
		}
	})
}

// checkPostgresPlan expects that the cards are read off the index, few more than the page has.
func checkPostgresPlan(t *testing.T, name, plan, index string, sorted bool, page int) {
	t.Helper()
	var explained []struct{ Plan planNode }
	if err := json.Unmarshal([]byte(plan), &explained); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	read, found := 0.0, false
	explained[0].Plan.steps(func(n planNode) {
		if n.Type == "Sort" && (sorted || n.Plans[0].Rows > 2*float64(page)) || sorted && n.Type == "Incremental Sort" {
			t.Errorf("%s: a %s of %v rows", name, n.Type, n.Plans[0].Rows)
		}
		if n.Table == "cards" {
			read += n.Loops * (n.Rows + n.Removed)
			found = found || n.Index == index
		}
	})
	if !found || read > 2*float64(page) {
		t.Errorf("%s: %v cards are read for a page of %d, off %s: %v", name, read, page, index, found)
	}
}

// moment is a day or a duration of a filter.
func moment(t *testing.T, text string) *domain.DateOrDuration {
	t.Helper()
	d, err := domain.ParseDateOrDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}
