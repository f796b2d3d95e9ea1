package gateway

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kanera.dev/domain"
	"kanera.dev/graph"
	"kanera.dev/graph/live"
)

// streamsEnd is how long open streams may take to be closed once the server stops.
const streamsEnd = 5 * time.Second

// wireLive makes the feed that subscriptions hear from, until ctx ends.
func (g *Gateway) wireLive(ctx context.Context) *live.Feed {
	feed := live.New(ctx, g.service, g.log, live.Limits{PerKey: int(g.config.SubscriptionsPerKey)})
	g.changes.Listen(feed.Poke)
	g.sight.metrics.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "kanera_subscriptions_open", Help: "Open subscriptions."},
			func() float64 { return float64(feed.Open()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "kanera_subscriptions_slow_total", Help: "Subscriptions ended because events were taken too slowly."},
			func() float64 { return float64(feed.Slow()) }))
	return feed
}

// endStreams tells every open stream that the server stops.
func (g *Gateway) endStreams(ctx context.Context) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), streamsEnd)
	defer cancel()
	g.feed.Close()
	g.graphQL.Drain(limited)
}

// isStream reports whether a request asks for an answer that lasts.
func isStream(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket") || strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}

// withDoorman lets what comes over an open connection pass the same checks as requests do.
func withDoorman(next http.Handler, authenticate authenticator, limits *limits) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isStream(r) {
			ctx := graph.WithDoorman(r.Context(), doorman{authenticate, limits, r})
			if domain.PrincipalFrom(ctx) != nil {
				ctx = graph.WithIdentity(ctx, authenticate.again(r.Header.Get("Authorization"), r.Header.Get("X-Kanera-Organisation-Id")))
			}
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

// again returns who a credential belongs to whenever it is asked.
func (a authenticator) again(authorization, organisation string) func(context.Context) (*domain.Principal, error) {
	scheme, raw, _ := strings.Cut(authorization, " ")
	raw = strings.TrimSpace(raw)
	return func(ctx context.Context) (*domain.Principal, error) {
		if !strings.EqualFold(scheme, "Bearer") || raw == "" {
			return nil, domain.Unauthorized("The credential must be: Bearer <API key>.")
		}
		who, err := a(ctx, raw)
		if err != nil {
			return nil, err
		}
		return domain.UseOrganisation(who, organisation)
	}
}

// doorman is a graph.Doorman of one connection.
type doorman struct {
	authenticate authenticator
	limits       *limits
	opened       *http.Request
}

// Greet implements graph.Doorman. Bad keys are counted against the address, as those of requests are.
func (d doorman) Greet(ctx context.Context, authorization, organisation string) (func(context.Context) (*domain.Principal, error), error) {
	failed := d.limits.failedKey(addressOf(d.opened))
	if err := d.limits.pay(ctx, taking(0, failed)); err != nil {
		return nil, err
	}
	identity := d.authenticate.again(authorization, organisation)
	_, err := identity(ctx)
	if domain.CodeOf(err) == domain.CodeUnauthorized {
		if err := d.limits.pay(ctx, taking(1, failed)); err != nil {
			return nil, err
		}
	}
	return identity, err
}

// pay takes charges, or says which budget is used up.
func (l *limits) pay(ctx context.Context, charges []domain.Charge) error {
	if len(charges) == 0 {
		return nil
	}
	verdict, err := l.take(ctx, charges)
	if err != nil {
		return err
	}
	return exhausted(verdict)
}

// Admit implements graph.Doorman: an operation pays what a request pays.
func (d doorman) Admit(ctx context.Context, who *domain.Principal) (context.Context, func() error) {
	a := &admission{limits: d.limits, charges: d.limits.charges(who, d.opened), shown: rates{header: http.Header{}}}
	ctx = context.WithValue(domain.WithPrincipal(ctx, who), recordKey{}, &record{door: doorLive, keyID: who.KeyID})
	ctx = context.WithValue(ctx, admissionKey{}, a)
	return ctx, func() error { return a.settle(ctx) }
}
