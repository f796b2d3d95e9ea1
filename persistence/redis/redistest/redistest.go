// Package redistest gives tests a Redis: the embedded one, and a real server.
package redistest

import (
	"os"
	"testing"

	"kanera.dev/persistence/redis"
)

// URLVariable names the environment variable with the URL of the Redis server for tests.
const URLVariable = "KANERA_TEST_REDIS_URL"

// Each runs the test once on the embedded Redis and once on the real one, in parallel. The real one is shared:
// tests use keys of their own.
func Each(t *testing.T, test func(t *testing.T, client *redis.Client)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		test(t, open(t, ""))
	})
	t.Run("server", func(t *testing.T) {
		t.Parallel()
		url := os.Getenv(URLVariable)
		if url == "" {
			t.Fatal(URLVariable + " is not set: run make test, which starts a Redis for the tests")
		}
		test(t, open(t, url))
	})
}

func open(t *testing.T, url string) *redis.Client {
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
