package persistence

import (
	"strconv"
	"strings"

	"kanera.dev/domain"
)

// sortKey is one expression of an order. All keys of an order together tell any two rows apart.
type sortKey struct {
	expr       string // without placeholders
	kind       valueKind
	desc       bool
	nullable   bool
	nullsFirst bool
}

// cardOrder is an order of cards: its keys, the id last, and the joins that the keys need.
type cardOrder struct {
	keys  []sortKey
	joins []fragment
}

// columnKeys are the keys of the built-in properties.
var columnKeys = map[domain.CardOrderField][]sortKey{
	domain.OrderArchivedAt:  {{expr: "c.archived_at", kind: kindTime, nullable: true}},
	domain.OrderBoard:       {{expr: "ob.position", kind: kindInt}},
	domain.OrderCompletedAt: {{expr: "c.completed_at", kind: kindTime, nullable: true}},
	domain.OrderCreatedAt:   {{expr: "c.created_at", kind: kindTime}},
	domain.OrderDueDate:     {{expr: "c.due_day", kind: kindDay, nullable: true}},
	domain.OrderKey:         {{expr: "c.key_prefix", kind: kindText}, {expr: "c.number", kind: kindInt}},
	domain.OrderList:        {{expr: "ol.position", kind: kindInt}},
	domain.OrderPosition:    {{expr: "c.position", kind: kindInt}},
	domain.OrderTitle:       {{expr: "c.title", kind: kindText}},
	domain.OrderUpdatedAt:   {{expr: "c.updated_at", kind: kindTime}},
}

// fieldKinds are the columns and kinds of the custom fields that order cards.
var fieldKinds = map[domain.CustomFieldType]sortKey{
	domain.FieldText:     {expr: "text", kind: kindText},
	domain.FieldNumber:   {expr: "number", kind: kindNumber},
	domain.FieldCheckbox: {expr: "checkbox", kind: kindBool},
	domain.FieldDate:     {expr: "date", kind: kindDay},
	domain.FieldURL:      {expr: "url", kind: kindText},
}

// compileOrder returns the order that q asks for. BAD_REQUEST for a field whose type has no order. A column that the filter
// demands cannot be missing, so that its index serves the order in both directions.
func compileOrder(d dialect, q *domain.CardQuery) (*cardOrder, error) {
	o := &cardOrder{}
	filter := &cardFilter{d: d, q: q}
	for i, by := range q.Order {
		var keys []sortKey
		demanded := false
		if by.Field != nil {
			keys, demanded = o.column(*by.Field), filter.demands(q.Filter, *by.Field)
		} else {
			key, err := o.field(d, *by.CustomField, q.FieldTypes[*by.CustomField], strconv.Itoa(i))
			if err != nil {
				return nil, err
			}
			keys = []sortKey{key}
		}
		for _, key := range keys {
			key.expr = d.sortable(key.expr, key.kind)
			key.nullable = key.nullable && !demanded
			key.desc = by.Direction == domain.Descending
			key.nullsFirst = by.Nulls != nil && *by.Nulls == domain.NullsFirst
			o.keys = append(o.keys, key)
		}
	}
	o.keys = append(o.keys, sortKey{expr: "c.id", kind: kindID})
	return o, nil
}

func (o *cardOrder) column(field domain.CardOrderField) []sortKey {
	switch field {
	case domain.OrderBoard:
		o.join(frag(" JOIN boards ob ON ob.id = c.board_id"))
	case domain.OrderList:
		o.join(frag(" JOIN lists ol ON ol.id = c.list_id"))
	}
	return columnKeys[field]
}

// join adds a join once.
func (o *cardOrder) join(join fragment) {
	for _, known := range o.joins {
		if known.text == join.text {
			return
		}
	}
	o.joins = append(o.joins, join)
}

