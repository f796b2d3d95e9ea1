package demo

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"kanera.dev/domain"
)

// values fills in the custom fields of a card, each as often as the catalogue says.
func (b *builder) values(s *space, p *planned) {
	for i, field := range s.fields {
		if !b.chance(s.area.fields[i].fill) {
			continue
		}
		value := &domain.FieldValue{CardID: p.card.ID, FieldID: field.ID, UpdatedAt: p.card.UpdatedAt}
		b.fill(s, p, field, value)
		b.Values = append(b.Values, value)
	}
}

func (b *builder) fill(s *space, p *planned, field *domain.CustomField, value *domain.FieldValue) {
	switch field.Type {
	case domain.FieldText:
		text := p.card.UpdatedAt.Format("2006-01")
		if field.Name == "Branch" {
			text = branch(p.card)
		}
		value.Text = &text
	case domain.FieldNumber:
		quarters := domain.Decimal(strconv.FormatFloat(float64(1+b.random.IntN(64))/4, 'f', -1, 64))
		value.Number = &quarters
	case domain.FieldCheckbox:
		checked := b.chance(.5)
		value.Checkbox = &checked
	case domain.FieldSelect:
		value.OptionIDs = b.choose(s, field)
	case domain.FieldDate:
		day := b.base.AddDate(0, 0, b.random.IntN(60)-20).Format(time.DateOnly)
		value.Date = &day
	case domain.FieldURL:
		address := fmt.Sprintf("https://wiki.brightwater.example/%s/%d", strings.ToLower(p.card.KeyPrefix), p.card.Number)
		value.URL = &address
	case domain.FieldUser:
		value.UserIDs = domain.IDs{pick(b, p.editors).ID}
	}
}

// choose picks one option, or one to all of them where several are allowed.
func (b *builder) choose(s *space, field *domain.CustomField) domain.IDs {
	options, count := s.option[field.ID], 1
	if field.AllowMultiple {
		count += b.random.IntN(len(options))
	}
	var ids domain.IDs
	for _, i := range b.random.Perm(len(options))[:count] {
		ids = append(ids, options[i].ID)
	}
	return ids
}

// branch names a branch after a card, such as prod-12-saved-views-for.
func branch(card *domain.Card) string {
	words := strings.Fields(strings.ToLower(card.Title))
	return strings.ToLower(card.Key()) + "-" + strings.Join(words[:min(3, len(words))], "-")
}
