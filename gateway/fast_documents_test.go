package gateway_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// author writes documents that nobody would think of, but that are valid.
type author struct {
	*rand.Rand
	schema    *ast.Schema
	values    map[string][]string // what arguments of a type, or of a field.argument, may be
	fragments []string
	aliases   int
	switches  int
}

// document is one query with variables that switch fields on and off.
func (a *author) document() string {
	a.fragments, a.aliases, a.switches = nil, 0, 0
	text := a.selection(a.schema.Query, 0) + "\n" + strings.Join(a.fragments, "\n")
	var variables []string
	for _, variable := range []string{"$yes: Boolean = true", "$no: Boolean!", "$few: Int"} {
		if name, _, _ := strings.Cut(variable, ":"); strings.Contains(text, name) {
			variables = append(variables, variable)
		}
	}
	if len(variables) == 0 {
		return text
	}
	return "query (" + strings.Join(variables, ", ") + ") " + text
}

// selection picks some fields of a type.
func (a *author) selection(of *ast.Definition, depth int) string {
	var b strings.Builder
	b.WriteString("{ ")
	picked := 0
	most := 5
	if depth == 0 {
		most = 2
	}
	for picked == 0 {
		if a.aliases >= 50 || a.switches >= 40 {
			b.WriteString("__typename ")
			break
		}
		for _, at := range a.Perm(len(of.Fields)) {
			if field := of.Fields[at]; picked < most && a.aliases < 50 && a.switches < 40 && a.IntN(3) > 0 && a.wanted(of, field, depth) {
				b.WriteString(a.field(of, field, depth) + " ")
				picked++
			}
		}
		if of.Kind == ast.Union || of.Kind == ast.Interface || a.IntN(5) == 0 {
			b.WriteString("__typename ")
			picked++
		}
	}
	b.WriteString(a.spreads(of, depth))
	return b.String() + "}"
}

// wanted leaves out what differs from one moment to the next, and what is too deep to say.
func (a *author) wanted(of *ast.Definition, field *ast.FieldDefinition, depth int) bool {
	if field.Name == "card" && a.IntN(4) > 0 || strings.HasPrefix(field.Name, "__") || of.Name == "Query" && field.Name == "rateLimit" {
		return false
	}
	deepest := 6
	if depth >= deepest && a.schema.Types[field.Type.Name()].IsCompositeType() {
		return false
	}
	for _, argument := range field.Arguments {
		if argument.Type.NonNull && argument.DefaultValue == nil && a.argument(of, field, argument) == "" {
			return false
		}
	}
	return true
}

func (a *author) field(of *ast.Definition, field *ast.FieldDefinition, depth int) string {
	var given []string
	for _, argument := range field.Arguments {
		value := a.argument(of, field, argument)
		if value != "" && (argument.Type.NonNull || a.IntN(3) == 0 || argument.Name == "first" || argument.Name == "id") {
			given = append(given, argument.Name+": "+value)
		}
	}
	text := field.Name
	if len(field.Arguments) > 0 || a.IntN(8) == 0 {
		a.aliases++
		text = fmt.Sprintf("a%d: %s", a.aliases, field.Name)
	}
	if len(given) > 0 {
		text += "(" + strings.Join(given, ", ") + ")"
	}
	which := a.IntN(16)
	if which < 3 {
		a.switches++
	}
	switch which {
	case 0:
		text += " @include(if: $yes)"
	case 1:
		text += " @skip(if: $no)"
	case 2:
		text += " @include(if: $no)"
	}
	if inner := a.schema.Types[field.Type.Name()]; inner.IsCompositeType() {
		text += " " + a.selection(inner, depth+1)
	}
	return text
}

func (a *author) argument(of *ast.Definition, field *ast.FieldDefinition, argument *ast.ArgumentDefinition) string {
	for _, key := range []string{of.Name + "." + field.Name + "." + argument.Name, argument.Name, argument.Type.Name()} {
		if values := a.values[key]; len(values) > 0 {
			return values[a.IntN(len(values))]
		}
	}
	return ""
}

// spreads says some of a selection through fragments.
func (a *author) spreads(of *ast.Definition, depth int) string {
	var b strings.Builder
	for _, possible := range a.schema.GetPossibleTypes(of) {
		if of.Kind == ast.Object && a.IntN(6) > 0 || len(a.fragments) > 6 || depth > 5 {
			continue
		}
		selection := a.selection(possible, depth+1)
		if a.IntN(2) == 0 {
			b.WriteString("... on " + possible.Name + " " + selection + " ")
			continue
		}
		name := fmt.Sprintf("F%d", len(a.fragments))
		a.fragments = append(a.fragments, "fragment "+name+" on "+possible.Name+" "+selection)
		b.WriteString("..." + name + " ")
	}
	return b.String()
}
