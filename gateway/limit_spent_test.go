package gateway

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kanera.dev/domain"
	"kanera.dev/persistence/redis"
)

// counted counts how often a limiter is asked.
type counted struct {
	domain.Limiter

	asked int
}

// Take implements domain.Limiter.
func (c *counted) Take(ctx context.Context, charges ...domain.Charge) (domain.Verdict, error) {
	c.asked++
	return c.Limiter.Take(ctx, charges...)
}

func remembering(now func() time.Time) (*limits, *counted) {
	limiter := &counted{Limiter: redis.NewLocal(now)}
	return &limits{limiter: limiter, spent: newSpent(now), watch: func(domain.Verdict) {}}, limiter
}

// TestSpentBudgetsAreRefusedAsLongAsTheLimiterWould tells one story to a limiter with this memory and to one without: at
// every moment both let the same requests through, and say the same about the budget that refuses.
func TestSpentBudgetsAreRefusedAsLongAsTheLimiterWould(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.UnixMicro(1_900_000_000_000_000)
		clock := func() time.Time { return now }
		with, limiter := remembering(clock)
		without, asked := redis.NewLocal(clock), 0
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(0, 5_000_000).Draw(t, "wait")) * time.Microsecond)
			charges := []domain.Charge{
				{Bucket: domain.Bucket{Name: "key", Key: fmt.Sprint(rapid.IntRange(0, 1).Draw(t, "key")), Limit: 3, Window: time.Minute}, Units: 1},
				{Bucket: domain.Bucket{Name: "account", Limit: 5, Window: time.Minute}, Units: 1},
				{Bucket: domain.Bucket{Name: "cost", Limit: 9, Window: time.Minute}, Units: rapid.IntRange(0, 8).Draw(t, "cost"), Apart: true},
			}
			want, _ := without.Take(t.Context(), charges...) // never fails
			got, err := with.take(t.Context(), charges)
			if err != nil || got.Allowed != want.Allowed || got.At != want.At || got.RetryAfter > want.RetryAfter {
				t.Fatalf("got %+v, want %+v", got, want)
			}
			for _, state := range got.States {
				for i, told := range want.States {
					if state.Bucket == charges[i].Bucket && state != told {
						t.Fatalf("got %+v, want %+v", state, told)
					}
				}
			}
			asked++
		}
		if limiter.asked > asked {
			t.Fatalf("asked %d times about %d requests", limiter.asked, asked)
		}
	})
}

// TestSpentBudgetsAskNobody until the moment at which something comes back, and only those that nobody gives back to.
func TestSpentBudgetsAskNobody(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		bucket domain.Bucket
		apart  bool
		units  int
		after  time.Duration // the refusal
		asked  int
	}{
		"refused at once":            {domain.Bucket{Name: "key", Limit: 1, Window: time.Minute}, false, 1, 0, 2},
		"a minute later, to be sure": {domain.Bucket{Name: "key", Limit: 1, Window: time.Minute}, false, 1, 61*time.Second - time.Microsecond, 3},
		"a minute":                   {domain.Bucket{Name: "key", Limit: 1, Window: time.Minute}, false, 1, time.Minute - time.Microsecond, 2},
		"at the moment":              {domain.Bucket{Name: "key", Limit: 1, Window: time.Minute}, false, 1, 61 * time.Second, 3},
		"a month, asked by minute":   {domain.Bucket{Name: "monthly", Limit: 1, Window: month}, false, 1, time.Minute, 3},
		"cost, which is given back":  {domain.Bucket{Name: "cost", Limit: 1, Window: time.Minute}, true, 1, 0, 3},
		"more than the smallest ask": {domain.Bucket{Name: "key", Limit: 2, Window: time.Minute}, false, 2, 0, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.UnixMicro(1_900_000_020_000_000)
			limits, limiter := remembering(func() time.Time { return now })
			charge := []domain.Charge{{Bucket: row.bucket, Units: row.units, Apart: row.apart}}
			for i, wait := range []time.Duration{0, 0, row.after} {
				now = now.Add(wait)
				verdict, err := limits.take(t.Context(), charge)
				if wait := verdict.RetryAfter; err != nil || verdict.Allowed != (i == 0 || row.after == 61*time.Second && i == 2) || verdict.Allowed == (wait > 0) {
					t.Errorf("request %d: %+v %v", i, verdict, err)
				}
			}
			if limiter.asked != row.asked {
				t.Errorf("the limiter was asked %d times, want %d", limiter.asked, row.asked)
			}
		})
	}
}
