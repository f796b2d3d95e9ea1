package graph

import (
	"context"
	"time"
)

// Meter debits the cost of operations from the budget of whoever the context says is asking.
type Meter interface {
	// Debit takes a cost from the budget, or fails with a domain.Error of code RATE_LIMITED and takes nothing. The
	// state is that of the budget afterwards, also when it fails.
	Debit(ctx context.Context, cost int) (CostState, error)
	// Refund gives a part of what was debited back.
	Refund(ctx context.Context, cost int)
}

// CostState is where a budget stands.
type CostState struct {
	Limit      int           // points that the budget holds
	Remaining  int           // points left
	ResetAt    time.Time     // when the budget is whole again if nothing more is taken
	RetryAfter time.Duration // when to ask again; 0 unless the debit was refused
}

// Metered charges operations to a meter. Without it nothing is debited.
func Metered(meter Meter) Option {
	return func(e *Executor) { e.meter = meter }
}
