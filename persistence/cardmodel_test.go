package persistence_test

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
	"time"

	"kanera.dev/domain"
)

// The model answers in plain Go what SQL is asked. It knows the rules and nothing of the compiler.

func (w *cardWorld) holds(f *domain.CardFilter, c *worldCard) bool {
	if f == nil {
		return true
	}
	board, list := byID(w.boards, c.BoardID), byID(w.lists, c.ListID)
	person := func(id string) (string, string) { return id, byID(w.users, id).DisplayName }
	tag := func(id string) (string, string) { return id, byID(w.labels, id).Name }
	ok := ids(f.ID, c.ID) && text(f.Key, new(c.Key())) && whole(f.Number, c.Number) && text(f.Title, &c.Title) && text(f.Description, c.Description) &&
		day(f.DueDate, c.DueDay) && instant(f.CompletedAt, c.CompletedAt) && instant(f.ArchivedAt, c.ArchivedAt) &&
		instant(f.CreatedAt, &c.CreatedAt) && instant(f.UpdatedAt, &c.UpdatedAt)
	ok = ok && (f.Workspace == nil || ids(f.Workspace.ID, c.WorkspaceID) && text(f.Workspace.Name, &w.workspace[c.WorkspaceID].Name)) &&
		(f.Board == nil || ids(f.Board.ID, c.BoardID) && text(f.Board.Name, &board.Name)) &&
		(f.List == nil || ids(f.List.ID, c.ListID) && text(f.List.Name, &list.Name)) &&
		(f.Creator == nil || people(f.Creator, person)(c.CreatedByID))
	if f.Labels != nil {
		ok = ok && quantified(c.labels, labelled(f.Labels.Some, tag), labelled(f.Labels.Every, tag), labelled(f.Labels.None, tag))
	}
	if f.Assignees != nil {
		ok = ok && quantified(c.assignees, people(f.Assignees.Some, person), people(f.Assignees.Every, person), people(f.Assignees.None, person))
	}
	for _, field := range f.CustomFields {
		ok = ok && fieldHolds(field, c.values[field.ID])
	}
	each := func(g *domain.CardFilter) bool { return w.holds(g, c) }
	return ok && (f.And == nil || !slices.ContainsFunc(f.And, func(g *domain.CardFilter) bool { return !each(g) })) &&
		(f.Or == nil || slices.ContainsFunc(f.Or, each)) && (f.Not == nil || !each(f.Not))
}

func byID[T any](all map[string]*T, id string) *T {
	for _, row := range all {
		switch r := any(row).(type) {
		case *domain.Board:
			if r.ID == id {
				return row
			}
		case *domain.List:
			if r.ID == id {
				return row
			}
		case *domain.Label:
			if r.ID == id {
				return row
			}
		case *domain.User:
			if r.ID == id {
				return row
			}
		case *domain.CustomFieldOption:
			if r.ID == id {
				return row
			}
		}
	}
	return nil
}

func people(f *domain.UserFilter, of func(string) (string, string)) func(string) bool {
	if f == nil {
		return nil
	}
	return func(x string) bool { id, name := of(x); return ids(f.ID, id) && text(f.DisplayName, &name) }
}

func labelled(f *domain.LabelFilter, of func(string) (string, string)) func(string) bool {
	if f == nil {
		return nil
	}
	return func(x string) bool { id, name := of(x); return ids(f.ID, id) && text(f.Name, &name) }
}

func quantified(all []string, some, every, none func(string) bool) bool {
	return (some == nil || slices.ContainsFunc(all, some)) && (none == nil || !slices.ContainsFunc(all, none)) &&
		(every == nil || !slices.ContainsFunc(all, func(x string) bool { return !every(x) }))
}

