package graph

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// Large queries wait for their turn, at most as long as an operation may take; others never do.
func TestLargeQueriesTakeTurns(t *testing.T) {
	t.Parallel()
	const large = `{ boards(first: 100) { nodes { cards(first: 100) { nodes { id } } } } }`
	ctx, entered, leave := domain.WithPrincipal(t.Context(), &domain.Principal{Scope: domain.ScopeRead}), make(chan struct{}), make(chan struct{})
	e := NewExecutor(&domain.Service{Store: boards{list: func(ctx context.Context) ([]*domain.Board, error) {
		if billOf(ctx).requested >= largeCost {
			entered <- struct{}{}
			<-leave
		}
		return nil, nil
	}}}, slog.New(slog.DiscardHandler))
	check := func(ctx context.Context, query string, code domain.Code) {
		response := e.Run(ctx, &graphql.RawParams{Query: query})
		if len(response.Errors) == 0 && code != "" || len(response.Errors) > 0 && codeOf(response.Errors[0]) != code {
			t.Errorf("%s: %+v, want %q", query, response.Errors, code)
		}
	}
	var running sync.WaitGroup
	for range cap(e.turns) {
		running.Go(func() { check(ctx, large, "") })
		<-entered
	}
	check(ctx, `{ boards(first: 10) { nodes { id } } }`, "")
	hasty, cancel := context.WithTimeoutCause(ctx, time.Millisecond, domain.Timeout())
	defer cancel()
	check(hasty, large, domain.CodeTimeout)
	running.Go(func() { check(ctx, large, "") })
	leave <- struct{}{} // one goes, and whoever waits is next
	<-entered
	close(leave)
	running.Wait()
}
