package persistence

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"kanera.dev/domain"
)

// cardColumnsWith is what a cardReader reads of the card c.
func cardColumnsWith(with domain.CardWith) string {
	return strings.Join(append([]string{cardColumns}, keptChoice(with, "c.kept_labels", "c.kept_assignees", "c.kept_values")...), ", ")
}

// keptChoice returns those of the three that with names.
func keptChoice[T any](with domain.CardWith, labels, assignees, values T) (chosen []T) {
	if with.Labels {
		chosen = append(chosen, labels)
	}
	if with.Assignees {
		chosen = append(chosen, assignees)
	}
	if with.Values {
		chosen = append(chosen, values)
	}
	return chosen
}

// parts decodes what was read of a card's parts; nil when none were asked for.
func (r *cardReader) parts(cardID string) (*domain.CardParts, error) {
	if r.with == (domain.CardWith{}) {
		return nil, nil
	}
	parts := r.kept.parts.keep(domain.CardParts{})
	ok := true
	if r.with.Labels {
		parts.LabelIDs, ok = r.kept.readIDs(r.labels)
	}
	if r.with.Assignees && ok {
		parts.AssigneeIDs, ok = r.kept.readIDs(r.assignees)
	}
	if r.with.Values && ok {
		parts.Values, ok = r.kept.readValues(r.values, cardID)
	}
	if !ok {
		return nil, fmt.Errorf("read the parts of the card %s: %w", cardID, errKept)
	}
	return parts, nil
}

// keptSlabs is where the parts of cards are.
type keptSlabs struct {
	parts   slab[domain.CardParts]
	values  slab[domain.FieldValue]
	lists   slab[*domain.FieldValue]
	ids     slab[string]
	texts   slab[string]
	numbers slab[domain.Decimal]
	checked slab[bool]
}

// keptText is a column of kept parts, read front to back. It knows the form that the migrations write and nothing else.
type keptText struct {
	*keptSlabs
	text string
	at   int
}

// errKept tells of text that no migration wrote.
var errKept = errors.New("what is kept has another form")

// readIDs reads a column of ids; they are never nil.
func (s *keptSlabs) readIDs(text string) (ids []string, ok bool) {
	k := keptText{keptSlabs: s, text: text}
	ids, ok = k.list()
	return ids, ok && k.at == len(text)
}

// readValues reads the column of values; they are never nil.
func (s *keptSlabs) readValues(text, cardID string) (values []*domain.FieldValue, ok bool) {
	k := keptText{keptSlabs: s, text: text}
	most := strings.Count(text, "{") // more when texts hold some
	values = s.lists.take(most)[:0]
	rows := s.values.take(most)
	ok = k.take('[')
	for n := 0; ok && !k.take(']'); n++ {
		if ok = n < most && (n == 0 || k.take(',')); ok {
			rows[n].CardID = cardID
			values = append(values, &rows[n])
			ok = k.value(&rows[n])
		}
	}
	return values, ok && k.at == len(text)
}

// take reports whether the mark comes next, and passes it.
func (k *keptText) take(mark byte) bool {
	if k.at >= len(k.text) || k.text[k.at] != mark {
		return false
	}
	k.at++
	return true
}

// quoted passes a text.
func (k *keptText) quoted() (text string, ok bool) {
	if !k.take('"') {
		return "", false
	}
	text, behind, err := cutQuoted(k.text[k.at:])
	k.at = len(k.text) - len(behind)
	return text, err == nil
}

// list passes an array of ids.
func (k *keptText) list() (ids []string, ok bool) {
	end := strings.IndexByte(k.text[k.at:], ']')
	if end < 0 || !k.take('[') {
		return nil, false
	}
	if end == 1 {
		return k.ids.take(0), k.take(']')
	}
	ids = k.ids.take(strings.Count(k.text[k.at-1:k.at+end], ",") + 1)[:0]
	for first := true; !k.take(']'); first = false {
		if !first && !k.take(',') {
			return nil, false
		}
		k.take(' ') // as jsonb is written
		id, ok := k.quoted()
		if !ok {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}

// value passes a value.
func (k *keptText) value(v *domain.FieldValue) bool {
	for mark := byte('{'); !k.take('}'); mark = ',' {
		if !k.take(mark) || !k.member(v, k.name()) {
			return false
		}
	}
	return true
}

// nameAt is what name returns for "at"; the other names have one letter.
const nameAt = 'A'

// name passes the name of a member; 0 for one that is none of ours.
func (k *keptText) name() byte {
	rest := k.text[k.at:]
	switch {
	case len(rest) > 3 && rest[0] == '"' && rest[2] == '"' && rest[3] == ':' && rest[1] != nameAt:
		k.at += 4
		return rest[1]
	case strings.HasPrefix(rest, `"at":`):
		k.at += 5
		return nameAt
	}
	return 0
}

// member passes what a member holds.
func (k *keptText) member(v *domain.FieldValue, name byte) (ok bool) {
	switch name {
	case 'b':
		v.Checkbox = k.checked.keep(k.pass("true"))
		return *v.Checkbox || k.pass("false")
	case nameAt:
		milliseconds, ok := k.number()
		v.UpdatedAt = time.UnixMilli(milliseconds).UTC()
		return ok
	case 'o':
		v.OptionIDs, ok = k.list()
		return ok
	case 'u':
		v.UserIDs, ok = k.list()
		return ok
	}
	text, ok := k.quoted()
	switch name {
	case 'f':
		v.FieldID = text
	case 't':
		v.Type = domain.CustomFieldType(text)
	case 's':
		v.Text = k.texts.keep(text)
	case 'n':
		v.Number = k.numbers.keep(domain.Decimal(text))
	case 'd':
		v.Date = k.texts.keep(text)
	case 'l':
		v.URL = k.texts.keep(text)
	default:
		return false
	}
	return ok
}

// number passes a whole number, of at most 18 digits and without leading zeros.
func (k *keptText) number() (n int64, ok bool) {
	negative, start := k.take('-'), k.at
	for ; k.at < len(k.text) && k.at-start < 18 && k.text[k.at]-'0' < 10; k.at++ {
		n = 10*n + int64(k.text[k.at]-'0')
	}
	ok = k.at-start == 1 || k.at > start && k.text[start] != '0'
	if negative {
		n = -n
	}
	return n, ok
}

// pass reports whether the word comes next, and passes it.
func (k *keptText) pass(word string) bool {
	if !strings.HasPrefix(k.text[k.at:], word) {
		return false
	}
	k.at += len(word)
	return true
}
