package domain

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// IDs is a list of ids kept in one column, as a JSON array; nil is kept as NULL.
type IDs []string

// Value writes the list for the database.
func (ids IDs) Value() (driver.Value, error) {
	if ids == nil {
		return nil, nil
	}
	raw, err := json.Marshal([]string(ids))
	return string(raw), err
}

// Scan reads the list from the database.
func (ids *IDs) Scan(src any) error {
	switch raw := src.(type) {
	case nil:
		*ids = nil
		return nil
	case string:
		return json.Unmarshal([]byte(raw), (*[]string)(ids))
	case []byte:
		return json.Unmarshal(raw, (*[]string)(ids))
	}
	return fmt.Errorf("a list of ids cannot be read from %T", src)
}

// Decimal is an exact decimal number in its shortest plain form, such as "12.5".
type Decimal string

var decimalForm = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$`)

// maxDecimalDigits bounds the text of a decimal, before and after normalising.
const maxDecimalDigits = 60

// ParseDecimal reads a decimal number and brings it to its shortest plain form.
func ParseDecimal(text string) (Decimal, error) {
	text = strings.TrimSpace(text)
	number, ok := new(big.Rat), len(text) <= maxDecimalDigits && decimalForm.MatchString(text)
	if ok {
		_, ok = number.SetString(text)
	}
	if !ok {
		return "", fmt.Errorf("must be a decimal number of at most %d digits", maxDecimalDigits)
	}
	plain := number.FloatString(maxDecimalDigits)
	plain = strings.TrimSuffix(strings.TrimRight(plain, "0"), ".")
	if plain == "-0" || plain == "" {
		plain = "0"
	}
	if back, _ := new(big.Rat).SetString(plain); len(plain) > maxDecimalDigits || back.Cmp(number) != 0 {
		return "", fmt.Errorf("must be a decimal number of at most %d digits", maxDecimalDigits)
	}
	return Decimal(plain), nil
}

// Float returns the nearest double.
func (d Decimal) Float() float64 {
	f, _ := strconv.ParseFloat(string(d), 64)
	return f
}

// MarshalGQL writes the number as a string.
func (d Decimal) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(string(d))) }

// UnmarshalGQL reads a number or a numeric string.
func (d *Decimal) UnmarshalGQL(input any) (err error) {
	var text string
	switch v := input.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	case int64:
		text = strconv.FormatInt(v, 10)
	case int:
		text = strconv.Itoa(v)
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return fmt.Errorf("must be a finite number")
		}
		text = strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Errorf("must be a number or a numeric string")
	}
	*d, err = ParseDecimal(text)
	return err
}
