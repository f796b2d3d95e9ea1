package domain

import (
	"context"
	"time"
)

// Principal is who acts: one API key, with what was known of its owner when the request began.
type Principal struct {
	KeyID          string
	KeyName        *string // nil for an unnamed personal key
	Kind           CredentialKind
	Scope          Scope      // always ScopeWrite for personal keys
	KeyUsedAt      *time.Time // last use on record; nil for never
	UserID         string     // owner of a personal key, creator of a workspace key
	UserName       string
	UserAvatarURL  *string
	TimeZone       string // the user's, IANA
	OrganisationID string // organisation the request works in
	WorkspaceID    string // of a workspace key; empty for personal keys
	Limits         KeyLimits
	// OrganisationRoles holds the user's active memberships, by organisation id. Workspace keys gain nothing by
	// them.
	OrganisationRoles map[string]OrganisationRole
	// DocumentsOnly limits the key to documents registered for its organisation.
	DocumentsOnly bool
	// Detached is true for a workspace key whose creator is no longer a member of the workspace: it is known,
	// but may do nothing.
	Detached bool
}

// IsWorkspaceKey reports whether the principal is pinned to one workspace.
func (p *Principal) IsWorkspaceKey() bool { return p.Kind == WorkspaceKey }

// Administers reports whether the principal administers the organisation. Workspace keys never do.
func (p *Principal) Administers(organisationID string) bool {
	if p.IsWorkspaceKey() {
		return false
	}
	role := p.OrganisationRoles[organisationID]
	return role == OrganisationOwner || role == OrganisationAdmin
}

// AdministeredOrganisations lists the organisations the principal administers.
func (p *Principal) AdministeredOrganisations() []string {
	var ids []string
	for id := range p.OrganisationRoles {
		if p.Administers(id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Allows reports whether the key's scope reaches required. Personal keys have no stored scope: their owner's
// roles decide, in the use case.
func (p *Principal) Allows(required Scope) bool {
	if !p.IsWorkspaceKey() {
		return true
	}
	rank := map[Scope]int{ScopeRead: 1, ScopeWrite: 2, ScopeAdmin: 3}
	return rank[p.Scope] >= rank[required]
}

// Actor returns the principal as history shows it.
func (p *Principal) Actor() Actor {
	userID := p.UserID
	if p.IsWorkspaceKey() {
		keyID := p.KeyID
		name := ""
		if p.KeyName != nil {
			name = *p.KeyName
		}
		return Actor{Kind: ActorAPIKey, Name: name, UserID: &userID, APIKeyID: &keyID, APIKeyName: &name}
	}
	return Actor{Kind: ActorUser, Name: p.UserName, AvatarURL: p.UserAvatarURL, UserID: &userID}
}

type principalKey struct{}

// WithPrincipal returns a context that carries the principal of a request.
func WithPrincipal(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// PrincipalFrom returns the principal of a request, or nil for an anonymous one.
func PrincipalFrom(ctx context.Context) *Principal {
	p, _ := ctx.Value(principalKey{}).(*Principal)
	return p
}
