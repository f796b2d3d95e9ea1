package graph_test

import (
	"bufio"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/graph"
	"kanera.dev/graph/live"
)

// emptyStore has no workspaces: nothing ever happens there.
type emptyStore struct{ domain.Store }

func (emptyStore) VisibleWorkspaces(context.Context, *domain.Principal, domain.Page) (domain.PageOf[*domain.Workspace], error) {
	return domain.PageOf[*domain.Workspace]{}, nil
}

func (emptyStore) LastSequences(context.Context, []string) (map[string]int64, error) {
	return map[string]int64{}, nil
}

// TestEventStreamsOutliveTimeouts are silent for longer than a request may take, but for their heartbeats, and end with
// the feed.
func TestEventStreamsOutliveTimeouts(t *testing.T) {
	t.Parallel()
	service := &domain.Service{Store: emptyStore{}, Now: domain.SystemClock, NewID: domain.NewID}
	feed := live.New(t.Context(), service, slog.New(slog.DiscardHandler), live.Limits{})
	handler := graph.NewHandler(graph.NewExecutor(service, slog.New(slog.DiscardHandler), graph.Live(feed)), graph.Heartbeat(10*time.Millisecond))
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := &domain.Principal{KeyID: "key", Kind: domain.PersonalKey, UserID: domain.NewID()}
		handler.ServeHTTP(w, r.WithContext(domain.WithPrincipal(r.Context(), who)))
	}))
	server.Config.ReadTimeout, server.Config.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	server.Start()
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader(`{"query":"subscription { cardChanged { id } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"text/event-stream"}}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines, began := bufio.NewScanner(answer.Body), time.Now()
	for time.Since(began) < 300*time.Millisecond {
		if !lines.Scan() || strings.Trim(lines.Text(), ":") != "" {
			t.Fatalf("after %s: %q, %v", time.Since(began), lines.Text(), lines.Err())
		}
	}
	feed.Close()
	for lines.Scan() {
		if strings.Contains(lines.Text(), "complete") {
			t.Error("a client would not come again")
		}
	}
	if lines.Err() != nil {
		t.Error(lines.Err())
	}
}
