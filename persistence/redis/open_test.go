package redis_test

import (
	"strings"
	"testing"

	"kanera.dev/persistence/redis"
	"kanera.dev/persistence/redis/redistest"
)

func TestPing(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		if err := client.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestOpenKeepsSecrets(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"not a redis URL": "http://user:s3cret@example.com",
		"malformed":       "redis://user:s3cret@[::1",
		"nobody there":    "redis://user:s3cret@127.0.0.1:1/0",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := redis.Open(t.Context(), url)
			if err == nil {
				t.Fatal("opened")
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Fatalf("the password shows in %q", err)
			}
		})
	}
}

func TestCloseEndsTheEmbeddedRedis(t *testing.T) {
	t.Parallel()
	client, err := redis.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if client.Ping(t.Context()) == nil {
		t.Fatal("a closed client still answers")
	}
}
