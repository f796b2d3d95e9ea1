package rest

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"kanera.dev/domain"
)

// projector compiles a selection twice at once: into what the executor runs, free of our directives and of
// fragments, and into how its answer is written.
type projector struct {
	*library
	plan *plan
}

// body follows the field down to the one marked with @body; the fields on the way have no siblings.
func (c *projector) body(field *ast.Field) (*ast.Field, error) {
	for _, directive := range field.Directives {
		if directive.Name != "body" {
			return nil, fmt.Errorf("%s: @%s is out of place", field.Alias, directive.Name)
		}
	}
	c.plan.arguments = append(c.plan.arguments, argumentsOf(field)...)
	c.plan.path = append(c.plan.path, quoted(field.Alias))
	if len(field.SelectionSet) == 1 && field.Directives.ForName("body") == nil && marked(field.SelectionSet) {
		below, ok := field.SelectionSet[0].(*ast.Field)
		if !ok {
			return nil, fmt.Errorf("%s: the way to @body leads through fields only", field.Alias)
		}
		run, err := c.body(below)
		if err != nil {
			return nil, err
		}
		return bareField(field, ast.SelectionSet{run}), nil
	}
	shape, run, err := c.value(field)
	c.plan.body = shape
	return run, err
}

// marked reports whether @body stands somewhere below; a @body beside other fields is refused later, as a
// directive out of place.
func marked(set ast.SelectionSet) bool {
	for _, selection := range set {
		if field, ok := selection.(*ast.Field); ok {
			if field.Directives.ForName("body") != nil || marked(field.SelectionSet) {
				return true
			}
		}
	}
	return false
}

// value compiles what a field answers.
func (c *projector) value(field *ast.Field) (*shape, *ast.Field, error) {
	kind := c.schema.Types[field.Definition.Type.Name()]
	s := &shape{typ: field.Definition.Type}
	if kind.Kind == ast.Enum {
		s.enum = spellings(kind)
	}
	if kind.IsLeafType() {
		s.raw = s.enum == nil
		return s, bareField(field, nil), nil
	}
	s.fragment = representation(field.SelectionSet)
	members, run, err := c.object(field.SelectionSet, kind)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", field.Alias, err)
	}
	s.members, s.raw = members, allRaw(members)
	return s, bareField(field, run), nil
}

// object compiles the selection of one object and checks that its names are unique, in the answer and in the body.
func (c *projector) object(set ast.SelectionSet, parent *ast.Definition) ([]member, ast.SelectionSet, error) {
	members, run, err := c.selection(set, parent, scope{})
	if err != nil {
		return nil, nil, err
	}
	if name := twice(answered(members)); name != "" {
		return nil, nil, fmt.Errorf("%s is selected twice", name)
	}
	if len(run) == 0 {
		return nil, nil, fmt.Errorf("nothing is selected")
	}
	return members, run, nil
}

// scope is what a selection inherits from the fragments around it.
type scope struct {
	narrow  bool     // only some concrete types have the fields
	without omission // which members are left out
}

func (c *projector) selection(set ast.SelectionSet, parent *ast.Definition, in scope) ([]member, ast.SelectionSet, error) {
	var members []member
	var run ast.SelectionSet
	for _, selection := range set {
		var more []member
		var runs ast.SelectionSet
		var err error
		switch s := selection.(type) {
		case *ast.Field:
			more, runs, err = c.field(s, in)
		case *ast.InlineFragment:
			more, runs, err = c.fragment(s.SelectionSet, s.TypeCondition, "", s.Directives, parent, in)
		case *ast.FragmentSpread:
			f := c.fragments[s.Name]
			more, runs, err = c.fragment(f.SelectionSet, f.TypeCondition, f.Name, s.Directives, parent, in)
		}
		if err != nil {
			return nil, nil, err
		}
		members, run = append(members, more...), append(run, runs...)
	}
	if name := twice(written(members)); name != "" {
		return nil, nil, fmt.Errorf("%s is written twice", name)
	}
	return members, run, nil
}

