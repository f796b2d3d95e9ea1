package rest

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// fakeExecutor answers what a test tells it to and keeps what it was asked.
type fakeExecutor struct {
	schema    *ast.Schema
	response  *graphql.Response
	document  *ast.QueryDocument
	operation string
	variables map[string]any
}

func (f *fakeExecutor) Schema() *ast.Schema { return f.schema }

func (f *fakeExecutor) Recycle(*graphql.Response) {}

func (f *fakeExecutor) Execute(_ context.Context, doc *ast.QueryDocument, operation string, variables map[string]any) *graphql.Response {
	f.document, f.operation, f.variables = doc, operation, variables
	return f.response
}

var quiet = slog.New(slog.DiscardHandler)

func realSchema(t testing.TB) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func newAPI(t testing.TB, response *graphql.Response) (*API, *fakeExecutor) {
	t.Helper()
	executor := &fakeExecutor{schema: realSchema(t), response: response}
	api, err := New(executor, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return api, executor
}

func TestTableFitsSchema(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t, nil)
	if got := len(api.Routes()); got != len(api.plans) {
		t.Fatalf("%d plans for %d rows", len(api.plans), got)
	}
}
