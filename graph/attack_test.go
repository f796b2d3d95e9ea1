package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/graph"
)

// attack is a request that is made to cost far more than it looks, or to be sent by a page without being asked.
type attack struct {
	name, code string
	status     int
	anonymous  bool
	send       func() *http.Request
}

// document sends a text as the operation.
func document(text string) func() *http.Request {
	return func() *http.Request {
		body, _ := json.Marshal(map[string]string{"query": text}) // a map of texts always encodes
		return post("application/json", string(body))
	}
}

func post(media, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", media)
	return r
}

// nested writes open and close n times around inside.
func nested(open, inside, end string, n int) string {
	return strings.Repeat(open, n) + inside + strings.Repeat(end, n)
}

// numbered writes the format n times with rising numbers.
func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)))
	}
	return b.String()
}

// bomb is a chain of fragments, each of which uses the next one several times.
func bomb(levels, uses int, leaf string) string {
	var b strings.Builder
	b.WriteString("query { ...F0 }")
	for i := range levels {
		b.WriteString(fmt.Sprintf(" fragment F%d on Query { %s }", i, strings.Repeat(fmt.Sprintf("...F%d ", i+1), uses)))
	}
	return b.String() + fmt.Sprintf(" fragment F%d on Query { %s }", levels, leaf)
}

// endless is garbage of any length that takes no memory.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range p[:n] {
		p[i] = 'A'
	}
	e.left -= n
	return n, nil
}

func garbage() *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/graphql", &endless{60 << 20})
	r.ContentLength = -1 // chunked: nobody says how long it is
	r.Header.Set("Content-Type", "application/json")
	return r
}

func multipart() *http.Request {
	return post("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n"+
		`{"query":"mutation { cardDelete(id: \"1\") { id } }"}`+"\r\n--x--\r\n")
}

