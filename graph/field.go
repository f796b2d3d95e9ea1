package graph

import (
	"context"

	"kanera.dev/domain"
)

type fieldResolver struct{}

func (fieldResolver) Options(ctx context.Context, f *domain.CustomField) ([]*domain.CustomFieldOption, error) {
	return loadersOf(ctx).optionsOf.Load(ctx, f.ID)
}

func (fieldResolver) Workspace(ctx context.Context, f *domain.CustomField) (*domain.Workspace, error) {
	return loadersOf(ctx).workspace.Load(ctx, f.WorkspaceID)
}

func (m mutation) CustomFieldCreate(ctx context.Context, in domain.CustomFieldCreateInput) (*CustomFieldCreatePayload, error) {
	field, err := m.service.CustomFieldCreate(ctx, domain.PrincipalFrom(ctx), in)
	return &CustomFieldCreatePayload{CustomField: field}, err
}

func (m mutation) CustomFieldUpdate(ctx context.Context, id string, in CustomFieldUpdateInput) (*CustomFieldUpdatePayload, error) {
	field, err := m.service.CustomFieldUpdate(ctx, domain.PrincipalFrom(ctx), id, domain.CustomFieldPatch{Name: opt(in.Name),
		Icon: opt(in.Icon), AllowMultiple: opt(in.AllowMultiple), ShowOnCard: opt(in.ShowOnCard),
		ExpectedVersion: in.ExpectedVersion.Value()})
	return &CustomFieldUpdatePayload{CustomField: field}, err
}

func (m mutation) CustomFieldMove(ctx context.Context, id string, position PositionInput) (*CustomFieldMovePayload, error) {
	field, err := m.service.CustomFieldMove(ctx, domain.PrincipalFrom(ctx), id, position.anchor())
	return &CustomFieldMovePayload{CustomField: field}, err
}

func (m mutation) CustomFieldDelete(ctx context.Context, id string) (*CustomFieldDeletePayload, error) {
	return &CustomFieldDeletePayload{DeletedID: id}, m.service.CustomFieldDelete(ctx, domain.PrincipalFrom(ctx), id)
}

func (m mutation) CustomFieldOptionCreate(ctx context.Context, in domain.CustomFieldOptionCreateInput) (*CustomFieldOptionCreatePayload, error) {
	option, err := m.service.CustomFieldOptionCreate(ctx, domain.PrincipalFrom(ctx), in)
	return &CustomFieldOptionCreatePayload{Option: option}, err
}

func (m mutation) CustomFieldOptionUpdate(ctx context.Context, id string, in CustomFieldOptionUpdateInput) (*CustomFieldOptionUpdatePayload, error) {
	option, err := m.service.CustomFieldOptionUpdate(ctx, domain.PrincipalFrom(ctx), id, domain.CustomFieldOptionPatch{
		Label: opt(in.Label), Color: opt(in.Color), ExpectedVersion: in.ExpectedVersion.Value()})
	return &CustomFieldOptionUpdatePayload{Option: option}, err
}

func (m mutation) CustomFieldOptionMove(ctx context.Context, id string, position PositionInput) (*CustomFieldOptionMovePayload, error) {
	option, err := m.service.CustomFieldOptionMove(ctx, domain.PrincipalFrom(ctx), id, position.anchor())
	return &CustomFieldOptionMovePayload{Option: option}, err
}

func (m mutation) CustomFieldOptionArchive(ctx context.Context, id string) (*CustomFieldOptionArchivePayload, error) {
	option, err := m.service.CustomFieldOptionArchive(ctx, domain.PrincipalFrom(ctx), id)
	return &CustomFieldOptionArchivePayload{Option: option}, err
}
