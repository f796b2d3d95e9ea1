package rest

import (
	"encoding/json"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
)

// shape says how one value of an answer is written. Lists need no shape of their own: each element is written by
// the shape of the list.
type shape struct {
	typ      *ast.Type         // what the executor answers
	enum     map[string]string // of an enumeration: the answered text to the written one, both as JSON
	members  []member          // of an object, in the order of the answer
	fragment string            // the representation; empty when the members stand in no fragment of their own
	raw      bool              // written exactly as answered
}

// member writes one member of an object; a spread writes several.
type member struct {
	kind       memberKind
	name       string
	head       []byte   // `"name":`
	shape      *shape   // unless constant or echo
	narrow     bool     // concrete types without the field show null
	without    omission // when the member is left out
	constant   []byte
	echo       *parameter
	definition *ast.FieldDefinition // nil for nests
}

type memberKind int

const (
	isField memberKind = iota
	isSpread
	isNest
	isConstant
	isEcho
)

// omission says which values leave their member out.
type omission int

const (
	omitNothing omission = iota
	omitNull
	omitEmpty
)

func (o omission) covers(value []byte) bool {
	switch {
	case o == omitNothing:
		return false
	case string(value) == "null":
		return true
	case o == omitEmpty:
		return string(value) == `""` || string(value) == "0" || string(value) == "false" || string(value) == "[]"
	}
	return false
}

// write turns the data of an answer into the body, in one pass over its bytes. When there is nothing to shape
// the body is a part of data itself.
func (p *plan) write(data []byte, variables map[string]any) ([]byte, error) {
	w := &writer{reader: reader{in: data}, variables: variables}
	for _, key := range p.path {
		w.expect('{')
		if !w.key(key) {
			w.failf("no %s", key)
		}
	}
	w.space()
	if p.body.raw {
		from := w.at
		w.skip()
		return w.in[from:w.at], w.err
	}
	w.out = newBody(len(data) + len(data)/4)
	w.value(p.body)
	return w.out, w.err
}

// sent are the buffers of large bodies that were sent.
var sent sync.Pool

// minKept is from how many bytes on a buffer is worth keeping for the next body, maxKept up to how many.
const (
	minKept = 16 << 10
	maxKept = 4 << 20
)

func newBody(size int) []byte {
	if size >= minKept {
		if kept, _ := sent.Get().(*[]byte); kept != nil && cap(*kept) >= size {
			return (*kept)[:0]
		}
	}
	return make([]byte, 0, size)
}

// recycle takes back the memory of a body that was sent, unless it is a part of the answer.
func (p *plan) recycle(body []byte) {
	if !p.body.raw && cap(body) >= minKept && cap(body) <= maxKept {
		sent.Put(&body)
	}
}

type writer struct {
	reader
	out       []byte
	variables map[string]any
}

func (w *writer) value(s *shape) {
	w.space()
	switch {
	case s.raw || w.peek() == 'n':
		w.copied()
	case w.peek() == '[':
		w.list(s)
	case s.enum != nil:
		w.spelled(s.enum)
	default:
		w.expect('{')
		w.out = append(w.out, '{')
		w.each(s.members)
		w.expect('}')
		w.out = append(w.out, '}')
	}
}

func (w *writer) copied() {
	from := w.at
	w.skip()
	w.out = append(w.out, w.in[from:w.at]...)
}

func (w *writer) spelled(enum map[string]string) {
	from := w.at
	w.skip()
	text, ok := enum[string(w.in[from:w.at])]
	if !ok {
		w.failf("%s is no value of the enumeration", w.in[from:w.at])
	}
	w.out = append(w.out, text...)
}

func (w *writer) list(s *shape) {
	w.expect('[')
	w.out = append(w.out, '[')
	for first := true; w.err == nil && !w.ends(']'); first = false {
		if !first {
			w.out = append(w.out, ',')
		}
		w.value(s)
	}
	w.expect(']')
	w.out = append(w.out, ']')
}

func (w *writer) each(members []member) {
	for i := range members {
		if w.err == nil {
			w.member(&members[i])
		}
	}
}

func (w *writer) member(m *member) {
	if m.kind == isSpread {
		w.spread(m)
		return
	}
	from := len(w.out)
	w.head(m)
	start := len(w.out)
	switch m.kind {
	case isConstant:
		w.out = append(w.out, m.constant...)
	case isEcho:
		w.echo(m.echo.name)
	case isNest:
		w.out = append(w.out, '{')
		w.each(m.shape.members)
		w.out = append(w.out, '}')
	default:
		w.answered(m)
	}
	if m.without.covers(w.out[start:]) {
		w.out = w.out[:from]
	}
}

func (w *writer) head(m *member) {
	if w.out[len(w.out)-1] != '{' {
		w.out = append(w.out, ',')
	}
	w.out = append(w.out, m.head...)
}

// answered writes the value of a field. The answer keeps the order of the selection, so the field is next or it
// belongs to other concrete types.
func (w *writer) answered(m *member) {
	switch {
	case w.key(m.head[:len(m.head)-1]):
		w.value(m.shape)
	case m.narrow:
		w.out = append(w.out, "null"...)
	default:
		w.failf("no %s", m.name)
	}
}

func (w *writer) spread(m *member) {
	found := w.key(m.head[:len(m.head)-1])
	if !found && !m.narrow {
		w.failf("no %s", m.name)
		return
	}
	w.space()
	if !found || w.peek() == 'n' {
		if found {
			w.skip()
		}
		w.nulls(m.shape.members)
		return
	}
	w.expect('{')
	w.each(m.shape.members)
	w.expect('}')
}

// nulls writes the members of an object that is null.
func (w *writer) nulls(members []member) {
	for i := range members {
		switch m := &members[i]; {
		case m.kind == isSpread:
			w.nulls(m.shape.members)
		case m.without == omitNothing:
			w.head(m)
			w.out = append(w.out, "null"...)
		}
	}
}

func (w *writer) echo(name string) {
	text, err := json.Marshal(w.variables[name])
	if err != nil {
		w.failf("variable %s: %s", name, err)
	}
	w.out = append(w.out, text...)
}
