package redis_test

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"kanera.dev/domain"
	"kanera.dev/persistence/redis"
	"kanera.dev/persistence/redis/redistest"
)

// eachQueue runs a test on both kinds of Redis and on a cluster, each with a queue of its own of width 3.
func eachQueue(t *testing.T, test func(t *testing.T, queue domain.Queue)) {
	t.Helper()
	redistest.Each(t, func(t *testing.T, client *redis.Client) { test(t, redis.NewQueue(client, uuid.NewString(), 3)) })
	t.Run("cluster", func(t *testing.T) {
		t.Parallel()
		test(t, redis.NewQueue(open(t, redistest.Cluster(t)), uuid.NewString(), 3))
	})
}

// deliveries are n of a webhook, named after it, the first one due longest.
func deliveries(webhook string, n int) []domain.Due {
	due := make([]domain.Due, n)
	for i := range due {
		due[i] = domain.Due{WebhookID: webhook, DeliveryID: webhook + strconv.Itoa(i), At: time.Now().Add(time.Duration(i-n) * time.Second)}
	}
	return due
}

func add(t testing.TB, queue domain.Queue, due ...domain.Due) {
	t.Helper()
	if err := queue.Add(t.Context(), due...); err != nil {
		t.Fatal(err)
	}
}

// claimed claims up to n and tells which, in order.
func claimed(t testing.TB, queue domain.Queue, n int) []string {
	t.Helper()
	due, _, err := queue.Claim(t.Context(), n, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return names(due)
}

func names(due []domain.Due) []string {
	ids := []string{}
	for _, d := range due {
		ids = append(ids, d.DeliveryID)
	}
	return ids
}

// finish ends the leases of deliveries, named after their webhooks of one letter.
func finish(t testing.TB, queue domain.Queue, at time.Time, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := queue.Finish(t.Context(), domain.Due{WebhookID: id[:1], DeliveryID: id, At: at}); err != nil {
			t.Fatal(err)
		}
	}
}

func wantClaim(t testing.TB, queue domain.Queue, n int, want ...string) {
	t.Helper()
	if got := claimed(t, queue, n); !slices.Equal(got, append([]string{}, want...)) {
		t.Errorf("claimed %v, want %v", got, want)
	}
}

