package rest

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"kanera.dev/domain"
)

// Codes that only this door knows.
const (
	codeInvalidJSON          domain.Code = "INVALID_JSON"           // the body does not parse
	codeEmptyBody            domain.Code = "EMPTY_BODY"             // a JSON content type without a body
	codeBodyTooLarge         domain.Code = "BODY_TOO_LARGE"         // more than 1 MiB
	codeUnsupportedMediaType domain.Code = "UNSUPPORTED_MEDIA_TYPE" // a body that is no JSON
)

// statuses maps every code to its status. A code that is missing here is a mistake of ours, and 500.
var statuses = map[domain.Code]int{
	domain.CodeUnauthorized:  http.StatusUnauthorized,
	domain.CodeForbidden:     http.StatusForbidden,
	domain.CodeNotFound:      http.StatusNotFound,
	domain.CodeConflict:      http.StatusConflict,
	domain.CodeBadRequest:    http.StatusBadRequest,
	domain.CodeValidation:    http.StatusBadRequest,
	domain.CodeRateLimited:   http.StatusTooManyRequests,
	domain.CodeUnavailable:   http.StatusServiceUnavailable,
	domain.CodeTimeout:       http.StatusGatewayTimeout,
	domain.CodeUnregistered:  http.StatusForbidden,
	domain.CodeInternal:      http.StatusInternalServerError,
	domain.CodeSinceExpired:  http.StatusGone,
	codeInvalidJSON:          http.StatusBadRequest,
	codeEmptyBody:            http.StatusBadRequest,
	codeBodyTooLarge:         http.StatusRequestEntityTooLarge,
	codeUnsupportedMediaType: http.StatusUnsupportedMediaType,
}

// WriteError answers with an error. Anything but a domain.Error of a known code is shown as INTERNAL, without
// its cause.
func WriteError(w http.ResponseWriter, err error) {
	known := shown(err)
	body := struct {
		Code    domain.Code    `json:"code"`
		Message string         `json:"message"`
		Issues  []domain.Issue `json:"issues,omitempty"`
	}{known.Code, known.Message, known.Issues}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, statuses[known.Code], body)
}

func shown(err error) *domain.Error {
	if known, ok := err.(*domain.Error); ok && statuses[known.Code] != 0 { //nolint:errorlint // a wrapped one has a cause to hide
		return known
	}
	return &domain.Error{Code: domain.CodeInternal, Message: "Something went wrong on our side."}
}

// writeRouteNotFound is the router's own answer: it knows no codes.
func writeRouteNotFound(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusNotFound, map[string]any{
		"message": "There is no route " + r.Method + " " + r.URL.Path + ".", "error": "Not Found", "statusCode": http.StatusNotFound,
	})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		status, raw = http.StatusInternalServerError, []byte(`{"code":"INTERNAL","message":"Something went wrong on our side."}`)
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}

// failure turns the first error of an answer into a domain.Error in the words of this door: issues point at
// body members and query parameters, enumerations are spelled in camelCase.
func (p *plan) failure(errs gqlerror.List) *domain.Error {
	first := errs[0]
	code, _ := first.Extensions["code"].(string)
	if text, ok := first.Extensions["code"].(domain.Code); ok {
		code = string(text)
	}
	found, _ := first.Extensions["issues"].([]domain.Issue)
	out := &domain.Error{Code: domain.Code(code), Message: first.Message}
	for _, issue := range found {
		issue.Path = p.restPath(issue.Path)
		issue.Values = camel(issue.Values)
		out.Issues = append(out.Issues, issue)
	}
	if len(out.Issues) > 0 {
		out.Message = domain.Explain(out.Issues[0]) // the member's name at this door
	}
	return out
}

func camel(values []string) []string {
	out := make([]string, len(values))
	for i, value := range values {
		if out[i] = value; value == strings.ToUpper(value) {
			out[i] = domain.Camel(value)
		}
	}
	return out
}
