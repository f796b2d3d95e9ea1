package persistence

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"kanera.dev/domain"
)

// nativeRows reads rows from the bytes that Postgres sent, in a third of the time that pgx takes. What it has no way for
// of its own is left to pgx, column by column. It closes the way database/sql does.
type nativeRows struct {
	pgx.Rows
	*reading
}

// reading is how the columns of an answer are read, and where that is kept.
type reading struct {
	columns  []column
	texts    textSlab
	optional slab[string]
	instants slab[time.Time]
}

// column is how a column is read into places of one type.
type column struct {
	target reflect.Type
	form   form
	plan   pgtype.ScanPlan // for what has no form of ours; made when it is needed
	id     [16]byte        // of the last row, as text
	text   string          // of the last row: one that is equal shares it
}

func readNatively(rows pgx.Rows) nativeRows { return nativeRows{rows, new(reading)} }

// Close ends reading and says what went wrong.
func (r nativeRows) Close() error {
	r.Rows.Close()
	return r.Err()
}

// Scan reads the row that Next went to.
func (r nativeRows) Scan(dest ...any) error {
	raw := r.RawValues()
	if len(raw) != len(dest) {
		return fmt.Errorf("%d columns cannot be read into %d places", len(raw), len(dest))
	}
	if r.columns == nil {
		r.columns = make([]column, len(dest))
	}
	for i, into := range dest {
		c := &r.columns[i]
		if target := reflect.TypeOf(into); target != c.target {
			*c = column{target: target, form: formOf(&r.FieldDescriptions()[i], into)}
		}
		if r.read(c, raw[i], into) {
			continue
		}
		if err := r.leave(c, i, into); err != nil {
			return fmt.Errorf("read the column %s: %w", r.FieldDescriptions()[i].Name, err)
		}
	}
	return nil
}

// leave has pgx read a column.
func (r nativeRows) leave(c *column, i int, into any) error {
	if c.plan == nil {
		field := &r.FieldDescriptions()[i]
		c.plan = r.TypeMap().PlanScan(field.DataTypeOID, field.Format, into)
	}
	return c.plan.Scan(r.RawValues()[i], into)
}

// read reads a value, unless that is left to pgx: also NULL where there is no place for it.
func (r *reading) read(c *column, raw []byte, into any) bool {
	if c.form == formOther {
		return false
	}
	if raw == nil {
		return setNull(into)
	}
	if size := formSizes[c.form]; size > 0 && len(raw) != size {
		return false
	}
	switch c.form {
	case formText:
		if len(raw) > sharedText || c.text != string(raw) {
			c.text = r.texts.keep(raw)
		}
		r.setText(into, c.text)
	case formID:
		if id := [16]byte(raw); c.text == "" || id != c.id {
			c.id, c.text = id, r.texts.keep(appendUUID(make([]byte, 0, 36), raw))
		}
		r.setText(into, c.text)
	case formInt2:
		setInt(into, int64(int16(binary.BigEndian.Uint16(raw))))
	case formInt4:
		setInt(into, int64(int32(binary.BigEndian.Uint32(raw))))
	case formInt8:
		setInt(into, int64(binary.BigEndian.Uint64(raw)))
	case formBool:
		setBool(into, raw[0] == 1)
	case formInstant:
		return r.setInstant(into, int64(binary.BigEndian.Uint64(raw)))
	}
	return true
}

// sharedText is how long texts are, at most, that are looked at for being the one of the row before.
const sharedText = 64

// appendUUID appends the text of 16 bytes.
func appendUUID(out, raw []byte) []byte {
	out = hex.AppendEncode(out, raw[:4])
	for from := 4; from < 10; from += 2 {
		out = hex.AppendEncode(append(out, '-'), raw[from:from+2])
	}
	return hex.AppendEncode(append(out, '-'), raw[10:])
}

// setNull reports whether there is a place for nothing.
func setNull(into any) bool {
	switch to := into.(type) {
	case **string:
		*to = nil
	case **time.Time:
		*to = nil
	case loose:
		*to.value = nil
	default:
		place := reflect.ValueOf(into).Elem()
		if place.Kind() != reflect.Pointer {
			return false
		}
		place.SetZero()
	}
	return true
}

func (r *reading) setText(into any, text string) {
	switch to := into.(type) {
	case *string:
		*to = text
	case **string:
		*to = r.optional.keep(text)
	case loose:
		*to.value = text
	default:
		placeIn(into).SetString(text)
	}
}

// placeIn is the value that into points to; one that may be missing is made first.
func placeIn(into any) reflect.Value {
	place := reflect.ValueOf(into).Elem()
	if place.Kind() == reflect.Pointer {
		place.Set(reflect.New(place.Type().Elem()))
		place = place.Elem()
	}
	return place
}

func setInt(into any, number int64) {
	switch to := into.(type) {
	case *int:
		*to = int(number)
	case **int:
		*to = new(int(number))
	case *domain.Position:
		*to = domain.Position(number)
	case loose:
		*to.value = number
	default:
		placeIn(into).SetInt(number)
	}
}

func setBool(into any, value bool) {
	switch to := into.(type) {
	case *bool:
		*to = value
	case loose:
		*to.value = value
	default:
		placeIn(into).SetBool(value)
	}
}

const (
	postgresEpoch = 946_684_800_000_000 // microseconds after 1970: where Postgres begins to count
	plainInstants = 1 << 57             // microseconds to either side of it, beyond which are infinities and errors
)

// setInstant reports whether it is one that a time.Time can hold.
func (r *reading) setInstant(into any, sent int64) bool {
	if sent > plainInstants || sent < -plainInstants {
		return false
	}
	at := time.UnixMicro(sent + postgresEpoch).UTC()
	switch to := into.(type) {
	case *time.Time:
		*to = at
	case **time.Time:
		*to = r.instants.keep(at)
	case loose:
		*to.value = at
	}
	return true
}
