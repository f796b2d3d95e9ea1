package persistence

import (
	"errors"
	"fmt"
	"strconv"
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
func (r *cardReader) parts(cardID string) (parts *domain.CardParts, err error) {
	if r.with == (domain.CardWith{}) {
		return nil, nil
	}
	parts = new(domain.CardParts)
	if r.with.Labels {
		parts.LabelIDs, err = keptIDs(r.labels)
	}
	if r.with.Assignees && err == nil {
		parts.AssigneeIDs, err = keptIDs(r.assignees)
	}
	if r.with.Values && err == nil {
		parts.Values, err = keptValues(r.values, cardID)
	}
	if err != nil {
		return nil, fmt.Errorf("read the parts of the card %s: %w", cardID, err)
	}
	return parts, nil
}

// keptText is a column of kept parts, read front to back. It knows the form that the migrations write and nothing else.
type keptText struct {
	text string
	at   int
}

// errKept tells of text that no migration wrote.
var errKept = errors.New("what is kept has another form")

// keptIDs reads a column of ids; it is never nil.
func keptIDs(text string) ([]string, error) {
	k := keptText{text: text}
	ids, ok := k.ids(make([]string, 0, strings.Count(text, ",")+1))
	if !ok || k.at < len(text) {
		return nil, errKept
	}
	return ids, nil
}

// keptValues reads the column of values; it is never nil.
func keptValues(text, cardID string) ([]*domain.FieldValue, error) {
	k, ids := keptText{text: text}, []string{}
	rows := make([]domain.FieldValue, strings.Count(text, `{"f":"`))
	values := make([]*domain.FieldValue, len(rows))
	ok := k.take('[')
	for i := range rows {
		rows[i].CardID, values[i] = cardID, &rows[i]
		ok = ok && (i == 0 || k.take(',')) && k.value(&rows[i], &ids)
	}
	if !ok || !k.take(']') || k.at < len(text) {
		return nil, errKept
	}
	return values, nil
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
	rest := k.text[k.at:]
	end := strings.IndexByte(rest, '"')
	if end < 0 {
		return "", false
	}
	if strings.IndexByte(rest[:end], '\\') < 0 {
		k.at += end + 1
		return rest[:end], true
	}
	for end = 0; end < len(rest); end++ {
		switch rest[end] {
		case '\\':
			end++
		case '"':
			k.at += end + 1
			plain, err := unescaped(rest[:end])
			return plain, err == nil
		}
	}
	return "", false
}

// ids passes an array of ids and adds them to others.
func (k *keptText) ids(others []string) (all []string, ok bool) {
	if !k.take('[') {
		return nil, false
	}
	for first := true; !k.take(']'); first = false {
		if !first && !k.take(',') {
			return nil, false
		}
		k.take(' ') // as jsonb is written
		id, ok := k.quoted()
		if !ok {
			return nil, false
		}
		others = append(others, id)
	}
	return others, true
}

// value passes a value. Its lists of ids become parts of ids, which the values of a card share.
func (k *keptText) value(v *domain.FieldValue, ids *[]string) bool {
	for mark := byte('{'); !k.take('}'); mark = ',' {
		if !k.take(mark) {
			return false
		}
		name, ok := k.quoted()
		if !ok || !k.take(':') || !k.member(v, name, ids) {
			return false
		}
	}
	return true
}

// member passes what a member holds.
func (k *keptText) member(v *domain.FieldValue, name string, ids *[]string) (ok bool) {
	switch name {
	case "b":
		v.Checkbox = new(k.pass("true"))
		return *v.Checkbox || k.pass("false")
	case "at":
		end := k.at
		for end < len(k.text) && k.text[end] != '}' && k.text[end] != ',' {
			end++
		}
		number := k.text[k.at:end]
		milliseconds, err := strconv.ParseInt(number, 10, 64)
		v.UpdatedAt, k.at = time.UnixMilli(milliseconds).UTC(), end
		digits := strings.TrimPrefix(number, "-")
		return err == nil && (number == "0" || digits[0] >= '1' && digits[0] <= '9')
	case "o":
		v.OptionIDs, ok = k.share(ids)
		return ok
	case "u":
		v.UserIDs, ok = k.share(ids)
		return ok
	}
	text, ok := k.quoted()
	switch name {
	case "f":
		v.FieldID = text
	case "t":
		v.Type = domain.CustomFieldType(text)
	case "s":
		v.Text = new(text)
	case "n":
		v.Number = new(domain.Decimal(text))
	case "d":
		v.Date = new(text)
	case "l":
		v.URL = new(text)
	default:
		return false
	}
	return ok
}

// pass reports whether the word comes next, and passes it.
func (k *keptText) pass(word string) bool {
	if !strings.HasPrefix(k.text[k.at:], word) {
		return false
	}
	k.at += len(word)
	return true
}

// share passes an array of ids, which it adds to ids, and returns that part of them.
func (k *keptText) share(ids *[]string) (domain.IDs, bool) {
	before := len(*ids)
	all, ok := k.ids(*ids)
	if !ok {
		return nil, false
	}
	*ids = all
	return all[before:len(all):len(all)], true
}
