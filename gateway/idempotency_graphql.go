package gateway

import (
	"net/http"

	"kanera.dev/domain"
	"kanera.dev/graph"
)

// onceGraphQL applies the header to mutations. The endpoint tells which requests are mutations, and what they ask for
// once persisted documents are looked up; queries ignore the header.
func (o *once) onceGraphQL(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.Header.Values(keyHeader) != nil {
			r = r.WithContext(graph.WithGate(r.Context(), o.gate))
		}
		next.ServeHTTP(w, r)
	})
}

// gate is a graph.Gate.
func (o *once) gate(w http.ResponseWriter, r *http.Request, change graph.Change, run http.HandlerFunc) {
	o.serve(w, r, asked{what: change.Canonical, refuse: refuseGraphQL, forget: func(answer *domain.StoredAnswer) bool {
		return change.WorthRepeating(answer.Body)
	}}, run)
}
