package graph

import (
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// minPooled is from how many bytes on a buffer is worth keeping for the next answer, maxPooled up to how many.
const (
	minPooled = 16 << 10
	maxPooled = 4 << 20
)

// buffers are those of large answers that were sent.
var buffers sync.Pool

// buffer returns an empty buffer for about that many bytes.
func buffer(size int) []byte {
	size = min(size+size/8+64, maxPooled)
	if size < minPooled {
		return make([]byte, 0, max(size, 512))
	}
	if kept, _ := buffers.Get().(*[]byte); kept != nil && cap(*kept) >= size {
		return (*kept)[:0]
	}
	return make([]byte, 0, size)
}

// Recycle takes back the memory of a response that was sent; nobody may look at its data any more. It costs nothing not
// to be called.
func (*Executor) Recycle(response *graphql.Response) {
	data := response.Data[:0]
	if response.Data = nil; cap(data) >= minPooled && cap(data) <= maxPooled {
		buffers.Put((*[]byte)(&data))
	}
}

// write appends an object.
func (l *level) write(out []byte, i int) (_ []byte, ok bool) {
	if l.shared {
		if l.written == nil {
			l.written = make([][]byte, len(l.parents))
		}
		if l.written[i] != nil {
			return append(out, l.written[i]...), true
		}
	}
	start := len(out)
	if len(l.steps) == 0 {
		out = append(out, '{')
	}
	for at := range l.steps {
		out = append(out, l.steps[at].key...)
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
func (l *level) writeCell(out []byte, at, i int) (_ []byte, there bool) {
	s := &l.steps[at]
	switch {
	case s.trait == nil:
		return append(out, s.typename...), true
	case s.trait.text == nil:
		return l.cells[at].write(out, s.trait, i)
	}
	if out, there = s.trait.text(out, l.parents[i]); !there {
		return append(out, "null"...), !s.trait.must
	}
	return out, true
}

// write appends what belongs to a parent.
func (c *cell) write(out []byte, t *trait, i int) (_ []byte, ok bool) {
	start := 0
	if i > 0 {
		start = c.ends[i-1]
	}
	switch {
	case t.kinds == nil:
		return append(out, c.text[start:c.ends[i]]...), true
	case c.nulls != nil && c.nulls[i]:
		return append(out, "null"...), true
	case !t.list:
		return c.writeRow(out, start)
	}
	out = append(out, '[')
	for n := start; n < c.ends[i]; n++ {
		if n > start {
			out = append(out, ',')
		}
		if out, ok = c.writeRow(out, n); !ok {
			return out, false
		}
	}
	return append(out, ']'), true
}

// writeRow appends one of the objects that a step found.
func (c *cell) writeRow(out []byte, n int) ([]byte, bool) {
	if c.seats == nil {
		return c.below[0].write(out, n)
	}
	at := c.seats[n]
	return c.below[at.kind].write(out, int(at.at))
}
