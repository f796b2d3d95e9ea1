package gateway_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"kanera.dev/domain"
	"kanera.dev/gateway/gatewaytest"
	"kanera.dev/graph"
)

// personsOnly are the root fields that refuse every workspace key.
var personsOnly = []string{"workspaceCreate"}

// onceOnly are the mutations and operations that cannot be repeated on the same things.
var onceOnly = []string{"cardMoveToBoard", "moveCardToBoard"}

func servedSchema() *ast.Schema {
	return graph.NewExecutor(&domain.Service{}, slog.New(slog.DiscardHandler)).Schema()
}

// TestForeignIDs puts an id of another organisation into every place of every root field and REST row that takes one.
// The same call with an own id has to work, so that it is known to be refused for the id alone.
func TestForeignIDs(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			w := newTenants(t, gatewaytest.BothWays(t, backend))
			schema := servedSchema()
			slots := 0
			for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
				for _, field := range root.Fields {
					if !strings.HasPrefix(field.Name, "__") {
						slots += w.tryField(t, schema, root, field)
					}
				}
			}
			t.Logf("%d slots of %d root fields", slots, len(schema.Query.Fields)+len(schema.Mutation.Fields))
			w.tryNobody(t, schema)
			w.tryNamed(t)
			w.tryRows(t)
			w.mustBeUntouched(t)
		})
	}
}

// tryField tries every slot of a root field with both kinds of keys, and returns how many there are.
func (w *tenants) tryField(t *testing.T, schema *ast.Schema, root *ast.Definition, field *ast.FieldDefinition) int {
	t.Helper()
	slots, err := slotsOf(schema, field)
	if err != nil {
		t.Fatal(err)
	}
	for _, credential := range domain.CredentialKinds {
		own := w.newScratch(t)
		key := w.keyOf(own, credential)
		if len(slots) == 0 {
			w.mustWork(t, fmt.Sprintf("%s with a %s key", field.Name, credential), "", w.Query(key, callOf(schema, root, field), nil))
		}
		for _, s := range slots {
			if slices.Contains(onceOnly, field.Name) {
				own = w.newScratch(t)
				key = w.keyOf(own, credential)
			}
			name := fmt.Sprintf("%s(%s) with a %s key", field.Name, s, credential)
			call := func(id string) *gatewaytest.Answer {
				arguments, err := argumentsOf(schema, field, s, id, own)
				if err != nil {
					t.Fatal(err)
				}
				return w.Query(key, callOf(schema, root, field), arguments)
			}
			w.mustRefuse(t, name, s, call(w.foreign[s.kind]))
			if credential == domain.WorkspaceKey && slices.Contains(personsOnly, field.Name) {
				continue
			}
			id := own.own[s.kind][1]
			if s.String() == "id" {
				id = own.own[s.kind][0]
			}
			w.mustWork(t, name, id, call(id))
		}
	}
	return len(slots)
}

func (w *tenants) keyOf(own *scratch, credential domain.CredentialKind) string {
	if credential == domain.PersonalKey {
		return w.Facts.PersonalKey
	}
	return own.key
}

// callOf is a document that passes all arguments as variables and reads all leaves of what comes back.
func callOf(schema *ast.Schema, root *ast.Definition, field *ast.FieldDefinition) string {
	declared, passed, depth := "", "", 3
	if isPage(field.Type.Name()) {
		depth = 2 // fifty times
	}
	for _, argument := range field.Arguments {
		declared += fmt.Sprintf(" $%s: %s", argument.Name, argument.Type)
		passed += fmt.Sprintf(" %s: $%s", argument.Name, argument.Name)
		if argument.DefaultValue != nil {
			declared += " = " + argument.DefaultValue.String()
		}
	}
	if declared != "" {
		declared, passed = "("+declared+")", "("+passed+")"
	}
	return fmt.Sprintf("%s%s { %s%s %s }", strings.ToLower(root.Name), declared, field.Name, passed, selection(schema, field.Type, depth))
}

// selection reads an object and, down to a depth, the objects in it.
func selection(schema *ast.Schema, t *ast.Type, depth int) string {
	definition := schema.Types[t.Name()]
	if !definition.IsCompositeType() {
		return ""
	}
	names := []string{"__typename"}
	for _, field := range definition.Fields {
		composite := schema.Types[field.Type.Name()].IsCompositeType()
		needsArguments := slices.ContainsFunc(field.Arguments, func(a *ast.ArgumentDefinition) bool { return a.Type.NonNull && a.DefaultValue == nil })
		if !strings.HasPrefix(field.Name, "__") && !needsArguments && (!composite || depth > 1 && field.Name != "edges") {
			names = append(names, field.Name+" "+selection(schema, field.Type, depth-1))
		}
	}
	return "{ " + strings.Join(names, " ") + " }"
}

var refusals = []string{string(domain.CodeForbidden), string(domain.CodeNotFound), string(domain.CodeBadRequest)}

