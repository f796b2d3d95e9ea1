package webhook

import (
	"sync"
	"time"
)

// slots bound how many attempts are being made. One that takes long is moved aside: it makes room for another one, as
// long as there are not too many of those, so that receivers that hang do not keep the others waiting.
type slots struct {
	slowAfter time.Duration
	freed     func() // hears that there is room again after there was none

	mu   sync.Mutex
	room int // for attempts
	side int // room for those that were moved aside
}

// slot is the room of one attempt.
type slot struct {
	of    *slots
	timer *time.Timer
	aside bool
	given bool
}

// free tells how many more attempts may begin.
func (s *slots) free() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(s.room, 0)
}

// take takes room for an attempt, which the caller has seen to be free.
func (s *slots) take() *slot {
	one := &slot{of: s}
	s.mu.Lock()
	s.room--
	one.timer = time.AfterFunc(s.slowAfter, one.stepAside)
	s.mu.Unlock()
	return one
}

func (o *slot) stepAside() {
	s := o.of
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.given || s.side == 0 {
		return
	}
	o.aside = true
	s.side--
	s.add()
}

// give gives the room back.
func (o *slot) give() {
	s := o.of
	o.timer.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	o.given = true
	if o.aside {
		s.side++
		return
	}
	s.add()
}

func (s *slots) add() {
	s.room++
	if s.room == 1 {
		s.freed()
	}
}
