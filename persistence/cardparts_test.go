package persistence

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"kanera.dev/domain"
)

// keptSamples are columns of values as the databases write them.
var keptSamples = []string{
	`[]`,
	`[{"f":"1120dbc9-a9e2-4fea-a2b9-48cb10c3f0fb","t":"url","l":"https://wiki.example/bulk/35346","at":1788594240000}]`,
	`[{"f":"n","t":"text","s":"{{{","at":-999999999999999999},{"f":"m","t":"text","s":"{\"f\":\"","at":12}]`,
	`[{"f":"a","t":"text","s":"say \"no\" \\ \u0001 {\"f\":\" 日本","at":0},{"f":"b","t":"number","n":"-11.25","at":-5}]`,
	`[{"f":"32d5e246-a565-4cc6-a927-a85cfe515a60","t":"select","o":["62e1e13a-954c-4955-adc1-658b582048b5", "80407c68-57d1-46f2-9a15-2e5e8c1180e3"],"at":1788594240000}` +
		`,{"f":"ab5b1dec-4d41-4893-a6cc-564b06b5ca9f","t":"checkbox","b":true,"at":1788594240000},{"f":"c","t":"checkbox","b":false,"at":1}` +
		`,{"f":"e14e618f-ed73-4ff0-b254-f94848997840","t":"date","d":"2026-11-16","at":1788594240000}` +
		`,{"f":"f72c7c98-ed3e-4d57-b048-3080fb3bf0d2","t":"user","u":["bb2e0987-5753-41d2-8661-02668e448a32"],"at":1788594240000}` +
		`,{"f":"d","t":"select","o":[],"at":2},{"f":"e","t":"text","at":3}]`,
}

// slowValues is readValues with encoding/json.
func slowValues(text, cardID string) (values []*domain.FieldValue, err error) {
	var rows []struct {
		F  string
		T  domain.CustomFieldType
		S  *string
		N  *domain.Decimal
		B  *bool
		D  *string
		L  *string
		O  []string
		U  []string
		At *int64
	}
	values = []*domain.FieldValue{}
	err = json.Unmarshal([]byte(text), &rows)
	for _, r := range rows {
		value := &domain.FieldValue{CardID: cardID, FieldID: r.F, Type: r.T, Text: r.S, Number: r.N, Checkbox: r.B, Date: r.D,
			URL: r.L, OptionIDs: r.O, UserIDs: r.U}
		if r.At != nil {
			value.UpdatedAt = time.UnixMilli(*r.At).UTC()
		}
		values = append(values, value)
	}
	return values, err
}

func TestKeptValuesAreRead(t *testing.T) {
	t.Parallel()
	var slabs keptSlabs
	for _, sample := range keptSamples {
		got, ok := slabs.readValues(sample, "card")
		want, err := slowValues(sample, "card")
		if !ok || err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v", sample, ok, err)
		}
		for end := range sample {
			if _, ok := slabs.readValues(sample[:end], "card"); ok {
				t.Errorf("%s was read", sample[:end])
			}
		}
	}
}

func TestKeptIDsAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{`[]`: {}, `["a"]`: {"a"}, `["a","b", "c"]`: {"a", "b", "c"}, ``: nil, `[`: nil, `["a"`: nil,
		`["a",]`: nil, `["a" "b"]`: nil, `[1]`: nil, `[]]`: nil, `["a"],`: nil} {
		got, ok := new(keptSlabs).readIDs(text)
		if ok != (want != nil) || ok && !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v", text, got, ok)
		}
	}
}

// FuzzKeptValues holds what is read to what encoding/json reads. Some JSON is refused that no database writes here.
func FuzzKeptValues(f *testing.F) {
	for _, sample := range keptSamples {
		f.Add(sample)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := new(keptSlabs).readValues(text, "card")
		if !ok || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return
		}
		want, err := slowValues(text, "card")
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, got %+v, want %+v", text, err, got, want)
		}
	})
}

// BenchmarkKeptParts reads the parts of the 400 cards of a board view.
func BenchmarkKeptParts(b *testing.B) {
	id := `"1120dbc9-a9e2-4fea-a2b9-48cb10c3f0fb"`
	reader := &cardReader{with: domain.CardWith{Labels: true, Assignees: true, Values: true},
		labels: "[" + id + "," + id + "," + id + "]", assignees: "[" + id + "," + id + "]",
		values: `[{"f":` + id + `,"t":"url","l":"https://wiki.example/bulk/35346","at":1788594240000},{"f":` + id + `,"t":"number","n":"12.5","at":1788594240000},` +
			`{"f":` + id + `,"t":"select","o":[` + id + `],"at":1788594240000},{"f":` + id + `,"t":"text","s":"some text","at":1788594240000},` +
			`{"f":` + id + `,"t":"checkbox","b":true,"at":1788594240000}]`}
	b.ReportAllocs()
	for b.Loop() {
		for range 400 {
			if _, err := reader.parts("card"); err != nil {
				b.Fatal(err)
			}
		}
	}
}
