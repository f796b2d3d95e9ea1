package gateway

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"kanera.dev/domain"
)

// metrics is what /metrics shows. Every label has few values, none of which a caller can make up.
type metrics struct {
	registry        *prometheus.Registry
	requests        *prometheus.CounterVec
	durations       *prometheus.HistogramVec
	inFlight        *prometheus.GaugeVec
	perRequest      *prometheus.HistogramVec
	statements      *prometheus.HistogramVec
	statementErrors *prometheus.CounterVec
	commands        *prometheus.HistogramVec
	commandErrors   *prometheus.CounterVec
	errors          *prometheus.CounterVec
	batches         prometheus.Histogram
	roots           *prometheus.CounterVec
	decisions       *prometheus.CounterVec
	degraded        prometheus.Counter
	replays         prometheus.Counter
}

// Buckets of durations, in seconds: requests, and statements and commands, which are faster. Buckets of batches, in keys.
var (
	slowBuckets  = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 25}
	fastBuckets  = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .1, .5, 1, 5}
	batchBuckets = []float64{1, 2, 5, 10, 25, 50, 100, 250, 500, 1000}
)

// newMetrics makes the metrics of one gateway, together with those of the Go runtime and the process.
func newMetrics() *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	}
	m := &metrics{
		registry:        prometheus.NewRegistry(),
		requests:        counter("kanera_requests_total", "Requests answered.", "door", "operation", "status"),
		durations:       histogram("kanera_request_duration_seconds", "Time from the headers of a request to the end of its answer.", slowBuckets, "door", "operation"),
		inFlight:        prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "kanera_requests_in_flight", Help: "Requests being handled."}, []string{"door"}),
		perRequest:      histogram("kanera_request_sql_statements", "SQL statements of a request.", []float64{0, 1, 2, 3, 5, 8, 13, 21, 34, 55}, "door"),
		statements:      histogram("kanera_sql_statement_duration_seconds", "Time from sending a statement to its end, or to its first row.", fastBuckets, "kind"),
		statementErrors: counter("kanera_sql_errors_total", "Statements that failed, other than because the caller left.", "kind"),
		commands:        histogram("kanera_redis_command_duration_seconds", "Time from sending a Redis command to its answer.", fastBuckets, "command"),
		commandErrors:   counter("kanera_redis_errors_total", "Redis commands that failed, other than because the caller left.", "command"),
		errors:          counter("kanera_operation_errors_total", "Operations whose answer shows the code.", "door", "code"),
		batches:         prometheus.NewHistogram(prometheus.HistogramOpts{Name: "kanera_loader_batch_keys", Help: "Keys that a loader asks the store for at once.", Buckets: batchBuckets}),
		roots:           prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kanera_graphql_root_fields_total", Help: "Root fields of queries by the way they were answered."}, []string{"way"}),
		decisions:       counter("kanera_rate_limit_decisions_total", "Decisions of the rate limiter; the bucket is the one that was used up.", "decision", "bucket"),
		degraded:        prometheus.NewCounter(prometheus.CounterOpts{Name: "kanera_rate_limit_degraded_total", Help: "Decisions made without Redis."}),
		replays:         prometheus.NewCounter(prometheus.CounterOpts{Name: "kanera_idempotency_replays_total", Help: "Answers given again for an Idempotency-Key."}),
	}
	m.registry.MustRegister(m.requests, m.durations, m.inFlight, m.perRequest, m.statements, m.statementErrors, m.commands, m.commandErrors,
		m.errors, m.batches, m.roots, m.decisions, m.degraded, m.replays, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// operation counts each code in the answer of an operation once; no answer is a panic. All codes are ours, none is the
// caller's word.
func (m *metrics) operation(door string, response *graphql.Response) {
	if response == nil {
		m.errors.WithLabelValues(door, string(domain.CodeInternal)).Inc()
		return
	}
	counted := map[string]bool{}
	for _, err := range response.Errors {
		if code, _ := err.Extensions["code"].(string); !counted[code] {
			counted[code] = true
			m.errors.WithLabelValues(door, code).Inc()
		}
	}
}

// request counts an answered request; status 0 is an answer that was cut.
func (m *metrics) request(seen *record, status int, took time.Duration, header http.Header) {
	operation := seen.operation
	if operation == "" {
		operation = "none"
	}
	m.requests.WithLabelValues(seen.door, operation, strconv.Itoa(status)).Inc()
	if seen.door != doorLive {
		m.durations.WithLabelValues(seen.door, operation).Observe(took.Seconds())
	}
	m.perRequest.WithLabelValues(seen.door).Observe(float64(seen.statements.Load()))
	if header.Get(replayedHeader) == "true" {
		m.replays.Inc()
	}
}

// answered counts a statement or a command.
func (m *metrics) answered(durations *prometheus.HistogramVec, failures *prometheus.CounterVec, label string, took time.Duration, err error) {
	durations.WithLabelValues(label).Observe(took.Seconds())
	if err != nil && !errors.Is(err, context.Canceled) {
		failures.WithLabelValues(label).Inc()
	}
}

// verdict counts a decision of the rate limiter.
func (m *metrics) verdict(v domain.Verdict) {
	if v.Degraded {
		m.degraded.Inc()
	}
	if v.Allowed {
		m.decisions.WithLabelValues("allowed", "").Inc()
		return
	}
	m.decisions.WithLabelValues("denied", v.Denied).Inc()
}

// handler shows the metrics to whoever has the token. How long it takes to refuse says nothing about the token.
func (m *metrics) handler(token string) http.HandlerFunc {
	show, want := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}), sha256.Sum256([]byte(token))
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		sum := sha256.Sum256([]byte(strings.TrimSpace(given)))
		if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(sum[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			refuseREST(w, r, domain.Unauthorized("The metrics need their token."))
			return
		}
		show.ServeHTTP(w, r)
	}
}
