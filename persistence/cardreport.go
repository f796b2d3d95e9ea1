package persistence

import (
	"math/big"
	"strconv"
	"strings"

	"kanera.dev/domain"
)

// reportReader reads a report row by row, each into the same places first.
type reportReader struct {
	report          *cardReport
	out             *domain.CardAggregate
	total           int
	size            *int // nil in the row of a report without groups
	totals, numbers []measured
	keys            []any // of the dimensions
	labels, colors  []*string
	order           []any // what a cursor of the row is made of
	orders          []any // of all rows, one behind the other
	into            []any
	rows            slab[domain.CardAggregateRow]
	shown           slab[domain.AggregateKey]
	measured        measuredSlabs
}

// reader returns what reads rows of the report into out.
func (r *cardReport) reader(out *domain.CardAggregate) *reportReader {
	n := len(r.groupings)
	q := &reportReader{report: r, out: out, totals: make([]measured, len(r.measures)), numbers: make([]measured, len(r.measures)),
		keys: make([]any, n), labels: make([]*string, n), colors: make([]*string, n), order: make([]any, len(r.keys))}
	q.into = append(targetsOf([]any{&q.total}, q.totals), &q.size)
	q.into = targetsOf(q.into, q.numbers)
	for i := range n {
		q.into = append(q.into, loose{&q.keys[i]}, &q.labels[i], &q.colors[i])
	}
	for i := range q.order {
		q.into = append(q.into, loose{&q.order[i]})
	}
	return q
}

// read adds a row to the report. The totals stand beside every group and are taken from the first.
func (q *reportReader) read(line row) error {
	if err := line.Scan(q.into...); err != nil {
		return err
	}
	measures := q.report.measures
	if q.out.Rows == nil {
		q.out.Totals = domain.CardAggregateTotals{Count: q.total, DistinctCount: q.total, Numbers: q.measured.of(measures, q.totals, q.total)}
	}
	if q.size == nil {
		return nil
	}
	keys := q.shown.take(len(q.keys))
	for i, g := range q.report.groupings {
		keys[i] = g.aggregateKey(g.kind.write(q.keys[i]), q.labels[i], q.colors[i])
	}
	q.out.Rows = append(q.out.Rows, q.rows.keep(domain.CardAggregateRow{
		Keys: keys, Count: *q.size, DistinctCount: *q.size, Numbers: q.measured.of(measures, q.numbers, *q.size),
	}))
	q.orders = append(q.orders, q.order...)
	return nil
}

// cursor is the cursor of the i-th row.
func (q *reportReader) cursor(i int) string {
	keys := q.report.keys
	return cursorOf(q.report.mark, keys, q.orders[i*len(keys):(i+1)*len(keys)])
}

// measured is what measures.names lists of one number field.
type measured struct {
	given                        *int
	sum, least, greatest, median *string
}

func targetsOf(others []any, all []measured) []any {
	for i := range all {
		m := &all[i]
		others = append(others, &m.given, &m.sum, &m.least, &m.greatest, &m.median)
	}
	return others
}

// measuredSlabs is where measures are.
type measuredSlabs struct {
	measures slab[domain.NumberMeasures]
	numbers  slab[float64]
}

// of are the measures of all fields, by their ids; nil when no field is measured.
func (s *measuredSlabs) of(fields measures, all []measured, size int) map[string]*domain.NumberMeasures {
	if len(fields) == 0 {
		return nil
	}
	numbers := make(map[string]*domain.NumberMeasures, len(fields))
	for i, field := range fields {
		numbers[field] = s.seen(&all[i], size)
	}
	return numbers
}

// seen are the numbers as callers see them; size is how many cards there are. The mean is worked out here so that it is
// the same on both databases.
func (s *measuredSlabs) seen(m *measured, size int) *domain.NumberMeasures {
	out := s.measures.keep(domain.NumberMeasures{
		Sum: s.double(m.sum), Min: s.double(m.least), Max: s.double(m.greatest), Median: s.double(m.median), Nulls: size,
	})
	if m.given != nil && *m.given > 0 {
		out.Count, out.Nulls = *m.given, size-*m.given
		if mean, ok := mean(*m.sum, *m.given); ok {
			out.Avg = s.numbers.keep(mean)
		}
	}
	return out
}

// double is the nearest double of a decimal; nil stays nil.
func (s *measuredSlabs) double(decimal *string) *float64 {
	if decimal == nil {
		return nil
	}
	return s.numbers.keep(domain.Decimal(*decimal).Float())
}

// exactDouble bounds the whole numbers that doubles hold exactly.
const exactDouble = 1 << 53

// mean is the double nearest to sum / count. Where sum is a fraction of numbers that doubles hold exactly, so is their
// quotient, as it is rounded once; else it is worked out with all digits.
func mean(sum string, count int) (nearest float64, ok bool) {
	whole, fraction, _ := strings.Cut(sum, ".")
	if n, err := strconv.ParseInt(whole+fraction, 10, 64); err == nil && n < exactDouble && n > -exactDouble {
		for divisor, digits := count, len(fraction); divisor < exactDouble/10; divisor, digits = 10*divisor, digits-1 {
			if digits == 0 {
				return float64(n) / float64(divisor), true
			}
		}
	}
	exact, ok := new(big.Rat).SetString(sum)
	if ok {
		nearest, _ = exact.Quo(exact, big.NewRat(int64(count), 1)).Float64()
	}
	return nearest, ok
}
