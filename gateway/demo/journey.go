package demo

import (
	"slices"
	"time"
)

// step is a card arriving in a list.
type step struct {
	at   time.Time
	list int // index of the workspace's lists
}

// journey invents how a card went through the lists of its workspace: where it came in, which way it took and how
// far it got before base. Steps fall into working hours.
func (b *builder) journey(s *space) []step {
	path := []step{{b.moment(1 + b.random.IntN(weeks*7-1)), pick(b, s.intake)}}
	goal := len(s.flow)
	if b.chance(.3) {
		goal = b.random.IntN(len(s.flow)) // parked, or left lying somewhere on the way
	}
	for next := b.random.IntN(2); next < goal; next++ {
		at := b.later(path[len(path)-1].at)
		if !at.Before(b.base) {
			break
		}
		path = append(path, step{at, s.flow[next]})
		if next > 1 && next < len(s.flow)-1 && b.chance(.1) {
			next -= 2 // sent back: it goes through the list before this one again
		}
	}
	return path
}

// finished reports whether the journey ended in the last list of the flow.
func (s *space) finished(path []step) bool {
	return path[len(path)-1].list == s.flow[len(s.flow)-1]
}

// moment is a time in the working hours of a day before base.
func (b *builder) moment(daysAgo int) time.Time {
	day := b.base.AddDate(0, 0, -daysAgo)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, -1)
	}
	return day.Add(8*time.Hour + time.Duration(b.random.IntN(10*3600))*time.Second)
}

// later is a few hours to a few days after at, in working hours.
func (b *builder) later(at time.Time) time.Time {
	at = at.Add(time.Duration(b.random.ExpFloat64()*60*float64(time.Hour)) + 10*time.Minute).Truncate(time.Second)
	if hour := at.Hour(); hour < 8 || hour >= 18 {
		at = at.Truncate(24 * time.Hour).Add(32*time.Hour + time.Duration(b.random.IntN(4*3600))*time.Second)
	}
	for at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// inOrder returns every step of all journeys by time.
func inOrder(planned []*planned) []arrival {
	var all []arrival
	for _, p := range planned {
		for i := range p.path {
			all = append(all, arrival{p, i})
		}
	}
	slices.SortStableFunc(all, func(a, c arrival) int { return a.step().at.Compare(c.step().at) })
	return all
}

// arrival is one step of one card.
type arrival struct {
	*planned
	index int
}

func (a arrival) step() step { return a.path[a.index] }
