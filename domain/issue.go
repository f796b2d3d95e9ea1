package domain

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// Checks collects the issues of one input, so that a caller learns all of them at once.
type Checks struct{ issues []Issue }

// Err returns the collected issues as one error, or nil when there are none.
func (c *Checks) Err() error {
	if len(c.issues) == 0 {
		return nil
	}
	return Invalid(c.issues...)
}

// Add records an issue.
func (c *Checks) Add(issue Issue) { c.issues = append(c.issues, issue) }

// Text checks the length of a text, counted in UTF-16 units as every client of the contract counts.
func (c *Checks) Text(value string, shortest, longest int, path ...any) {
	switch n := len(utf16.Encode([]rune(value))); {
	case n < shortest:
		c.Add(TooSmall("string", shortest, path...))
	case n > longest:
		c.Add(TooBig("string", longest, path...))
	}
}

// Between checks a whole number.
func (c *Checks) Between(value, smallest, largest int, path ...any) {
	switch {
	case value < smallest:
		c.Add(TooSmall("number", smallest, path...))
	case value > largest:
		c.Add(TooBig("number", largest, path...))
	}
}

// Count checks the number of elements of an array.
func (c *Checks) Count(n, fewest, most int, path ...any) {
	switch {
	case n < fewest:
		c.Add(TooSmall("array", fewest, path...))
	case n > most:
		c.Add(TooBig("array", most, path...))
	}
}

// TooSmall says that a string, number or array is below its minimum.
func TooSmall(origin string, minimum int, path ...any) Issue {
	yes := true
	return Issue{Code: "too_small", Origin: origin, Minimum: &minimum, Inclusive: &yes, Path: steps(path),
		Message: fmt.Sprintf("must be at least %d%s", minimum, unit(origin))}
}

// TooBig says that a string, number or array is above its maximum.
func TooBig(origin string, maximum int, path ...any) Issue {
	yes := true
	return Issue{Code: "too_big", Origin: origin, Maximum: &maximum, Inclusive: &yes, Path: steps(path),
		Message: fmt.Sprintf("must be at most %d%s", maximum, unit(origin))}
}

// WrongType says that a member is missing or of another type.
func WrongType(expected string, path ...any) Issue {
	return Issue{Code: "invalid_type", Expected: expected, Path: steps(path), Message: "must be of type " + expected}
}

// WrongValue says that a member is none of the legal values.
func WrongValue(values []string, path ...any) Issue {
	return Issue{Code: "invalid_value", Values: values, Path: steps(path), Message: "must be one of: " + strings.Join(values, ", ")}
}

// WrongFormat says that a string is not of a format: uuid, url, date, datetime or regex.
func WrongFormat(format, pattern string, path ...any) Issue {
	message := "must be a valid " + format
	if pattern != "" {
		message = "must match " + pattern
	}
	return Issue{Code: "invalid_format", Origin: "string", Format: format, Pattern: pattern, Path: steps(path), Message: message}
}

// Custom says that a rule over several members is broken; an empty path means the whole input.
func Custom(message string, path ...any) Issue {
	return Issue{Code: "custom", Path: steps(path), Message: message}
}

func steps(path []any) []any {
	if path == nil {
		return []any{}
	}
	return path
}

func unit(origin string) string {
	switch origin {
	case "string":
		return " characters long"
	case "array":
		return " elements long"
	}
	return ""
}