func wantWaiting(t testing.TB, queue domain.Queue, want int) {
	t.Helper()
	if n, err := queue.Waiting(t.Context()); err != nil || n != want {
		t.Errorf("%d deliveries in the queue, %v; want %d", n, err, want)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestALaneKeepsItsWidth(t *testing.T) {
	t.Parallel()
	eachQueue(t, func(t *testing.T, queue domain.Queue) {
		wantClaim(t, queue, 10)
		add(t, queue, deliveries("a", 5)...)
		wantClaim(t, queue, 0)
		wantClaim(t, queue, 2, "a0", "a1")
		wantClaim(t, queue, 10, "a2")
		wantClaim(t, queue, 10)
		wantWaiting(t, queue, 5)
		finish(t, queue, time.Time{}, "a1")
		wantClaim(t, queue, 10, "a3")
		finish(t, queue, time.Time{}, "a0", "a2", "a3")
		wantClaim(t, queue, 10, "a4")
		finish(t, queue, time.Time{}, "a4", "a4")
		wantWaiting(t, queue, 0)
	})
}

func TestKnownDeliveriesStayAsTheyAre(t *testing.T) {
	t.Parallel()
	eachQueue(t, func(t *testing.T, queue domain.Queue) {
		due := deliveries("a", 2)
		due[1].At = time.Now().Add(time.Hour)
		add(t, queue, due...)
		add(t, queue, due...)
		wantClaim(t, queue, 10, "a0")
		add(t, queue, domain.Due{WebhookID: "a", DeliveryID: "a0"}, domain.Due{WebhookID: "a", DeliveryID: "a1"})
		wantClaim(t, queue, 10)
		wantWaiting(t, queue, 2)
	})
}

func TestALaterMoment(t *testing.T) {
	t.Parallel()
	eachQueue(t, func(t *testing.T, queue domain.Queue) {
		later := time.Now().Add(time.Hour)
		add(t, queue, domain.Due{WebhookID: "a", DeliveryID: "a0", At: later}, domain.Due{WebhookID: "a", DeliveryID: "a1"})
		due, next, err := queue.Claim(t.Context(), 10, 2*time.Hour)
		if err != nil || !slices.Equal(names(due), []string{"a1"}) || next.Sub(later).Abs() > time.Minute {
			t.Errorf("claimed %+v, next at %v instead of %v, %v", due, next, later, err)
		}
		later = later.Add(-30 * time.Minute)
		finish(t, queue, later, "a1")
		if due, next, err = queue.Claim(t.Context(), 10, time.Minute); err != nil || len(due) != 0 || next.Sub(later).Abs() > time.Minute {
			t.Errorf("claimed %+v, next at %v instead of %v, %v", due, next, later, err)
		}
		finish(t, queue, time.Time{}, "a0", "a1")
		if due, next, err = queue.Claim(t.Context(), 10, time.Minute); err != nil || len(due) != 0 || !next.IsZero() {
			t.Errorf("an empty queue has %+v, next at %v, %v", due, next, err)
		}
	})
}

// TestLanesTakeTurns: nobody waits for the backlog of another one.
func TestLanesTakeTurns(t *testing.T) {
	t.Parallel()
	eachQueue(t, func(t *testing.T, queue domain.Queue) {
		add(t, queue, deliveries("a", 50)...)
		add(t, queue, deliveries("b", 1)...)
		add(t, queue, deliveries("c", 1)...)
		wantClaim(t, queue, 2, "a0", "a1")
		wantClaim(t, queue, 3, "b0", "c0", "a2")
	})
}

func TestAHeldLane(t *testing.T) {
	t.Parallel()
	eachQueue(t, func(t *testing.T, queue domain.Queue) {
		add(t, queue, append(deliveries("a", 5), deliveries("b", 1)...)...)
		must(t, queue.Hold(t.Context(), "a", time.Now().Add(time.Hour)))
		wantClaim(t, queue, 10, "b0")
		add(t, queue, domain.Due{WebhookID: "a", DeliveryID: "a9"})
		must(t, queue.Hold(t.Context(), "a", time.Time{})) // moves the end
		due, _, err := queue.Claim(t.Context(), 10, time.Minute)
		if err != nil || !slices.Equal(names(due), []string{"a0"}) || due[0].Holds != 1 {
			t.Errorf("one delivery tries whether the receiver is back: %+v, %v", due, err)
		}
		wantClaim(t, queue, 10)
		must(t, queue.Hold(t.Context(), "a", time.Time{}))
		finish(t, queue, time.Now().Add(time.Hour), "a0")
		if due, _, err = queue.Claim(t.Context(), 10, time.Minute); err != nil || !slices.Equal(names(due), []string{"a1"}) || due[0].Holds != 2 {
			t.Errorf("it was held a second time: %+v, %v", due, err)
		}
		must(t, queue.Release(t.Context(), "a"))
		wantClaim(t, queue, 10, "a2", "a3")
	})
}

// TestALostLease comes back by the clock of Redis, and a stuck lane delays no other.
func TestALostLease(t *testing.T) {
	t.Parallel()
	eachQueue(t, func(t *testing.T, queue domain.Queue) {
		add(t, queue, deliveries("a", 4)...)
		if due, _, err := queue.Claim(t.Context(), 10, time.Second); err != nil || len(due) != 3 {
			t.Fatal(due, err)
		}
		add(t, queue, deliveries("b", 1)...)
		wantClaim(t, queue, 10, "b0")
		var again []string
		eventually(t, "the leases end", func() bool {
			again = claimed(t, queue, 10)
			return len(again) > 0
		})
		if !slices.Equal(again, []string{"a3", "a0", "a1"}) {
			t.Errorf("claimed %v: those whose lease has ended line up again", again)
		}
		wantWaiting(t, queue, 5)
	})
}

func TestADroppedWebhook(t *testing.T) {
	t.Parallel()
	eachQueue(t, func(t *testing.T, queue domain.Queue) {
		add(t, queue, append(deliveries("a", 5), deliveries("b", 1)...)...)
		must(t, queue.Hold(t.Context(), "a", time.Time{}))
		wantClaim(t, queue, 10, "b0", "a0") // holding it made it line up again
		must(t, queue.Drop(t.Context(), "a"))
		finish(t, queue, time.Time{}, "a0")
		wantWaiting(t, queue, 1)
		add(t, queue, deliveries("a", 5)...)
		wantClaim(t, queue, 10, "a0", "a1", "a2")
	})
}

// TestALostRedis loses nothing that is added again, whatever was claimed or held before.
func TestALostRedis(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	queue := redis.NewQueue(open(t, server.URL), "lost", 3)
	due := append(deliveries("a", 4), deliveries("b", 1)...)
	add(t, queue, due...)
	must(t, queue.Hold(t.Context(), "b", time.Now().Add(time.Hour)))
	wantClaim(t, queue, 10, "a0", "a1", "a2")
	server.Kill()
	if _, _, err := queue.Claim(t.Context(), 10, time.Minute); err == nil {
		t.Error("claimed without Redis")
	}
	server.Restart()
	wantClaim(t, queue, 10)
	wantWaiting(t, queue, 0)
	finish(t, queue, time.Time{}, "a1")               // done in the meantime
	finish(t, queue, time.Now().Add(time.Hour), "a0") // and tried in vain
	add(t, queue, append(due[2:], due[0])...)
	wantClaim(t, queue, 10, "a2", "a3", "b0")
	wantWaiting(t, queue, 4)
}

// TestQueuesOfOtherNames share a Redis and nothing else.
func TestQueuesOfOtherNames(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		one, other := redis.NewQueue(client, uuid.NewString(), 3), redis.NewQueue(client, uuid.NewString(), 3)
		add(t, one, deliveries("a", 1)...)
		wantClaim(t, other, 10)
		wantClaim(t, one, 10, "a0")
	})
}

