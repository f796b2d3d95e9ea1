package rest

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"kanera.dev/domain"
)

// read checks a raw value and brings it to the form the executor takes. It reports whether the variable is set.
func (p *parameter) read(value any, given bool, checks *issues) (any, bool) {
	c := coercion{schema: p.schema, issues: checks}
	if !given {
		if p.required {
			c.missing(p.typ, p.path())
		}
		return p.fallback, p.fallback != nil
	}
	read := c.value(p.typ, value, p.path())
	if n, ok := read.(int64); ok {
		return p.bounded(n, checks), true
	}
	return read, true
}

// path is where issues of the parameter itself point: nowhere for a part of the path.
func (p *parameter) path() []any {
	if p.from == fromPath {
		return []any{}
	}
	return []any{p.name}
}

func (p *parameter) bounded(n int64, checks *issues) int64 {
	switch {
	case p.min != nil && n < int64(*p.min):
		checks.add(domain.TooSmall("number", *p.min, p.path()...))
	case p.max != nil && n > int64(*p.max):
		checks.add(domain.TooBig("number", *p.max, p.path()...))
	case p.clamp != nil:
		return min(n, int64(*p.clamp))
	}
	return n
}

// issues collects what is wrong with a request, so that a caller learns all of it at once.
type issues struct{ found []domain.Issue }

func (i *issues) add(issue domain.Issue) { i.found = append(i.found, issue) }

// coercion reads JSON values by their declared GraphQL types.
type coercion struct {
	schema *ast.Schema
	issues *issues
}

func (c coercion) value(typ *ast.Type, value any, path []any) any {
	definition := c.schema.Types[typ.Name()]
	switch {
	case value == nil && typ.NonNull:
		c.missing(typ, path)
		return nil
	case value == nil:
		return nil
	case typ.Elem != nil:
		return c.list(typ, value, path)
	case definition.Kind == ast.InputObject:
		return c.object(definition, value, path)
	case definition.Kind == ast.Enum:
		return c.enum(definition, value, path)
	}
	read, issue := scalars[typ.Name()](value)
	if issue != nil {
		issue.Path = path
		c.issues.add(*issue)
	}
	return read
}

func (c coercion) list(typ *ast.Type, value any, path []any) any {
	elements, ok := value.([]any)
	if !ok {
		c.issues.add(domain.WrongType("array", path...))
		return nil
	}
	out := make([]any, len(elements))
	for i, element := range elements {
		out[i] = c.value(typ.Elem, element, deeper(path, i))
	}
	return out
}

// object reads the members that the input type knows and drops the others.
func (c coercion) object(definition *ast.Definition, value any, path []any) any {
	members, ok := value.(map[string]any)
	if !ok {
		c.issues.add(domain.WrongType("object", path...))
		return nil
	}
	out := make(map[string]any, len(members))
	for _, field := range definition.Fields {
		member, given := members[field.Name]
		switch {
		case given:
			out[field.Name] = c.value(field.Type, member, deeper(path, field.Name))
		case field.Type.NonNull && field.DefaultValue == nil:
			c.missing(field.Type, deeper(path, field.Name))
		}
	}
	return out
}

func (c coercion) enum(definition *ast.Definition, value any, path []any) any {
	legal := legalValues(definition)
	text, ok := value.(string)
	at := slices.Index(legal, text)
	if !ok || at < 0 {
		c.issues.add(domain.WrongValue(legal, path...))
		return nil
	}
	return definition.EnumValues[at].Name
}

// missing says that a value is needed.
func (c coercion) missing(typ *ast.Type, path []any) {
	definition, expected := c.schema.Types[typ.Name()], jsonTypes[typ.Name()]
	switch {
	case typ.Elem != nil:
		expected = "array"
	case definition.Kind == ast.Enum:
		c.issues.add(domain.WrongValue(legalValues(definition), path...))
		return
	case definition.Kind == ast.InputObject:
		expected = "object"
	}
	c.issues.add(domain.WrongType(expected, path...))
}

// jsonTypes names the JSON type of each scalar, as issues do.
var jsonTypes = map[string]string{
	"ID": "string", "String": "string", "Int": "number", "Boolean": "boolean", "Date": "string", "Decimal": "number",
}

// legalValues spells the values of an enumeration the way of this door.
func legalValues(enum *ast.Definition) []string {
	legal := make([]string, len(enum.EnumValues))
	for i, value := range enum.EnumValues {
		legal[i] = domain.Camel(value.Name)
	}
	return legal
}

func deeper(path []any, step any) []any { return append(slices.Clip(path), step) }

var (
	idForm   = regexp.MustCompile(`^(?i:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$`)
	dateForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
)

// scalars reads the scalars of the schema that stored operations take.
var scalars = map[string]func(any) (any, *domain.Issue){
	"ID":      readID,
	"String":  readString,
	"Int":     readInt,
	"Boolean": readBoolean,
	"Date":    readDate,
	"Decimal": readDecimal,
}

func refuse(issue domain.Issue) (any, *domain.Issue) { return nil, &issue }

func readString(value any) (any, *domain.Issue) {
	if text, ok := value.(string); ok {
		return text, nil
	}
	return refuse(domain.WrongType("string"))
}

func readID(value any) (any, *domain.Issue) {
	text, ok := value.(string)
	if !ok {
		return refuse(domain.WrongType("string"))
	}
	if !idForm.MatchString(text) {
		return refuse(domain.WrongFormat("uuid", ""))
	}
	return text, nil
}

func readDate(value any) (any, *domain.Issue) {
	text, ok := value.(string)
	if !ok {
		return refuse(domain.WrongType("string"))
	}
	if !dateForm.MatchString(text) {
		return refuse(domain.WrongFormat("regex", "/"+dateForm.String()+"/"))
	}
	if _, err := domain.ParseDate(text); err != nil {
		return refuse(domain.WrongFormat("date", ""))
	}
	return text, nil
}

func readBoolean(value any) (any, *domain.Issue) {
	if yes, ok := value.(bool); ok {
		return yes, nil
	}
	return refuse(domain.WrongType("boolean"))
}

// readInt takes whole numbers of 32 bits, however they are written (5, 5.0, 5e0).
func readInt(value any) (any, *domain.Issue) {
	text, ok := value.(json.Number)
	if !ok {
		return refuse(domain.WrongType("number"))
	}
	number, err := strconv.ParseFloat(text.String(), 64)
	switch {
	case err != nil || number > math.MaxInt32:
		return refuse(domain.TooBig("number", math.MaxInt32))
	case number < math.MinInt32:
		return refuse(domain.TooSmall("number", math.MinInt32))
	case number != math.Trunc(number):
		return refuse(domain.WrongType("int"))
	}
	return int64(number), nil
}

// readDecimal takes a number or a numeric text and keeps every digit.
func readDecimal(value any) (any, *domain.Issue) {
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	default:
		return refuse(domain.WrongType("number"))
	}
	number, err := domain.ParseDecimal(text)
	if err != nil {
		return refuse(domain.WrongType("number"))
	}
	return string(number), nil
}