func fieldHolds(f *domain.CustomFieldFilter, v *domain.FieldValue) bool {
	if v == nil {
		v = &domain.FieldValue{}
	}
	switch {
	case f.Text != nil:
		return text(f.Text, v.Text)
	case f.URL != nil:
		return text(f.URL, v.URL)
	case f.Number != nil:
		return number(f.Number, v.Number)
	case f.Date != nil:
		return day(f.Date, v.Date)
	case f.Checkbox != nil:
		return (f.Checkbox.Eq == nil || v.Checkbox != nil && *v.Checkbox == *f.Checkbox.Eq) && absent(f.Checkbox.Null, v.Checkbox == nil)
	case f.Select != nil:
		return choice(f.Select, v.OptionIDs)
	}
	return choice(f.User, v.UserIDs)
}

func choice(f *domain.ChoiceFilter, chosen []string) bool {
	in := func(id string) bool { return slices.Contains(chosen, id) }
	return (f.Some == nil || slices.ContainsFunc(f.Some, in)) && (f.None == nil || !slices.ContainsFunc(f.None, in)) &&
		!slices.ContainsFunc(f.Every, func(id string) bool { return !in(id) }) && absent(f.Null, len(chosen) == 0)
}

func absent(wanted *bool, is bool) bool { return wanted == nil || *wanted == is }

func ids(f *domain.IDFilter, id string) bool {
	return f == nil || (f.Eq == nil || *f.Eq == id) && (f.Neq == nil || *f.Neq != id) &&
		(f.In == nil || slices.Contains(f.In, id)) && (f.Nin == nil || !slices.Contains(f.Nin, id))
}

func text(f *domain.StringFilter, value *string) bool {
	if f == nil {
		return true
	}
	is := func(with *string, test func(string, string) bool) bool {
		return with == nil || value != nil && test(*value, *with)
	}
	equal := func(a, b string) bool { return a == b }
	folded := func(test func(a, b string) bool) func(a, b string) bool {
		return func(a, b string) bool { return test(strings.ToLower(a), strings.ToLower(b)) }
	}
	return is(f.Eq, equal) && is(f.EqIgnoreCase, folded(equal)) && is(f.Contains, strings.Contains) &&
		is(f.ContainsIgnoreCase, folded(strings.Contains)) && is(f.StartsWith, strings.HasPrefix) && is(f.EndsWith, strings.HasSuffix) &&
		(f.Neq == nil || value == nil || *value != *f.Neq) && (f.NotContains == nil || value == nil || !strings.Contains(*value, *f.NotContains)) &&
		(f.In == nil || value != nil && slices.Contains(f.In, *value)) && (f.Nin == nil || value == nil || !slices.Contains(f.Nin, *value)) &&
		absent(f.Null, value == nil)
}

// compared judges ordered values; with turns the right side into the type of the left.
func compared[V, R any](value *V, eq, neq, lt, lte, gt, gte *R, with func(R) V, compare func(V, V) int) bool {
	is := func(right *R, test func(int) bool) bool {
		return right == nil || value != nil && test(compare(*value, with(*right)))
	}
	return is(eq, func(c int) bool { return c == 0 }) && is(lt, func(c int) bool { return c < 0 }) && is(lte, func(c int) bool { return c <= 0 }) &&
		is(gt, func(c int) bool { return c > 0 }) && is(gte, func(c int) bool { return c >= 0 }) &&
		(neq == nil || value == nil || compare(*value, with(*neq)) != 0)
}

func whole(f *domain.IntFilter, n int) bool {
	return f == nil || compared(&n, f.Eq, f.Neq, f.Lt, f.Lte, f.Gt, f.Gte, func(n int) int { return n }, cmp.Compare[int]) &&
		(f.In == nil || slices.Contains(f.In, n)) && (f.Nin == nil || !slices.Contains(f.Nin, n))
}

func number(f *domain.NumberFilter, n *domain.Decimal) bool {
	same := func(m domain.Decimal) bool { return n != nil && decimals(*n, m) == 0 }
	return compared(n, f.Eq, f.Neq, f.Lt, f.Lte, f.Gt, f.Gte, func(n domain.Decimal) domain.Decimal { return n }, decimals) &&
		(f.In == nil || slices.ContainsFunc(f.In, same)) && (f.Nin == nil || !slices.ContainsFunc(f.Nin, same)) && absent(f.Null, n == nil)
}

