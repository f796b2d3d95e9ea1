package graph

import "github.com/vektah/gqlparser/v2/ast"

// checkRepetitions bounds the pairs of fields that answer under one name in one place, as a field that is asked for twice.
// Validation compares each of these pairs to find out whether they can be one, and so it burns on documents that
// are small but repeat themselves on every level. Call it with a document whose written-out size is bounded: it walks
// all of it.
func checkRepetitions(document *ast.QueryDocument, fragments map[string]*ast.FragmentDefinition) error {
	r := &repetitions{fragments: fragments, used: make(map[string]bool)}
	for _, operation := range document.Operations {
		r.merge(operation.SelectionSet)
	}
	for _, fragment := range document.Fragments {
		if !r.used[fragment.Name] {
			r.merge(fragment.SelectionSet)
		}
	}
	if r.pairs > maxRepetitions {
		return overLimit(codeTooManyRepetitions, "repetitions of fields", maxRepetitions)
	}
	return nil
}

// repetitions counts pairs until there are too many.
type repetitions struct {
	fragments map[string]*ast.FragmentDefinition
	used      map[string]bool
	pairs     int
}

// merge does as execution does: fields of one name become one, with all that is below any of them.
func (r *repetitions) merge(sets ...ast.SelectionSet) {
	here := &gathered{byName: make(map[string][]ast.SelectionSet)}
	for _, set := range sets {
		r.collect(here, set)
	}
	r.pairs += here.spreads * (here.spreads - 1) / 2
	for _, name := range here.names {
		below := here.byName[name]
		r.pairs += len(below) * (len(below) - 1) / 2
		if r.pairs > maxRepetitions {
			return
		}
		r.merge(below...)
	}
}

// gathered is what stands in one place of the answer.
type gathered struct {
	names   []string
	byName  map[string][]ast.SelectionSet // by the name in the answer: what is below each field of that name
	spreads int                           // uses of fragments, which are compared with each other too
}

func (r *repetitions) collect(into *gathered, set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if into.byName[s.Alias] == nil {
				into.names = append(into.names, s.Alias)
			}
			into.byName[s.Alias] = append(into.byName[s.Alias], s.SelectionSet)
		case *ast.InlineFragment:
			r.collect(into, s.SelectionSet)
		case *ast.FragmentSpread:
			into.spreads++
			if fragment := r.fragments[s.Name]; fragment != nil {
				r.used[s.Name] = true
				r.collect(into, fragment.SelectionSet)
			}
		}
	}
}
