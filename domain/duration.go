package domain

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// DateOrDuration is a point in time as a filter names it: a day, an instant, or a distance from now.
type DateOrDuration struct {
	text                             string
	instant                          *time.Time // an absolute instant
	day                              string     // an absolute day
	years, months, days, hours, secs int        // a distance from now
}

var durationForm = regexp.MustCompile(`^([+-]?)P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?(T(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$`)

// ParseDateOrDuration reads YYYY-MM-DD, an RFC 3339 instant, or an ISO-8601 duration with an optional sign.
func ParseDateOrDuration(text string) (DateOrDuration, error) {
	if day, err := ParseDate(text); err == nil {
		return DateOrDuration{text: text, day: day}, nil
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		at = at.UTC().Truncate(time.Millisecond)
		return DateOrDuration{text: text, instant: &at}, nil
	}
	part := durationForm.FindStringSubmatch(text)
	if part == nil || strings.HasSuffix(text, "P") || strings.HasSuffix(text, "T") {
		return DateOrDuration{}, fmt.Errorf("must be a day, an instant or an ISO-8601 duration")
	}
	n := func(i int) int {
		v, _ := strconv.Atoi(part[i])
		if part[1] == "-" {
			return -v
		}
		return v
	}
	return DateOrDuration{text: text, years: n(2), months: n(3), days: 7*n(4) + n(5), hours: n(7), secs: 60*n(8) + n(9)}, nil
}

// ParseDate reads a calendar day that exists.
func ParseDate(text string) (string, error) {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", fmt.Errorf("must be an existing day, YYYY-MM-DD")
	}
	return text, nil
}

// String returns the text it was read from.
func (d DateOrDuration) String() string { return d.text }

// MarshalText writes the text it was read from, so that filters can be told apart.
func (d DateOrDuration) MarshalText() ([]byte, error) { return []byte(d.text), nil }

// UnmarshalText reads what ParseDateOrDuration does.
func (d *DateOrDuration) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDateOrDuration(string(text))
	return err
}

// Instant resolves to a moment: a day begins at its midnight in zone; years to days of a duration are calendar
// steps in zone, hours and seconds are exact. Moments outside the years 1 to 9999 become the first or last of them.
func (d DateOrDuration) Instant(now time.Time, zone *time.Location) time.Time {
	switch {
	case d.instant != nil:
		return *d.instant
	case d.day != "":
		at, _ := time.ParseInLocation(time.DateOnly, d.day, zone)
		return at.UTC()
	}
	at := now.In(zone).AddDate(d.years, d.months, d.days)
	return calendar(at.Add(time.Duration(d.hours)*time.Hour + time.Duration(d.secs)*time.Second).UTC())
}

// calendar moves a moment outside the years 1 to 9999 to the nearest one inside: databases know no others, and
// nothing was ever written there.
func calendar(at time.Time) time.Time {
	first, last := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	switch {
	case at.Before(first):
		return first
	case at.After(last):
		return last
	}
	return at
}

// Day resolves to a calendar day in zone, as YYYY-MM-DD.
func (d DateOrDuration) Day(now time.Time, zone *time.Location) string {
	if d.day != "" {
		return d.day
	}
	return d.Instant(now, zone).In(zone).Format(time.DateOnly)
}
