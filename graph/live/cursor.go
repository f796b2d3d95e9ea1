package live

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"kanera.dev/domain"
)

// cursor is a place in several workspaces at once, and when they were listed: what is younger was not among them.
type cursor struct {
	listed time.Time
	at     map[string]int64 // by workspace
}

// String writes a cursor: the same one for the same place, some 24 characters a workspace.
func (c cursor) String() string {
	ids := make([]string, 0, len(c.at))
	for id := range c.at {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	raw := binary.AppendUvarint(nil, uint64(max(0, c.listed.UnixMilli())))
	for _, id := range ids {
		known := uuid.MustParse(id) // ids of rows are
		raw = binary.AppendUvarint(append(raw, known[:]...), uint64(c.at[id]))
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

var errCursor = errors.New("no cursor")

func parseCursor(text string) (cursor, error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	listed, n := binary.Uvarint(raw)
	if err != nil || n <= 0 || listed > 1<<48 {
		return cursor{}, errCursor
	}
	c := cursor{time.UnixMilli(int64(listed)), map[string]int64{}}
	for raw = raw[n:]; len(raw) > 0; raw = raw[n:] {
		if len(raw) <= 16 || len(c.at) == MaxWorkspaces {
			return cursor{}, errCursor
		}
		var at uint64
		id := uuid.UUID(raw[:16])
		if at, n = binary.Uvarint(raw[16:]); n <= 0 || at > 1<<62 {
			return cursor{}, errCursor
		}
		c.at[id.String()], n = int64(at), n+16
	}
	return c, nil
}

// badCursor says that since is not what was given out.
func badCursor() error {
	issue := domain.Custom("must be the cursor of an event of this subscription")
	issue.Path = []any{"since"}
	return domain.Invalid(issue)
}
