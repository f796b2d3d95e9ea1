package domain

import "time"

// CardQuery asks for cards. Only cards that Viewer may see are ever returned.
type CardQuery struct {
	Viewer   *Principal
	Filter   *CardFilter
	Order    []CardOrder // never empty; the id breaks ties
	Page     Page
	Archived *bool // false: without archived cards; true: only them; nil: both
	// CompletedWithin leaves out cards completed longer ago than their workspace's CompletedCardsActiveDays.
	CompletedWithin bool
	Now             time.Time
	Zone            *time.Location // the viewer's
	// FieldTypes holds the type of every custom field that Filter and Order name, by id.
	FieldTypes map[string]CustomFieldType
	With       CardWith // parts to bring along; they change neither which cards are found nor their order
}

// CardGroups asks for numbers over cards.
type CardGroups struct {
	Cards    CardQuery   // Order is unused
	By       []CardGroup // one to three; Bucket and TimeZone filled in
	Order    []CardAggregateOrder
	Measures []string // ids of the number fields that were asked for, in rows or totals
}

// CardAggregate is the answer to CardGroups.
type CardAggregate struct {
	Rows     []*CardAggregateRow
	Totals   CardAggregateTotals
	PageInfo PageInfo
}

// CardAggregateRow is one group of cards.
type CardAggregateRow struct {
	Keys          []AggregateKey
	Count         int
	DistinctCount int
	Numbers       map[string]*NumberMeasures // by field id
}

// CardAggregateTotals are the measures over all matching cards, each counted once.
type CardAggregateTotals struct {
	Count         int
	DistinctCount int
	Numbers       map[string]*NumberMeasures // by field id
}

// AggregateKey is the key of a group in one dimension.
type AggregateKey struct {
	Dimension CardDimension
	ID        *string
	Label     *string
	Color     *Color
	From, To  *time.Time
	IsNull    bool
}

// NumberMeasures are the measures of one number field over a group.
type NumberMeasures struct {
	Sum, Avg, Min, Max, Median *float64 // nil when no card has a value
	Count, Nulls               int
}

// Number returns the measures of a number field that was asked for.
func (r *CardAggregateRow) Number(field string) *NumberMeasures { return r.Numbers[field] }

// Number returns the measures of a number field that was asked for.
func (t *CardAggregateTotals) Number(field string) *NumberMeasures { return t.Numbers[field] }
