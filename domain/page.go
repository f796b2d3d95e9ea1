package domain

// Page sizes.
const (
	DefaultPageSize = 50
	MaxPageSize     = 200
	MaxOffset       = 1_000_000
)

// Page asks for a part of a list: by cursor (First, After), or by row numbers (Limit, Offset).
type Page struct {
	First  int    // 1 to MaxPageSize
	After  string // cursor; empty for the first page
	Offset int
	ByRow  bool // Offset counts instead of After
	All    bool // the whole list, for ByRow pages without a limit
}

// PageInfo says where a page stands.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool
	StartCursor     *string
	EndCursor       *string
}

// NextCursor is what to pass as After for the next page; nil on the last one.
func (p PageInfo) NextCursor() *string {
	if p.HasNextPage {
		return p.EndCursor
	}
	return nil
}

// PageOf is one page of a list.
type PageOf[T any] struct {
	Nodes    []T
	Cursor   func(i int) string // of the i-th node, opaque; made when asked for. Not to be called on a page without nodes.
	PageInfo PageInfo
}
