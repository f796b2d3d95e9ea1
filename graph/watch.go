package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// Watch is told of every operation of every door before it runs, also of those whose document is refused: then
// operation.Operation may be nil. The operation runs under the context that it returns, and done is called with the
// response in the end; nil when the operation panicked.
type Watch func(ctx context.Context, operation *graphql.OperationContext) (watched context.Context, done func(*graphql.Response))

// Watched tells watch of every operation.
func Watched(watch Watch) Option {
	return func(e *Executor) { e.watch = watch }
}

func unwatched(ctx context.Context, _ *graphql.OperationContext) (context.Context, func(*graphql.Response)) {
	return ctx, func(*graphql.Response) {}
}
