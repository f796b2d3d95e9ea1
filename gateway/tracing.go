package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"kanera.dev/graph"
)

// flushTime is how long the last spans may take to leave when the gateway closes.
const flushTime = 3 * time.Second

// traces makes spans. A nil *traces makes none and costs nothing.
type traces struct {
	tracer   trace.Tracer
	provider *sdktrace.TracerProvider
	database attribute.KeyValue
	log      *slog.Logger
}

// newTraces sends spans to the processor, or to the collector that the configuration names; without either it returns
// nil. Sampling, headers and the service's name follow the standard OTEL_ variables of the process.
func newTraces(ctx context.Context, config Config, processor sdktrace.SpanProcessor, log *slog.Logger) (*traces, error) {
	if address := config.tracesURL(); processor == nil && address != "" {
		exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(address))
		if err != nil {
			return nil, fmt.Errorf("prepare traces (OTEL_EXPORTER_OTLP_ENDPOINT): %w", err)
		}
		processor = sdktrace.NewBatchSpanProcessor(exporter)
		otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces are not sent", "error", err) }))
	}
	if processor == nil {
		return nil, nil
	}
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "kanera-gateway")), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("prepare traces (OTEL_RESOURCE_ATTRIBUTES): %w", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(processor), sdktrace.WithResource(about))
	database := attribute.String("db.system.name", "sqlite")
	if config.DatabaseURL != "" {
		database = attribute.String("db.system.name", "postgresql")
	}
	return &traces{provider.Tracer("kanera.dev/gateway"), provider, database, log}, nil
}

// tracesURL is where traces are sent; empty for nowhere.
func (c Config) tracesURL() string {
	if c.TracesEndpoint != "" || c.OTLPEndpoint == "" {
		return c.TracesEndpoint
	}
	return strings.TrimSuffix(c.OTLPEndpoint, "/") + "/v1/traces"
}

// close sends what has not been sent yet. What a collector does not take in time is lost.
func (t *traces) close(ctx context.Context) {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.log.WarnContext(ctx, "traces are lost", "error", err)
	}
}

// begin starts a span below the one in ctx.
func (t *traces) begin(ctx context.Context, name string, kind trace.SpanKind, attributes ...attribute.KeyValue) (context.Context, trace.Span) {
	return t.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(attributes...)) //nolint:spancheck // whoever asks for the span ends it
}

// request starts the span of a request, as part of the trace that its traceparent header names.
func (t *traces) request(ctx context.Context, r *http.Request, door string) (context.Context, trace.Span) {
	if t == nil {
		return ctx, nil
	}
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
	return t.begin(ctx, door, trace.SpanKindServer, attribute.String("http.request.method", r.Method),
		attribute.String("url.path", redact(r.URL.Path)), attribute.String("kanera.request.id", redact(graph.RequestID(ctx))))
}

// answered ends the span of a request, which is called by its door and operation.
func (t *traces) answered(span trace.Span, seen *record, status int) {
	if t == nil {
		return
	}
	if seen.operation != "" {
		span.SetName(seen.door + " " + seen.operation)
	}
	span.SetAttributes(attribute.Int("http.response.status_code", status), attribute.String("kanera.key.id", seen.keyID),
		attribute.Int64("kanera.sql.statements", seen.statements.Load()), attribute.Int("kanera.cost", seen.cost))
	if status == 0 || status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

func (t *traces) step(ctx context.Context, name string) trace.Span {
	if t == nil {
		return nil
	}
	_, span := t.begin(ctx, name, trace.SpanKindInternal)
	return span
}

// operation starts the span under which an operation runs; a refused one has none.
func (t *traces) operation(ctx context.Context, operation *ast.OperationDefinition, seen *record) (context.Context, trace.Span) {
	if t == nil || operation == nil {
		return ctx, nil
	}
	return t.begin(ctx, "execute", trace.SpanKindInternal, attribute.String("graphql.operation.type", string(operation.Operation)),
		attribute.String("graphql.operation.name", redact(seen.name)), attribute.String("graphql.root", seen.operation))
}

// statement starts the span of a statement, whose text holds no values.
func (t *traces) statement(ctx context.Context, kind, text string) trace.Span {
	if t == nil {
		return nil
	}
	_, span := t.begin(ctx, kind, trace.SpanKindClient, t.database, attribute.String("db.query.text", text))
	return span
}

func (t *traces) command(ctx context.Context, name string) trace.Span {
	if t == nil {
		return nil
	}
	_, span := t.begin(ctx, name, trace.SpanKindClient, attribute.String("db.system.name", "redis"), attribute.String("db.operation.name", name))
	return span
}

// end ends a span; the text of the error stays out of it, because databases put values in there.
func end(span trace.Span, err error) {
	if span == nil {
		return
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// endOperation ends the span of an operation, with the code of its first error.
func endOperation(span trace.Span, response *graphql.Response) {
	if span == nil {
		return
	}
	switch {
	case response == nil:
		span.SetStatus(codes.Error, "panic")
	case len(response.Errors) > 0:
		code, _ := response.Errors[0].Extensions["code"].(string)
		span.SetStatus(codes.Error, code)
	}
	span.End()
}
