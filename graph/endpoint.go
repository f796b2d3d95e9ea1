package graph

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"kanera.dev/domain"
)

// Media types of GraphQL over HTTP. Clients that do not ask for the first get the second.
const (
	mediaGraphQL = "application/graphql-response+json"
	mediaJSON    = "application/json"
)

// request is a GraphQL request as HTTP carries it.
type request struct {
	Query         *string         `json:"query"`
	OperationName *string         `json:"operationName"`
	Variables     json.RawMessage `json:"variables"`
	Extensions    map[string]any  `json:"extensions"`
}

// endpoint serves GraphQL over HTTP: POST for everything, GET for queries.
type endpoint struct{ executor *Executor }

// NewHandler returns the HTTP endpoint of an executor.
func NewHandler(executor *Executor) http.Handler { return &endpoint{executor} }

// ServeHTTP answers one GraphQL request. The bytes of the response are written as the executor made them.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	params, status, problem := read(r)
	if problem == nil && r.Method == http.MethodGet && isMutation(params) {
		w.Header().Set("Allow", http.MethodPost)
		status, problem = http.StatusMethodNotAllowed, refusal("METHOD_NOT_ALLOWED", "Mutations need POST.")
	}
	if status == http.StatusMethodNotAllowed && r.Method != http.MethodGet {
		w.Header().Set("Allow", "GET, POST")
	}
	if problem != nil {
		problem.Extensions["requestId"] = RequestID(r.Context())
		write(w, r, status, &graphql.Response{Errors: gqlerror.List{problem}})
		return
	}
	response := e.executor.Run(r.Context(), params)
	write(w, r, statusOf(r, response), response)
}

// refusal is an error about the HTTP request itself.
func refusal(code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
}

// read takes the operation out of an HTTP request, or says with which status and error to refuse it.
func read(r *http.Request) (*graphql.RawParams, int, *gqlerror.Error) {
	switch r.Method {
	case http.MethodGet:
		return readURL(r.URL.Query())
	case http.MethodPost:
		media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		charset := strings.ToLower(params["charset"])
		if err != nil || media != mediaJSON || charset != "" && charset != "utf-8" {
			return nil, http.StatusUnsupportedMediaType, refusal("UNSUPPORTED_MEDIA_TYPE", "Send application/json in UTF-8.")
		}
		return readBody(r.Body)
	}
	return nil, http.StatusMethodNotAllowed, refusal("METHOD_NOT_ALLOWED", "Use POST, or GET for queries.")
}

func readBody(body io.Reader) (*graphql.RawParams, int, *gqlerror.Error) {
	raw, err := io.ReadAll(body)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, http.StatusRequestEntityTooLarge, refusal("BODY_TOO_LARGE", "The body is too large.")
	}
	if err != nil || !json.Valid(raw) || !utf8.Valid(raw) {
		return nil, http.StatusBadRequest, refusal("INVALID_JSON", "The body is no JSON.")
	}
	var in request
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, http.StatusBadRequest, refusal(string(domain.CodeBadRequest), "The body is no GraphQL request.")
	}
	return in.params()
}

func readURL(query url.Values) (*graphql.RawParams, int, *gqlerror.Error) {
	in := request{Variables: json.RawMessage(query.Get("variables"))}
	if query.Has("query") {
		text := query.Get("query")
		in.Query = &text
	}
	if name := query.Get("operationName"); name != "" {
		in.OperationName = &name
	}
	if extensions := query.Get("extensions"); extensions != "" {
		if err := json.Unmarshal([]byte(extensions), &in.Extensions); err != nil {
			return nil, http.StatusBadRequest, refusal(string(domain.CodeBadRequest), "extensions is no JSON object.")
		}
	}
	return in.params()
}

func (in request) params() (*graphql.RawParams, int, *gqlerror.Error) {
	if in.Query == nil || *in.Query == "" {
		return nil, http.StatusBadRequest, refusal(string(domain.CodeBadRequest), "query is missing.")
	}
	out := &graphql.RawParams{Query: *in.Query, OperationName: orZero(in.OperationName), Extensions: in.Extensions}
	if len(in.Variables) > 0 {
		numbers := json.NewDecoder(strings.NewReader(string(in.Variables)))
		numbers.UseNumber() // a float64 for an Int would lose digits
		if err := numbers.Decode(&out.Variables); err != nil {
			return nil, http.StatusBadRequest, refusal(string(domain.CodeBadRequest), "variables is no JSON object.")
		}
	}
	return out, 0, nil
}

// isMutation reports whether the operation that GET asks for changes anything. A document that does not parse is
// left to the executor.
func isMutation(params *graphql.RawParams) bool {
	document, err := parser.ParseQuery(&ast.Source{Input: params.Query})
	if err != nil {
		return false
	}
	operation := document.Operations.ForName(params.OperationName)
	return operation != nil && operation.Operation != ast.Query
}

// statusOf follows GraphQL over HTTP: a request that never ran is 4xx for clients that understand the GraphQL media
// type, everything else is 200.
func statusOf(r *http.Request, response *graphql.Response) int {
	if len(response.Data) > 0 || len(response.Errors) == 0 || !acceptsGraphQL(r) {
		return http.StatusOK
	}
	return http.StatusBadRequest
}

func acceptsGraphQL(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), mediaGraphQL)
}

func write(w http.ResponseWriter, r *http.Request, status int, response *graphql.Response) {
	media := mediaJSON
	if acceptsGraphQL(r) {
		media = mediaGraphQL
	}
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	if len(response.Errors) > 0 {
		w.Header().Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	_, _ = w.Write(encode(response))
}

// encode writes the envelope around the data, which is JSON already and is not looked at again.
func encode(response *graphql.Response) []byte {
	out := make([]byte, 0, len(response.Data)+64)
	out = append(out, '{')
	if len(response.Errors) > 0 {
		out = append(appendMember(out, "errors", response.Errors), ',')
	}
	if len(response.Data) > 0 {
		out = append(append(out, `"data":`...), response.Data...)
		out = append(out, ',')
	}
	if len(response.Extensions) > 0 {
		out = append(appendMember(out, "extensions", response.Extensions), ',')
	}
	if out[len(out)-1] == ',' {
		out = out[:len(out)-1]
	}
	return append(out, '}')
}

func appendMember(out []byte, name string, value any) []byte {
	raw, err := json.Marshal(value)
	if err != nil {
		raw = []byte("null")
	}
	return append(append(out, `"`+name+`":`...), raw...)
}
