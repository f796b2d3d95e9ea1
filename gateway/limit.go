package gateway

import (
	"context"
	"net/http"

	"kanera.dev/domain"
)

// limits lets requests through as far as their budgets reach.
type limits struct {
	Limits

	limiter domain.Limiter
	spent   *spent
	known   func(rawKey string) *domain.Principal // who a key acts for, without looking it up; nil when that takes a look-up
	watch   func(domain.Verdict)                  // hears every verdict
}

// withAddressLimit charges a request without a credential to the address it comes from.
func (l *limits) withAddressLimit(next http.Handler, refuse refusal) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.admit(w, r, refuse, taking(1, l.ip(addressOf(r)))) {
			next.ServeHTTP(w, r)
		}
	})
}

// withKeyLimit charges a request of a known caller before it is looked at.
func (l *limits) withKeyLimit(next http.Handler, refuse refusal) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := domain.PrincipalFrom(r.Context())
		if who == nil || l.admit(w, r, refuse, l.charges(who, r)) {
			next.ServeHTTP(w, r)
		}
	})
}

// admit takes the charges, shows the budgets in the headers and reports whether to go on. When a budget is used up, or
// when nobody knows what an anonymous caller has left because Redis is away, it answers.
func (l *limits) admit(w http.ResponseWriter, r *http.Request, refuse refusal, charges []domain.Charge) bool {
	if len(charges) == 0 {
		return true
	}
	verdict, err := l.take(r.Context(), charges)
	if err != nil {
		refuse(w, r, err)
		return false
	}
	if verdict.Degraded && charges[0].Bucket.Name == bucketIP {
		w.Header().Set("X-RateLimit-Degraded", "1")
		refuse(w, r, domain.Unavailable("Requests without a key are not served for the moment."))
		return false
	}
	(&rates{header: w.Header()}).show(verdict)
	if err := exhausted(verdict); err != nil {
		refuse(w, r, err)
		return false
	}
	return true
}

// take charges budgets in one step, unless one of them is known to be used up.
func (l *limits) take(ctx context.Context, charges []domain.Charge) (domain.Verdict, error) {
	verdict, known := l.spent.refuse(charges)
	if !known {
		asked := l.spent.now()
		var err error
		if verdict, err = l.limiter.Take(ctx, charges...); err != nil {
			return verdict, err
		}
		l.spent.note(charges, verdict, asked)
	}
	l.watch(verdict)
	return verdict, nil
}

// exhausted says which budget is used up; nil when none is.
func exhausted(verdict domain.Verdict) error {
	if verdict.Allowed {
		return nil
	}
	return domain.RateLimited("The budget " + verdict.Denied + " is used up. Try again after the seconds in Retry-After.")
}
