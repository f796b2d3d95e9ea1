package graph

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"

	"kanera.dev/domain"
)

// Limits of a caller's document. They are far above what a screen asks for, and low enough that whatever passes them
// is validated in a few milliseconds. Stored documents are ours and know no limits.
const (
	MaxBodyBytes   = 256 << 10 // bytes of a request
	MaxTokens      = 2_000     // tokens of a document, comments included
	MaxOperations  = 50        // operations in one document, of which one runs
	MaxAliases     = 60        // aliases, counted again for every use of the fragment they stand in
	MaxDirectives  = 50        // directives, counted as aliases are
	MaxDepth       = 12        // fields inside each other
	MaxSelections  = 10_000    // fields and uses of fragments, counted as aliases are
	MaxErrors      = 20        // errors in one answer
	maxNameBytes   = 100       // bytes of one name
	maxNesting     = 36        // braces inside each other: fields, and fragments between them
	maxValueDepth  = 32        // lists and input objects inside each other
	maxRepetitions = 5_000     // pairs of fields that answer under one name in one place
)

// Codes of documents that the guard refuses.
const (
	codeTooManyTokens      domain.Code = "GRAPHQL_TOO_MANY_TOKENS" //nolint:gosec // of a document, not of a login
	codeNameTooLong        domain.Code = "GRAPHQL_NAME_TOO_LONG"
	codeTooManyOperations  domain.Code = "GRAPHQL_TOO_MANY_OPERATIONS"
	codeTooManyAliases     domain.Code = "GRAPHQL_TOO_MANY_ALIASES"
	codeTooManyDirectives  domain.Code = "GRAPHQL_TOO_MANY_DIRECTIVES"
	codeTooDeep            domain.Code = "GRAPHQL_TOO_DEEP"
	codeTooManySelections  domain.Code = "GRAPHQL_TOO_MANY_SELECTIONS"
	codeTooManyRepetitions domain.Code = "GRAPHQL_TOO_MANY_REPETITIONS"
	codeFragmentCycle      domain.Code = "GRAPHQL_FRAGMENT_CYCLE"
	codeIntrospection      domain.Code = "GRAPHQL_INTROSPECTION_DISABLED"
)

func overLimit(code domain.Code, what string, limit int) error {
	return &domain.Error{Code: code, Message: fmt.Sprintf("The document has too many %s: %d are allowed.", what, limit)}
}

// checkTokens bounds a text before it is parsed. A text that is no GraphQL passes: the parser says what is wrong.
func checkTokens(text string) error {
	tokens := lexer.New(&ast.Source{Input: text})
	for n := 0; ; n++ {
		token, err := tokens.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return nil //nolint:nilerr // the parser meets it again, and has words for it
		}
		if n == MaxTokens {
			return overLimit(codeTooManyTokens, "tokens", MaxTokens)
		}
		if token.Kind == lexer.Name && len(token.Value) > maxNameBytes {
			return &domain.Error{Code: codeNameTooLong, Message: fmt.Sprintf("A name is longer than %d bytes.", maxNameBytes)}
		}
	}
}

// checkShape bounds a parsed document, so that nothing that walks it afterwards burns: cost, validation, execution.
// It reports whether the document asks for the schema. Every fragment is measured once, however often it is used.
func checkShape(document *ast.QueryDocument) (introspects bool, err error) {
	if len(document.Operations) == 0 {
		return false, &domain.Error{Code: codeDocument, Message: "The document has no operation."}
	}
	if len(document.Operations) > MaxOperations {
		return false, overLimit(codeTooManyOperations, "operations", MaxOperations)
	}
	m := &measuring{fragments: make(map[string]*ast.FragmentDefinition, len(document.Fragments)), known: make(map[string]*size)}
	for _, fragment := range document.Fragments {
		if m.fragments[fragment.Name] == nil {
			m.fragments[fragment.Name] = fragment
		}
	}
	var whole size
	for _, operation := range document.Operations {
		m.directives(&whole, operation.Directives)
		for _, variable := range operation.VariableDefinitions {
			m.directives(&whole, variable.Directives)
			m.value(variable.DefaultValue, 1)
		}
		m.selections(&whole, operation.SelectionSet)
	}
	for _, fragment := range document.Fragments { // unused ones are refused by validation, which walks them first
		if _, used := m.known[fragment.Name]; !used {
			whole.add(m.fragment(fragment.Name))
		}
	}
	if m.err == nil {
		m.err = whole.check()
	}
	if m.err == nil {
		m.err = checkRepetitions(document, m.fragments)
	}
	return m.introspects, m.err
}

