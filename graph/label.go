package graph

import (
	"context"

	"kanera.dev/domain"
)

type labelResolver struct{}

func (labelResolver) Workspace(ctx context.Context, l *domain.Label) (*domain.Workspace, error) {
	return loadersOf(ctx).workspace.Load(ctx, l.WorkspaceID)
}

func (m mutation) LabelCreate(ctx context.Context, in domain.LabelCreateInput) (*LabelCreatePayload, error) {
	label, err := m.service.LabelCreate(ctx, domain.PrincipalFrom(ctx), in)
	return &LabelCreatePayload{Label: label}, err
}

func (m mutation) LabelUpdate(ctx context.Context, id string, in LabelUpdateInput) (*LabelUpdatePayload, error) {
	label, err := m.service.LabelUpdate(ctx, domain.PrincipalFrom(ctx), id, domain.LabelPatch{Name: opt(in.Name),
		Color: opt(in.Color), ExpectedVersion: in.ExpectedVersion.Value()})
	return &LabelUpdatePayload{Label: label}, err
}

func (m mutation) LabelMove(ctx context.Context, id string, position PositionInput) (*LabelMovePayload, error) {
	label, err := m.service.LabelMove(ctx, domain.PrincipalFrom(ctx), id, position.anchor())
	return &LabelMovePayload{Label: label}, err
}

func (m mutation) LabelDelete(ctx context.Context, id string) (*LabelDeletePayload, error) {
	return &LabelDeletePayload{DeletedID: id}, m.service.LabelDelete(ctx, domain.PrincipalFrom(ctx), id)
}
