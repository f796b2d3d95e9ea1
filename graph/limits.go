package graph

import (
	"context"
	"time"

	"kanera.dev/domain"
)

// Budgets says which buckets hold for a caller, for apiLimits to show; without it there are none.
func Budgets(of func(*domain.Principal) []domain.Bucket) Option {
	return func(e *Executor) { e.budgets = of }
}

// RateLimit is what the operation costs its caller.
func (q queries) RateLimit(ctx context.Context) (*RateLimit, error) {
	b := billOf(ctx)
	if b == nil || b.state == nil {
		return nil, nil
	}
	return &RateLimit{Cost: b.requested, Limit: b.state.Limit, Remaining: b.state.Remaining, ResetAt: b.state.ResetAt}, nil
}

// APILimits is what this executor and the gateway around it enforce.
func (q queries) APILimits(ctx context.Context) (*APILimits, error) {
	return q.limits(domain.PrincipalFrom(ctx)), nil
}

func (e *Executor) limitsOf(who *domain.Principal) *APILimits {
	limits := &APILimits{MaxDepth: MaxDepth, MaxAliases: MaxAliases, MaxTokens: MaxTokens, MaxSelections: MaxSelections,
		MaxBodyBytes: MaxBodyBytes, MaxPageSize: domain.MaxPageSize, MaxCost: MaxCost,
		TimeoutMs: int(e.deadline / time.Millisecond), Buckets: []*RateBucket{}}
	if e.budgets == nil {
		return limits
	}
	for _, bucket := range e.budgets(who) {
		limits.Buckets = append(limits.Buckets, &RateBucket{Name: bucket.Name, Limit: bucket.Limit,
			WindowSeconds: int(bucket.Window / time.Second), Scope: bucket.Scope})
		if bucket.Name == domain.CostBucket {
			limits.MaxCost = min(limits.MaxCost, bucket.Limit)
		}
	}
	return limits
}