// size is how large a part of a document is once all its fragments are written out.
type size struct{ aliases, directives, depth, nesting, selections int }

// add counts an other part beside this one.
func (s *size) add(other size) {
	s.aliases = min(s.aliases+other.aliases, MaxAliases+1)
	s.directives = min(s.directives+other.directives, MaxDirectives+1)
	s.selections = min(s.selections+other.selections, MaxSelections+1)
	s.depth, s.nesting = max(s.depth, other.depth), max(s.nesting, other.nesting)
}

// within is the size of a selection that has a part of size s below it: a field is one deep, a fragment is not.
func (s size) within(depth int) size {
	s.add(size{selections: 1})
	s.nesting++
	s.depth += depth
	return s
}

func (s *size) check() error {
	switch {
	case s.aliases > MaxAliases:
		return overLimit(codeTooManyAliases, "aliases", MaxAliases)
	case s.directives > MaxDirectives:
		return overLimit(codeTooManyDirectives, "directives", MaxDirectives)
	case s.depth > MaxDepth:
		return overLimit(codeTooDeep, "fields inside each other", MaxDepth)
	case s.nesting > maxNesting:
		return overLimit(codeTooDeep, "fields and fragments inside each other", maxNesting)
	case s.selections > MaxSelections:
		return overLimit(codeTooManySelections, "fields and fragments", MaxSelections)
	}
	return nil
}

// measuring is one pass over a document.
type measuring struct {
	fragments   map[string]*ast.FragmentDefinition
	known       map[string]*size // of fragments; nil while one is being measured
	introspects bool
	err         error // the first thing that no limit expresses
}

func (m *measuring) selections(into *size, set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			into.add(m.field(s))
		case *ast.InlineFragment:
			m.directives(into, s.Directives)
			var inside size
			m.selections(&inside, s.SelectionSet)
			into.add(inside.within(0))
		case *ast.FragmentSpread:
			m.directives(into, s.Directives)
			into.add(m.fragment(s.Name).within(0))
		}
	}
}

// field measures a field with all below it. ofType unwraps a type of the schema and does not count as depth: tools
// that ask for the schema nest it nine times.
func (m *measuring) field(field *ast.Field) size {
	var own size
	m.selections(&own, field.SelectionSet)
	if field.Name == "ofType" {
		own = own.within(0)
	} else {
		own = own.within(1)
	}
	if field.Alias != field.Name {
		own.add(size{aliases: 1})
	}
	m.directives(&own, field.Directives)
	for _, argument := range field.Arguments {
		m.value(argument.Value, 1)
	}
	m.introspects = m.introspects || field.Name == "__schema" || field.Name == "__type"
	return own
}

// fragment measures a fragment once; one that nobody defined is empty, and refused by validation.
func (m *measuring) fragment(name string) size {
	found, seen := m.known[name]
	switch {
	case found != nil:
		return *found
	case seen:
		m.err = &domain.Error{Code: codeFragmentCycle, Message: "A fragment uses itself."}
		return size{}
	}
	m.known[name] = nil
	own := &size{}
	if fragment := m.fragments[name]; fragment != nil {
		m.directives(own, fragment.Directives)
		m.selections(own, fragment.SelectionSet)
	}
	m.known[name] = own
	return *own
}

func (m *measuring) directives(into *size, directives ast.DirectiveList) {
	into.add(size{directives: len(directives)})
	for _, directive := range directives {
		for _, argument := range directive.Arguments {
			m.value(argument.Value, 1)
		}
	}
}

func (m *measuring) value(value *ast.Value, depth int) {
	if value == nil || m.err != nil {
		return
	}
	if depth > maxValueDepth {
		m.err = overLimit(codeTooDeep, "values inside each other", maxValueDepth)
		return
	}
	for _, child := range value.Children {
		m.value(child.Value, depth+1)
	}
}
