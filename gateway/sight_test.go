package gateway_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"kanera.dev/gateway"
	"kanera.dev/gateway/demo"
	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/persistence/redis/redistest"
)

const metricsToken = "m-5ecre7-token-for-metrics"

// seen is a gateway whose log, metrics and spans a test looks at.
type seen struct {
	*demo.Facts

	t      *testing.T
	config gateway.Config
	url    string
	lines  *locked
	spans  *tracetest.SpanRecorder
}

// locked is a buffer that several goroutines write.
type locked struct {
	sync.Mutex
	bytes.Buffer
}

func (l *locked) Write(line []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.Buffer.Write(line)
}

func (l *locked) String() string {
	l.Lock()
	defer l.Unlock()
	return l.Buffer.String()
}

// watch opens a gateway that limits and sees all: with SQLite and all in the process, or with Postgres and a Redis server.
func watch(t *testing.T, backend gatewaytest.Backend) *seen {
	t.Helper()
	config := gatewaytest.Configure(t, backend)
	config.Limits = gateway.Limits{KeyPerMinute: 1000, IPPerMinute: 1000, RedisTimeout: gateway.Threshold(time.Second)}
	config.MetricsToken, config.SlowOperation = metricsToken, gateway.Threshold(time.Nanosecond)
	if backend == gatewaytest.Postgres {
		config.RedisURL = os.Getenv(redistest.URLVariable)
	}
	s := &seen{t: t, config: config, lines: &locked{}, spans: tracetest.NewSpanRecorder()}
	g, err := gateway.Open(t.Context(), config, gateway.NewLog(s.lines), gateway.TraceTo(s.spans))
	if err != nil {
		t.Fatal(err)
	}
	if s.Facts, err = g.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(g.Handler())
	s.url = server.URL
	t.Cleanup(func() {
		server.Close()
		_ = g.Close()
	})
	return s
}

