package graph

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"kanera.dev/domain"
)

func priced(t testing.TB) *prices {
	t.Helper()
	return NewExecutor(&domain.Service{}, slog.New(slog.DiscardHandler)).prices
}

func parsed(t testing.TB, text string) *ast.QueryDocument {
	t.Helper()
	document, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func targets(t testing.TB) *ast.QueryDocument {
	t.Helper()
	text, err := os.ReadFile("../gateway/testdata/target-queries.graphql")
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, string(text))
}

// What a dashboard asks for has a price that does not change by accident and is far from the limit.
func TestCostOfTargetQueries(t *testing.T) {
	t.Parallel()
	prices, document := priced(t), targets(t)
	want := map[string]int{
		"Viewer": 3, "WorkspaceOverview": 784, "BoardView": 13_112, "CardByKey": 46, "OverdueAcrossBoards": 310,
		"ByCustomField": 25, "HoursByListAndBoard": 251, "CompletedPerWeekByAssignee": 100, "BySelectField": 100,
		"CreateCard": 14, "WorkTheCard": 63, "Limits": 0, "AddWebhook": 22, "Board": 12,
	}
	for _, operation := range document.Operations {
		if got := prices.of(document, operation, nil); got != want[operation.Name] {
			t.Errorf("%s costs %d, want %d", operation.Name, got, want[operation.Name])
		}
	}
	if len(document.Operations) != len(want) {
		t.Errorf("%d operations, want %d", len(document.Operations), len(want))
	}
}

func TestCost(t *testing.T) {
	t.Parallel()
	prices := priced(t)
	for name, row := range map[string]struct {
		document  string
		variables map[string]any
		want      int
	}{
		"plain fields cost nothing":         {document: `{ health { ok service } }`},
		"a page costs its rows":             {document: `{ cards(first: 7) { nodes { id } } }`, want: 5 + 7},
		"fifty rows unless said":            {document: `{ cards { nodes { id } } }`, want: 5 + 50},
		"null is unsaid":                    {document: `{ cards(first: null) { nodes { id } } }`, want: 5 + 50},
		"edges cost what nodes do":          {document: `{ cards(first: 7) { edges { cursor node { id } } pageInfo { endCursor } } }`, want: 5 + 7},
		"a count costs as much as a page":   {document: `{ cards(first: 7) { totalCount } }`, want: 5 + 5},
		"size by variable":                  {document: `query($n: Int) { cards(first: $n) { nodes { id } } }`, variables: map[string]any{"n": json.Number("9")}, want: 5 + 9},
		"size by variable of Go":            {document: `query($n: Int) { cards(first: $n) { nodes { id } } }`, variables: map[string]any{"n": 9}, want: 5 + 9},
		"size by default of variable":       {document: `query($n: Int = 4) { cards(first: $n) { nodes { id } } }`, want: 5 + 4},
		"size by missing variable":          {document: `query($n: Int) { cards(first: $n) { nodes { id } } }`, want: 5 + 50},
		"size of nonsense":                  {document: `query($n: Int) { cards(first: $n) { nodes { id } } }`, variables: map[string]any{"n": "many"}, want: 5 + 200},
		"no page is larger than the limit":  {document: `{ cards(first: 99999999999999999999) { nodes { id } } }`, want: 5 + 200},
		"no page is smaller than one":       {document: `{ cards(first: -5) { nodes { id } } }`, want: 5 + 1},
		"page by rows":                      {document: `{ boards(first: 7, page: { limit: 3 }) { nodes { id } } }`, want: 1 + 3},
		"page by rows in a variable":        {document: `query($p: PageInput) { boards(page: $p) { nodes { id } } }`, variables: map[string]any{"p": map[string]any{"limit": 3}}, want: 1 + 3},
		"page by rows, the whole list":      {document: `{ boards(page: {}) { nodes { id } } }`, want: 1 + 200},
		"no page by rows":                   {document: `{ boards(page: null, first: 2) { nodes { id } } }`, want: 1 + 2},
		"lists inside lists multiply":       {document: `{ boards(first: 3) { nodes { members(first: 4) { nodes { user { id } } } } } }`, want: 1 + 3*(1+1+4*(1+1))},
		"plain lists have an assumed size":  {document: `{ board(id: "b") { columns { list { id } } } }`, want: 1 + 10},
		"types that exclude each other":     {document: `{ card(id: "c") { customFieldValues { field { id } ... on SelectFieldValue { options { id } } ... on UserFieldValue { users { id } } ... on TextFieldValue { text } } } }`, want: 1 + 5*(1+1+2)},
		"skipped":                           {document: `query($no: Boolean!) { cards @skip(if: $no) { nodes { id } } a: cards @include(if: false) { nodes { id } } ... @skip(if: true) { cards { nodes { id } } } }`, variables: map[string]any{"no": true}},
		"not skipped":                       {document: `query($no: Boolean = false) { cards(first: 1) @skip(if: $no) { nodes { id } } }`, want: 6},
		"fragments":                         {document: `{ a: cards(first: 2) { ...page } b: cards(first: 3) { ...page } } fragment page on CardConnection { nodes { ...card } } fragment card on Card { board { id } }`, want: 5 + 2*2 + 5 + 3*2},
		"a fragment without end":            {document: `{ cards(first: 2) { ...page } } fragment page on CardConnection { nodes { id } ...page }`, want: 5 + 2},
		"a fragment that is not there":      {document: `{ cards(first: 2) { ...page } }`, want: 5},
		"fields that are not there":         {document: `{ nothing { of { this } } cards(first: 1) { nodes { nor { that } } } }`, want: 6},
		"a type that is not there":          {document: `{ ... on Nothing { nodes { id } } }`},
		"questions about the schema":        {document: `{ __schema { types { fields { name } } } __typename }`, want: 50},
		"mutations":                         {document: `mutation { cardComplete(id: "c", completed: true) { card { board { id } } } listDelete(id: "l") { deletedId } }`, want: 10 + 2 + 50},
		"groups":                            {document: `{ cardAggregate(groupBy: [{ dimension: LIST }], first: 10) { rows { keys { id } count number(field: "f") { sum } } totals { count } } }`, want: 50 + 10*2},
		"costs stop growing, and go no way": {document: nested(12), want: most},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document := parsed(t, row.document)
			if got := prices.of(document, document.Operations[0], row.variables); got != row.want {
				t.Errorf("costs %d, want %d", got, row.want)
			}
		})
	}
}

