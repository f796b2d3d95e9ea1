// Command fastgen writes the GraphQL executor: what gqlgen makes of schema.graphqls and, for every object type, the
// table by which the fast way reads and writes it (graph/fast_generated.go).
package main

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"log"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/codegen/templates"
)

//go:embed fast.gotpl
var text string

func main() {
	log.SetOutput(io.Discard) // gqlgen names every field that takes a resolver
	cfg, err := config.LoadConfigFromDefaultLocations()
	if err == nil {
		err = api.Generate(cfg, api.AddPlugin(plugin{}))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// plugin writes the tables of the fast way.
type plugin struct{}

// Name implements gqlgen's plugin.
func (plugin) Name() string { return "fast" }

// GenerateCode implements gqlgen's plugin.
func (plugin) GenerateCode(data *codegen.Data) error {
	dir := filepath.Dir(data.Config.Exec.Filename)
	written, err := methodsIn(dir)
	if err != nil {
		return err
	}
	return templates.Render(templates.Options{
		PackageName: data.Config.Exec.Package, Filename: filepath.Join(dir, "fast_generated.go"),
		Template: text, Data: tables{data, written}, GeneratedHeader: true, Packages: data.Config.Packages,
	})
}

// methods are the hand-written methods of the package, as Type.Method: for each, whether it has use for its context.
// Resolvers are listed by the name of their object type.
type methods map[string]bool

// methodsIn reads the methods of a package without its types, which do not compile while the executor is written.
func methodsIn(dir string) (methods, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	found, resolvers := methods{}, map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "generated.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, declaration := range parsed.Decls {
			if method, ok := declaration.(*ast.FuncDecl); ok && method.Recv != nil {
				found[receiver(method)+"."+method.Name.Name] = usesContext(method)
				if receiver(method) == "root" {
					resolvers[madeBy(method)] = method.Name.Name
				}
			}
		}
	}
	for name, uses := range maps.Clone(found) {
		resolver, method, _ := strings.Cut(name, ".")
		if object, ok := resolvers[resolver]; ok {
			found[object+"."+method] = uses
		}
	}
	return found, nil
}

// receiver names the type of a method, without pointer and type parameters.
func receiver(method *ast.FuncDecl) string {
	expression := method.Recv.List[0].Type
	for {
		switch e := expression.(type) {
		case *ast.StarExpr:
			expression = e.X
		case *ast.IndexExpr:
			expression = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}

// madeBy names the type that a method returns a literal of; empty when it does something else.
func madeBy(method *ast.FuncDecl) string {
	if len(method.Body.List) != 1 {
		return ""
	}
	result, _ := method.Body.List[0].(*ast.ReturnStmt)
	if result == nil || len(result.Results) != 1 {
		return ""
	}
	literal, _ := result.Results[0].(*ast.CompositeLit)
	if literal == nil {
		return ""
	}
	name, _ := literal.Type.(*ast.Ident)
	if name == nil {
		return ""
	}
	return name.Name
}

// usesContext reports whether the first parameter has a name.
func usesContext(method *ast.FuncDecl) bool {
	parameters := method.Type.Params.List
	return len(parameters) > 0 && len(parameters[0].Names) > 0 && parameters[0].Names[0].Name != "_"
}
