package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"kanera.dev/domain"
	"kanera.dev/persistence/redis"
	"kanera.dev/persistence/redis/redistest"
)

// shop is a REST door that counts how often it was asked, behind the header.
type shop struct {
	http.Handler
	sold   atomic.Int32
	answer http.HandlerFunc
	who    *domain.Principal
	replay *redis.Replay
}

func newShop(client *redis.Client) *shop {
	s := &shop{replay: redis.NewReplay(client), who: &domain.Principal{OrganisationID: uuid.NewString(), KeyID: uuid.NewString()}}
	s.Handler = (&once{replay: s.replay, newID: uuid.NewString, log: slog.New(slog.DiscardHandler)}).onceREST(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.sold.Add(1)
			s.answer(w, r)
		}))
	return s
}

// buy sends one order with an idempotency key.
func (s *shop) buy(t *testing.T) *httptest.ResponseRecorder {
	t.Helper()
	request := s.order(t)
	recorder := httptest.NewRecorder()
	s.ServeHTTP(recorder, request)
	return recorder
}

func (s *shop) order(t *testing.T) *http.Request {
	t.Helper()
	request := httptest.NewRequest(http.MethodPost, "/api/v1/orders", strings.NewReader(`{}`))
	request.Header.Set("Idempotency-Key", "order")
	return request.WithContext(domain.WithPrincipal(t.Context(), s.who))
}

func (s *shop) key() domain.ReplayKey {
	return domain.ReplayKey{OrganisationID: s.who.OrganisationID, CredentialID: s.who.KeyID, Key: "order"}
}

func TestWhichAnswersAreKept(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		for status, kept := range map[int]bool{200: true, 201: true, 204: true, 400: true, 404: true, 409: true, 429: false, 500: false, 503: false} {
			s := newShop(client)
			s.answer = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/orders/1")
				w.WriteHeader(status)
			}
			first, second := s.buy(t), s.buy(t)
			replayed := second.Header().Get("Idempotency-Replayed") == "true"
			if first.Code != status || second.Code != status || replayed != kept || (s.sold.Load() == 1) != kept || second.Header().Get("Location") != "/orders/1" {
				t.Errorf("%d: then %d, replayed %v, ran %d times", status, second.Code, replayed, s.sold.Load())
			}
		}
	})
}

// TestAPanicLeavesTheKeyFree: the recovery answers 500, and the caller may try again.
func TestAPanicLeavesTheKeyFree(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		s := newShop(client)
		s.answer = func(http.ResponseWriter, *http.Request) { panic("out of stock") }
		func() {
			defer func() { _ = recover() }()
			s.buy(t)
		}()
		s.answer = func(http.ResponseWriter, *http.Request) {}
		if answer := s.buy(t); answer.Code != 200 || s.sold.Load() != 2 {
			t.Errorf("%d %s", answer.Code, answer.Body)
		}
	})
}

// TestARequestThatStillRuns, and one whose process died: the key is taken until the lease ends, and free after.
func TestARequestThatStillRuns(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		s := newShop(client)
		s.answer = func(http.ResponseWriter, *http.Request) {
			if answer := s.buy(t); answer.Code != 409 || !strings.Contains(answer.Body.String(), "still running") {
				t.Errorf("meanwhile: %d %s", answer.Code, answer.Body)
			}
		}
		if answer := s.buy(t); answer.Code != 200 || s.sold.Load() != 1 {
			t.Errorf("%d %s", answer.Code, answer.Body)
		}

		dead := newShop(client)
		dead.answer = func(http.ResponseWriter, *http.Request) {}
		state, _, err := dead.replay.Claim(t.Context(), dead.key(), fingerprint(dead.order(t), canonical([]byte(`{}`))), "dead", 300*time.Millisecond)
		if err != nil || state != domain.ReplayClaimed {
			t.Fatal(state, err)
		}
		if answer := dead.buy(t); answer.Code != 409 {
			t.Errorf("while the lease lasts: %d", answer.Code)
		}
		for end := time.Now().Add(5 * time.Second); dead.sold.Load() == 0 && time.Now().Before(end); {
			dead.buy(t)
		}
		if answer := dead.buy(t); dead.sold.Load() != 1 || answer.Code != 200 || answer.Header().Get("Idempotency-Replayed") != "true" {
			t.Errorf("after the lease: %d, ran %d times", answer.Code, dead.sold.Load())
		}
	})
}

