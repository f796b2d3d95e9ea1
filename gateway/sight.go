package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"kanera.dev/graph"
)

// sight lets people see what the gateway does: it watches requests, operations, statements and commands and tells the
// log, the metrics and the traces.
type sight struct {
	log     *slog.Logger
	metrics *metrics
	traces  *traces       // nil: there are none
	slow    time.Duration // operations that take longer are logged; 0: none are
}

// Option changes how a Gateway is opened.
type Option func(*options)

type options struct{ spans sdktrace.SpanProcessor }

// TraceTo hands all spans to the processor instead of sending them to a collector.
func TraceTo(spans sdktrace.SpanProcessor) Option {
	return func(o *options) { o.spans = spans }
}

func newSight(ctx context.Context, config Config, log *slog.Logger, chosen []Option) (*sight, error) {
	var o options
	for _, option := range chosen {
		option(&o)
	}
	traces, err := newTraces(ctx, config, o.spans, log)
	if err != nil {
		return nil, err
	}
	return &sight{log, newMetrics(), traces, time.Duration(config.SlowOperation)}, nil
}

// record is what is learned about a request while it is handled.
type record struct {
	door       string
	operation  string // one of few: a stored operation, or the root field of a caller's
	name       string // what the caller calls the operation
	keyID      string
	cost       int // what was requested
	actualCost int // what was used of it
	statements atomic.Int64
	waited     atomic.Int64 // for statements, in nanoseconds: more than the request took when they ran side by side
}

type recordKey struct{}

// recordOf returns the record of the request under ctx; nil outside of requests.
func recordOf(ctx context.Context) *record {
	r, _ := ctx.Value(recordKey{}).(*record)
	return r
}

// noteKey tells which key was used.
func noteKey(ctx context.Context, keyID string) {
	if r := recordOf(ctx); r != nil {
		r.keyID = keyID
	}
}

// noteOperation tells which stored operation a request is for.
func noteOperation(ctx context.Context, operation string) {
	if r := recordOf(ctx); r != nil {
		r.operation, r.name = operation, operation
	}
}

// doorLive is the way in of what lasts: it is counted, but how long it took says nothing.
const doorLive = "live"

// doorOf names the way in that a request comes by.
func doorOf(r *http.Request) string {
	path := r.URL.Path
	switch {
	case path == "/graphql" && isStream(r):
		return doorLive
	case path == "/graphql":
		return "graphql"
	case strings.HasPrefix(path, "/api/v1/"):
		return "rest"
	case path == "/health", path == "/ready", path == "/metrics":
		return "probe"
	}
	return "page"
}

// withSight watches every request. It stands outside of everything but the request id.
func (s *sight) withSight(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, seen, counted := time.Now(), &record{door: doorOf(r)}, &countingWriter{ResponseWriter: w}
		ctx, span := s.traces.request(context.WithValue(r.Context(), recordKey{}, seen), r, seen.door)
		s.metrics.inFlight.WithLabelValues(seen.door).Inc()
		defer func() {
			took := time.Since(began)
			s.metrics.inFlight.WithLabelValues(seen.door).Dec()
			s.metrics.request(seen, counted.status, took, w.Header())
			s.traces.answered(span, seen, counted.status)
			s.note(ctx, r, seen, counted, took)
		}()
		next.ServeHTTP(counted, r.WithContext(ctx))
	})
}

// note writes one line for each request. The query string and all headers stay out of it: they may hold what was meant
// to be secret.
func (s *sight) note(ctx context.Context, r *http.Request, seen *record, w *countingWriter, took time.Duration) {
	attrs := append(make([]slog.Attr, 0, 16),
		slog.String("requestId", graph.RequestID(ctx)), slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.Int("status", w.status), slog.Int64("bytes", w.bytes), milliseconds("milliseconds", took),
		slog.String("remote", r.RemoteAddr))
	attrs = seen.attrs(attrs)
	if span := trace.SpanContextFromContext(ctx); s.traces != nil && span.IsValid() {
		attrs = append(attrs, slog.String("traceId", span.TraceID().String()))
	}
	s.log.LogAttrs(ctx, slog.LevelInfo, "request", attrs...)
}

// attrs adds what the log shows of a request besides its HTTP side.
func (r *record) attrs(shown []slog.Attr) []slog.Attr {
	return append(shown,
		slog.String("operation", r.operation), slog.String("operationName", r.name), slog.String("keyId", r.keyID),
		slog.Int("cost", r.cost), slog.Int("actualCost", r.actualCost), slog.Int64("statements", r.statements.Load()),
		milliseconds("statementMilliseconds", time.Duration(r.waited.Load())))
}

func milliseconds(name string, d time.Duration) slog.Attr {
	return slog.Float64(name, float64(d.Microseconds())/1000)
}

// statement watches one SQL statement. It implements persistence.Observer.
func (s *sight) statement(ctx context.Context, text string) func(error) {
	began, kind := time.Now(), kindOf(text)
	span := s.traces.statement(ctx, kind, text)
	return func(err error) {
		took := time.Since(began)
		if r := recordOf(ctx); r != nil {
			r.statements.Add(1)
			r.waited.Add(int64(took))
		}
		s.metrics.answered(s.metrics.statements, s.metrics.statementErrors, kind, took, err)
		end(span, err)
	}
}

// command watches one Redis command. It implements redis.Observer.
func (s *sight) command(ctx context.Context, name string) func(error) {
	began := time.Now()
	span := s.traces.command(ctx, name)
	return func(err error) {
		s.metrics.answered(s.metrics.commands, s.metrics.commandErrors, name, time.Since(began), err)
		end(span, err)
	}
}

// kindOf is the first word of a statement, when it is one of the usual ones.
func kindOf(statement string) string {
	word, _, _ := strings.Cut(strings.TrimLeft(statement, " \t\n("), " ")
	switch word = strings.ToLower(word); word {
	case "select", "insert", "update", "delete", "with":
		return word
	}
	return "other"
}