// corpus holds every attack; each kind in its mildest and its wildest form.
var corpus = []attack{
	{"garbage of 60 MB", "BODY_TOO_LARGE", 413, false, garbage},
	{"long but well-formed", "BODY_TOO_LARGE", 413, false, document("{ health { ok } } #" + strings.Repeat("x", graph.MaxBodyBytes))},
	{"brackets as JSON", "BATCH_NOT_SUPPORTED", 400, false, func() *http.Request { return post("application/json", strings.Repeat("[", 250_000)) }},
	{"braces as JSON", "INVALID_JSON", 400, false, func() *http.Request { return post("application/json", strings.Repeat(`{"a":`, 50_000)) }},
	{"array batch", "BATCH_NOT_SUPPORTED", 400, false, func() *http.Request {
		return post("application/json", "["+strings.Repeat(`{"query":"{health{ok}}"},`, 9_000)+`{"query":"{health{ok}}"}]`)
	}},
	{"multipart", "UNSUPPORTED_MEDIA_TYPE", 415, false, multipart},
	{"text/plain", "UNSUPPORTED_MEDIA_TYPE", 415, false, func() *http.Request { return post("text/plain", `{"query":"{health{ok}}"}`) }},
	{"form", "UNSUPPORTED_MEDIA_TYPE", 415, false, func() *http.Request { return post("application/x-www-form-urlencoded", "query={health{ok}}") }},
	{"no media type", "UNSUPPORTED_MEDIA_TYPE", 415, false, func() *http.Request { return post("", `{"query":"{health{ok}}"}`) }},
	{"GET from a page", "PREFLIGHT_REQUIRED", 400, true, func() *http.Request {
		return httptest.NewRequest(http.MethodGet, "/graphql?query={health{ok}}", nil)
	}},
	{"mutation by GET", "METHOD_NOT_ALLOWED", 405, false, func() *http.Request {
		r := httptest.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(`mutation { cardComplete(id: "1", completed: true) { card { id } } }`), nil)
		r.Header.Set("Authorization", "Bearer x")
		return r
	}},

	{"fields without end", "GRAPHQL_TOO_MANY_TOKENS", 400, false, document("{" + strings.Repeat(" health { ok }", 10_000) + "}")},
	{"comments without end", "GRAPHQL_TOO_MANY_TOKENS", 400, false, document(strings.Repeat("#\n", 60_000) + "{ health { ok } }")},
	{"list literal", "GRAPHQL_TOO_MANY_TOKENS", 400, false, document("{ cards(filter: {number: {in: [" + strings.Repeat("1,", 100_000) + "]}}) { totalCount } }")},
	{"lists in lists", "GRAPHQL_TOO_DEEP", 400, false, document("{ cards(filter: " + nested("[", "", "]", 900) + ") { totalCount } }")},
	{"objects in objects", "GRAPHQL_TOO_DEEP", 400, false, document("{ cards(filter: " + nested("{not: ", "{}", "}", 400) + ") { totalCount } }")},
	{"long name", "GRAPHQL_NAME_TOO_LONG", 400, false, document("{ " + strings.Repeat("h", 200_000) + " }")},
	{"long names, each a little", "GRAPHQL_NAME_TOO_LONG", 400, false, document("{ " + numbered(strings.Repeat("h", 110)+"# ", 1_900) + " }")},
	{"operations", "GRAPHQL_TOO_MANY_OPERATIONS", 400, false, document(numbered("query Q# { health { ok } } ", 200))},
	{"aliases", "GRAPHQL_TOO_MANY_ALIASES", 400, false, document("{" + numbered(" a#: health { ok }", 300) + " }")},
	{"aliases in fragments", "GRAPHQL_TOO_MANY_ALIASES", 400, false, document("{" + numbered(" a#: viewer { ...F }", 8) + " } fragment F on Viewer {" + numbered(" b#: webUrl", 9) + " }")},
	{"directives on one field", "GRAPHQL_TOO_MANY_DIRECTIVES", 400, false, document("{ health { ok" + strings.Repeat(" @skip(if: false)", 200) + " } }")},
	{"unknown directives", "GRAPHQL_TOO_MANY_DIRECTIVES", 400, false, document("{ health { ok" + strings.Repeat(" @a", 900) + " } }")},
	{"directives on an operation", "GRAPHQL_TOO_MANY_DIRECTIVES", 400, false, document("query" + strings.Repeat(" @a", 900) + " { health { ok } }")},

	{"deep fields", "GRAPHQL_TOO_DEEP", 400, false, document(nested("{ a ", "", "}", 650))},
	{"thirteen deep", "GRAPHQL_TOO_DEEP", 400, false, document(nested("{ a ", "", "}", 13))},
	{"deep inline fragments", "GRAPHQL_TOO_DEEP", 400, false, document(nested("{ ... on Query ", "{ health { ok } }", "}", 350))},
	{"deep fragments", "GRAPHQL_TOO_DEEP", 400, false, document("{ ...F0 }" + numbered(" fragment F# on Query { health { ok } ...G# }", 1) + deepFragments(100))},

	{"fragment bomb", "GRAPHQL_TOO_MANY_SELECTIONS", 400, false, document(bomb(20, 2, "health { ok }"))},
	{"fat fragment bomb", "GRAPHQL_TOO_MANY_SELECTIONS", 400, false, document(bomb(6, 40, "health { ok }"))},
	{"fragment bomb of nothing", "GRAPHQL_TOO_MANY_SELECTIONS", 400, false, document(bomb(20, 2, "...Missing"))},
	{"unused fragment bomb", "GRAPHQL_TOO_MANY_SELECTIONS", 400, false, document("{ health { ok } } " + strings.TrimPrefix(bomb(20, 2, "health { ok }"), "query { ...F0 }"))},
	{"fragment that uses itself", "GRAPHQL_FRAGMENT_CYCLE", 400, false, document("{ ...F } fragment F on Query { ...F }")},
	{"fragments in a circle", "GRAPHQL_FRAGMENT_CYCLE", 400, false, document(strings.Replace(bomb(30, 3, "...F0"), "F0 }", "F0 }", 1))},

	{"one field again and again", "GRAPHQL_TOO_MANY_REPETITIONS", 400, false, document("{" + strings.Repeat(" __typename", 1_990) + " }")},
	{"repetition on some levels", "GRAPHQL_TOO_MANY_REPETITIONS", 400, false, document(repeating(4, 3))},
	{"repetition on every level", "GRAPHQL_TOO_MANY_REPETITIONS", 400, false, document(repeating(7, 2))},
	{"repetition by inline fragments", "GRAPHQL_TOO_MANY_REPETITIONS", 400, false, document("{" + strings.Repeat(" ... { viewer { user { id } } }", 150) + " }")},
	{"repetition by fragments", "GRAPHQL_TOO_MANY_REPETITIONS", 400, false, document("{" + numbered(" ...F#", 150) + " }" + numbered(" fragment F# on Query { __typename }", 150))},
	{"many fragments in one place", "GRAPHQL_TOO_MANY_REPETITIONS", 400, false, document("{" + strings.Repeat(" ...F", 900) + " } fragment F on Query { __typename }")},

	{"introspection by nobody", "GRAPHQL_INTROSPECTION_DISABLED", 403, true, document("{ __schema { types { name } } }")},
	{"introspection in a fragment", "GRAPHQL_INTROSPECTION_DISABLED", 403, true, document(`{ ...F } fragment F on Query { t: __type(name: "Card") { name } }`)},
	{"introspection in circles", "GRAPHQL_TOO_DEEP", 400, false, document("{ __schema { types " + nested("{ fields { type ", "{ name }", "} }", 20) + " } }")},
	{"introspection in small circles", "GRAPHQL_VALIDATION_FAILED", 200, false, document("{ __schema { types " + nested("{ fields { type ", "{ name }", "} }", 3) + " } }")},
	{"introspection of wrappers", "GRAPHQL_TOO_DEEP", 400, false, document(`{ __type(name: "Card") ` + nested("{ ofType ", "{ name }", "}", 500) + " }")},

	{"mistakes without end", "GRAPHQL_VALIDATION_FAILED", 200, false, document("{" + numbered(" workspacs#", 1_990) + " }")},
	{"unknown variables", "GRAPHQL_VALIDATION_FAILED", 200, false, document("{ cards(filter: {number: {in: [" + numbered("$v#,", 900) + "]}}) { totalCount } }")},
	{"unused variables", "GRAPHQL_VALIDATION_FAILED", 200, false, document("query Q(" + numbered("$v#: Int ", 480) + ") { health { ok } }")},
	{"unknown input members", "GRAPHQL_VALIDATION_FAILED", 200, false, document("{ cards(filter: {" + numbered("titl#: 1 ", 650) + "}) { totalCount } }")},
	{"long text for an enumeration", "GRAPHQL_VALIDATION_FAILED", 200, false, document(`{ cards(orderBy: [{field: "` + strings.Repeat("K", 250_000) + `"}]) { totalCount } }`)},
	{"a huge number", "GRAPHQL_VALIDATION_FAILED", 200, false, document("{ cards(first: " + strings.Repeat("9", 250_000) + ") { totalCount } }")},
	{"arguments that contradict each other", "GRAPHQL_VALIDATION_FAILED", 200, false, document("{" + numbered(" cards(first: #) { totalCount }", 60) + " }")},
	{"unused fragments", "GRAPHQL_VALIDATION_FAILED", 200, false, document("{ health { ok } }" + numbered(" fragment F# on Query { health { ok } }", 190))},
	{"a text that does not end", "GRAPHQL_PARSE_FAILED", 200, false, document(`{ card(key: "` + strings.Repeat("x", 250_000))},
	{"a block that does not end", "GRAPHQL_PARSE_FAILED", 200, false, document(`{ card(key: """` + strings.Repeat("\n x", 50_000))},
}