// field compiles one field of an object into one member, or into none that runs when it is a literal.
func (c *projector) field(field *ast.Field, in scope) ([]member, ast.SelectionSet, error) {
	m := member{kind: isField, name: field.Alias, head: append(quoted(field.Alias), ':'), narrow: in.narrow,
		without: in.without, definition: field.Definition}
	if own := field.Directives.ForName("compact"); own != nil {
		m.without = omissionOf(own)
	}
	for _, directive := range field.Directives {
		switch directive.Name {
		case "constant", "echo":
			return c.literal(field, m, directive)
		case "spread":
			m.kind = isSpread
		case "compact":
		default:
			return nil, nil, fmt.Errorf("%s: @%s is out of place", field.Alias, directive.Name)
		}
	}
	c.plan.arguments = append(c.plan.arguments, argumentsOf(field)...)
	shape, run, err := c.value(field)
	if err != nil {
		return nil, nil, err
	}
	if m.kind == isSpread {
		if shape.members == nil || shape.typ.Elem != nil {
			return nil, nil, fmt.Errorf("%s: only objects are spread", field.Alias)
		}
		inherit(shape.members, m.without)
	}
	m.shape = shape
	return []member{m}, ast.SelectionSet{run}, nil
}

func (c *projector) literal(field *ast.Field, m member, directive *ast.Directive) ([]member, ast.SelectionSet, error) {
	text := directive.Arguments[0].Value.Raw
	m.kind = isConstant
	if field.Name != "__typename" {
		return nil, nil, fmt.Errorf("%s: @%s stands on __typename", field.Alias, directive.Name)
	}
	if directive.Name == "echo" {
		m.kind, m.echo = isEcho, c.plan.parameter(text)
		if m.echo == nil {
			return nil, nil, fmt.Errorf("%s: there is no variable $%s", field.Alias, text)
		}
		return []member{m}, nil, nil
	}
	if !json.Valid([]byte(text)) {
		return nil, nil, fmt.Errorf("%s: %q is no JSON", field.Alias, text)
	}
	m.constant = []byte(text)
	return []member{m}, nil, nil
}

// fragment splices the members of a fragment into the object around it; only a condition on a narrower type
// remains one when it runs.
func (c *projector) fragment(set ast.SelectionSet, condition, name string, directives ast.DirectiveList,
	parent *ast.Definition, in scope,
) ([]member, ast.SelectionSet, error) {
	if condition != "" && condition != parent.Name && parent.IsAbstractType() {
		in.narrow = true
	}
	for _, directive := range directives {
		switch directive.Name {
		case "compact":
			in.without = omissionOf(directive)
		case "nest":
		default:
			return nil, nil, fmt.Errorf("@%s is out of place", directive.Name)
		}
	}
	inside := parent
	if in.narrow && condition != "" {
		inside = c.schema.Types[condition]
	}
	nest := directives.ForName("nest")
	if nest != nil {
		in.without = omitNothing
	}
	members, run, err := c.selection(set, inside, in)
	if err != nil {
		return nil, nil, err
	}
	if inside != parent {
		run = ast.SelectionSet{&ast.InlineFragment{TypeCondition: condition, SelectionSet: run, ObjectDefinition: parent}}
	}
	if nest != nil {
		as := nest.Arguments[0].Value.Raw
		members = []member{{kind: isNest, name: as, head: append(quoted(as), ':'),
			shape: &shape{typ: ast.NonNullNamedType(inside.Name, nil), fragment: name, members: members}}}
	}
	return members, run, nil
}

// representation names the fragment that is the whole selection; empty when there is none.
func representation(set ast.SelectionSet) string {
	if len(set) == 1 {
		if spread, ok := set[0].(*ast.FragmentSpread); ok && len(spread.Directives) == 0 {
			return spread.Name
		}
	}
	return ""
}

// inherit passes @compact of a spread field on to its members.
func inherit(members []member, without omission) {
	for i := range members {
		if members[i].without == omitNothing {
			members[i].without = without
		}
		if members[i].kind == isSpread {
			inherit(members[i].shape.members, without)
		}
	}
}

// spellings maps the values of an enumeration, as JSON, to their spelling at this door.
func spellings(enum *ast.Definition) map[string]string {
	out := make(map[string]string, len(enum.EnumValues))
	for _, value := range enum.EnumValues {
		out[strconv.Quote(value.Name)] = strconv.Quote(domain.Camel(value.Name))
	}
	return out
}

// bareField copies a field without our directives.
func bareField(field *ast.Field, set ast.SelectionSet) *ast.Field {
	bare := *field
	bare.Directives, bare.SelectionSet = nil, set
	return &bare
}

func quoted(name string) []byte { return []byte(strconv.Quote(name)) }

func omissionOf(directive *ast.Directive) omission {
	if when := directive.Arguments.ForName("when"); when != nil && when.Value.Raw == "NULL" {
		return omitNull
	}
	return omitEmpty
}
