package graph

import (
	"math"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"kanera.dev/domain"
)

// MaxCost is how many points one operation of a caller may cost: almost four boards of ten lists with fifty cards
// each, shown with their labels, people and values.
const MaxCost = 50_000

// introspectionWeight is what a question about the schema costs, whatever it asks.
const introspectionWeight = 50

// most is where costs stop growing, so that no document overflows them.
const most = math.MaxInt32

// prices is what @cost and @listSize say about every field of the schema.
type prices struct {
	schema *ast.Schema
	fields map[string]map[string]*price // by type and field
	drawn  map[*ast.FieldDefinition]*price
}

// price is what one field adds to the cost of an operation.
type price struct {
	weight  int    // points for every object, or for the field when it returns no list
	list    bool   // it returns a list
	assumed int    // elements when no argument says how many
	slicing []part // arguments that do, the first one given counts
	sized   []string
	result  string // name of the type it returns
}

// part is an argument, or a member of one.
type part struct {
	argument, member string
	standard         int // the argument's default; 0 without one
}

func readPrices(schema *ast.Schema) *prices {
	p := &prices{schema: schema, fields: map[string]map[string]*price{}, drawn: map[*ast.FieldDefinition]*price{}}
	for name, definition := range schema.Types {
		if strings.HasPrefix(name, "__") || definition.Kind != ast.Object && definition.Kind != ast.Interface {
			continue
		}
		p.fields[name] = make(map[string]*price, len(definition.Fields))
		for _, field := range definition.Fields {
			read := readPrice(schema, field)
			p.fields[name][field.Name], p.drawn[field] = read, read
		}
	}
	return p
}

func readPrice(schema *ast.Schema, field *ast.FieldDefinition) *price {
	result := schema.Types[field.Type.Name()]
	p := &price{list: field.Type.Elem != nil, assumed: domain.DefaultPageSize, result: result.Name}
	if result.IsCompositeType() {
		p.weight = 1
	}
	if strings.HasPrefix(field.Name, "__") {
		p.weight = introspectionWeight
	}
	for _, directives := range []ast.DirectiveList{result.Directives, field.Directives} {
		if cost := directives.ForName("cost"); cost != nil {
			p.weight = whole(cost.Arguments.ForName("weight").Value.Raw)
		}
	}
	size := field.Directives.ForName("listSize")
	if size == nil {
		return p
	}
	if assumed := size.Arguments.ForName("assumedSize"); assumed != nil {
		p.assumed = whole(assumed.Value.Raw)
	}
	for _, path := range texts(size.Arguments.ForName("slicingArguments")) {
		name, member, _ := strings.Cut(path, ".")
		slice := part{argument: name, member: member}
		if value := field.Arguments.ForName(name).DefaultValue; value != nil && member == "" {
			slice.standard = whole(value.Raw)
		}
		p.slicing = append(p.slicing, slice)
	}
	p.sized = texts(size.Arguments.ForName("sizedFields"))
	return p
}

// whole reads a number that the schema was already checked to hold.
func whole(raw string) int {
	n, _ := strconv.Atoi(raw)
	return n
}

func texts(list *ast.Argument) (texts []string) {
	if list == nil {
		return nil
	}
	for _, child := range list.Value.Children {
		texts = append(texts, child.Value.Raw)
	}
	return texts
}

func plus(a, b int) int { return min(a+b, most) }

func times(n, cost int) int {
	if cost != 0 && n > most/cost {
		return most
	}
	return n * cost
}
