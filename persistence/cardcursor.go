package persistence

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kanera.dev/domain"
)

// errCursor answers cursors that were altered, cut, or made for another query.
var errCursor = domain.BadRequest("The cursor does not belong to this query: filter, order and archived have to stay the same from page to page.")

// sortCursor is what an opaque cursor holds: the key values of a row, and a mark of the query they belong to.
type sortCursor struct {
	Mark   string    `json:"q"`
	Values []*string `json:"v"`
}

// queryMark tells queries apart whose rows differ or come in another order.
func queryMark(parts ...any) (string, error) {
	raw, err := json.Marshal(parts)
	if err != nil {
		return "", fmt.Errorf("mark a query: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8]), nil
}

func (c sortCursor) String() string {
	raw, _ := json.Marshal(c) // strings only
	return base64.RawURLEncoding.EncodeToString(raw)
}

// parseCursor reads the key values out of a cursor of the query with the mark.
func parseCursor(text, mark string, keys []sortKey) ([]*string, error) {
	var c sortCursor
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &c) != nil || c.Mark != mark || len(c.Values) != len(keys) {
		return nil, errCursor
	}
	for i, value := range c.Values {
		if value == nil && !keys[i].nullable || value != nil && !keys[i].kind.legal(*value) {
			return nil, errCursor
		}
	}
	return c.Values, nil
}

var numberForm = regexp.MustCompile(`^-?\d{1,400}(\.\d{1,400})?$`)

// cursorTime is the form of instants in cursors.
const cursorTime = "2006-01-02T15:04:05.000Z"

// legal reports whether a value from a cursor can be bound.
func (k valueKind) legal(value string) (ok bool) {
	var err error
	switch k {
	case kindID:
		return isUUID(value)
	case kindInt:
		_, err = strconv.ParseInt(value, 10, 64)
	case kindNumber:
		return numberForm.MatchString(value)
	case kindTime:
		_, err = time.Parse(cursorTime, value)
	case kindBool:
		return value == "0" || value == "1"
	default:
		return !strings.ContainsRune(value, 0)
	}
	return err == nil
}

// cursorOf is the cursor of a row with the scanned key values.
func cursorOf(mark string, keys []sortKey, scanned []any) string {
	c := sortCursor{Mark: mark, Values: make([]*string, len(keys))}
	for i, key := range keys {
		c.Values[i] = key.kind.write(scanned[i])
	}
	return c.String()
}

// write brings a scanned value to the form cursors keep; nil is a missing one.
func (k valueKind) write(scanned any) *string {
	var text string
	switch v := scanned.(type) {
	case nil:
		return nil
	case string:
		text = v
	case []byte:
		text = string(v)
	case bool:
		text = "0"
		if v {
			text = "1"
		}
	case time.Time:
		text = v.UTC().Format(cursorTime)
	case int64:
		text = strconv.FormatInt(v, 10)
		if k == kindTime {
			text = time.UnixMilli(v).UTC().Format(cursorTime)
		}
	default:
		text = fmt.Sprint(v)
	}
	return &text
}

// bind turns a legal value from a cursor into a parameter.
func (k valueKind) bind(value string) any {
	switch k {
	case kindInt:
		n, _ := strconv.ParseInt(value, 10, 64)
		return n
	case kindTime:
		at, _ := time.Parse(cursorTime, value)
		return at
	case kindBool:
		return value == "1"
	}
	return value
}
