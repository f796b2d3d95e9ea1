package graph

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"kanera.dev/domain"
)

// estimate reckons the cost of one operation from its text and variables alone. The document need not be valid: what
// the schema does not know costs nothing, and validation refuses it later.
type estimate struct {
	prices    *prices
	document  *ast.QueryDocument
	operation *ast.OperationDefinition
	variables map[string]any
	spread    map[spread]int // fragments already reckoned
}

// page is what a connection tells the fields inside it: those that hold its rows hold that many.
type page struct {
	of   *price
	size int
}

// spread is a fragment where it is used.
type spread struct {
	name string
	page page
}

// of returns what an operation may cost at most, as far as the schema can tell. It is linear in the document.
func (p *prices) of(document *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any) int {
	e := &estimate{p, document, operation, variables, nil}
	root := p.schema.Query
	switch operation.Operation {
	case ast.Mutation:
		root = p.schema.Mutation
	case ast.Subscription:
		root = p.schema.Subscription
	}
	return e.selections(root.Name, operation.SelectionSet, page{})
}

// selections adds up what is asked of an object. Where it may be of several types, the dearest one counts.
func (e *estimate) selections(on string, set ast.SelectionSet, in page) int {
	total, dearest := 0, 0
	var alternatives map[string]int
	for _, selection := range set {
		of, cost := e.selection(on, selection, in)
		if narrow := e.prices.schema.Types[of]; of == on || narrow == nil || narrow.Kind != ast.Object {
			total = plus(total, cost)
			continue
		}
		if alternatives == nil {
			alternatives = map[string]int{}
		}
		alternatives[of] = plus(alternatives[of], cost)
		dearest = max(dearest, alternatives[of])
	}
	return plus(total, dearest)
}

// selection reckons one field or fragment, and says for objects of which type it counts.
func (e *estimate) selection(on string, selection ast.Selection, in page) (of string, cost int) {
	switch s := selection.(type) {
	case *ast.Field:
		if !e.skipped(s.Directives) {
			return on, e.field(on, s, in)
		}
	case *ast.InlineFragment:
		if of = s.TypeCondition; of == "" {
			of = on
		}
		if !e.skipped(s.Directives) {
			return of, e.selections(of, s.SelectionSet, in)
		}
	case *ast.FragmentSpread:
		fragment := e.document.Fragments.ForName(s.Name)
		if fragment != nil && !e.skipped(s.Directives) {
			return fragment.TypeCondition, e.fragment(fragment, in)
		}
	}
	return on, 0
}

// fragment reckons a fragment once for every page it is used on.
func (e *estimate) fragment(fragment *ast.FragmentDefinition, in page) int {
	at := spread{fragment.Name, in}
	if cost, known := e.spread[at]; known {
		return cost
	}
	if e.spread == nil {
		e.spread = map[spread]int{}
	}
	e.spread[at] = 0 // ends a cycle, which validation refuses
	cost := e.selections(fragment.TypeCondition, fragment.SelectionSet, in)
	e.spread[at] = cost
	return cost
}

func (e *estimate) field(on string, field *ast.Field, in page) int {
	p := e.prices.fields[on][field.Name]
	if p == nil {
		return 0
	}
	var inside page
	count, size := 1, 0
	if p.list || len(p.sized) > 0 {
		size = e.size(p, field)
	}
	switch {
	case len(p.sized) > 0:
		inside = page{p, size}
	case p.list && in.of != nil && slices.Contains(in.of.sized, field.Name):
		count = in.size
	case p.list:
		count = size
	}
	return times(count, plus(p.weight, e.selections(p.result, field.SelectionSet, inside)))
}

// size is how many elements a field returns at most.
func (e *estimate) size(p *price, field *ast.Field) int {
	for _, slice := range p.slicing {
		var value any
		if argument := field.Arguments.ForName(slice.argument); argument != nil {
			value = e.value(argument.Value)
		}
		switch {
		case value == nil && slice.standard == 0:
			continue
		case value == nil:
			return slice.standard
		case slice.member == "":
			return rows(value)
		}
		if members, ok := value.(map[string]any); ok && members[slice.member] != nil {
			return rows(members[slice.member])
		}
		return domain.MaxPageSize
	}
	return p.assumed
}

// value reads an argument: a variable, a number, or an object of them. Anything else is nil.
func (e *estimate) value(v *ast.Value) any {
	switch v.Kind {
	case ast.Variable:
		if value, given := e.variables[v.Raw]; given {
			return value
		}
		definition := e.operation.VariableDefinitions.ForName(v.Raw)
		if definition == nil || definition.DefaultValue == nil || definition.DefaultValue.Kind == ast.Variable {
			return nil
		}
		return e.value(definition.DefaultValue)
	case ast.IntValue:
		return json.Number(v.Raw)
	case ast.BooleanValue:
		return v.Raw == "true"
	case ast.ObjectValue:
		members := make(map[string]any, len(v.Children))
		for _, child := range v.Children {
			members[child.Name] = e.value(child.Value)
		}
		return members
	default:
		return nil
	}
}

// rows reads the size of a page. What is no size counts as the largest page; its field refuses it.
func rows(value any) int {
	n := float64(domain.MaxPageSize)
	switch v := value.(type) {
	case json.Number:
		if parsed, err := strconv.ParseFloat(string(v), 64); err == nil {
			n = parsed
		}
	case float64:
		n = v
	case int:
		n = float64(v)
	case int64:
		n = float64(v)
	}
	return int(math.Max(1, math.Min(n, domain.MaxPageSize)))
}

// skipped reports whether @skip or @include leave a selection out.
func (e *estimate) skipped(directives ast.DirectiveList) bool {
	for _, directive := range directives {
		condition := directive.Arguments.ForName("if")
		if condition == nil {
			continue
		}
		holds, known := e.value(condition.Value).(bool)
		if known && (directive.Name == "skip" && holds || directive.Name == "include" && !holds) {
			return true
		}
	}
	return false
}
