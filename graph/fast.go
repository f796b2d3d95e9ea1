package graph

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"kanera.dev/domain"
)

// The fast way answers a root field of a query level by level: it plans the selection once, loads what each level asks
// for all of its objects together, and appends the JSON to one slice. fast_generated.go says how each field is read.
// It knows no errors: whatever is not plain sailing is left to the ordinary way, which starts from the beginning.

// kind is an object type.
type kind struct {
	name   string
	also   []string // the type itself and its interfaces and unions
	traits map[string]*trait
}

// trait is how a field is read and written. Exactly one of text, at and call is set; call may come with batch.
type trait struct {
	must, list bool // not null; a list of things that are not null
	args       func(ec *executionContext, ctx context.Context, raw map[string]any) (map[string]any, error)

	text  func(out []byte, parent any) ([]byte, bool)                                                               // writes a value at hand; false for null
	at    func(parent any) any                                                                                      // object or list at hand
	call  func(ctx context.Context, ec *executionContext, parent any, fc *graphql.FieldContext) (any, error)        // asks the resolver
	pure  bool                                                                                                      // call does not touch the store
	batch func(ctx context.Context, l *loaders, parents []any, fc *graphql.FieldContext) (answers []any, err error) // asks for many parents at once
	put   func(out []byte, value any) ([]byte, bool)                                                                // writes what call returned; nil for objects
	each  func(rows []any, value any) ([]any, bool)                                                                 // appends the objects in a value; false for null

	kinds  []*kind                // of the objects; none for values
	kindOf func(any) (any, *kind) // of an object of an abstract type; nil when kinds has one
}

// Fast turns the fast way on and off; on when not set.
func Fast(on bool) Option {
	return func(e *Executor) { e.fast = on }
}

// fastRoot answers a root field the fast way if that works out, and the ordinary way if not.
func (e *Executor) fastRoot(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	operation := graphql.GetOperationContext(ctx)
	if !e.fast || operation.Operation.Operation != ast.Query {
		return next(ctx)
	}
	root := graphql.GetRootFieldContext(ctx)
	out, ok := e.fastAnswer(ctx, operation, root.Field)
	e.went(ctx, root.Field.Alias, ok)
	if !ok {
		return next(ctx)
	}
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(out) })
}

// fastAnswer returns the JSON of a root field; not ok when the ordinary way has to answer it.
func (e *Executor) fastAnswer(ctx context.Context, operation *graphql.OperationContext, field graphql.CollectedField) ([]byte, bool) {
	plan := e.planFor(operation, field)
	if plan == nil {
		return nil, false
	}
	if scope := field.Definition.Directives.ForName("scope"); scope != nil {
		if who := domain.PrincipalFrom(ctx); who == nil || who.Detached || !who.Allows(requiredBy(scope)) {
			return nil, false
		}
	}
	run := &fastRun{ec: newExecutionContext(operation, e.generated, nil), loaders: loadersOf(ctx)}
	out, ok := run.answer(ctx, plan)
	if b := billOf(ctx); ok && b != nil {
		b.spent.Add(run.spent)
	}
	return out, ok
}

func requiredBy(scope *ast.Directive) (required domain.Scope) {
	_ = required.UnmarshalGQL(scope.Arguments.ForName("requires").Value.Raw) // the schema is valid
	return required
}

// fastRun answers one root field.
type fastRun struct {
	ec      *executionContext
	loaders *loaders
	spent   int64 // points, as the ordinary way counts them
}

// answer returns the JSON of a root field; not ok when the ordinary way has to.
func (r *fastRun) answer(ctx context.Context, root *step) (out []byte, ok bool) {
	defer func() {
		if recover() != nil { // the ordinary way meets it too, and knows what to say
			ok = false
		}
	}()
	level := &level{steps: []step{*root}, parents: []any{nil}, times: []int64{1}}
	if !r.load(ctx, level) {
		return nil, false
	}
	return level.writeCell(make([]byte, 0, 4096), 0, 0)
}

