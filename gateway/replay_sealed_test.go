package gateway

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"kanera.dev/domain"
	"kanera.dev/persistence/redis"
	"kanera.dev/persistence/redis/redistest"
)

// Answers with secrets in them can be given again, but not be read in Redis, nor with another key.
func TestKeptAnswersAreSealed(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		s := newShop(client)
		sells := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			s.sold.Add(1)
			_, _ = io.WriteString(w, `{"secret":"whsec_hidden"}`)
		})
		openWith := func(key string) {
			sealed := sealedReplay{s.replay, vaultOf(t, Config{SecretKey: key})}
			s.Handler = (&once{replay: sealed, newID: uuid.NewString, log: slog.New(slog.DiscardHandler)}).onceREST(sells)
		}
		openWith(keyOf(1))
		first, second := s.buy(t), s.buy(t)
		if second.Header().Get("Idempotency-Replayed") != "true" || second.Body.String() != first.Body.String() || s.sold.Load() != 1 {
			t.Errorf("again: %v %s, sold %d times", second.Header(), second.Body, s.sold.Load())
		}
		state, kept, err := s.replay.Claim(t.Context(), s.key(), fingerprint(s.order(t), canonical([]byte(`{}`))), "token", time.Minute)
		if err != nil || state != domain.ReplayFinished || bytes.Contains(kept.Body, []byte("hidden")) {
			t.Errorf("kept as %v %+v, %v", state, kept, err)
		}
		openWith(keyOf(2))
		if other := s.buy(t); other.Code != http.StatusConflict || s.sold.Load() != 1 {
			t.Errorf("with another key: %d %s, sold %d times", other.Code, other.Body, s.sold.Load())
		}
	})
}
