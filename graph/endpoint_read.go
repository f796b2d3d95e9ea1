package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// Media types of GraphQL over HTTP. Clients that do not ask for the first get the second.
const (
	mediaGraphQL = "application/graphql-response+json"
	mediaJSON    = "application/json"
)

// preflightHeaders make a browser ask before it sends a GET from a page of another origin. One of them, with any
// value, shows that the request does not come from such a page unasked. POST needs none: JSON is always asked for.
var preflightHeaders = []string{"Authorization", "X-Kanera-Preflight", "Apollo-Require-Preflight", "X-Apollo-Operation-Name"}

// request is a GraphQL request as HTTP carries it.
type request struct {
	Query         *string         `json:"query"`
	OperationName *string         `json:"operationName"`
	Variables     json.RawMessage `json:"variables"`
	Extensions    map[string]any  `json:"extensions"`
}

// read takes the operation out of an HTTP request, or says why there is none.
func read(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, error) {
	switch r.Method {
	case http.MethodGet:
		if !isPreflighted(r.Header) {
			return nil, &domain.Error{Code: codePreflight, Message: "GET needs one of the headers " + strings.Join(preflightHeaders, ", ") + "."}
		}
		if len(r.URL.RawQuery) > MaxBodyBytes {
			return nil, errTooLarge()
		}
		return readURL(r.URL.Query())
	case http.MethodPost:
		if !isJSON(r.Header.Get("Content-Type")) {
			return nil, &domain.Error{Code: codeMediaType, Message: "Send application/json in UTF-8."}
		}
		if r.ContentLength > MaxBodyBytes {
			return nil, errTooLarge()
		}
		return readBody(http.MaxBytesReader(w, r.Body, MaxBodyBytes))
	}
	return nil, &domain.Error{Code: codeMethod, Message: "Use POST, or GET for queries."}
}

// isJSON reports whether a media type is that of JSON in UTF-8.
func isJSON(kind string) bool {
	if kind == mediaJSON {
		return true
	}
	media, params, err := mime.ParseMediaType(kind)
	charset := strings.ToLower(params["charset"])
	return err == nil && media == mediaJSON && (charset == "" || charset == "utf-8")
}

func isPreflighted(header http.Header) bool {
	for _, name := range preflightHeaders {
		if len(header.Values(name)) > 0 {
			return true
		}
	}
	return false
}

func errTooLarge() error {
	return &domain.Error{Code: codeBodyTooLarge, Message: "The body is too large."}
}

func readBody(body io.Reader) (*graphql.RawParams, error) {
	raw, err := io.ReadAll(body)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, errTooLarge()
	}
	if bytes.HasPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte("[")) {
		return nil, &domain.Error{Code: codeBatch, Message: "Send one request at a time, not an array of them."}
	}
	var in request
	if err == nil {
		err = json.Unmarshal(raw, &in)
	}
	_, other := errors.AsType[*json.UnmarshalTypeError](err)
	if err != nil && !other || !utf8.Valid(raw) {
		return nil, &domain.Error{Code: codeInvalidJSON, Message: "The body is no JSON."}
	}
	if other {
		return nil, domain.BadRequest("The body is no GraphQL request.")
	}
	return in.params()
}

func readURL(query url.Values) (*graphql.RawParams, error) {
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
			return nil, domain.BadRequest("extensions is no JSON object.")
		}
	}
	return in.params()
}

func (in request) params() (*graphql.RawParams, error) {
	_, persisted := in.Extensions[persistedQuery]
	if orZero(in.Query) == "" && !persisted {
		return nil, domain.BadRequest("query is missing.")
	}
	out := &graphql.RawParams{Query: orZero(in.Query), OperationName: orZero(in.OperationName), Extensions: in.Extensions}
	if len(in.Variables) > 0 {
		numbers := json.NewDecoder(bytes.NewReader(in.Variables))
		numbers.UseNumber() // a float64 for an Int would lose digits
		if err := numbers.Decode(&out.Variables); err != nil {
			return nil, domain.BadRequest("variables is no JSON object.")
		}
	}
	return out, nil
}
