package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// id is a UUID as Postgres sends it.
type id [16]byte

// row reads the columns of a row one after the other, in Postgres's binary form, without copying.
type row struct {
	columns [][]byte
	at      int
}

// each hands every row of a result to the function.
func each(rows pgx.Rows, err error, read func(*row)) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		read(&row{columns: rows.RawValues()})
	}
	return rows.Err()
}

// one hands the only row of a result to the function.
func one(rows pgx.Rows, err error, read func(*row)) error {
	found := false
	err = each(rows, err, func(r *row) { found = true; read(r) })
	if err == nil && !found {
		return fmt.Errorf("no such row")
	}
	return err
}

func (r *row) next() []byte {
	r.at++
	return r.columns[r.at-1]
}

func (r *row) id() id {
	var out id
	copy(out[:], r.next())
	return out
}

// text is the next column as a string; empty for NULL.
func (r *row) text() string { return string(r.next()) }

func (r *row) int32() int32 { return int32(binary.BigEndian.Uint32(r.next())) }

func (r *row) int64() int64 { return int64(binary.BigEndian.Uint64(r.next())) }

func (r *row) bool() bool { return r.next()[0] == 1 }

// time is the next column as an instant; zero for NULL.
func (r *row) time() time.Time {
	raw := r.next()
	if raw == nil {
		return time.Time{}
	}
	return time.UnixMicro(int64(binary.BigEndian.Uint64(raw)) + 946_684_800_000_000).UTC() // counted from the year 2000
}

// ids is the next column as the elements of a uuid[].
func (r *row) ids() []id {
	raw := r.next()
	if len(raw) < 20 {
		return nil
	}
	out := make([]id, 0, len(raw)/20)
	for raw = raw[20:]; len(raw) >= 20; raw = raw[20:] {
		out = append(out, id(raw[4:20]))
	}
	return out
}

func (i id) String() string { return string(appendID(nil, i)) }

// appendID appends a UUID without quotes.
func appendID(out []byte, i id) []byte {
	out = hex.AppendEncode(out, i[:4])
	for _, part := range [][]byte{i[4:6], i[6:8], i[8:10], i[10:]} {
		out = hex.AppendEncode(append(out, '-'), part)
	}
	return out
}

// appendText appends a JSON string.
func appendText(out []byte, text string) []byte {
	out = append(out, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c < ' ':
			out = fmt.Appendf(out, `\u%04x`, c)
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// appendOptional appends a JSON string, or null for an empty one.
func appendOptional(out []byte, text string) []byte {
	if text == "" {
		return append(out, "null"...)
	}
	return appendText(out, text)
}

// appendEnum appends a name as enumerations of the contract are spelled: anyTime is "ANY_TIME". Empty is null.
func appendEnum(out []byte, name string) []byte {
	if name == "" {
		return append(out, "null"...)
	}
	out = append(out, '"')
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z':
			out = append(out, c-'a'+'A')
		case c >= 'A' && c <= 'Z':
			out = append(out, '_', c)
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// appendTime appends an instant, or null for none.
func appendTime(out []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(out, "null"...)
	}
	return t.AppendFormat(out, `"2006-01-02T15:04:05.000Z"`)
}

// appendPosition appends a position, which is kept in ten-billionths.
func appendPosition(out []byte, position int64) []byte {
	const unit = 10_000_000_000
	out = strconv.AppendInt(append(out, '"'), position/unit, 10)
	out = append(out, '.')
	fraction := strconv.AppendInt(nil, position%unit+unit, 10)
	return append(append(out, fraction[1:]...), '"')
}

func appendBool(out []byte, yes bool) []byte {
	if yes {
		return append(out, "true"...)
	}
	return append(out, "false"...)
}

func int64Text(n int64) string { return strconv.FormatInt(n, 10) }

// idsOf reads the UUIDs of a JSON list.
func idsOf(json []byte) (ids []id) {
	for len(json) >= 38 {
		var one id
		text := json[bytes.IndexByte(json, '"')+1:]
		at := 0
		for _, part := range []int{8, 4, 4, 4, 12} {
			n, _ := hex.Decode(one[at:], text[:part]) // Postgres keeps only what we wrote
			at, text = at+n, text[min(part+1, len(text)):]
		}
		ids, json = append(ids, one), text
	}
	return ids
}
