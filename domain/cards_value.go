package domain

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Limits of field values, in UTF-16 units.
const (
	maxFieldText = 20_000
	maxFieldURL  = 2_000
)

// FieldValuePatch is a new value of a custom field: exactly the member of the field's type, set to nil to empty it.
type FieldValuePatch struct {
	Text      Opt[*string]
	Number    Opt[*Decimal]
	Checkbox  Opt[*bool]
	Date      Opt[*string]
	URL       Opt[*string]
	OptionIDs Opt[[]string]
	UserIDs   Opt[[]string]
}

// CardSetFieldValue replaces the value of a custom field on a card. A member that does not fit the type of the field
// is BAD_REQUEST, none at all VALIDATION.
func (s *Service) CardSetFieldValue(ctx context.Context, who *Principal, id, fieldID string, patch FieldValuePatch) (*Card, *FieldValue, error) {
	if err := patch.check(); err != nil {
		return nil, nil, err
	}
	var card *Card
	var value *FieldValue
	err := s.Store.InTx(ctx, func(tx Store) (err error) {
		var field *CustomField
		if card, field, err = s.fieldOnCard(ctx, tx, who, id, fieldID); err != nil {
			return err
		}
		value = patch.value(card.ID, field, s.Now())
		if given := patch.given(); len(given) != 1 || given[0] != field.Type {
			return BadRequest("The value does not fit the type of the field.")
		}
		if err := s.checkChoice(ctx, tx, field, value); err != nil {
			return err
		}
		before, err := s.valueText(ctx, tx, card.ID, field)
		if err != nil {
			return err
		}
		if err := tx.SetFieldValue(ctx, value); err != nil {
			return err
		}
		data := value.wire()
		data["boardId"] = card.BoardID
		if err := s.emit(ctx, tx, who, outgoing{home: card.home(), CardID: card.ID, Type: "card:customFieldValue:set", Data: data}); err != nil {
			return err
		}
		return s.recordValue(ctx, tx, who, card, field, before)
	})
	return card, value, err
}

// CardClearFieldValue removes the value of a custom field from a card; no error when there is none.
func (s *Service) CardClearFieldValue(ctx context.Context, who *Principal, id, fieldID string) (*Card, error) {
	var card *Card
	err := s.Store.InTx(ctx, func(tx Store) (err error) {
		var field *CustomField
		if card, field, err = s.fieldOnCard(ctx, tx, who, id, fieldID); err != nil {
			return err
		}
		before, err := s.valueText(ctx, tx, card.ID, field)
		if err != nil {
			return err
		}
		if err := tx.Delete(ctx, &FieldValue{CardID: card.ID, FieldID: field.ID}); err != nil {
			return err
		}
		if err := s.emit(ctx, tx, who, outgoing{home: card.home(), CardID: card.ID, Type: "card:customFieldValue:cleared",
			Data: map[string]any{"boardId": card.BoardID, "cardId": card.ID, "fieldId": field.ID}}); err != nil {
			return err
		}
		return s.recordValue(ctx, tx, who, card, field, before)
	})
	return card, err
}

// fieldOnCard returns a card to change and a field of its workspace; fields of other workspaces do not exist here.
func (s *Service) fieldOnCard(ctx context.Context, tx Store, who *Principal, id, fieldID string) (*Card, *CustomField, error) {
	card, err := s.editable(ctx, tx, who, id)
	if err != nil {
		return nil, nil, err
	}
	field := &CustomField{ID: fieldID}
	if err := tx.Load(ctx, field); err != nil {
		return nil, nil, err
	}
	if field.WorkspaceID != card.WorkspaceID {
		return nil, nil, NotFound("Custom field")
	}
	return card, field, nil
}

func (p FieldValuePatch) check() error {
	var checks Checks
	if len(p.given()) == 0 {
		checks.Add(Custom("give the value of the field", "value"))
	}
	if p.Text.Value != nil {
		checks.Text(*p.Text.Value, 0, maxFieldText, "value", "text")
	}
	if p.Date.Value != nil {
		if _, err := ParseDate(*p.Date.Value); err != nil {
			checks.Add(WrongFormat("date", "", "value", "date"))
		}
	}
	if p.URL.Value != nil {
		checks.Text(*p.URL.Value, 0, maxFieldURL, "value", "url")
		if !safeURL(*p.URL.Value) {
			checks.Add(WrongFormat("url", "", "value", "url"))
		}
	}
	return checks.Err()
}

// safeURL accepts absolute URLs, but none that a browser would run as a script.
func safeURL(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Host == "" && u.Opaque == "" && u.Path == "" {
		return false
	}
	return !slices.Contains([]string{"javascript", "data", "vbscript"}, strings.ToLower(u.Scheme))
}

