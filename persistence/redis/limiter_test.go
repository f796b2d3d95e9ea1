package redis_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"kanera.dev/domain"
	"kanera.dev/persistence/redis"
	"kanera.dev/persistence/redis/redistest"
)

// request is what an authenticated request is charged, in an organisation of its own.
func request(limit int, window time.Duration) []domain.Charge {
	organisation, key, address := uuid.NewString(), uuid.NewString(), uuid.NewString()
	bucket := func(name, key, group string, limit int) domain.Bucket {
		return domain.Bucket{Name: name, Key: key, Group: group, Limit: limit, Window: window}
	}
	return []domain.Charge{
		{Bucket: bucket("key", key, organisation, limit), Units: 1},
		{Bucket: bucket("account", organisation, organisation, 5*limit), Units: 1},
		{Bucket: bucket("monthly", key, organisation, 100*limit), Units: 1},
		{Bucket: bucket("failedKey", address, address, 10)},
	}
}

func take(t testing.TB, limiter domain.Limiter, charges ...domain.Charge) domain.Verdict {
	t.Helper()
	verdict, err := limiter.Take(t.Context(), charges...)
	if err != nil {
		t.Fatal(err)
	}
	return verdict
}

// eachLimiter runs a test on the script, on both kinds of Redis and on a cluster, and on what decides in the process.
func eachLimiter(t *testing.T, test func(t *testing.T, limiter domain.Limiter)) {
	t.Helper()
	redistest.Each(t, func(t *testing.T, client *redis.Client) { test(t, redis.NewShared(client)) })
	t.Run("cluster", func(t *testing.T) {
		t.Parallel()
		test(t, redis.NewShared(open(t, redistest.Cluster(t))))
	})
	t.Run("local", func(t *testing.T) {
		t.Parallel()
		test(t, redis.NewLocal(time.Now))
	})
}

func open(t testing.TB, url string) *redis.Client {
	t.Helper()
	client, err := redis.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

func TestTakeAndRefund(t *testing.T) {
	t.Parallel()
	eachLimiter(t, func(t *testing.T, limiter domain.Limiter) {
		charges := request(3, time.Hour)
		for left := 2; left >= 0; left-- {
			got := take(t, limiter, charges...)
			if !got.Allowed || got.Denied != "" || got.RetryAfter != 0 || len(got.States) != 4 || got.States[0].Remaining != left ||
				got.States[1].Remaining != left+12 || got.States[3].Remaining != 10 || got.States[0].Bucket != charges[0].Bucket {
				t.Fatalf("with %d left: %+v", left, got)
			}
			if reset := got.States[0].ResetAt.Sub(got.At); reset <= time.Hour-time.Minute || reset > time.Hour+time.Minute {
				t.Errorf("all is back after %v", reset)
			}
		}
		refused := take(t, limiter, charges...)
		if refused.Allowed || refused.Denied != "key" || refused.States[1].Remaining != 12 || refused.RetryAfter <= 59*time.Minute || refused.RetryAfter > 61*time.Minute {
			t.Errorf("a fourth time: %+v", refused)
		}
		if err := limiter.Refund(t.Context(), domain.Charge{Bucket: charges[0].Bucket, Units: 2}, domain.Charge{Bucket: charges[3].Bucket, Units: 7}); err != nil {
			t.Fatal(err)
		}
		again := take(t, limiter, charges...)
		if !again.Allowed || again.States[0].Remaining != 1 || again.States[1].Remaining != 11 || again.States[3].Remaining != 10 {
			t.Errorf("after a refund: %+v", again)
		}
	})
}

// TestNothingIsTakenWhenALaterBucketRefuses holds also where the buckets live on different nodes.
func TestNothingIsTakenWhenALaterBucketRefuses(t *testing.T) {
	t.Parallel()
	eachLimiter(t, func(t *testing.T, limiter domain.Limiter) {
		charges := request(5, time.Hour)
		take(t, limiter, domain.Charge{Bucket: charges[3].Bucket, Units: 10})
		refused := take(t, limiter, charges...)
		if refused.Allowed || refused.Denied != "failedKey" || refused.RetryAfter <= 0 {
			t.Errorf("got %+v", refused)
		}
		if got := take(t, limiter, charges[:3]...); got.States[0].Remaining != 4 || got.States[2].Remaining != 499 {
			t.Errorf("the refused request was charged: %+v", got)
		}
	})
}

// TestProcessesShareABudget asks from two pools at once, twice as much as there is.
func TestProcessesShareABudget(t *testing.T) {
	t.Parallel()
	url := redistest.Start(t).URL
	charges := request(400, time.Minute)
	var passed atomic.Int32
	var group sync.WaitGroup
	for range 2 {
		limiter := redis.NewLimiter(open(t, url), time.Minute, func(bool, error) { t.Error("went on without Redis") })
		t.Cleanup(limiter.Close)
		for range 8 { // who share exchanges
			group.Go(func() {
				for range 50 {
					if verdict, err := limiter.Take(t.Context(), charges...); err != nil {
						t.Error(err)
					} else if verdict.Allowed {
						passed.Add(1)
					}
				}
			})
		}
	}
	group.Wait()
	if passed.Load() != 400 {
		t.Errorf("%d of 800 requests passed, 400 are allowed", passed.Load())
	}
}

// TestNoWindowHoldsMore asks a real Redis for more than it may give while its own clock runs through many windows, and
// looks at every window afterwards.
func TestNoWindowHoldsMore(t *testing.T) {
	t.Parallel()
	eachLimiter(t, func(t *testing.T, limiter domain.Limiter) {
		const limit, window = 40, 60 * time.Millisecond
		charges := request(limit, window)[:1]
		var passed []time.Time
		for deadline := time.Now().Add(10 * window); time.Now().Before(deadline); {
			if verdict := take(t, limiter, charges...); verdict.Allowed {
				passed = append(passed, verdict.At)
			}
		}
		most := 0
		for i, last := range passed {
			inside := 0
			for _, at := range passed[:i+1] {
				if last.Sub(at) <= window {
					inside++
				}
			}
			most = max(most, inside)
		}
		if most > limit || len(passed) <= limit {
			t.Errorf("%d in one window, %d allowed; %d in all", most, limit, len(passed))
		}
	})
}

// TestOneRoundTrip counts what an authenticated request asks Redis.
func TestOneRoundTrip(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		limiter, charges := redis.NewShared(client), request(1000, time.Minute)
		take(t, limiter, charges...) // the first one may have to send the script
		var trips []string
		client.Observe(func(_ context.Context, command string) func(error) {
			trips = append(trips, command)
			return func(error) {}
		})
		for range 3 {
			take(t, limiter, charges...)
		}
		if want := []string{"evalsha", "evalsha", "evalsha"}; !slices.Equal(trips, want) {
			t.Errorf("three requests asked %v", trips)
		}
	})
}

