package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// refuseOne of so many requests is answered with an error.
const refuseOne = 30

// receiver counts which events reached which webhook.
type receiver struct {
	listener net.Listener
	server   *http.Server
	refused  atomic.Int64

	mu    sync.Mutex
	taken [webhooks]map[string]int
}

func newReceiver(ctx context.Context) (*receiver, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	r := &receiver{listener: listener}
	mux := http.NewServeMux()
	for i := range r.taken {
		r.taken[i] = map[string]int{}
		mux.HandleFunc(fmt.Sprint("/", i), r.take(i))
	}
	r.server = &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	go func() { _ = r.server.Serve(listener) }() // ends with close
	return r, nil
}

func (r *receiver) close() { _ = r.server.Close() } // everything was counted

func (r *receiver) url(i int) string { return fmt.Sprintf("http://%s/%d", r.listener.Addr(), i) }

func (r *receiver) take(i int) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		if rand.N(refuseOne) == 0 { //nolint:gosec // chance, not secrecy
			r.refused.Add(1)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.taken[i][request.Header.Get("X-Kanera-Event-Id")]++
	}
}

// await waits until every event reached every webhook, or for as long as that may take.
func (r *receiver) await(ctx context.Context, events []string) {
	ctx, cancel := context.WithTimeout(ctx, drainFor)
	defer cancel()
	for ctx.Err() == nil {
		if delivered, _ := r.count(events); delivered == webhooks*len(events) {
			return
		}
		wait(ctx, time.Second)
	}
}

// count tells how many of the events reached webhooks, one for each webhook, and how often more than once.
func (r *receiver) count(events []string) (delivered, repeated int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, taken := range r.taken {
		for _, id := range events {
			if times := taken[id]; times > 0 {
				delivered++
				repeated += times - 1
			}
		}
	}
	return delivered, repeated
}
