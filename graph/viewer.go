package graph

import (
	"context"

	"kanera.dev/domain"
)

// Viewer is who asks.
type Viewer struct {
	who    *domain.Principal
	WebURL string
}

// User is the owner of a personal key, or the creator of a workspace key.
func (v *Viewer) User(ctx context.Context) (*domain.User, error) {
	return loadersOf(ctx).user.Load(ctx, v.who.UserID)
}

// Organisation is the one the request works in.
func (v *Viewer) Organisation(ctx context.Context) (*domain.Organisation, error) {
	return loadersOf(ctx).organisation.Load(ctx, v.who.OrganisationID)
}

// Credential is the API key of the request.
func (v *Viewer) Credential() *Credential { return &Credential{v.who} }

// Credential is the API key of a request.
type Credential struct{ who *domain.Principal }

// ID is the id of the key.
func (c *Credential) ID() string { return c.who.KeyID }

// Kind is the kind of the key.
func (c *Credential) Kind() domain.CredentialKind { return c.who.Kind }

// Scope is what the key allows.
func (c *Credential) Scope() domain.Scope { return c.who.Scope }

// Name is the name the key was given.
func (c *Credential) Name() *string { return c.who.KeyName }

// WorkspaceID is the workspace a workspace key is pinned to.
func (c *Credential) WorkspaceID() *string {
	if c.who.WorkspaceID == "" {
		return nil
	}
	return &c.who.WorkspaceID
}

// Workspace is the workspace a workspace key is pinned to.
func (c *Credential) Workspace(ctx context.Context) (*domain.Workspace, error) {
	if c.who.WorkspaceID == "" {
		return nil, nil
	}
	return loadersOf(ctx).workspace.Load(ctx, c.who.WorkspaceID)
}

// OrganisationScope says whether the key reaches one workspace or all of its owner's.
func (c *Credential) OrganisationScope() string {
	if c.who.IsWorkspaceKey() {
		return "workspace-pinned"
	}
	return "identity-wide"
}
