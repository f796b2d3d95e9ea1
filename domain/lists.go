package domain

import (
	"context"
	"time"
)

const (
	maxListName     = 35
	defaultListIcon = "list"
	// listWindow is how long repeated changes of one member of a list are folded into one history entry.
	listWindow = 2 * time.Minute
)

// ListCreateInput is a new list.
type ListCreateInput struct {
	WorkspaceID string
	Name        string
	Icon        *string
	Color       *Color
}

// ListPatch is a change to a list. Icon and colour may be null.
type ListPatch struct {
	Name            Opt[*string]
	Icon            Opt[*string]
	Color           Opt[*Color]
	ExpectedVersion *int
}

// ListCreate adds a list at the end of a workspace.
func (s *Service) ListCreate(ctx context.Context, who *Principal, in ListCreateInput) (*List, error) {
	var checks Checks
	checks.Text(in.Name, 1, maxListName, "input", "name")
	checks.Icon(in.Icon, "input", "icon")
	if err := checks.Err(); err != nil {
		return nil, err
	}
	return inTx(ctx, s.Store, func(tx Store) (*List, error) {
		workspace, err := s.workspaceFor(ctx, tx, who, in.WorkspaceID, adminWorkspace)
		if err != nil {
			return nil, err
		}
		now := s.Now()
		list := &List{ID: s.NewID(), OrganisationID: workspace.OrganisationID, WorkspaceID: workspace.ID, Name: in.Name,
			Icon: orDefault(in.Icon, defaultListIcon), Color: in.Color, Version: 1, CreatedAt: now, UpdatedAt: now}
		if err := s.insertLast(ctx, tx, list); err != nil {
			return nil, err
		}
		data := map[string]any{"list": list.wire()}
		return list, s.changed(ctx, tx, who, list, "created", data, map[string]any{"name": list.Name})
	})
}

// ListUpdate changes a list. A patch without members only touches it.
func (s *Service) ListUpdate(ctx context.Context, who *Principal, id string, patch ListPatch) (*List, error) {
	var checks Checks
	textIfSet(&checks, patch.Name, maxListName, "input", "name")
	checks.Icon(patch.Icon.Value, "input", "icon")
	if err := checks.Err(); err != nil {
		return nil, err
	}
	return inTx(ctx, s.Store, func(tx Store) (*List, error) {
		list := &List{ID: id}
		if err := s.partFor(ctx, tx, who, list, tx.Lock); err != nil {
			return nil, err
		}
		if err := matchVersion(patch.ExpectedVersion, list.Version); err != nil {
			return nil, err
		}
		var did changes
		alter(&did, "name", present(patch.Name), &list.Name)
		alter(&did, "icon", patch.Icon, &list.Icon)
		alter(&did, "color", patch.Color, &list.Color)
		list.UpdatedAt = s.Now()
		if err := tx.Update(ctx, list); err != nil {
			return nil, err
		}
		if err := s.tell(ctx, tx, who, list, "updated", map[string]any{"list": list.wire()}); err != nil {
			return nil, err
		}
		return list, s.record(ctx, tx, who, listUpdated(list, did))
	})
}

// listUpdated is the history entry of a change. Changes of one member alone are folded.
func listUpdated(list *List, did changes) entry {
	e := entry{home: list.home(), EntityType: entityList, EntityID: list.ID, Action: "updated", Payload: did.payload()}
	if len(did) == 1 {
		e.CoalesceKey, e.Window = "list:"+did[0].member, listWindow
	}
	return e
}

// ListMove moves a list among the lists of its workspace.
func (s *Service) ListMove(ctx context.Context, who *Principal, id string, to Anchor) (*List, error) {
	return inTx(ctx, s.Store, func(tx Store) (*List, error) {
		list := &List{ID: id}
		return list, s.moveSibling(ctx, tx, who, list, to)
	})
}

// ListDelete deletes a list with all its cards on every board, for good.
func (s *Service) ListDelete(ctx context.Context, who *Principal, id string) error {
	return s.Store.InTx(ctx, func(tx Store) error {
		return s.deleteSibling(ctx, tx, who, &List{ID: id})
	})
}
