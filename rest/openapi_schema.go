package rest

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// builder collects the schemas that operations refer to: fragments, input types and enumerations by their names.
type builder struct {
	*library
	schemas object
}

func reference(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func responseReference(name string) object { return object{"$ref": "#/components/responses/" + name} }

// output describes a value of an answer as it is written.
func (b *builder) output(s *shape) object { return b.outputOf(s, s.typ) }

func (b *builder) outputOf(s *shape, typ *ast.Type) object {
	var out object
	switch {
	case typ.Elem != nil:
		out = object{"type": "array", "items": b.outputOf(s, typ.Elem)}
	case s.members != nil && s.fragment != "":
		out = b.named(s.fragment, func() object { return b.members(s) })
	case s.members != nil:
		out = b.members(s)
	default:
		out = b.leaf(typ.Name(), false)
	}
	if !typ.NonNull {
		return nullable(out)
	}
	return out
}

// named makes a schema a component of its own, once.
func (b *builder) named(name string, schema func() object) object {
	if _, ok := b.schemas[name]; !ok {
		b.schemas[name] = object{}
		b.schemas[name] = schema()
	}
	return reference(name)
}

func (b *builder) members(s *shape) object {
	properties, required := b.properties(s.members, false)
	out := object{"type": "object", "properties": properties}
	if about := b.schema.Types[s.typ.Name()].Description; about != "" {
		out["description"] = about
	}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// properties describes the members of an object; in a spread that may be null, each may be null.
func (b *builder) properties(members []member, mayBeNull bool) (object, []string) {
	properties, required := object{}, []string{}
	for i := range members {
		m := &members[i]
		if m.kind == isSpread {
			inner, needed := b.properties(m.shape.members, mayBeNull || m.narrow || !m.shape.typ.NonNull)
			maps.Copy(properties, inner)
			required = append(required, needed...)
			continue
		}
		schema := b.property(m)
		if (mayBeNull || m.narrow) && m.without == omitNothing {
			schema = nullable(schema)
		}
		if m.without == omitNothing {
			required = append(required, m.name)
		} else {
			schema = present(schema)
		}
		if m.kind == isField {
			schema = described(schema, m.definition.Description)
		}
		properties[m.name] = schema
	}
	slices.Sort(required)
	return properties, required
}

func (b *builder) property(m *member) object {
	switch m.kind {
	case isConstant:
		return constantSchema(m.constant)
	case isEcho:
		return described(b.input(m.echo.typ), m.echo.about)
	}
	return b.output(m.shape)
}

func constantSchema(raw []byte) object {
	about := "Always `" + string(raw) + "`."
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return object{"description": about}
	}
	switch value.(type) {
	case nil:
		return object{"type": "null", "description": about}
	case bool:
		return object{"type": "boolean", "const": value, "description": about}
	case string:
		return object{"type": "string", "const": value, "description": about}
	case []any:
		return object{"type": "array", "items": object{}, "maxItems": 0, "description": about}
	}
	return object{"const": value, "description": about}
}

// input describes a value of a request.
func (b *builder) input(typ *ast.Type) object {
	definition := b.schema.Types[typ.Name()]
	var out object
	switch {
	case typ.Elem != nil:
		out = object{"type": "array", "items": b.input(typ.Elem)}
	case definition.Kind == ast.InputObject:
		out = b.named(typ.Name(), func() object { return b.inputObject(definition) })
	default:
		out = b.leaf(typ.Name(), true)
	}
	if !typ.NonNull {
		return nullable(out)
	}
	return out
}

func (b *builder) inputObject(definition *ast.Definition) object {
	properties, required := object{}, []string{}
	for _, field := range definition.Fields {
		properties[field.Name] = described(b.input(field.Type), field.Description)
		if field.Type.NonNull && field.DefaultValue == nil {
			required = append(required, field.Name)
		}
	}
	out := object{"type": "object", "description": definition.Description, "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func (b *builder) leaf(name string, input bool) object {
	if definition := b.schema.Types[name]; definition.Kind == ast.Enum {
		return b.named(name, func() object {
			return object{"type": "string", "description": definition.Description, "enum": legalValues(definition)}
		})
	}
	switch name {
	case "ID":
		return object{"type": "string", "format": "uuid"}
	case "DateTime":
		return object{"type": "string", "format": "date-time"}
	case "Date":
		return object{"type": "string", "format": "date"}
	case "Int":
		return object{"type": "integer"}
	case "Float":
		return object{"type": "number"}
	case "Boolean":
		return object{"type": "boolean"}
	case "JSON":
		return object{}
	case "Decimal":
		if input {
			return object{"type": []any{"number", "string"}}
		}
	}
	return object{"type": "string"}
}

// nullable adds null to what a schema allows.
func nullable(schema object) object {
	out := maps.Clone(schema)
	switch typ := schema["type"].(type) {
	case string:
		if typ != "null" {
			out["type"] = []any{typ, "null"}
		}
	case []any:
		if !slices.Contains(typ, any("null")) {
			out["type"] = append(slices.Clone(typ), "null")
		}
	default:
		if schema["$ref"] != nil {
			return object{"anyOf": []any{schema, object{"type": "null"}}}
		}
	}
	return out
}

// present takes null away again: a member that is left out when null is never null.
func present(schema object) object {
	out := maps.Clone(schema)
	if types, ok := schema["type"].([]any); ok {
		types = slices.DeleteFunc(slices.Clone(types), func(t any) bool { return t == "null" })
		out["type"] = types
		if len(types) == 1 {
			out["type"] = types[0]
		}
	}
	if either, ok := schema["anyOf"].([]any); ok {
		if first, ok := either[0].(object); ok {
			return first
		}
	}
	return out
}

func described(schema object, about string) object {
	if about == "" {
		return schema
	}
	out := maps.Clone(schema)
	out["description"] = about
	return out
}
