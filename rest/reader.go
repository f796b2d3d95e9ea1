package rest

import (
	"bytes"
	"fmt"
)

// reader walks JSON without decoding it. The first thing out of place sets err, after which nothing moves.
type reader struct {
	in  []byte
	at  int
	err error
}

func (r *reader) failf(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("answer does not fit the plan at byte %d: "+format, append([]any{r.at}, args...)...)
	}
}

// peek returns the next byte, 0 at the end and after a failure.
func (r *reader) peek() byte {
	if r.err != nil || r.at >= len(r.in) {
		return 0
	}
	return r.in[r.at]
}

func (r *reader) space() {
	for c := r.peek(); c == ' ' || c == '\n' || c == '\t' || c == '\r'; c = r.peek() {
		r.at++
	}
}

func (r *reader) expect(c byte) {
	r.space()
	if r.peek() != c {
		r.failf("expected %q", c)
		return
	}
	r.at++
}

// ends passes the comma between two elements and reports whether the closing byte comes next.
func (r *reader) ends(closing byte) bool {
	r.space()
	if r.peek() == ',' {
		r.at++
		r.space()
	}
	return r.peek() == closing
}

// key passes a member's name when it is the next one; else it stays where it is.
func (r *reader) key(name []byte) bool {
	if r.ends('}') || r.err != nil || !bytes.HasPrefix(r.in[r.at:], name) {
		return false
	}
	r.at += len(name)
	r.expect(':')
	return r.err == nil
}

// skip passes one value.
func (r *reader) skip() {
	r.space()
	from, depth := r.at, 0
	for r.err == nil {
		switch c := r.peek(); {
		case c == '"':
			r.text()
		case c == '{' || c == '[':
			depth++
			r.at++
		case c == '}' || c == ']':
			if depth == 0 {
				r.checkMoved(from)
				return
			}
			depth--
			r.at++
		case c == 0 && depth > 0:
			r.failf("unfinished value")
		case c == 0 || (depth == 0 && (c == ',' || c == ' ' || c == '\n' || c == '\t' || c == '\r')):
			r.checkMoved(from)
			return
		default:
			r.at++
			continue
		}
		if depth == 0 {
			return
		}
	}
}

func (r *reader) checkMoved(from int) {
	if r.at == from {
		r.failf("expected a value")
	}
}

// text passes a string: it ends at the first quote behind an even number of backslashes.
func (r *reader) text() {
	for from := r.at + 1; ; from = r.at {
		length := bytes.IndexByte(r.in[from:], '"')
		if length < 0 {
			r.at = len(r.in)
			r.failf("unfinished string")
			return
		}
		inner := r.in[from : from+length]
		r.at = from + length + 1
		if (len(inner)-len(bytes.TrimRight(inner, `\`)))%2 == 0 {
			return
		}
	}
}
