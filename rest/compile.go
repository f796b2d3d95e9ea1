package rest

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// plan is a row, ready to run.
type plan struct {
	route      Route
	noun       string // file of the document
	public     bool   // answers without a credential
	document   *ast.QueryDocument
	parameters []*parameter
	hasBody    bool       // some parameter comes from the body
	arguments  []argument // of the document, to find the way back from an issue
	path       [][]byte   // keys from the data to the body, as written
	body       *shape
	about      string // description
}

// compile turns the table into plans, in its order. A row that does not fit is refused by name.
func compile(table []Route, lib *library) ([]*plan, error) {
	plans := make([]*plan, 0, len(table))
	for _, route := range table {
		p, err := lib.plan(route)
		if err != nil {
			return nil, fmt.Errorf("row %s %s (%s): %w", route.Method, route.Pattern, route.Operation, err)
		}
		if len(plans) > 0 && sameRequest(plans[len(plans)-1].route, route) && plans[len(plans)-1].route.When == "" {
			return nil, fmt.Errorf("row %s %s (%s): a row with a condition stands above the one without", route.Method, route.Pattern, route.Operation)
		}
		plans = append(plans, p)
	}
	return plans, lib.unused(table)
}

func sameRequest(a, b Route) bool { return a.Method == b.Method && a.Pattern == b.Pattern }

func (l *library) unused(table []Route) error {
	named := map[string]bool{}
	for _, route := range table {
		named[route.Operation] = true
	}
	for _, operation := range l.document.Operations {
		if !named[operation.Name] {
			return fmt.Errorf("no row uses the stored operation %s", operation.Name)
		}
	}
	return nil
}

func (l *library) plan(route Route) (*plan, error) {
	operation := l.document.Operations.ForName(route.Operation)
	if operation == nil {
		return nil, fmt.Errorf("no stored operation has this name")
	}
	if len(operation.SelectionSet) != 1 {
		return nil, fmt.Errorf("an operation has exactly one root field")
	}
	root, ok := operation.SelectionSet[0].(*ast.Field)
	if !ok {
		return nil, fmt.Errorf("an operation has exactly one root field")
	}
	p := &plan{route: route, noun: l.nounOf[route.Operation], about: root.Definition.Description,
		public: root.Definition.Directives.ForName("public") != nil}
	if about := operation.Directives.ForName("about"); about != nil {
		p.about = about.Arguments.ForName("text").Value.Raw
	}
	if err := p.bindVariables(operation, l.schema); err != nil {
		return nil, err
	}
	if err := p.project(operation, root, &projector{library: l, plan: p}); err != nil {
		return nil, err
	}
	p.describe()
	return p, nil
}

// project compiles the selection: what runs, and how the answer becomes the body.
func (p *plan) project(operation *ast.OperationDefinition, root *ast.Field, with *projector) error {
	run, err := with.body(root)
	if err != nil {
		return err
	}
	bare := *operation
	bare.Directives, bare.SelectionSet = nil, ast.SelectionSet{run}
	bare.VariableDefinitions = nil
	for _, variable := range operation.VariableDefinitions {
		copied := *variable
		copied.Directives = nil
		bare.VariableDefinitions = append(bare.VariableDefinitions, &copied)
	}
	p.document = &ast.QueryDocument{Operations: ast.OperationList{&bare}, Position: operation.Position}
	return nil
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// bindVariables decides where each variable comes from.
func (p *plan) bindVariables(operation *ast.OperationDefinition, schema *ast.Schema) error {
	inPath := map[string]bool{}
	for _, match := range placeholder.FindAllStringSubmatch(p.route.Pattern, -1) {
		inPath[match[1]] = true
	}
	for _, variable := range operation.VariableDefinitions {
		parameter, err := newParameter(variable, schema)
		if err != nil {
			return fmt.Errorf("$%s: %w", variable.Variable, err)
		}
		switch {
		case inPath[variable.Variable]:
			parameter.from = fromPath
			delete(inPath, variable.Variable)
		case p.route.Method == http.MethodGet || variable.Directives.ForName("query") != nil:
			parameter.from = fromQuery
		default:
			parameter.from, p.hasBody = fromBody, true
		}
		if parameter.from != fromBody && !parameter.fitsURL() {
			return fmt.Errorf("$%s: only scalars, enumerations and, in a query string, lists of texts fit into a URL", variable.Variable)
		}
		p.parameters = append(p.parameters, parameter)
	}
	for name := range inPath {
		return fmt.Errorf("{%s} names no variable", name)
	}
	if name, value, ok := strings.Cut(p.route.When, "="); p.route.When != "" && (!ok || name == "" || value == "") {
		return fmt.Errorf("the condition %q is not name=value", p.route.When)
	}
	return nil
}

// parameter finds a parameter by name; nil when the row has none of that name.
func (p *plan) parameter(name string) *parameter {
	for _, parameter := range p.parameters {
		if parameter.name == name {
			return parameter
		}
	}
	return nil
}
