package graph

import (
	"context"
	"encoding/json"
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
	"kanera.dev/graph/live"
)

// cachedDocuments is how many parsed documents of callers are kept.
const cachedDocuments = 1000

// Executor runs every operation of every door.
type Executor struct {
	engine    *executor.Executor
	schema    *ast.Schema
	recent    *lru.Cache[string, *candidate] // callers' documents that were valid, by their text
	batchWait time.Duration
	deadline  time.Duration
	watch     Watch
	prices    *prices
	fast      bool
	generated *executableSchema
	plans     *lru.Cache[planKey, *planned]
	turns     turns
	meter     Meter                                   // nil: nothing is debited
	budgets   func(*domain.Principal) []domain.Bucket // nil: there are none
	service   *domain.Service
	log       *slog.Logger
	persisted domain.Documents // nil: hashes of callers' documents are not known
	trusted   *lru.Cache[registration, string]
	feed      *live.Feed // nil: there are no subscriptions
}

// Option changes how an Executor works.
type Option func(*Executor)

// BatchWait sets how long a loader gathers what the objects of an operation ask for before it asks the store once for
// all of it; a millisecond when not set. Every level of relations in a document waits that long.
func BatchWait(wait time.Duration) Option {
	return func(e *Executor) { e.batchWait = wait }
}

// Deadline is how long an operation may run unless WithDeadline says otherwise.
const Deadline = 10 * time.Second

// WithDeadline sets how long an operation may run. Whatever it has not done by then fails with TIMEOUT.
func WithDeadline(deadline time.Duration) Option {
	return func(e *Executor) { e.deadline = deadline }
}

// NewExecutor builds the executor over the use cases. It is safe for concurrent use.
func NewExecutor(service *domain.Service, log *slog.Logger, options ...Option) *Executor {
	e := &Executor{service: service, log: log, batchWait: time.Millisecond, deadline: Deadline, watch: unwatched{}, fast: true, turns: newTurns()}
	schema := NewExecutableSchema(Config{
		Schema:     served(),
		Resolvers:  &root{service, e.limitsOf, func() *live.Feed { return e.feed }},
		Directives: DirectiveRoot{Scope: requireScope, Public: public},
	})
	e.engine, e.schema, e.prices = executor.New(schema), schema.Schema(), readPrices(schema.Schema())
	e.generated, _ = schema.(*executableSchema) // it is one
	e.plans, _ = lru.New[planKey, *planned](4 * cachedDocuments)
	e.recent, _ = lru.New[string, *candidate](cachedDocuments) // fails only for a size below one
	e.trusted, _ = lru.New[registration, string](cachedDocuments)
	for _, option := range options {
		option(e)
	}
	e.engine.SetErrorPresenter(present(log))
	e.engine.SetRecoverFunc(recovered)
	e.engine.SetQueryCache(carried{})
	e.engine.Use(extension.Introspection{})
	e.engine.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		ctx = withLoaders(ctx, newLoaders(service, e.batchWait, e.watch))
		if response := e.fastOperation(ctx); response != nil {
			return graphql.OneShot(response)
		}
		return next(ctx)
	})
	e.engine.AroundRootFields(func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
		if graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation {
			ctx = withLoaders(ctx, newLoaders(service, e.batchWait, e.watch))
		}
		return e.fastRoot(ctx, next)
	})
	e.engine.AroundFields(e.prices.count)
	return e
}

// served is the contract without @defer: the library adds it, and would answer in parts, of which HTTP carries one.
func served() *ast.Schema {
	schema := *parsedSchema
	schema.Directives = maps.Clone(schema.Directives)
	delete(schema.Directives, "defer")
	return &schema
}

// Schema is the contract that the executor serves.
func (e *Executor) Schema() *ast.Schema { return e.schema }

// Run admits, charges and runs a caller's document.
func (e *Executor) Run(ctx context.Context, params *graphql.RawParams) (response *graphql.Response) {
	ctx = graphql.StartOperationTrace(ctx) // the executor refuses to work without
	ctx, bill := withBill(ctx, params)
	defer func() { e.settle(ctx, bill, response); showWays(ctx, response) }()
	hash, err := e.find(ctx, params)
	if err != nil {
		return e.refuse(ctx, params, gqlerror.List{gqlerror.Wrap(err)})
	}
	document, errs := e.admit(ctx, params)
	if len(errs) > 0 {
		return e.refuse(ctx, params, errs)
	}
	e.remember(ctx, hash, params.Query)
	if bill.dry {
		return &graphql.Response{Data: json.RawMessage("null")}
	}
	return e.run(withDocument(ctx, document), params)
}

// Execute runs an operation of a stored document, which was parsed and validated at start and is never parsed again.
func (e *Executor) Execute(ctx context.Context, document *ast.QueryDocument, operation string, variables map[string]any) *graphql.Response {
	ctx = withDocument(graphql.StartOperationTrace(ctx), document)
	params := &graphql.RawParams{OperationName: operation, Variables: maps.Clone(variables)}
	if who := domain.PrincipalFrom(ctx); who != nil && who.DocumentsOnly {
		return e.refuse(ctx, params, gqlerror.List{gqlerror.Wrap(domain.Unregistered())})
	}
	return e.run(ctx, params)
}

// run runs an operation of the document in ctx, under a deadline that also ends its statements.
func (e *Executor) run(ctx context.Context, params *graphql.RawParams) (response *graphql.Response) {
	ctx, cancel := context.WithTimeoutCause(ctx, e.deadline, domain.Timeout())
	defer cancel()
	operation, errs := e.engine.CreateOperationContext(ctx, params)
	ctx, watched := e.watch.Operation(ctx, operation)
	defer func() { watched(response) }()
	if len(errs) > 0 {
		return e.engine.DispatchError(graphql.WithOperationContext(ctx, operation), errs)
	}
	done, err := e.turns.take(ctx, operation.Operation)
	if err != nil {
		return e.engine.DispatchError(graphql.WithOperationContext(ctx, operation), gqlerror.List{gqlerror.Wrap(err)})
	}
	defer done()
	respond, ctx := e.engine.DispatchOperation(ctx, operation)
	response = respond(inRootField(ctx, operation))
	switch {
	case response == nil && isOpened(ctx):
		response = &graphql.Response{}
	case response == nil: // the time is over, or the caller has gone
		response = e.engine.DispatchError(ctx, gqlerror.List{gqlerror.Wrap(context.Cause(ctx))})
	}
	response.Errors = response.Errors[:min(len(response.Errors), MaxErrors)]
	return response
}

// refuse answers a document that does not run.
func (e *Executor) refuse(ctx context.Context, params *graphql.RawParams, errs gqlerror.List) (response *graphql.Response) {
	operation := &graphql.OperationContext{RawQuery: params.Query, OperationName: params.OperationName}
	ctx, done := e.watch.Operation(ctx, operation)
	defer func() { done(response) }()
	return e.engine.DispatchError(graphql.WithOperationContext(ctx, operation), errs)
}

// carried hands the engine the document that comes with its request, so that it never parses one itself.
type carried struct{}

type documentKey struct{}

func withDocument(ctx context.Context, document *ast.QueryDocument) context.Context {
	return context.WithValue(ctx, documentKey{}, document)
}

// Get finds the document of a request.
func (carried) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	document, ok := ctx.Value(documentKey{}).(*ast.QueryDocument)
	return document, ok
}

// Add keeps nothing.
func (carried) Add(context.Context, string, *ast.QueryDocument) {}
