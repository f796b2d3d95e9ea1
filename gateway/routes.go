package gateway

import (
	"context"
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
	once         *once
	ping         func(context.Context) error
	newID        func() string
	log          *slog.Logger
}

// handler puts the chain in front of the routes. Outermost first: request id, access log, headers, recovery.
func (d doors) handler() http.Handler {
	chain := withNoStore(withBodyLimit(d.routes()))
	chain = withRecovery(chain, d.log)
	chain = withCORS(withSecurityHeaders(chain))
	return withRequestID(withAccessLog(chain, d.log), d.newID)
}

func (d doors) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/graphql", d.only(withPrincipal(withETag(d.once.onceGraphQL(d.graphQL)), d.authenticate, logged(refuseGraphQL, d.log)), http.MethodGet, http.MethodPost))
	mux.Handle("/api/v1/", withPrincipal(withETag(d.once.onceREST(d.rest)), d.authenticate, logged(refuseREST, d.log)))
	for path, serve := range map[string]http.HandlerFunc{
		"/{$}":           d.pages.Index,
		"/graphiql":      d.pages.GraphiQL,
		"/docs":          d.pages.Reference,
		"/swagger":       d.pages.Swagger,
		"/assets/{file}": d.pages.Asset,
		"/openapi.json":  d.serveOpenAPI,
		"/health":        d.serveHealth,
	} {
		mux.Handle(path, d.only(serve, http.MethodGet, http.MethodHead))
	}
	mux.Handle("/", d.rest)
	return mux
}

// only hides a handler from all other methods.
func (d doors) only(next http.Handler, methods ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(methods, r.Method) {
			d.rest.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (d doors) serveOpenAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(d.openAPI)
}

// serveHealth answers whether the server can do its work, which it cannot without database and Redis.
func (d doors) serveHealth(w http.ResponseWriter, r *http.Request) {
	status := http.StatusOK
	if err := d.ping(r.Context()); err != nil {
		d.log.ErrorContext(r.Context(), "health check failed", "error", err)
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Cache-Control", "no-store")
	answer(w, status, struct {
		OK      bool   `json:"ok"`
		Service string `json:"service"`
	}{status == http.StatusOK, "kanera-gateway"})
}