// level is the objects of one type that one selection reads, with all that belongs to them.
type level struct {
	steps   []step
	parents []any
	times   []int64 // how often each of them is in the answer
	cells   []cell
	written [][]byte // what was written of a parent that more than one object refers to
	shared  bool
}

// cell is what a step found for the parents of its level.
type cell struct {
	values []any // one for each parent, for values
	refs   []ref // the objects, of all parents
	ends   []int // where the objects of each parent end; an object that is null has none
	nulls  []bool
}

// ref is an object among those of its level.
type ref struct {
	level *level
	at    int
}

// load fills the cells of a level and of those below.
func (r *fastRun) load(ctx context.Context, l *level) bool {
	l.cells = make([]cell, len(l.steps))
	var all int64
	for _, n := range l.times {
		all += n
	}
	for i := range l.steps {
		s := &l.steps[i]
		if s.trait == nil || s.trait.text != nil {
			r.spent += int64(s.weight) * all
			continue
		}
		values, ok := r.values(ctx, s, l.parents)
		if !ok {
			return false
		}
		if s.trait.each == nil {
			l.cells[i].values = values
			r.spent += int64(s.weight) * all
			continue
		}
		elements, ok := r.descend(ctx, s, values, l.times, &l.cells[i])
		if !ok {
			return false
		}
		if !s.trait.list {
			elements = all
		}
		r.spent += int64(s.weight) * elements
	}
	return true
}

// values asks for what a step needs of every parent.
func (r *fastRun) values(ctx context.Context, s *step, parents []any) ([]any, bool) {
	if s.trait.at != nil {
		values := make([]any, len(parents))
		for i, parent := range parents {
			values[i] = s.trait.at(parent)
		}
		return values, true
	}
	fc := &graphql.FieldContext{Parent: graphql.GetFieldContext(ctx), Object: s.object, Field: s.field, IsResolver: true, IsMethod: true}
	ctx = graphql.WithFieldContext(ctx, fc)
	if s.trait.args != nil {
		var err error
		if fc.Args, err = s.trait.args(r.ec, ctx, s.field.ArgumentMap(r.ec.Variables)); err != nil {
			return nil, false
		}
	}
	if s.trait.batch != nil {
		values, err := s.trait.batch(ctx, r.loaders, parents, fc)
		return values, err == nil
	}
	return r.calls(ctx, s, parents, fc)
}

// calls asks the resolver for every parent, all at the same time if that takes the store: the loaders gather them.
func (r *fastRun) calls(ctx context.Context, s *step, parents []any, fc *graphql.FieldContext) ([]any, bool) {
	values, errs := make([]any, len(parents)), make([]error, len(parents))
	var waiting sync.WaitGroup
	for i, parent := range parents {
		if s.trait.pure || len(parents) == 1 {
			values[i], errs[i] = s.ask(ctx, r.ec, parent, fc)
			continue
		}
		waiting.Go(func() { values[i], errs[i] = s.ask(ctx, r.ec, parent, fc) })
	}
	waiting.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, false
		}
	}
	return values, true
}

// errPanicked stands for a resolver that panicked. The ordinary way meets the panic too, and knows what to say.
var errPanicked = errors.New("a resolver panicked")

// ask asks the resolver for one parent. It may run in a goroutine of its own, where a panic would end the process.
func (s *step) ask(ctx context.Context, ec *executionContext, parent any, fc *graphql.FieldContext) (value any, err error) {
	defer func() {
		if recover() != nil {
			err = errPanicked
		}
	}()
	return s.trait.call(ctx, ec, parent, fc)
}

