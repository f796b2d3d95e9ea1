package domain_test

import (
	"strings"
	"testing"
	"time"

	"kanera.dev/domain"
)

// valued is a desk with a card and a field of every type.
type valued struct {
	*desk
	c           *domain.Card
	fields      map[domain.CustomFieldType]*domain.CustomField
	multi       *domain.CustomField // select, several
	north, west *domain.CustomFieldOption
	one, two    *domain.CustomFieldOption // of multi
}

func onEveryValued(t *testing.T, test func(t *testing.T, v *valued)) {
	t.Helper()
	onEveryDesk(t, func(t *testing.T, d *desk) {
		v := &valued{desk: d, c: d.add(d.todo, "Basil"), fields: map[domain.CustomFieldType]*domain.CustomField{}}
		for _, kind := range domain.CustomFieldTypes {
			v.fields[kind] = v.field(d.ida, d.workspace.ID, "The "+string(kind), kind, false)
		}
		v.multi = v.field(d.ida, d.workspace.ID, "Several", domain.FieldSelect, true)
		v.north, v.west = v.option(v.fields[domain.FieldSelect], "North"), v.option(v.fields[domain.FieldSelect], "West")
		v.one, v.two = v.option(v.multi, "One"), v.option(v.multi, "Two")
		d.forget()
		test(t, v)
	})
}

func (d *desk) field(who *domain.Principal, workspace, name string, kind domain.CustomFieldType, several bool) *domain.CustomField {
	d.t.Helper()
	in := domain.CustomFieldCreateInput{WorkspaceID: workspace, Name: name, Type: kind}
	if several {
		in.AllowMultiple = new(true)
	}
	field, err := d.CustomFieldCreate(d.t.Context(), who, in)
	d.must(err)
	return field
}

func (d *desk) option(field *domain.CustomField, label string) *domain.CustomFieldOption {
	d.t.Helper()
	option, err := d.CustomFieldOptionCreate(d.t.Context(), d.ida, domain.CustomFieldOptionCreateInput{FieldID: field.ID, Label: label})
	d.must(err)
	return option
}

func text(value string) domain.FieldValuePatch {
	return domain.FieldValuePatch{Text: domain.Some(&value)}
}

func options(ids ...string) domain.FieldValuePatch {
	return domain.FieldValuePatch{OptionIDs: domain.Some(ids)}
}

func users(ids ...string) domain.FieldValuePatch {
	return domain.FieldValuePatch{UserIDs: domain.Some(ids)}
}

