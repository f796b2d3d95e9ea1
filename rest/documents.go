package rest

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

//go:embed documents
var stored embed.FS

// library holds the stored documents, valid against the schema extended by their own directives.
type library struct {
	schema    *ast.Schema
	document  *ast.QueryDocument
	nounOf    map[string]string // operation name to the file it stands in, without extension
	fragments map[string]*ast.FragmentDefinition
}

// loadLibrary reads documents/*.graphql. Operation and fragment names are unique over all files, because a
// fragment is a representation and may be used by several nouns.
func loadLibrary(schema *ast.Schema, files fs.FS) (*library, error) {
	extended, err := withDirectives(schema, files)
	if err != nil {
		return nil, err
	}
	lib := &library{schema: extended, document: &ast.QueryDocument{}, nounOf: map[string]string{},
		fragments: map[string]*ast.FragmentDefinition{}}
	names, err := fs.Glob(files, "documents/*.graphql")
	if err != nil {
		return nil, fmt.Errorf("list stored documents: %w", err)
	}
	for _, name := range names {
		if err := lib.add(files, name); err != nil {
			return nil, err
		}
	}
	if errs := validator.ValidateWithRules(extended, lib.document, rules.NewDefaultRules()); len(errs) > 0 {
		return nil, fmt.Errorf("stored documents do not fit the schema: %w", located(errs))
	}
	return lib, nil
}

func (l *library) add(files fs.FS, name string) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("read stored document: %w", err)
	}
	document, err := parser.ParseQuery(&ast.Source{Name: name, Input: string(text)})
	if err != nil {
		return fmt.Errorf("parse %s: %w", name, err)
	}
	for _, operation := range document.Operations {
		l.nounOf[operation.Name] = strings.TrimSuffix(path.Base(name), ".graphql")
	}
	for _, fragment := range document.Fragments {
		l.fragments[fragment.Name] = fragment
	}
	l.document.Operations = append(l.document.Operations, document.Operations...)
	l.document.Fragments = append(l.document.Fragments, document.Fragments...)
	return nil
}

// withDirectives returns a copy of the schema that also knows the directives of stored documents.
func withDirectives(schema *ast.Schema, files fs.FS) (*ast.Schema, error) {
	const name = "documents/directives.graphqls"
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("read directives: %w", err)
	}
	added, err := parser.ParseSchema(&ast.Source{Name: name, Input: string(text)})
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", name, err)
	}
	extended := *schema
	extended.Directives, extended.Types = maps.Clone(schema.Directives), maps.Clone(schema.Types)
	for _, directive := range added.Directives {
		extended.Directives[directive.Name] = directive
	}
	for _, definition := range added.Definitions {
		extended.Types[definition.Name] = definition
	}
	return &extended, nil
}

func located(errs gqlerror.List) error {
	first := errs[0]
	if len(first.Locations) == 0 {
		return first
	}
	return fmt.Errorf("line %d: %w", first.Locations[0].Line, first)
}
