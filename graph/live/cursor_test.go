package live

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// TestCursors are read as they were written, and nothing else panics.
func TestCursors(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := cursor{time.UnixMilli(rapid.Int64Range(0, 1<<47).Draw(t, "listed")), map[string]int64{}}
		for range rapid.IntRange(0, MaxWorkspaces).Draw(t, "workspaces") {
			id := uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
			c.at[id.String()] = rapid.Int64Range(0, 1<<61).Draw(t, "at")
		}
		read, err := parseCursor(c.String())
		if err != nil || !reflect.DeepEqual(read, c) {
			t.Fatalf("%v was read as %v, %v", c, read, err)
		}
		_, _ = parseCursor(rapid.String().Draw(t, "anything"))
	})
}

func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add(cursor{time.UnixMilli(1), map[string]int64{uuid.Nil.String(): 3}}.String())
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := parseCursor(text); err == nil {
			if again, err := parseCursor(c.String()); err != nil || !reflect.DeepEqual(again, c) {
				t.Errorf("%q is not read again: %v", text, err)
			}
		}
	})
}
