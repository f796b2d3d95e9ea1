package domain

import "time"

// DueDate is when a card has to be done.
type DueDate struct {
	Date     string // YYYY-MM-DD
	Slot     DueSlot
	TimeZone string
	Overdue  bool
}

// overdueHour is the local hour of the due day from which a card is overdue.
var overdueHour = map[DueSlot]int{SlotMorning: 9, SlotAfternoon: 13, SlotEndOfWorkDay: 17, SlotAnyTime: 21}

// Due returns the due date as it stands at now, or nil when no day is set.
func (c *Card) Due(now time.Time) *DueDate { return DueDates([]*Card{c}, now)[0] }

// DueDates is Due for many cards: what day it is in a time zone is worked out once for all that follow each other in it.
func DueDates(cards []*Card, now time.Time) []*DueDate {
	dates, found := make([]DueDate, len(cards)), make([]*DueDate, len(cards))
	clock := wallClock{now: now}
	for i, card := range cards {
		if card.DueDay != nil {
			found[i] = &dates[i]
			card.due(found[i], &clock)
		}
	}
	return found
}

func (c *Card) due(at *DueDate, clock *wallClock) {
	*at = DueDate{Date: *c.DueDay, Slot: SlotAnyTime, TimeZone: "UTC"}
	if c.DueSlot != nil {
		at.Slot = *c.DueSlot
	}
	if c.DueTimeZone != nil && *c.DueTimeZone != "" {
		at.TimeZone = *c.DueTimeZone
	}
	if c.CompletedAt == nil {
		clock.look(at.TimeZone)
		at.Overdue = clock.today > at.Date || clock.today == at.Date && clock.hour >= overdueHour[at.Slot]
	}
}

// wallClock shows a moment as clocks do in one time zone.
type wallClock struct {
	now         time.Time
	zone, today string // empty until somebody looks
	hour        int
}

// look sets the clock to a time zone; to UTC when there is none of that name.
func (w *wallClock) look(zone string) {
	if zone == w.zone {
		return
	}
	place, err := Zone(zone)
	if err != nil {
		place = time.UTC
	}
	local := w.now.In(place)
	w.zone, w.today, w.hour = zone, local.Format(time.DateOnly), local.Hour()
}
