package persistence

import (
	"strconv"
	"time"

	"kanera.dev/domain"
)

// grouping is one dimension of a report: how the key of the card c is found, and how it is named and ordered.
type grouping struct {
	by     domain.CardGroup
	key    fragment // NULL for cards without one
	kind   valueKind
	join   fragment       // what the key needs; a card stands in a group for each row it finds
	entity entity         // whose row the key is the id of; the zero entity when the key speaks for itself
	zone   *time.Location // that time buckets are cut in
}

// entity is a table that keys point to, by what its rows show. Rows with a place are ordered by it, others by name.
type entity struct{ table, label, color, rank string }

var (
	boardEntity  = entity{"boards", "name", "icon_color", "position"}
	listEntity   = entity{"lists", "name", "color", "position"}
	labelEntity  = entity{"labels", "name", "color", "position"}
	optionEntity = entity{"custom_field_options", "label", "color", "position"}
	userEntity   = entity{"users", "display_name", "", ""}
)

// compileGrouping prepares the i-th dimension; i keeps the aliases of several apart. BAD_REQUEST for a field whose
// type has no groups and for unknown time zones.
func compileGrouping(d dialect, by domain.CardGroup, i int, types map[string]domain.CustomFieldType) (grouping, error) {
	r := "r" + strconv.Itoa(i)
	switch by.Dimension {
	case domain.ByBoard:
		return grouping{by: by, key: frag("c.board_id"), entity: boardEntity}, nil
	case domain.ByList:
		return grouping{by: by, key: frag("c.list_id"), entity: listEntity}, nil
	case domain.ByCreator:
		return grouping{by: by, key: frag("c.created_by_id"), entity: userEntity}, nil
	case domain.ByLabel:
		return grouping{by: by, key: frag(r + ".label_id"), entity: labelEntity,
			join: frag(" LEFT JOIN card_labels " + r + " ON " + r + ".card_id = c.id")}, nil
	case domain.ByAssignee:
		return grouping{by: by, key: frag(r + ".user_id"), entity: userEntity,
			join: frag(" LEFT JOIN card_assignees " + r + " ON " + r + ".card_id = c.id")}, nil
	case domain.ByCustomField:
		return fieldGrouping(d, by, r, types[*by.CustomField])
	}
	return timeGrouping(d, by)
}

// fieldGrouping groups by the state of a checkbox field or by the chosen options of a select field.
func fieldGrouping(d dialect, by domain.CardGroup, r string, fieldType domain.CustomFieldType) (grouping, error) {
	values := frag(" LEFT JOIN field_values "+r+" ON "+r+".card_id = c.id AND "+r+".field_id = ?", *by.CustomField)
	switch fieldType {
	case domain.FieldCheckbox:
		return grouping{by: by, key: frag(r + ".checkbox"), kind: kindBool, join: values}, nil
	case domain.FieldSelect:
		o := "o" + r
		join := (&statement{}).add(values, frag(" LEFT JOIN custom_field_options "+o+" ON "+o+".field_id = ? AND "+
			d.hasElement(r+".option_ids", o+".id"), *by.CustomField))
		return grouping{by: by, key: frag(o + ".id"), entity: optionEntity, join: join.fragment()}, nil
	}
	return grouping{}, domain.BadRequest("Cards cannot be grouped by a " + string(fieldType) + " field.")
}

// timeGrouping groups by the local day on which a bucket begins. Due days are local days already: their buckets
// begin at midnight UTC.
func timeGrouping(d dialect, by domain.CardGroup) (grouping, error) {
	instant, name := "c.created_at", "UTC"
	switch {
	case by.Dimension == domain.ByDueDate:
		instant = d.midnight("c.due_day")
	case by.Dimension == domain.ByCompletedAt:
		instant = "c.completed_at"
	}
	if by.Dimension != domain.ByDueDate && by.TimeZone != nil {
		name = *by.TimeZone
	}
	zone, err := domain.Zone(name)
	if err != nil {
		return grouping{}, domain.BadRequest("The time zone " + strconv.Quote(name) + " is not known.")
	}
	size := domain.BucketDay
	if by.Bucket != nil {
		size = *by.Bucket
	}
	by.Bucket = &size
	return grouping{by: by, key: frag(d.bucket(instant), string(size), name), kind: kindDay, zone: zone}, nil
}

// sortKeys order the groups of the i-th dimension; the bucket of cards without a key comes last.
func (g grouping) sortKeys(d dialect, i string) []sortKey {
	key := sortKey{expr: "p.key" + i, kind: g.kind, nullable: true}
	switch {
	case g.entity.table == "":
		return []sortKey{key}
	case g.entity.rank == "":
		return []sortKey{{expr: d.byteOrder("p.label" + i), kind: kindText, nullable: true}, key}
	}
	return []sortKey{{expr: "p.rank" + i, kind: kindInt, nullable: true}, key}
}

// shown are the columns label, color and rank of the i-th key, and the join they need.
func (g grouping) shown(i string) (columns, join string) {
	column := func(name string) string {
		if name == "" {
			return "NULL"
		}
		return "e" + i + "." + name
	}
	if g.entity.table != "" {
		join = " LEFT JOIN " + g.entity.table + " e" + i + " ON e" + i + ".id = g.key" + i
	}
	return ", " + column(g.entity.label) + " AS label" + i + ", " + column(g.entity.color) + " AS color" + i + ", " +
		column(g.entity.rank) + " AS rank" + i, join
}

// aggregateKey is the key as callers see it.
func (g grouping) aggregateKey(key, label, color *string) domain.AggregateKey {
	out := domain.AggregateKey{Dimension: g.by.Dimension, IsNull: key == nil}
	switch {
	case key == nil:
	case g.entity.table != "":
		out.ID, out.Label, out.Color = key, label, (*domain.Color)(color)
	case g.kind == kindBool:
		state := strconv.FormatBool(*key == "1")
		out.Label = &state
	default:
		from, to := bucketBounds(*key, *g.by.Bucket, g.zone)
		out.Label, out.From, out.To = key, &from, &to
	}
	return out
}

// bucketBounds are the instants at which the bucket that begins on a local day begins and ends.
func bucketBounds(day string, size domain.TimeBucket, zone *time.Location) (from, to time.Time) {
	first, _ := time.Parse(time.DateOnly, day)
	next := first.AddDate(0, 0, 1)
	switch size {
	case domain.BucketWeek:
		next = first.AddDate(0, 0, 7)
	case domain.BucketMonth:
		next = first.AddDate(0, 1, 0)
	}
	return dayStart(first, zone), dayStart(next, zone)
}

// dayStart is the first instant of a local day, given as its midnight in UTC. Where clocks pass over midnight the
// day begins when they do, and where midnight comes twice it begins at the first.
func dayStart(day time.Time, zone *time.Location) time.Time {
	var before time.Time
	for i, other := range []time.Time{day.AddDate(0, 0, -1), day.AddDate(0, 0, 1)} {
		_, offset := other.In(zone).Zone()
		start := day.Add(-time.Duration(offset) * time.Second)
		if start.In(zone).Format(time.DateTime) == day.Format(time.DateTime) {
			return start
		}
		if i == 0 {
			before = start
		}
	}
	passed, _ := before.In(zone).ZoneBounds()
	return passed.UTC()
}
