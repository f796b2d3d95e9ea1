package demo

import "kanera.dev/domain"

// Data is an organisation as rows.
type Data struct {
	Organisation     *domain.Organisation
	Users            []*domain.User
	Memberships      []*domain.OrganisationMembership
	Workspaces       []*domain.Workspace
	KeyPrefixes      []*domain.KeyPrefix
	WorkspaceMembers []*domain.WorkspaceMember
	Boards           []*domain.Board
	BoardMembers     []*domain.BoardMember
	Lists            []*domain.List
	Labels           []*domain.Label
	Fields           []*domain.CustomField
	Options          []*domain.CustomFieldOption
	Keys             []*Key
	Cards            []*domain.Card
	CardLabels       []*domain.CardLabel
	CardAssignees    []*domain.CardAssignee
	Values           []*domain.FieldValue
	Activities       []*domain.Activity
}

// Key is an API key that is made, with its random secret, when the rows are written.
type Key struct {
	ID      string
	Request domain.KeyRequest
}

// structure lists everything but keys and cards, in the order of the references.
func (d *Data) structure() []any {
	return []any{d.Organisation, d.Users, d.Memberships, d.Workspaces, d.KeyPrefixes, d.WorkspaceMembers,
		d.Boards, d.BoardMembers, d.Lists, d.Labels, d.Fields, d.Options}
}

// cards lists the cards and what hangs on them, in the order of the references.
func (d *Data) cards() []any {
	return []any{d.Cards, d.CardLabels, d.CardAssignees, d.Values, d.Activities}
}

// forgetCards drops the rows that cards lists.
func (d *Data) forgetCards() {
	d.Cards, d.CardLabels, d.CardAssignees, d.Values, d.Activities = nil, nil, nil, nil, nil
}
