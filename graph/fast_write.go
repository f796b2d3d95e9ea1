package graph

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// The writers of scalars: byte by byte what the ordinary way writes.

func appendID(out []byte, id string) []byte { return strconv.AppendQuote(out, id) }

func appendInt(out []byte, n int) []byte { return strconv.AppendInt(out, int64(n), 10) }

func appendFloat(out []byte, f float64) []byte { return strconv.AppendFloat(out, f, 'g', -1, 64) }

func appendBool(out []byte, b bool) []byte { return strconv.AppendBool(out, b) }

func appendInstant(out []byte, at time.Time) []byte {
	return at.UTC().AppendFormat(out, `"`+TimeLayout+`"`)
}

func appendRaw(out []byte, raw json.RawMessage) []byte { return append(out, raw...) }

// appendText quotes a text, escaping no more than JSON asks for.
func appendText(out []byte, text string) []byte {
	const hex = "0123456789ABCDEF"
	out = append(out, '"')
	start := 0
	for i := range len(text) {
		c := text[i]
		if c >= 0x20 && c != '\\' && c != '"' {
			continue
		}
		out = append(out, text[start:i]...)
		start = i + 1
		switch c {
		case '\t':
			out = append(out, `\t`...)
		case '\r':
			out = append(out, `\r`...)
		case '\n':
			out = append(out, `\n`...)
		case '\\', '"':
			out = append(out, '\\', c)
		default:
			out = append(out, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(out, text[start:]...), '"')
}

// appendMarshaler writes whatever knows how to write itself.
func appendMarshaler[T graphql.Marshaler](out []byte, value T) []byte {
	p := pen(out)
	value.MarshalGQL(&p)
	return p
}

// pen is an io.Writer on a slice.
type pen []byte

// Write implements io.Writer.
func (p *pen) Write(text []byte) (int, error) {
	*p = append(*p, text...)
	return len(text), nil
}

// WriteString implements io.StringWriter.
func (p *pen) WriteString(text string) (int, error) {
	*p = append(*p, text...)
	return len(text), nil
}
