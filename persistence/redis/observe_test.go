package redis_test

import (
	"context"
	"testing"

	"kanera.dev/persistence/redis"
	"kanera.dev/persistence/redis/redistest"
)

func TestObserverIsToldOfCommands(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		var names []string
		var failures int
		client.Observe(func(_ context.Context, name string) func(error) {
			return func(err error) {
				names = append(names, name)
				if err != nil {
					failures++
				}
			}
		})
		if err := client.Ping(t.Context()); err != nil || len(names) != 1 || names[0] != "ping" || failures != 0 {
			t.Errorf("told of %q with %d failures, %v", names, failures, err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := client.Ping(ended); err == nil || failures != 1 {
			t.Errorf("after the end: %v, told of %d failures", err, failures)
		}
		if pool := client.Pool(); pool.InUse < 0 || pool.Idle+pool.InUse == 0 {
			t.Errorf("pool %+v", pool)
		}
	})
}
