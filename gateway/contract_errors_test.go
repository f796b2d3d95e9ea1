package gateway_test

import (
	"net/http"
	"strings"

	"kanera.dev/domain"
)

// contractErrors is F1 to F5.
func contractErrors(c *contract) {
	foreign, hidden := "", "" // a card of the other workspace, and its key
	for _, card := range c.Demo.Cards {
		if card.WorkspaceID != c.Facts.WorkspaceID {
			foreign, hidden = card.ID, card.Key()
		}
	}
	c.kept["foreign"], c.kept["hidden"] = foreign, hidden
	missing := object{"code": "invalid_type", "expected": "boolean"}
	c.run(
		row{"F1 no credential", "", "GET /session", "", 401, failure("UNAUTHORIZED")},
		row{"F1 no credential, malformed body", "", "POST /workspaces", `{bad`, 401, failure("UNAUTHORIZED")},
		row{"F2 scope", "read", "POST /boards/$board/lists/$list/cards", `{"title":"Tea"}`, 403, failure("FORBIDDEN")},
		row{"F2 role", "write", "POST /workspaces/$ws/lists", `{"name":"Tea"}`, 403, failure("FORBIDDEN")},
		row{"F2 workspace keys create no workspaces", "admin", "POST /workspaces", `{"name":"Tea"}`, 403, failure("FORBIDDEN")},
		row{"F3 another workspace", "admin", "GET /cards/$foreign/detail", "", 403, failure("FORBIDDEN")},
		row{"F3 missing", "admin", "GET /cards/$unknown/detail", "", 404, failure("NOT_FOUND")},
		row{"F3 no such key", "admin", "GET /organisations/$orgKey/cards/by-key/NOPE-1", "", 404, failure("NOT_FOUND")},
		row{"F3 malformed key", "admin", "GET /organisations/$orgKey/cards/by-key/nope", "", 404, failure("NOT_FOUND")},
		row{"F3 hidden key", "admin", "GET /organisations/$orgKey/cards/by-key/$hidden", "", 404, failure("NOT_FOUND")},
		row{"F3 foreign organisation", "admin", "GET /organisations/0A1B2C3D4E5F6071/cards/by-key/NOPE-1", "", 404, failure("NOT_FOUND")},
		row{"F4 empty title", "write", "POST /boards/$board/lists/$list/cards", `{"title":""}`, 400,
			invalid(array{"title"}, object{"code": "too_small", "origin": "string", "minimum": 1, "inclusive": true})},
		row{"F4 long title", "write", "POST /boards/$board/lists/$list/cards", `{"title":"` + strings.Repeat("a", 501) + `"}`, 400,
			invalid(array{"title"}, object{"code": "too_big", "origin": "string", "maximum": 500, "inclusive": true})},
		row{"F4 no title", "write", "POST /boards/$board/lists/$list/cards", `{}`, 400,
			invalid(array{"title"}, object{"code": "invalid_type", "expected": "string"})},
		row{"F4 empty patch", "write", "PATCH /cards/$card", `{}`, 400, invalid(array{}, object{"code": "custom"})},
		row{"F4 empty patch, after dropping", "write", "PATCH /cards/$card", `{"colour":"red"}`, 400, invalid(array{}, object{"code": "custom"})},
		row{"F4 no date", "write", "PATCH /cards/$card", `{"dueDateLocalDate":"2030-3-4"}`, 400, invalid(array{"dueDateLocalDate"},
			object{"code": "invalid_format", "origin": "string", "format": "regex", "pattern": `/^\d{4}-\d{2}-\d{2}$/`})},
		row{"F4 no such day", "write", "PATCH /cards/$card", `{"dueDateLocalDate":"2026-13-45"}`, 400, invalid(array{"dueDateLocalDate"},
			object{"code": "invalid_format", "origin": "string", "format": "date"})},
		row{"F4 no slot", "write", "PATCH /cards/$card", `{"dueDateLocalDate":"2030-03-04","dueDateSlot":"ANY_TIME"}`, 400, invalid(array{"dueDateSlot"},
			object{"code": "invalid_value", "values": array{"anyTime", "morning", "afternoon", "endOfWorkDay"}})},
		row{"F4 no completion", "write", "PATCH /cards/$card/completion", `{}`, 400, invalid(array{"completed"}, missing)},
		row{"F4 completion of text", "write", "PATCH /cards/$card/completion", `{"completed":"true"}`, 400, invalid(array{"completed"}, missing)},
		row{"F4 colour", "admin", "POST /workspaces/$ws/lists", `{"name":"Tea","color":"puce"}`, 400, invalid(array{"color"},
			object{"code": "invalid_value", "values": array{"rose", "pink", "red", "orange", "amber", "yellow", "lime", "green", "emerald", "teal",
				"cyan", "sky", "blue", "indigo", "violet", "purple", "fuchsia", "gray", "olive", "brown"}})},
		row{"F4 icon", "admin", "PATCH /boards/$board", `{"icon":"No such icon"}`, 400, invalid(array{"icon"}, object{"code": "custom"})},
		row{"F5 no JSON", "write", "POST /boards/$board/lists/$list/cards", `{bad`, 400, failure("INVALID_JSON")},
		row{"§2.6 no id", "write", "GET /cards/42/detail", "", 400, invalid(array{}, object{"code": "invalid_format", "origin": "string", "format": "uuid"})},
	)
	contractTransport(c)
}

// contractTransport is the part of F5 that needs headers of its own.
func contractTransport(c *contract) {
	c.t.Helper()
	cards := c.filled("/api/v1/boards/$board/lists/$list/cards")
	for what, r := range map[string]struct {
		method, path, contentType, body string
		status                          int
		code                            domain.Code
	}{
		"empty body of a DELETE": {http.MethodDelete, "/api/v1/lists/" + unknownID, "application/json", "", 400, "EMPTY_BODY"},
		"form":                   {http.MethodPost, cards, "application/x-www-form-urlencoded", "title=Tea", 415, "UNSUPPORTED_MEDIA_TYPE"},
		"large body":             {http.MethodPost, cards, "application/json", `{"title":"` + strings.Repeat("a", 1_100_000) + `"}`, 413, "BODY_TOO_LARGE"},
		"text":                   {http.MethodPost, cards, "text/plain", `{"title":"Tea"}`, 400, "VALIDATION"},
	} {
		header := http.Header{"Authorization": {"Bearer " + c.keys["write"]}, "Content-Type": {r.contentType}}
		answer := c.Send(r.method, r.path, header, r.body)
		if answer.Status != r.status || answer.Code() != string(r.code) || answer.Header.Get("Cache-Control") != "no-store" {
			c.t.Errorf("F5 %s: %d %s", what, answer.Status, answer.Body)
		}
	}
	answer := c.Do(http.MethodGet, "/nope", "", nil)
	wrong := c.compare(object{"message": someText, "error": "Not Found", "statusCode": 404}, answer)
	if answer.Status != 404 || len(wrong) > 0 {
		c.t.Errorf("F5 no route: %d %v", answer.Status, wrong)
	}
}