// field joins the values of a custom field under an alias that ends in i. A select field is ordered by the place of
// its first chosen option.
func (o *cardOrder) field(d dialect, id string, fieldType domain.CustomFieldType, i string) (sortKey, error) {
	values, option := "of"+i, "oo"+i
	o.joins = append(o.joins, frag(" LEFT JOIN field_values "+values+" ON "+values+".card_id = c.id AND "+values+".field_id = ?", id))
	if fieldType == domain.FieldSelect {
		first := d.firstElement(values + ".option_ids")
		o.joins = append(o.joins, frag(" LEFT JOIN custom_field_options "+option+" ON "+option+".id = "+first))
		return sortKey{expr: option + ".position", kind: kindInt, nullable: true}, nil
	}
	key, ok := fieldKinds[fieldType]
	if !ok {
		return key, domain.BadRequest("Cards cannot be ordered by a " + string(fieldType) + " field.")
	}
	key.expr = values + "." + key.expr
	key.nullable = true
	return key, nil
}

// orderBy writes the keys as ORDER BY needs them. NULLS is left out where nothing can be missing, so that plain
// indexes serve the order.
func orderBy(keys []sortKey) string {
	parts := make([]string, len(keys))
	for i, key := range keys {
		parts[i] = key.expr
		if key.desc {
			parts[i] += " DESC"
		}
		switch {
		case key.nullable && key.nullsFirst:
			parts[i] += " NULLS FIRST"
		case key.nullable:
			parts[i] += " NULLS LAST"
		}
	}
	return strings.Join(parts, ", ")
}

// after is the condition that a row stands behind the one whose key values are given; nil is a missing value. As many of
// the first keys as go one way and cannot be missing are compared as a row, which an index finds at once; what shares them
// with the given row and does not stand behind it is taken out, which leaves the database with a good guess of how many
// rows there are.
func after(d dialect, keys []sortKey, values []*string) fragment {
	if len(keys) == 0 {
		return some()
	}
	run := 0
	for run < len(keys) && !keys[run].nullable && keys[run].desc == keys[0].desc {
		run++
	}
	switch run {
	case 0:
		return some(keys[0].beyond(d, values[0]), all(keys[0].same(d, values[0]), after(d, keys[1:], values[1:])))
	case len(keys):
		return compareRow(d, keys, keys[0].direction(), values)
	}
	before := all(compareRow(d, keys[:run], "=", values), not(after(d, keys[run:], values[run:])))
	return all(compareRow(d, keys[:run], keys[0].direction()+"=", values), frag("NOT "+before.text, before.args...))
}

// compareRow compares the keys, the first that differs deciding, with the first of the values.
func compareRow(d dialect, keys []sortKey, operator string, values []*string) fragment {
	var left, right []string
	var args []any
	for i, key := range keys {
		left, right = append(left, key.expr), append(right, d.placeholder(key.kind))
		args = append(args, key.kind.bind(*values[i]))
	}
	return frag("("+strings.Join(left, ", ")+") "+operator+" ("+strings.Join(right, ", ")+")", args...)
}

func (k sortKey) direction() string {
	if k.desc {
		return "<"
	}
	return ">"
}

func (k sortKey) compare(d dialect, operator string, value *string) fragment {
	return frag(k.expr+" "+operator+" "+d.placeholder(k.kind), k.kind.bind(*value))
}

// same is the condition that the key has the value.
func (k sortKey) same(d dialect, value *string) fragment {
	if value == nil {
		return frag(k.expr + " IS NULL")
	}
	return k.compare(d, "=", value)
}

// beyond is the condition that the key stands strictly behind the value.
func (k sortKey) beyond(d dialect, value *string) fragment {
	switch {
	case value == nil && k.nullsFirst:
		return frag(k.expr + " IS NOT NULL")
	case value == nil:
		return some()
	case k.nullable && !k.nullsFirst:
		return some(k.compare(d, k.direction(), value), frag(k.expr+" IS NULL"))
	}
	return k.compare(d, k.direction(), value)
}
