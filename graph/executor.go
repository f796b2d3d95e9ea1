package graph

import (
	"context"
	"log/slog"
	"maps"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kanera.dev/domain"
)

// cachedDocuments is how many parsed documents of callers are kept.
const cachedDocuments = 1000

// Executor runs every operation of every door.
type Executor struct {
	run       *executor.Executor
	schema    *ast.Schema
	documents *documents
	batchWait time.Duration
	meter     Meter // nil: nothing is debited
}

// Option changes how an Executor works.
type Option func(*Executor)

// BatchWait sets how long a loader gathers what the objects of an operation ask for before it asks the store once for
// all of it; a millisecond when not set. Every level of relations in a document waits that long.
func BatchWait(wait time.Duration) Option {
	return func(e *Executor) { e.batchWait = wait }
}

// NewExecutor builds the executor over the use cases. It is safe for concurrent use.
func NewExecutor(service *domain.Service, log *slog.Logger, options ...Option) *Executor {
	schema := NewExecutableSchema(Config{
		Resolvers:  &root{service},
		Directives: DirectiveRoot{Scope: requireScope, Public: public},
	})
	recent, _ := lru.New[string, *ast.QueryDocument](cachedDocuments) // fails only for a size below one
	e := &Executor{run: executor.New(schema), schema: schema.Schema(), documents: &documents{recent: recent},
		batchWait: time.Millisecond}
	for _, option := range options {
		option(e)
	}
	e.run.SetErrorPresenter(present(log))
	e.run.SetRecoverFunc(recovered)
	e.run.SetQueryCache(e.documents)
	e.run.Use(extension.Introspection{})
	e.run.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		return next(withLoaders(ctx, newLoaders(service.Store, domain.PrincipalFrom(ctx), e.batchWait)))
	})
	e.run.AroundRootFields(func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
		if graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation {
			ctx = withLoaders(ctx, newLoaders(service.Store, domain.PrincipalFrom(ctx), e.batchWait))
		}
		return next(ctx)
	})
	return e
}

// Schema is the contract that the executor serves.
func (e *Executor) Schema() *ast.Schema { return e.schema }

// Run parses, validates and runs a caller's document.
func (e *Executor) Run(ctx context.Context, params *graphql.RawParams) *graphql.Response {
	ctx = graphql.StartOperationTrace(ctx) // the executor refuses to work without
	operation, errs := e.run.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		return e.run.DispatchError(graphql.WithOperationContext(ctx, operation), errs)
	}
	respond, ctx := e.run.DispatchOperation(ctx, operation)
	if response := respond(ctx); response != nil {
		return response
	}
	return e.run.DispatchError(ctx, gqlerror.List{gqlerror.Wrap(context.Cause(ctx))}) // the caller has gone
}

// Execute runs an operation of a stored document, which was parsed and validated at start and is never parsed again.
func (e *Executor) Execute(ctx context.Context, document *ast.QueryDocument, operation string, variables map[string]any) *graphql.Response {
	return e.Run(withDocument(ctx, document), &graphql.RawParams{OperationName: operation, Variables: maps.Clone(variables)})
}

// documents is the two-tier cache of parsed documents: a stored one comes with its request, callers' documents are
// kept as long as they are among the most recent.
type documents struct {
	recent *lru.Cache[string, *ast.QueryDocument]
}

type documentKey struct{}

func withDocument(ctx context.Context, document *ast.QueryDocument) context.Context {
	return context.WithValue(ctx, documentKey{}, document)
}

// Get finds a parsed document.
func (d *documents) Get(ctx context.Context, text string) (*ast.QueryDocument, bool) {
	if stored, ok := ctx.Value(documentKey{}).(*ast.QueryDocument); ok {
		return stored, true
	}
	return d.recent.Get(text)
}

// Add keeps a parsed document.
func (d *documents) Add(_ context.Context, text string, document *ast.QueryDocument) {
	d.recent.Add(text, document)
}
