package graph

import (
	"context"
	"runtime"

	"github.com/vektah/gqlparser/v2/ast"
)

const (
	largeCost    = 2000 // from how many points on a query of a caller is large: some hundred cards with what hangs on them
	largeAtOnce  = 4    // how many large queries run at once for each processor
	fewestAtOnce = 8
)

// turns are the large queries that run. Each holds its rows and its answer in memory, and more of them side by side than
// keep processors and database busy would only be done later. Who is not large never waits.
type turns chan struct{}

func newTurns() turns { return make(turns, max(largeAtOnce*runtime.GOMAXPROCS(0), fewestAtOnce)) }

// take waits until a query may run, or until ctx is over. What it returns ends the turn.
func (t turns) take(ctx context.Context, operation *ast.OperationDefinition) (done func(), err error) {
	if b := billOf(ctx); operation.Operation != ast.Query || b == nil || b.requested < largeCost {
		return func() {}, nil
	}
	select {
	case t <- struct{}{}:
		return func() { <-t }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
