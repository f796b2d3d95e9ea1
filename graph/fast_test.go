package graph

import (
	"context"
	"errors"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// A resolver that panics, for one parent or beside others, is left to the ordinary way and does not end the process.
func TestPanicsLeaveTheFastWay(t *testing.T) {
	t.Parallel()
	panics := &trait{must: true, load: func(ctx context.Context, q *question) error {
		_, err := asked(ctx, q, func(context.Context, *executionContext, any, *graphql.FieldContext) (string, error) { panic("no") })
		return err
	}}
	run := &fastRun{}
	if out, ok := run.answer(t.Context(), &planned{root: &step{trait: panics}}, true); ok {
		t.Errorf("one parent: %s", out)
	}
	if err := panics.load(t.Context(), &question{fastRun: run, parents: []any{1, 2, 3}}); !errors.Is(err, errPanicked) {
		t.Errorf("three parents: %v", err)
	}
}