// mustRefuse expects an error and nothing else. A filter may also find nothing, and a token that somebody else used
// says nothing to its user.
func (w *tenants) mustRefuse(t *testing.T, name string, s slot, answer *gatewaytest.Answer) {
	t.Helper()
	w.mustNotLeak(t, name, w.foreign[s.kind], answer)
	for _, err := range answer.Errors {
		if !slices.Contains(refusals, err.Extensions.Code) {
			t.Errorf("%s, foreign: %+v", name, err)
		}
	}
	if len(answer.Errors) > 0 {
		if string(answer.Data) != "null" && len(answer.Data) > 0 {
			t.Errorf("%s, foreign: refused and answered: %s", name, answer.Data)
		}
		return
	}
	positive := slices.Contains([]string{"eq", "in", "some"}, s.path[len(s.path)-1])
	switch {
	case s.kind == aToken:
	case s.path[0] != "filter":
		t.Errorf("%s, foreign: not refused: %.300s", name, answer.Data)
	case positive && !slices.Contains(s.path, "none") && !slices.Contains(s.path, "every") && holdsAny(answer.Data):
		t.Errorf("%s, foreign: found something: %.300s", name, answer.Data)
	}
}

// holdsAny reports whether a page of cards or groups has anything on it.
func holdsAny(data json.RawMessage) bool { return holds(data, "nodes") || holds(data, "rows") }

func (w *tenants) mustWork(t *testing.T, name, id string, answer *gatewaytest.Answer) {
	t.Helper()
	w.mustNotLeak(t, name, "", answer)
	if len(answer.Errors) > 0 {
		t.Errorf("%s, own %s: %+v", name, id, answer.Errors)
	}
}

func (w *tenants) mustNotLeak(t *testing.T, name, sent string, answer *gatewaytest.Answer) {
	t.Helper()
	text := fmt.Sprintf("%s %+v", answer.Data, answer.Errors)
	if secret := w.leak(text, sent); secret != "" {
		t.Errorf("%s: the answer holds %q of the foreign organisation: %.500s", name, secret, text)
	}
	if sent != "" && strings.Contains(string(answer.Data), sent) {
		t.Errorf("%s: the data holds the foreign id that was sent: %.500s", name, answer.Data)
	}
}

// tryNamed tries what is foreign by name, and fields that take ids further down.
func (w *tenants) tryNamed(t *testing.T) {
	t.Helper()
	own := w.newScratch(t)
	for name, document := range map[string]string{
		"by key":            `{ card(key: "` + foreignCardKey + `", organisationKey: "` + foreignOrganisationKey + `") { title } }`,
		"by key alone":      `{ card(key: "` + foreignCardKey + `") { title } }`,
		"own organisation":  `{ card(key: "` + foreignCardKey + `", organisationKey: "` + w.Demo.Organisation.Key + `") { title } }`,
		"numbers":           `{ cardAggregate(groupBy: [{ dimension: BOARD }]) { rows { number(field: "NUMBER") { sum } } } }`,
		"numbers of totals": `{ cardAggregate(groupBy: [{ dimension: BOARD }]) { totals { number(field: "NUMBER") { sum } } } }`,
		"filter of a webhook": `mutation { webhookCreate(input: { workspaceId: "SPACE", name: "Hears", url: "http://127.0.0.1:1/",
			cardFilter: { customFields: [{ id: "NUMBER", number: { gt: 1 } }] } }) { secret } }`,
		"order of a relation": `{ board(id: "BOARD") { cards(orderBy: [{ customField: "NUMBER" }]) { nodes { title } } } }`,
	} {
		document = strings.NewReplacer("NUMBER", w.foreign[aNumberField], "BOARD\"", own.own[aBoard][0]+"\"", "SPACE", own.own[aWorkspace][0]).Replace(document)
		for _, key := range []string{own.key, w.Facts.PersonalKey} {
			answer := w.Query(key, document, nil)
			w.mustNotLeak(t, name, w.foreign[aNumberField], answer)
			if len(answer.Errors) != 1 || !slices.Contains(refusals, answer.Errors[0].Extensions.Code) {
				t.Errorf("%s: not refused: %s %+v", name, answer.Data, answer.Errors)
			}
		}
	}
}

// tryNobody asks every root field that is not public without a key, and with the key of somebody who left.
func (w *tenants) tryNobody(t *testing.T, schema *ast.Schema) {
	t.Helper()
	left := w.newScratch(t)
	if _, err := w.db.ExecContext(t.Context(), "DELETE FROM workspace_members WHERE workspace_id = '"+left.own[aWorkspace][0]+"'"); err != nil {
		t.Fatal(err)
	}
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
		for _, field := range root.Fields {
			if strings.HasPrefix(field.Name, "__") || field.Directives.ForName("public") != nil {
				continue
			}
			arguments := map[string]any{}
			for _, a := range field.Arguments {
				if err := fill(schema, field.Name, arguments, a.Type, a.DefaultValue, []string{a.Name}, left); err != nil {
					t.Fatal(err)
				}
			}
			for key, code := range map[string]domain.Code{"": domain.CodeUnauthorized, left.key: domain.CodeForbidden} {
				answer := w.Query(key, callOf(schema, root, field), arguments)
				if len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != string(code) || len(answer.Data) > len(`{"":null}`)+len(field.Name) {
					t.Errorf("%s, %s expected: %s %+v", field.Name, code, answer.Data, answer.Errors)
				}
			}
		}
	}
}
