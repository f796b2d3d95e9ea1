package gateway

import (
	"context"
	"log/slog"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"kanera.dev/graph"
)

// maxName is how much of the name of a caller's operation is shown.
const maxName = 100

// Step implements graph.Watch: a span for each step of a document on its way in.
func (s *sight) Step(ctx context.Context, name string) func() {
	span := s.traces.step(ctx, name)
	return func() { end(span, nil) }
}

// Operation implements graph.Watch: it names the operation, gives it a span and logs it when it was slow. Variables
// are never looked at.
func (s *sight) Operation(ctx context.Context, operation *graphql.OperationContext) (context.Context, func(*graphql.Response)) {
	began, seen := time.Now(), recordOf(ctx)
	if seen == nil {
		seen = &record{}
	}
	if seen.operation == "" {
		seen.operation, seen.name = rootOf(operation.Operation), nameOf(operation)
	}
	ctx, span := s.traces.operation(ctx, operation.Operation, seen)
	return ctx, func(response *graphql.Response) {
		seen.cost, seen.actualCost = graph.CostOf(ctx)
		s.metrics.operation(seen.door, response)
		endOperation(span, response)
		if took := time.Since(began); s.slow > 0 && took > s.slow {
			s.log.LogAttrs(ctx, slog.LevelWarn, "slow operation", seen.attrs([]slog.Attr{
				slog.String("requestId", graph.RequestID(ctx)), slog.String("door", seen.door), milliseconds("milliseconds", took),
			})...)
		}
	}
}

// Batch implements graph.Watch.
func (s *sight) Batch(keys int) { s.metrics.batches.Observe(float64(keys)) }

// Root implements graph.Watch.
func (s *sight) Root(fast bool) {
	s.metrics.roots.WithLabelValues(map[bool]string{true: "fast", false: "ordinary"}[fast]).Inc()
}

// nameOf is what the caller calls an operation: in its document, or beside it when the document was refused.
func nameOf(operation *graphql.OperationContext) string {
	name := operation.OperationName
	if operation.Operation != nil {
		name = operation.Operation.Name
	}
	return name[:min(len(name), maxName)]
}

// rootOf names a caller's operation by its root field in the schema, of which there are few, whatever the caller calls
// it: "several" for more than one, and nothing for a document that was refused.
func rootOf(operation *ast.OperationDefinition) string {
	if operation == nil {
		return ""
	}
	return rootIn(operation.SelectionSet, "")
}

func rootIn(set ast.SelectionSet, found string) string {
	for _, selection := range set {
		name := found
		switch s := selection.(type) {
		case *ast.Field:
			name = s.Name
		case *ast.InlineFragment:
			name = rootIn(s.SelectionSet, found)
		case *ast.FragmentSpread:
			if s.Definition != nil {
				name = rootIn(s.Definition.SelectionSet, found)
			}
		}
		if found != "" && name != found {
			return "several"
		}
		found = name
	}
	return found
}
