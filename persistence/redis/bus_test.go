package redis_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"kanera.dev/persistence/redis"
	"kanera.dev/persistence/redis/redistest"
)

// eventually waits until a condition holds, which has to be within five seconds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !holds(); {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 5 s", what)
		}
		select {
		case <-t.Context().Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestNoticesReachEverySubscription(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		bus, topic := redis.NewBus(client), uuid.NewString()
		first, second, other := make(chan string, 100), make(chan string, 100), make(chan string, 100)
		bus.Subscribe(t.Context(), topic, func(notice string) { first <- notice })
		bus.Subscribe(t.Context(), topic, func(notice string) { second <- notice })
		bus.Subscribe(t.Context(), topic+"-other", func(notice string) { other <- notice })
		eventually(t, "both hear", func() bool {
			if err := bus.Publish(t.Context(), topic, "hello"); err != nil {
				t.Fatal(err)
			}
			return len(first) > 0 && len(second) > 0
		})
		if <-first != "hello" || <-second != "hello" || len(other) > 0 {
			t.Error("heard something else, or on another topic")
		}
	})
}

func TestASubscriptionEndsWithItsContext(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		bus, topic := redis.NewBus(client), uuid.NewString()
		ctx, end := context.WithCancel(t.Context())
		heard := make(chan string, 100)
		bus.Subscribe(ctx, topic, func(notice string) { heard <- notice })
		publish := func() bool {
			if err := bus.Publish(t.Context(), topic, "hello"); err != nil {
				t.Fatal(err)
			}
			return len(heard) > 0
		}
		eventually(t, "heard", publish)
		end()
		eventually(t, "silent", func() bool {
			before := len(heard)
			publish()
			publish()
			return len(heard) == before
		})
	})
}

// TestSinceTellsWhetherNoticesMayBeMissed: with a server from the first confirmation on, with the embedded Redis
// never, because another process would have a Redis of its own.
func TestSinceTellsWhetherNoticesMayBeMissed(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		topic, heard := uuid.NewString(), make(chan string, 1000)
		began := time.Now()
		bus := redis.NewBus(client)
		listening := bus.Subscribe(t.Context(), topic, func(notice string) { heard <- notice })
		eventually(t, "heard", func() bool {
			_ = bus.Publish(t.Context(), topic, "hello")
			return len(heard) > 0
		})
		since, shared := listening.Since(), strings.HasSuffix(t.Name(), "/server")
		if shared == since.IsZero() || shared && (since.Before(began) || since.After(time.Now())) {
			t.Errorf("since %v", since)
		}
	})
}

func TestSinceIsZeroWithoutRedis(t *testing.T) {
	t.Parallel()
	client, err := redis.Open(t.Context(), os.Getenv(redistest.URLVariable))
	if err != nil {
		t.Fatal(err)
	}
	listening := redis.NewBus(client).Subscribe(t.Context(), uuid.NewString(), func(string) {})
	if os.Getenv(redistest.URLVariable) != "" {
		eventually(t, "connected", func() bool { return !listening.Since().IsZero() })
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "lost", func() bool { return listening.Since().IsZero() })
}
