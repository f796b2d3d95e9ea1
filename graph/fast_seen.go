package graph

import (
	"context"
	"maps"
	"net/http"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// debugHeader asks for details about how a request was answered; its only value so far is reads.
const debugHeader = "X-Kanera-Debug"

// ways notes for each root field, by its name in the answer, which way it was answered.
type ways struct {
	mu sync.Mutex
	of map[string]any
}

type waysKey struct{}

// withWays notes the ways of a request that asks for them.
func withWays(ctx context.Context, header http.Header) context.Context {
	if header.Get(debugHeader) != "reads" {
		return ctx
	}
	return context.WithValue(ctx, waysKey{}, &ways{of: map[string]any{}})
}

// went tells who is interested which way a root field was answered.
func (e *Executor) went(ctx context.Context, field string, fast bool) {
	e.watch.Root(fast)
	if noted, ok := ctx.Value(waysKey{}).(*ways); ok {
		noted.mu.Lock()
		defer noted.mu.Unlock()
		noted.of[field] = map[bool]string{true: "fast", false: "ordinary"}[fast]
	}
}

// showWays adds what was noted to the extensions of a response.
func showWays(ctx context.Context, response *graphql.Response) {
	noted, ok := ctx.Value(waysKey{}).(*ways)
	if !ok || response == nil {
		return
	}
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	noted.mu.Lock()
	defer noted.mu.Unlock()
	response.Extensions["reads"] = maps.Clone(noted.of)
}
