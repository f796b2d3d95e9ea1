package rest

import (
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"kanera.dev/domain"
)

// parameter is a variable of a stored operation as a request gives it.
type parameter struct {
	name     string
	from     source
	typ      *ast.Type
	schema   *ast.Schema
	required bool // refused when absent
	fallback any  // value when absent; nil for none
	min, max *int // of a whole number
	clamp    *int
	code     domain.Code // of a refusal
	about    string      // description of what the variable feeds
}

// source is where a parameter comes from.
type source int

const (
	fromPath source = iota
	fromQuery
	fromBody
)

func newParameter(variable *ast.VariableDefinition, schema *ast.Schema) (*parameter, error) {
	p := &parameter{name: variable.Variable, typ: variable.Type, schema: schema, code: domain.CodeValidation}
	p.required = variable.Type.NonNull && variable.DefaultValue == nil
	if err := readable(variable.Type, schema, nil); err != nil {
		return nil, err
	}
	if variable.DefaultValue != nil {
		value, err := variable.DefaultValue.Value(nil)
		if err != nil {
			return nil, fmt.Errorf("default: %w", err)
		}
		p.fallback = value
	}
	for _, directive := range variable.Directives {
		switch directive.Name {
		case "present":
			p.required = true
		case "notNull":
			typ := *variable.Type
			typ.NonNull = true
			p.typ = &typ
		case "refuse":
			p.code = domain.Code(directive.Arguments.ForName("code").Value.Raw)
			if statuses[p.code] == 0 {
				return nil, fmt.Errorf("%s is no known code", p.code)
			}
		case "range":
			p.min, p.max = whole(directive, "min"), whole(directive, "max")
		case "about":
			p.about = directive.Arguments.ForName("text").Value.Raw
		case "clamp":
			p.clamp = whole(directive, "max")
		}
	}
	return p, nil
}

func whole(directive *ast.Directive, name string) *int {
	argument := directive.Arguments.ForName(name)
	if argument == nil {
		return nil
	}
	n, err := strconv.Atoi(argument.Value.Raw)
	if err != nil {
		return nil
	}
	return &n
}

// fitsURL reports whether text can say all that the parameter takes: one value, or in a query string a list of texts.
func (p *parameter) fitsURL() bool {
	if p.typ.Elem != nil {
		return p.from == fromQuery && p.typ.Elem.NamedType == "String"
	}
	return p.schema.Types[p.typ.Name()].Kind != ast.InputObject
}

// readable refuses input types that no reader exists for, before a request meets them.
func readable(typ *ast.Type, schema *ast.Schema, seen map[string]bool) error {
	definition := schema.Types[typ.Name()]
	switch {
	case definition.Kind == ast.Scalar && scalars[typ.Name()] == nil:
		return fmt.Errorf("no reader for the scalar %s", typ.Name())
	case definition.Kind != ast.InputObject || seen[typ.Name()]:
		return nil
	}
	deeper := map[string]bool{typ.Name(): true}
	for name := range seen {
		deeper[name] = true
	}
	for _, field := range definition.Fields {
		if err := readable(field.Type, schema, deeper); err != nil {
			return fmt.Errorf("%s: %w", field.Name, err)
		}
	}
	return nil
}

// argument is one argument of a field of a stored document.
type argument struct {
	name       string
	value      *ast.Value
	definition *ast.ArgumentDefinition
}

func argumentsOf(field *ast.Field) (out []argument) {
	for _, a := range field.Arguments {
		out = append(out, argument{a.Name, a.Value, field.Definition.Arguments.ForName(a.Name)})
	}
	return out
}

// describe gives every parameter the description of the argument or input member it feeds.
func (p *plan) describe() {
	for _, a := range p.arguments {
		p.describeValue(a.value, a.definition.Description)
	}
}

func (p *plan) describeValue(value *ast.Value, about string) {
	if value.Kind == ast.Variable {
		if parameter := p.parameter(value.Raw); parameter != nil && parameter.about == "" {
			parameter.about = about
		}
		return
	}
	for _, child := range value.Children {
		if value.Kind == ast.ObjectValue && value.Definition != nil {
			if field := value.Definition.Fields.ForName(child.Name); field != nil {
				p.describeValue(child.Value, field.Description)
			}
		}
	}
}

// restPath turns the path of an issue, which starts at an argument of the document, into the path a REST caller
// knows: it starts at the body member or query parameter that feeds the argument. Path parameters and the whole
// input are the empty path.
func (p *plan) restPath(path []any) []any {
	for from := range path {
		for _, a := range p.arguments {
			if a.name == path[from] {
				return p.through(a.value, path[from+1:])
			}
		}
	}
	return append([]any{}, path...)
}

func (p *plan) through(value *ast.Value, rest []any) []any {
	switch value.Kind {
	case ast.Variable:
		if parameter := p.parameter(value.Raw); parameter == nil || parameter.from == fromPath {
			return []any{}
		}
		return append([]any{value.Raw}, rest...)
	case ast.ObjectValue:
		if len(rest) == 0 {
			return []any{}
		}
		if name, ok := rest[0].(string); ok {
			if child := value.Children.ForName(name); child != nil {
				return p.through(child, rest[1:])
			}
		}
		return append([]any{}, rest...)
	}
	return []any{}
}
