package graph

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// level is the objects of one type that one selection reads, with all that belongs to them.
type level struct {
	steps   []step
	parents []any
	times   []int64 // how often each of them is in the answer; nil: once
	cells   []cell
	places  map[any]int // where the parents are, once there are more of them than a few
	shared  bool        // some are in the answer several times
	written [][]byte    // what was written of them
}

// cell is what a step found for the parents of its level.
type cell struct {
	text  []byte   // the values, one behind the other
	rows  []any    // the objects, of all parents
	below []*level // where the objects are, by their kind; nil without objects of it
	seats []seat   // which of them each object is; nil when they are all there is, in their order
	ends  []int    // where the text or the objects of each parent end; an object that is null has none
	nulls []bool   // which parents have no object, or no list; nil when all have
}

// seat is the place of an object in the levels below.
type seat struct{ kind, at int32 }

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
	all := l.count()
	for i := range l.steps {
		s, c := &l.steps[i], &l.cells[i]
		found := s.trait != nil && s.trait.load != nil
		if found && !r.ask(ctx, s, l.parents, c) {
			r.spent += int64(s.weight) * all
			return false
		}
		elements := all
		if found && s.trait.kinds != nil {
			c.settle(s, l.times)
			if !r.descend(ctx, c) {
				return false
			}
			if s.trait.list {
				elements = c.count()
			}
		}
		r.spent += int64(s.weight) * elements
	}
	return true
}

// count is how many objects of a level are in the answer.
func (l *level) count() (all int64) {
	if l.times == nil {
		return int64(len(l.parents))
	}
	for _, n := range l.times {
		all += n
	}
	return all
}

// count is how many objects that a step found are in the answer.
func (c *cell) count() (all int64) {
	for _, below := range c.below {
		if below != nil {
			all += below.count()
		}
	}
	return all
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

// descend loads the objects that a step found.
func (r *fastRun) descend(ctx context.Context, c *cell) bool {
	for _, below := range c.below {
		if below != nil && !r.load(ctx, below) {
			return false
		}
	}
	return true
}

// settle gives the objects that a step found their places in the levels below. Those that several parents share have
// one, so that they are loaded and written once.
func (c *cell) settle(s *step, times []int64) {
	c.below = make([]*level, len(s.trait.kinds))
	each := c.spread(times)
	if s.trait.kindOf == nil && (!s.trait.shared && len(c.rows) > 0 || len(c.rows) == 1) {
		c.below[0] = &level{steps: s.below[0], parents: c.rows, times: each}
	} else {
		c.seat(s, each)
	}
	for k, below := range c.below {
		if settle := s.trait.kinds[k].settle; settle != nil && below != nil {
			settle(below.parents)
		}
	}
}

// spread says how often each object is in the answer, by how often its parent is; nil: once.
func (c *cell) spread(times []int64) []int64 {
	if times == nil {
		return nil
	}
	each := make([]int64, 0, len(c.rows))
	for parent, end := range c.ends {
		for len(each) < end {
			each = append(each, times[parent])
		}
	}
	return each
}

// seat places objects that are of several kinds, or that several parents share.
func (c *cell) seat(s *step, each []int64) {
	c.seats = make([]seat, len(c.rows))
	of := make([]int, len(c.below))
	for i, row := range c.rows {
		if s.trait.kindOf != nil {
			c.seats[i].kind = int32(s.trait.kindOf(row))
		}
		of[c.seats[i].kind]++
	}
	for k, n := range of {
		if n > 0 {
			c.below[k] = &level{steps: s.below[k]}
		}
		if n > 0 && !s.trait.shared {
			c.below[k].parents = make([]any, 0, n)
		}
	}
	for i, row := range c.rows {
		below := c.below[c.seats[i].kind]
		at := below.place(row, s.trait.shared)
		c.seats[i].at = int32(at)
		switch {
		case each != nil:
			below.again(at, each[i])
		case s.trait.shared:
			below.again(at, 1)
		}
	}
}

// place returns where an object is in a level, which it joins unless it is there.
func (l *level) place(row any, shared bool) (at int) {
	if shared {
		if at = l.find(row); at >= 0 {
			l.shared = true
			return at
		}
	}
	l.parents = append(l.parents, row)
	return len(l.parents) - 1
}

// again counts an object that many times more.
func (l *level) again(at int, times int64) {
	if at == len(l.times) {
		l.times = append(l.times, 0)
	}
	l.times[at] += times
}

// few is up to how many objects looking at each is faster than a map.
const few = 12

// find returns where a shared object is in a level; -1 when it is not.
func (l *level) find(row any) int {
	if len(l.parents) <= few {
		return slices.Index(l.parents, row)
	}
	if l.places == nil {
		l.places = make(map[any]int, 2*len(l.parents))
	}
	for at := len(l.places); at < len(l.parents); at++ {
		l.places[l.parents[at]] = at
	}
	if at, there := l.places[row]; there {
		return at
	}
	return -1
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