// nested asks for boards of workspaces of boards, two hundred each.
func nested(levels int) string {
	return "{ boards(first: 200) { nodes { " + strings.Repeat("workspace { boards(first: 200) { nodes { ", levels) + "id" +
		strings.Repeat(" } } }", levels) + " } } }"
}

// Fragments that use each other twice on every level are a short text that spreads to a trillion fields. It is
// reckoned at once, or this test does not end.
func TestCostIsReckonedOnceForEachFragment(t *testing.T) {
	t.Parallel()
	prices := priced(t)
	var text strings.Builder
	text.WriteString(`{ card(id: 1) { ...f0 } } fragment f40 on Card { board { id } }`)
	for level := range 40 {
		fmt.Fprintf(&text, " fragment f%d on Card { ...f%d ...f%d }", level, level+1, level+1)
	}
	document := parsed(t, text.String())
	if got := prices.of(document, document.Operations[0], nil); got != most {
		t.Errorf("costs %d, want %d", got, most)
	}
}

// Nobody can add a list and forget to say how long it is, nor a connection and forget what limits it.
func TestEveryListHasASize(t *testing.T) {
	t.Parallel()
	prices := priced(t)
	for name, definition := range prices.schema.Types {
		for _, field := range definition.Fields {
			result := prices.schema.Types[field.Type.Name()]
			sized := strings.HasSuffix(name, "Connection") || name == "CardAggregate" && field.Name == "rows" || name == "EventPage"
			if strings.HasPrefix(name, "__") || strings.HasPrefix(field.Name, "__") || definition.Kind == ast.InputObject || !result.IsCompositeType() {
				continue
			}
			size := field.Directives.ForName("listSize")
			switch {
			case strings.HasSuffix(result.Name, "Connection"):
				if size == nil || size.Arguments.ForName("slicingArguments") == nil || size.Arguments.ForName("sizedFields") == nil {
					t.Errorf("%s.%s is a connection without slicingArguments and sizedFields", name, field.Name)
				}
			case field.Type.Elem != nil && !sized && size == nil:
				t.Errorf("%s.%s is a list without @listSize", name, field.Name)
			}
		}
	}
}

func FuzzCost(f *testing.F) {
	prices := priced(f)
	text, err := os.ReadFile("../gateway/testdata/target-queries.graphql")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text), `{"id": 1}`)
	f.Add(nested(3), `{}`)
	f.Add(`query($p: PageInput = {limit: $p}) { boards(page: $p) { ...a } } fragment a on B { ...b } fragment b on C { ...a }`, `{"p": {"limit": 1e400}}`)
	f.Fuzz(func(t *testing.T, text, values string) {
		document, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil || checkTokens(text) != nil {
			return // no document: the guard refuses it before
		}
		var variables map[string]any
		if json.Unmarshal([]byte(values), &variables) != nil {
			variables = nil
		}
		for _, operation := range document.Operations {
			if cost := prices.of(document, operation, variables); cost < 0 || cost > most {
				t.Errorf("costs %d", cost)
			}
		}
	})
}

func BenchmarkCost(b *testing.B) {
	prices, document := priced(b), targets(b)
	for _, name := range []string{"BoardView", "CardByKey"} {
		operation := document.Operations.ForName(name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				prices.of(document, operation, nil)
			}
		})
	}
}
