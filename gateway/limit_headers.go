package gateway

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"kanera.dev/domain"
)

// Names of the headers as net/http spells them, which costs nothing to look up.
const (
	headerLimit     = "Ratelimit-Limit"
	headerRemaining = "Ratelimit-Remaining"
	headerReset     = "Ratelimit-Reset"
	headerLeft      = "Ratelimit"
	headerPolicy    = "Ratelimit-Policy"
)

// rates shows the budgets of a request in the headers of its answer.
type rates struct {
	header http.Header
	states []domain.BucketState
}

// show writes a verdict into the headers: the plain ones for the bucket that refused, else for the first, the
// structured ones for all of them.
func (r *rates) show(verdict domain.Verdict) {
	if verdict.Degraded {
		r.header.Set("X-RateLimit-Degraded", "1")
	}
	if len(verdict.States) == 0 {
		return
	}
	if !verdict.Allowed {
		r.header.Set("Retry-After", strconv.FormatInt(max(wholeSeconds(verdict.RetryAfter), 1), 10))
	}
	r.merge(verdict.States)
	main := r.states[0]
	for _, state := range r.states {
		if state.Bucket.Name == verdict.Denied {
			main = state
		}
	}
	r.header.Set(headerLimit, strconv.Itoa(main.Bucket.Limit))
	r.header.Set(headerRemaining, strconv.Itoa(main.Remaining))
	r.header.Set(headerReset, strconv.FormatInt(ceilUnix(main.ResetAt), 10))
	r.header.Set(headerLeft, r.left(verdict.At))
	r.header.Set(headerPolicy, r.policy())
}

// merge replaces what is known of a bucket by what is newer.
func (r *rates) merge(newer []domain.BucketState) {
	if len(r.states) == 0 {
		r.states = slices.Clone(newer)
		return
	}
	for _, state := range newer {
		at := slices.IndexFunc(r.states, func(s domain.BucketState) bool { return s.Bucket.Name == state.Bucket.Name })
		if at < 0 {
			r.states = append(r.states, state)
		} else {
			r.states[at] = state
		}
	}
}

// left is the structured field RateLimit: what remains, and the seconds until all is back.
func (r *rates) left(now time.Time) string {
	b := make([]byte, 0, 128)
	for i, state := range r.states {
		b = begin(b, i, state.Bucket.Name)
		b = strconv.AppendInt(append(b, ";r="...), int64(state.Remaining), 10)
		b = strconv.AppendInt(append(b, ";t="...), max(wholeSeconds(state.ResetAt.Sub(now)), 0), 10)
	}
	return string(b)
}

// policy is the structured field RateLimit-Policy: the quota and the seconds of its window.
func (r *rates) policy() string {
	b := make([]byte, 0, 128)
	for i, state := range r.states {
		b = begin(b, i, state.Bucket.Name)
		b = strconv.AppendInt(append(b, ";q="...), int64(state.Bucket.Limit), 10)
		b = strconv.AppendInt(append(b, ";w="...), wholeSeconds(state.Bucket.Window), 10)
	}
	return string(b)
}

func begin(b []byte, i int, name string) []byte {
	if i > 0 {
		b = append(b, ", "...)
	}
	return append(append(append(b, '"'), name...), '"')
}

// wholeSeconds rounds up: who waits as told has waited long enough.
func wholeSeconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }

func ceilUnix(at time.Time) int64 { return wholeSeconds(time.Duration(at.UnixNano())) }
