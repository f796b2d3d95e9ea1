package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// Watch is told what an Executor does while it does it.
type Watch interface {
	// Step begins a step of a caller's document on its way in: "parse" or "validate". What it returns is called
	// when the step is over.
	Step(ctx context.Context, name string) (done func())
	// Operation begins an operation of any door, also one that was refused: then operation.Operation may be nil.
	// It runs under the context that is returned, and done is called with its response; nil when it panicked.
	Operation(ctx context.Context, operation *graphql.OperationContext) (watched context.Context, done func(*graphql.Response))
	// Batch hears for how many keys a loader asks the store at once.
	Batch(keys int)
	// Root hears which way a root field of a query was answered; see Fast.
	Root(fast bool)
}

// Watched tells watch of everything.
func Watched(watch Watch) Option {
	return func(e *Executor) { e.watch = watch }
}

// unwatched is nobody watching.
type unwatched struct{}

// Step implements Watch.
func (unwatched) Step(context.Context, string) func() { return func() {} }

// Operation implements Watch.
func (unwatched) Operation(ctx context.Context, _ *graphql.OperationContext) (context.Context, func(*graphql.Response)) {
	return ctx, func(*graphql.Response) {}
}

// Batch implements Watch.
func (unwatched) Batch(int) {}

// Root implements Watch.
func (unwatched) Root(bool) {}
