package gateway

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"kanera.dev/domain"
	"kanera.dev/graph"
)

// answer writes a JSON body.
func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // fails only when the client has gone
}

// plainError is the body of an error outside GraphQL.
type plainError struct {
	Code    domain.Code `json:"code"`
	Message string      `json:"message"`
}

func internalError() plainError {
	return plainError{domain.CodeInternal, "Something went wrong on our side."}
}

// shown splits an error into what the caller may see and its status; causes that are no domain.Error are logged.
func shown(r *http.Request, log *slog.Logger, err error) (plainError, int) {
	known, ok := errors.AsType[*domain.Error](err)
	if !ok {
		log.ErrorContext(r.Context(), "authentication failed", "requestId", graph.RequestID(r.Context()), "error", err)
		return internalError(), http.StatusInternalServerError
	}
	return plainError{known.Code, known.Message}, http.StatusUnauthorized
}

// refuseREST answers the way /api/v1 reports errors.
func refuseREST(log *slog.Logger) refusal {
	return func(w http.ResponseWriter, r *http.Request, err error) {
		body, status := shown(r, log, err)
		w.Header().Set("Cache-Control", "no-store")
		answer(w, status, body)
	}
}

// refuseGraphQL answers the way a GraphQL server reports that a request was not run.
func refuseGraphQL(log *slog.Logger) refusal {
	type extensions struct {
		Code      domain.Code `json:"code"`
		RequestID string      `json:"requestId"`
	}
	type graphQLError struct {
		Message    string     `json:"message"`
		Extensions extensions `json:"extensions"`
	}
	return func(w http.ResponseWriter, r *http.Request, err error) {
		body, status := shown(r, log, err)
		w.Header().Set("Cache-Control", "no-store")
		answer(w, status, map[string][]graphQLError{
			"errors": {{body.Message, extensions{body.Code, graph.RequestID(r.Context())}}},
		})
	}
}

// notFound answers for every path and method that nobody serves; it needs no credential.
func notFound(w http.ResponseWriter, r *http.Request) {
	answer(w, http.StatusNotFound, struct {
		Message    string `json:"message"`
		Error      string `json:"error"`
		StatusCode int    `json:"statusCode"`
	}{"No route for " + r.Method + " " + r.URL.Path + ".", "Not Found", http.StatusNotFound})
}
