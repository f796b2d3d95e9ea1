package persistence

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"kanera.dev/domain"
)

// uuid checks an id and brings it to the form it is stored in.
func (f *cardFilter) uuid(id string, path []any) string {
	if !isUUID(id) {
		f.checks.Add(domain.WrongFormat("uuid", "", path...))
	}
	return strings.ToLower(id)
}

func isUUID(text string) bool { return len(text) == 36 && uuid.Validate(text) == nil }

// uuids checks a list of ids; nil stays nil.
func (f *cardFilter) uuids(ids []string, path []any) []string {
	f.checks.Count(len(ids), 0, maxFilterList, path...)
	if ids == nil {
		return nil
	}
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = f.uuid(id, at(path, i))
	}
	return out
}

// storable checks that a text is one a database can hold.
func (f *cardFilter) storable(text string, path []any) {
	if strings.ContainsRune(text, 0) {
		f.checks.Add(domain.Custom("must not contain the character U+0000", path...))
	}
}

// texts checks a list of texts; nil stays nil.
func (f *cardFilter) texts(texts []string, path []any) []string {
	f.checks.Count(len(texts), 0, maxFilterList, path...)
	for i, text := range texts {
		f.storable(text, at(path, i))
	}
	return texts
}

// among adds the test that x is one of values, when a list was given.
func (f *cardFilter) among(list *[]fragment, kind valueKind, x string, values []string) {
	if values != nil {
		*list = append(*list, frag(f.d.among(x, kind), f.d.array(values)))
	}
}

// listed checks a list of numbers and spells them out; nil stays nil.
func listed[T int | domain.Decimal](f *cardFilter, values []T, path []any) []string {
	f.checks.Count(len(values), 0, maxFilterList, path...)
	if values == nil {
		return nil
	}
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = fmt.Sprint(value)
	}
	return out
}

// at returns path with more steps, leaving path alone.
func at(path []any, steps ...any) []any { return append(slices.Clip(path), steps...) }

// pathText writes a path the way errors show it, such as filter.customFields[0].
func pathText(path []any) string {
	return (&domain.Error{Issues: []domain.Issue{{Path: path}}}).Field()
}
