package domain

import "context"

const (
	maxWorkspaceName          = 120
	maxCompletedCardsDays     = 365
	defaultCompletedCardsDays = 35
	defaultWorkspaceIcon      = "rocket"
)

// WorkspaceCreateInput is a new workspace. Nil slices ask for the defaults, empty ones for nothing.
type WorkspaceCreateInput struct {
	OrganisationID           *string // the caller's when nil
	Name                     string
	Icon                     *string
	AccentColor              *Color
	CardKeyPrefix            *string
	Kind                     *WorkspaceKind
	CompletedCardsActiveDays *int
	ListNames                []string
	Lists                    []*ListSeedInput
	Labels                   []*LabelSeedInput
	CustomFields             []*CustomFieldSeedInput
	InitialBoard             *BoardSeedInput
}

// WorkspacePatch is a change to a workspace. Icon and accent colour may be null.
type WorkspacePatch struct {
	Name                     Opt[*string]
	Icon                     Opt[*string]
	AccentColor              Opt[*Color]
	CardKeyPrefix            Opt[*string]
	CompletedCardsActiveDays Opt[*int]
	BoardLinkingEnabled      Opt[*bool]
	ExpectedVersion          *int
}

// Workspace returns a workspace the caller has a role in.
func (s *Service) Workspace(ctx context.Context, who *Principal, id string) (*Workspace, error) {
	return s.workspaceFor(ctx, s.Store, who, id, readWorkspace)
}

// WorkspaceCreate creates a workspace with its furnishings and, when asked for, its first board. It needs a personal
// key of an organisation admin, who becomes admin of the workspace.
func (s *Service) WorkspaceCreate(ctx context.Context, who *Principal, in WorkspaceCreateInput) (*Workspace, *Board, error) {
	asked, seeds, err := in.check()
	if err != nil {
		return nil, nil, err
	}
	var board *Board
	workspace, err := inTx(ctx, s.Store, func(tx Store) (*Workspace, error) {
		workspace := s.newWorkspace(who, in, seeds)
		if err := canFound(ctx, tx, who, workspace.OrganisationID); err != nil {
			return nil, err
		}
		if err := s.claimKeyPrefix(ctx, tx, workspace, asked); err != nil {
			return nil, err
		}
		if err := s.found(ctx, tx, who, workspace, seeds); err != nil {
			return nil, err
		}
		board = nil
		if seeds.board == nil {
			return workspace, nil
		}
		board = &Board{Name: seeds.board.Name, Icon: seeds.board.Icon, IconColor: seeds.board.IconColor}
		return workspace, s.addBoard(ctx, tx, who, workspace, board)
	})
	return workspace, board, err
}

// check returns the key prefix asked for, empty for none, and the seeds.
func (in WorkspaceCreateInput) check() (prefix string, furnishings seeds, err error) {
	var checks Checks
	checks.Text(in.Name, 1, maxWorkspaceName, "input", "name")
	checks.Icon(in.Icon, "input", "icon")
	if in.CardKeyPrefix != nil {
		prefix = checkKeyPrefix(&checks, *in.CardKeyPrefix, "input", "cardKeyPrefix")
	}
	if in.CompletedCardsActiveDays != nil {
		checks.Between(*in.CompletedCardsActiveDays, 0, maxCompletedCardsDays, "input", "completedCardsActiveDays")
	}
	furnishings = in.checkSeeds(&checks)
	return prefix, furnishings, checks.Err()
}

// newWorkspace returns the row without its key prefix. A standalone board gives its workspace its own looks.
func (s *Service) newWorkspace(who *Principal, in WorkspaceCreateInput, seeds seeds) *Workspace {
	now := s.Now()
	workspace := &Workspace{ID: s.NewID(), OrganisationID: who.OrganisationID, Name: in.Name, Kind: StandardWorkspace,
		Icon: orDefault(in.Icon, defaultWorkspaceIcon), AccentColor: in.AccentColor,
		CompletedCardsActiveDays: defaultCompletedCardsDays, BoardLinkingEnabled: true,
		Version: 1, CreatedAt: now, UpdatedAt: now}
	if in.OrganisationID != nil {
		workspace.OrganisationID = *in.OrganisationID
	}
	if in.CompletedCardsActiveDays != nil {
		workspace.CompletedCardsActiveDays = *in.CompletedCardsActiveDays
	}
	if in.Kind != nil && *in.Kind == BoardWorkspace {
		workspace.Kind = BoardWorkspace
		workspace.Name, workspace.Icon, workspace.AccentColor = seeds.board.Name, seeds.board.Icon, seeds.board.IconColor
	}
	return workspace
}

// canFound judges whether the caller may create workspaces in an organisation.
func canFound(ctx context.Context, tx Store, who *Principal, organisationID string) error {
	if err := tx.Load(ctx, &Organisation{ID: organisationID}); err != nil {
		return err
	}
	if !who.Administers(organisationID) {
		return Forbidden("This needs a personal key of an organisation admin.")
	}
	return nil
}

