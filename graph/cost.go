package graph

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kanera.dev/domain"
)

// Meter debits the cost of operations from the budget of whoever the context says is asking.
type Meter interface {
	// Debit takes a cost from the budget, or fails with a domain.Error of code RATE_LIMITED and takes nothing. The
	// state is that of the budget afterwards, also when it fails, if only its limit because no window has that much;
	// nil when the caller has no such budget.
	Debit(ctx context.Context, cost int) (*CostState, error)
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

// Metered charges callers' operations to a meter. Without it nothing is debited.
func Metered(meter Meter) Option {
	return func(e *Executor) { e.meter = meter }
}

const codeCostTooHigh domain.Code = "COST_TOO_HIGH" // the operation costs more than one may

// bill is what one operation of a caller costs. Operations that run for REST have none.
type bill struct {
	requested int
	spent     atomic.Int64 // counted while the operation runs
	dry       bool         // only the cost is asked for
	limit     int          // what the cost was too high for; 0 when it was not
	state     *CostState   // nil when nothing was debited
	denied    bool         // the budget is used up
}

type billKey struct{}

func withBill(ctx context.Context, params *graphql.RawParams) (context.Context, *bill) {
	wish, _ := params.Extensions["cost"].(map[string]any)
	dry, _ := wish["dryRun"].(bool)
	b := &bill{dry: dry}
	return context.WithValue(ctx, billKey{}, b), b
}

func billOf(ctx context.Context) *bill {
	b, _ := ctx.Value(billKey{}).(*bill)
	return b
}

// CostOf returns what the operation that runs under ctx was reckoned to cost and what it has cost so far; zeros for
// operations that nobody pays for.
func CostOf(ctx context.Context) (requested, actual int) {
	b := billOf(ctx)
	if b == nil {
		return 0, 0
	}
	return b.requested, b.actual()
}

// actual is what the operation used, never more than what was announced: a list that turned out longer than assumed
// is on us.
func (b *bill) actual() int { return int(min(b.spent.Load(), int64(b.requested))) }

// charge refuses an operation that costs too much and debits any other. The document need not be valid yet.
func (e *Executor) charge(ctx context.Context, document *ast.QueryDocument, params *graphql.RawParams) error {
	b, operation := billOf(ctx), document.Operations.ForName(params.OperationName)
	if b == nil || operation == nil { // nobody pays for a document that is only looked at; the engine refuses the other
		return nil
	}
	b.requested = e.prices.of(document, operation, params.Variables)
	most := MaxCost
	if operation.Operation == ast.Subscription {
		most = MaxEventCost
	}
	if b.requested > most {
		return b.tooHigh(most)
	}
	if e.meter == nil || b.dry || domain.PrincipalFrom(ctx) == nil {
		return nil
	}
	state, err := e.meter.Debit(ctx, b.requested)
	if err != nil && state != nil && b.requested > state.Limit {
		return b.tooHigh(state.Limit) // waiting would not help
	}
	b.state, b.denied = state, err != nil
	return err
}

func (b *bill) tooHigh(limit int) error {
	b.limit = limit
	return &domain.Error{Code: codeCostTooHigh,
		Message: fmt.Sprintf("The operation may cost %d points; %d are allowed. Ask for smaller pages or fewer relations.", b.requested, limit)}
}

// settle gives back what the operation did not use, all of it when the failure is ours, and shows the cost in the
// response. No response means that the operation panicked.
func (e *Executor) settle(ctx context.Context, b *bill, response *graphql.Response) {
	actual := b.actual()
	if response == nil || ctx.Err() == nil && failedByUs(response) { // a caller who left pays for what was done
		actual = 0
	}
	if b.state != nil && !b.denied && b.requested > actual {
		e.meter.Refund(context.WithoutCancel(ctx), b.requested-actual)
		b.state.Remaining = min(b.state.Remaining+b.requested-actual, b.state.Limit)
	}
	if response != nil {
		b.show(response, actual, !isQueriesOnly(ctx))
	}
}

func failedByUs(response *graphql.Response) bool {
	for _, err := range response.Errors {
		switch codeOf(err) {
		case domain.CodeInternal, domain.CodeTimeout, domain.CodeUnavailable:
			return true
		}
	}
	return false
}

// show adds the cost to the response of an operation that ran, was denied or was only to be reckoned, and the
// numbers to the error of one that was refused. Answers to GET leave out where the budget stands, which their headers
// tell: their bytes must stay the same as long as the data does.
func (b *bill) show(response *graphql.Response, actual int, budget bool) {
	if len(response.Errors) > 0 && (b.limit > 0 || b.denied) {
		details := response.Errors[0].Extensions
		details["cost"] = b.requested
		switch {
		case b.limit > 0:
			details["limit"] = b.limit
		case b.state != nil:
			details["retryAfter"] = seconds(b.state.RetryAfter)
		}
	}
	if len(response.Data) == 0 && !b.denied {
		return
	}
	shown := &shownCost{requested: b.requested, actual: actual}
	if b.dry {
		shown.actual = 0
	}
	if budget {
		shown.state = b.state
	}
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	response.Extensions["cost"] = shown
}

// shownCost is the cost in the extensions of a response.
type shownCost struct {
	requested, actual int
	state             *CostState // of the budget; nil when it is not told
}

// MarshalJSON implements json.Marshaler.
func (c *shownCost) MarshalJSON() ([]byte, error) { return c.appendTo(nil), nil }

func (c *shownCost) appendTo(out []byte) []byte {
	out = appendInt(append(out, `{"actual":`...), c.actual)
	out = append(out, `,"remaining":`...)
	if c.state != nil {
		out = appendInt(out, c.state.Remaining)
	} else {
		out = append(out, "null"...)
	}
	out = appendInt(append(out, `,"requested":`...), c.requested)
	out = append(out, `,"resetAt":`...)
	if c.state != nil {
		out = appendInstant(out, c.state.ResetAt)
	} else {
		out = append(out, "null"...)
	}
	return append(out, '}')
}

// seconds rounds up, so that who waits them has waited long enough.
func seconds(wait time.Duration) int { return int((wait + time.Second - 1) / time.Second) }

func codeOf(err *gqlerror.Error) domain.Code {
	code, _ := err.Extensions["code"].(string)
	return domain.Code(code)
}
