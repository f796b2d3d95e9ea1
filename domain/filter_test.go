package domain_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"kanera.dev/domain"
)

// fill sets every member of a value, and filters inside a filter to some depth.
func fill(t *testing.T, v reflect.Value, depth int) {
	t.Helper()
	switch into := v.Addr().Interface().(type) {
	case *domain.DateOrDuration:
		moment, err := domain.ParseDateOrDuration("-P1Y2M3DT4H")
		if err != nil {
			t.Fatal(err)
		}
		*into = moment
		return
	case *domain.Decimal:
		*into = "123456789012345678901234567890.125"
		return
	case **domain.CardFilter, *[]*domain.CardFilter:
		if depth == 0 {
			return
		}
		depth--
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), depth)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0), depth)
		fill(t, v.Index(1), depth)
	case reflect.Struct:
		for _, member := range v.Fields() {
			fill(t, member, depth)
		}
	case reflect.String:
		v.SetString(`Ä "quoted" ` + v.Type().Name())
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(7)
	default:
		t.Fatalf("a filter has a member of kind %s", v.Kind())
	}
}

// A filter that is kept is the filter that was given: no member is lost, and an empty list stays one.
func TestFiltersAreKeptAsJSON(t *testing.T) {
	t.Parallel()
	onEveryLoft(t, func(t *testing.T, l *loft) {
		filter := new(domain.CardFilter)
		fill(t, reflect.ValueOf(filter).Elem(), 2)
		filter.ID.In, filter.Labels.Some.ID.Nin = []string{}, []string{}
		hook := l.hook()
		hook.CardFilter = filter
		l.must(l.Store.Update(t.Context(), hook))
		loaded := &domain.Webhook{ID: hook.ID}
		l.must(l.Store.Load(t.Context(), loaded))
		listed, err := l.Store.Webhooks(t.Context(), []string{hook.ID})
		l.must(err)
		for name, got := range map[string]*domain.CardFilter{"loaded": loaded.CardFilter, "listed": listed[hook.ID].CardFilter} {
			if !reflect.DeepEqual(got, filter) {
				t.Errorf("%s as %+v", name, got)
			}
		}
	})
}

// Kept filters are shown to callers, who know them as they write them.
func TestFiltersAreSpelledAsInGraphQL(t *testing.T) {
	t.Parallel()
	moment, err := domain.ParseDateOrDuration("-P7D")
	if err != nil {
		t.Fatal(err)
	}
	filter := &domain.CardFilter{CreatedAt: &domain.DateTimeFilter{Gte: &moment}, Not: &domain.CardFilter{Title: &domain.StringFilter{EqIgnoreCase: new("x")}},
		CustomFields: []*domain.CustomFieldFilter{{ID: "f", URL: &domain.StringFilter{Null: new(false)}, Number: &domain.NumberFilter{In: []domain.Decimal{"1.5"}}}}}
	want := `{"customFields":[{"id":"f","number":{"in":["1.5"]},"url":{"null":false}}],"createdAt":{"gte":"-P7D"},"not":{"title":{"eqIgnoreCase":"x"}}}`
	if raw, err := json.Marshal(filter); err != nil || string(raw) != want {
		t.Errorf("%s, %v, want %s", raw, err, want)
	}
	if err := json.Unmarshal([]byte(strings.Replace(want, "-P7D", "soon", 1)), new(domain.CardFilter)); err == nil {
		t.Error("a moment that is none was read")
	}
}
