package gateway

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"kanera.dev/domain"
	"kanera.dev/graph"
	"kanera.dev/rest"
)

// refusal writes an error in the shape of a door.
type refusal func(w http.ResponseWriter, r *http.Request, err error)

// answer writes a JSON body.
func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // fails only when the client has gone
}

// refuseREST answers the way /api/v1 reports errors.
func refuseREST(w http.ResponseWriter, _ *http.Request, err error) { rest.WriteError(w, err) }

// refusals maps the codes with which a GraphQL request is refused before it is run to statuses; others are 500.
var refusals = map[domain.Code]int{
	domain.CodeUnauthorized: http.StatusUnauthorized,
	domain.CodeBadRequest:   http.StatusBadRequest,
	domain.CodeConflict:     http.StatusConflict,
	domain.CodeRateLimited:  http.StatusTooManyRequests,
	domain.CodeUnavailable:  http.StatusServiceUnavailable,
}

// refuseGraphQL answers the way a GraphQL server reports that a request was not run.
func refuseGraphQL(w http.ResponseWriter, r *http.Request, err error) {
	type extensions struct {
		Code      domain.Code `json:"code"`
		RequestID string      `json:"requestId"`
	}
	type graphQLError struct {
		Message    string     `json:"message"`
		Extensions extensions `json:"extensions"`
	}
	status, message := refusals[domain.CodeOf(err)], err.Error()
	if status == 0 {
		status, message = http.StatusInternalServerError, "Something went wrong on our side."
	}
	w.Header().Set("Cache-Control", "no-store")
	answer(w, status, map[string][]graphQLError{
		"errors": {{message, extensions{domain.CodeOf(err), graph.RequestID(r.Context())}}},
	})
}

// logged notes the cause of an error that the caller will only see as INTERNAL.
func logged(refuse refusal, log *slog.Logger) refusal {
	return func(w http.ResponseWriter, r *http.Request, err error) {
		if domain.CodeOf(err) == domain.CodeInternal {
			log.ErrorContext(r.Context(), "authentication failed", "requestId", graph.RequestID(r.Context()), "error", err)
		}
		refuse(w, r, err)
	}
}
