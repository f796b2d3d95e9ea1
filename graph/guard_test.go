package graph_test

import (
	"encoding/json"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/graph"
)

// noStore fails whoever reads or writes.
type noStore struct{ domain.Store }

func newExecutor() *graph.Executor { return newExecutorOn(noStore{}) }

func newExecutorOn(store domain.Store, options ...graph.Option) *graph.Executor {
	return graph.NewExecutor(&domain.Service{Store: store, Now: domain.SystemClock, NewID: domain.NewID}, slog.New(slog.DiscardHandler), options...)
}

// introspection is what GraphiQL asks for, in its shape: nine wrappers deep.
const introspection = `query IntrospectionQuery { __schema {
  queryType { name } mutationType { name } subscriptionType { name } types { ...FullType }
  directives { name description locations args(includeDeprecated: true) { ...InputValue } } } }
fragment FullType on __Type { kind name description
  fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
  inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }`

// Whatever reaches a limit passes; one more does not.
func TestLimitsAreExact(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, code string
		most       int
		write      func(n int) string
	}{
		{"tokens", "GRAPHQL_TOO_MANY_TOKENS", graph.MaxTokens, func(n int) string { return "{ health { ok } }" + strings.Repeat("\n#", n-6) }},
		{"operations", "GRAPHQL_TOO_MANY_OPERATIONS", graph.MaxOperations, func(n int) string { return numbered("query Q# { health { ok } } ", n) }},
		{"aliases", "GRAPHQL_TOO_MANY_ALIASES", graph.MaxAliases, func(n int) string { return "{" + numbered(" a#: __typename", n) + " }" }},
		{"aliases of a fragment", "GRAPHQL_TOO_MANY_ALIASES", graph.MaxAliases, func(n int) string {
			return "{" + numbered(" h#: health { ok }", n-30) + " viewer { ...F } } fragment F on Viewer {" + numbered(" v#: __typename", 30) + " }"
		}},
		{"directives", "GRAPHQL_TOO_MANY_DIRECTIVES", graph.MaxDirectives, func(n int) string {
			return "{ health { " + strings.Repeat(" ... @include(if: true) { ok }", n) + " } }"
		}},
		{"depth", "GRAPHQL_TOO_DEEP", graph.MaxDepth, chain},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			executor := newExecutor()
			if err := executor.Check(row.write(row.most)); err != nil {
				t.Errorf("%d: %v", row.most, err)
			}
			if err := executor.Check(row.write(row.most + 1)); string(domain.CodeOf(err)) != row.code {
				t.Errorf("%d: %v, want %s", row.most+1, err, row.code)
			}
		})
	}
}

// chain is a query of fields inside each other, n deep.
func chain(n int) string {
	names := []string{"boards", "nodes", "workspace"}
	text := "__typename"
	for level := n - 1; level >= 1; level-- {
		text = names[(level-1)%3] + " { " + text + " }"
	}
	return "{ " + text + " }"
}

// What our users and their tools send every day stays far from every limit.
func TestEverydayDocumentsPass(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../gateway/testdata/target-queries.graphql")
	if err != nil {
		t.Fatal(err)
	}
	executor := newExecutor()
	for name, document := range map[string]string{"target queries": string(text), "introspection": introspection} {
		if err := executor.Check(document); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestIntrospectionListsWhatIsSupported leaves out what every document would be refused for.
func TestIntrospectionListsWhatIsSupported(t *testing.T) {
	t.Parallel()
	var answer struct {
		Data struct {
			Schema struct{ Directives []struct{ Name string } } `json:"__schema"`
		}
	}
	recorder := ask(endpoint(), document(introspection)(), false)
	if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, directive := range answer.Data.Schema.Directives {
		names = append(names, directive.Name)
	}
	if slices.Contains(names, "defer") || !slices.Contains(names, "skip") || !slices.Contains(names, "cost") {
		t.Errorf("directives %v", names)
	}
}

func TestOnlyCallersWithAKeyLearnTheSchema(t *testing.T) {
	t.Parallel()
	handler := endpoint()
	for _, row := range []struct {
		name, document, code string
		anonymous, suggests  bool
	}{
		{"introspection with a key", introspection, "", false, false},
		{"introspection without, after it was let in", introspection, "GRAPHQL_INTROSPECTION_DISABLED", true, false},
		{"__typename without a key", "{ __typename }", "", true, false},
		{"a misspelled field with a key", "{ healt { ok } }", "GRAPHQL_VALIDATION_FAILED", false, true},
		{"a misspelled field without", "{ healt { ok } }", "GRAPHQL_VALIDATION_FAILED", true, false},
		{"a misspelled argument with a key", `{ cards(frst: 1) { totalCount } }`, "GRAPHQL_VALIDATION_FAILED", false, true},
		{"a misspelled argument without", `{ cards(frst: 1) { totalCount } }`, "GRAPHQL_VALIDATION_FAILED", true, false},
		{"a misspelled value without", `{ cards(orderBy: [{field: KE}]) { totalCount } }`, "GRAPHQL_VALIDATION_FAILED", true, false},
		{"a misspelled member without", `{ cards(filter: {titel: {null: true}}) { totalCount } }`, "GRAPHQL_VALIDATION_FAILED", true, false},
		{"a misspelled type without", `query ($f: CardFiltr) { cards(filter: $f) { totalCount } }`, "GRAPHQL_VALIDATION_FAILED", true, false},
		{"a missing selection without", `{ cards }`, "GRAPHQL_VALIDATION_FAILED", true, false},
	} {
		recorder := ask(handler, document(row.document)(), row.anonymous)
		var answer answered
		if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		code := ""
		if len(answer.Errors) > 0 {
			code = answer.Errors[0].Extensions.Code
		}
		suggests := strings.Contains(recorder.Body.String(), "Did you mean")
		if code != row.code || suggests != row.suggests {
			t.Errorf("%s: %.300s", row.name, recorder.Body)
		}
	}
}
