package webhook

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// excerptLength is how many characters of an answer are kept.
const excerptLength = 2000

// excerpt reads the beginning of an answer as text that can be stored and shown: what is no UTF-8, and control
// characters other than line breaks and tabs, become U+FFFD.
func excerpt(body io.Reader) string {
	start, _ := io.ReadAll(io.LimitReader(body, excerptLength*utf8.UTFMax)) // what came before it broke off
	var text strings.Builder
	left := excerptLength
	for _, r := range string(start) {
		if left == 0 {
			break
		}
		left--
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			r = utf8.RuneError
		}
		text.WriteRune(r)
	}
	return text.String()
}
