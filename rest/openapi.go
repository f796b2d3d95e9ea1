package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"
)

// object is a JSON object of the description; encoding/json writes its members in alphabetical order.
type object = map[string]any

// OpenAPI describes the routes as OpenAPI 3.1, derived from the table, the stored documents and the schema.
// publicURL is the origin under which callers reach the server.
func (a *API) OpenAPI(publicURL string) []byte {
	b := &builder{library: a.library, schemas: object{"Error": errorSchema(), "Issue": issueSchema()}}
	paths := object{}
	for _, rows := range a.grouped() {
		pattern := rows[0].route.Pattern
		item, ok := paths[pattern].(object)
		if !ok {
			item = object{}
			paths[pattern] = item
		}
		item[strings.ToLower(rows[0].route.Method)] = b.operation(rows)
	}
	publicURL = strings.TrimSuffix(publicURL, "/")
	raw, err := json.MarshalIndent(object{
		"openapi": "3.1.0",
		"info": object{"title": "Kanera", "version": "1.0.0", "description": about,
			"contact": object{"name": "Kanera", "url": publicURL}},
		"servers":  []any{object{"url": publicURL + Base, "description": "This server."}},
		"security": []any{object{"apiKey": []any{}}},
		"tags":     tagList(),
		"paths":    paths,
		"components": object{
			"schemas":    b.schemas,
			"responses":  errorResponses(),
			"parameters": headerParameters(),
			"headers":    answerHeaders(),
			"securitySchemes": object{"apiKey": object{"type": "http", "scheme": "bearer",
				"description": "A workspace key or a personal key."}},
		},
	}, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("the description is made of maps, lists and texts only: %s", err))
	}
	return append(raw, '\n')
}

const about = "Workspaces, boards, lists, cards, custom fields and labels. " +
	"Every request but the health check carries `Authorization: Bearer <key>`. " +
	"Timestamps are ISO-8601 in UTC with milliseconds and `Z`, positions are decimal texts with ten fraction digits. " +
	"Members of a body that an operation does not know are ignored. " +
	"The same operations, and many more questions, can be asked at `/graphql`."

// tags gives each noun, a file of stored documents, its heading.
var tags = []struct{ noun, title, about string }{
	{"health", "Health", "Whether the server answers."},
	{"session", "Session", "Who is asking."},
	{"workspace", "Workspaces", "The places that share lists, labels and custom fields among their boards."},
	{"board", "Boards", "Sets of cards, laid out in the lists of their workspace."},
	{"activity", "Activity", "What people and keys did."},
	{"event", "Events", "What happened, for programs that keep up with it by asking."},
	{"list", "Lists", "Stages of work, shared by all boards of a workspace."},
	{"card", "Cards", "Pieces of work, each on one board and in one list."},
	{"field", "Custom fields", "Typed values that the cards of a workspace may carry."},
	{"label", "Card labels", "Labels, shared by all boards of a workspace."},
	{"webhook", "Webhooks", "Where the events of a workspace are sent. They need workspace admin."},
}

func tagList() (out []any) {
	for _, tag := range tags {
		out = append(out, object{"name": tag.title, "description": tag.about})
	}
	return out
}

func titleOf(noun string) string {
	for _, tag := range tags {
		if tag.noun == noun {
			return tag.title
		}
	}
	return ""
}

// operation describes the rows of one method and pattern. The row without a condition gives the name.
func (b *builder) operation(rows []*plan) object {
	main := rows[len(rows)-1]
	out := object{
		"operationId": main.route.Operation,
		"summary":     summary(main.route.Operation),
		"description": main.about,
		"tags":        []any{titleOf(main.noun)},
		"parameters":  append(b.parameters(rows), headersOf(main)...),
		"responses":   b.responses(rows),
	}
	if main.hasBody {
		out["requestBody"] = b.requestBody(main)
	}
	if main.public {
		out["security"] = []any{}
	}
	return out
}

// summary turns an operationId into words: createCard becomes "Create card".
func summary(id string) string {
	var out strings.Builder
	for i, r := range id {
		switch {
		case i == 0:
			out.WriteRune(unicode.ToUpper(r))
		case unicode.IsUpper(r):
			out.WriteString(" " + string(unicode.ToLower(r)))
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// parameters lists what stands in the URL. A parameter is required when every row of the group requires it.
func (b *builder) parameters(rows []*plan) (out []any) {
	main := rows[len(rows)-1]
	for _, p := range main.parameters {
		if p.from == fromBody {
			continue
		}
		where, required := "query", p.required && len(rows) == 1
		if p.from == fromPath {
			where, required = "path", true
		}
		about := p.about
		if p.clamp != nil {
			about += fmt.Sprintf(" Larger numbers count as %d.", *p.clamp)
		}
		out = append(out, object{"name": p.name, "in": where, "required": required, "description": about,
			"schema": b.bounds(p, b.input(p.typ))})
	}
	for _, row := range rows[:len(rows)-1] {
		name, value, _ := strings.Cut(row.route.When, "=")
		out = append(out, object{"name": name, "in": "query", "required": false,
			"description": fmt.Sprintf("With `%s` the answer is a %s, and parameters that choose cards are ignored.", value, row.body.fragment),
			"schema":      object{"type": "string", "enum": []any{value}}})
	}
	return out
}

func (b *builder) bounds(p *parameter, schema object) object {
	if p.min != nil {
		schema["minimum"] = *p.min
	}
	if p.max != nil {
		schema["maximum"] = *p.max
	}
	if p.fallback != nil {
		schema["default"] = p.fallback
	}
	return schema
}

func (b *builder) requestBody(p *plan) object {
	name := strings.ToUpper(p.route.Operation[:1]) + p.route.Operation[1:] + "Body"
	properties, required := object{}, []any{}
	for _, parameter := range p.parameters {
		if parameter.from == fromBody {
			properties[parameter.name] = described(b.input(parameter.typ), parameter.about)
			if parameter.required {
				required = append(required, parameter.name)
			}
		}
	}
	schema := object{"type": "object", "description": "Body of " + p.route.Operation + ".", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	b.schemas[name] = schema
	return object{"required": len(required) > 0,
		"content": object{"application/json": object{"schema": reference(name)}}}
}

// responses lists the answer and the errors that the kind of route can meet.
func (b *builder) responses(rows []*plan) object {
	main := rows[len(rows)-1]
	out := object{}
	for status, name := range errorNames {
		if main.meets(status) {
			out[strconv.Itoa(status)] = responseReference(name)
		}
	}
	success := object{"description": http.StatusText(main.route.Status) + ".", "headers": headersFor(main.route.Status, main.changes())}
	if main.route.Status != http.StatusNoContent {
		answers := []any{}
		for _, row := range rows {
			answers = append(answers, b.output(row.body))
		}
		schema := answers[0]
		if len(answers) > 1 {
			schema = object{"anyOf": answers}
		}
		success["content"] = object{"application/json": object{"schema": schema}}
	}
	out[strconv.Itoa(main.route.Status)] = success
	return out
}

// meets reports whether the route can answer with an error status.
func (p *plan) meets(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return !p.public
	case http.StatusNotFound:
		return strings.Contains(p.route.Pattern, "{")
	case http.StatusConflict:
		return p.changes()
	case http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType:
		return p.hasBody
	case http.StatusBadRequest:
		return len(p.parameters) > 0
	}
	return true
}
