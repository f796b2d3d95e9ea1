package graph

import (
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// statusOf follows GraphQL over HTTP: whatever ran is 200, unless a budget, the deadline or the server itself left it
// without data. For what did not run the first code decides; a code that the table does not know is 400 for clients
// that understand the GraphQL media type, and 200 for the others.
func statusOf(response *graphql.Response, media string) int {
	if len(response.Errors) == 0 || len(response.Data) > 0 && string(response.Data) != "null" {
		return http.StatusOK
	}
	status, ran := statuses[codeOf(response.Errors[0])], len(response.Data) > 0
	switch {
	case status >= http.StatusTooManyRequests, status != 0 && !ran:
		return status
	case ran || media == mediaJSON:
		return http.StatusOK
	}
	return http.StatusBadRequest
}

// mediaOf picks the media type of the answer: the GraphQL one for clients that name it and do not prefer plain JSON.
func mediaOf(accept string) string {
	best, quality := mediaJSON, 0.0
	for part := range strings.SplitSeq(accept, ",") {
		media, params, err := mime.ParseMediaType(part)
		q := 1.0
		if text, given := params["q"]; given {
			q, _ = strconv.ParseFloat(text, 64) // nonsense counts as "do not send"
		}
		if err == nil && q > quality && (media == mediaGraphQL || media == mediaJSON) {
			best, quality = media, q
		}
	}
	return best
}

func write(w http.ResponseWriter, r *http.Request, response *graphql.Response) {
	media := mediaOf(r.Header.Get("Accept"))
	status, header := statusOf(response, media), w.Header()
	header.Set("Content-Type", media+"; charset=utf-8")
	if len(response.Errors) > 0 {
		header.Set("Cache-Control", "no-store")
	}
	if status == http.StatusMethodNotAllowed {
		header.Set("Allow", allowed(r.Method))
	}
	if r.Method == http.MethodGet {
		steady(response)
	}
	head, tail := envelope(response)
	header.Set("Content-Length", strconv.Itoa(len(head)+len(response.Data)+len(tail)))
	w.WriteHeader(status)
	send(w, head, response.Data, tail)
}

// PartsWriter is a ResponseWriter that wants to see the whole of a body before it sends any of it, and not as a copy.
type PartsWriter interface {
	// WriteParts writes the parts one behind the other and keeps none of them. An error means that the client has gone.
	WriteParts(parts ...[]byte) error
}

// send writes a body that is in parts, so that the large one is not copied.
func send(w http.ResponseWriter, parts ...[]byte) {
	if whole, ok := w.(PartsWriter); ok {
		_ = whole.WriteParts(parts...) // fails only when the client has gone
		return
	}
	for _, part := range parts {
		_, _ = w.Write(part)
	}
}

// steady leaves out of an answer to GET what differs each time although the data is the same, so that the answer can be
// told to be unchanged. The headers still have it.
func steady(response *graphql.Response) {
	if cost, ok := response.Extensions["cost"].(*shownCost); ok {
		cost.state = nil
	}
}

// allowed lists the methods that would do for a request that came with the wrong one.
func allowed(method string) string {
	if method == http.MethodGet {
		return http.MethodPost
	}
	return "GET, POST"
}

// encode returns a whole response as JSON.
func encode(response *graphql.Response) []byte {
	head, tail := envelope(response)
	return slices.Concat(head, response.Data, tail)
}

// envelope returns what stands before and behind the data, which is JSON already and is not looked at again.
func envelope(response *graphql.Response) (head, tail []byte) {
	head = append(head, '{')
	if len(response.Errors) > 0 {
		head = appendMember(head, "errors", response.Errors)
	}
	if len(response.Data) > 0 {
		head = append(appendComma(head), `"data":`...)
	}
	if len(response.Extensions) > 0 {
		if len(head) > 1 {
			tail = append(tail, ',')
		}
		tail = appendExtensions(tail, response.Extensions)
	}
	return head, append(tail, '}')
}

// appendComma separates a member of an object from the one before.
func appendComma(out []byte) []byte {
	if len(out) > 1 {
		return append(out, ',')
	}
	return out
}

// appendExtensions appends the extensions in the order of their names. Nearly always they are the cost alone.
func appendExtensions(out []byte, extensions map[string]any) []byte {
	out = append(out, `"extensions":{`...)
	for i, name := range slices.Sorted(maps.Keys(extensions)) {
		if i > 0 {
			out = append(out, ',')
		}
		if cost, ok := extensions[name].(*shownCost); ok {
			out = cost.appendTo(append(out, `"`+name+`":`...))
		} else {
			out = appendMember(out, name, extensions[name])
		}
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