// given lists the types whose members are set.
func (p FieldValuePatch) given() []CustomFieldType {
	set := map[CustomFieldType]bool{FieldText: p.Text.Set, FieldNumber: p.Number.Set, FieldCheckbox: p.Checkbox.Set,
		FieldSelect: p.OptionIDs.Set, FieldDate: p.Date.Set, FieldURL: p.URL.Set, FieldUser: p.UserIDs.Set}
	return slices.DeleteFunc(slices.Clone(CustomFieldTypes), func(t CustomFieldType) bool { return !set[t] })
}

func (p FieldValuePatch) value(cardID string, field *CustomField, now time.Time) *FieldValue {
	value := &FieldValue{CardID: cardID, FieldID: field.ID, Type: field.Type, Text: p.Text.Value, Number: p.Number.Value,
		Checkbox: p.Checkbox.Value, Date: p.Date.Value, URL: p.URL.Value, UpdatedAt: now}
	if len(p.OptionIDs.Value) > 0 {
		value.OptionIDs = p.OptionIDs.Value
	}
	if len(p.UserIDs.Value) > 0 {
		value.UserIDs = p.UserIDs.Value
	}
	return value
}

// checkChoice refuses ids that cannot be chosen, and several where the field takes one.
func (s *Service) checkChoice(ctx context.Context, tx Store, field *CustomField, value *FieldValue) error {
	chosen := append(slices.Clone(value.OptionIDs), value.UserIDs...)
	if len(chosen) > 1 && !field.AllowMultiple {
		return BadRequest("The field takes one value only.")
	}
	switch {
	case len(chosen) == 0:
		return nil
	case field.Type == FieldSelect:
		options, err := tx.Options(ctx, chosen)
		if err != nil {
			return err
		}
		for _, id := range chosen {
			if options[id] == nil || options[id].FieldID != field.ID || options[id].ArchivedAt != nil {
				return BadRequest("An option does not belong to the field.")
			}
		}
	default:
		members, err := tx.MemberIDs(ctx, field.WorkspaceID, chosen)
		if err != nil {
			return err
		}
		for _, id := range chosen {
			if !members[id] {
				return BadRequest("Only members of the workspace can be chosen.")
			}
		}
	}
	return nil
}

// recordValue writes the change of a value as people read it, folded for a minute.
func (s *Service) recordValue(ctx context.Context, tx Store, who *Principal, card *Card, field *CustomField, before *string) error {
	after, err := s.valueText(ctx, tx, card.ID, field)
	if err != nil || orZero(before) == orZero(after) {
		return err
	}
	return s.record(ctx, tx, who, entry{home: card.home(), EntityType: entityCard, EntityID: card.ID,
		Action: "customFieldValue:set", CoalesceKey: "card:customField:" + field.ID, Window: time.Minute,
		Payload: map[string]any{"fieldId": field.ID, "fieldName": field.Name, "fieldType": field.Type,
			"fromValue": before, "toValue": after}})
}

// valueText returns the value of a field on a card the way people read it; nil when there is none.
func (s *Service) valueText(ctx context.Context, tx Store, cardID string, field *CustomField) (*string, error) {
	values, err := tx.FieldValuesOf(ctx, []string{cardID})
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(values[cardID], func(v *FieldValue) bool { return v.FieldID == field.ID })
	if at < 0 {
		return nil, nil
	}
	value := values[cardID][at]
	switch {
	case value.Checkbox != nil:
		return orNil(map[bool]string{true: "true", false: "false"}[*value.Checkbox]), nil
	case value.Number != nil:
		return orNil(string(*value.Number)), nil
	case value.OptionIDs != nil:
		options, err := tx.Options(ctx, value.OptionIDs)
		return joined(value.OptionIDs, func(id string) string { return orZero(options[id]).Label }), err
	case value.UserIDs != nil:
		users, err := tx.Users(ctx, value.UserIDs)
		return joined(value.UserIDs, func(id string) string { return orZero(users[id]).DisplayName }), err
	}
	for _, text := range []*string{value.Text, value.Date, value.URL} {
		if text != nil {
			return text, nil
		}
	}
	return nil, nil
}

func joined(ids []string, name func(string) string) *string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = name(id)
	}
	return orNil(strings.Join(names, ", "))
}

// wire shows the value as event data does: all seven members, at most one of them set.
func (v *FieldValue) wire() map[string]any {
	return map[string]any{"cardId": v.CardID, "fieldId": v.FieldID, "valueText": v.Text, "valueNumber": v.Number,
		"valueCheckbox": v.Checkbox, "valueDate": v.Date, "valueUrl": v.URL, "valueOptionIds": v.OptionIDs,
		"valueUserIds": v.UserIDs}
}
