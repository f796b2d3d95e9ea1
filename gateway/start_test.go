package gateway_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kanera.dev/gateway"
	"kanera.dev/gateway/demo"
	"kanera.dev/gateway/gatewaytest"
)

func open(t *testing.T, config gateway.Config) *gateway.Gateway {
	t.Helper()
	g, err := gateway.Open(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

func prepare(t *testing.T, config gateway.Config) *demo.Facts {
	t.Helper()
	facts, err := open(t, config).Prepare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

func TestSecondStartKeepsTheDemo(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			config := gatewaytest.Configure(t, backend)
			first := prepare(t, config)
			path := filepath.Join(config.DataDir, demo.FactsFile)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", path, info.Mode(), err)
			}
			second := prepare(t, config)
			after, _ := os.ReadFile(path)
			if first == nil || second == nil || *first != *second || !bytes.Equal(before, after) {
				t.Errorf("first start %+v, second start %+v", first, second)
			}
			for _, line := range []string{"KANERA_PUBLIC_API_URL=http://kanera.test/api/v1", "KANERA_API_KEY=kanera_dev_", "KANERA_PERSONAL_KEY=kanera_u_dev_",
				"WORKSPACE_ID=", "BOARD_ID=", "LIST_ID=", "CARD_ID="} {
				if !strings.Contains(string(after), "\n"+line) {
					t.Errorf("demo.env lacks %s", line)
				}
			}
		})
	}
}

func TestFactsFollowTheServer(t *testing.T) {
	t.Parallel()
	config := gatewaytest.Configure(t, gatewaytest.SQLite)
	first := prepare(t, config)
	config.PublicURL = "http://moved.test"
	second := prepare(t, config)
	kept, err := demo.ReadFacts(config.DataDir)
	if err != nil || *kept != *second || second.APIURL != "http://moved.test/api/v1" || second.WorkspaceKey != first.WorkspaceKey {
		t.Errorf("first %+v, second %+v, kept %+v, %v", first, second, kept, err)
	}
}

func TestDemoIsForDevelopmentOnly(t *testing.T) {
	t.Parallel()
	config := gatewaytest.Configure(t, gatewaytest.SQLite)
	config.Environment = "production"
	if facts := prepare(t, config); facts != nil {
		t.Errorf("seeded in production: %+v", facts)
	}
}

func TestDemoFactsAnswer(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	for _, path := range []string{"/session", "/workspaces/" + g.Facts.WorkspaceID, "/boards/" + g.Facts.BoardID, "/cards/" + g.Facts.CardID + "/detail"} {
		for _, key := range []string{g.Facts.WorkspaceKey, g.Facts.PersonalKey} {
			if answer := g.Do(http.MethodGet, "/api/v1"+path, key, nil); answer.Status != 200 {
				t.Errorf("%s: %d %s", path, answer.Status, answer.Body)
			}
		}
	}
	path := "/api/v1/boards/" + g.Facts.BoardID + "/lists/" + g.Facts.ListID + "/cards"
	if answer := g.Do(http.MethodPost, path, g.Facts.WorkspaceKey, map[string]any{"title": "First call"}); answer.Status != 201 {
		t.Errorf("%s: %d %s", path, answer.Status, answer.Body)
	}
}

// TestStartTwiceAtOnce opens one empty database from two servers: both migrate, one seeds.
func TestStartTwiceAtOnce(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			config := gatewaytest.Configure(t, backend)
			var group sync.WaitGroup
			for range 2 {
				group.Go(func() {
					g, err := gateway.Open(t.Context(), config, slog.New(slog.DiscardHandler))
					if err != nil {
						t.Error(err)
						return
					}
					if _, err := g.Prepare(t.Context()); err != nil {
						t.Error(err)
					}
					if err := g.Close(); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
		})
	}
}

func TestServeStopsGracefully(t *testing.T) {
	t.Parallel()
	g := open(t, gatewaytest.Configure(t, gatewaytest.SQLite))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- g.Serve(ctx, listener) }()
	answer, err := http.Get("http://" + listener.Addr().String() + "/health")
	if err != nil || answer.StatusCode != 200 {
		t.Errorf("%v, %v", answer, err)
	}
	stop()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if _, err := http.Get("http://" + listener.Addr().String() + "/health"); err == nil {
		t.Error("answers after it stopped")
	}
}

func TestAnnounce(t *testing.T) {
	t.Parallel()
	g := open(t, gatewaytest.Configure(t, gatewaytest.SQLite))
	for name, row := range map[string]struct {
		facts *demo.Facts
		text  string
	}{
		"with a demo": {&demo.Facts{WorkspaceKey: "kanera_dev_x"}, "kanera_dev_x"},
		"without":     {nil, "keys create"},
	} {
		var out bytes.Buffer
		g.Announce(&out, row.facts)
		for _, text := range []string{"http://kanera.test/graphiql", "http://kanera.test/docs", "http://kanera.test/health", row.text} {
			if !strings.Contains(out.String(), text) {
				t.Errorf("%s: lacks %q:\n%s", name, text, out.String())
			}
		}
	}
}
