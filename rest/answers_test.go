package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// Whatever the executor may answer to a row is written as the description says, and comes back unchanged in
// meaning: every row is given random answers that the schema allows.
func TestAnswersFitTheDescription(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t, nil)
	doc := description(t, api)
	for _, p := range api.plans {
		t.Run(p.route.Method+" "+p.route.Pattern+" "+p.route.When, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(40) {
				checkAnswer(t, api, doc, p, seed)
			}
		})
	}
}

func checkAnswer(t *testing.T, api *API, doc object, p *plan, seed uint64) {
	t.Helper()
	g := &answers{schema: api.library.schema, random: rand.New(rand.NewPCG(seed, 1))}
	g.object(p.document.Operations[0].SelectionSet, "")
	body, err := p.write(g.out.Bytes(), map[string]any{"cardLimit": 1, "cardOffset": 0})
	if err != nil {
		t.Fatalf("%s: %v", g.out.Bytes(), err)
	}
	if p.route.Status == 204 {
		return
	}
	schema := at(doc, "#/paths").(object)[p.route.Pattern].(object)[strings.ToLower(p.route.Method)].(object)["responses"].(object)[strconv.Itoa(p.route.Status)].(object)["content"].(object)["application/json"].(object)["schema"]
	if p.body.fragment != "" && p.body.typ.Elem == nil {
		schema = reference(p.body.fragment)
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	if wrong := misfit(doc, schema.(object), value); wrong != "" {
		t.Fatalf("%s\n%s", wrong, body)
	}
}

// answers writes a random answer to a selection, in the order of the selection as executors do.
type answers struct {
	schema *ast.Schema
	random *rand.Rand
	out    bytes.Buffer
}

func (g *answers) object(set ast.SelectionSet, concrete string) {
	g.out.WriteByte('{')
	g.fields(set, concrete)
	g.out.WriteByte('}')
}

func (g *answers) fields(set ast.SelectionSet, concrete string) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.InlineFragment:
			if s.TypeCondition == concrete {
				g.fields(s.SelectionSet, concrete)
			}
		case *ast.Field:
			if last := g.out.Bytes()[g.out.Len()-1]; last != '{' {
				g.out.WriteByte(',')
			}
			fmt.Fprintf(&g.out, "%q:", s.Alias)
			g.value(s.Definition.Type, s.SelectionSet)
		}
	}
}

func (g *answers) value(typ *ast.Type, set ast.SelectionSet) {
	definition := g.schema.Types[typ.Name()]
	switch {
	case !typ.NonNull && g.random.IntN(3) == 0:
		g.out.WriteString("null")
	case typ.Elem != nil:
		g.out.WriteByte('[')
		for i := range g.random.IntN(4) {
			if i > 0 {
				g.out.WriteByte(',')
			}
			g.value(typ.Elem, set)
		}
		g.out.WriteByte(']')
	case definition.Kind == ast.Enum:
		fmt.Fprintf(&g.out, "%q", definition.EnumValues[g.random.IntN(len(definition.EnumValues))].Name)
	case definition.IsLeafType():
		g.out.WriteString(g.leaf(typ.Name()))
	case definition.IsAbstractType():
		possible := g.schema.PossibleTypes[definition.Name]
		g.object(set, possible[g.random.IntN(len(possible))].Name)
	default:
		g.object(set, definition.Name)
	}
}

func (g *answers) leaf(name string) string {
	switch name {
	case "Int":
		return strconv.Itoa(g.random.IntN(3))
	case "Float":
		return "1.5"
	case "Boolean":
		return strconv.FormatBool(g.random.IntN(2) == 0)
	case "JSON":
		return `{"a":[{"b":"}"}]}`
	}
	return []string{`""`, `"a\"}]"`, `"ANY_TIME"`}[g.random.IntN(3)]
}

