package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/redis"
	"kanera.dev/persistence/redis/redistest"
	"kanera.dev/persistence/storetest"
)

// endpoint is a receiver that counts how often it took each event and checks every signature.
type endpoint struct {
	*httptest.Server
	secret string

	mu    sync.Mutex
	taken map[string]int
	wrong int
}

func newEndpoint(t *testing.T, secret string) *endpoint {
	t.Helper()
	r := &endpoint{secret: secret, taken: map[string]int{}}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *endpoint) take(_ http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body) // a body that breaks off has no good signature
	mac := hmac.New(sha256.New, []byte(r.secret))
	_, _ = fmt.Fprintf(mac, "%s.%s", request.Header.Get("X-Kanera-Timestamp"), body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if request.Header.Get("X-Kanera-Signature") != "sha256="+hex.EncodeToString(mac.Sum(nil)) {
		r.wrong++
	}
	r.taken[request.Header.Get("X-Kanera-Event-Id")]++
}

// missing tells what is missing until each of the events was taken, with a good signature.
func (r *endpoint) missing(events []*domain.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range events {
		if r.taken[e.ID] == 0 {
			return fmt.Errorf("%d of %d events were taken", len(r.taken), len(events))
		}
	}
	if r.wrong > 0 {
		return fmt.Errorf("%d signatures are wrong", r.wrong)
	}
	return nil
}

// running starts dispatchers on a stage by the real clock and returns the receiver of its webhook.
func running(t *testing.T, s *stage, queues ...domain.Queue) (*endpoint, []*Dispatcher) {
	t.Helper()
	secret := NewSecret()
	r := newEndpoint(t, secret)
	s.service.Now = domain.SystemClock
	s.hook("hook", func(w *domain.Webhook) { w.URL, w.Secret = r.URL, []byte(secret) })
	sender := NewSender(Config{AllowPrivate: true})
	dispatchers := make([]*Dispatcher, len(queues))
	for i, queue := range queues {
		d := New(Ports{Service: s.service, Queue: queue, Send: sender.Send, Log: slog.New(slog.DiscardHandler)}, NewSchedule(50*time.Millisecond, 8), DefaultTimeout)
		d.Start(t.Context())
		dispatchers[i] = d
	}
	t.Cleanup(func() {
		for _, d := range dispatchers {
			d.Stop(context.WithoutCancel(t.Context()))
		}
		sender.Close()
	})
	return r, dispatchers
}

func TestFromCommitToReceiver(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client *redis.Client) {
		storetest.Each(t, func(t *testing.T, store *persistence.Store) {
			s := newStage(t, store)
			r, dispatchers := running(t, s, redis.NewQueue(client, domain.NewID(), Width))
			store.OnCommit(dispatchers[0].Committed)
			events := s.happen(50, nil)
			check(t, "taken", redistest.Eventually(t, func() error { return r.missing(events) }), nil)
			check(t, "recorded", redistest.Eventually(t, func() error {
				if got := s.statuses(&domain.Webhook{ID: storetest.ID("hook")}); got[domain.DeliverySuccess] != len(events) {
					return fmt.Errorf("statuses are %v", got)
				}
				return nil
			}), nil)
			r.mu.Lock()
			defer r.mu.Unlock()
			for id, times := range r.taken {
				check(t, id, times, 1)
			}
		})
	})
}

// TestRedisForgets empties a Redis in the middle of deliveries of two processes.
func TestRedisForgets(t *testing.T) {
	t.Parallel()
	s, server := newStage(t, storetest.Postgres(t)), redistest.Start(t)
	queues := make([]domain.Queue, 2)
	for i := range queues {
		client := must(redis.Open(t.Context(), server.URL))(t)
		t.Cleanup(func() { check(t, "close", client.Close(), nil) })
		queues[i] = redis.NewQueue(client, "forgetful", Width)
	}
	r, dispatchers := running(t, s, queues...)
	s.store.OnCommit(dispatchers[0].Committed)
	var events []*domain.Event
	for round := range 6 {
		events = append(events, s.happen(40, nil)...)
		switch round {
		case 2:
			server.Kill()
			server.Restart()
		case 4:
			dispatchers[1].Wake() // looks at once for what it would see within half a minute
		}
	}
	check(t, "taken", redistest.Eventually(t, func() error {
		dispatchers[1].Wake()
		return r.missing(events)
	}), nil)
}

func TestStop(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		patient bool
		want    map[domain.DeliveryStatus]int
	}{
		"lets an attempt end":            {true, map[domain.DeliveryStatus]int{domain.DeliverySuccess: 1}},
		"but not for longer than it may": {false, map[domain.DeliveryStatus]int{domain.DeliveryQueued: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, s *stage) {
				began, goOn := make(chan struct{}), make(chan struct{})
				s.worker.send = func(ctx context.Context, _ Request) Result {
					close(began)
					select {
					case <-goOn:
						return Result{Status: 200}
					case <-ctx.Done():
						return Result{Err: "the attempt was stopped"}
					}
				}
				hook := s.hook("hook", nil)
				s.Start(t.Context())
				s.Committed(s.happen(1, nil))
				<-began
				bound, cancel := context.WithCancel(t.Context())
				defer cancel()
				stopped := make(chan struct{})
				go func() { s.Stop(bound); close(stopped) }()
				if row.patient {
					close(goOn)
				} else {
					cancel()
				}
				<-stopped
				check(t, "statuses", s.statuses(hook), row.want)
				check(t, "room", s.worker.slots.free(), attemptsMost)
			})
		})
	}
}
