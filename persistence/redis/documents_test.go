package redis_test

import (
	"testing"

	"kanera.dev/domain"
	"kanera.dev/persistence/redis"
	"kanera.dev/persistence/redis/redistest"
)

func TestDocuments(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		documents := redis.NewDocuments(client)
		text := "query " + t.Name()[:13] + " { health { ok } } # " + domain.NewID()
		hash := domain.DocumentHash(text)
		if got, err := documents.LoadDocument(t.Context(), hash); got != "" || err != nil {
			t.Fatalf("before it was saved: %q, %v", got, err)
		}
		for range 2 {
			if err := documents.SaveDocument(t.Context(), hash, text); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := documents.LoadDocument(t.Context(), hash); got != text || err != nil {
			t.Fatalf("got %q, %v", got, err)
		}
	})
}

func TestDocumentsTellWhenRedisIsGone(t *testing.T) {
	t.Parallel()
	client, err := redis.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	documents := redis.NewDocuments(client)
	if _, err := documents.LoadDocument(t.Context(), "x"); err == nil {
		t.Error("loaded from nowhere")
	}
	if documents.SaveDocument(t.Context(), "x", "y") == nil {
		t.Error("saved to nowhere")
	}
}