// TestManyCallersInOneRoundTrip are told what each would have been told alone, also by nodes that have yet to learn the
// script, and when the address of one of them refuses on another node than the rest.
func TestManyCallersInOneRoundTrip(t *testing.T) {
	t.Parallel()
	test := func(t *testing.T, client *redis.Client, trip string) {
		limiter := redis.NewShared(client)
		one, other := request(3, time.Hour), request(9, time.Hour)
		spent, raised := slices.Clone(other), slices.Clone(one)
		spent[3].Units = 11
		raised[0].Bucket.Limit = 5
		refund := slices.Clone(one[:1])
		refund[0].Units = -1
		var trips []string
		for round, want := range []struct{ allowed, left []int }{
			{[]int{1, 1, 1, 1, 1, 0, 1, 1, 0}, []int{2, 1, 8, 2, 1, 9, 0, 1, 0}},
			{[]int{0, 0, 1, 1, 0, 0, 0, 1, 0}, []int{0, 0, 7, 0, 0, 9, 0, 1, 0}},
		} {
			verdicts, err := limiter.Decide(t.Context(), [][]domain.Charge{one, one, other, refund, one, spent, one, raised, one})
			if err != nil {
				t.Fatal(err)
			}
			for i, got := range verdicts {
				if got.Allowed != (want.allowed[i] == 1) || got.Allowed && got.States[0].Remaining != want.left[i] || got.At.IsZero() {
					t.Errorf("round %d, caller %d: %+v", round, i, got)
				}
			}
			client.Observe(func(_ context.Context, command string) func(error) {
				trips = append(trips, command)
				return func(error) {}
			})
		}
		if len(trips) == 0 || trips[0] != trip {
			t.Errorf("asked %v", trips)
		}
	}
	redistest.Each(t, func(t *testing.T, client *redis.Client) { test(t, client, "evalsha") })
	t.Run("cluster", func(t *testing.T) {
		t.Parallel()
		test(t, open(t, redistest.Cluster(t)), "pipeline")
	})
}

// TestAChargeApart is refused alone; refused with it are only charges that refuse by themselves. The address lives on a
// node of its own.
func TestAChargeApart(t *testing.T) {
	t.Parallel()
	eachLimiter(t, func(t *testing.T, limiter domain.Limiter) {
		charges := request(4, time.Hour)
		cost := domain.Bucket{Name: "cost", Key: "cost", Group: charges[0].Bucket.Group, Limit: 10, Window: time.Hour}
		charges = slices.Insert(charges, 3, domain.Charge{Bucket: cost, Units: 6, Apart: true})
		for i, want := range []struct {
			denied    string
			key, cost int
		}{{"", 3, 4}, {"cost", 2, 4}, {"cost", 1, 4}} {
			got := take(t, limiter, charges...)
			if got.Allowed != (want.denied == "") || got.Denied != want.denied || got.States[0].Remaining != want.key || got.States[3].Remaining != want.cost ||
				got.States[0].RetryAfter != 0 || got.States[3].RetryAfter != got.RetryAfter || got.States[4].Remaining != 10 {
				t.Errorf("request %d: %+v", i, got)
			}
		}
		take(t, limiter, domain.Charge{Bucket: charges[4].Bucket, Units: 10})
		charges[3].Units = 1
		for range 2 {
			if got := take(t, limiter, charges...); got.Allowed || got.RetryAfter <= 0 {
				t.Errorf("refused by its address: %+v", got)
			}
		}
		if got := take(t, limiter, charges[0], charges[3]); !got.Allowed || got.States[0].Remaining != 0 || got.States[1].Remaining != 3 {
			t.Errorf("what the address refused was taken: %+v", got)
		}
	})
}
