package gateway

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// BenchmarkSight measures what watching adds to a request of two statements and a Redis command: against nothing, without
// traces, and with them.
func BenchmarkSight(b *testing.B) {
	quiet := newSightFor(b, nil)
	silent := newSightFor(b, nil)
	silent.log = slog.New(slog.DiscardHandler)
	traced := newSightFor(b, sdktrace.NewSimpleSpanProcessor(tracetest.NewNoopExporter()))
	work := func(s *sight) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			noteOperation(r.Context(), "getCardDetail")
			if s != nil {
				s.statement(r.Context(), "SELECT 1")(nil)
				s.statement(r.Context(), "SELECT 1")(nil)
				s.command(r.Context(), "evalsha")(nil)
			}
			_, _ = w.Write([]byte("{}"))
		})
	}
	for _, row := range []struct {
		name    string
		handler http.Handler
	}{
		{"unwatched", work(nil)}, {"log=off/traces=off", silent.withSight(work(silent))},
		{"log=on/traces=off", quiet.withSight(work(quiet))}, {"log=on/traces=on", traced.withSight(work(traced))},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			request := httptest.NewRequest(http.MethodGet, "/api/v1/cards/5f1f9a36-7d44-4a0f-9d0e-9a3c7f2f1c11/detail", nil)
			for b.Loop() {
				row.handler.ServeHTTP(httptest.NewRecorder(), request)
			}
		})
	}
}

func newSightFor(b *testing.B, spans sdktrace.SpanProcessor) *sight {
	b.Helper()
	s, err := newSight(b.Context(), Config{SlowOperation: Threshold(time.Second)}, NewLog(io.Discard), []Option{TraceTo(spans)})
	if err != nil {
		b.Fatal(err)
	}
	return s
}
