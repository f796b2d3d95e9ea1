package graph

import (
	"context"
	"io"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"kanera.dev/domain"
)

// The fast way answers a root field of a query level by level: it plans the selection once (fast_plan.go), loads what
// each level asks for all of its objects together (fast_load.go), and appends the JSON to one slice (fast_write.go).
// fast_generated.go says how each field is read. It knows no errors: whatever is not plain sailing is left to the
// ordinary way, which starts from the beginning.

// kind is an object type.
type kind struct {
	name   string
	also   []string // the type itself and its interfaces and unions
	traits map[string]*trait
	settle func(objects []any) // points at the objects that came as values; nil where all come as pointers
}

// trait is how a field is read and written. Exactly one of text and load is set.
type trait struct {
	must, list bool // not null; a list of things that are not null
	args       func(ec *executionContext, ctx context.Context, raw map[string]any) (map[string]any, error)

	text func(out []byte, parent any) ([]byte, bool)  // writes a value at hand; false for null
	load func(ctx context.Context, q *question) error // finds everything else, for all parents
	here bool                                         // load looks at nothing but the parents

	kinds  []*kind       // of the objects; none for values
	kindOf func(any) int // which of the kinds an object is of; nil where there is one
	shared bool          // several parents may have the same object
}

// Fast turns the fast way on and off; on when not set.
func Fast(on bool) Option {
	return func(e *Executor) { e.fast = on }
}

// fastOperation answers a query of one root field the fast way; nil when the ordinary way has to.
func (e *Executor) fastOperation(ctx context.Context) *graphql.Response {
	operation := graphql.GetOperationContext(ctx)
	field := onlyField(operation.Operation)
	if !e.fast || field == nil {
		return nil
	}
	data, ok := e.fastAnswer(ctx, operation, graphql.CollectedField{Field: field, Selections: field.SelectionSet}, true)
	e.went(ctx, field.Alias, ok)
	if !ok {
		return nil
	}
	return &graphql.Response{Data: data}
}

// onlyField returns the root field of a query that has no other; nil for every other operation.
func onlyField(operation *ast.OperationDefinition) *ast.Field {
	if operation.Operation != ast.Query || len(operation.SelectionSet) != 1 {
		return nil
	}
	field, _ := operation.SelectionSet[0].(*ast.Field)
	if field == nil || len(field.Directives) > 0 {
		return nil
	}
	return field
}

// fastRoot answers one of several root fields the fast way if that works out, and the ordinary way if not.
func (e *Executor) fastRoot(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	operation := graphql.GetOperationContext(ctx)
	if !e.fast || operation.Operation.Operation != ast.Query || onlyField(operation.Operation) != nil {
		return next(ctx)
	}
	root := graphql.GetRootFieldContext(ctx)
	out, ok := e.fastAnswer(ctx, operation, root.Field, false)
	e.went(ctx, root.Field.Alias, ok)
	if !ok {
		return next(ctx)
	}
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(out) })
}

// fastAnswer returns the JSON of a root field, whole as the object that an operation without other fields answers; not
// ok when the ordinary way has to answer it.
func (e *Executor) fastAnswer(ctx context.Context, operation *graphql.OperationContext, field graphql.CollectedField, whole bool) ([]byte, bool) {
	plan := e.planFor(operation, field)
	if plan.root == nil {
		return nil, false
	}
	if scope := field.Definition.Directives.ForName("scope"); scope != nil {
		if who := domain.PrincipalFrom(ctx); who == nil || who.Detached || !who.Allows(requiredBy(scope)) {
			return nil, false
		}
	}
	run := &fastRun{ec: newExecutionContext(operation, e.generated, nil), loaders: loadersOf(ctx)}
	out, ok := run.answer(ctx, plan, whole)
	left := whole && ctx.Err() != nil // the ordinary way will not even begin
	if b := billOf(ctx); b != nil && (ok || left) {
		b.spent.Add(run.spent)
	}
	return out, ok
}

func requiredBy(scope *ast.Directive) (required domain.Scope) {
	_ = required.UnmarshalGQL(scope.Arguments.ForName("requires").Value.Raw) // the schema is valid
	return required
}

// fastRun answers one root field.
type fastRun struct {
	ec      *executionContext
	loaders *loaders
	spent   int64 // points, as the ordinary way counts them
}

// answer returns the JSON of a root field; not ok when the ordinary way has to.
func (r *fastRun) answer(ctx context.Context, plan *planned, whole bool) (out []byte, ok bool) {
	defer func() {
		if recover() != nil { // the ordinary way meets it too, and knows what to say
			ok = false
		}
	}()
	top := &level{steps: []step{*plan.root}, parents: []any{nil}}
	if !r.load(ctx, top) {
		return nil, false
	}
	out = buffer(int(plan.size.Load()))
	if whole {
		out, ok = top.write(out, 0)
	} else {
		out, ok = top.writeCell(out, 0, 0)
	}
	plan.size.Store(int64(len(out)))
	return out, ok
}
