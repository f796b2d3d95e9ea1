package gatewaytest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"kanera.dev/graph"
)

// ordinary is a gateway beside the one that a test talks to. They share a database, but it never reads the fast way.
type ordinary struct {
	*Gateway
	reads atomic.Int64 // that both answered
}

// BothWays is New with a second gateway on the same database, where the fast way of reading is switched off. Whatever
// the test reads is asked of both and has to be answered alike: status, data, errors and cost, refused or not. Whatever
// writes is sent once. The test also fails when its reads went one way only.
func BothWays(t testing.TB, backend Backend) *Gateway {
	t.Helper()
	config := Configure(t, backend)
	config.MetricsToken = "only-tests-look-here"
	g := NewWith(t, config)
	switched := *g
	switched.Config.FastReads = false
	g.ordinary = &ordinary{Gateway: switched.Another()}
	t.Cleanup(func() {
		fast, slow := g.rootFields(), g.ordinary.rootFields()
		t.Logf("%d reads were answered both ways, root fields: %v", g.ordinary.reads.Load(), fast)
		if fast["fast"] == "" || slow["fast"] != "" {
			t.Errorf("root fields that were read the fast way: %q of the one gateway, %q of the other", fast["fast"], slow["fast"])
		}
	})
	return g
}

var rootFieldsMetric = regexp.MustCompile(`(?m)^kanera_graphql_root_fields_total\{way="(\w+)"\} (\d+)$`)

// rootFields tells how many root fields a gateway read by the way it took, ways that it never took left out.
func (g *Gateway) rootFields() map[string]string {
	request := httptest.NewRequestWithContext(context.WithoutCancel(g.t.Context()), http.MethodGet, "/metrics", nil)
	request.Header.Set("Authorization", "Bearer "+g.Config.MetricsToken)
	answer := httptest.NewRecorder()
	g.Handler().ServeHTTP(answer, request)
	counts := map[string]string{}
	for _, series := range rootFieldsMetric.FindAllStringSubmatch(answer.Body.String(), -1) {
		counts[series[1]] = series[2]
	}
	return counts
}

// mustAgree asks the ordinary gateway what the fast one was asked, if that was a read, and compares the answers.
func (g *Gateway) mustAgree(method, path string, header http.Header, body []byte, fast *Response) {
	g.t.Helper()
	if g.ordinary == nil || !reads(method, path, body) {
		return
	}
	g.ordinary.reads.Add(1)
	slow := g.ordinary.send(method, path, header, body)
	got, want := steady(fast), steady(slow)
	if fast.Status == slow.Status && got == want {
		return
	}
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	from := max(at-200, 0)
	g.t.Errorf("%s %.200s %.1000s\nis answered differently, at byte %d:\nfast:     %d …%.400s\nordinary: %d …%.400s", method, path, body, at,
		fast.Status, got[from:], slow.Status, want[from:])
}

// reads is true for requests that change nothing. Documents that are no GraphQL do not either.
func reads(method, path string, body []byte) bool {
	path, _, _ = strings.Cut(path, "?")
	switch {
	case strings.HasPrefix(path, "/api/v1/"):
		return method == http.MethodGet || strings.HasSuffix(path, "/open")
	case method != http.MethodPost || path != "/graphql":
		return path == "/graphql"
	}
	var request struct{ Query, OperationName string }
	if json.Unmarshal(body, &request) != nil {
		return true
	}
	document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: request.Query}, 10_000)
	if err != nil {
		return true
	}
	operation := document.Operations.ForName(request.OperationName)
	return operation == nil || operation.Operation == ast.Query
}

var (
	requestIDs = regexp.MustCompile(`"requestId":"[^"]*"`)
	indices    = regexp.MustCompile(`,\d+\b`) // in paths
)

// steady is the body without what differs each time: ids of requests, the order in which fields failed, and which
// objects the errors are about when there are more than an answer shows.
func steady(r *Response) string {
	body := requestIDs.ReplaceAll(r.Body, []byte(`"requestId":""`))
	var answer struct {
		Data, Extensions json.RawMessage
		Errors           []json.RawMessage
	}
	if json.Unmarshal(body, &answer) != nil || len(answer.Errors) < 2 {
		return string(body)
	}
	for i, err := range answer.Errors {
		if len(answer.Errors) == graph.MaxErrors {
			answer.Errors[i] = indices.ReplaceAll(err, nil)
		}
	}
	slices.SortFunc(answer.Errors, func(a, b json.RawMessage) int { return bytes.Compare(a, b) })
	return fmt.Sprintf("%s %s %s", answer.Data, answer.Errors, answer.Extensions)
}
