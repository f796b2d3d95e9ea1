package graph

import (
	"context"

	"kanera.dev/domain"
)

func (d *DueDateInput) patch() *domain.DuePatch {
	if d == nil {
		return nil
	}
	return &domain.DuePatch{Date: opt(d.Date), Slot: opt(d.Slot), TimeZone: d.TimeZone.Value()}
}

func (m mutation) CardCreate(ctx context.Context, in CardCreateInput) (*CardCreatePayload, error) {
	card, err := m.service.CardCreate(ctx, domain.PrincipalFrom(ctx), domain.NewCard{BoardID: in.BoardID, ListID: in.ListID,
		Title: in.Title, Description: in.Description.Value(), AtTop: orZero(in.AtTop.Value()),
		AssigneeIDs: in.AssigneeIds.Value(), LabelIDs: in.LabelIds.Value(), Due: orZero(in.DueDate.Value().patch()),
		ClientToken: in.ClientToken.Value()})
	return &CardCreatePayload{Card: card}, err
}

func (m mutation) CardUpdate(ctx context.Context, id string, in CardUpdateInput) (*CardUpdatePayload, error) {
	patch := domain.CardPatch{Title: opt(in.Title), Description: opt(in.Description), ExpectedVersion: in.ExpectedVersion.Value()}
	if due := in.DueDate.Value(); in.DueDate.IsSet() && (due == nil || due.Date.IsSet() || due.Slot.IsSet()) {
		patch.Due = domain.Some(due.patch())
	}
	card, err := m.service.CardUpdate(ctx, domain.PrincipalFrom(ctx), id, patch)
	return &CardUpdatePayload{Card: card}, err
}

func (m mutation) CardComplete(ctx context.Context, id string, completed bool) (*CardCompletePayload, error) {
	card, err := m.service.CardComplete(ctx, domain.PrincipalFrom(ctx), id, completed)
	return &CardCompletePayload{Card: card}, err
}

func (m mutation) CardArchive(ctx context.Context, id string, archived bool) (*CardArchivePayload, error) {
	card, err := m.service.CardArchive(ctx, domain.PrincipalFrom(ctx), id, archived)
	return &CardArchivePayload{Card: card}, err
}

func (m mutation) CardMove(ctx context.Context, id string, in CardMoveInput) (*CardMovePayload, error) {
	anchor, err := in.Position.anchor()
	if err != nil {
		return nil, err
	}
	card, err := m.service.CardMove(ctx, domain.PrincipalFrom(ctx), id, in.ListID, anchor)
	return &CardMovePayload{Card: card}, err
}

func (m mutation) CardMoveToBoard(ctx context.Context, id string, in CardMoveToBoardInput) (*CardMoveToBoardPayload, error) {
	card, err := m.service.CardMoveToBoard(ctx, domain.PrincipalFrom(ctx), id, in.BoardID, orZero(in.ListID.Value()))
	return &CardMoveToBoardPayload{Card: card}, err
}

func (m mutation) CardDuplicate(ctx context.Context, id string, in *CardDuplicateInput) (*CardDuplicatePayload, error) {
	var where domain.CardCopy
	if in != nil {
		where = domain.CardCopy{BoardID: orZero(in.BoardID.Value()), ListID: orZero(in.ListID.Value()), AtTop: orZero(in.AtTop.Value())}
	}
	card, err := m.service.CardDuplicate(ctx, domain.PrincipalFrom(ctx), id, where)
	return &CardDuplicatePayload{Card: card}, err
}

func (m mutation) CardSetLabels(ctx context.Context, id string, labelIDs []string) (*CardSetLabelsPayload, error) {
	card, err := m.service.CardSetLabels(ctx, domain.PrincipalFrom(ctx), id, labelIDs)
	return &CardSetLabelsPayload{Card: card}, err
}

func (m mutation) CardSetAssignees(ctx context.Context, id string, userIDs []string) (*CardSetAssigneesPayload, error) {
	card, err := m.service.CardSetAssignees(ctx, domain.PrincipalFrom(ctx), id, userIDs)
	return &CardSetAssigneesPayload{Card: card}, err
}

func (m mutation) CardSetFieldValue(ctx context.Context, id, fieldID string, in FieldValueInput) (*CardSetFieldValuePayload, error) {
	card, value, err := m.service.CardSetFieldValue(ctx, domain.PrincipalFrom(ctx), id, fieldID, domain.FieldValuePatch{
		Text: opt(in.Text), Number: opt(in.Number), Checkbox: opt(in.Checkbox), Date: opt(in.Date), URL: opt(in.URL),
		OptionIDs: opt(in.OptionIds), UserIDs: opt(in.UserIds)})
	if err != nil {
		return nil, err
	}
	return &CardSetFieldValuePayload{Card: card, Value: value.Typed()}, nil
}

func (m mutation) CardClearFieldValue(ctx context.Context, id, fieldID string) (*CardClearFieldValuePayload, error) {
	card, err := m.service.CardClearFieldValue(ctx, domain.PrincipalFrom(ctx), id, fieldID)
	return &CardClearFieldValuePayload{Card: card}, err
}
