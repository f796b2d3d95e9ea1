package domain_test

import (
	"slices"
	"testing"
	"time"

	"kanera.dev/domain"
)

// Cards of several time zones are judged each by its own, in whatever order they come.
func TestDueDatesKeepTimeZonesApart(t *testing.T) {
	t.Parallel()
	now, day := time.Date(2026, 3, 4, 10, 30, 0, 0, time.UTC), "2026-03-04" // in Auckland it is half past eleven at night
	in := func(zone string) *domain.Card { return &domain.Card{DueDay: &day, DueTimeZone: &zone} }
	done := in("Pacific/Auckland")
	done.CompletedAt = &now
	cards := []*domain.Card{in("Pacific/Auckland"), in("UTC"), in("Pacific/Auckland"), in("Pacific/Auckland"), in(""), done, {},
		in("America/Los_Angeles"), in("Nowhere/At_All"), in("Pacific/Auckland")}
	var overdue []int
	for i, due := range domain.DueDates(cards, now) {
		if (due == nil) != (cards[i].DueDay == nil) {
			t.Errorf("card %d: %v", i, due)
		}
		if due != nil && due.Overdue {
			overdue = append(overdue, i)
		}
	}
	if want := []int{0, 2, 3, 9}; !slices.Equal(overdue, want) {
		t.Errorf("overdue are %v, want %v", overdue, want)
	}
}
