package gateway_test

import (
	"context"
	"net"
	"testing"

	"github.com/coder/websocket"

	"kanera.dev/gateway"
	"kanera.dev/gateway/gatewaytest"
)

// TestStreamsAreToldThatTheServerStops so that their clients come again.
func TestStreamsAreToldThatTheServerStops(t *testing.T) {
	t.Parallel()
	g := gatewaytest.NewWith(t, configureLive(t, gatewaytest.SQLite))
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := *g
	served.URL = "http://" + listener.Addr().String()
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- g.Serve(ctx, listener) }()
	w := connect(t, &served, g.Facts.WorkspaceKey)
	w.subscribe("1", boardEvents, map[string]any{"board": g.Facts.BoardID})
	s := stream(t, &served, bearer(g.Facts.WorkspaceKey), boardEvents, map[string]any{"board": g.Facts.BoardID})
	opened(t, &served, 2)
	stop()
	if code := w.closes(); code != websocket.StatusGoingAway {
		t.Errorf("closed with %d", code)
	}
	for b, err := s.next(); err == nil; b, err = s.next() {
		if b["event"] != "" {
			t.Errorf("%v", b)
		}
	}
	if err := s.lines.Err(); err != nil {
		t.Errorf("the stream was cut: %v", err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestMessagesAreCharged like requests: what a connection asks for uses up the key, whatever becomes of it.
func TestMessagesAreCharged(t *testing.T) {
	t.Parallel()
	g, _ := limited(t, gateway.Limits{KeyPerMinute: 3, CostPerMinute: 100_000})
	w := connect(t, g, g.Facts.WorkspaceKey) // the first
	for id, document := range map[string]string{"query": `{ viewer { user { id } } }`, "no GraphQL": `{`} {
		w.subscribe(id, document, nil)
		for f := w.hear(); f.Type == "next"; f = w.hear() {
			t.Logf("%s: %s", id, f.Payload)
		}
	}
	isRefused(t, g.Do("GET", session, g.Facts.WorkspaceKey, nil))
	w.subscribe("more", `subscription { cardChanged { id } }`, nil)
	if code := w.code("more"); code != "RATE_LIMITED" {
		t.Error(code)
	}
}
