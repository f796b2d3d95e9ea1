package persistence

import (
	"slices"
	"strconv"
	"strings"

	"kanera.dev/domain"
)

// measures are the number fields that a report measures, in the order of their columns.
type measures []string

// measuresOf are the fields that are shown, and those that only order the groups.
func measuresOf(g *domain.CardGroups) measures {
	fields := slices.Clone(g.Measures)
	for _, by := range g.Order {
		if by.CustomField != nil {
			fields = append(fields, *by.CustomField)
		}
	}
	return unique(fields)
}

// columns are the numbers themselves, number0 and so on, and the joins that find them beside the card c.
func (m measures) columns() (columns string, joins fragment) {
	var names strings.Builder
	var st statement
	for i, field := range m {
		v := "m" + strconv.Itoa(i)
		names.WriteString(", " + v + ".number AS number" + strconv.Itoa(i))
		st.add(frag(" LEFT JOIN field_values "+v+" ON "+v+".card_id = c.id AND "+v+".field_id = ?", field))
	}
	return names.String(), st.fragment()
}

// aggregates are what is measured of the numbers of a group: given0, sum0, avg0, least0, greatest0, median0 and so
// on, all but the first as text.
func (m measures) aggregates(d dialect) string {
	var b strings.Builder
	for n := range m {
		i := strconv.Itoa(n)
		x := "c.number" + i
		b.WriteString(", count(" + x + ") AS given" + i + ", " + d.sum(x) + " AS sum" + i + ", " + d.avg(x) + " AS avg" + i + ", " +
			d.least(x) + " AS least" + i + ", " + d.greatest(x) + " AS greatest" + i + ", " + d.median(x) + " AS median" + i)
	}
	return b.String()
}

// names lists the aggregates that a reportReader reads, under an alias.
func (m measures) names(alias string) string {
	var b strings.Builder
	for n := range m {
		for _, name := range []string{"given", "sum", "least", "greatest", "median"} {
			b.WriteString(", " + alias + "." + name + strconv.Itoa(n))
		}
	}
	return b.String()
}

// orderedMeasures are the aggregates that groups are ordered by.
var orderedMeasures = map[domain.CardMeasure]string{
	domain.MeasureSum: "sum", domain.MeasureAvg: "avg", domain.MeasureMin: "least", domain.MeasureMax: "greatest", domain.MeasureMedian: "median",
}

// sortKey orders groups by a measure; groups without a value come last. A card stands in a group once, so that
// count and distinctCount are the same.
func (m measures) sortKey(d dialect, by domain.CardAggregateOrder) sortKey {
	key := sortKey{expr: "p.size", kind: kindInt, desc: by.Direction == domain.Descending}
	if name, ok := orderedMeasures[by.Measure]; ok && by.CustomField != nil {
		key.expr = d.number("p." + name + strconv.Itoa(slices.Index(m, *by.CustomField)))
		key.kind, key.nullable = kindNumber, true
	}
	return key
}
