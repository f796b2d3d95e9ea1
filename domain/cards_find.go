package domain

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Orders that apply when the caller gives none.
var (
	NewestFirst = []CardOrder{orderBy(OrderCreatedAt, Descending)}
	ByRank      = []CardOrder{orderBy(OrderPosition, Ascending)}
	ByListRank  = []CardOrder{orderBy(OrderList, Ascending), orderBy(OrderPosition, Ascending)}
)

func orderBy(field CardOrderField, direction OrderDirection) CardOrder {
	return CardOrder{Field: &field, Direction: direction}
}

// CardSearch is a query for cards as a caller writes it.
type CardSearch struct {
	Filter           *CardFilter
	Order            []*CardOrder
	Default          []CardOrder // applies when Order is empty
	Page             Page
	Archived         *bool // false: without archived cards; true: only them; nil: both
	IncludeCompleted bool  // false leaves out cards completed longer ago than their workspace shows them
}

// maxCardOrders bounds the sort keys of one query.
const maxCardOrders = 8

// Search checks a query and resolves what it names. Unknown and unreachable custom fields are BAD_REQUEST.
func (s *Service) Search(ctx context.Context, who *Principal, in CardSearch) (CardQuery, error) {
	q := CardQuery{Viewer: who, Filter: in.Filter, Order: in.Default, Page: in.Page, Archived: in.Archived,
		CompletedWithin: !in.IncludeCompleted, Now: s.Now(), Zone: time.UTC}
	if zone, err := Zone(who.TimeZone); err == nil {
		q.Zone = zone
	}
	var checks Checks
	checks.Count(len(in.Order), 0, maxCardOrders, "orderBy")
	if len(in.Order) > 0 {
		q.Order = make([]CardOrder, len(in.Order))
	}
	named := fieldsNamed(in.Filter)
	for i, order := range in.Order {
		if (order.Field == nil) == (order.CustomField == nil) {
			checks.Add(Custom("give exactly one of field and customField", "orderBy", i))
		}
		if order.CustomField != nil {
			named = append(named, *order.CustomField)
		}
		q.Order[i] = *order
	}
	if err := checks.Err(); err != nil {
		return q, err
	}
	if in.Filter.isOfOneList() { // whose place among the lists tells none of its cards from another
		q.Order = slices.DeleteFunc(slices.Clone(q.Order), func(o CardOrder) bool { return o.Field != nil && *o.Field == OrderList })
	}
	var err error
	q.FieldTypes, err = s.fieldTypes(ctx, who, named)
	return q, err
}

// isOfOneList reports whether a filter names the one list that cards have to be in.
func (f *CardFilter) isOfOneList() bool {
	return f != nil && f.List != nil && f.List.ID != nil && f.List.ID.Eq != nil
}

// fieldsNamed lists the custom fields that a filter names.
func fieldsNamed(f *CardFilter) []string {
	if f == nil {
		return nil
	}
	var ids []string
	for _, condition := range f.CustomFields {
		ids = append(ids, condition.ID)
	}
	for _, part := range append(append([]*CardFilter{f.Not}, f.And...), f.Or...) {
		ids = append(ids, fieldsNamed(part)...)
	}
	return ids
}

// fieldTypes returns the types of custom fields that the caller may use.
func (s *Service) fieldTypes(ctx context.Context, who *Principal, ids []string) (map[string]CustomFieldType, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	fields, err := s.Store.CustomFields(ctx, unique(ids))
	if err != nil {
		return nil, err
	}
	var workspaces []string
	for _, field := range fields {
		workspaces = append(workspaces, field.WorkspaceID)
	}
	roles, err := s.Store.WorkspaceRoles(ctx, who, unique(workspaces))
	if err != nil {
		return nil, err
	}
	types := make(map[string]CustomFieldType, len(fields))
	for _, id := range ids {
		if field := fields[id]; field == nil || roles[field.WorkspaceID] == "" {
			return nil, BadRequest("There is no custom field " + id + ".")
		}
		types[id] = fields[id].Type
	}
	return types, nil
}

