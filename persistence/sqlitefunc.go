package persistence

import (
	"database/sql/driver"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"

	"kanera.dev/domain"
)

// registerFunctions adds the functions that fill the gaps of SQLite; Postgres has its own. Each passes NULL on. The
// driver knows them for the whole process.
var registerFunctions = sync.OnceFunc(func() {
	sqlite.MustRegisterDeterministicScalarFunction("fold", 1, fold)
	sqlite.MustRegisterDeterministicScalarFunction("kanera_bucket", 3, bucket)
	for name, result := range map[string]func([]*big.Rat) *big.Rat{"decimal_sum": sumOf, "decimal_avg": avgOf, "decimal_median": medianOf} {
		sqlite.MustRegisterFunction(name, &sqlite.FunctionImpl{
			NArgs: 1, Deterministic: true,
			MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) {
				return &decimals{result: result}, nil
			},
		})
	}
	sqlite.MustRegisterCollationUtf8("decimal", compareDecimals)
})

// fold(text) is text in lower case, in every alphabet.
func fold(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	if text, ok := args[0].(string); ok {
		return strings.ToLower(text), nil
	}
	return args[0], nil
}

// compareDecimals orders decimals kept as text by their value; what is no number comes first.
func compareDecimals(left, right string) int {
	l, lok := new(big.Rat).SetString(left)
	r, rok := new(big.Rat).SetString(right)
	switch {
	case lok && rok:
		return l.Cmp(r)
	case lok:
		return 1
	case rok:
		return -1
	}
	return strings.Compare(left, right)
}

// bucket(instant, day|week|month, zone) is the local day on which the bucket of an instant begins. Instants are
// milliseconds since 1970.
func bucket(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	milliseconds, ok := args[0].(int64)
	if !ok {
		return nil, nil
	}
	size, _ := args[1].(string)
	name, _ := args[2].(string)
	zone, err := domain.Zone(name)
	if err != nil {
		return nil, fmt.Errorf("bucket: %w", err)
	}
	day := time.UnixMilli(milliseconds).In(zone)
	switch size {
	case "day":
	case "week":
		day = day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	case "month":
		day = day.AddDate(0, 0, 1-day.Day())
	default:
		return nil, fmt.Errorf("bucket: unknown size %q", size)
	}
	return day.Format(time.DateOnly), nil
}

// decimals is an aggregate over decimal numbers kept as text.
type decimals struct {
	values []*big.Rat
	result func([]*big.Rat) *big.Rat
}

// Step implements sqlite.AggregateFunction.
func (d *decimals) Step(_ *sqlite.FunctionContext, args []driver.Value) error {
	if args[0] == nil {
		return nil
	}
	value, ok := new(big.Rat).SetString(fmt.Sprint(args[0]))
	if !ok {
		return fmt.Errorf("%v is no decimal number", args[0])
	}
	d.values = append(d.values, value)
	return nil
}

// WindowInverse implements sqlite.AggregateFunction: the oldest value leaves the window.
func (d *decimals) WindowInverse(*sqlite.FunctionContext, []driver.Value) error {
	d.values = d.values[1:]
	return nil
}

// WindowValue implements sqlite.AggregateFunction.
func (d *decimals) WindowValue(*sqlite.FunctionContext) (driver.Value, error) {
	if len(d.values) == 0 {
		return nil, nil
	}
	text := d.result(d.values).FloatString(decimalDigits)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), "."), nil
}

// Final implements sqlite.AggregateFunction.
func (d *decimals) Final(*sqlite.FunctionContext) {}

// decimalDigits is how many fraction digits a stored decimal can have, and one more for the mean of two.
const decimalDigits = 61

func sumOf(values []*big.Rat) *big.Rat {
	sum := new(big.Rat)
	for _, value := range values {
		sum.Add(sum, value)
	}
	return sum
}

func avgOf(values []*big.Rat) *big.Rat {
	return new(big.Rat).Quo(sumOf(values), big.NewRat(int64(len(values)), 1))
}

func medianOf(values []*big.Rat) *big.Rat {
	sorted := slices.SortedFunc(slices.Values(values), (*big.Rat).Cmp)
	low, high := sorted[(len(sorted)-1)/2], sorted[len(sorted)/2]
	return new(big.Rat).Quo(new(big.Rat).Add(low, high), big.NewRat(2, 1))
}
