package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"kanera.dev/domain"
)

// maxBody is the largest body that is read, in bytes.
const maxBody = 1 << 20

// bind turns a request into the variables of the operation. Members that no parameter names are dropped, at every
// depth; what is absent stays absent, so that a PATCH changes nothing else.
func (p *plan) bind(w http.ResponseWriter, r *http.Request, query url.Values) (map[string]any, error) {
	body, err := readBody(w, r)
	if err != nil {
		return nil, err
	}
	if _, ok := body.(map[string]any); !ok && p.hasBody {
		return nil, domain.Invalid(domain.WrongType("object"))
	}
	variables := make(map[string]any, len(p.parameters))
	var all issues
	for _, parameter := range p.parameters {
		var own issues
		value, given := parameter.find(r, query, body)
		read, keep := parameter.read(value, given, &own)
		if len(own.found) > 0 && parameter.code != domain.CodeValidation {
			return nil, &domain.Error{Code: parameter.code, Message: parameter.name + ": " + own.found[0].Message + "."}
		}
		all.found = append(all.found, own.found...)
		if keep {
			variables[parameter.name] = read
		}
	}
	if len(all.found) > 0 {
		return nil, domain.Invalid(all.found...)
	}
	return variables, nil
}

// find takes the parameter's raw value out of the request.
func (p *parameter) find(r *http.Request, query url.Values, body any) (any, bool) {
	switch p.from {
	case fromPath:
		return p.fromText(r.PathValue(p.name)), true
	case fromQuery:
		if !query.Has(p.name) {
			return nil, false
		}
		if p.typ.Elem != nil {
			return listed(query[p.name]), true
		}
		return p.fromText(query.Get(p.name)), true
	}
	members, _ := body.(map[string]any)
	value, given := members[p.name]
	return value, given
}

// listed reads a list of texts that stands in a query string: repeated, or divided by commas.
func listed(values []string) []any {
	list := []any{}
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			list = append(list, part)
		}
	}
	return list
}

// fromText gives the text of a URL the JSON type that the parameter expects, when it has that form.
func (p *parameter) fromText(text string) any {
	switch p.typ.Name() {
	case "Int":
		if _, err := strconv.ParseInt(text, 10, 64); err == nil {
			return json.Number(text)
		}
	case "Boolean":
		if text == "true" || text == "false" {
			return text == "true"
		}
	}
	return text
}

// readBody decodes the body as JSON, numbers as written. Without a body the answer is an empty object, so that
// calls whose members are all optional need none.
func readBody(w http.ResponseWriter, r *http.Request) (any, error) {
	declared := r.Header.Get("Content-Type")
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return map[string]any{}, nil
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, &domain.Error{Code: codeBodyTooLarge, Message: "The body is larger than 1 MiB."}
	}
	if err != nil {
		return nil, domain.BadRequest("The body could not be read to its end.")
	}
	if declared == "" && len(raw) == 0 {
		return map[string]any{}, nil
	}
	switch kind, _, _ := mime.ParseMediaType(declared); {
	case kind == "text/plain":
		return string(raw), nil
	case kind != "application/json" && !strings.HasSuffix(kind, "+json"):
		return nil, &domain.Error{Code: codeUnsupportedMediaType, Message: "The body has to be JSON: send Content-Type: application/json."}
	case len(raw) == 0:
		return nil, &domain.Error{Code: codeEmptyBody, Message: "The body is empty although its content type is JSON."}
	}
	return decode(raw)
}

// decode reads JSON. The library would replace bytes that are no UTF-8; here they are refused.
func decode(raw []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var body any
	err := decoder.Decode(&body)
	if err == nil {
		_, err = decoder.Token()
		if errors.Is(err, io.EOF) && utf8.Valid(raw) {
			return body, nil
		}
	}
	return nil, &domain.Error{Code: codeInvalidJSON, Message: "The body is no valid JSON."}
}
