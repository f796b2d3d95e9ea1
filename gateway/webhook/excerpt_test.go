package webhook

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

func TestExcerpt(t *testing.T) {
	t.Parallel()
	rows := []struct{ name, body, want string }{
		{"nothing", "", ""},
		{"text", "a\tb\r\nc äöü 😀", "a\tb\r\nc äöü 😀"},
		{"a zero, an escape, a delete and a C1 control", "a\x00b\x1b[31mc\x7fd\u0085e", "a\uFFFDb\uFFFD[31mc\uFFFDd\uFFFDe"},
		{"no UTF-8", "a\xff\xc3(b\xed\xa0\x80", "a\uFFFD\uFFFD(b\uFFFD\uFFFD\uFFFD"},
		{"2,000 characters", strings.Repeat("x", 2000), strings.Repeat("x", 2000)},
		{"more", strings.Repeat("x", 2001), strings.Repeat("x", 2000)},
		{"2,000 wide ones", "x" + strings.Repeat("😀", 3000), "x" + strings.Repeat("😀", 1999)},
		{"2,000 broken ones", strings.Repeat("\xff", 9000), strings.Repeat("\uFFFD", 2000)},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := excerpt(strings.NewReader(row.body))
			if got != row.want || !utf8.ValidString(got) {
				t.Errorf("%q", got)
			}
		})
	}
	if got := excerpt(io.MultiReader(strings.NewReader("so far"), iotest.ErrReader(errors.New("broken off")))); got != "so far" {
		t.Errorf("an answer that breaks off: %q", got)
	}
}
