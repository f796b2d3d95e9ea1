package graph

import (
	"context"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// A resolver that panics, for one parent or beside others, is left to the ordinary way and does not end the process.
func TestPanicsLeaveTheFastWay(t *testing.T) {
	t.Parallel()
	panics := &step{trait: &trait{call: func(context.Context, *executionContext, any, *graphql.FieldContext) (any, error) {
		panic("no")
	}}}
	for _, parents := range [][]any{{1}, {1, 2, 3}} {
		if values, ok := new(fastRun).calls(t.Context(), panics, parents, nil); ok {
			t.Errorf("%d parents: got %v", len(parents), values)
		}
	}
}
