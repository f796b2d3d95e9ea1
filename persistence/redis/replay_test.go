package redis_test

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"kanera.dev/domain"
	"kanera.dev/persistence/redis"
	"kanera.dev/persistence/redis/redistest"
)

func replayKey() domain.ReplayKey {
	return domain.ReplayKey{OrganisationID: uuid.NewString(), CredentialID: uuid.NewString(), Key: "one order"}
}

// claim takes a key for a minute, or the test fails when the answer is not the expected one.
func claim(t *testing.T, replay domain.Replay, key domain.ReplayKey, fingerprint, token string, want domain.ReplayState) *domain.StoredAnswer {
	t.Helper()
	state, answer, err := replay.Claim(t.Context(), key, fingerprint, token, time.Minute)
	if err != nil || state != want || (answer != nil) != (state == domain.ReplayFinished) {
		t.Fatalf("claim %s by %s: %q, %+v, %v; want %q", fingerprint, token, state, answer, err, want)
	}
	return answer
}

func TestReplayTransitions(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		replay, key := redis.NewReplay(client), replayKey()
		claim(t, replay, key, "a", "me", domain.ReplayClaimed)
		claim(t, replay, key, "a", "me", domain.ReplayClaimed) // the first answer was lost on its way
		claim(t, replay, key, "a", "you", domain.ReplayRunning)
		claim(t, replay, key, "b", "you", domain.ReplayDifferent)
		if err := replay.Release(t.Context(), key, "you"); err != nil {
			t.Fatal(err)
		}
		claim(t, replay, key, "a", "you", domain.ReplayRunning) // only the owner can release
		if err := replay.Release(t.Context(), key, "me"); err != nil {
			t.Fatal(err)
		}
		claim(t, replay, key, "b", "you", domain.ReplayClaimed)

		kept := &domain.StoredAnswer{Status: 201, ContentType: "application/json", Location: "/x", Body: []byte("{\"a\":\"\x00\xff\"}")}
		if err := replay.Finish(t.Context(), key, "me", kept, time.Hour); domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("finished without a claim: %v", err)
		}
		for range 2 { // the second time because the first answer was lost on its way
			if err := replay.Finish(t.Context(), key, "you", kept, time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		_ = replay.Release(t.Context(), key, "you")
		got := claim(t, replay, key, "b", "you", domain.ReplayFinished)
		if got.Status != 201 || got.ContentType != kept.ContentType || got.Location != "/x" || got.Omitted || !bytes.Equal(got.Body, kept.Body) {
			t.Errorf("got %+v", got)
		}
		claim(t, replay, key, "a", "me", domain.ReplayDifferent)
	})
}

func TestReplayKeysAreApart(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		replay, key := redis.NewReplay(client), replayKey()
		claim(t, replay, key, "a", "me", domain.ReplayClaimed)
		for _, change := range []func(*domain.ReplayKey){
			func(k *domain.ReplayKey) { k.OrganisationID = uuid.NewString() },
			func(k *domain.ReplayKey) { k.CredentialID = uuid.NewString() },
			func(k *domain.ReplayKey) { k.Key = "One order" },
		} {
			other := key
			change(&other)
			claim(t, replay, other, "b", "you", domain.ReplayClaimed)
		}
	})
}

// TestACrashedOwnerLosesItsClaim: the lease ends by the clock of Redis, and the old owner is fenced off.
func TestACrashedOwnerLosesItsClaim(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		replay, key := redis.NewReplay(client), replayKey()
		if state, _, err := replay.Claim(t.Context(), key, "a", "dead", 50*time.Millisecond); state != domain.ReplayClaimed || err != nil {
			t.Fatal(state, err)
		}
		eventually(t, "the key is free", func() bool {
			state, _, err := replay.Claim(t.Context(), key, "a", "next", time.Minute)
			return err == nil && state == domain.ReplayClaimed
		})
		if err := replay.Finish(t.Context(), key, "dead", &domain.StoredAnswer{Status: 200}, time.Hour); domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("the dead owner finished: %v", err)
		}
		_ = replay.Release(t.Context(), key, "dead")
		claim(t, replay, key, "a", "third", domain.ReplayRunning)
	})
}

// TestAnswersAreForgotten: a finished key is kept from its claim on, not from its end.
func TestAnswersAreForgotten(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		replay, key := redis.NewReplay(client), replayKey()
		claim(t, replay, key, "a", "me", domain.ReplayClaimed)
		if err := replay.Finish(t.Context(), key, "me", &domain.StoredAnswer{Status: 204}, 200*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the key is free", func() bool {
			state, _, err := replay.Claim(t.Context(), key, "a", "next", time.Minute)
			return err == nil && state == domain.ReplayClaimed
		})
	})
}

func TestOneOfManyClaims(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		replay, key := redis.NewReplay(client), replayKey()
		var group sync.WaitGroup
		var claimed atomic.Int32
		for range 50 {
			group.Go(func() {
				state, _, err := replay.Claim(t.Context(), key, "a", uuid.NewString(), time.Minute)
				if err != nil {
					t.Error(err)
				}
				if state == domain.ReplayClaimed {
					claimed.Add(1)
				}
			})
		}
		group.Wait()
		if claimed.Load() != 1 {
			t.Errorf("%d of 50 claimed the key", claimed.Load())
		}
	})
}
