package persistence

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"kanera.dev/domain"
)

// pageKey is one of the values that order a list. None is ever NULL, and together they are unique.
type pageKey struct {
	column string
	kind   pageKeyKind
	desc   bool
}

// pageKeyKind is how a key is written into a cursor.
type pageKeyKind int

const (
	keyID pageKeyKind = iota
	keyWhole
	keyInstant
)

// pageCursor is what an opaque cursor of a list holds: which list it is of, and the keys of a row.
type pageCursor struct {
	List string   `json:"l"`
	Keys []string `json:"k"`
}

var errPageCursor = domain.BadRequest("The cursor is not one of this list.")

func (c pageCursor) String() string {
	raw, _ := json.Marshal(c) // strings only
	return base64.RawURLEncoding.EncodeToString(raw)
}

// writeCursor makes the cursor of a row from its keys: strings, whole numbers and instants.
func writeCursor(list string, keys []any) string {
	c := pageCursor{List: list}
	for _, key := range keys {
		switch k := key.(type) {
		case string:
			c.Keys = append(c.Keys, k)
		case int64:
			c.Keys = append(c.Keys, strconv.FormatInt(k, 10))
		case time.Time:
			c.Keys = append(c.Keys, strconv.FormatInt(k.UnixMilli(), 10))
		}
	}
	return c.String()
}

// readCursor returns the keys in a cursor, to be bound. BAD_REQUEST when it is not one of the list.
func readCursor(list, text string, keys []pageKey) ([]any, error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, errPageCursor
	}
	var c pageCursor
	if json.Unmarshal(raw, &c) != nil || c.List != list || len(c.Keys) != len(keys) {
		return nil, errPageCursor
	}
	values := make([]any, len(keys))
	for i, key := range keys {
		if values[i], err = key.kind.read(c.Keys[i]); err != nil {
			return nil, errPageCursor
		}
	}
	return values, nil
}

func (k pageKeyKind) read(text string) (any, error) {
	if k == keyID {
		return text, uuid.Validate(text)
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if k == keyInstant {
		return time.UnixMilli(number).UTC(), err
	}
	return number, err
}

// behind is the condition that a row comes after the one with these keys. It begins with a bound on the first key
// alone, for an index to start at.
func behind(keys []pageKey, values []any) (string, []any) {
	column, operator := keys[0].column, " >"
	if keys[0].desc {
		operator = " <"
	}
	if len(keys) == 1 {
		return column + operator + " ?", values
	}
	rest, args := behind(keys[1:], values[1:])
	condition := column + operator + "= ? AND (" + column + operator + " ? OR (" + rest + "))"
	return condition, append([]any{values[0], values[0]}, args...)
}

// inOrder is the list of an ORDER BY.
func inOrder(keys []pageKey) string {
	columns := make([]string, len(keys))
	for i, key := range keys {
		columns[i] = key.column
		if key.desc {
			columns[i] += " DESC"
		}
	}
	return strings.Join(columns, ", ")
}
