package domain_test

import (
	"context"
	"time"

	"kanera.dev/domain"
)

// busyFields changes fields and options, and the values of every type of field.
func (d *desk) busyFields() {
	ctx, who := d.t.Context(), d.ida
	card := d.add(d.todo, "Valued")
	for kind, value := range map[domain.CustomFieldType]domain.FieldValuePatch{
		domain.FieldText:     text("basil"),
		domain.FieldNumber:   {Number: domain.Some(new(domain.Decimal("1.5")))},
		domain.FieldCheckbox: {Checkbox: domain.Some(new(true))},
		domain.FieldDate:     {Date: domain.Some(new("2030-05-01"))},
		domain.FieldURL:      {URL: domain.Some(new("https://example.test/"))},
		domain.FieldUser:     {UserIDs: domain.Some([]string{d.max.UserID})},
	} {
		field := d.field(who, d.workspace.ID, "The "+string(kind), kind, false)
		_, _, err := d.CardSetFieldValue(ctx, who, card.ID, field.ID, value)
		d.must(err)
		_, err = d.CardClearFieldValue(ctx, who, card.ID, field.ID)
		d.must(err)
	}
	field := d.field(who, d.workspace.ID, "Bed", domain.FieldSelect, true)
	d.option(field, "North")
	d.option(field, "South")
	option := d.option(field, "West")
	_, err := d.CustomFieldOptionUpdate(ctx, who, option.ID, domain.CustomFieldOptionPatch{Color: domain.Some(new(domain.ColorLime))})
	d.must(err)
	_, err = d.CustomFieldOptionMove(ctx, who, option.ID, d.squeeze(option))
	d.must(err)
	_, _, err = d.CardSetFieldValue(ctx, who, card.ID, field.ID, options(option.ID))
	d.must(err)
	_, err = d.CustomFieldOptionArchive(ctx, who, option.ID)
	d.must(err)
	_, err = d.CustomFieldUpdate(ctx, who, field.ID, domain.CustomFieldPatch{Icon: domain.Some(new("rocket"))})
	d.must(err)
	_, err = d.CustomFieldMove(ctx, who, field.ID, d.squeeze(field))
	d.must(err)
	d.must(d.CustomFieldDelete(ctx, who, field.ID))
}

// busyCards makes a card with all there is to it, and does to it whatever can be done.
func (d *desk) busyCards() {
	ctx, who := d.t.Context(), d.key(d.workspace, domain.ScopeWrite)
	label, slot := d.label("Herb"), domain.SlotMorning
	card, err := d.CardCreate(ctx, d.ida, domain.NewCard{BoardID: d.board.ID, ListID: d.todo.ID, Title: "Basil", Description: new("Sow"),
		AssigneeIDs: []string{d.max.UserID}, LabelIDs: []string{label.ID}, Due: domain.DuePatch{Date: domain.Some(new("2030-05-01")), Slot: domain.Some(&slot)}})
	d.must(err)
	for _, name := range []string{"Mint", "Sage", "Basil"} { // a feed item made, folded and taken back
		_, err := d.CardUpdate(ctx, who, card.ID, title(name))
		d.must(err)
	}
	d.clock.pass(time.Hour)
	_, err = d.CardSetLabels(ctx, who, card.ID, nil)
	d.must(err)
	_, err = d.CardSetAssignees(ctx, who, card.ID, nil)
	d.must(err)
	_, err = d.CardComplete(ctx, who, card.ID, true)
	d.must(err)
	for _, archived := range []bool{true, false} {
		_, err = d.CardArchive(ctx, who, card.ID, archived)
		d.must(err)
	}
	_, err = d.CardSetLabels(ctx, who, card.ID, []string{label.ID})
	d.must(err)
	_, err = d.CardSetAssignees(ctx, who, card.ID, []string{d.max.UserID})
	d.must(err)
	_, err = d.CardDuplicate(ctx, who, card.ID, domain.CardCopy{})
	d.must(err)
	first := d.now(d.add(d.done, "First"))
	second := d.now(d.add(d.done, "Second"))
	second.Position = first.Position + 1 // no room between them
	d.must(d.Store.Update(ctx, second))
	_, err = d.CardMove(ctx, who, card.ID, d.done.ID, after(first))
	d.must(err)
	_, err = d.CardMoveToBoard(ctx, who, card.ID, d.newBoard("Elsewhere").ID, "")
	d.must(err)
}

// busyLists does what lists do to all their cards at once.
func (d *desk) busyLists() {
	ctx, who := d.t.Context(), d.ida
	list := d.list()
	d.add(list, "One")
	d.add(list, "Two")
	_, err := d.ListCompleteCards(ctx, who, list.ID, d.board.ID, true)
	d.must(err)
	_, err = d.ListMoveCards(ctx, who, list.ID, domain.ListMoveCardsInput{TargetListID: d.done.ID})
	d.must(err)
	_, err = d.ListArchiveCards(ctx, who, d.done.ID, nil)
	d.must(err)
}

// busyWebhooks sends a test to a webhook, which does not leave.
func (d *desk) busyWebhooks() {
	ctx, who := d.t.Context(), d.ida
	d.Webhooks = domain.WebhookPorts{Vault: open{}, Courier: idle{}, NewSecret: domain.NewID}
	_, hook, err := d.WebhookCreate(ctx, who, domain.WebhookCreateInput{WorkspaceID: d.workspace.ID, Name: "hook", URL: "https://example.test/"})
	d.must(err)
	_, err = d.WebhookTest(ctx, who, hook.ID)
	d.must(err)
}

// open is a vault that hides nothing.
type open struct{}

func (open) Seal(secret []byte, _ string) []byte          { return secret }
func (open) Open(sealed []byte, _ string) ([]byte, error) { return sealed, nil }

// idle is a courier who sends nothing.
type idle struct{}

func (idle) Deliver(context.Context, string) error { return nil }
func (idle) Wake()                                 {}
