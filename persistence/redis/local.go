package redis

import (
	"context"
	"sync"
	"time"

	"kanera.dev/domain"
)

// slotsPerWindow is into how many slots a window is cut: 1 second for a minute. Budget comes back slot by slot, so a
// steady caller gets slotsPerWindow/(slotsPerWindow+1) of what was promised, and never more than all of it.
const slotsPerWindow = 60

// sweepAbove is how many budgets a Local keeps before it looks for those that are whole again.
const sweepAbove = 1024

// Local keeps budgets inside this process, by the rules of limit.lua: the slot of now and slotsPerWindow before it
// count, never less than the last full window. It is safe for concurrent use.
type Local struct {
	now     func() time.Time
	mu      sync.Mutex
	buckets map[localKey]*localBucket
	sweepAt int // number of buckets at which the next sweep is due
}

// localKey names a budget. Windows of different length are different budgets.
type localKey struct {
	name, group, key string
	window           time.Duration
}

func localKeyOf(b domain.Bucket) localKey { return localKey{b.Name, b.Group, b.Key, b.Window} }

// localBucket is what was taken from a budget.
type localBucket struct {
	total int
	slots []localSlot // oldest first, none without units but after a refund
}

type localSlot struct {
	number int64
	units  int
}

// NewLocal returns a limiter without any budget used.
func NewLocal(now func() time.Time) *Local {
	return &Local{now: now, buckets: make(map[localKey]*localBucket), sweepAt: sweepAbove}
}

// Take implements domain.Limiter. It never fails. Cost: a lock and a map access for each charge.
func (l *Local) Take(_ context.Context, charges ...domain.Charge) (domain.Verdict, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now().UnixMicro()
	verdict := domain.Verdict{Allowed: true, At: time.UnixMicro(now), States: make([]domain.BucketState, len(charges))}
	var known [8]*localBucket            // more charges in one request spill to the heap
	buckets, refused := known[:0], false // refused by a charge that does not stand apart
	for i, c := range charges {
		b := l.bucket(c.Bucket)
		buckets = append(buckets, b)
		b.forget(slotAt(b, c.Bucket, now) - slotsPerWindow)
		need := max(c.Units, 1)
		if b.total+need <= c.Bucket.Limit {
			continue
		}
		if verdict.Allowed {
			verdict.Allowed, verdict.Denied = false, c.Bucket.Name
		}
		refused = refused || !c.Apart
		verdict.States[i].RetryAfter = b.wait(c.Bucket, need, now)
		verdict.RetryAfter = max(verdict.RetryAfter, verdict.States[i].RetryAfter)
	}
	for i, c := range charges {
		b, wait := buckets[i], verdict.States[i].RetryAfter
		if c.Units > 0 && wait == 0 && !refused {
			b.add(slotAt(b, c.Bucket, now), c.Units)
		}
		verdict.States[i] = b.state(c.Bucket, now)
		verdict.States[i].RetryAfter = wait
	}
	l.sweep(now)
	return verdict, nil
}

// note counts what another limiter let through.
func (l *Local) note(charges []domain.Charge) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now().UnixMicro()
	for _, c := range charges {
		if c.Units > 0 {
			b := l.bucket(c.Bucket)
			slot := slotAt(b, c.Bucket, now)
			b.forget(slot - slotsPerWindow)
			b.add(slot, c.Units)
		}
	}
	l.sweep(now)
}

// Refund implements domain.Limiter. It never fails.
func (l *Local) Refund(_ context.Context, charges ...domain.Charge) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now().UnixMicro()
	for _, c := range charges {
		b := l.bucket(c.Bucket)
		b.forget(slotAt(b, c.Bucket, now) - slotsPerWindow)
		b.give(c.Units)
	}
	return nil
}

// bucket finds a budget, or makes it.
func (l *Local) bucket(of domain.Bucket) *localBucket {
	key := localKeyOf(of)
	b := l.buckets[key]
	if b == nil {
		b = &localBucket{}
		l.buckets[key] = b
	}
	return b
}

// sweep forgets budgets that are whole again, whenever their number has doubled.
func (l *Local) sweep(now int64) {
	if len(l.buckets) < l.sweepAt {
		return
	}
	for key, b := range l.buckets {
		b.forget(now/slotLength(key.window) - slotsPerWindow)
		if b.total == 0 {
			delete(l.buckets, key)
		}
	}
	l.sweepAt = max(2*len(l.buckets), sweepAbove)
}

// slotLength is the length of a slot in microseconds.
func slotLength(window time.Duration) int64 {
	return max(window.Microseconds()/slotsPerWindow, 1)
}

// slotAt is the slot of now, or the newest one known when the clock went back.
func slotAt(b *localBucket, of domain.Bucket, now int64) int64 {
	slot := now / slotLength(of.Window)
	if n := len(b.slots); n > 0 {
		slot = max(slot, b.slots[n-1].number)
	}
	return slot
}

// forget drops the slots before first.
func (b *localBucket) forget(first int64) {
	gone := 0
	for gone < len(b.slots) && b.slots[gone].number < first {
		b.total -= b.slots[gone].units
		gone++
	}
	if gone > 0 {
		b.slots = b.slots[:copy(b.slots, b.slots[gone:])]
	}
}

// add counts units in a slot.
func (b *localBucket) add(slot int64, units int) {
	b.total += units
	if n := len(b.slots); n > 0 && b.slots[n-1].number == slot {
		b.slots[n-1].units += units
		return
	}
	b.slots = append(b.slots, localSlot{slot, units})
}

// give takes units out of the oldest slots first: whatever slot they were charged to, no window ever counts less than
// what was really spent in it.
func (b *localBucket) give(units int) {
	for i := range b.slots {
		part := min(units, b.slots[i].units)
		b.slots[i].units -= part
		b.total -= part
		units -= part
	}
}

// wait tells how long it takes until enough has left the window.
func (b *localBucket) wait(of domain.Bucket, need int, now int64) time.Duration {
	over, length := b.total+need-of.Limit, slotLength(of.Window)
	last := now / length
	for _, slot := range b.slots {
		last = slot.number
		if over -= slot.units; over <= 0 {
			break
		}
	}
	return time.Duration((last+1+slotsPerWindow)*length-now) * time.Microsecond
}

// state is what is left.
func (b *localBucket) state(of domain.Bucket, now int64) domain.BucketState {
	state := domain.BucketState{Bucket: of, Remaining: max(of.Limit-b.total, 0), ResetAt: time.UnixMicro(now)}
	if b.total > 0 {
		newest := b.slots[len(b.slots)-1].number
		state.ResetAt = time.UnixMicro((newest + 1 + slotsPerWindow) * slotLength(of.Window))
	}
	return state
}
