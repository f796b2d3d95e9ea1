package persistence_test

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// TestAggregatesAgreeWithModel groups at random and compares every group, measure and page with a recount in Go.
func TestAggregatesAgreeWithModel(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCardWorld(t, store)
		rapid.Check(t, func(t *rapid.T) {
			g := domain.CardGroups{Cards: w.query(), By: rapid.SliceOfN(w.groups(), 1, 3).Draw(t, "by"), Measures: []string{w.fields[domain.FieldNumber]}}
			g.Cards.Order = nil
			g.Cards.Filter = w.filters(1).Draw(t, "filter")
			g.Order = rapid.SliceOfN(w.measureOrders(), 0, 2).Draw(t, "order")
			want, totals := w.recount(g)
			g.Cards.Page.First = rapid.IntRange(1, 15).Draw(t, "first")
			var got []string
			for {
				page := w.aggregate(t, g)
				if got := describe(nil, page.Totals.Count, page.Totals.DistinctCount, page.Totals.Number(g.Measures[0])); got != totals {
					t.Fatalf("totals: got %s, want %s", got, totals)
				}
				for _, row := range page.Rows {
					got = append(got, describe(row.Keys, row.Count, row.DistinctCount, row.Number(g.Measures[0])))
				}
				next := page.PageInfo.NextCursor()
				if next == nil {
					break
				}
				g.Cards.Page.After = *next
			}
			if !slices.Equal(got, want) {
				t.Fatalf("groups:\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
			}
		})
	})
}

func (w *cardWorld) aggregate(t rapid.TB, g domain.CardGroups) *domain.CardAggregate {
	t.Helper()
	ctx, statements := persistence.CountStatements(context.Background())
	page, err := w.store.AggregateCards(ctx, g)
	if err != nil || statements.Load() != 1 {
		t.Fatalf("aggregate: %v in %d statements", err, statements.Load())
	}
	return page
}

func (w *cardWorld) groups() *rapid.Generator[domain.CardGroup] {
	return rapid.Custom(func(t *rapid.T) domain.CardGroup {
		g := domain.CardGroup{Dimension: rapid.SampledFrom(domain.CardDimensions).Draw(t, "dimension")}
		switch g.Dimension {
		case domain.ByCustomField:
			g.CustomField = new(w.fields[rapid.SampledFrom([]domain.CustomFieldType{domain.FieldSelect, domain.FieldCheckbox}).Draw(t, "field")])
		case domain.ByCreatedAt, domain.ByCompletedAt, domain.ByDueDate:
			g.Bucket = new(rapid.SampledFrom(domain.TimeBuckets).Draw(t, "bucket"))
			g.TimeZone = new(rapid.SampledFrom([]string{"Europe/Berlin", "UTC", "America/Los_Angeles", "Asia/Kathmandu"}).Draw(t, "zone"))
		}
		return g
	})
}

func (w *cardWorld) measureOrders() *rapid.Generator[domain.CardAggregateOrder] {
	return rapid.Custom(func(t *rapid.T) domain.CardAggregateOrder {
		by := domain.CardAggregateOrder{Measure: rapid.SampledFrom(domain.CardMeasures).Draw(t, "measure"),
			Direction: rapid.SampledFrom(domain.OrderDirections).Draw(t, "direction")}
		if by.Measure != domain.MeasureCount && by.Measure != domain.MeasureDistinctCount {
			by.CustomField = new(w.fields[domain.FieldNumber])
		}
		return by
	})
}

// modelGroup is a group as the recount knows it.
type modelGroup struct {
	keys  []modelKey
	cards []*worldCard
}

type modelKey struct {
	key  domain.AggregateKey
	rank any // nil in the null bucket
	id   string
}

