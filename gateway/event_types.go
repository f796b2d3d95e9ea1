package gateway

import (
	"net/http"

	"kanera.dev/domain"
)

// serveEventTypes lists the names of events that the contract promises.
func serveEventTypes(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string][]string{"eventTypes": domain.PublicEventTypes()})
}

// serveEventSchema answers the JSON Schema of the events of a name; 404 for names of which nothing is sent.
func serveEventSchema(w http.ResponseWriter, r *http.Request) {
	schema := domain.EventSchema(r.PathValue("type"))
	if schema == nil {
		refuseREST(w, r, domain.NotFound("Event type"))
		return
	}
	w.Header().Set("Content-Type", "application/schema+json")
	_, _ = w.Write(schema)
}
