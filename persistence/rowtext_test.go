package persistence

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"kanera.dev/domain"
)

// sample has a member of every type that is read from JSON.
type sample struct {
	ID       string
	Note     *string
	Count    int
	Position *int64
	Done     bool
	Shown    *bool
	At       time.Time
	Until    *time.Time
}

var samples = table[sample]{name: "samples", fields: func(s *sample) []any {
	return []any{&s.ID, &s.Note, &s.Count, &s.Position, &s.Done, &s.Shown, &s.At, &s.Until}
}}

func readSamples(value any) (found []*sample, err error) {
	err = jsonRows[sample]{samples, func(_ string, s *sample) { found = append(found, s) }}.Scan(value)
	return found, err
}

// TestRowsSurviveJSON writes rows made up at random with encoding/json and reads them.
func TestRowsSurviveJSON(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	for range 500 {
		want, rows := []*sample(nil), []string{}
		for range random.IntN(4) {
			s := randomSample(random)
			want = append(want, s)
			text, err := json.Marshal([]any{s.ID, s.Note, s.Count, s.Position, s.Done, s.Shown, s.At, s.Until})
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, string(text))
		}
		for _, value := range []any{"[" + strings.Join(rows, ", \n ") + "]", []byte("[" + strings.Join(rows, ",") + "]")} {
			got, err := readSamples(value)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d: %s: %v", seed, value, err)
			}
		}
	}
}

func randomSample(random *rand.Rand) *sample {
	const alphabet = "ab\"\\/],[{}\n\t\x00\x1f\u2028é🪴<&>null 12"
	word := func() string {
		letters := []rune(alphabet)
		text := make([]rune, random.IntN(9))
		for i := range text {
			text[i] = letters[random.IntN(len(letters))]
		}
		return string(text)
	}
	at := time.UnixMilli(random.Int64N(4e12)).UTC()
	s := &sample{ID: word(), Count: random.IntN(9) - 4, Done: random.IntN(2) == 0, At: at}
	if random.IntN(2) == 0 {
		until := at.Add(time.Microsecond)
		s.Note, s.Position, s.Shown, s.Until = new(word()), new(math.MinInt64+random.Int64N(3)), new(random.IntN(2) == 0), &until
	}
	return s
}

func TestRowsAsTheDatabasesWriteThem(t *testing.T) {
	t.Parallel()
	at := time.Date(2030, 3, 4, 9, 0, 0, 123_000_000, time.UTC)
	want := []*sample{{ID: "null", Note: new("é"), Count: -1, Position: new(int64(7)), Done: true, Shown: new(false), At: at, Until: &at}}
	for name, text := range map[string]string{
		"SQLite":                   `[["null","é",-1,7,1,0,1898845200123,1898845200123]]`,
		"Postgres":                 `[["null", "\u00e9", -1, 7, true, false, "2030-03-04T09:00:00.123+00:00", "2030-03-04T09:00:00.123+00:00"]]`,
		"Postgres in another zone": `[["null", "é", -1, 7, true, false, "2030-03-04T14:30:00.123+05:30", "2030-03-04T14:30:00.123+05:30"]]`,
	} {
		got, err := readSamples(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, none := range []any{nil, "[]", []byte("[]")} {
		if got, err := readSamples(none); err != nil || got != nil {
			t.Errorf("%v: %+v, %v", none, got, err)
		}
	}
}

func TestWhatIsNoRowsIsRefused(t *testing.T) {
	t.Parallel()
	const good = `[["a",null,1,null,true,null,0,null]]`
	if _, err := readSamples(good); err != nil {
		t.Fatal(err)
	}
	bad := []any{7, good + "x", `[["a",null,1,null,true,null,0,null,1]]`, `[["a",null]]`, `[[1,null,1,null,true,null,0,null]]`,
		`[["a",null,"1",null,true,null,0,null]]`, `[["a",null,1,null,"true",null,0,null]]`, `[["a",null,1,null,2,null,0,null]]`,
		`[["a",null,null,null,true,null,0,null]]`, `[["a",null,1,null,true,null,"today",null]]`, `[["\x",null,1,null,true,null,0,null]]`}
	for end := range good {
		bad = append(bad, good[:end])
	}
	for _, value := range bad {
		if got, err := readSamples(value); err == nil {
			t.Errorf("%v is read as %+v", value, got)
		}
	}
}

func BenchmarkRowsInJSON(b *testing.B) {
	const id, at = `"eb7529ec-40b0-4299-88f7-d4799070ed2d", `, `"2030-03-04T09:00:00.123+00:00"`
	row := "[" + strings.Repeat(id, 4) + `"In progress", "teal", 20000000000000, 1, null, ` + at + ", " + at + "]"
	text := "[" + strings.Repeat(row+", ", 31) + row + "]"
	rows := jsonRows[domain.CustomFieldOption]{options, func(string, *domain.CustomFieldOption) {}}
	for b.Loop() {
		if err := rows.Scan(text); err != nil {
			b.Fatal(err)
		}
	}
}
