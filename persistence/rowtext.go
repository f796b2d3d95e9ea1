package persistence

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// rowText is JSON of rows as dialect.jsonRows writes it: an array of arrays of texts, numbers, booleans and nulls. It is
// read front to back, in less than half the time that encoding/json takes.
type rowText struct{ rest string }

// each reads every row into what fields returns for it, and says when one is complete.
func (r *rowText) each(fields func() (into []any, complete func())) error {
	r.take('[')
	for r.take('[') {
		into, complete := fields()
		for i := range into {
			if i > 0 && !r.take(',') {
				return io.ErrUnexpectedEOF
			}
			value, quoted, err := r.value()
			if err == nil {
				err = assign(into[i], value, quoted)
			}
			if err != nil {
				return err
			}
		}
		if !r.take(']') {
			return fmt.Errorf("a row of more than %d values", len(into))
		}
		complete()
		r.take(',')
	}
	if !r.take(']') || r.rest != "" {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// take reports whether the mark comes next, and passes it.
func (r *rowText) take(mark byte) bool {
	for r.rest != "" && (r.rest[0] == ' ' || r.rest[0] == '\n') {
		r.rest = r.rest[1:]
	}
	if r.rest == "" || r.rest[0] != mark {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// value passes a value. What is not quoted is a number, a boolean or null.
func (r *rowText) value() (value string, quoted bool, err error) {
	if r.take('"') {
		value, r.rest, err = cutQuoted(r.rest)
		return value, true, err
	}
	end := strings.IndexAny(r.rest, ",]}")
	if end < 0 {
		return "", false, io.ErrUnexpectedEOF
	}
	value, r.rest = r.rest[:end], r.rest[end:]
	return value, false, nil
}

// cutQuoted returns the text that the next quote ends, and what comes behind it.
func cutQuoted(rest string) (text, behind string, err error) {
	end := strings.IndexByte(rest, '"')
	if end >= 0 && strings.IndexByte(rest[:end], '\\') < 0 {
		return rest[:end], rest[end+1:], nil
	}
	for end = 0; end < len(rest); end++ {
		switch rest[end] {
		case '\\':
			end++
		case '"':
			text, err = unescaped(rest[:end])
			return text, rest[end+1:], err
		}
	}
	return "", "", io.ErrUnexpectedEOF
}

func unescaped(text string) (plain string, err error) {
	err = json.Unmarshal([]byte(`"`+text+`"`), &plain)
	return plain, err
}

// assign writes a value to where into points. Instants are texts, or numbers of milliseconds; booleans may be 1 and 0.
func assign(into any, value string, quoted bool) error {
	var err error
	null := value == "null" && !quoted
	switch to := into.(type) {
	case *string:
		if quoted {
			*to = value
			return nil
		}
	case *time.Time:
		*to, err = instantOf(value, quoted)
		return err
	case **time.Time:
		if *to = nil; !null {
			*to = new(time.Time)
			**to, err = instantOf(value, quoted)
		}
		return err
	}
	target := reflect.ValueOf(into).Elem()
	if target.Kind() == reflect.Pointer {
		if null {
			target.SetZero()
			return nil
		}
		target.Set(reflect.New(target.Type().Elem()))
		target = target.Elem()
	}
	switch {
	case quoted && target.Kind() == reflect.String:
		target.SetString(value)
		return nil
	case !quoted && target.CanInt():
		number, err := strconv.ParseInt(value, 10, 64)
		target.SetInt(number)
		return err
	case !quoted && target.Kind() == reflect.Bool:
		is, err := strconv.ParseBool(value)
		target.SetBool(is)
		return err
	}
	return fmt.Errorf("a value of another type than %s", target.Type())
}

func instantOf(value string, quoted bool) (time.Time, error) {
	if quoted {
		at, err := time.Parse(time.RFC3339, value)
		return at.UTC(), err
	}
	milliseconds, err := strconv.ParseInt(value, 10, 64)
	return time.UnixMilli(milliseconds).UTC(), err
}
