package redis

import (
	"errors"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"kanera.dev/domain"
)

// evaluation is one run of the script: it decides callers one after the other, whose budgets live on one node.
type evaluation struct {
	group   string           // of one of the budgets
	keys    []string         // of the budgets
	lengths []any            // of their slots
	numbers map[localKey]int // of the budgets as the script counts them
	parts   []part           // what is asked, caller by caller
	callers []any            // the same as the script reads it
	last    int              // where the last of these begins: with how many like it come in a row
	times   int              // that many
	reply   *redis.Cmd
}

// part is what a caller asks of one node.
type part struct {
	caller  int // among those of the batch
	charges []domain.Charge
	at      []int // where the charges stand among all of the caller's; nil when they are all
}

// add lets one more caller be decided. Callers who ask for the same as the one before take no room.
func (e *evaluation) add(p part) {
	if n := len(e.parts); n > 0 && slices.Equal(e.parts[n-1].charges, p.charges) {
		e.times++
		e.callers[e.last] = e.times
	} else {
		e.times, e.last = 1, len(e.callers)
		e.callers = append(e.callers, e.times, len(p.charges))
		for _, c := range p.charges {
			e.callers = append(e.callers, e.number(c.Bucket), c.Bucket.Limit, c.Units, c.Apart)
		}
	}
	e.parts = append(e.parts, p)
}

// number finds a budget among those of the evaluation, or puts it there.
func (e *evaluation) number(b domain.Bucket) int {
	key := localKeyOf(b)
	number, known := e.numbers[key]
	if !known {
		e.keys, e.lengths = append(e.keys, bucketKey(b)), append(e.lengths, slotLength(b.Window))
		number = len(e.keys)
		e.numbers[key] = number
	}
	return number
}

// args are the arguments of the script.
func (e *evaluation) args() []any {
	return slices.Concat([]any{slotsPerWindow}, e.lengths, e.callers)
}

// tell reads the reply into the verdicts of the callers.
func (e *evaluation) tell(verdicts []domain.Verdict) error {
	told, err := e.reply.Int64Slice()
	if err != nil {
		return err
	}
	want := 1
	for _, p := range e.parts {
		want += 1 + 3*len(p.charges)
	}
	if len(told) != want {
		return errors.New("the script answered something else")
	}
	at := time.UnixMicro(told[0])
	told = told[1:]
	for _, p := range e.parts {
		p.tell(told, &verdicts[p.caller], at)
		told = told[1+3*len(p.charges):]
	}
	return nil
}

// tell reads what a caller is told into the verdict.
func (p part) tell(told []int64, verdict *domain.Verdict, at time.Time) {
	verdict.At = at
	if first := told[0]; first > 0 && verdict.Allowed {
		verdict.Allowed, verdict.Denied = false, p.charges[first-1].Bucket.Name
	}
	for i, c := range p.charges {
		state, place := told[1+3*i:], i
		if p.at != nil {
			place = p.at[i]
		}
		wait := time.Duration(state[2]) * time.Microsecond
		verdict.States[place] = domain.BucketState{Bucket: c.Bucket, Remaining: int(state[0]), ResetAt: time.UnixMicro(state[1]), RetryAfter: wait}
		verdict.RetryAfter = max(verdict.RetryAfter, wait)
	}
}