// misfit says where a value differs from its schema; nothing when it does not. Objects may have no members that
// the schema does not name.
func misfit(doc, schema object, value any) string {
	if ref, ok := schema["$ref"].(string); ok {
		return misfit(doc, at(doc, ref).(object), value)
	}
	if either, ok := schema["anyOf"].([]any); ok {
		if slices.ContainsFunc(either, func(s any) bool { return misfit(doc, s.(object), value) == "" }) {
			return ""
		}
		return fmt.Sprintf("%v fits none of %v", value, either)
	}
	if legal, ok := schema["enum"].([]any); ok && !slices.Contains(legal, value) {
		return fmt.Sprintf("%v is none of %v", value, legal)
	}
	if constant, ok := schema["const"]; ok && constant != value {
		return fmt.Sprintf("%v is not %v", value, constant)
	}
	if !typeFits(schema["type"], value) {
		return fmt.Sprintf("%v is no %v", value, schema["type"])
	}
	switch v := value.(type) {
	case []any:
		for _, element := range v {
			if wrong := misfit(doc, schema["items"].(object), element); wrong != "" {
				return wrong
			}
		}
	case object:
		return membersMisfit(doc, schema, v)
	}
	return ""
}

func membersMisfit(doc, schema object, value object) string {
	properties, known := schema["properties"].(object)
	if !known {
		return ""
	}
	for _, name := range anyList(schema["required"]) {
		if _, ok := value[name.(string)]; !ok {
			return fmt.Sprintf("%s is missing", name)
		}
	}
	for name, member := range value {
		property, ok := properties[name].(object)
		if !ok {
			return name + " is not described"
		}
		if wrong := misfit(doc, property, member); wrong != "" {
			return name + ": " + wrong
		}
	}
	return ""
}

func typeFits(types, value any) bool {
	if types == nil {
		return true
	}
	is := "object"
	switch v := value.(type) {
	case nil:
		is = "null"
	case bool:
		is = "boolean"
	case string:
		is = "string"
	case []any:
		is = "array"
	case float64:
		is = "number"
		if v == float64(int64(v)) && types != "number" {
			is = "integer"
		}
	}
	return types == is || slices.Contains(anyList(types), any(is))
}

// A board of 100 cards, as clients open it.
func BenchmarkShapeOpenBoard(b *testing.B) {
	api, _ := newAPI(b, nil)
	var p *plan
	for _, candidate := range api.plans {
		if candidate.route.Operation == "openBoard" {
			p = candidate
		}
	}
	const card = `{"id":"0190c0de-0000-7000-8000-000000000001","workspaceId":"0190c0de-0000-7000-8000-000000000001","organisationKey":"0A1B2C3D4E5F6071","number":4,"key":"GARDEN-4","listId":"0190c0de-0000-7000-8000-000000000001","boardId":"0190c0de-0000-7000-8000-000000000001","title":"Plant basil","position":"1000.0000000000","createdAt":"2030-03-04T09:00:00.000Z","updatedAt":"2030-03-04T09:00:00.000Z","dueDate":{"dueDateLocalDate":"2030-01-01","dueDateSlot":"MORNING","dueDateTimezone":"UTC"},"completedAt":null,"archivedAt":null,"coverAttachmentId":null,"hasDescription":true,"labelIds":["0190c0de-0000-7000-8000-000000000001"],"assigneeIds":[],"customFieldValues":[{"cardId":"1","fieldId":"2","updatedAt":"3","valueText":"bed 3"}]}`
	g := &answers{schema: api.library.schema, random: rand.New(rand.NewPCG(1, 1))}
	g.object(p.document.Operations[0].SelectionSet, "")
	data := g.out.String()
	from := strings.Index(data, `"cards":[`) + len(`"cards":[`)
	to := from + strings.Index(data[from:], `],"pageInfo"`)
	data = data[:from] + card + strings.Repeat(","+card, 99) + data[to:]
	b.SetBytes(int64(len(data)))
	answered := []byte(data)
	for b.Loop() {
		body, err := p.write(answered, map[string]any{"cardLimit": 100, "cardOffset": 0})
		if err != nil {
			b.Fatal(err)
		}
		p.recycle(body)
	}
}