// maxDimensions bounds the dimensions of one aggregation.
const maxDimensions = 3

// maxMeasuredFields bounds the number fields that one aggregation measures.
const maxMeasuredFields = 10

// Aggregate answers numbers over every card the caller sees. measures are the number fields asked for.
func (s *Service) Aggregate(ctx context.Context, who *Principal, in CardSearch, by []*CardGroup, order []*CardAggregateOrder, measures []string) (*CardAggregate, error) {
	in.Default, in.IncludeCompleted = NewestFirst, true
	q, err := s.Search(ctx, who, in)
	if err != nil {
		return nil, err
	}
	if err := checkGroups(by, order); err != nil {
		return nil, err
	}
	groups := CardGroups{Cards: q, Measures: unique(measures)}
	for _, o := range order {
		groups.Order = append(groups.Order, *o)
		if o.CustomField != nil {
			groups.Measures = unique(append(groups.Measures, *o.CustomField))
		}
	}
	named := append([]string{}, groups.Measures...)
	for _, g := range by {
		groups.By = append(groups.By, withDefaults(*g, q.Zone))
		if g.CustomField != nil {
			named = append(named, *g.CustomField)
		}
	}
	types, err := s.fieldTypes(ctx, who, named)
	if err != nil {
		return nil, err
	}
	if err := checkTypes(groups, types); err != nil {
		return nil, err
	}
	if groups.Cards.FieldTypes == nil {
		groups.Cards.FieldTypes = map[string]CustomFieldType{}
	}
	maps.Copy(groups.Cards.FieldTypes, types)
	return s.Store.AggregateCards(ctx, groups)
}

func withDefaults(g CardGroup, zone *time.Location) CardGroup {
	if g.Bucket == nil {
		day := BucketDay
		g.Bucket = &day
	}
	if g.TimeZone == nil {
		name := zone.String()
		g.TimeZone = &name
	}
	return g
}

// checkGroups checks the shape of an aggregation.
func checkGroups(by []*CardGroup, order []*CardAggregateOrder) error {
	var checks Checks
	checks.Count(len(by), 1, maxDimensions, "groupBy")
	checks.Count(len(order), 0, maxCardOrders, "orderBy")
	for i, g := range by {
		custom := g.Dimension == ByCustomField
		timed := g.Dimension == ByCreatedAt || g.Dimension == ByCompletedAt
		switch {
		case custom != (g.CustomField != nil):
			checks.Add(Custom("goes with the dimension CUSTOM_FIELD, and only with it", "groupBy", i, "customField"))
		case g.Bucket != nil && !timed && g.Dimension != ByDueDate:
			checks.Add(Custom("goes with a time dimension only", "groupBy", i, "bucket"))
		case g.TimeZone != nil && !timed:
			checks.Add(Custom("goes with CREATED_AT and COMPLETED_AT only", "groupBy", i, "timeZone"))
		case g.TimeZone != nil && !isZone(*g.TimeZone):
			checks.Add(Custom("is no IANA time zone", "groupBy", i, "timeZone"))
		}
	}
	for i, o := range order {
		counts := o.Measure == MeasureCount || o.Measure == MeasureDistinctCount
		if counts != (o.CustomField == nil) {
			checks.Add(Custom("goes with the measures of a number field, and only with them", "orderBy", i, "customField"))
		}
	}
	return checks.Err()
}

func isZone(name string) bool {
	_, err := Zone(name)
	return err == nil && name != "" && name != "Local"
}

// checkTypes checks that fields are of a type that can be grouped by or measured.
func checkTypes(g CardGroups, types map[string]CustomFieldType) error {
	var checks Checks
	checks.Count(len(g.Measures), 0, maxMeasuredFields, "number")
	for _, id := range g.Measures {
		if types[id] != FieldNumber {
			return BadRequest("Only number fields can be measured.")
		}
	}
	for _, by := range g.By {
		if by.CustomField != nil && types[*by.CustomField] != FieldSelect && types[*by.CustomField] != FieldCheckbox {
			return BadRequest("Cards can be grouped by select and checkbox fields only.")
		}
	}
	return checks.Err()
}