// found inserts a workspace, its furnishings and its first admin.
func (s *Service) found(ctx context.Context, tx Store, who *Principal, workspace *Workspace, seeds seeds) error {
	if err := tx.Insert(ctx, workspace); err != nil {
		return err
	}
	err := tx.Insert(ctx, &WorkspaceMember{WorkspaceID: workspace.ID, UserID: who.UserID, Role: WorkspaceAdmin,
		AddedAt: workspace.CreatedAt})
	if err != nil {
		return err
	}
	if err := s.furnish(ctx, tx, workspace, seeds); err != nil {
		return err
	}
	return s.emit(ctx, tx, who, outgoing{home: workspace.home(), Type: "workspace:created",
		Data: map[string]any{"workspace": workspace.wire()}})
}

// WorkspaceUpdate changes the settings of a workspace. A new key prefix rewrites every card key; the old one stays an
// alias. The board of a standalone workspace takes over name, icon and colour. A patch without members only touches
// the workspace.
func (s *Service) WorkspaceUpdate(ctx context.Context, who *Principal, id string, patch WorkspacePatch) (*Workspace, error) {
	prefix, err := patch.check()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s.Store, func(tx Store) (*Workspace, error) {
		workspace, err := s.workspaceFor(ctx, tx, who, id, adminWorkspace)
		if err != nil {
			return nil, err
		}
		if err := tx.Lock(ctx, workspace); err != nil {
			return nil, err
		}
		if err := matchVersion(patch.ExpectedVersion, workspace.Version); err != nil {
			return nil, err
		}
		did := patch.apply(workspace)
		if prefix != "" && prefix != workspace.CardKeyPrefix {
			did = append(did, change{"cardKeyPrefix", workspace.CardKeyPrefix, prefix})
			if err := s.changeKeyPrefix(ctx, tx, workspace, prefix); err != nil {
				return nil, err
			}
		}
		workspace.UpdatedAt = s.Now()
		if err := s.workspaceChanged(ctx, tx, who, workspace, did); err != nil {
			return nil, err
		}
		return workspace, s.mirrorToBoard(ctx, tx, who, workspace, patch)
	})
}

// check returns the new key prefix, empty for none.
func (p WorkspacePatch) check() (prefix string, err error) {
	var checks Checks
	textIfSet(&checks, p.Name, maxWorkspaceName, "input", "name")
	checks.Icon(p.Icon.Value, "input", "icon")
	notNull(&checks, p.CardKeyPrefix, "string", "input", "cardKeyPrefix")
	if p.CardKeyPrefix.Value != nil {
		prefix = checkKeyPrefix(&checks, *p.CardKeyPrefix.Value, "input", "cardKeyPrefix")
	}
	notNull(&checks, p.CompletedCardsActiveDays, "number", "input", "completedCardsActiveDays")
	if days := p.CompletedCardsActiveDays.Value; days != nil {
		checks.Between(*days, 0, maxCompletedCardsDays, "input", "completedCardsActiveDays")
	}
	notNull(&checks, p.BoardLinkingEnabled, "boolean", "input", "boardLinkingEnabled")
	return prefix, checks.Err()
}

func (p WorkspacePatch) apply(workspace *Workspace) (did changes) {
	alter(&did, "name", present(p.Name), &workspace.Name)
	alter(&did, "icon", p.Icon, &workspace.Icon)
	alter(&did, "accentColor", p.AccentColor, &workspace.AccentColor)
	alter(&did, "completedCardsActiveDays", present(p.CompletedCardsActiveDays), &workspace.CompletedCardsActiveDays)
	alter(&did, "boardLinkingEnabled", present(p.BoardLinkingEnabled), &workspace.BoardLinkingEnabled)
	return did
}

// workspaceChanged writes a changed workspace and tells of it.
func (s *Service) workspaceChanged(ctx context.Context, tx Store, who *Principal, workspace *Workspace, did changes) error {
	if err := tx.Update(ctx, workspace); err != nil {
		return err
	}
	err := s.emit(ctx, tx, who, outgoing{home: workspace.home(), Type: "workspace:updated",
		Data: map[string]any{"workspace": workspace.wire()}})
	if err != nil {
		return err
	}
	return s.record(ctx, tx, who, entry{home: workspace.home(), EntityType: entityWorkspace, EntityID: workspace.ID,
		Action: "updated", Payload: did.payload()})
}

// WorkspaceDelete deletes a workspace with everything in it, for good; confirmationName has to be its exact name.
// Its key prefixes stay reserved.
func (s *Service) WorkspaceDelete(ctx context.Context, who *Principal, id, confirmationName string) error {
	return s.Store.InTx(ctx, func(tx Store) error {
		workspace, err := s.workspaceFor(ctx, tx, who, id, adminWorkspace)
		if err != nil {
			return err
		}
		if confirmationName != workspace.Name {
			return BadRequest("The confirmation has to be the exact name of the workspace.")
		}
		return s.dropWorkspace(ctx, tx, who, workspace)
	})
}

func (s *Service) dropWorkspace(ctx context.Context, tx Store, who *Principal, workspace *Workspace) error {
	err := s.emit(ctx, tx, who, outgoing{home: workspace.home(), Type: "workspace:deleted",
		Data: map[string]any{"workspaceId": workspace.ID}})
	if err != nil {
		return err
	}
	return tx.Delete(ctx, workspace)
}