// descend loads the objects that a step found, and says how many of them are in the answer. Objects that several
// parents share are loaded and written once.
func (r *fastRun) descend(ctx context.Context, s *step, values []any, times []int64, c *cell) (elements int64, ok bool) {
	levels := make(map[*kind]*level, len(s.below))
	places := map[any]ref{}
	var rows []any
	c.ends, c.nulls = make([]int, len(values)), make([]bool, len(values))
	for i, value := range values {
		var there bool
		rows, there = s.trait.each(rows[:0], value)
		c.nulls[i] = !there
		for _, row := range rows {
			at, ok := locate(s, levels, places, row)
			if !ok {
				return 0, false
			}
			at.level.times[at.at] += times[i]
			elements += times[i]
			c.refs = append(c.refs, at)
		}
		c.ends[i] = len(c.refs)
	}
	for _, below := range levels {
		if !r.load(ctx, below) {
			return 0, false
		}
	}
	return elements, true
}

// locate finds the level of an object, and its place there.
func locate(s *step, levels map[*kind]*level, places map[any]ref, row any) (ref, bool) {
	k := s.trait.kinds[0]
	if s.trait.kindOf != nil {
		row, k = s.trait.kindOf(row)
	}
	if at, known := places[row]; known {
		at.level.shared = true
		return at, true
	}
	steps, ok := s.below[k]
	if !ok {
		return ref{}, false
	}
	l := levels[k]
	if l == nil {
		l = &level{steps: steps}
		levels[k] = l
	}
	at := ref{l, len(l.parents)}
	l.parents, l.times = append(l.parents, row), append(l.times, 0)
	places[row] = at
	return at, true
}

// write appends an object.
func (l *level) write(out []byte, i int) ([]byte, bool) {
	if l.shared {
		if l.written == nil {
			l.written = make([][]byte, len(l.parents))
		}
		if l.written[i] != nil {
			return append(out, l.written[i]...), true
		}
	}
	start := len(out)
	out = append(out, '{')
	for at := range l.steps {
		if at > 0 {
			out = append(out, ',')
		}
		out = append(out, l.steps[at].key...)
		var ok bool
		if out, ok = l.writeCell(out, at, i); !ok {
			return out, false
		}
	}
	out = append(out, '}')
	if l.shared {
		l.written[i] = out[start:len(out):len(out)] // appending never changes what is there
	}
	return out, true
}

// writeCell appends what a step found for an object; not ok for a null that must not be.
func (l *level) writeCell(out []byte, at, i int) ([]byte, bool) {
	s, c := &l.steps[at], &l.cells[at]
	var there bool
	switch {
	case s.trait == nil:
		return append(out, s.typename...), true
	case s.trait.text != nil:
		out, there = s.trait.text(out, l.parents[i])
	case s.trait.each == nil:
		out, there = s.trait.put(out, c.values[i])
	default:
		return c.write(out, s, i)
	}
	if !there {
		return append(out, "null"...), !s.trait.must
	}
	return out, true
}

// write appends the objects of a parent.
func (c *cell) write(out []byte, s *step, i int) (_ []byte, ok bool) {
	if c.nulls[i] {
		return append(out, "null"...), !s.trait.must
	}
	start := 0
	if i > 0 {
		start = c.ends[i-1]
	}
	if !s.trait.list {
		return c.refs[start].level.write(out, c.refs[start].at)
	}
	out = append(out, '[')
	for n, at := range c.refs[start:c.ends[i]] {
		if n > 0 {
			out = append(out, ',')
		}
		if out, ok = at.level.write(out, at.at); !ok {
			return out, false
		}
	}
	return append(out, ']'), true
}

// kindly gives objects their type back.
func kindly[T any](parents []any) []T {
	typed := make([]T, len(parents))
	for i, parent := range parents {
		typed[i], _ = parent.(T) // the table says so
	}
	return typed
}

// answer takes the type from what was found.
func answer[T any](found []T, err error) ([]any, error) {
	values := make([]any, len(found))
	for i, value := range found {
		values[i] = value
	}
	return values, err
}
