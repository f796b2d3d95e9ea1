package domain

import "context"

// A standalone board and its workspace are one thing to their users: name, icon and colour of one are those of the
// other.

// mirrorToWorkspace gives the workspace of a standalone board the looks that a patch gave the board.
func (s *Service) mirrorToWorkspace(ctx context.Context, tx Store, who *Principal, board *Board, patch BoardPatch) error {
	mirrored := WorkspacePatch{Name: patch.Name, Icon: patch.Icon, AccentColor: patch.IconColor}
	if !mirrored.Name.Set && !mirrored.Icon.Set && !mirrored.AccentColor.Set {
		return nil
	}
	workspace := &Workspace{ID: board.WorkspaceID}
	if err := tx.Lock(ctx, workspace); err != nil || workspace.Kind != BoardWorkspace {
		return err
	}
	did := mirrored.apply(workspace)
	workspace.UpdatedAt = board.UpdatedAt
	return s.workspaceChanged(ctx, tx, who, workspace, did)
}

// mirrorToBoard gives the board of a standalone workspace the looks that a patch gave the workspace. Names of boards
// are shorter: a longer one is refused.
func (s *Service) mirrorToBoard(ctx context.Context, tx Store, who *Principal, workspace *Workspace, patch WorkspacePatch) error {
	mirrored := BoardPatch{Name: patch.Name, Icon: patch.Icon, IconColor: patch.AccentColor}
	if workspace.Kind != BoardWorkspace || !mirrored.Name.Set && !mirrored.Icon.Set && !mirrored.IconColor.Set {
		return nil
	}
	if err := mirrored.check(); err != nil {
		return err
	}
	boards, err := tx.WorkspaceBoardsOf(ctx, []string{workspace.ID}, Page{ByRow: true, All: true})
	if err != nil {
		return err
	}
	for _, board := range boards[workspace.ID].Nodes {
		if err := tx.Lock(ctx, board); err != nil {
			return err
		}
		if err := s.boardChanged(ctx, tx, who, board, mirrored.apply(board)); err != nil {
			return err
		}
	}
	return nil
}
