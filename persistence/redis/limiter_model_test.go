package redis

import (
	"slices"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"kanera.dev/domain"
)

// spent is a charge that passed, as the model remembers it.
type spent struct {
	at    time.Time
	units int
}

// history is the model: everything that was ever taken from one bucket and not given back.
type history []spent

// within sums what was spent in [at-window, at].
func (h history) within(at time.Time, window time.Duration) int {
	sum := 0
	for _, s := range h {
		if age := at.Sub(s.at); age >= 0 && age <= window {
			sum += s.units
		}
	}
	return sum
}

// give takes units off the oldest charges whose slots still count.
func (h history) give(units int, now time.Time, window time.Duration) {
	first := now.UnixMicro()/slotLength(window) - slotsPerWindow
	for i := range h {
		if h[i].at.UnixMicro()/slotLength(window) >= first {
			part := min(units, h[i].units)
			h[i].units -= part
			units -= part
		}
	}
}

// modelled drives limiters through one random story and holds them to the model.
type modelled struct {
	t        *rapid.T
	now      time.Time
	limiters []domain.Limiter // all are told the same and have to answer the same
	setClock func(time.Time)
	buckets  []domain.Bucket
	spent    []history // refunds are taken off the charge they belong to: what was really spent
	held     []history // refunds are taken off the oldest charges: what a limiter may count
}

// take asks for units and checks: no window ever holds more than the limit; a refusal has its reason in the last
// window and one slot; what was refused took nothing; waiting as long as told helps.
func (m *modelled) take() {
	charges := m.draw()
	verdict := m.ask(charges)
	m.judge(charges, verdict)
	m.note(charges, verdict)
	sensible := !slices.ContainsFunc(charges, func(c domain.Charge) bool { return max(c.Units, 1) > c.Bucket.Limit })
	if tookNothing(charges, verdict) && sensible && rapid.Bool().Draw(m.t, "wait") {
		m.advance(verdict.RetryAfter)
		verdict = m.ask(charges)
		if !verdict.Allowed {
			m.t.Fatalf("waited as told and was refused again: %+v", verdict)
		}
		m.note(charges, verdict)
	}
	for i, state := range verdict.States {
		if left := m.buckets[i].Limit - m.spent[i].within(m.now, m.buckets[i].Window); verdict.Allowed && (state.Remaining > left || state.Remaining < 0) {
			m.t.Fatalf("promises %d where %d are left", state.Remaining, left)
		}
	}
}

// crowd has several callers decided at one moment, some of whom ask for the same as the one before, and holds each to
// what the model says after those before it.
func (m *modelled) crowd() {
	callers := make([][]domain.Charge, rapid.IntRange(1, 6).Draw(m.t, "callers"))
	for i := range callers {
		callers[i] = m.drawAfter(callers[:i])
	}
	for i, verdict := range m.askAll(callers) {
		m.judge(callers[i], verdict)
		m.note(callers[i], verdict)
	}
}

// askAll puts the questions of several callers to all limiters. About a refund nothing is told.
func (m *modelled) askAll(callers [][]domain.Charge) []domain.Verdict {
	var first []domain.Verdict
	for i, limiter := range m.limiters {
		verdicts := decideAll(m.t, limiter, callers)
		if i == 0 {
			first = verdicts
			continue
		}
		for j, verdict := range verdicts {
			if len(verdict.States) > 0 && !sameVerdict(first[j], verdict) {
				m.t.Fatalf("limiters disagree at %v on caller %d of %+v:\n%+v\n%+v", m.now, j, callers, first[j], verdict)
			}
		}
	}
	return first
}

