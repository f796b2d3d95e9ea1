package graph_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/graph"
)

func get(document string, header http.Header) func() *http.Request {
	return func() *http.Request {
		r := httptest.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(document), nil)
		r.Header = header
		return r
	}
}

const mutating = `mutation { cardComplete(id: "0b8f7d38-6f3e-4a57-9d5c-1d3f0a2b4c5d", completed: true) { card { id } } }`

func TestRequestsAndStatuses(t *testing.T) {
	t.Parallel()
	handler := endpoint()
	key := http.Header{"Authorization": {"Bearer x"}}
	for _, row := range []struct {
		name   string
		send   func() *http.Request
		status int
		code   string
		allow  string
	}{
		{"POST", document("{ health { ok } }"), 200, "", ""},
		{"GET with a key", get("{ health { ok } }", key), 200, "", ""},
		{"GET with a preflight header", get("{ health { ok } }", http.Header{"X-Kanera-Preflight": {"1"}}), 200, "", ""},
		{"GET by Apollo", get("{ health { ok } }", http.Header{"Apollo-Require-Preflight": {"true"}}), 200, "", ""},
		{"GET by a link", get("{ health { ok } }", http.Header{"Accept": {"text/html"}, "Cookie": {"a=b"}}), 400, "PREFLIGHT_REQUIRED", ""},
		{"GET of a mutation", get(mutating, key), 405, "METHOD_NOT_ALLOWED", "POST"},
		{"GET of a query beside a mutation", func() *http.Request {
			r := get("query Q { health { ok } } "+strings.Replace(mutating, "mutation", "mutation M", 1), key)()
			r.URL.RawQuery += "&operationName=Q"
			return r
		}, 200, "", ""},
		{"PUT", func() *http.Request { return httptest.NewRequest(http.MethodPut, "/graphql", nil) }, 405, "METHOD_NOT_ALLOWED", "GET, POST"},
		{"no body", func() *http.Request { return post("application/json", "") }, 400, "INVALID_JSON", ""},
		{"no query", func() *http.Request { return post("application/json", "{}") }, 400, "BAD_REQUEST", ""},
		{"a query that is no text", func() *http.Request { return post("application/json", `{"query": 1}`) }, 400, "BAD_REQUEST", ""},
		{"UTF-8", func() *http.Request { return post("application/json; charset=UTF-8", `{"query":"{ health { ok } }"}`) }, 200, "", ""},
		{"another encoding", func() *http.Request { return post("application/json; charset=latin1", `{"query":"{ health { ok } }"}`) }, 415, "UNSUPPORTED_MEDIA_TYPE", ""},
		{"bytes that are no UTF-8", func() *http.Request { return post("application/json", "{\"query\":\"{ health { ok } } #\xff\"}") }, 400, "INVALID_JSON", ""},
		{"a document that does not parse", document("{"), 200, "GRAPHQL_PARSE_FAILED", ""},
		{"a document without operations", document("fragment F on Query { health { ok } }"), 200, "GRAPHQL_VALIDATION_FAILED", ""},
		{"an answer in parts", document("{ health { ok ... @defer { service } } }"), 200, "GRAPHQL_VALIDATION_FAILED", ""},
		{"an operation that is not there", func() *http.Request {
			return post("application/json", `{"query":"query A { health { ok } }","operationName":"B"}`)
		}, 200, "GRAPHQL_VALIDATION_FAILED", ""},
	} {
		recorder := ask(handler, row.send(), false)
		var answer answered
		if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		code := ""
		if len(answer.Errors) > 0 {
			code = answer.Errors[0].Extensions.Code
		}
		if recorder.Code != row.status || code != row.code || recorder.Header().Get("Allow") != row.allow {
			t.Errorf("%s: %d, Allow %q, %s", row.name, recorder.Code, recorder.Header().Get("Allow"), recorder.Body)
		}
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	handler := endpoint()
	const json, gql = "application/json; charset=utf-8", "application/graphql-response+json; charset=utf-8"
	for accept, want := range map[string]string{
		"": json, "*/*": json, "text/html": json, "application/json": json, "nonsense;;": json,
		"application/graphql-response+json":                                      gql,
		"application/graphql-response+json, application/json;q=0.9":              gql,
		"application/json, application/graphql-response+json":                    json,
		"application/json;q=0.5, application/graphql-response+json":              gql,
		"application/graphql-response+json;q=0, */*":                             json,
		"application/graphql-response+json; charset=utf-8, application/json;q=0": gql,
	} {
		r := document("{ nobody }")()
		r.Header.Set("Accept", accept)
		recorder := ask(handler, r, false)
		status := http.StatusOK
		if want == gql {
			status = http.StatusBadRequest
		}
		if got := recorder.Header().Get("Content-Type"); got != want || recorder.Code != status {
			t.Errorf("Accept %q: %d %s, want %d %s", accept, recorder.Code, got, status, want)
		}
	}
}

func TestAtMostTwentyErrors(t *testing.T) {
	t.Parallel()
	var answer answered
	recorder := ask(endpoint(), document("{ health { ok } "+numbered(" nothing#", 200)+" }")(), false)
	if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil || len(answer.Errors) != graph.MaxErrors {
		t.Errorf("%v: %d errors", err, len(answer.Errors))
	}
}

// brokenStore fails with a cause that nobody outside may see, or panics.
type brokenStore struct{ domain.Store }

func (brokenStore) FindCards(context.Context, domain.CardQuery, []domain.CardParent) (map[domain.CardParent]domain.PageOf[*domain.Card], error) {
	return nil, errors.New("s3cret cause")
}

func TestCausesStayInside(t *testing.T) {
	t.Parallel()
	handler := graph.NewHandler(newExecutorOn(brokenStore{}))
	for name, document := range map[string]func() *http.Request{
		"a failure": document("{ cards { nodes { id } } }"), "a panic": document("{ boards { totalCount } }"),
	} {
		recorder := ask(handler, document(), false)
		if code := codeIn(t, recorder); code != "INTERNAL" || strings.Contains(recorder.Body.String(), "s3cret") || strings.Contains(recorder.Body.String(), "goroutine") {
			t.Errorf("%s: %d %s", name, recorder.Code, recorder.Body)
		}
	}
}

// slowStore answers nothing until it is told to stop.
type slowStore struct{ domain.Store }

func (slowStore) FindCards(ctx context.Context, _ domain.CardQuery, _ []domain.CardParent) (map[domain.CardParent]domain.PageOf[*domain.Card], error) {
	<-ctx.Done()
	return nil, fmt.Errorf("statement was cancelled: %w", ctx.Err())
}

func TestDeadlineCancelsStatements(t *testing.T) {
	t.Parallel()
	executor := newExecutorOn(slowStore{}, graph.WithDeadline(20*time.Millisecond))
	recorder := ask(graph.NewHandler(executor), document("{ cards { nodes { id } } }")(), false)
	if recorder.Code != http.StatusGatewayTimeout || !strings.Contains(recorder.Body.String(), `"code":"TIMEOUT"`) ||
		strings.Contains(recorder.Body.String(), "statement") {
		t.Errorf("%d %s", recorder.Code, recorder.Body)
	}
}