func decimals(a, b domain.Decimal) int {
	x, _ := new(big.Rat).SetString(string(a))
	y, _ := new(big.Rat).SetString(string(b))
	return x.Cmp(y)
}

func instant(f *domain.DateTimeFilter, at *time.Time) bool {
	return f == nil || compared(at, f.Eq, f.Neq, f.Lt, f.Lte, f.Gt, f.Gte, func(d domain.DateOrDuration) time.Time { return d.Instant(noon, berlin) },
		time.Time.Compare) && absent(f.Null, at == nil)
}

func day(f *domain.DateFilter, on *string) bool {
	return f == nil || compared(on, f.Eq, f.Neq, f.Lt, f.Lte, f.Gt, f.Gte, func(d domain.DateOrDuration) string { return d.Day(noon, berlin) },
		cmp.Compare[string]) && absent(f.Null, on == nil)
}

// sorted returns the cards that hold, in order.
func (w *cardWorld) sorted(q domain.CardQuery) []*domain.Card {
	var found []*worldCard
	for _, c := range w.cards {
		if (q.Archived == nil || *q.Archived == (c.ArchivedAt != nil)) && w.holds(q.Filter, c) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b *worldCard) int {
		for _, by := range q.Order {
			if c := w.compare(by, a, b); c != 0 {
				return c
			}
		}
		return cmp.Compare(a.ID, b.ID)
	})
	cards := make([]*domain.Card, len(found))
	for i, c := range found {
		cards[i] = c.Card
	}
	return cards
}

func (w *cardWorld) compare(by domain.CardOrder, a, b *worldCard) int {
	x, y := w.sortValues(by, a), w.sortValues(by, b)
	for i := range x {
		missing := 1
		if by.Nulls != nil && *by.Nulls == domain.NullsFirst {
			missing = -1
		}
		c := 0
		switch {
		case x[i] == nil && y[i] == nil:
		case x[i] == nil:
			return missing
		case y[i] == nil:
			return -missing
		default:
			c = compareAny(x[i], y[i])
		}
		if by.Direction == domain.Descending {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

func compareAny(x, y any) int {
	switch x := x.(type) {
	case string:
		return strings.Compare(x, y.(string))
	case int64:
		return cmp.Compare(x, y.(int64))
	case domain.Decimal:
		return decimals(x, y.(domain.Decimal))
	case bool:
		return compareAny(map[bool]int64{true: 1}[x], map[bool]int64{true: 1}[y.(bool)])
	}
	return x.(time.Time).Compare(y.(time.Time))
}

// sortValues are the values a card is ordered by, most significant first.
func (w *cardWorld) sortValues(by domain.CardOrder, c *worldCard) []any {
	if by.Field == nil {
		v := c.values[*by.CustomField]
		if v == nil {
			v = &domain.FieldValue{}
		}
		if len(v.OptionIDs) > 0 {
			return []any{int64(byID(w.options, v.OptionIDs[0]).Position)}
		}
		return []any{firstOf(deref(v.Text), deref(v.Number), deref(v.Checkbox), deref(v.Date), deref(v.URL))}
	}
	switch *by.Field {
	case domain.OrderArchivedAt:
		return []any{deref(c.ArchivedAt)}
	case domain.OrderBoard:
		return []any{int64(byID(w.boards, c.BoardID).Position)}
	case domain.OrderCompletedAt:
		return []any{deref(c.CompletedAt)}
	case domain.OrderCreatedAt:
		return []any{c.CreatedAt}
	case domain.OrderDueDate:
		return []any{deref(c.DueDay)}
	case domain.OrderKey:
		return []any{c.KeyPrefix, int64(c.Number)}
	case domain.OrderList:
		return []any{int64(byID(w.lists, c.ListID).Position)}
	case domain.OrderPosition:
		return []any{int64(c.Position)}
	case domain.OrderTitle:
		return []any{c.Title}
	}
	return []any{c.UpdatedAt}
}

func deref[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

func firstOf(values ...any) any {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}
