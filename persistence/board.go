package persistence

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"kanera.dev/domain"
)

var boards = table[domain.Board]{
	name: "boards",
	columns: []string{
		"id", "organisation_id", "workspace_id", "name", "description", "icon", "icon_color", "background_gradient", "position",
		"version", "archived_at", "created_at", "updated_at",
	},
	fields: func(b *domain.Board) []any {
		return []any{
			&b.ID, &b.OrganisationID, &b.WorkspaceID, &b.Name, &b.Description, &b.Icon, &b.IconColor, &b.BackgroundGradient, &b.Position,
			&b.Version, &b.ArchivedAt, &b.CreatedAt, &b.UpdatedAt,
		}
	},
}

// Boards implements domain.Structure.
func (s *Store) Boards(ctx context.Context, ids []string) (map[string]*domain.Board, error) {
	return byIDs(ctx, s, boards, ids)
}

func (s *Store) workspaceBoards(workspaceIDs []string) listing[domain.Board] {
	return listing[domain.Board]{
		name: "workspaceBoards", columns: boards.fields,
		rows: "SELECT b.workspace_id AS parent, " + boards.as("b") + " FROM boards b WHERE b.archived_at IS NULL AND " +
			s.dialect.anyOf("b.workspace_id"),
		args: []any{s.dialect.list(workspaceIDs)},
		keys: byPosition,
		at:   func(b *domain.Board) []any { return []any{int64(b.Position), b.ID} },
	}
}

// WorkspaceBoardsOf implements domain.Structure.
func (s *Store) WorkspaceBoardsOf(ctx context.Context, workspaceIDs []string, page domain.Page) (map[string]domain.PageOf[*domain.Board], error) {
	return s.workspaceBoards(workspaceIDs).pages(ctx, s, workspaceIDs, page)
}

// CountWorkspaceBoards implements domain.Structure.
func (s *Store) CountWorkspaceBoards(ctx context.Context, workspaceIDs []string) (map[string]int, error) {
	return s.workspaceBoards(workspaceIDs).counts(ctx, s, workspaceIDs)
}

// BoardAccesses implements domain.Tenants.
func (s *Store) BoardAccesses(ctx context.Context, viewer *domain.Principal, boardIDs []string) (map[string]*domain.BoardAccess, error) {
	var a assorted
	board := new(domain.Board)
	a.add(frag("b.id, b.organisation_id, b.workspace_id, b.archived_at"), &board.ID, &board.OrganisationID, &board.WorkspaceID, &board.ArchivedAt)
	access := a.addAccess(s.dialect, viewer)
	query := a.statement(frag(" FROM boards b"), viewerRows(viewer), frag(" WHERE "+s.dialect.anyOf("b.id"), s.dialect.list(boardIDs)))
	accesses := make(map[string]*domain.BoardAccess)
	err := s.each(ctx, query, func(line row) error {
		err := line.Scan(a.into...)
		if found := access.of(viewer, board); found != nil {
			accesses[board.ID] = found
		}
		return err
	})
	return accesses, err
}

// boardAccess judges what the viewer's rows amount to on a board they can open.
func boardAccess(viewer *domain.Principal, organisationID string, row domain.BoardAccess, role domain.WorkspaceRole) *domain.BoardAccess {
	access := &domain.BoardAccess{Role: domain.BoardEditor, CanAccessWorkspace: true, IsWorkspaceAdmin: true}
	switch {
	case viewer.IsWorkspaceKey():
		access.Source, access.IsWorkspaceAdmin = domain.FromWorkspace, viewer.Scope == domain.ScopeAdmin
		if viewer.Scope == domain.ScopeRead {
			access.Role = domain.BoardObserver
		}
	case viewer.Administers(organisationID):
		access.Source = domain.FromOrganisation
	case role == domain.WorkspaceAdmin:
		access.Source = domain.FromWorkspace
	default:
		access = &domain.BoardAccess{
			Role: row.Role, Source: domain.FromBoard, AssignedItemsOnly: row.AssignedItemsOnly, CanAccessWorkspace: role != "",
		}
	}
	return access
}

