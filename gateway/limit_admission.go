package gateway

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"kanera.dev/domain"
	"kanera.dev/graph"
)

// admission is what a GraphQL request of a known caller is charged for being served. It is taken in one step with the
// cost of its operation, as soon as that is known; by a request that comes to nothing, when its answer begins.
type admission struct {
	limits  *limits
	charges []domain.Charge

	taken atomic.Bool
	mu    sync.Mutex // over shown: a connection may carry several operations
	shown rates
}

type admissionKey struct{}

// admission begins with nothing taken. The budgets will be shown in the header.
func (l *limits) admission(who *domain.Principal, r *http.Request, header http.Header) *admission {
	return &admission{limits: l, charges: l.charges(who, r), shown: rates{header: header}}
}

// under returns the context of an operation that the admission is taken with.
func (a *admission) under(ctx context.Context) context.Context {
	return context.WithValue(ctx, admissionKey{}, a)
}

// take charges the admission, with an operation that costs so many points. It fails when a budget is used up.
func (a *admission) take(ctx context.Context, cost int) (domain.Verdict, error) {
	charges := slices.Clone(a.charges)
	for i := range charges {
		if charges[i].Apart {
			charges[i].Units = cost
		}
	}
	a.taken.Store(true)
	verdict, err := a.limits.take(ctx, charges)
	if err != nil {
		return verdict, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.shown.show(verdict)
	return verdict, exhausted(verdict)
}

// settle charges a request for which nobody did yet. It fails when a budget is used up.
func (a *admission) settle(ctx context.Context) error {
	if a.taken.Load() || len(a.charges) == 0 {
		return nil
	}
	_, err := a.take(ctx, 0)
	return err
}

// withOperationLimit charges a GraphQL request of a known caller once: with its operation, or when it is answered
// without one. Who is known to have nothing left is refused before the request is read. A request to talk on in another
// protocol is charged at once.
func (l *limits) withOperationLimit(next http.Handler, refuse refusal) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := domain.PrincipalFrom(r.Context())
		if who == nil {
			next.ServeHTTP(w, r)
			return
		}
		a := l.admission(who, r, w.Header())
		if r.Header.Get("Upgrade") != "" {
			if l.admit(w, r, refuse, a.charges) {
				next.ServeHTTP(w, r)
			}
			return
		}
		if verdict, known := l.spent.refuse(a.charges); known {
			l.watch(verdict)
			a.shown.show(verdict)
			refuse(w, r, exhausted(verdict))
			return
		}
		r = r.WithContext(a.under(r.Context()))
		defer func() { _ = a.settle(r.Context()) }() // in case that nothing was answered; then nobody can be told
		next.ServeHTTP(&settledAnswer{ResponseWriter: w, settle: func() error { return a.settle(r.Context()) },
			refuse: func(err error) { refuse(w, r, err) }}, r)
	})
}

// settledAnswer lets no answer begin before its request is charged. When that is refused, so is the request.
type settledAnswer struct {
	http.ResponseWriter
	settle         func() error
	refuse         func(error)
	begun, refused bool
}

// WriteHeader charges the request.
func (s *settledAnswer) WriteHeader(status int) {
	if s.begun {
		return
	}
	s.begun = true
	if err := s.settle(); err != nil {
		s.refused = true
		for _, name := range []string{"Content-Length", "Etag", "Location", "Allow", replayedHeader} {
			s.Header().Del(name)
		}
		s.refuse(err)
		return
	}
	s.ResponseWriter.WriteHeader(status)
}

// Write writes the answer, unless the request was refused.
func (s *settledAnswer) Write(body []byte) (int, error) {
	if !s.begun {
		s.WriteHeader(http.StatusOK)
	}
	if s.refused {
		return len(body), nil
	}
	return s.ResponseWriter.Write(body)
}

// Unwrap lets http.ResponseController reach the connection.
func (s *settledAnswer) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// meter charges the cost of GraphQL operations to the key that asks. It implements graph.Meter.
type meter struct{ *limits }

// Debit implements graph.Meter.
func (m meter) Debit(ctx context.Context, cost int) (*graph.CostState, error) {
	who := domain.PrincipalFrom(ctx)
	a, ok := ctx.Value(admissionKey{}).(*admission)
	if who == nil || !ok || len(a.charges) == 0 {
		return nil, nil
	}
	budget := m.cost(who)
	if budget.Limit > 0 && cost > budget.Limit { // no window has that much: the request itself is charged with its answer
		return &graph.CostState{Limit: budget.Limit}, domain.RateLimited("The budget never holds that much.")
	}
	verdict, err := a.take(ctx, cost)
	for _, state := range verdict.States {
		if state.Bucket == budget {
			return &graph.CostState{Limit: budget.Limit, Remaining: state.Remaining, ResetAt: state.ResetAt, RetryAfter: verdict.RetryAfter}, err
		}
	}
	return nil, err
}

// Refund implements graph.Meter.
func (m meter) Refund(ctx context.Context, cost int) {
	if who := domain.PrincipalFrom(ctx); who != nil {
		_ = m.limiter.Refund(ctx, taking(cost, m.cost(who))...) // what does not come back leaves with its window
	}
}
