// Package gatewaytest runs a whole gateway with the demo organisation for tests.
package gatewaytest

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/gateway"
	"kanera.dev/gateway/demo"
	"kanera.dev/persistence/storetest"
)

// Backend is a kind of database.
type Backend string

// Backends a gateway runs on.
const (
	SQLite   Backend = "sqlite"
	Postgres Backend = "postgres"
)

// Backends lists all of them, for tests that hold on each.
var Backends = []Backend{SQLite, Postgres}

// Gateway is a running server with a database of its own.
type Gateway struct {
	*gateway.Gateway
	URL    string // without a trailing slash
	Config gateway.Config
	Facts  *demo.Facts // keys and ids, as in demo.env
	Demo   *demo.Data  // every row that was seeded

	ordinary *ordinary // nil unless made by BothWays
	t        testing.TB
}

// New starts a gateway with the demo of today and stops it when the test ends. Postgres needs
// KANERA_TEST_DATABASE_URL and fails the test without it.
func New(t testing.TB, backend Backend) *Gateway {
	t.Helper()
	return NewWith(t, Configure(t, backend))
}

// NewWith is New with a configuration that Configure returned and the test changed.
func NewWith(t testing.TB, config gateway.Config) *Gateway {
	t.Helper()
	now := domain.SystemClock()
	g := &Gateway{Config: config, Facts: seed(t, config, now), Demo: demo.Build(now), t: t}
	return g.Another()
}

// Another starts one more gateway on the same database, as another process would, and stops it when the test ends.
func (g *Gateway) Another() *Gateway {
	g.t.Helper()
	opened, err := gateway.Open(g.t.Context(), g.Config, slog.New(slog.NewTextHandler(logTo{g.t}, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		g.t.Fatalf("open gateway: %v", err)
	}
	server := httptest.NewServer(opened.Handler())
	g.t.Cleanup(func() {
		server.Close()
		if err := opened.Close(); err != nil {
			g.t.Errorf("close gateway: %v", err)
		}
	})
	another := *g
	another.Gateway, another.URL = opened, server.URL
	return &another
}

// Configure returns the configuration of a gateway with an empty database of its own and no rate limits.
func Configure(t testing.TB, backend Backend) gateway.Config {
	t.Helper()
	environ := []string{"KANERA_DATA_DIR=" + t.TempDir(), "KANERA_ADDR=127.0.0.1:0", "KANERA_PUBLIC_URL=http://kanera.test", "KANERA_WEB_URL=http://app.test"}
	if backend == Postgres {
		environ = append(environ, "KANERA_DATABASE_URL="+storetest.EmptyPostgres(t))
	}
	config, err := gateway.ReadConfig(environ, nil)
	if err != nil {
		t.Fatalf("configure gateway: %v", err)
	}
	config.Webhooks.AllowPrivate = "true"                                        // receivers of tests are on this machine
	config.Limits = gateway.Limits{RedisTimeout: gateway.Threshold(time.Second)} // off, but in tests of limits
	return config
}

func seed(t testing.TB, config gateway.Config, now time.Time) *demo.Facts {
	t.Helper()
	store, err := gateway.OpenStore(t.Context(), config)
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	target := config.DemoTarget(store)
	target.Now = func() time.Time { return now }
	facts, err := demo.Seed(t.Context(), target)
	if err != nil || facts == nil {
		t.Fatalf("seed the demo: %v, %v", facts, err)
	}
	if err := store.Close(); err != nil {
		t.Fatalf("close store: %v", err)
	}
	return facts
}

// Response is an answer, read to its end.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Decode reads the JSON body into a value.
func (r *Response) Decode(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal(r.Body, into); err != nil {
		t.Fatalf("status %d, body is no such JSON: %v\n%s", r.Status, err, r.Body)
	}
}

// Code returns the stable code of an error answer of the REST door; empty when there is none.
func (r *Response) Code() string {
	var body struct{ Code string }
	_ = json.Unmarshal(r.Body, &body) // an answer that is no JSON has no code
	return body.Code
}

// Do sends a request; path begins with a slash. An empty key sends no credential. A nil body sends none, text and
// bytes are sent as they are, everything else as JSON.
func (g *Gateway) Do(method, path, key string, body any) *Response {
	g.t.Helper()
	header := http.Header{}
	if key != "" {
		header.Set("Authorization", "Bearer "+key)
	}
	if body != nil {
		header.Set("Content-Type", "application/json")
	}
	return g.Send(method, path, header, body)
}

// Send is Do with headers of the caller's choice and nothing added.
func (g *Gateway) Send(method, path string, header http.Header, body any) *Response {
	g.t.Helper()
	raw := g.bytes(body)
	answer := g.send(method, path, header, raw)
	g.mustAgree(method, path, header, raw, answer)
	return answer
}

func (g *Gateway) send(method, path string, header http.Header, body []byte) *Response {
	g.t.Helper()
	request, err := http.NewRequestWithContext(g.t.Context(), method, g.URL+path, bytes.NewReader(body))
	if err != nil {
		g.t.Fatalf("%s %s: %v", method, path, err)
	}
	request.Header = header
	answer, err := http.DefaultTransport.RoundTrip(request) // redirects are answers too
	if err != nil {
		g.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		g.t.Fatalf("%s %s: read body: %v", method, path, err)
	}
	return &Response{Status: answer.StatusCode, Header: answer.Header, Body: raw}
}

func (g *Gateway) bytes(body any) []byte {
	g.t.Helper()
	switch body := body.(type) {
	case nil:
		return nil
	case string:
		return []byte(body)
	case []byte:
		return body
	}
	raw, err := json.Marshal(body)
	if err != nil {
		g.t.Fatalf("body is no JSON: %v", err)
	}
	return raw
}

// GraphQLError is one error of a GraphQL answer.
type GraphQLError struct {
	Message    string
	Path       []any
	Extensions struct {
		Code      string
		Field     string
		RequestID string
		Issues    []domain.Issue
	}
}

// Answer is a GraphQL answer.
type Answer struct {
	Status int `json:"-"`
	Data   json.RawMessage
	Errors []GraphQLError
}

// Query runs a GraphQL document.
func (g *Gateway) Query(key, document string, variables map[string]any) *Answer {
	g.t.Helper()
	response := g.Do(http.MethodPost, "/graphql", key, map[string]any{"query": document, "variables": variables})
	answer := &Answer{Status: response.Status}
	response.Decode(g.t, answer)
	return answer
}

// logTo shows what the server logs beside the test that caused it.
type logTo struct{ t testing.TB }

// Write implements io.Writer.
func (l logTo) Write(line []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(line)))
	return len(line), nil
}