// navigation numbers the boards that the viewer can open: standard workspaces of their own organisation by age,
// with their boards by position; then its boards that are a workspace of their own, by name; then the same in
// other organisations, by name.
func (s *Store) navigation(viewer *domain.Principal) (string, []any) {
	visible, args := visibleBoards(s.dialect, viewer)
	name := func(column string) string { return s.dialect.byteOrder(s.dialect.fold(column)) }
	return "WITH navigation AS (SELECT b.id, ROW_NUMBER() OVER (ORDER BY" +
		" CASE WHEN o.id = ? THEN 0 ELSE 1 END, " + name("o.name") + ", o.id," +
		" CASE WHEN w.kind = 'board' THEN 1 ELSE 0 END," +
		" CASE WHEN w.kind <> 'board' THEN w.created_at END, CASE WHEN w.kind <> 'board' THEN w.id END," +
		" CASE WHEN w.kind <> 'board' THEN b.position ELSE 0 END," +
		" CASE WHEN w.kind = 'board' THEN " + name("b.name") + " END, b.id) - 1 AS place" +
		" FROM boards b JOIN workspaces w ON w.id = b.workspace_id JOIN organisations o ON o.id = w.organisation_id" +
		" WHERE " + visible + ")", append([]any{viewer.OrganisationID}, args...)
}

// navigationCursor holds the last board of a page and where it stood, for the case that it is gone.
type navigationCursor struct {
	List  string `json:"l"`
	ID    string `json:"b"`
	Place int    `json:"n"`
}

const navigationList = "boards"

func (c navigationCursor) String() string {
	raw, _ := json.Marshal(c) // a string and a number
	return base64.RawURLEncoding.EncodeToString(raw)
}

func readNavigationCursor(text string) (c navigationCursor, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &c) != nil || c.List != navigationList || uuid.Validate(c.ID) != nil {
		return c, errPageCursor
	}
	return c, nil
}

// VisibleBoards implements domain.Structure. Places are counted anew for every page: boards that appear or go in
// between shift no other board off the pages.
func (s *Store) VisibleBoards(ctx context.Context, viewer *domain.Principal, page domain.Page) (domain.PageOf[*domain.Board], error) {
	with, args := s.navigation(viewer)
	where := ""
	if page.After != "" && !page.ByRow {
		c, err := readNavigationCursor(page.After)
		if err != nil {
			return domain.PageOf[*domain.Board]{}, err
		}
		where = " WHERE n.place > COALESCE((SELECT last.place FROM navigation last WHERE last.id = ?), ?)"
		args = append(args, c.ID, c.Place-1)
	}
	first, last := rowRange(page)
	rows, err := s.query(ctx, with+" SELECT "+boards.as("b")+", n.place FROM navigation n JOIN boards b ON b.id = n.id"+where+
		" ORDER BY n.place LIMIT ? OFFSET ?", append(slices.Clip(args), last-first, first)...)
	if err != nil {
		return domain.PageOf[*domain.Board]{}, err
	}
	found, err := collect(rows, func(line row) (*domain.Board, error) {
		b := new(domain.Board)
		return b, line.Scan(append(boards.fields(b), &b.NavigationOrder)...)
	})
	if err != nil {
		return domain.PageOf[*domain.Board]{}, translate(ctx, err, "Board")
	}
	return cutPage(found, page, func(b *domain.Board) string {
		return navigationCursor{List: navigationList, ID: b.ID, Place: *b.NavigationOrder}.String()
	}), nil
}

// CountVisibleBoards implements domain.Structure.
func (s *Store) CountVisibleBoards(ctx context.Context, viewer *domain.Principal) (int, error) {
	visible, args := visibleBoards(s.dialect, viewer)
	count, err := s.amount(ctx, "SELECT COUNT(*) FROM boards b WHERE "+visible, args...)
	return int(count), err
}
