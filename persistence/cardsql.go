package persistence

import "strings"

// fragment is a piece of SQL with the values of its placeholders, in order.
type fragment struct {
	text string
	args []any
}

func frag(text string, args ...any) fragment { return fragment{text, args} }

// all holds when every part holds; with no parts it always does.
func all(parts ...fragment) fragment { return joined(parts, " AND ", "TRUE") }

// some holds when at least one part holds; with no parts it never does.
func some(parts ...fragment) fragment { return joined(parts, " OR ", "FALSE") }

func joined(parts []fragment, operator, empty string) fragment {
	switch len(parts) {
	case 0:
		return frag(empty)
	case 1:
		return parts[0]
	}
	var out fragment
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = part.text
		out.args = append(out.args, part.args...)
	}
	out.text = "(" + strings.Join(texts, operator) + ")"
	return out
}

// not holds when the part does not, and that includes parts that are unknown because a value is missing.
func not(part fragment) fragment { return frag("("+part.text+") IS NOT TRUE", part.args...) }

// exists holds when a row of body ("table WHERE condition") passes where.
func exists(body, where fragment) fragment {
	return frag("EXISTS (SELECT 1 FROM "+body.text+" AND "+where.text+")", append(append([]any(nil), body.args...), where.args...)...)
}

// absent holds when no row of body passes where.
func absent(body, where fragment) fragment {
	found := exists(body, where)
	return frag("NOT "+found.text, found.args...)
}

// statement collects fragments in the order they are written.
type statement struct {
	text strings.Builder
	args []any
}

func (s *statement) add(parts ...fragment) *statement {
	for _, part := range parts {
		s.text.WriteString(part.text)
		s.args = append(s.args, part.args...)
	}
	return s
}

func (s *statement) fragment() fragment { return frag(s.text.String(), s.args...) }

// valueKind says how a value is compared, bound and written into a cursor.
type valueKind int

const (
	kindID valueKind = iota
	kindText
	kindDay
	kindInt
	kindNumber
	kindTime
	kindBool
)
