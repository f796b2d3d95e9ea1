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
		edges[i] = Edge[T]{Cursor: c.page.Cursors[i], Node: node}
	}
	return edges
}

// PageInfo says where the page stands.
func (c *Connection[T]) PageInfo() *domain.PageInfo { return &c.page.PageInfo }

// TotalCount counts the rows of all pages, in one statement.
func (c *Connection[T]) TotalCount(ctx context.Context) (int, error) { return c.count(ctx) }

// WorkspaceConnection and those below it are the connections of the schema and their edges.
type (
	WorkspaceConnection       = Connection[*domain.Workspace]
	WorkspaceEdge             = Edge[*domain.Workspace]
	WorkspaceMemberConnection = Connection[*domain.WorkspaceMember]
	WorkspaceMemberEdge       = Edge[*domain.WorkspaceMember]
	BoardConnection           = Connection[*domain.Board]
	BoardEdge                 = Edge[*domain.Board]
	BoardMemberConnection     = Connection[*domain.BoardMember]
	BoardMemberEdge           = Edge[*domain.BoardMember]
	CardConnection            = Connection[*domain.Card]
	CardEdge                  = Edge[*domain.Card]
	ActivityConnection        = Connection[*domain.Activity]
	ActivityEdge              = Edge[*domain.Activity]
)