// Every type keeps its value, tells all seven members, and writes into history what people read.
func TestCardSetFieldValue(t *testing.T) {
	t.Parallel()
	onEveryValued(t, func(t *testing.T, v *valued) {
		for _, row := range []struct {
			field   *domain.CustomField
			patch   domain.FieldValuePatch
			member  string
			value   any
			says    string
			emptied domain.FieldValuePatch
		}{
			{v.fields[domain.FieldText], text("bed 3"), "valueText", "bed 3", "bed 3", domain.FieldValuePatch{Text: domain.Some[*string](nil)}},
			{v.fields[domain.FieldNumber], domain.FieldValuePatch{Number: domain.Some(new(domain.Decimal("12.5")))}, "valueNumber", "12.5", "12.5", domain.FieldValuePatch{Number: domain.Some[*domain.Decimal](nil)}},
			{v.fields[domain.FieldCheckbox], domain.FieldValuePatch{Checkbox: domain.Some(new(false))}, "valueCheckbox", false, "false", domain.FieldValuePatch{Checkbox: domain.Some[*bool](nil)}},
			{v.fields[domain.FieldDate], domain.FieldValuePatch{Date: domain.Some(new("2030-02-28"))}, "valueDate", "2030-02-28", "2030-02-28", domain.FieldValuePatch{Date: domain.Some[*string](nil)}},
			{v.fields[domain.FieldURL], domain.FieldValuePatch{URL: domain.Some(new("https://a.test/x"))}, "valueUrl", "https://a.test/x", "https://a.test/x", domain.FieldValuePatch{URL: domain.Some[*string](nil)}},
			{v.fields[domain.FieldSelect], options(v.north.ID), "valueOptionIds", []string{v.north.ID}, "North", options()},
			{v.multi, options(v.two.ID, v.one.ID), "valueOptionIds", []string{v.two.ID, v.one.ID}, "Two, One", domain.FieldValuePatch{OptionIDs: domain.Some[[]string](nil)}},
			{v.fields[domain.FieldUser], users(v.max.UserID), "valueUserIds", []string{v.max.UserID}, "Max", users()},
		} {
			v.clock.pass(time.Hour)
			what := row.field.Name
			shown := map[string]any{"boardId": v.board.ID, "cardId": v.c.ID, "fieldId": row.field.ID}
			for _, member := range []string{"valueText", "valueNumber", "valueCheckbox", "valueDate", "valueUrl", "valueOptionIds", "valueUserIds"} {
				shown[member] = nil
			}
			payload := func(from, to string) string {
				return `{"fieldId":"` + row.field.ID + `","fieldName":"` + what + `","fieldType":"` + string(row.field.Type) + `","fromValue":` + from + `,"toValue":` + to + `}`
			}
			set := func(patch domain.FieldValuePatch) *domain.FieldValue {
				t.Helper()
				_, value, err := v.CardSetFieldValue(t.Context(), v.max, v.c.ID, row.field.ID, patch)
				v.must(err)
				return value
			}
			shown[row.member] = row.value
			value := set(row.patch)
			v.told(what, "card:customFieldValue:set", shown)
			v.happened(what, []string{"card:customFieldValue:set", "card:feedItem:created"}, "customFieldValue:set", payload("null", `"`+row.says+`"`))
			if value.Type != row.field.Type || value.CardID != v.c.ID || !value.UpdatedAt.Equal(v.Now()) {
				t.Errorf("%s: %+v", what, value)
			}
			set(row.patch)
			v.happened(what+" again", []string{"card:customFieldValue:set"}, "", "")
			v.clock.pass(time.Hour)
			shown[row.member] = nil
			set(row.emptied)
			v.told(what+" emptied", "card:customFieldValue:set", shown)
			v.happened(what+" emptied", []string{"card:customFieldValue:set", "card:feedItem:created"}, "customFieldValue:set", payload(`"`+row.says+`"`, "null"))
		}
		kept, err := v.Store.FieldValuesOf(t.Context(), []string{v.c.ID})
		v.must(err)
		if len(kept[v.c.ID]) != 8 {
			t.Errorf("emptied values are rows: %d", len(kept[v.c.ID]))
		}
		if now := v.now(v.c); now.Version != 1 {
			t.Errorf("values touch the card: version %d", now.Version)
		}
	})
}

func TestCardFieldValueFoldsAndClears(t *testing.T) {
	t.Parallel()
	onEveryValued(t, func(t *testing.T, v *valued) {
		field := v.fields[domain.FieldText]
		set := func(what, value, change string, wait time.Duration) {
			t.Helper()
			v.clock.pass(wait)
			_, _, err := v.CardSetFieldValue(t.Context(), v.max, v.c.ID, field.ID, text(value))
			v.must(err)
			v.heard(what, []string{"card:customFieldValue:set", "card:feedItem:" + change})
		}
		set("first", "a", "created", 0)
		set("folded", "b", "updated", 59*time.Second)
		set("late", "c", "created", time.Minute)
		set("undone", "b", "deleted", time.Second)
		set("afresh", "d", "created", time.Second)
		v.clock.pass(time.Second)
		for _, what := range []string{"clear", "clear again"} {
			_, err := v.CardClearFieldValue(t.Context(), v.max, v.c.ID, field.ID)
			v.must(err)
			v.told(what, "card:customFieldValue:cleared", map[string]any{"boardId": v.board.ID, "cardId": v.c.ID, "fieldId": field.ID})
			if what == "clear" {
				v.heard(what, []string{"card:customFieldValue:cleared", "card:feedItem:updated"})
			} else {
				v.heard(what, []string{"card:customFieldValue:cleared"})
			}
		}
		kept, err := v.Store.FieldValuesOf(t.Context(), []string{v.c.ID})
		v.must(err)
		if len(kept[v.c.ID]) != 0 {
			t.Errorf("cleared: %+v", kept[v.c.ID][0])
		}
	})
}