// TestALargeAnswerIsNotReplayed: it is given once, and the request is not run again.
func TestALargeAnswerIsNotReplayed(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		for size, kept := range map[int]bool{maxReplay: true, maxReplay + 1: false} {
			s := newShop(client)
			s.answer = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, size)) }
			first, second := s.buy(t), s.buy(t)
			if first.Body.Len() != size || (second.Body.Len() == size) != kept || (second.Code == 409) == kept || s.sold.Load() != 1 {
				t.Errorf("%d bytes: %d, then %d with %d", size, first.Body.Len(), second.Code, second.Body.Len())
			}
		}
	})
}

// TestWithoutRedisNothingRuns: a request that must not run twice does not run when nobody can tell. It is told so
// soon, also while Redis hangs. Without the header the request runs.
func TestWithoutRedisNothingRuns(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*redistest.Server){"hanging": (*redistest.Server).Pause, "gone": (*redistest.Server).Kill} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			client, err := redis.Open(t.Context(), server.URL)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = client.Close() })
			s := newShop(client)
			s.answer = func(http.ResponseWriter, *http.Request) {}
			end(server)
			began := time.Now()
			answer := s.buy(t)
			if answer.Code != 503 || !strings.Contains(answer.Body.String(), `"UNAVAILABLE"`) || s.sold.Load() != 0 {
				t.Errorf("%d %s, ran %d times", answer.Code, answer.Body, s.sold.Load())
			}
			t.Logf("refused after %v", time.Since(began))
			plain := s.order(t)
			plain.Header.Del("Idempotency-Key")
			s.ServeHTTP(httptest.NewRecorder(), plain)
			if s.sold.Load() != 1 {
				t.Error("without the header it does not run either")
			}
			if name == "hanging" {
				server.Resume()
			}
		})
	}
}

// TestAnAnswerThatCannotBeKept is given all the same: the request was carried out.
func TestAnAnswerThatCannotBeKept(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client, err := redis.Open(t.Context(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	s := newShop(client)
	s.answer = func(w http.ResponseWriter, r *http.Request) {
		if end, ok := r.Context().Deadline(); !ok || time.Until(end) >= replayLease {
			t.Error("the request may outlive its lease")
		}
		server.Kill()
		w.WriteHeader(http.StatusCreated)
	}
	if answer := s.buy(t); answer.Code != 201 || answer.Header().Get("Idempotency-Replayed") != "" {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

// TestACallerWhoLeaves does not take the answer along: it is kept for the next try.
func TestACallerWhoLeaves(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		s := newShop(client)
		order := s.order(t)
		ctx, leave := context.WithCancel(order.Context())
		s.answer = func(w http.ResponseWriter, _ *http.Request) {
			leave()
			w.WriteHeader(http.StatusCreated)
		}
		s.ServeHTTP(httptest.NewRecorder(), order.WithContext(ctx))
		if answer := s.buy(t); answer.Code != 201 || answer.Header().Get("Idempotency-Replayed") != "true" || s.sold.Load() != 1 {
			t.Errorf("%d, ran %d times", answer.Code, s.sold.Load())
		}
	})
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"b":1,"a":{"d":[{"z":1,"y":2}],"c":null}}`:    `{"a":{"c":null,"d":[{"y":2,"z":1}]},"b":1}`,
		`[1, 1.0, 1e2, 123456789012345678901234567890]`: `[1,1.0,1e2,123456789012345678901234567890]`,
		"": "", "no JSON": "no JSON", `{"a":1} {"a":2}`: `{"a":1} {"a":2}`, ` "x" `: `"x"`,
	} {
		if got := string(canonical([]byte(in))); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}
