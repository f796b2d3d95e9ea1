package gateway_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"kanera.dev/gateway"
	"kanera.dev/gateway/gatewaytest"
)

// The trace that a caller says a request is part of, and its span there.
const (
	callersTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
	callersSpan  = "00f067aa0ba902b7"
)

// tree is the spans of one trace.
type tree []sdktrace.ReadOnlySpan

func (s *seen) tree(id string) tree {
	return slices.DeleteFunc(s.spans.Ended(), func(span sdktrace.ReadOnlySpan) bool { return span.SpanContext().TraceID().String() != id })
}

// below lists the spans directly below another one, without those of Redis, by their names.
func (all tree) below(parent trace.SpanID) (spans tree, names []string) {
	for _, span := range all {
		if span.Parent().SpanID() == parent && attributeOf(span, "db.system.name") != "redis" {
			spans, names = append(spans, span), append(names, span.Name())
		}
	}
	return spans, names
}

func attributeOf(span sdktrace.ReadOnlySpan, name attribute.Key) string {
	for _, a := range span.Attributes() {
		if a.Key == name {
			return a.Value.String()
		}
	}
	return ""
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			s := watch(t, backend)
			headers := []string{"Authorization", "Bearer " + s.WorkspaceKey, "X-Request-Id", "traced"}
			s.query(`{ me: viewer { user { id } } }`, `{}`, headers...) // the key is known from here on
			for _, row := range []struct {
				name, root string
				steps      []string
				ask        func(headers ...string)
			}{
				{"GraphQL", "graphql several", []string{"parse", "validate", "execute"}, func(headers ...string) {
					s.query(counting, `{"s":"5ecre7"}`, headers...)
				}},
				{"REST", "rest getCardDetail", []string{"execute"}, func(headers ...string) {
					s.ask("GET", "/api/v1/cards/"+s.CardID+"/detail", "", headers...)
				}},
			} {
				s.spans.Reset()
				row.ask(append(headers, "Traceparent", "00-"+callersTrace+"-"+callersSpan+"-01")...)
				s.checkSpans(t, row.name, row.root, row.steps)
			}
		})
	}
}

func (s *seen) checkSpans(t *testing.T, name, root string, steps []string) {
	t.Helper()
	all, caller := s.tree(callersTrace), trace.SpanID{}
	for _, span := range all {
		if span.SpanKind() == trace.SpanKindServer {
			caller = span.Parent().SpanID()
		}
		for _, a := range span.Attributes() {
			if strings.Contains(a.Value.String(), "5ecre7") || strings.Contains(a.Value.String(), s.CardID) && a.Key != "url.path" {
				t.Errorf("%s: %s of %s holds a value: %s", name, a.Key, span.Name(), a.Value.String())
			}
		}
	}
	requests, names := all.below(caller)
	if caller.String() != callersSpan || !slices.Equal(names, []string{root}) {
		t.Fatalf("%s: below the caller's span %s: %q", name, caller, names)
	}
	if attributeOf(requests[0], "http.response.status_code") != "200" || attributeOf(requests[0], "kanera.request.id") != "traced" {
		t.Errorf("%s: %v", name, requests[0].Attributes())
	}
	inside, names := all.below(requests[0].SpanContext().SpanID())
	if !slices.Equal(names, steps) {
		t.Fatalf("%s: below the request: %q, want %q", name, names, steps)
	}
	statements, names := all.below(inside[len(inside)-1].SpanContext().SpanID())
	for _, span := range statements {
		if text := strings.ToLower(attributeOf(span, "db.query.text")); !strings.HasPrefix(text, span.Name()) || attributeOf(span, "db.system.name") == "" {
			t.Errorf("%s: a statement %s with text %q", name, span.Name(), text)
		}
	}
	if len(statements) < 2 {
		t.Errorf("%s: below the execution: %q", name, names)
	}
	if commands := slices.DeleteFunc(slices.Clone(all), func(span sdktrace.ReadOnlySpan) bool { return attributeOf(span, "db.system.name") != "redis" }); len(commands) == 0 && s.config.RedisURL != "" {
		t.Errorf("%s: no span of a Redis command", name)
	}
	line := s.line(`"msg":"request".*"traced"`)
	if line["traceId"] != callersTrace {
		t.Errorf("%s: the log names the trace %v", name, line["traceId"])
	}
}

func TestSpansReachTheCollector(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, path string
		set        func(c *gateway.Config, url string)
		status     int
	}{
		{"endpoint", "/v1/traces", func(c *gateway.Config, url string) { c.OTLPEndpoint = url }, 200},
		{"endpoint for traces", "/mine", func(c *gateway.Config, url string) {
			c.OTLPEndpoint, c.TracesEndpoint = "http://nowhere.invalid", url+"/mine"
		}, 200},
		{"collector that refuses", "/v1/traces", func(c *gateway.Config, url string) { c.OTLPEndpoint = url + "/" }, 400},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			taken := make(chan string, 9)
			collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				taken <- r.URL.Path + " " + string(body)
				w.WriteHeader(row.status)
			}))
			defer collector.Close()
			config := gatewaytest.Configure(t, gatewaytest.SQLite)
			row.set(&config, collector.URL)
			g, err := gateway.Open(t.Context(), config, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			g.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/ready", nil))
			if err := g.Close(); err != nil {
				t.Error(err)
			}
			if got := <-taken; !strings.HasPrefix(got, row.path+" ") || !strings.Contains(got, "kanera-gateway") || !strings.Contains(got, "goose_db_version") {
				t.Errorf("the collector was sent %q", got)
			}
		})
	}
}