// decideAll has a limiter decide callers at once, if it can, else one after the other; then a refund tells nothing.
func decideAll(t *rapid.T, limiter domain.Limiter, callers [][]domain.Charge) []domain.Verdict {
	if shared, ok := limiter.(*Shared); ok {
		verdicts, err := shared.decide(t.Context(), callers)
		if err != nil {
			t.Fatal(err)
		}
		return verdicts
	}
	verdicts := make([]domain.Verdict, len(callers))
	for i, charges := range callers {
		var err error
		if slices.ContainsFunc(charges, func(c domain.Charge) bool { return c.Units < 0 }) {
			err = limiter.Refund(t.Context(), refunding(charges)...)
		} else {
			verdicts[i], err = limiter.Take(t.Context(), charges...)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return verdicts
}

// draw makes up charges; the last one may stand apart.
func (m *modelled) draw() []domain.Charge {
	charges := make([]domain.Charge, len(m.buckets))
	for i, b := range m.buckets {
		charges[i] = domain.Charge{Bucket: b, Units: rapid.IntRange(0, 4).Draw(m.t, "units")}
	}
	charges[len(charges)-1].Apart = rapid.Bool().Draw(m.t, "apart")
	return charges
}

// drawAfter makes up charges, often those of the caller before.
func (m *modelled) drawAfter(before [][]domain.Charge) []domain.Charge {
	if n := len(before); n > 0 && rapid.Bool().Draw(m.t, "as before") {
		return before[n-1]
	}
	return m.draw()
}

// judge holds a verdict to the model, bucket by bucket.
func (m *modelled) judge(charges []domain.Charge, verdict domain.Verdict) {
	allowed, longest := true, time.Duration(0)
	for i, c := range charges {
		need, b, wait := max(c.Units, 1), c.Bucket, verdict.States[i].RetryAfter
		if wait == 0 && m.spent[i].within(m.now, b.Window)+need > b.Limit {
			m.t.Fatalf("allowed more than the limit: %+v", verdict)
		}
		if wait > 0 && m.held[i].within(m.now, b.Window+b.Window/slotsPerWindow)+need <= b.Limit {
			m.t.Fatalf("refused without need: %+v", verdict)
		}
		allowed, longest = allowed && wait == 0, max(longest, wait)
	}
	if verdict.Allowed != allowed || verdict.RetryAfter != longest || allowed != (verdict.Denied == "") {
		m.t.Fatalf("contradicts itself: %+v", verdict)
	}
}

// note writes down what was taken.
func (m *modelled) note(charges []domain.Charge, verdict domain.Verdict) {
	if tookNothing(charges, verdict) {
		return
	}
	for i, c := range charges {
		if verdict.States[i].RetryAfter == 0 {
			m.spent[i] = append(m.spent[i], spent{m.now, c.Units})
			m.held[i] = append(m.held[i], spent{m.now, c.Units})
		}
	}
}

// tookNothing reports whether all was refused: by a charge that does not stand apart, or as the only one.
func tookNothing(charges []domain.Charge, verdict domain.Verdict) bool {
	for i, c := range charges {
		if verdict.States[i].RetryAfter > 0 && (!c.Apart || len(charges) == 1) {
			return true
		}
	}
	return false
}

// ask puts one question to all limiters.
func (m *modelled) ask(charges []domain.Charge) domain.Verdict {
	var first domain.Verdict
	for i, limiter := range m.limiters {
		verdict, err := limiter.Take(m.t.Context(), charges...)
		if err != nil {
			m.t.Fatal(err)
		}
		if i == 0 {
			first = verdict
		} else if !sameVerdict(first, verdict) {
			m.t.Fatalf("limiters disagree at %v on %+v:\n%+v\n%+v", m.now, charges, first, verdict)
		}
	}
	return first
}

func sameVerdict(a, b domain.Verdict) bool {
	for i := range a.States {
		if a.States[i].Remaining != b.States[i].Remaining || !a.States[i].ResetAt.Equal(b.States[i].ResetAt) || a.States[i].RetryAfter != b.States[i].RetryAfter {
			return false
		}
	}
	return a.Allowed == b.Allowed && a.Denied == b.Denied && a.RetryAfter == b.RetryAfter && a.At.Equal(b.At)
}

// refund gives a part of a charge back that is younger than the window.
func (m *modelled) refund() {
	i := rapid.IntRange(0, len(m.buckets)-1).Draw(m.t, "bucket")
	var young []int
	for at, s := range m.spent[i] {
		if m.now.Sub(s.at) < m.buckets[i].Window && s.units > 0 {
			young = append(young, at)
		}
	}
	if len(young) == 0 {
		return
	}
	at := rapid.SampledFrom(young).Draw(m.t, "charge")
	units := rapid.IntRange(1, m.spent[i][at].units).Draw(m.t, "back")
	m.spent[i][at].units -= units
	m.held[i].give(units, m.now, m.buckets[i].Window)
	for _, limiter := range m.limiters {
		if err := limiter.Refund(m.t.Context(), domain.Charge{Bucket: m.buckets[i], Units: units}); err != nil {
			m.t.Fatal(err)
		}
	}
}

func (m *modelled) advance(by time.Duration) {
	m.now = m.now.Add(by)
	m.setClock(m.now)
}

// story is what happens, step by step. Steps are short beside a slot, about a slot, and about a window.
func (m *modelled) story() {
	m.setClock(m.now)
	m.t.Repeat(map[string]func(*rapid.T){
		"take":   func(*rapid.T) { m.take() },
		"crowd":  func(*rapid.T) { m.crowd() },
		"refund": func(*rapid.T) { m.refund() },
		"wait": func(t *rapid.T) {
			most := rapid.SampledFrom([]time.Duration{time.Second / 2, 3 * time.Second, 70 * time.Second}).Draw(t, "most")
			m.advance(time.Duration(rapid.Int64Range(0, most.Microseconds()).Draw(t, "by")) * time.Microsecond)
		},
	})
}

func newModel(t *rapid.T, setClock func(time.Time), limiters ...domain.Limiter) *modelled {
	m := &modelled{t: t, limiters: limiters, setClock: setClock,
		now: time.UnixMicro(1_900_000_000_000_000 + rapid.Int64Range(0, 1e6).Draw(t, "begin"))}
	for i, name := range []string{"key", "account"}[:rapid.IntRange(1, 2).Draw(t, "buckets")] {
		m.buckets = append(m.buckets, domain.Bucket{Name: name, Key: name, Group: "g",
			Limit: rapid.IntRange(1, 8*(i+1)).Draw(t, "limit"), Window: time.Minute})
	}
	m.spent, m.held = make([]history, len(m.buckets)), make([]history, len(m.buckets))
	return m
}

// TestLocalNeverExceedsTheLimit holds the limiter of one process to the model.
func TestLocalNeverExceedsTheLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var now time.Time
		newModel(t, func(at time.Time) { now = at }, NewLocal(func() time.Time { return now })).story()
	})
}

