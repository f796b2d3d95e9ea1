package redis_test

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence/redis"
	"kanera.dev/persistence/redis/redistest"
)

// change is what a limiter reports when Redis goes away or is back.
type change struct {
	degraded bool
	cause    error
}

func newLimiter(t testing.TB, url string) (*redis.Limiter, chan change) {
	t.Helper()
	changes := make(chan change, 1000)
	limiter := redis.NewLimiter(open(t, url), 2*time.Millisecond, func(degraded bool, cause error) { changes <- change{degraded, cause} })
	t.Cleanup(limiter.Close)
	return limiter, changes
}

// settled waits until the limiter decides with Redis, or without it.
func settled(t testing.TB, limiter *redis.Limiter, degraded bool) {
	t.Helper()
	charges := request(1, time.Minute)
	err := redistest.Eventually(t, func() error {
		if take(t, limiter, charges...).Degraded != degraded {
			return errors.New("the limiter did not notice")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRedisGoesAway kills or pauses a real server under a limiter: it goes on alone, at its limits, at once, and shares
// its budgets again when the server is back.
func TestRedisGoesAway(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct{ begin, end func(*redistest.Server) }{
		"killed": {(*redistest.Server).Kill, (*redistest.Server).Restart},
		"paused": {(*redistest.Server).Pause, (*redistest.Server).Resume},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			limiter, changes := newLimiter(t, server.URL)
			settled(t, limiter, false)
			drain(changes)

			fault.begin(server)
			charges, took := request(50, time.Hour), make([]time.Duration, 0, 100)
			for i := range cap(took) {
				began := time.Now()
				verdict := take(t, limiter, charges...)
				took = append(took, time.Since(began))
				if !verdict.Degraded || verdict.Allowed != (i < 50) {
					t.Fatalf("request %d: %+v", i, verdict)
				}
			}
			slices.Sort(took)
			t.Logf("a request decided alone takes %v, the slowest of %d %v", took[len(took)/2], len(took), took[len(took)-1])
			if took[len(took)*9/10] > 5*time.Millisecond {
				t.Errorf("nine of ten requests should lose less than 5 ms; they lose up to %v", took[len(took)*9/10])
			}
			fault.end(server)
			settled(t, limiter, false)
			if got := <-changes; !got.degraded || got.cause == nil {
				t.Errorf("reported %+v", got)
			}
			if got := <-changes; got.degraded || got.cause != nil {
				t.Errorf("reported %+v", got)
			}
		})
	}
}

func drain(changes chan change) {
	for len(changes) > 0 {
		<-changes
	}
}

// TestRefundWhileRedisIsAway is not lost on the budget kept meanwhile.
func TestRefundWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	limiter, _ := newLimiter(t, server.URL)
	server.Kill()
	settled(t, limiter, true)
	charges := request(1, time.Hour)[:1]
	if got := take(t, limiter, charges...); !got.Allowed {
		t.Errorf("got %+v", got)
	}
	if err := limiter.Refund(t.Context(), charges...); err != nil {
		t.Fatal(err)
	}
	if got := take(t, limiter, charges...); !got.Allowed || !got.Degraded {
		t.Errorf("got %+v", got)
	}
}

// TestAProcessAloneGoesOnFromWhatItLetThrough so that a Redis that stumbles gives nobody a second budget.
func TestAProcessAloneGoesOnFromWhatItLetThrough(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	limiter, _ := newLimiter(t, server.URL)
	charges := request(5, time.Hour)
	shared := 0
	for range 3 {
		if got := take(t, limiter, charges...); !got.Degraded { // a busy machine may be a reason to go on without Redis
			shared++
		}
	}
	server.Kill()
	settled(t, limiter, true)
	for _, want := range []bool{true, true, false} {
		if got := take(t, limiter, charges...); !got.Degraded || got.Allowed != want {
			t.Errorf("after %d decisions of Redis: %+v, want %v", shared, got, want)
		}
	}
}

// BenchmarkRedisGoesAway measures what requests lose when a real server is killed or paused under them: the one that
// finds out (the worst of 8 at once), and the slowest of the 800 after it.
func BenchmarkRedisGoesAway(b *testing.B) {
	for name, fault := range map[string]struct{ begin, end func(*redistest.Server) }{
		"killed": {(*redistest.Server).Kill, (*redistest.Server).Restart},
		"paused": {(*redistest.Server).Pause, (*redistest.Server).Resume},
	} {
		b.Run(name, func(b *testing.B) {
			server := redistest.Start(b)
			limiter, _ := newLimiter(b, server.URL)
			var first, later []time.Duration
			for b.Loop() {
				settled(b, limiter, false)
				fault.begin(server)
				first = append(first, slowest(b, limiter, 1))
				later = append(later, slowest(b, limiter, 100))
				fault.end(server)
			}
			for name, took := range map[string][]time.Duration{"finding-out": first, "afterwards": later} {
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, name+"-p50-ms")
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, name+"-p99-ms")
				b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, name+"-max-ms")
			}
		})
	}
}

// slowest returns the longest that 8 clients wait for a verdict when each asks some times.
func slowest(b *testing.B, limiter *redis.Limiter, times int) time.Duration {
	b.Helper()
	charges := request(1<<30, time.Minute)
	var longest atomic.Int64
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for range times {
				began := time.Now()
				take(b, limiter, charges...)
				for took := int64(time.Since(began)); took > longest.Load(); {
					longest.Store(took)
				}
			}
		})
	}
	clients.Wait()
	return time.Duration(longest.Load())
}

// TestEmbeddedRedisIsNeverAway shows that a single process decides by itself.
func TestEmbeddedRedisIsNeverAway(t *testing.T) {
	t.Parallel()
	client := open(t, "")
	limiter := redis.NewLimiter(client, time.Millisecond, func(bool, error) { t.Error("reported a change") })
	t.Cleanup(limiter.Close)
	charges := request(1, time.Hour)
	for _, want := range []bool{true, false} {
		if got := take(t, limiter, charges...); got.Allowed != want || got.Degraded {
			t.Errorf("want %v, got %+v", want, got)
		}
	}
}

func TestNoChargesAskNobody(t *testing.T) {
	t.Parallel()
	limiter, _ := newLimiter(t, "")
	if got := take(t, limiter); !got.Allowed || len(got.States) != 0 {
		t.Errorf("got %+v", got)
	}
	if err := limiter.Refund(t.Context()); err != nil {
		t.Error(err)
	}
}

// BenchmarkTake is what deciding over four buckets costs a request.
func BenchmarkTake(b *testing.B) {
	charges := request(1<<30, time.Minute)
	server := redistest.Start(b)
	alone, _ := newLimiter(b, server.URL)
	server.Kill()
	for !alone.Degraded() {
		take(b, alone, charges...)
	}
	live := redis.NewShared(open(b, redistest.Start(b).URL)) // without the breaker, which would hide a slow answer
	embedded, _ := newLimiter(b, "")
	for _, row := range []struct {
		name    string
		limiter domain.Limiter
	}{{"redis", live}, {"embedded", embedded}, {"fallback", alone}} {
		b.Run(row.name, func(b *testing.B) {
			for b.Loop() {
				take(b, row.limiter, charges...)
			}
		})
	}
}
