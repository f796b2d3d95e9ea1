package graph

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// TimeLayout is how instants are written at every door: UTC with milliseconds.
const TimeLayout = "2006-01-02T15:04:05.000Z"

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$|^(?:0{8}-(?:0{4}-){3}0{12})$|^(?:f{8}-(?:f{4}-){3}f{12})$`)

// inputError is bad input found while reading a scalar; the error presenter adds the path.
type inputError struct{ issue domain.Issue }

func (e *inputError) Error() string { return e.issue.Message }

// MarshalUUID writes an id.
func MarshalUUID(id string) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(id)) })
}

// UnmarshalUUID reads an id, so that no use case ever meets one that is no UUID.
func UnmarshalUUID(input any) (string, error) {
	text, ok := input.(string)
	if !ok {
		return "", &inputError{domain.WrongType("string")}
	}
	text = strings.ToLower(text)
	if !uuidForm.MatchString(text) {
		return "", &inputError{domain.WrongFormat("uuid", "")}
	}
	return text, nil
}

// MarshalString writes a text.
func MarshalString(text string) graphql.Marshaler { return graphql.MarshalString(text) }

// UnmarshalString reads a text that every database can keep: UTF-8 without NUL.
func UnmarshalString(input any) (string, error) {
	text, ok := input.(string)
	switch {
	case !ok:
		return "", &inputError{domain.WrongType("string")}
	case strings.ContainsRune(text, 0) || !utf8.ValidString(text):
		return "", &inputError{domain.Custom("must be Unicode text without the character U+0000")}
	}
	return text, nil
}

// MarshalInt writes a whole number.
func MarshalInt(number int) graphql.Marshaler { return graphql.MarshalInt(number) }

// UnmarshalInt reads a whole number of 32 bits, which is all that Int holds.
func UnmarshalInt(input any) (int, error) {
	number, err := graphql.UnmarshalInt(input)
	switch {
	case err != nil:
		return 0, &inputError{domain.WrongType("int")}
	case number > math.MaxInt32:
		return 0, &inputError{domain.TooBig("number", math.MaxInt32)}
	case number < math.MinInt32:
		return 0, &inputError{domain.TooSmall("number", math.MinInt32)}
	}
	return number, nil
}

// MarshalDateTime writes an instant.
func MarshalDateTime(at time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, at.UTC().Format(`"`+TimeLayout+`"`)) })
}

// UnmarshalDateTime reads an instant.
func UnmarshalDateTime(input any) (time.Time, error) {
	if text, ok := input.(string); ok {
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			return at.UTC().Truncate(time.Millisecond), nil
		}
	}
	return time.Time{}, &inputError{domain.WrongFormat("datetime", "")}
}

// MarshalDate writes a calendar day.
func MarshalDate(day string) graphql.Marshaler { return graphql.MarshalString(day) }

// UnmarshalDate reads a calendar day that exists.
func UnmarshalDate(input any) (string, error) {
	if text, ok := input.(string); ok {
		if day, err := domain.ParseDate(text); err == nil {
			return day, nil
		}
	}
	return "", &inputError{domain.WrongFormat("date", "")}
}

// MarshalDateOrDuration writes the text it was read from.
func MarshalDateOrDuration(d domain.DateOrDuration) graphql.Marshaler {
	return graphql.MarshalString(d.String())
}

// UnmarshalDateOrDuration reads a day, an instant or a duration.
func UnmarshalDateOrDuration(input any) (domain.DateOrDuration, error) {
	text, _ := input.(string)
	d, err := domain.ParseDateOrDuration(text)
	if err != nil {
		return d, &inputError{domain.Custom(err.Error())}
	}
	return d, nil
}

// MarshalJSON writes a value as it is.
func MarshalJSON(raw json.RawMessage) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(raw) })
}

// UnmarshalJSON exists because scalars are two-way; no input takes free JSON.
func UnmarshalJSON(any) (json.RawMessage, error) { return nil, fmt.Errorf("free JSON is not accepted") }