// repeating is a document in which every field stands `uses` times beside itself, `levels` deep.
func repeating(levels, uses int) string {
	inner := "{ id }"
	for level := levels; level > 0; level-- {
		inner = "{" + strings.Repeat([]string{" nodes", " workspace", " boards"}[level%3]+inner, uses) + "}"
	}
	return "{ boards { nodes " + inner + " } }"
}

// deepFragments is a chain of fragments, each inside the one before.
func deepFragments(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(fmt.Sprintf(" fragment G%d on Query { ...G%d }", i, i+1))
	}
	return b.String() + fmt.Sprintf(" fragment G%d on Query { health { ok } }", n)
}

// ask sends a request to an endpoint as a caller with a key, or without.
func ask(handler http.Handler, r *http.Request, anonymous bool) *httptest.ResponseRecorder {
	ctx := graph.WithRequestID(context.Background(), "r1")
	if !anonymous {
		ctx = domain.WithPrincipal(ctx, &domain.Principal{KeyID: "k", OrganisationID: "o", Kind: domain.PersonalKey, Scope: domain.ScopeWrite})
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r.WithContext(ctx))
	return recorder
}

func endpoint() http.Handler {
	return graph.NewHandler(newExecutor())
}

type answered struct {
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Extensions struct{ Code, RequestID string }
	}
}

func TestAttacksAreRefused(t *testing.T) {
	t.Parallel()
	handler := endpoint()
	for _, a := range corpus {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			recorder := ask(handler, a.send(), a.anonymous)
			var answer answered
			if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil || len(answer.Errors) == 0 {
				t.Fatalf("%v: %.300s", err, recorder.Body)
			}
			first := answer.Errors[0].Extensions
			if first.Code != a.code || first.RequestID != "r1" || recorder.Code != a.status || len(answer.Data) > 0 {
				t.Errorf("%d %.300s, want %d %s", recorder.Code, recorder.Body, a.status, a.code)
			}
			if len(answer.Errors) > graph.MaxErrors || recorder.Body.Len() > 16<<10 {
				t.Errorf("%d errors in %d bytes", len(answer.Errors), recorder.Body.Len())
			}
			if got := recorder.Header().Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control is %q", got)
			}
		})
	}
}

// maxAttackCPU is what refusing may cost. The race detector makes everything several times slower.
const maxAttackCPU = 10 * time.Millisecond

// Alone in its process, because it counts what the whole process spends.
func TestAttacksAreCheap(t *testing.T) { //nolint:paralleltest // it would count what the others spend
	handler := endpoint()
	allowed := maxAttackCPU
	if raceEnabled {
		allowed *= 10
	}
	for _, a := range corpus {
		var spent []time.Duration
		for range 5 {
			r := a.send()
			before := processCPU(t)
			ask(handler, r, a.anonymous)
			spent = append(spent, processCPU(t)-before)
		}
		slices.Sort(spent)
		t.Logf("%-40s %8.2f ms", a.name, float64(spent[2])/float64(time.Millisecond))
		if spent[2] > allowed {
			t.Errorf("%s: refused after %s of CPU, %s at most", a.name, spent[2], allowed)
		}
	}
}

// processCPU is the time that all threads of this process have computed.
func processCPU(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
