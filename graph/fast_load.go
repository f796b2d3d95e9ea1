package graph

import (
	"context"
	"errors"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// level is the objects of one type that one selection reads, with all that belongs to them.
type level struct {
	steps   []step
	parents []any
	times   []int64 // how often each of them is in the answer
	cells   []cell
	shared  bool     // some are in the answer several times
	written [][]byte // what was written of them
}

// cell is what a step found for the parents of its level.
type cell struct {
	text  []byte // the values, one behind the other
	rows  []any  // the objects, of all parents
	refs  []ref  // where they are
	ends  []int  // where the text or the objects of each parent end; an object that is null has none
	nulls []bool // which parents have no object, or no list; nil when all have
}

// ref is an object among those of its level.
type ref struct {
	level *level
	at    int
}

// question is a step that is asked of all parents of a level, and what was found.
type question struct {
	*fastRun
	*trait

	fc      *graphql.FieldContext // with the arguments; nil for what is here
	parents []any
	found   *cell
}

// load fills the cells of a level and of those below.
func (r *fastRun) load(ctx context.Context, l *level) bool {
	l.cells = make([]cell, len(l.steps))
	var all int64
	for _, n := range l.times {
		all += n
	}
	for i := range l.steps {
		s, c := &l.steps[i], &l.cells[i]
		elements := all
		if s.trait != nil && s.trait.load != nil {
			if !r.ask(ctx, s, l.parents, c) {
				r.spent += int64(s.weight) * all
				return false
			}
			if found, ok := r.descend(ctx, s, c, l.times); !ok {
				return false
			} else if s.trait.list && s.trait.kinds != nil {
				elements = found
			}
		}
		r.spent += int64(s.weight) * elements
	}
	return true
}

// ask finds what a step needs of every parent.
func (r *fastRun) ask(ctx context.Context, s *step, parents []any, c *cell) bool {
	q := &question{fastRun: r, trait: s.trait, parents: parents, found: c}
	if !s.trait.here {
		q.fc = &graphql.FieldContext{Parent: graphql.GetFieldContext(ctx), Object: s.object, Field: s.field, IsResolver: true, IsMethod: true}
		ctx = graphql.WithFieldContext(ctx, q.fc)
	}
	if s.trait.args != nil {
		var err error
		if q.fc.Args, err = s.trait.args(r.ec, ctx, s.field.ArgumentMap(r.ec.Variables)); err != nil {
			return false
		}
	}
	return s.trait.load(ctx, q) == nil
}

// descend loads the objects that a step found, and says how many of them are in the answer.
func (r *fastRun) descend(ctx context.Context, s *step, c *cell, times []int64) (elements int64, ok bool) {
	if s.trait.kinds == nil {
		return 0, true
	}
	seats := &seats{step: s, levels: make([]*level, len(s.trait.kinds)), size: len(c.rows)}
	c.refs = make([]ref, len(c.rows))
	parent := 0
	for i, row := range c.rows {
		for c.ends[parent] <= i {
			parent++
		}
		at := seats.of(row)
		at.level.times[at.at] += times[parent]
		elements += times[parent]
		c.refs[i] = at
	}
	for i, below := range seats.levels {
		if below == nil {
			continue
		}
		if settle := s.trait.kinds[i].settle; settle != nil {
			settle(below.parents)
		}
		if !r.load(ctx, below) {
			return 0, false
		}
	}
	return elements, true
}

// seats gives the objects that a step found a place in a level. Those that several parents share have one, so that they
// are loaded and written once.
type seats struct {
	*step

	levels []*level // one for each kind; nil without objects
	taken  map[any]ref
	size   int // how many objects there are, at most
}

func (t *seats) of(row any) ref {
	if !t.trait.shared {
		return t.next(row)
	}
	at, taken := t.taken[row]
	if taken {
		at.level.shared = true
		return at
	}
	if t.taken == nil {
		t.taken = map[any]ref{}
	}
	at = t.next(row)
	t.taken[row] = at
	return at
}

func (t *seats) next(row any) ref {
	k := 0
	if t.trait.kindOf != nil {
		k = t.trait.kindOf(row)
	}
	l := t.levels[k]
	if l == nil {
		l = &level{steps: t.below[k]}
		if !t.trait.shared {
			l.parents, l.times = make([]any, 0, t.size), make([]int64, 0, t.size)
		}
		t.levels[k] = l
	}
	l.parents, l.times = append(l.parents, row), append(l.times, 0)
	return ref{l, len(l.parents) - 1}
}

// The rest is what the generated code is put together from: where typed values come from, and where they go to.

// errPanicked stands for a resolver that panicked, errNull for a null where there is none. The ordinary way meets them
// too, and knows what to say.
var (
	errPanicked = errors.New("a resolver panicked")
	errNull     = errors.New("a null that must not be")
)

// resolver asks for what one parent has.
type resolver[P, T any] func(ctx context.Context, ec *executionContext, parent P, fc *graphql.FieldContext) (T, error)

// computed asks a resolver that does not touch the store, one parent after the other.
func computed[P, T any](ctx context.Context, q *question, ask resolver[P, T]) ([]T, error) {
	values := make([]T, len(q.parents))
	for i := range q.parents {
		parent, _ := q.parents[i].(P) // the table says so; the root is nil
		var err error
		if values[i], err = ask(ctx, q.ec, parent, q.fc); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// asked asks a resolver for all parents at the same time: the loaders gather what it asks them for.
func asked[P, T any](ctx context.Context, q *question, ask resolver[P, T]) ([]T, error) {
	if len(q.parents) == 1 {
		return computed(alone(ctx), q, ask)
	}
	values, errs := make([]T, len(q.parents)), make([]error, len(q.parents))
	var waiting sync.WaitGroup
	for i, parent := range kindly[P](q.parents) {
		waiting.Go(func() {
			defer func() {
				if recover() != nil { // in a goroutine of its own it would end the process
					errs[i] = errPanicked
				}
			}()
			values[i], errs[i] = ask(ctx, q.ec, parent, q.fc)
		})
	}
	waiting.Wait()
	return values, errors.Join(errs...)
}

// kindly gives parents their type back.
func kindly[P any](parents []any) []P {
	typed := make([]P, len(parents))
	for i, parent := range parents {
		typed[i], _ = parent.(P)
	}
	return typed
}

// scalars writes values; put says false for null.
func scalars[T any](q *question, values []T, put func(out []byte, value T) ([]byte, bool)) error {
	var there bool
	q.found.ends = make([]int, len(values))
	for i, value := range values {
		if q.found.text, there = put(q.found.text, value); !there {
			if q.must {
				return errNull
			}
			q.found.text = append(q.found.text, "null"...)
		}
		q.found.ends[i] = len(q.found.text)
	}
	return nil
}

// single notes the object that each parent has.
func single[T any](q *question, values []T, object func(*T) any) error {
	c := q.found
	c.ends, c.rows = make([]int, len(values)), make([]any, 0, len(values))
	for i := range values {
		if row := object(&values[i]); row != nil {
			c.rows = append(c.rows, row)
		} else if err := q.null(i); err != nil {
			return err
		}
		c.ends[i] = len(c.rows)
	}
	return nil
}

// several notes the objects that each parent has. A list that is nil is empty where null must not be.
func several[T any](q *question, values [][]T, object func(*T) any) error {
	c, size := q.found, 0
	for _, list := range values {
		size += len(list)
	}
	c.ends, c.rows = make([]int, len(values)), make([]any, 0, size)
	for i, list := range values {
		if list == nil && !q.must {
			_ = q.null(i) // it may be
		}
		for n := range list {
			row := object(&list[n])
			if row == nil {
				return errNull
			}
			c.rows = append(c.rows, row)
		}
		c.ends[i] = len(c.rows)
	}
	return nil
}

// null notes that a parent has nothing.
func (q *question) null(parent int) error {
	if q.must {
		return errNull
	}
	if q.found.nulls == nil {
		q.found.nulls = make([]bool, len(q.parents))
	}
	q.found.nulls[parent] = true
	return nil
}

// What single and several make objects of: pointers, values, and interfaces that hold either.

func pointed[T any](value **T) any {
	if *value == nil {
		return nil
	}
	return *value
}

func valued[T any](value *T) any { return value }

func held[T any](value *T) any { return *value }

// settled points at those objects that are values of T.
func settled[T any](objects []any) {
	values := make([]T, len(objects))
	for i, object := range objects {
		if value, ok := object.(T); ok {
			values[i], objects[i] = value, &values[i]
		}
	}
}
