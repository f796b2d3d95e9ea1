package domain

import "time"

// Clock tells the time; tests inject their own.
type Clock func() time.Time

// SystemClock tells the real time in UTC, cut to the milliseconds that every database keeps.
func SystemClock() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