// onScript runs a property on the script and the limiter of one process, both by a clock the property sets. The
// embedded Redis lets a test do that.
func onScript(t *testing.T, property func(m *modelled)) {
	t.Helper()
	server := miniredis.RunT(t)
	client := &Client{redis: redis.NewClient(&redis.Options{Addr: server.Addr()})}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		server.FlushAll()
		var now time.Time
		setClock := func(at time.Time) {
			now = at
			server.SetTime(at)
		}
		property(newModel(t, setClock, NewShared(client), NewLocal(func() time.Time { return now })))
	})
}

// TestScriptNeverExceedsTheLimit holds the script to the model, and to the limiter of one process, answer by answer.
func TestScriptNeverExceedsTheLimit(t *testing.T) {
	t.Parallel()
	onScript(t, (*modelled).story)
}

// TestScriptAndProcessAgree whatever the clock does, also when it goes back.
func TestScriptAndProcessAgree(t *testing.T) {
	t.Parallel()
	onScript(t, func(m *modelled) {
		width := rapid.SampledFrom([]int64{3_000_000, 30_000_000, 200_000_000}).Draw(m.t, "width")
		for range rapid.IntRange(1, 30).Draw(m.t, "steps") {
			m.advance(time.Duration(rapid.Int64Range(-width/4, width).Draw(m.t, "clock")) * time.Microsecond)
			var callers [][]domain.Charge
			for i := range rapid.IntRange(1, 8).Draw(m.t, "callers") {
				charges := m.drawAfter(callers)
				if i > 0 && rapid.Bool().Draw(m.t, "some") {
					charges = charges[len(charges)-1:]
				}
				if rapid.IntRange(0, 2).Draw(m.t, "refund") == 0 && charges[0].Units > 0 {
					charges = refunding(charges)
				}
				callers = append(callers, charges)
			}
			m.askAll(callers)
		}
	})
}
