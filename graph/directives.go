package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// requireScope is @scope: it refuses anonymous callers and keys whose scope does not reach.
func requireScope(ctx context.Context, _ any, next graphql.Resolver, requires domain.Scope) (any, error) {
	who := domain.PrincipalFrom(ctx)
	switch {
	case who == nil:
		return nil, domain.Unauthorized("A valid API key is needed.")
	case who.Detached:
		return nil, domain.Forbidden("The creator of this key no longer belongs to its workspace.")
	case !who.Allows(requires):
		return nil, domain.Forbidden("The scope of this key does not allow this.")
	}
	return next(ctx)
}

// public is @public: it lets everybody pass.
func public(ctx context.Context, _ any, next graphql.Resolver) (any, error) { return next(ctx) }
