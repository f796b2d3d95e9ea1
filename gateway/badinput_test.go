package gateway_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"kanera.dev/gateway/gatewaytest"
)

// Whatever nonsense is sent to a door: a 4xx with a stable code, and nothing written.

// TestBadInput shares one gateway per backend: nothing that is sent may change anything.
func TestBadInput(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			b := &badInput{contract: newContract(t, gatewaytest.BothWays(t, backend)), backend: backend}
			b.facts()
			for name, send := range map[string]func(*badInput){
				"REST members": badMembers, "REST parameters": badParameters, "REST bodies": badBodies, "GraphQL arguments": badArguments,
				"GraphQL requests": badRequests, "texts": badTexts, "cursors": badCursors, "extremes": extremes,
			} {
				t.Run(name, func(t *testing.T) {
					before := b.written()
					send(&badInput{contract: &contract{Gateway: b.Gateway, t: t, keys: b.keys, kept: b.kept}, backend: backend})
					if after := b.written(); after != before {
						t.Errorf("something was written: %s; it was %s", after, before)
					}
				})
			}
		})
	}
}

type badInput struct {
	*contract
	backend gatewaytest.Backend
}

// facts keeps an id of every noun, so that bad members meet good ids.
func (b *badInput) facts() {
	for _, field := range b.Demo.Fields {
		if field.WorkspaceID == b.Facts.WorkspaceID {
			b.kept["field"] = field.ID
		}
	}
	for _, option := range b.Demo.Options {
		if option.WorkspaceID == b.Facts.WorkspaceID {
			b.kept["option"] = option.ID
		}
	}
	b.kept["label"] = b.Demo.Labels[0].ID
}

