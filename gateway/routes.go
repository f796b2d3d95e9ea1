package gateway

import (
	"log/slog"
	"net/http"
	"slices"

	"kanera.dev/gateway/pages"
)

// doors is what the routes lead to.
type doors struct {
	graphQL      http.Handler // POST and GET /graphql
	rest         http.Handler // everything below /api/v1, and 404 for whatever nobody serves
	openAPI      []byte
	pages        *pages.Pages
	authenticate authenticator
	limits       *limits
	once         *once
	sight        *sight
	checks       []check
	metricsToken string // empty: there is no /metrics
	newID        func() string
	log          *slog.Logger
}

// handler puts the chain in front of the routes. Outermost first: request id, log with metrics and traces, headers, recovery.
func (d doors) handler() http.Handler {
	chain := withNoStore(withBodyLimit(d.routes()))
	chain = withRecovery(chain, d.log)
	chain = withCORS(withSecurityHeaders(chain))
	return withRequestID(d.sight.withSight(chain), d.newID)
}

func (d doors) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/graphql", d.only(d.known(d.limits.withOperationLimit, withDoorman(d.once.onceGraphQL(d.graphQL), d.authenticate, d.limits), refuseGraphQL), http.MethodGet, http.MethodPost))
	mux.Handle("/api/v1/", d.known(d.limits.withKeyLimit, d.once.onceREST(d.rest), refuseREST))
	for path, serve := range map[string]http.HandlerFunc{
		"/{$}":                        d.pages.Index,
		"/graphiql":                   d.pages.GraphiQL,
		"/docs":                       d.pages.Reference,
		"/swagger":                    d.pages.Swagger,
		"/assets/{file}":              d.pages.Asset,
		"/openapi.json":               d.serveOpenAPI,
		"/webhook-event-types":        serveEventTypes,
		"/webhook-event-types/{type}": serveEventSchema,
	} {
		mux.Handle(path, d.only(d.limits.withAddressLimit(serve, refuseREST), http.MethodGet, http.MethodHead))
	}
	for path, serve := range d.probes() {
		mux.Handle(path, d.only(serve, http.MethodGet, http.MethodHead))
	}
	mux.Handle("/", d.nowhere())
	return mux
}

// known puts a door behind authentication, and behind the budgets of who turned out to ask.
func (d doors) known(withLimit func(http.Handler, refusal) http.Handler, door http.Handler, refuse refusal) http.Handler {
	refuse = logged(refuse, d.log)
	return withPrincipal(withLimit(withPacking(door), refuse), d.authenticate, d.limits, refuse)
}

// nowhere answers that there is no such route.
func (d doors) nowhere() http.Handler { return d.limits.withAddressLimit(d.rest, refuseREST) }

// only hides a handler from all other methods.
func (d doors) only(next http.Handler, methods ...string) http.Handler {
	nowhere := d.nowhere()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(methods, r.Method) {
			nowhere.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (d doors) serveOpenAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(d.openAPI)
}

// probes are for those who run the server, and have no budget.
func (d doors) probes() map[string]http.HandlerFunc {
	probes := map[string]http.HandlerFunc{"/health": serveHealth, "/ready": serveReady(d.checks, d.log)}
	if d.metricsToken != "" {
		probes["/metrics"] = d.sight.metrics.handler(d.metricsToken)
	}
	return probes
}
