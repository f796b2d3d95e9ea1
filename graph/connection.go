package graph

import (
	"context"

	"kanera.dev/domain"
)

// Connection is a Relay page of rows. The total is counted when it is asked for, not before.
type Connection[T any] struct {
	page  domain.PageOf[T]
	count func(context.Context) (int, error)
}

// Edge is a row with its cursor.
type Edge[T any] struct {
	Cursor string
	Node   T
}

// Nodes returns the rows.
func (c *Connection[T]) Nodes() []T { return c.page.Nodes }

// Edges returns the rows with their cursors.
func (c *Connection[T]) Edges() []Edge[T] {
	edges := make([]Edge[T], len(c.page.Nodes))
	for i, node := range c.page.Nodes {
		edges[i] = Edge[T]{Cursor: c.page.Cursor(i), Node: node}
	}
	return edges
}

// PageInfo says where the page stands.
func (c *Connection[T]) PageInfo() *domain.PageInfo { return &c.page.PageInfo }

// TotalCount counts the rows of all pages, in one statement.
func (c *Connection[T]) TotalCount(ctx context.Context) (int, error) { return c.count(ctx) }

type (
	// WorkspaceConnection is a page of workspaces.
	WorkspaceConnection = Connection[*domain.Workspace]
	// WorkspaceEdge is a row of it.
	WorkspaceEdge = Edge[*domain.Workspace]
	// WorkspaceMemberConnection is a page of workspace members.
	WorkspaceMemberConnection = Connection[*domain.WorkspaceMember]
	// WorkspaceMemberEdge is a row of it.
	WorkspaceMemberEdge = Edge[*domain.WorkspaceMember]
	// BoardConnection is a page of boards.
	BoardConnection = Connection[*domain.Board]
	// BoardEdge is a row of it.
	BoardEdge = Edge[*domain.Board]
	// BoardMemberConnection is a page of board members.
	BoardMemberConnection = Connection[*domain.BoardMember]
	// BoardMemberEdge is a row of it.
	BoardMemberEdge = Edge[*domain.BoardMember]
	// CardConnection is a page of cards.
	CardConnection = Connection[*domain.Card]
	// CardEdge is a row of it.
	CardEdge = Edge[*domain.Card]
	// ActivityConnection is a page of activity.
	ActivityConnection = Connection[*domain.Activity]
	// ActivityEdge is a row of it.
	ActivityEdge = Edge[*domain.Activity]
	// WebhookConnection is a page of webhooks.
	WebhookConnection = Connection[*domain.Webhook]
	// WebhookEdge is a row of it.
	WebhookEdge = Edge[*domain.Webhook]
	// WebhookDeliveryConnection is a page of deliveries.
	WebhookDeliveryConnection = Connection[*domain.Delivery]
	// WebhookDeliveryEdge is a row of it.
	WebhookDeliveryEdge = Edge[*domain.Delivery]
)
