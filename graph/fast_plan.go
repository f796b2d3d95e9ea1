package graph

import (
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// step is a field that a selection asks for.
type step struct {
	key      []byte // what comes before the value: a brace or comma, the name in the answer, quoted, and a colon
	typename []byte // what __typename answers; nil for every other field
	trait    *trait // nil for __typename
	object   string
	field    graphql.CollectedField
	weight   int      // points, as the bill counts them
	below    [][]step // by the kinds of the trait
}

// planKey is what a plan depends on: the field of a document that stays in memory, and which of the variables that
// switch fields on and off are true.
type planKey struct {
	field    *ast.Field
	switches string
}

// planned is a plan that was looked for.
type planned struct {
	root *step        // nil when the ordinary way has to answer
	size atomic.Int64 // of the last answer, in bytes
}

// planFor returns how to answer a root field the fast way.
func (e *Executor) planFor(operation *graphql.OperationContext, field graphql.CollectedField) *planned {
	key := planKey{field.Field, switchesOf(operation)}
	if known, ok := e.plans.Get(key); ok {
		return known
	}
	p, plan := planner{operation, e.prices}, new(planned)
	if s, ok := p.step(kindQuery, field, '{'); ok && s.trait != nil {
		plan.root = &s
	}
	e.plans.Add(key, plan)
	return plan
}

// switchesOf spells the Boolean variables of an operation, the only ones that @include and @skip can depend on.
func switchesOf(operation *graphql.OperationContext) string {
	var b strings.Builder
	for _, variable := range operation.Operation.VariableDefinitions {
		if variable.Type.NamedType == "Boolean" {
			on, _ := operation.Variables[variable.Variable].(bool)
			b.WriteString(strconv.FormatBool(on))
		}
	}
	return b.String()
}

// planner turns selections into steps.
type planner struct {
	operation *graphql.OperationContext
	prices    *prices
}

// step plans a field, which stands behind a comma or the brace of its object.
func (p planner) step(k *kind, field graphql.CollectedField, behind byte) (step, bool) {
	s := step{key: append(strconv.AppendQuote([]byte{behind}, field.Alias), ':'), object: k.name, field: field}
	if field.Name == "__typename" {
		s.typename = strconv.AppendQuote(nil, k.name)
		return s, true
	}
	s.trait = k.traits[field.Name]
	if s.trait == nil || len(field.Directives) > 0 && !plain(field.Directives) {
		return s, false
	}
	if priced := p.prices.drawn[field.Definition]; priced != nil {
		s.weight = priced.weight
	}
	s.below = make([][]step, len(s.trait.kinds))
	for i, below := range s.trait.kinds {
		var ok bool
		if s.below[i], ok = p.steps(below, field.Selections); !ok {
			return s, false
		}
	}
	return s, true
}

func (p planner) steps(k *kind, selections ast.SelectionSet) ([]step, bool) {
	fields := graphql.CollectFields(p.operation, selections, k.also)
	steps := make([]step, len(fields))
	behind := byte('{')
	for i, field := range fields {
		var ok bool
		if steps[i], ok = p.step(k, field, behind); !ok {
			return nil, false
		}
		behind = ','
	}
	return steps, true
}

// plain reports whether directives only say whether a field is there.
func plain(directives ast.DirectiveList) bool {
	for _, directive := range directives {
		if directive.Name != "include" && directive.Name != "skip" {
			return false
		}
	}
	return true
}
