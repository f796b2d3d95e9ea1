package domain

import "io"

// OrderDirection is the direction of an order.
type OrderDirection string

// Values of OrderDirection.
const (
	Ascending  OrderDirection = "asc"
	Descending OrderDirection = "desc"
)

// OrderDirections lists the legal values of OrderDirection.
var OrderDirections = []OrderDirection{Ascending, Descending}

// MarshalGQL writes the value as GraphQL spells it.
func (v OrderDirection) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *OrderDirection) UnmarshalGQL(input any) error { return readEnum(input, v, OrderDirections) }

// NullsOrder says where rows without a value stand.
type NullsOrder string

// Values of NullsOrder.
const (
	NullsFirst NullsOrder = "first"
	NullsLast  NullsOrder = "last"
)

// NullsOrders lists the legal values of NullsOrder.
var NullsOrders = []NullsOrder{NullsFirst, NullsLast}

// MarshalGQL writes the value as GraphQL spells it.
func (v NullsOrder) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *NullsOrder) UnmarshalGQL(input any) error { return readEnum(input, v, NullsOrders) }

// CardOrderField is a built-in property that orders cards.
type CardOrderField string

// Values of CardOrderField.
const (
	OrderArchivedAt  CardOrderField = "archivedAt"
	OrderBoard       CardOrderField = "board"
	OrderCompletedAt CardOrderField = "completedAt"
	OrderCreatedAt   CardOrderField = "createdAt"
	OrderDueDate     CardOrderField = "dueDate"
	OrderKey         CardOrderField = "key"
	OrderList        CardOrderField = "list"
	OrderPosition    CardOrderField = "position"
	OrderTitle       CardOrderField = "title"
	OrderUpdatedAt   CardOrderField = "updatedAt"
)

// CardOrderFields lists the legal values of CardOrderField.
var CardOrderFields = []CardOrderField{OrderArchivedAt, OrderBoard, OrderCompletedAt, OrderCreatedAt, OrderDueDate, OrderKey, OrderList, OrderPosition, OrderTitle, OrderUpdatedAt}

// MarshalGQL writes the value as GraphQL spells it.
func (v CardOrderField) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *CardOrderField) UnmarshalGQL(input any) error { return readEnum(input, v, CardOrderFields) }

// CardDimension is what cards can be grouped by.
type CardDimension string

// Values of CardDimension.
const (
	ByBoard       CardDimension = "board"
	ByList        CardDimension = "list"
	ByLabel       CardDimension = "label"
	ByAssignee    CardDimension = "assignee"
	ByCreator     CardDimension = "creator"
	ByCustomField CardDimension = "customField"
	ByCreatedAt   CardDimension = "createdAt"
	ByCompletedAt CardDimension = "completedAt"
	ByDueDate     CardDimension = "dueDate"
)

// CardDimensions lists the legal values of CardDimension.
var CardDimensions = []CardDimension{ByBoard, ByList, ByLabel, ByAssignee, ByCreator, ByCustomField, ByCreatedAt, ByCompletedAt, ByDueDate}

// MarshalGQL writes the value as GraphQL spells it.
func (v CardDimension) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *CardDimension) UnmarshalGQL(input any) error { return readEnum(input, v, CardDimensions) }

// TimeBucket is the length of a time bucket.
type TimeBucket string

// Values of TimeBucket.
const (
	BucketDay   TimeBucket = "day"
	BucketWeek  TimeBucket = "week"
	BucketMonth TimeBucket = "month"
)

// TimeBuckets lists the legal values of TimeBucket.
var TimeBuckets = []TimeBucket{BucketDay, BucketWeek, BucketMonth}

// MarshalGQL writes the value as GraphQL spells it.
func (v TimeBucket) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *TimeBucket) UnmarshalGQL(input any) error { return readEnum(input, v, TimeBuckets) }

// CardMeasure is a number taken of a group of cards.
type CardMeasure string

// Values of CardMeasure.
const (
	MeasureCount         CardMeasure = "count"
	MeasureDistinctCount CardMeasure = "distinctCount"
	MeasureSum           CardMeasure = "sum"
	MeasureAvg           CardMeasure = "avg"
	MeasureMin           CardMeasure = "min"
	MeasureMax           CardMeasure = "max"
	MeasureMedian        CardMeasure = "median"
)

// CardMeasures lists the legal values of CardMeasure.
var CardMeasures = []CardMeasure{MeasureCount, MeasureDistinctCount, MeasureSum, MeasureAvg, MeasureMin, MeasureMax, MeasureMedian}

// MarshalGQL writes the value as GraphQL spells it.
func (v CardMeasure) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *CardMeasure) UnmarshalGQL(input any) error { return readEnum(input, v, CardMeasures) }
