package persistence

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"kanera.dev/domain"
)

// sentRows are rows as a connection hands them over, all of one answer.
type sentRows struct {
	pgx.Rows
	types  *pgtype.Map
	fields []pgconn.FieldDescription
	values [][]byte
}

func (r *sentRows) TypeMap() *pgtype.Map                         { return r.types }
func (r *sentRows) FieldDescriptions() []pgconn.FieldDescription { return r.fields }
func (r *sentRows) RawValues() [][]byte                          { return r.values }

func knownTypes() *pgtype.Map {
	types := pgtype.NewMap()
	registerTypes(types)
	return types
}

// sentTypes are the types of all columns that are read anywhere.
var sentTypes = []uint32{pgtype.TextOID, pgtype.VarcharOID, pgtype.UUIDOID, pgtype.JSONOID, pgtype.JSONBOID, pgtype.NumericOID,
	pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.BoolOID, pgtype.TimestamptzOID, pgtype.ByteaOID, pgtype.DateOID}

// newPlaces make everything that columns are read into, and what they are read into nowhere.
var newPlaces = []func() any{
	func() any { return new(string) }, func() any { return new(*string) },
	func() any { return new(domain.Color) }, func() any { return new(*domain.DueSlot) }, func() any { return new(*domain.Decimal) },
	func() any { return new(int) }, func() any { return new(*int) }, func() any { return new(int64) }, func() any { return new(*int64) },
	func() any { return new(domain.Position) }, func() any { return new(*domain.Position) }, func() any { return new(int16) },
	func() any { return new(bool) }, func() any { return new(*bool) },
	func() any { return new(time.Time) }, func() any { return new(*time.Time) },
	func() any { return new(domain.IDs) }, func() any { return new(*domain.IDs) }, func() any { return new([]byte) }, func() any { return new(any) },
	func() any { return loose{new(any)} }, func() any { return new(**string) },
}

// compareRows reads two rows of one column, each into places of its own, with ours and with pgx, which have to agree.
func compareRows(t *testing.T, types *pgtype.Map, oid uint32, format int16, newPlace func() any, first, second []byte) {
	t.Helper()
	sent := &sentRows{types: types, fields: []pgconn.FieldDescription{{Name: "c", DataTypeOID: oid, Format: format}}}
	rows := readNatively(sent)
	for _, raw := range [][]byte{first, second} {
		sent.values = [][]byte{slices.Clone(raw)}
		ours, theirs := newPlace(), newPlace()
		err, wanted := rows.Scan(ours), pgx.ScanRow(types, sent.fields, [][]byte{raw}, theirs)
		clear(sent.values[0]) // as the next row overwrites it
		if (err == nil) != (wanted == nil) || err == nil && !reflect.DeepEqual(ours, theirs) {
			t.Errorf("type %d, format %d, %q into %T: %v, %v; pgx: %v, %v", oid, format, raw, ours, show(ours), err, show(theirs), wanted)
		}
	}
}

func show(place any) string {
	if l, is := place.(loose); is {
		return fmt.Sprintf("%#v", *l.value)
	}
	return fmt.Sprintf("%#v", reflect.ValueOf(place).Elem())
}

func number(size int, value int64) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(value))[8-size:]
}

// sentValues are values as they are sent, and others.
func sentValues() [][]byte {
	values := [][]byte{nil, {}, {0}, {1}, []byte("plain"), []byte("t"), []byte("-12.50"), []byte("null"), []byte(`"text"`), []byte(`["a","b"]`),
		[]byte("0123456789abcdef"), []byte("f8e5f8e5-5bef-465d-b5b6-ccdca3ea4308"), []byte("2030-03-04 09:00:00.123+00"), []byte("日本")}
	for _, n := range []int64{0, 1, -1, math.MaxInt16, math.MinInt32, math.MaxInt32, math.MaxInt64, math.MinInt64, plainInstants, plainInstants + 1,
		-plainInstants, -plainInstants - 1, 946_684_800_123_456, -946_684_800_123_457} {
		values = append(values, number(2, n), number(4, n), number(8, n))
	}
	return values
}

func TestRowsAreReadAsPgxReadsThem(t *testing.T) {
	t.Parallel()
	values := sentValues()
	for _, oid := range sentTypes {
		t.Run(fmt.Sprint(oid), func(t *testing.T) {
			t.Parallel()
			types := knownTypes()
			for _, format := range []int16{pgx.TextFormatCode, pgx.BinaryFormatCode} {
				for _, newPlace := range newPlaces {
					for i, raw := range values {
						compareRows(t, types, oid, format, newPlace, raw, raw)
						compareRows(t, types, oid, format, newPlace, raw, values[(i+7)%len(values)])
					}
				}
			}
		})
	}
}

func FuzzRows(f *testing.F) {
	for i, raw := range sentValues() {
		f.Add(uint(i), uint(3*i), i%2 == 0, []byte("plain"), raw)
	}
	types := knownTypes()
	f.Fuzz(func(t *testing.T, oid, place uint, text bool, first, second []byte) {
		format := int16(pgx.BinaryFormatCode)
		if text {
			format = pgx.TextFormatCode
		}
		compareRows(t, types, sentTypes[oid%uint(len(sentTypes))], format, newPlaces[place%uint(len(newPlaces))], first, second)
	})
}

func TestRowsThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	sent := &sentRows{types: knownTypes(), fields: []pgconn.FieldDescription{{Name: "title", DataTypeOID: pgtype.TextOID}}, values: [][]byte{nil}}
	rows := readNatively(sent)
	for want, places := range map[string][]any{
		"read the column title: cannot scan NULL into *string": {new(string)},
		"1 columns cannot be read into 2 places":               {new(string), new(string)},
	} {
		if err := rows.Scan(places...); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