// recount groups the matching cards in Go and describes groups and totals.
func (w *cardWorld) recount(g domain.CardGroups) (rows []string, totals string) {
	var matched []*worldCard
	groups := map[string]*modelGroup{}
	for _, c := range w.cards {
		if !w.holds(g.Cards.Filter, c) {
			continue
		}
		matched = append(matched, c)
		for _, keys := range w.keysOf(g.By, c) {
			name := ""
			for _, key := range keys {
				name += fmt.Sprint(key.rank, key.id, ";")
			}
			if groups[name] == nil {
				groups[name] = &modelGroup{keys: keys}
			}
			groups[name].cards = append(groups[name].cards, c)
		}
	}
	var sorted []*modelGroup
	for _, group := range groups {
		sorted = append(sorted, group)
	}
	slices.SortFunc(sorted, func(a, b *modelGroup) int { return w.compareGroups(g.Order, a, b) })
	field := w.fields[domain.FieldNumber]
	for _, group := range sorted {
		keys := make([]domain.AggregateKey, len(group.keys))
		for i, key := range group.keys {
			keys[i] = key.key
		}
		rows = append(rows, describe(keys, len(group.cards), distinct(group.cards), measured(field, group.cards)))
	}
	return rows, describe(nil, len(matched), len(matched), measured(field, matched))
}

// keysOf are the keys of all groups a card stands in.
func (w *cardWorld) keysOf(by []domain.CardGroup, c *worldCard) [][]modelKey {
	if len(by) == 0 {
		return [][]modelKey{nil}
	}
	var all [][]modelKey
	for _, first := range w.dimension(by[0], c) {
		for _, rest := range w.keysOf(by[1:], c) {
			all = append(all, append([]modelKey{first}, rest...))
		}
	}
	return all
}

func (w *cardWorld) dimension(by domain.CardGroup, c *worldCard) []modelKey {
	var keys []modelKey
	add := func(id string, label string, color *domain.Color, rank any) {
		keys = append(keys, modelKey{domain.AggregateKey{Dimension: by.Dimension, ID: &id, Label: &label, Color: color}, rank, id})
	}
	switch by.Dimension {
	case domain.ByBoard:
		b := byID(w.boards, c.BoardID)
		add(b.ID, b.Name, b.IconColor, int64(b.Position))
	case domain.ByList:
		l := byID(w.lists, c.ListID)
		add(l.ID, l.Name, l.Color, int64(l.Position))
	case domain.ByLabel:
		for _, id := range c.labels {
			l := byID(w.labels, id)
			add(l.ID, l.Name, l.Color, int64(l.Position))
		}
	case domain.ByAssignee:
		for _, id := range c.assignees {
			add(id, byID(w.users, id).DisplayName, nil, byID(w.users, id).DisplayName)
		}
	case domain.ByCreator:
		add(c.CreatedByID, byID(w.users, c.CreatedByID).DisplayName, nil, byID(w.users, c.CreatedByID).DisplayName)
	case domain.ByCustomField:
		if v := c.values[*by.CustomField]; v != nil && v.Checkbox != nil {
			keys = append(keys, modelKey{domain.AggregateKey{Dimension: by.Dimension, Label: new(fmt.Sprint(*v.Checkbox))}, *v.Checkbox, ""})
		} else if v != nil {
			for _, id := range v.OptionIDs {
				o := byID(w.options, id)
				add(o.ID, o.Label, o.Color, int64(o.Position))
			}
		}
	default:
		keys = timeKeys(by, c)
	}
	if keys == nil {
		keys = []modelKey{{domain.AggregateKey{Dimension: by.Dimension, IsNull: true}, nil, ""}}
	}
	return keys
}

func timeKeys(by domain.CardGroup, c *worldCard) []modelKey {
	zone, at := mustZone(*by.TimeZone), &c.CreatedAt
	if by.Dimension == domain.ByCompletedAt {
		at = c.CompletedAt
	} else if by.Dimension == domain.ByDueDate {
		zone, at = time.UTC, nil
		if c.DueDay != nil {
			due, _ := time.Parse(time.DateOnly, *c.DueDay)
			at = &due
		}
	}
	if at == nil {
		return nil
	}
	y, m, d := at.In(zone).Date()
	from, to := time.Date(y, m, d, 0, 0, 0, 0, zone), time.Date(y, m, d+1, 0, 0, 0, 0, zone)
	switch *by.Bucket {
	case domain.BucketWeek:
		from = time.Date(y, m, d-(int(at.In(zone).Weekday())+6)%7, 0, 0, 0, 0, zone)
		to = from.AddDate(0, 0, 7)
	case domain.BucketMonth:
		from, to = time.Date(y, m, 1, 0, 0, 0, 0, zone), time.Date(y, m+1, 1, 0, 0, 0, 0, zone)
	}
	label := from.Format(time.DateOnly)
	return []modelKey{{domain.AggregateKey{Dimension: by.Dimension, Label: &label, From: &from, To: &to}, label, ""}}
}

