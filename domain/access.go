package domain

import "context"

// Every use case judges its caller the same way: existence first (NOT_FOUND), then authority (FORBIDDEN). The rules
// are pure functions; workspaceFor and boardFor load what they judge.

// workspaceNeed is what a use case asks of a workspace.
type workspaceNeed int

const (
	readWorkspace  workspaceNeed = iota // any role in the workspace
	adminWorkspace                      // the admin role
)

// boardNeed is what a use case asks of a board.
type boardNeed int

const (
	readBoard  boardNeed = iota // any role on the board
	editBoard                   // the editor role
	adminBoard                  // the admin role in the board's workspace
)

// canUseWorkspace judges an effective workspace role; an empty role stands for none.
func canUseWorkspace(who *Principal, role WorkspaceRole, need workspaceNeed) error {
	switch {
	case who.Detached:
		return errDetached()
	case role == "":
		return Forbidden("You have no access to this workspace.")
	case need == adminWorkspace && role != WorkspaceAdmin:
		return Forbidden("This needs the admin role in the workspace.")
	}
	return nil
}

// canUseBoard judges how the caller reaches a board; nil stands for no access.
func canUseBoard(who *Principal, access *BoardAccess, need boardNeed) error {
	switch {
	case who.Detached:
		return errDetached()
	case access == nil:
		return Forbidden("You have no access to this board.")
	case need != readBoard && !who.Allows(ScopeWrite):
		return Forbidden("The scope of this key allows reading only.")
	case need == adminBoard && !access.IsWorkspaceAdmin:
		return Forbidden("This needs the admin role in the workspace of the board.")
	case need == editBoard && access.Role != BoardEditor:
		return Forbidden("Observers of a board cannot change it.")
	}
	return nil
}

func errDetached() error {
	return Forbidden("The person who created this key has left the workspace.")
}

// workspaceFor returns a workspace the caller may use the way need says.
func (s *Service) workspaceFor(ctx context.Context, tx Store, who *Principal, id string, need workspaceNeed) (*Workspace, error) {
	workspace := &Workspace{ID: id}
	if err := tx.Load(ctx, workspace); err != nil {
		return nil, err
	}
	roles, err := tx.WorkspaceRoles(ctx, who, []string{id})
	if err != nil {
		return nil, err
	}
	return workspace, canUseWorkspace(who, roles[id], need)
}

// boardFor returns a board the caller may use the way need says, and how they reach it. Archived boards do not
// exist.
func (s *Service) boardFor(ctx context.Context, tx Store, who *Principal, id string, need boardNeed) (*Board, *BoardAccess, error) {
	place, err := boardPlace(ctx, tx, who, id, BoardWith{}, need)
	if err != nil {
		return nil, nil, err
	}
	return place.Board, place.Access, nil
}
