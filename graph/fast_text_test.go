package graph

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"kanera.dev/domain"
)

// What the fast way writes of a value is what the ordinary way writes.
func TestScalarsAreWrittenAlike(t *testing.T) {
	t.Parallel()
	same := func(name string, fast []byte, ordinary graphql.Marshaler) {
		t.Helper()
		var want bytes.Buffer
		ordinary.MarshalGQL(&want)
		if string(fast) != want.String() {
			t.Errorf("%s: %s, the ordinary way writes %s", name, fast, want.String())
		}
	}
	for _, text := range []string{"", "0193b3c2-7c5e-7abc-8def-0123456789ab", "a\"b\\c", "tab\tline\nreturn\r", "\x00\x1f\x7f", "Grün – 植木 🌱", "\xff\xfe", "\u2028<&>"} {
		same("text", appendText(nil, text), graphql.MarshalString(text))
		same("id", appendID(nil, text), MarshalUUID(text))
	}
	for _, value := range []domain.DueSlot{domain.SlotAnyTime, domain.SlotEndOfWorkDay, "", "x2_y", "größe", "a b"} {
		same("enum", appendEnum(nil, value), value)
	}
	for position, want := range map[domain.Position]string{
		0: `"0.0000000000"`, 1: `"0.0000000001"`, -1: `"-0.0000000001"`, domain.PositionStep: `"1000.0000000000"`, domain.PositionGap: `"0.0000010000"`,
		math.MaxInt64: `"922337203.6854775807"`, math.MinInt64: `"-922337203.6854775808"`,
	} {
		same(want, appendPosition(nil, position), position)
		if got := string(appendPosition(nil, position)); got != want {
			t.Errorf("position %d: %s, want %s", position, got, want)
		}
	}
	east := time.FixedZone("east", 9*3600)
	for _, at := range []time.Time{
		{}, time.Unix(0, 0), time.Date(2026, 1, 2, 3, 4, 5, 6_999_999, east), time.Date(2026, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(999, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(10_000, 1, 1, 0, 0, 0, 0, east), time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		same("instant", appendInstant(nil, at), MarshalDateTime(at))
	}
	for _, number := range []float64{0, -1, 0.1, 1e21, 1e-7, math.MaxFloat64, 12.5} {
		same("float", appendFloat(nil, number), graphql.MarshalFloat(number))
	}
}
