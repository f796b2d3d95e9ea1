package persistence

import (
	"testing"
	"time"
)

func TestDayStart(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ zone, day, want string }{
		{"UTC", "2030-01-01", "2030-01-01T00:00:00Z"},
		{"Europe/Berlin", "2030-03-31", "2030-03-30T23:00:00Z"},
		{"Europe/Berlin", "2030-04-01", "2030-03-31T22:00:00Z"},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"}, // begins at 01:00
		{"America/Havana", "2024-11-03", "2024-11-03T04:00:00Z"},    // has midnight twice
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"},      // follows a day that was left out
		{"Asia/Kathmandu", "2030-01-01", "2029-12-31T18:15:00Z"},
	} {
		zone, err := time.LoadLocation(row.zone)
		if err != nil {
			t.Fatal(err)
		}
		day, err := time.Parse(time.DateOnly, row.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := dayStart(day, zone).UTC().Format(time.RFC3339); got != row.want {
			t.Errorf("%s in %s begins at %s, want %s", row.day, row.zone, got, row.want)
		}
	}
}