func (w *cardWorld) compareGroups(order []domain.CardAggregateOrder, a, b *modelGroup) int {
	for _, by := range order {
		x, y := groupValue(w.fields[domain.FieldNumber], by, a), groupValue(w.fields[domain.FieldNumber], by, b)
		c := 0
		switch {
		case x == nil && y == nil:
		case x == nil:
			return 1
		case y == nil:
			return -1
		default:
			c = x.Cmp(y)
		}
		if by.Direction == domain.Descending {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	for i := range a.keys {
		x, y := a.keys[i], b.keys[i]
		switch {
		case x.rank == nil && y.rank == nil:
			continue
		case x.rank == nil:
			return 1
		case y.rank == nil:
			return -1
		}
		if c := cmp.Or(compareAny(x.rank, y.rank), strings.Compare(x.id, y.id)); c != 0 {
			return c
		}
	}
	return 0
}

func groupValue(field string, by domain.CardAggregateOrder, g *modelGroup) *big.Rat {
	numbers := numbersOf(field, g.cards)
	switch {
	case by.CustomField == nil:
		return big.NewRat(int64(len(g.cards)), 1)
	case len(numbers) == 0:
		return nil
	}
	return map[domain.CardMeasure]*big.Rat{domain.MeasureSum: sum(numbers), domain.MeasureAvg: avg(numbers), domain.MeasureMin: numbers[0],
		domain.MeasureMax: numbers[len(numbers)-1], domain.MeasureMedian: median(numbers)}[by.Measure]
}

func distinct(cards []*worldCard) int {
	seen := map[*worldCard]bool{}
	for _, c := range cards {
		seen[c] = true
	}
	return len(seen)
}

// numbersOf are the values of a number field, smallest first.
func numbersOf(field string, cards []*worldCard) []*big.Rat {
	var numbers []*big.Rat
	for _, c := range cards {
		if v := c.values[field]; v != nil && v.Number != nil {
			n, _ := new(big.Rat).SetString(string(*v.Number))
			numbers = append(numbers, n)
		}
	}
	slices.SortFunc(numbers, (*big.Rat).Cmp)
	return numbers
}

func sum(numbers []*big.Rat) *big.Rat {
	total := new(big.Rat)
	for _, n := range numbers {
		total.Add(total, n)
	}
	return total
}

func avg(numbers []*big.Rat) *big.Rat {
	return new(big.Rat).Quo(sum(numbers), big.NewRat(int64(len(numbers)), 1))
}

func median(numbers []*big.Rat) *big.Rat {
	return avg([]*big.Rat{numbers[(len(numbers)-1)/2], numbers[len(numbers)/2]})
}

func measured(field string, cards []*worldCard) *domain.NumberMeasures {
	numbers := numbersOf(field, cards)
	m := &domain.NumberMeasures{Count: len(numbers), Nulls: len(cards) - len(numbers)}
	if len(numbers) > 0 {
		for into, n := range map[**float64]*big.Rat{&m.Sum: sum(numbers), &m.Avg: avg(numbers), &m.Min: numbers[0], &m.Max: numbers[len(numbers)-1],
			&m.Median: median(numbers)} {
			f, _ := n.Float64()
			*into = &f
		}
	}
	return m
}

// describe writes a group down.
func describe(keys []domain.AggregateKey, count, distinct int, m *domain.NumberMeasures) string {
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprint(&b, k.Dimension, "=", deref(k.ID), "/", deref(k.Label), "/", deref(k.Color), "/", k.IsNull)
		if k.From != nil {
			fmt.Fprint(&b, "/", k.From.UTC().Format(time.RFC3339), "/", k.To.UTC().Format(time.RFC3339))
		}
		b.WriteString(" ")
	}
	fmt.Fprint(&b, count, " ", distinct, " sum ", deref(m.Sum), " avg ", deref(m.Avg), " min ", deref(m.Min), " max ", deref(m.Max),
		" median ", deref(m.Median), " ", m.Count, " ", m.Nulls)
	return b.String()
}
