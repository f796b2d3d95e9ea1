package rest

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vektah/gqlparser/v2/ast"
)

// documents is a set of stored documents with one file of a test.
func documents(t testing.TB, text string) fstest.MapFS {
	t.Helper()
	directives, err := stored.ReadFile("documents/directives.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{
		"documents/directives.graphqls": {Data: directives},
		"documents/test.graphql":        {Data: []byte(text)},
	}
}

// planOf compiles one row over the document of a test.
func planOf(t testing.TB, schema *ast.Schema, route Route, text string) (*plan, error) {
	t.Helper()
	library, err := loadLibrary(schema, documents(t, text))
	if err != nil {
		return nil, err
	}
	plans, err := compile([]Route{route}, library)
	if err != nil {
		return nil, err
	}
	return plans[0], nil
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	schema := realSchema(t)
	row := Route{"POST", "/cards/{id}", "op", 200, ""}
	rows := map[string]struct {
		route Route
		text  string
		want  string
	}{
		"no such operation":     {row, `query other($id: ID!) { card(id: $id) { id } }`, "no stored operation"},
		"two root fields":       {row, `query op($id: ID!) { card(id: $id) { id } health { ok } }`, "exactly one root field"},
		"path without variable": {Route{"POST", "/a/{id}/{x}", "op", 200, ""}, `query op($id: ID!) { card(id: $id) { id } }`, "{x} names no variable"},
		"unused variable":       {row, `query op($id: ID!, $x: Int) { card(id: $id) { id } }`, "never used"},
		"unknown field":         {row, `query op($id: ID!) { card(id: $id) { nope } }`, "nope"},
		"unknown directive":     {row, `query op($id: ID!) { card(id: $id) { id @nope } }`, "nope"},
		"list in the URL": {
			Route{"GET", "/cards/{id}", "op", 200, ""},
			`mutation op($id: ID!, $l: [ID!]!) { cardSetLabels(id: $id, labelIds: $l) { card { id } } }`, "fit into a URL",
		},
		"scalar without reader": {row, `query op($id: ID!, $t: DateOrDuration) { board(id: $id) { cards(filter: {createdAt: {lt: $t}}) { totalCount } } }`, "no reader"},
		"spread of a list":      {row, `query op($id: ID!) { card(id: $id) { labels @spread { id } } }`, "only objects are spread"},
		"spread of a scalar":    {row, `query op($id: ID!) { card(id: $id) { title @spread } }`, "only objects are spread"},
		"member twice":          {row, `query op($id: ID!) { card(id: $id) { id board @spread { id } } }`, "id is written twice"},
		"field twice":           {row, `query op($id: ID!) { card(id: $id) { id ... @nest(as: "x") { id } } }`, "id is selected twice"},
		"constant on a field":   {row, `query op($id: ID!) { card(id: $id) { title @constant(json: "1") } }`, "stands on __typename"},
		"constant no JSON":      {row, `query op($id: ID!) { card(id: $id) { id x: __typename @constant(json: "{") } }`, "no JSON"},
		"echo of nothing":       {row, `query op($id: ID!) { card(id: $id) { id x: __typename @echo(variable: "y") } }`, "no variable $y"},
		"only literals":         {row, `query op($id: ID!) { card(id: $id) { x: __typename @constant(json: "1") } }`, "nothing is selected"},
		"body beside others":    {row, `query op($id: ID!) { card(id: $id) { title board @body { id } } }`, "@body is out of place"},
		"condition on root":     {row, `query op($id: ID!, $on: Boolean!) { card(id: $id) @include(if: $on) { id } }`, "@include is out of place"},
		"condition":             {row, `query op($id: ID!, $on: Boolean!) { card(id: $id) { id title @include(if: $on) } }`, "@include is out of place"},
		"refusal of no code":    {row, `query op($id: ID! @refuse(code: "NOPE")) { card(id: $id) { id } }`, "NOPE is no known code"},
		"row condition":         {Route{"POST", "/cards/{id}", "op", 200, "x"}, `query op($id: ID!) { card(id: $id) { id } }`, "not name=value"},
		"unused operation":      {row, `query op($id: ID!) { card(id: $id) { id } } query other { health { ok } }`, "no row uses"},
		"no GraphQL":            {row, `query op(`, "parse documents/test.graphql"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := planOf(t, schema, row.route, row.text)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want an error with %q", err, row.want)
			}
		})
	}
}

func TestConditionalRowStandsFirst(t *testing.T) {
	t.Parallel()
	library, err := loadLibrary(realSchema(t), documents(t, `query a { health { ok } } query b { health { service } }`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = compile([]Route{{"GET", "/x", "a", 200, ""}, {"GET", "/x", "b", 200, "y=z"}}, library)
	if err == nil {
		t.Error("a row that is never chosen was accepted")
	}
}

// The executor knows neither our directives nor the fragments: both are gone before it runs.
func TestExecutedDocumentsAreBare(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t, nil)
	for _, p := range api.plans {
		operation := p.document.Operations[0]
		if len(operation.Directives) > 0 || len(p.document.Fragments) > 0 {
			t.Errorf("%s: operation carries directives or fragments", p.route.Operation)
		}
		for _, variable := range operation.VariableDefinitions {
			if len(variable.Directives) > 0 {
				t.Errorf("%s: $%s carries directives", p.route.Operation, variable.Variable)
			}
		}
		checkBare(t, p.route.Operation, operation.SelectionSet)
	}
}

func checkBare(t *testing.T, operation string, set ast.SelectionSet) {
	t.Helper()
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if len(s.Directives) > 0 || s.Name == "__typename" {
				t.Errorf("%s: %s carries directives or is a literal", operation, s.Alias)
			}
			checkBare(t, operation, s.SelectionSet)
		case *ast.InlineFragment:
			checkBare(t, operation, s.SelectionSet)
		default:
			t.Errorf("%s: a named fragment is left", operation)
		}
	}
}

func TestEveryRowHasATag(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t, nil)
	for _, p := range api.plans {
		if titleOf(p.noun) == "" {
			t.Errorf("%s stands in a file without a tag: %s", p.route.Operation, p.noun)
		}
	}
}
