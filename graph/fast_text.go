package graph

import (
	"encoding/json"
	"strconv"
	"time"

	"kanera.dev/domain"
)

// The writers of scalars: byte by byte what the ordinary way writes.

// appendID quotes what hardly ever holds anything but plain ASCII.
func appendID[T ~string](out []byte, id T) []byte {
	for i := range len(id) {
		if c := id[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return strconv.AppendQuote(out, string(id))
		}
	}
	out = append(out, '"')
	return append(append(out, id...), '"')
}

// appendEnum quotes a value of an enumeration as domain.Screaming spells it.
func appendEnum[T ~string](out []byte, value T) []byte {
	start := len(out)
	out = append(out, '"')
	for i := range len(value) {
		switch c := value[i]; {
		case 'a' <= c && c <= 'z':
			out = append(out, c-'a'+'A')
		case 'A' <= c && c <= 'Z':
			out = append(out, '_', c)
		case '0' <= c && c <= '9' || c == '_':
			out = append(out, c)
		default:
			return strconv.AppendQuote(out[:start], domain.Screaming(string(value)))
		}
	}
	return append(out, '"')
}

func appendPosition(out []byte, position domain.Position) []byte {
	return append(position.Append(append(out, '"')), '"')
}

func appendInt(out []byte, n int) []byte { return strconv.AppendInt(out, int64(n), 10) }

func appendFloat(out []byte, f float64) []byte { return strconv.AppendFloat(out, f, 'g', -1, 64) }

func appendBool(out []byte, b bool) []byte { return strconv.AppendBool(out, b) }

// appendInstant writes TimeLayout.
func appendInstant(out []byte, at time.Time) []byte {
	at = at.UTC()
	year, month, day := at.Date()
	if year < 1000 || year > 9999 {
		return at.AppendFormat(out, `"`+TimeLayout+`"`)
	}
	hour, minute, second := at.Clock()
	out = strconv.AppendInt(append(out, '"'), int64(year), 10)
	out = appendTwo(append(out, '-'), int(month))
	out = appendTwo(append(out, '-'), day)
	out = appendTwo(append(out, 'T'), hour)
	out = appendTwo(append(out, ':'), minute)
	out = appendTwo(append(out, ':'), second)
	milli := at.Nanosecond() / int(time.Millisecond)
	return append(appendTwo(append(out, '.', byte('0'+milli/100)), milli%100), 'Z', '"')
}

// appendTwo writes a number below 100 with two digits.
func appendTwo(out []byte, n int) []byte { return append(out, byte('0'+n/10), byte('0'+n%10)) }

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
