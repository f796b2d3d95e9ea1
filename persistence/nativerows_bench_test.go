package persistence

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"kanera.dev/domain"
)

// sentCards are 400 cards as Postgres sends them for a board of 8 columns: everything that hangs on them, and the keys of
// cursors behind it.
func sentCards() (fields []pgconn.FieldDescription, rows [][][]byte) {
	column := func(oid uint32, format int16) {
		fields = append(fields, pgconn.FieldDescription{DataTypeOID: oid, Format: format})
	}
	id := func(noun string, n int) []byte {
		raw := uuid.NewSHA1(uuid.NameSpaceURL, fmt.Append(nil, noun, n))
		return raw[:]
	}
	text := func(noun string, n int) string { return `"` + uuid.UUID(id(noun, n)).String() + `"` }
	now := number(8, time.Date(2030, 3, 4, 9, 0, 0, 0, time.UTC).UnixMicro()-postgresEpoch)
	for n := range 400 {
		values := fmt.Sprintf(`[{"f":%s,"t":"url","l":"https://wiki.example/bulk/%d","at":1788594240000},{"f":%s,"t":"number","n":"12.5","at":1788594240000},`+
			`{"f":%s,"t":"select","o":[%s],"at":1788594240000},{"f":%s,"t":"text","s":"some text","at":1788594240000}]`,
			text("field", 0), n, text("field", 1), text("field", 2), text("option", n%3), text("field", 3))
		rows = append(rows, [][]byte{number(4, int64(n/50)), number(8, int64(n%50)),
			id("card", n), id("organisation", 0), []byte("0123456789ABCDEF"), id("workspace", 0), id("board", 0), id("list", n/50), []byte("ACME"), number(4, int64(n)),
			fmt.Append(nil, "Measured card ", n), nil, number(8, int64(n)<<20), []byte("2030-03-09"), []byte("morning"), []byte("Europe/Berlin"), nil, nil, id("user", n%7),
			nil, nil, number(4, 1), now, now,
			fmt.Append(nil, "[", text("label", n%5), ",", text("label", 5+n%4), "]"), fmt.Append(nil, "[", text("user", n%7), "]"), []byte(values),
			number(8, int64(n)<<20), id("card", n)})
	}
	for _, oid := range []uint32{pgtype.Int4OID, pgtype.Int8OID, pgtype.UUIDOID, pgtype.UUIDOID, pgtype.TextOID, pgtype.UUIDOID, pgtype.UUIDOID, pgtype.UUIDOID,
		pgtype.TextOID, pgtype.Int4OID, pgtype.TextOID, pgtype.TextOID, pgtype.Int8OID, pgtype.TextOID, pgtype.TextOID, pgtype.TextOID, pgtype.TimestamptzOID,
		pgtype.TimestamptzOID, pgtype.UUIDOID, pgtype.UUIDOID, pgtype.TextOID, pgtype.Int4OID, pgtype.TimestamptzOID, pgtype.TimestamptzOID, pgtype.JSONOID,
		pgtype.JSONOID, pgtype.JSONOID, pgtype.Int8OID, pgtype.UUIDOID} {
		format := int16(pgx.BinaryFormatCode)
		if oid == pgtype.TextOID || oid == pgtype.JSONOID {
			format = pgx.TextFormatCode
		}
		column(oid, format)
	}
	return fields, rows
}

// BenchmarkCardRows reads the 400 cards of a board view without a database: as it is done, and with what pgx offers.
func BenchmarkCardRows(b *testing.B) {
	fields, values := sentCards()
	sent := &sentRows{types: knownTypes(), fields: fields}
	for name, open := range map[string]func() row{
		"ours": func() row { return readNatively(sent) },
		"pgx":  func() row { return &pgxRow{sent: sent} },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			selection := &cardSelection{with: domain.CardWith{Labels: true, Assignees: true, Values: true}, order: &cardOrder{keys: make([]sortKey, 2)}}
			for b.Loop() {
				found := make([]foundCards, 8)
				rows, read := open(), selection.scan(found)
				for _, sent.values = range values {
					if err := read(rows); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// pgxRow scans as pgx does: with a plan a column, made for the first row.
type pgxRow struct {
	sent  *sentRows
	plans []pgtype.ScanPlan
}

// Scan implements row.
func (r *pgxRow) Scan(dest ...any) error {
	for i, into := range dest {
		if len(r.plans) == i {
			r.plans = append(r.plans, r.sent.types.PlanScan(r.sent.fields[i].DataTypeOID, r.sent.fields[i].Format, into))
		}
		if err := r.plans[i].Scan(r.sent.values[i], into); err != nil {
			return err
		}
	}
	return nil
}