func TestCardFieldValueRefusals(t *testing.T) {
	t.Parallel()
	onEveryValued(t, func(t *testing.T, v *valued) {
		away := v.field(v.zoe, v.foreign.WorkspaceID, "Away", domain.FieldText, false)
		retired := v.option(v.multi, "Retired")
		_, err := v.CustomFieldOptionArchive(t.Context(), v.ida, retired.ID)
		v.must(err)
		url := func(value string) domain.FieldValuePatch { return domain.FieldValuePatch{URL: domain.Some(&value)} }
		both := text("x")
		both.Number = domain.Some(new(domain.Decimal("1")))
		archived := v.add(v.todo, "Old")
		v.archive(archived)
		for what, row := range map[string]struct {
			who   *domain.Principal
			card  string
			field string
			patch domain.FieldValuePatch
			code  domain.Code
		}{
			"none":                   {v.ida, v.c.ID, v.fields[domain.FieldText].ID, domain.FieldValuePatch{}, domain.CodeValidation},
			"long text":              {v.ida, v.c.ID, v.fields[domain.FieldText].ID, text(strings.Repeat("a", 20_001)), domain.CodeValidation},
			"no such day":            {v.ida, v.c.ID, v.fields[domain.FieldDate].ID, domain.FieldValuePatch{Date: domain.Some(new("2030-02-29"))}, domain.CodeValidation},
			"no address":             {v.ida, v.c.ID, v.fields[domain.FieldURL].ID, url("nowhere"), domain.CodeValidation},
			"script as address":      {v.ida, v.c.ID, v.fields[domain.FieldURL].ID, url("JavaScript:alert(1)"), domain.CodeValidation},
			"long address":           {v.ida, v.c.ID, v.fields[domain.FieldURL].ID, url("https://a.test/" + strings.Repeat("a", 2000)), domain.CodeValidation},
			"wrong member":           {v.ida, v.c.ID, v.fields[domain.FieldNumber].ID, text("1"), domain.CodeBadRequest},
			"one more member":        {v.ida, v.c.ID, v.fields[domain.FieldText].ID, both, domain.CodeBadRequest},
			"several, where one is":  {v.ida, v.c.ID, v.fields[domain.FieldSelect].ID, options(v.north.ID, v.west.ID), domain.CodeBadRequest},
			"option of another":      {v.ida, v.c.ID, v.fields[domain.FieldSelect].ID, options(v.one.ID), domain.CodeBadRequest},
			"unknown option":         {v.ida, v.c.ID, v.multi.ID, options(v.one.ID, domain.NewID()), domain.CodeBadRequest},
			"archived option":        {v.ida, v.c.ID, v.multi.ID, options(retired.ID), domain.CodeBadRequest},
			"stranger as value":      {v.ida, v.c.ID, v.fields[domain.FieldUser].ID, users(v.zoe.UserID), domain.CodeBadRequest},
			"two people, where one":  {v.ida, v.c.ID, v.fields[domain.FieldUser].ID, users(v.max.UserID, v.ida.UserID), domain.CodeBadRequest},
			"foreign field":          {v.ida, v.c.ID, away.ID, text("x"), domain.CodeNotFound},
			"unknown field":          {v.ida, v.c.ID, domain.NewID(), text("x"), domain.CodeNotFound},
			"unknown card":           {v.ida, domain.NewID(), v.fields[domain.FieldText].ID, text("x"), domain.CodeNotFound},
			"archived card":          {v.ida, archived.ID, v.fields[domain.FieldText].ID, text("x"), domain.CodeBadRequest},
			"observer":               {v.olga, v.c.ID, v.fields[domain.FieldText].ID, text("x"), domain.CodeForbidden},
			"another tenant":         {v.zoe, v.c.ID, away.ID, text("x"), domain.CodeForbidden},
			"card assigned to other": {v.lena, v.c.ID, v.fields[domain.FieldText].ID, text("x"), domain.CodeForbidden},
		} {
			v.forget()
			_, _, err := v.CardSetFieldValue(t.Context(), row.who, row.card, row.field, row.patch)
			refused(t, what, err, row.code)
			v.untouched(what)
		}
		for what, row := range map[string]struct {
			who         *domain.Principal
			card, field string
			code        domain.Code
		}{
			"foreign field": {v.ida, v.c.ID, away.ID, domain.CodeNotFound}, "observer": {v.olga, v.c.ID, v.multi.ID, domain.CodeForbidden},
			"archived card": {v.ida, archived.ID, v.multi.ID, domain.CodeBadRequest}, "unknown card": {v.ida, domain.NewID(), v.multi.ID, domain.CodeNotFound},
		} {
			_, err := v.CardClearFieldValue(t.Context(), row.who, row.card, row.field)
			refused(t, "clear: "+what, err, row.code)
			v.untouched("clear: " + what)
		}
		for _, good := range []string{"mailto:a@b.test", "https://a.test", "obsidian://open?x=1"} {
			_, _, err := v.CardSetFieldValue(t.Context(), v.ida, v.c.ID, v.fields[domain.FieldURL].ID, url(good))
			v.must(err)
		}
	})
}
