package gateway

import (
	"context"
	"net/http"

	"kanera.dev/domain"
	"kanera.dev/graph"
)

// limits lets requests through as far as their budgets reach.
type limits struct {
	Limits

	limiter domain.Limiter
	known   func(rawKey string) *domain.Principal // who a key acts for, without looking it up; nil when that takes a look-up
	watch   func(domain.Verdict)                  // hears every verdict
}

// withAddressLimit charges a request without a credential to the address it comes from.
func (l *limits) withAddressLimit(next http.Handler, refuse refusal) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r = l.admit(w, r, refuse, taking(1, l.ip(addressOf(r)))); r != nil {
			next.ServeHTTP(w, r)
		}
	})
}

// admit takes the charges, shows the budgets in the headers and returns the request to go on with. When a budget is used
// up, or when nobody knows what an anonymous caller has left because Redis is away, it answers and returns nil.
func (l *limits) admit(w http.ResponseWriter, r *http.Request, refuse refusal, charges []domain.Charge) *http.Request {
	if len(charges) == 0 {
		return r
	}
	verdict, err := l.take(r.Context(), charges)
	if err != nil {
		refuse(w, r, err)
		return nil
	}
	shown := ratesOf(r.Context())
	if shown == nil {
		shown = &rates{header: w.Header()}
		r = r.WithContext(context.WithValue(r.Context(), ratesKey{}, shown))
	}
	anonymous := charges[0].Bucket.Name == bucketIP
	if verdict.Degraded && anonymous {
		w.Header().Set("X-RateLimit-Degraded", "1")
		refuse(w, r, domain.Unavailable("Requests without a key are not served for the moment."))
		return nil
	}
	shown.states = nil
	shown.show(verdict)
	if !verdict.Allowed {
		refuse(w, r, exhausted(verdict))
		return nil
	}
	return r
}

func (l *limits) take(ctx context.Context, charges []domain.Charge) (domain.Verdict, error) {
	verdict, err := l.limiter.Take(ctx, charges...)
	if err == nil {
		l.watch(verdict)
	}
	return verdict, err
}

// exhausted says which budget is used up.
func exhausted(verdict domain.Verdict) error {
	return domain.RateLimited("The budget " + verdict.Denied + " is used up. Try again after the seconds in Retry-After.")
}

// meter charges the cost of GraphQL operations to the key that asks. It implements graph.Meter.
type meter struct{ *limits }

// Debit implements graph.Meter.
func (m meter) Debit(ctx context.Context, cost int) (*graph.CostState, error) {
	charges := m.chargesFor(ctx, cost)
	if len(charges) == 0 {
		return nil, nil
	}
	verdict, err := m.take(ctx, charges)
	if err != nil {
		return nil, err
	}
	if shown := ratesOf(ctx); shown != nil {
		shown.show(verdict)
	}
	state := &graph.CostState{Limit: charges[0].Bucket.Limit, Remaining: verdict.States[0].Remaining,
		ResetAt: verdict.States[0].ResetAt, RetryAfter: verdict.RetryAfter}
	if verdict.Allowed {
		return state, nil
	}
	if shown := ratesOf(ctx); shown != nil && cost > state.Limit {
		shown.header.Del("Retry-After") // waiting would not help
	}
	return state, exhausted(verdict)
}

// Refund implements graph.Meter.
func (m meter) Refund(ctx context.Context, cost int) {
	_ = m.limiter.Refund(ctx, m.chargesFor(ctx, cost)...) // what does not come back leaves with its window
}

func (m meter) chargesFor(ctx context.Context, cost int) []domain.Charge {
	who := domain.PrincipalFrom(ctx)
	if who == nil {
		return nil
	}
	return taking(cost, m.cost(who))
}