// TestOneRoundTripForManyDeliveries counts what a round asks Redis.
func TestOneRoundTripForManyDeliveries(t *testing.T) {
	t.Parallel()
	client := open(t, redistest.Start(t).URL)
	queue := redis.NewQueue(client, "trips", 3)
	add(t, queue)
	add(t, queue, deliveries("z", 1)...) // the first time the scripts are sent
	wantClaim(t, queue, 1, "z0")
	finish(t, queue, time.Time{}, "z0")
	var trips []string
	client.Observe(func(_ context.Context, command string) func(error) {
		trips = append(trips, command)
		return func(error) {}
	})
	var due []domain.Due
	for i := range 100 {
		due = append(due, deliveries("w"+strconv.Itoa(i), 3)...)
	}
	add(t, queue, due...)
	if got, _, err := queue.Claim(t.Context(), 300, time.Minute); err != nil || len(got) != 300 {
		t.Errorf("claimed %d, %v", len(got), err)
	}
	must(t, queue.Finish(t.Context(), due...))
	if want := []string{"evalsha", "evalsha", "evalsha"}; !slices.Equal(trips, want) {
		t.Errorf("300 deliveries asked %v", trips)
	}
}

// TestNothingIsHandedOutTwice claims from two processes at once while deliveries are finished.
func TestNothingIsHandedOutTwice(t *testing.T) {
	t.Parallel()
	eachQueue(t, func(t *testing.T, queue domain.Queue) {
		const lanes, each = 10, 40
		for i := range lanes {
			add(t, queue, deliveries(string(rune('a'+i)), each)...)
		}
		var group sync.WaitGroup
		var mutex sync.Mutex
		seen, busy := map[string]int{}, map[string]int{}
		note := func(due []domain.Due, change int) {
			mutex.Lock()
			defer mutex.Unlock()
			for _, d := range due {
				seen[d.DeliveryID] += max(change, 0)
				if busy[d.WebhookID] += change; busy[d.WebhookID] > 3 {
					t.Errorf("%s has %d leases", d.WebhookID, busy[d.WebhookID])
				}
			}
		}
		for range 4 {
			group.Go(func() {
				for {
					due, next, err := queue.Claim(t.Context(), 7, time.Minute)
					if err != nil || next.IsZero() && len(due) == 0 {
						if err != nil {
							t.Error(err)
						}
						return
					}
					note(due, 1)
					note(due, -1)
					for i := range due {
						due[i].At = time.Time{}
					}
					if err := queue.Finish(t.Context(), due...); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		for id, times := range seen {
			if times != 1 {
				t.Errorf("%s was handed out %d times", id, times)
			}
		}
		if len(seen) != lanes*each {
			t.Errorf("%d deliveries handed out, want %d", len(seen), lanes*each)
		}
	})
}
