package persistence

import (
	"slices"

	"kanera.dev/domain"
)

// Bounds of a filter.
const (
	maxFilterDepth = 8   // of and, or and not
	maxFilterParts = 200 // filters and custom fields, however they are nested
	maxFilterList  = 500 // entries of in, nin, and of the lists of a choice
)

// cardFilter turns a domain.CardFilter into a condition on the card c. The text of the condition depends on which
// comparators are given, never on how many values a list has. Absent values pass only null, neq, nin and
// notContains, and every part is either true or not: not inverts what the caller sees.
type cardFilter struct {
	d      dialect
	q      *domain.CardQuery
	parts  int // filters and custom fields so far
	checks domain.Checks
	misuse error // a comparator of another type than the field's
}

// compileFilter returns the condition of q.Filter. VALIDATION and BAD_REQUEST name the member at fault.
func compileFilter(d dialect, q *domain.CardQuery) (fragment, error) {
	if q.Filter == nil {
		return all(), nil
	}
	f := &cardFilter{d: d, q: q}
	condition := f.card(q.Filter, 0, []any{"filter"})
	if err := f.checks.Err(); err != nil {
		return fragment{}, err
	}
	return condition, f.misuse
}

func (f *cardFilter) card(in *domain.CardFilter, depth int, path []any) fragment {
	if depth > maxFilterDepth {
		f.checks.Add(domain.Custom("and, or and not may be nested at most 8 deep", path...))
		return all()
	}
	if f.parts += 1 + len(in.CustomFields); f.parts > maxFilterParts {
		f.checks = domain.Checks{} // once is enough
		f.checks.Add(domain.Custom("a filter may consist of at most 200 filters and custom fields", "filter"))
		return all()
	}
	parts := append(f.columns(in, path), f.relations(in, path)...)
	for i, field := range in.CustomFields {
		parts = append(parts, f.field(field, at(path, "customFields", i)))
	}
	if in.And != nil {
		parts = append(parts, all(f.cards(in.And, depth+1, at(path, "and"))...))
	}
	if in.Or != nil {
		parts = append(parts, some(f.cards(in.Or, depth+1, at(path, "or"))...))
	}
	if in.Not != nil {
		parts = append(parts, not(f.card(in.Not, depth+1, at(path, "not"))))
	}
	return all(parts...)
}

func (f *cardFilter) cards(in []*domain.CardFilter, depth int, path []any) []fragment {
	parts := make([]fragment, len(in))
	for i, filter := range in {
		parts[i] = f.card(filter, depth, at(path, i))
	}
	return parts
}

// columns are the conditions on what stands in the card's own row.
func (f *cardFilter) columns(in *domain.CardFilter, path []any) []fragment {
	var parts []fragment
	for _, t := range []tests{
		f.ids(in.ID, "c.id", at(path, "id")),
		f.text(in.Key, "(c.key_prefix || '-' || c.number)", at(path, "key")),
		f.whole(in.Number, "c.number", at(path, "number")),
		f.text(in.Title, "c.title", at(path, "title")),
		f.text(in.Description, "c.description", at(path, "description")),
		f.day(in.DueDate, "c.due_day"),
		f.instant(in.CompletedAt, "c.completed_at"),
		f.instant(in.ArchivedAt, "c.archived_at"),
		f.instant(in.CreatedAt, "c.created_at"),
		f.instant(in.UpdatedAt, "c.updated_at"),
	} {
		if t.given() {
			parts = append(parts, t.ofColumn())
		}
	}
	return parts
}

// noun is a table that cards point to, by how the filter names its rows.
type noun struct{ table, column, member string }

var (
	workspaceNoun = noun{"workspaces", "name", "name"}
	boardNoun     = noun{"boards", "name", "name"}
	listNoun      = noun{"lists", "name", "name"}
	labelNoun     = noun{"labels", "name", "name"}
	userNoun      = noun{"users", "display_name", "displayName"}
)

// matches is the condition that the row whose id is x has the id and the name.
func (f *cardFilter) matches(n noun, x string, id *domain.IDFilter, name *domain.StringFilter, path []any) fragment {
	return all(f.ids(id, x, at(path, "id")).ofColumn(),
		f.text(name, "n."+n.column, at(path, n.member)).ofRow(frag(n.table+" n WHERE n.id = "+x)))
}

