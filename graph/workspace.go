package graph

import (
	"context"

	"kanera.dev/domain"
)

type workspaceResolver struct{ service *domain.Service }

func (r workspaceResolver) CardKeyPrefixes(ctx context.Context, w *domain.Workspace) ([]string, error) {
	return loadersOf(ctx).prefixesOf.Load(ctx, w.ID)
}

func (r workspaceResolver) Organisation(ctx context.Context, w *domain.Workspace) (*domain.Organisation, error) {
	return loadersOf(ctx).organisation.Load(ctx, w.OrganisationID)
}

func (r workspaceResolver) ViewerRole(ctx context.Context, w *domain.Workspace) (*domain.WorkspaceRole, error) {
	role, err := loadersOf(ctx).workspaceRole.Load(ctx, w.ID)
	if role == "" {
		return nil, err
	}
	return &role, err
}

func (r workspaceResolver) Lists(ctx context.Context, w *domain.Workspace) ([]*domain.List, error) {
	return loadersOf(ctx).listsOf.Load(ctx, w.ID)
}

func (r workspaceResolver) Labels(ctx context.Context, w *domain.Workspace) ([]*domain.Label, error) {
	return loadersOf(ctx).labelsOf.Load(ctx, w.ID)
}

func (r workspaceResolver) CustomFields(ctx context.Context, w *domain.Workspace) ([]*domain.CustomField, error) {
	return loadersOf(ctx).fieldsOf.Load(ctx, w.ID)
}

func (r workspaceResolver) AllFieldsShownOnCards(ctx context.Context, w *domain.Workspace) (bool, error) {
	fields, err := loadersOf(ctx).fieldsOf.Load(ctx, w.ID)
	for _, field := range fields {
		if !field.ShowOnCard {
			return false, err
		}
	}
	return true, err
}

// mustReach refuses guests, who see single boards but not their workspace.
func (r workspaceResolver) mustReach(ctx context.Context, w *domain.Workspace) error {
	role, err := loadersOf(ctx).workspaceRole.Load(ctx, w.ID)
	if err == nil && role == "" {
		return domain.Forbidden("Guests of a board do not see its workspace.")
	}
	return err
}

func (r workspaceResolver) Members(ctx context.Context, w *domain.Workspace, first *int, after *string, rows *PageInput) (*WorkspaceMemberConnection, error) {
	page, err := pageOf(first, after, rows)
	if err != nil {
		return nil, err
	}
	if err := r.mustReach(ctx, w); err != nil {
		return nil, err
	}
	return connect(ctx, &loadersOf(ctx).workspaceMembers, w.ID,
		byPage(page, r.service.Store.WorkspaceMembersOf, r.service.Store.CountWorkspaceMembers))
}

func (r workspaceResolver) Boards(ctx context.Context, w *domain.Workspace, first *int, after *string, rows *PageInput) (*BoardConnection, error) {
	page, err := pageOf(first, after, rows)
	if err != nil {
		return nil, err
	}
	if err := r.mustReach(ctx, w); err != nil {
		return nil, err
	}
	return connect(ctx, &loadersOf(ctx).workspaceBoards, w.ID,
		byPage(page, r.service.Store.WorkspaceBoardsOf, r.service.Store.CountWorkspaceBoards))
}

func (r workspaceResolver) Cards(ctx context.Context, w *domain.Workspace, filter *domain.CardFilter, order []*domain.CardOrder, first *int, after *string, archived *bool) (*CardConnection, error) {
	return cardsUnder(ctx, r.service, domain.CardParent{WorkspaceID: w.ID}, first, after, nil,
		domain.CardSearch{Filter: filter, Order: order, Default: domain.NewestFirst, Archived: archived, IncludeCompleted: true})
}

type workspaceMemberResolver struct{}

func (workspaceMemberResolver) User(ctx context.Context, m *domain.WorkspaceMember) (*domain.User, error) {
	return loadersOf(ctx).user.Load(ctx, m.UserID)
}

func (q queries) Workspaces(ctx context.Context, first *int, after *string, rows *PageInput) (*WorkspaceConnection, error) {
	page, err := pageOf(first, after, rows)
	if err != nil {
		return nil, err
	}
	who := domain.PrincipalFrom(ctx)
	found, err := q.service.Store.VisibleWorkspaces(ctx, who, page)
	return &WorkspaceConnection{page: found, count: func(ctx context.Context) (int, error) {
		return q.service.Store.CountVisibleWorkspaces(ctx, who)
	}}, err
}

func (q queries) Workspace(ctx context.Context, id string) (*domain.Workspace, error) {
	return q.service.Workspace(ctx, domain.PrincipalFrom(ctx), id)
}

func (m mutation) WorkspaceCreate(ctx context.Context, in domain.WorkspaceCreateInput) (*WorkspaceCreatePayload, error) {
	workspace, board, err := m.service.WorkspaceCreate(ctx, domain.PrincipalFrom(ctx), in)
	return &WorkspaceCreatePayload{Workspace: workspace, InitialBoard: board}, err
}

func (m mutation) WorkspaceUpdate(ctx context.Context, id string, in WorkspaceUpdateInput) (*WorkspaceUpdatePayload, error) {
	workspace, err := m.service.WorkspaceUpdate(ctx, domain.PrincipalFrom(ctx), id, domain.WorkspacePatch{
		Name: opt(in.Name), Icon: opt(in.Icon), AccentColor: opt(in.AccentColor), CardKeyPrefix: opt(in.CardKeyPrefix),
		CompletedCardsActiveDays: opt(in.CompletedCardsActiveDays), BoardLinkingEnabled: opt(in.BoardLinkingEnabled),
		ExpectedVersion: in.ExpectedVersion.Value()})
	return &WorkspaceUpdatePayload{Workspace: workspace}, err
}

func (m mutation) WorkspaceDelete(ctx context.Context, id, confirmationName string) (*WorkspaceDeletePayload, error) {
	return &WorkspaceDeletePayload{DeletedID: id}, m.service.WorkspaceDelete(ctx, domain.PrincipalFrom(ctx), id, confirmationName)
}