// written sums up what is in the database: rows, and versions of rows that have one.
func (b *badInput) written() string {
	b.t.Helper()
	driver, source := "sqlite", "file:"+filepath.Join(b.Config.DataDir, "kanera.db")+"?_pragma=busy_timeout(5000)"
	if b.backend == gatewaytest.Postgres {
		driver, source = "pgx", strings.Replace(b.Config.DatabaseURL, "pool_max_conns", "application_name", 1) // the driver alone has no pool
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	var sums []string
	for table, sum := range map[string]string{"activities": "coalesced_count", "events": "0", "card_labels": "0", "card_assignees": "0", "field_values": "0",
		"cards": "version", "workspaces": "version + last_card_number", "boards": "version", "lists": "version", "labels": "version", "custom_fields": "version",
		"custom_field_options": "version", "workspace_members": "0", "board_members": "0", "key_prefixes": "0"} {
		var count, total int
		if err := db.QueryRowContext(b.t.Context(), "SELECT COUNT(*), COALESCE(SUM("+sum+"), 0) FROM "+table).Scan(&count, &total); err != nil {
			b.t.Fatalf("count %s: %v", table, err)
		}
		sums = append(sums, fmt.Sprintf("%s %d/%d", table, count, total))
	}
	slices.Sort(sums)
	return strings.Join(sums, ", ")
}

// refused checks that an answer is a 4xx with a code.
func (b *badInput) refused(what string, answer *gatewaytest.Response) {
	b.t.Helper()
	if answer.Status < 400 || answer.Status > 499 || answer.Code() == "" || answer.Code() == "INTERNAL" {
		b.t.Errorf("%.300s: %d %.300s", what, answer.Status, answer.Body)
	}
}

// operation is a route as the description shows it.
type operation struct {
	method, path string
	members      map[string]object // of the body
	required     []string
	query        map[string]object
}

// operations reads the routes that write or read with a key out of the description.
func (b *badInput) operations() []operation {
	b.t.Helper()
	var doc struct {
		Paths      map[string]map[string]json.RawMessage
		Components struct{ Schemas map[string]object }
	}
	b.Do(http.MethodGet, "/openapi.json", "", nil).Decode(b.t, &doc)
	resolve := func(schema object) object {
		for schema["$ref"] != nil {
			schema = doc.Components.Schemas[strings.TrimPrefix(schema["$ref"].(string), "#/components/schemas/")]
		}
		return schema
	}
	var all []operation
	for path, methods := range doc.Paths {
		for method, raw := range methods {
			var op struct {
				Parameters []struct {
					Name, In string
					Schema   object
				}
				RequestBody struct {
					Content map[string]struct{ Schema object }
				}
			}
			if json.Unmarshal(raw, &op) != nil {
				continue // members of the path itself
			}
			o := operation{method: strings.ToUpper(method), path: path, members: map[string]object{}, query: map[string]object{}}
			for _, p := range op.Parameters {
				if p.In == "query" {
					o.query[p.Name] = resolve(p.Schema)
				}
			}
			body := resolve(op.RequestBody.Content["application/json"].Schema)
			properties, _ := body["properties"].(object)
			for name, schema := range properties {
				o.members[name] = resolve(schema.(object))
			}
			required, _ := body["required"].(array)
			for _, name := range required {
				o.required = append(o.required, name.(string))
			}
			all = append(all, o)
		}
	}
	if len(all) < 50 {
		b.t.Fatalf("only %d operations", len(all))
	}
	return all
}

// address fills the path of an operation with ids that exist.
func (b *badInput) address(o operation) string {
	noun := "card"
	for _, at := range []struct{ prefix, noun string }{{"/boards/{boardId}/lists/", "list"}, {"/boards", "board"}, {"/lists", "list"}, {"/workspaces", "ws"},
		{"/custom-fields", "field"}, {"/card-labels", "label"}} {
		if strings.HasPrefix(o.path, at.prefix) {
			noun = at.noun
			break
		}
	}
	return "/api/v1" + b.filled(strings.NewReplacer("{id}", "$"+noun, "{wsId}", "$ws", "{boardId}", "$board", "{optionId}", "$option", "{fieldId}", "$field",
		"{organisationKey}", "$orgKey", "{key}", "PROD-1").Replace(o.path))
}

// nonsense is JSON of every type.
var nonsense = map[string][]string{
	"string":  {`"\u0000"`, `"2030-02-30"`},
	"number":  {`1e400`, `-1`, `1.5`, `99999999999999999999`},
	"boolean": {`true`},
	"array":   {`[[]]`, `[null]`, `[{}]`},
	"object":  {`{}`, `{"id":{}}`},
}

// typesOf lists the JSON types that a schema takes.
func typesOf(schema object) (types []string) {
	for _, kind := range []string{"anyOf", "oneOf", "allOf"} {
		parts, _ := schema[kind].(array)
		for _, part := range parts {
			types = append(types, typesOf(part.(object))...)
		}
	}
	switch kind := schema["type"].(type) {
	case string:
		types = append(types, kind)
	case array:
		for _, each := range kind {
			types = append(types, each.(string))
		}
	}
	if schema["$ref"] != nil {
		types = append(types, "object", "string") // inputs that are named, and enumerations
	}
	return types
}

// badMembers sends each member of each body as every type that it is not, beside good required ones.
func badMembers(b *badInput) {
	sent := 0
	for _, o := range b.operations() {
		for name, schema := range o.members {
			types := typesOf(schema)
			for kind, values := range nonsense {
				if slices.Contains(types, kind) || kind == "number" && slices.Contains(types, "integer") {
					continue
				}
				for _, value := range values {
					body := b.body(o, name, value)
					b.refused(o.method+" "+o.path+" "+body, b.Do(o.method, b.address(o), b.Facts.PersonalKey, body))
					sent++
				}
			}
		}
	}
	if sent < 500 {
		b.t.Errorf("only %d requests", sent)
	}
}

// body writes a body with one given member and the required others.
func (b *badInput) body(o operation, name, value string) string {
	members := map[string]string{}
	for _, other := range o.required {
		types, good := typesOf(o.members[other]), `"x"`
		switch {
		case o.members[other]["format"] == "uuid":
			good = b.filled(`"$unknown"`)
		case slices.Contains(types, "boolean"):
			good = "true"
		case slices.Contains(types, "array"):
			good = "[]"
		}
		members[other] = good
	}
	members[name] = value
	parts := make([]string, 0, len(members))
	for _, member := range slices.Sorted(maps.Keys(members)) {
		parts = append(parts, fmt.Sprintf("%q:%s", member, members[member]))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// badParameters sends ids that are none, ids of nothing, and numbers and truths that are none.
func badParameters(b *badInput) {
	for _, o := range b.operations() {
		if strings.Contains(o.path, "{") {
			for _, id := range []string{"42", "%00", "%ff", "'", "..%2f..", strings.Repeat("a", 5000), unknownID + "%0a", "{" + unknownID + "}", unknownID} {
				bad := b.address(operation{method: o.method, path: strings.NewReplacer("{id}", id, "{optionId}", id, "{key}", id, "{wsId}", id).Replace(o.path)})
				b.refused(o.method+" "+bad, b.Do(o.method, bad, b.Facts.PersonalKey, b.content(o)))
			}
		}
		for name := range o.query {
			for _, value := range []string{"%00", "%ff", "1e9", "99999999999999999999", "-1", "maybe", "[]", "0x10"} {
				if name == "includeCards" {
					continue // anything but false means true
				}
				b.refused(o.method+" "+o.path+" "+name+"="+value, b.Do(o.method, b.address(o)+"?"+name+"="+value, b.Facts.PersonalKey, b.content(o)))
			}
		}
	}
}

// content is the smallest body an operation takes.
func (b *badInput) content(o operation) any {
	if len(o.members) == 0 {
		return nil
	}
	return b.body(o, "unknown", "1")
}