// ask sends a request with headers (name, value…) and returns the status and the body.
func (s *seen) ask(method, path, body string, headers ...string) (int, string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func (s *seen) query(document, variables string, headers ...string) {
	s.t.Helper()
	raw, _ := json.Marshal(document)
	if status, body := s.ask("POST", "/graphql", `{"query":`+string(raw)+`,"variables":`+variables+`}`, headers...); status != 200 {
		s.t.Fatalf("%d %s", status, body)
	}
}

// line finds the last log line that matches.
func (s *seen) line(pattern string) map[string]any {
	s.t.Helper()
	found := regexp.MustCompile(`(?m)^.*`+pattern+`.*$`).FindAllString(s.lines.String(), -1)
	if len(found) == 0 {
		s.t.Fatalf("no line %s in\n%s", pattern, s.lines)
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(found[len(found)-1]), &line); err != nil {
		s.t.Fatal(err)
	}
	return line
}

const counting = `query Counting($s: String) { workspaces { nodes { id boards { totalCount } } } search: cards(filter: {title: {contains: $s}}, first: 1) { totalCount } }`

func TestLogTellsOfRequestsAndSlowOperations(t *testing.T) {
	t.Parallel()
	s := watch(t, gatewaytest.SQLite)
	s.query(counting, `{"s":"5ecre7"}`, "Authorization", "Bearer "+s.WorkspaceKey, "X-Request-Id", "graphql-1")
	s.ask("GET", "/api/v1/cards/"+s.CardID+"/detail?x=5ecre7", "", "Authorization", "Bearer "+s.WorkspaceKey, "X-Request-Id", "rest-1")
	s.ask("GET", "/api/v1/cards/none/detail", "", "Authorization", "Bearer "+s.WorkspaceKey, "X-Request-Id", "rest-2")
	for pattern, want := range map[string]map[string]any{
		`"msg":"request","requestId":"graphql-1"`: {"status": 200., "operation": "several", "operationName": "Counting"},
		`"msg":"slow operation".*"graphql-1"`:     {"door": "graphql", "operationName": "Counting"},
		`"msg":"request","requestId":"rest-1"`:    {"status": 200., "operation": "getCardDetail", "path": "/api/v1/cards/" + s.CardID + "/detail"},
		`"msg":"request","requestId":"rest-2"`:    {"operation": "getCardDetail", "statements": 0.},
	} {
		line := s.line(pattern)
		for name, value := range want {
			if line[name] != value {
				t.Errorf("%s: %s is %v, want %v", pattern, name, line[name], value)
			}
		}
		if line["milliseconds"].(float64) <= 0 || pattern[len(pattern)-2] == '1' && (line["statements"].(float64) < 2 || line["keyId"] == "") {
			t.Errorf("%s: %v", pattern, line)
		}
	}
	for _, pattern := range []string{`"msg":"request","requestId":"graphql-1"`, `"msg":"slow operation".*"graphql-1"`} {
		if line := s.line(pattern); line["actualCost"].(float64) < 2 || line["cost"].(float64) <= line["actualCost"].(float64) {
			t.Errorf("%s: cost %v, used %v", pattern, line["cost"], line["actualCost"])
		}
	}
	if strings.Contains(s.lines.String(), "5ecre7") {
		t.Error("variables or query strings are in the log")
	}
}

func TestLogOfEverythingHoldsNoSecret(t *testing.T) {
	t.Parallel()
	s := watch(t, gatewaytest.SQLite)
	for _, key := range []string{s.WorkspaceKey, s.PersonalKey, "kanera_dev_5ecre7" + strings.Repeat("x", 37)} {
		for _, path := range []string{"/api/v1/session", "/api/v1/cards/" + key, "/" + key, "/api/v1/boards?limit=" + key, "/metrics", "/ready"} {
			s.ask("GET", path, "", "Authorization", "Bearer "+key, "X-Request-Id", key)
		}
		s.ask("POST", "/graphql", `{"query":"query `+key+` { viewer { user { id } } }"}`, "Authorization", "Bearer "+key)
		s.ask("POST", "/graphql", `{"query":"{ `+key+` }","operationName":"`+key+`"}`, "Authorization", "Bearer "+key)
		s.ask("POST", "/graphql", `{"query":"`+key, "Authorization", "Basic "+key, "X-Request-Id", "whsec_5ecre7")
	}
	s.ask("GET", "/metrics", "", "Authorization", "Bearer "+metricsToken)
	var shown strings.Builder
	for _, span := range s.spans.Ended() {
		shown.WriteString(span.Name())
		for _, attribute := range span.Attributes() {
			shown.WriteString(" " + attribute.Value.String())
		}
	}
	for _, secret := range []string{s.WorkspaceKey[11:], s.PersonalKey[13:], "5ecre7"} {
		if strings.Contains(s.lines.String(), secret) {
			t.Errorf("%s is in the log:\n%s", secret, s.lines)
		}
		if strings.Contains(shown.String(), secret) {
			t.Errorf("%s is in the spans:\n%s", secret, shown.String())
		}
	}
	if strings.Count(s.lines.String(), "kanera_[redacted]") < 10 {
		t.Errorf("the test did not make the log meet secrets:\n%s", s.lines)
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	s := watch(t, gatewaytest.SQLite)
	key := []string{"Authorization", "Bearer " + s.WorkspaceKey}
	s.query(counting, `{}`, key...)
	s.query(`query Made_up_name_5 { workspaces { totalCount } }`, `{}`, key...)
	s.ask("GET", "/api/v1/cards/"+s.CardID+"/detail", "", key...)
	s.ask("GET", "/api/v1/cards/none/detail", "", key...)
	s.ask("GET", "/nowhere", "")
	s.ask("POST", "/graphql", `{"query":"{ made_up_field_1 made_up_field_2 }"}`, key...)
	for range 2 {
		s.ask("POST", "/api/v1/boards/"+s.BoardID+"/lists/"+s.ListID+"/cards", `{"title":"Once"}`, append(key, "Idempotency-Key", "k1")...)
	}
	status, text := s.ask("GET", "/metrics", "", "Authorization", "bearer "+metricsToken)
	if status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	for _, want := range []string{
		`kanera_requests_total{door="graphql",operation="several",status="200"} 1`,
		`kanera_requests_total{door="graphql",operation="workspaces",status="200"} 1`,
		`kanera_requests_total{door="rest",operation="getCardDetail",status="200"} 1`,
		`kanera_requests_total{door="page",operation="none",status="404"} 1`,
		`kanera_request_duration_seconds_bucket{door="rest",operation="getCardDetail",le="+Inf"} 2`,
		`kanera_requests_in_flight{door="graphql"} 0`,
		`kanera_operation_errors_total{code="GRAPHQL_VALIDATION_FAILED",door="graphql"} 1`,
		`kanera_loader_batch_keys_count `,
		`kanera_request_sql_statements_count{door="rest"} 4`,
		`kanera_sql_statement_duration_seconds_count{kind="select"} `,
		`kanera_pool_connections{pool="sqlite read",state="idle"} `,
		`kanera_pool_connections{pool="redis",state="idle"} `,
		`kanera_pool_waits_total{pool="sqlite write"} `,
		`kanera_redis_command_duration_seconds_count{command="evalsha"} `,
		`kanera_rate_limit_decisions_total{bucket="",decision="allowed"} `,
		`kanera_rate_limit_degraded_total 0`,
		`kanera_idempotency_replays_total 1`,
		`go_goroutines `,
		`process_resident_memory_bytes `,
	} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("no series %s", want)
		}
	}
	if strings.Contains(strings.ToLower(text), "made_up") {
		t.Error("a caller's name has become a label")
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestMetricsNeedTheirToken(t *testing.T) {
	t.Parallel()
	s := watch(t, gatewaytest.SQLite)
	for header, want := range map[string]int{
		"": 401, "Bearer": 401, "Bearer x": 401, metricsToken: 401, "Basic " + metricsToken: 401, "Bearer " + s.WorkspaceKey: 401,
		"Bearer " + metricsToken[1:]: 401, "Bearer " + metricsToken: 200,
	} {
		if status, body := s.ask("GET", "/metrics", "", "Authorization", header); status != want {
			t.Errorf("%q: %d %s", header, status, body)
		}
	}
	if answer := gatewaytest.New(t, gatewaytest.SQLite).Do(http.MethodGet, "/metrics", metricsToken, nil); answer.Status != 404 {
		t.Errorf("without a token there is a /metrics: %d", answer.Status)
	}
}
