package domain

import "context"

const (
	maxBoardName        = 35
	maxBoardDescription = 2000
	defaultBoardIcon    = "layout-kanban"
)

// BoardCreateInput is a new board.
type BoardCreateInput struct {
	WorkspaceID        string
	Name               string
	Description        *string
	Icon               *string
	IconColor          *Color
	BackgroundGradient *BoardBackground
}

// BoardPatch is a change to a board. Only the name may not be null.
type BoardPatch struct {
	Name               Opt[*string]
	Description        Opt[*string]
	Icon               Opt[*string]
	IconColor          Opt[*Color]
	BackgroundGradient Opt[*BoardBackground]
	ExpectedVersion    *int
}

// Board returns a board the caller can open.
func (s *Service) Board(ctx context.Context, who *Principal, id string) (*Board, error) {
	board, _, err := s.boardFor(ctx, s.Store, who, id, readBoard)
	return board, err
}

// BoardCreate creates a board at the end of a workspace; the workspace's admins become its editors. A standalone
// workspace takes no second board (BAD_REQUEST).
func (s *Service) BoardCreate(ctx context.Context, who *Principal, in BoardCreateInput) (*Board, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	return inTx(ctx, s.Store, func(tx Store) (*Board, error) {
		workspace, err := s.workspaceFor(ctx, tx, who, in.WorkspaceID, adminWorkspace)
		if err != nil {
			return nil, err
		}
		if workspace.Kind == BoardWorkspace {
			return nil, BadRequest("A standalone board shares its workspace with no other board.")
		}
		board := &Board{Name: in.Name, Description: in.Description, Icon: orDefault(in.Icon, defaultBoardIcon),
			IconColor: in.IconColor, BackgroundGradient: in.BackgroundGradient}
		return board, s.addBoard(ctx, tx, who, workspace, board)
	})
}

func (in BoardCreateInput) check() error {
	var checks Checks
	checks.Text(in.Name, 1, maxBoardName, "input", "name")
	if in.Description != nil {
		checks.Text(*in.Description, 0, maxBoardDescription, "input", "description")
	}
	checks.Icon(in.Icon, "input", "icon")
	return checks.Err()
}

// addBoard inserts a board, of which the looks are filled in, with an editor row for every admin of the workspace.
func (s *Service) addBoard(ctx context.Context, tx Store, who *Principal, workspace *Workspace, board *Board) error {
	now := s.Now()
	board.ID, board.OrganisationID, board.WorkspaceID = s.NewID(), workspace.OrganisationID, workspace.ID
	board.Version, board.CreatedAt, board.UpdatedAt = 1, now, now
	if err := s.insertLast(ctx, tx, board); err != nil {
		return err
	}
	admins, err := tx.AdminIDs(ctx, workspace.ID)
	if err != nil {
		return err
	}
	members := make([]*BoardMember, len(admins))
	for i, admin := range admins {
		members[i] = &BoardMember{BoardID: board.ID, UserID: admin, Role: BoardEditor, Pinned: true, AddedAt: &now}
	}
	if err := insertAll(ctx, tx, members); err != nil {
		return err
	}
	return s.changed(ctx, tx, who, board, "created", map[string]any{"board": board.wire()}, map[string]any{"name": board.Name})
}

// BoardUpdate changes a board. The workspace of a standalone board takes over name, icon and colour. A patch without
// members only touches the board.
func (s *Service) BoardUpdate(ctx context.Context, who *Principal, id string, patch BoardPatch) (*Board, error) {
	if err := patch.check(); err != nil {
		return nil, err
	}
	return inTx(ctx, s.Store, func(tx Store) (*Board, error) {
		board, err := s.lockBoard(ctx, tx, who, id, adminBoard)
		if err != nil {
			return nil, err
		}
		if err := matchVersion(patch.ExpectedVersion, board.Version); err != nil {
			return nil, err
		}
		if err := s.boardChanged(ctx, tx, who, board, patch.apply(board)); err != nil {
			return nil, err
		}
		return board, s.mirrorToWorkspace(ctx, tx, who, board, patch)
	})
}

func (p BoardPatch) check() error {
	var checks Checks
	textIfSet(&checks, p.Name, maxBoardName, "input", "name")
	if p.Description.Value != nil {
		checks.Text(*p.Description.Value, 0, maxBoardDescription, "input", "description")
	}
	checks.Icon(p.Icon.Value, "input", "icon")
	return checks.Err()
}

func (p BoardPatch) apply(board *Board) (did changes) {
	alter(&did, "name", present(p.Name), &board.Name)
	alter(&did, "description", p.Description, &board.Description)
	alter(&did, "icon", p.Icon, &board.Icon)
	alter(&did, "iconColor", p.IconColor, &board.IconColor)
	alter(&did, "backgroundGradient", p.BackgroundGradient, &board.BackgroundGradient)
	return did
}

// BoardSetBackground sets or clears the background of a board. It needs the editor role.
func (s *Service) BoardSetBackground(ctx context.Context, who *Principal, id string, background *BoardBackground) (*Board, error) {
	return inTx(ctx, s.Store, func(tx Store) (*Board, error) {
		board, err := s.lockBoard(ctx, tx, who, id, editBoard)
		if err != nil {
			return nil, err
		}
		return board, s.boardChanged(ctx, tx, who, board, BoardPatch{BackgroundGradient: Some(background)}.apply(board))
	})
}

// lockBoard is boardFor that also locks the board.
func (s *Service) lockBoard(ctx context.Context, tx Store, who *Principal, id string, need boardNeed) (*Board, error) {
	board, _, err := s.boardFor(ctx, tx, who, id, need)
	if err != nil {
		return nil, err
	}
	return board, tx.Lock(ctx, board)
}

// boardChanged writes a changed board and tells of it.
func (s *Service) boardChanged(ctx context.Context, tx Store, who *Principal, board *Board, did changes) error {
	board.UpdatedAt = s.Now()
	if err := tx.Update(ctx, board); err != nil {
		return err
	}
	err := s.emit(ctx, tx, who, outgoing{home: board.home(), Type: "board:updated", Data: map[string]any{"board": board.wire()}})
	if err != nil {
		return err
	}
	return s.note(ctx, tx, who, board, "updated", did.payload())
}

// BoardMove moves a board among the boards of its workspace.
func (s *Service) BoardMove(ctx context.Context, who *Principal, id string, to Anchor) (*Board, error) {
	return inTx(ctx, s.Store, func(tx Store) (*Board, error) {
		board, _, err := s.boardFor(ctx, tx, who, id, adminBoard)
		if err != nil {
			return nil, err
		}
		return board, s.moveSibling(ctx, tx, who, board, to)
	})
}

// BoardDelete deletes a board with its cards, for good; a standalone board takes its workspace along. The board's
// history goes with it.
func (s *Service) BoardDelete(ctx context.Context, who *Principal, id string) error {
	return s.Store.InTx(ctx, func(tx Store) error {
		board, err := s.lockBoard(ctx, tx, who, id, adminBoard)
		if err != nil {
			return err
		}
		if err := s.tell(ctx, tx, who, board, "deleted", map[string]any{"boardId": board.ID}); err != nil {
			return err
		}
		workspace := &Workspace{ID: board.WorkspaceID}
		if err := tx.Load(ctx, workspace); err != nil {
			return err
		}
		if workspace.Kind == BoardWorkspace {
			return s.dropWorkspace(ctx, tx, who, workspace)
		}
		return tx.Delete(ctx, board)
	})
}
