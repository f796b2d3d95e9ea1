package gateway

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"kanera.dev/domain"
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
	r.header.Set("RateLimit-Limit", strconv.Itoa(main.Bucket.Limit))
	r.header.Set("RateLimit-Remaining", strconv.Itoa(main.Remaining))
	r.header.Set("RateLimit-Reset", strconv.FormatInt(ceilUnix(main.ResetAt), 10))
	r.header.Set("RateLimit", r.left(verdict.At))
	r.header.Set("RateLimit-Policy", r.policy())
}

// merge replaces what is known of a bucket by what is newer.
func (r *rates) merge(newer []domain.BucketState) {
	for _, state := range newer {
		known := false
		for i := range r.states {
			if r.states[i].Bucket.Name == state.Bucket.Name {
				r.states[i], known = state, true
			}
		}
		if !known {
			r.states = append(r.states, state)
		}
	}
}

// left is the structured field RateLimit: what remains, and the seconds until all is back.
func (r *rates) left(now time.Time) string {
	var b strings.Builder
	for i, state := range r.states {
		begin(&b, i, state.Bucket.Name)
		b.WriteString(";r=" + strconv.Itoa(state.Remaining))
		b.WriteString(";t=" + strconv.FormatInt(max(wholeSeconds(state.ResetAt.Sub(now)), 0), 10))
	}
	return b.String()
}

// policy is the structured field RateLimit-Policy: the quota and the seconds of its window.
func (r *rates) policy() string {
	var b strings.Builder
	for i, state := range r.states {
		begin(&b, i, state.Bucket.Name)
		b.WriteString(";q=" + strconv.Itoa(state.Bucket.Limit))
		b.WriteString(";w=" + strconv.FormatInt(wholeSeconds(state.Bucket.Window), 10))
	}
	return b.String()
}

func begin(b *strings.Builder, i int, name string) {
	if i > 0 {
		b.WriteString(", ")
	}
	b.WriteString(`"` + name + `"`)
}

// wholeSeconds rounds up: who waits as told has waited long enough.
func wholeSeconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }

func ceilUnix(at time.Time) int64 { return wholeSeconds(time.Duration(at.UnixNano())) }
