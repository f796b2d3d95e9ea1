package persistence

import (
	"unicode/utf8"

	"kanera.dev/domain"
)

// tests are the comparisons of one filter with one SQL expression. A value passes when each of holds is true and
// none of fails is. A missing value makes both unknown, so it passes neq, nin and notContains: it differs from
// everything. Only missing values pass an expression that is to be missing.
type tests struct {
	holds, fails []fragment
	missing      []string
}

// given reports whether there is anything to test.
func (t tests) given() bool { return len(t.holds)+len(t.fails)+len(t.missing) > 0 }

// ofColumn joins the tests of a value that stands in the row itself. IS NULL is written as indexes of rows without a
// value have it.
func (t tests) ofColumn() fragment {
	parts := append([]fragment(nil), t.holds...)
	for _, fail := range t.fails {
		parts = append(parts, not(fail))
	}
	for _, x := range t.missing {
		parts = append(parts, frag(x+" IS NULL"))
	}
	return all(parts...)
}

// ofRow joins the tests of a value that stands in a row of its own, found by body; no row is a missing value.
func (t tests) ofRow(body fragment) fragment {
	var parts []fragment
	if len(t.holds) > 0 {
		parts = append(parts, exists(body, all(t.holds...)))
	}
	for _, fail := range t.fails {
		parts = append(parts, absent(body, fail))
	}
	for _, x := range t.missing {
		parts = append(parts, absent(body, frag(x+" IS NOT NULL")))
	}
	return all(parts...)
}

// null adds the test of a null comparator.
func (t *tests) null(wanted *bool, x string) {
	switch {
	case wanted == nil:
	case *wanted:
		t.missing = append(t.missing, x)
	default:
		t.holds = append(t.holds, frag(x+" IS NOT NULL"))
	}
}

// given adds a test when its comparator was given.
func given[T any](list *[]fragment, value *T, test func(T) fragment) {
	if value != nil {
		*list = append(*list, test(*value))
	}
}

func (f *cardFilter) ids(in *domain.IDFilter, x string, path []any) (t tests) {
	if in == nil {
		return t
	}
	equals := func(name string) func(string) fragment {
		return func(id string) fragment { return frag(x+" = ?", f.uuid(id, at(path, name))) }
	}
	given(&t.holds, in.Eq, equals("eq"))
	given(&t.fails, in.Neq, equals("neq"))
	f.among(&t.holds, kindID, x, f.uuids(in.In, at(path, "in")))
	f.among(&t.fails, kindID, x, f.uuids(in.Nin, at(path, "nin")))
	return t
}

func (f *cardFilter) text(in *domain.StringFilter, x string, path []any) (t tests) {
	if in == nil {
		return t
	}
	test := func(name string, build func(text any, length int) fragment) func(string) fragment {
		return func(text string) fragment {
			f.storable(text, at(path, name))
			return build(text, utf8.RuneCountInString(text))
		}
	}
	equals := func(text any, _ int) fragment { return frag(x+" = ?", text) }
	contains := func(text any, _ int) fragment { return frag(f.d.contains(x, "?"), text) }
	given(&t.holds, in.Eq, test("eq", equals))
	given(&t.fails, in.Neq, test("neq", equals))
	f.among(&t.holds, kindText, x, f.texts(in.In, at(path, "in")))
	f.among(&t.fails, kindText, x, f.texts(in.Nin, at(path, "nin")))
	given(&t.holds, in.EqIgnoreCase, test("eqIgnoreCase", func(text any, _ int) fragment {
		return frag(f.d.fold(x)+" = "+f.d.fold(f.d.placeholder(kindText)), text)
	}))
	given(&t.holds, in.Contains, test("contains", contains))
	given(&t.fails, in.NotContains, test("notContains", contains))
	given(&t.holds, in.ContainsIgnoreCase, test("containsIgnoreCase", func(text any, _ int) fragment {
		return frag(f.d.contains(f.d.fold(x), f.d.fold(f.d.placeholder(kindText))), text)
	}))
	given(&t.holds, in.StartsWith, test("startsWith", func(text any, length int) fragment {
		return frag("substr("+x+", 1, ?) = ?", length, text)
	}))
	given(&t.holds, in.EndsWith, test("endsWith", func(text any, length int) fragment {
		return frag("substr("+x+", length("+x+") + 1 - ?) = ?", length, text)
	}))
	t.null(in.Null, x)
	return t
}

// comparators are what ordered values are compared with.
type comparators[T any] struct{ Eq, Neq, Lt, Lte, Gt, Gte *T }

// compared builds the tests of an ordered value; bind turns the right side into what the database compares with.
func compared[T any](c comparators[T], x, placeholder string, bind func(T) any) (t tests) {
	test := func(operator string) func(T) fragment {
		return func(value T) fragment { return frag(x+" "+operator+" "+placeholder, bind(value)) }
	}
	given(&t.holds, c.Eq, test("="))
	given(&t.fails, c.Neq, test("="))
	given(&t.holds, c.Lt, test("<"))
	given(&t.holds, c.Lte, test("<="))
	given(&t.holds, c.Gt, test(">"))
	given(&t.holds, c.Gte, test(">="))
	return t
}

func (f *cardFilter) whole(in *domain.IntFilter, x string, path []any) (t tests) {
	if in == nil {
		return t
	}
	t = compared(comparators[int]{in.Eq, in.Neq, in.Lt, in.Lte, in.Gt, in.Gte}, x, f.d.placeholder(kindInt),
		func(n int) any { return n })
	f.among(&t.holds, kindInt, x, listed(f, in.In, at(path, "in")))
	f.among(&t.fails, kindInt, x, listed(f, in.Nin, at(path, "nin")))
	return t
}

func (f *cardFilter) number(in *domain.NumberFilter, x string, path []any) (t tests) {
	if in == nil {
		return t
	}
	number := f.d.number(x)
	t = compared(comparators[domain.Decimal]{in.Eq, in.Neq, in.Lt, in.Lte, in.Gt, in.Gte}, number,
		f.d.placeholder(kindNumber), func(n domain.Decimal) any { return string(n) })
	f.among(&t.holds, kindNumber, number, listed(f, in.In, at(path, "in")))
	f.among(&t.fails, kindNumber, number, listed(f, in.Nin, at(path, "nin")))
	t.null(in.Null, x)
	return t
}

func (f *cardFilter) boolean(in *domain.BooleanFilter, x string) (t tests) {
	given(&t.holds, in.Eq, func(b bool) fragment { return frag(x+" = ?", b) })
	t.null(in.Null, x)
	return t
}

// instant compares moments. A day, or a duration of whole days, means one moment, also in eq and neq.
func (f *cardFilter) instant(in *domain.DateTimeFilter, x string) (t tests) {
	if in == nil {
		return t
	}
	t = compared(comparators[domain.DateOrDuration]{in.Eq, in.Neq, in.Lt, in.Lte, in.Gt, in.Gte}, x,
		f.d.placeholder(kindTime), func(v domain.DateOrDuration) any { return v.Instant(f.q.Now, f.q.Zone) })
	t.null(in.Null, x)
	return t
}

func (f *cardFilter) day(in *domain.DateFilter, x string) (t tests) {
	if in == nil {
		return t
	}
	t = compared(comparators[domain.DateOrDuration]{in.Eq, in.Neq, in.Lt, in.Lte, in.Gt, in.Gte}, x,
		"?", func(v domain.DateOrDuration) any { return v.Day(f.q.Now, f.q.Zone) })
	t.null(in.Null, x)
	return t
}