// demands reports whether only cards pass a filter that have a value in the column of an order, if cards may have none.
func (f *cardFilter) demands(in *domain.CardFilter, by domain.CardOrderField) bool {
	if in == nil {
		return false
	}
	var t tests
	switch by {
	case domain.OrderDueDate:
		t = f.day(in.DueDate, "")
	case domain.OrderCompletedAt:
		t = f.instant(in.CompletedAt, "")
	case domain.OrderArchivedAt:
		t = f.instant(in.ArchivedAt, "")
	}
	return len(t.holds) > 0 || slices.ContainsFunc(in.And, func(part *domain.CardFilter) bool { return f.demands(part, by) })
}

// relations are the conditions on what the card points to, and on what points to the card.
func (f *cardFilter) relations(in *domain.CardFilter, path []any) []fragment {
	var parts []fragment
	add := func(part fragment) { parts = append(parts, part) }
	if w := in.Workspace; w != nil {
		add(f.matches(workspaceNoun, "c.workspace_id", w.ID, w.Name, at(path, "workspace")))
	}
	if b := in.Board; b != nil {
		add(f.matches(boardNoun, "c.board_id", b.ID, b.Name, at(path, "board")))
	}
	if l := in.List; l != nil {
		add(f.matches(listNoun, "c.list_id", l.ID, l.Name, at(path, "list")))
	}
	if u := in.Creator; u != nil {
		add(f.matches(userNoun, "c.created_by_id", u.ID, u.DisplayName, at(path, "creator")))
	}
	if l := in.Labels; l != nil {
		add(quantified(frag("card_labels r WHERE r.card_id = c.id"), l.Some, l.Every, l.None, at(path, "labels"),
			func(l *domain.LabelFilter, path []any) fragment {
				return f.matches(labelNoun, "r.label_id", l.ID, l.Name, path)
			}))
	}
	if u := in.Assignees; u != nil {
		add(quantified(frag("card_assignees r WHERE r.card_id = c.id"), u.Some, u.Every, u.None, at(path, "assignees"),
			func(u *domain.UserFilter, path []any) fragment {
				return f.matches(userNoun, "r.user_id", u.ID, u.DisplayName, path)
			}))
	}
	return parts
}

// quantified is the condition on the rows of body: at least one matches, every one does, none does.
func quantified[T any](body fragment, some, every, none *T, path []any, matches func(*T, []any) fragment) fragment {
	var parts []fragment
	if some != nil {
		parts = append(parts, exists(body, matches(some, at(path, "some"))))
	}
	if every != nil {
		parts = append(parts, absent(body, not(matches(every, at(path, "every")))))
	}
	if none != nil {
		parts = append(parts, absent(body, matches(none, at(path, "none"))))
	}
	return all(parts...)
}

// field is the condition on one custom field.
func (f *cardFilter) field(in *domain.CustomFieldFilter, path []any) fragment {
	given, one := in.Type()
	if wanted := f.q.FieldTypes[in.ID]; !one || given != wanted {
		f.misuse = domain.BadRequest(pathText(path) + " needs exactly the comparator of its type, " + string(wanted) + ".")
		return all()
	}
	var t tests
	switch given {
	case domain.FieldText:
		t = f.text(in.Text, "v.text", at(path, "text"))
	case domain.FieldURL:
		t = f.text(in.URL, "v.url", at(path, "url"))
	case domain.FieldNumber:
		t = f.number(in.Number, "v.number", at(path, "number"))
	case domain.FieldCheckbox:
		t = f.boolean(in.Checkbox, "v.checkbox")
	case domain.FieldDate:
		t = f.day(in.Date, "v.date")
	case domain.FieldSelect:
		t = f.choice(in.Select, "v.option_ids", at(path, "select"))
	case domain.FieldUser:
		t = f.choice(in.User, "v.user_ids", at(path, "user"))
	}
	return t.ofRow(frag("field_values v WHERE v.card_id = c.id AND v.field_id = ?", in.ID))
}

// choice compares the list of ids that x holds as a JSON array.
func (f *cardFilter) choice(in *domain.ChoiceFilter, x string, path []any) (t tests) {
	shared := func(ids []string, name string) fragment {
		return frag(f.d.sharesElement(x), f.d.array(f.uuids(ids, at(path, name))))
	}
	if in.Some != nil {
		t.holds = append(t.holds, shared(in.Some, "some"))
	}
	if len(in.Every) > 0 {
		t.holds = append(t.holds, frag(f.d.hasElements(x), jsonList(f.uuids(in.Every, at(path, "every")))))
	}
	if in.None != nil {
		t.fails = append(t.fails, shared(in.None, "none"))
	}
	t.null(in.Null, "NULLIF("+f.d.length(x)+", 0)") // an empty list is no value
	return t
}
