package domain

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Enumerations are kept and sent to REST in camelCase ("anyTime") and spelled ANY_TIME in GraphQL. Each type lists
// its legal values once; reading anything else is an error.

// Screaming spells an enumeration value the GraphQL way: anyTime becomes ANY_TIME.
func Screaming(camel string) string {
	var b strings.Builder
	for _, r := range camel {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// Camel spells an enumeration value the REST way: ANY_TIME becomes anyTime.
func Camel(screaming string) string {
	head, tail, _ := strings.Cut(screaming, "_")
	out := strings.ToLower(head)
	for word := range strings.SplitSeq(tail, "_") {
		if word != "" {
			out += word[:1] + strings.ToLower(word[1:])
		}
	}
	return out
}

func writeEnum(w io.Writer, value string) { _, _ = io.WriteString(w, strconv.Quote(Screaming(value))) }

func readEnum[T ~string](input any, into *T, legal []T) error {
	text, ok := input.(string)
	if !ok {
		return fmt.Errorf("enumeration value must be a name")
	}
	i := slices.IndexFunc(legal, func(v T) bool { return Screaming(string(v)) == text })
	if i < 0 {
		return fmt.Errorf("%q is none of the legal values", text)
	}
	*into = legal[i]
	return nil
}
