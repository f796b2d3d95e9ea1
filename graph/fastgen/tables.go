package main

import (
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/codegen/templates"
	"github.com/vektah/gqlparser/v2/ast"
)

// table is an object type as the template shows it.
type table struct {
	Name   string
	Var    string
	Type   string // Go type of its objects, a pointer; empty for a root
	Value  string // the type that Type points to, if objects come as values of it; else empty
	Fields []field
}

// union is an interface or union as the template shows it.
type union struct {
	Func  string
	Kinds []table
}

// field is a field as the template shows it.
type field struct {
	*codegen.Field
	Has     string   // the Go expression of what is at hand; empty when it takes a call
	Call    string   // the resolver's call
	Pure    bool     // the call does not touch the store
	Here    bool     // nothing but the parent decides about the value
	Batch   string   // method that answers for many parents at once; empty without one
	Write   string   // Go function that writes a value of the scalar; empty for objects
	Kinds   []string // of the objects; none for values
	KindOf  string   // picks the kind of an object of an abstract type; empty when there is one kind
	Object  string   // Go function that makes an object of the value, or of an element of the list
	Shared  bool     // several parents may have the same object
	GoType  string   // of the whole value
	List    bool     // the value is a list
	Ptr     bool     // the value, or an element of the list, is a pointer
	Nilable bool     // the whole value can be nil
	Must    bool     // null is an error
}

// tables is what the template shows. It can name Go types only while the template runs.
type tables struct {
	data    *codegen.Data
	written methods
}

// Objects lists the types that the fast way reads.
func (t tables) Objects() []table {
	var all []table
	for _, object := range t.data.Objects {
		if strings.HasPrefix(object.Name, "__") || object == t.data.MutationRoot || object == t.data.SubscriptionRoot {
			continue
		}
		shown := table{Name: object.Name, Var: kindVar(object.Name)}
		if !object.Root {
			shown.Type = ref(object.Reference())
			if len(t.data.Schema.GetImplements(object.Definition)) > 0 {
				shown.Value = shown.Type[1:]
			}
		}
		for _, f := range object.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			if described, ok := fieldOf(t.data, object, f, t.written); ok {
				shown.Fields = append(shown.Fields, described)
			}
		}
		all = append(all, shown)
	}
	return all
}

// Unions lists interfaces and unions with their types.
func (t tables) Unions() []union {
	var all []union
	for _, name := range slices.Sorted(maps.Keys(t.data.Interfaces)) {
		if strings.HasPrefix(name, "__") {
			continue
		}
		u := union{Func: "kindOf" + name}
		for _, possible := range t.data.Schema.GetPossibleTypes(t.data.Schema.Types[name]) {
			object := t.data.Objects.ByName(possible.Name)
			u.Kinds = append(u.Kinds, table{Var: kindVar(possible.Name), Type: ref(object.Reference())})
		}
		all = append(all, u)
	}
	return all
}

func kindVar(name string) string { return "kind" + name }

func ref(t types.Type) string { return templates.CurrentImports.LookupType(t) }

// fieldOf describes a field; not ok for what the fast way has no writer for.
func fieldOf(data *codegen.Data, object *codegen.Object, f *codegen.Field, written methods) (field, bool) {
	tr := f.TypeReference
	out := field{Field: f, GoType: ref(tr.GO), List: f.Type.Elem != nil, Must: f.Type.NonNull}
	elem := tr
	if out.List {
		if f.Type.Elem.Elem != nil || !tr.IsSlice() {
			return out, false
		}
		elem = tr.Elem()
	}
	out.Nilable = tr.IsNilable()
	goElem := elem.GO
	_, isPointer := types.Unalias(goElem).(*types.Pointer)
	out.Ptr = isPointer
	switch elem.Definition.Kind {
	case ast.Object:
		out.Kinds, out.Object = []string{kindVar(elem.Definition.Name)}, "valued"
		if isPointer {
			out.Object = "pointed"
		}
	case ast.Interface, ast.Union:
		out.KindOf, out.Object = "kindOf"+elem.Definition.Name, "held"
		for _, possible := range data.Schema.GetPossibleTypes(elem.Definition) {
			out.Kinds = append(out.Kinds, kindVar(possible.Name))
		}
	default:
		if out.Write = writerOf(elem); out.Write == "" {
			return out, false
		}
	}
	bind(&out, object, written)
	out.Here = out.Has != "" || out.Pure && out.Batch == "" && len(f.Args) == 0
	out.Shared = out.Has == "" && elem.Definition.Fields.ForName("id") != nil
	return out, true
}

// bind says where the value comes from.
func bind(out *field, object *codegen.Object, written methods) {
	f := out.Field
	batch := "many" + object.Name + f.GoFieldName
	if _, ok := written["loaders."+batch]; ok {
		out.Batch = batch
	}
	switch {
	case f.IsResolver:
		out.Call = "ec.Resolvers." + f.ShortInvocation()
		uses, ok := written[object.Name+"."+f.GoFieldName]
		out.Pure = ok && !uses
	case f.GoFieldType == codegen.GoFieldMethod && (f.MethodHasContext || !f.NoErr || len(f.Args) > 0):
		out.Call, out.Pure = "obj."+f.GoFieldName+"("+f.CallArgs()+")", !f.MethodHasContext
		if f.NoErr {
			out.Call += ", error(nil)"
		}
	case f.GoFieldType == codegen.GoFieldMethod:
		out.Has = "obj." + f.GoFieldName + "()"
	default:
		out.Has = "obj." + f.GoFieldName
	}
}

// writerOf names the function that writes a scalar or an enumeration of a Go type; empty when there is none.
func writerOf(tr *config.TypeReference) string {
	goType := types.Unalias(tr.GO)
	if pointer, ok := goType.(*types.Pointer); ok {
		goType = types.Unalias(pointer.Elem())
	}
	plain := map[string]string{"ID string": "appendID", "String string": "appendText", "Date string": "appendText", "Int int": "appendInt",
		"Float float64": "appendFloat", "Boolean bool": "appendBool", "DateTime time.Time": "appendInstant", "JSON encoding/json.RawMessage": "appendRaw",
		"String kanera.dev/domain.Position": "appendPosition", "Decimal kanera.dev/domain.Decimal": "appendID"}
	if name, ok := plain[tr.Definition.Name+" "+types.TypeString(goType, nil)]; ok {
		return name
	}
	if named, ok := goType.(*types.Named); ok && tr.Definition.Kind == ast.Enum && named.Obj().Pkg().Path() == "kanera.dev/domain" {
		return "appendEnum"
	}
	return ""
}
