package live

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"kanera.dev/domain"
)

// skew is by how much the clocks of two processes may differ.
const skew = time.Minute

// begin finds the place in every workspace from where the stream goes.
func (s *Stream) begin(ctx context.Context) error {
	if s.request.WorkspaceID != "" {
		return s.beginOne(ctx)
	}
	known := cursor{}
	if s.request.Since != "" {
		var err error
		if known, err = parseCursor(s.request.Since); err != nil {
			return badCursor()
		}
	}
	return s.list(ctx, known)
}

func (s *Stream) beginOne(ctx context.Context) error {
	place := Place{WorkspaceID: s.request.WorkspaceID}
	newest, err := s.feed.newest(ctx, []Place{place})
	if err != nil {
		return err
	}
	at := newest[place.WorkspaceID]
	if s.request.Since != "" {
		if at, err = domain.ParseSince(s.request.Since); err != nil {
			return err
		}
	}
	return s.follow(ctx, place.WorkspaceID, at, newest[place.WorkspaceID])
}

// list follows the workspaces of the viewer that are not followed yet: from where a cursor says, from the beginning when
// the workspace is younger than the last list, else from now on.
func (s *Stream) list(ctx context.Context, known cursor) error {
	listed := time.Now()
	places, err := s.request.List(ctx, s.who)
	if err != nil {
		return err
	}
	if len(places) > MaxWorkspaces {
		return domain.BadRequest(fmt.Sprintf("You see %d workspaces; one subscription can follow %d. Subscribe to the events of single ones.", len(places), MaxWorkspaces))
	}
	newest, err := s.feed.newest(ctx, places)
	if err != nil {
		return err
	}
	followed := map[string]bool{}
	for _, place := range s.follows {
		followed[place.tail.workspace] = true
	}
	for _, place := range places {
		if followed[place.WorkspaceID] {
			continue
		}
		at, seen := known.at[place.WorkspaceID]
		switch {
		case seen:
		case !known.listed.IsZero() && place.Created.After(known.listed.Add(-skew)):
			at = 0
		default:
			at = newest[place.WorkspaceID]
		}
		if err := s.follow(ctx, place.WorkspaceID, at, newest[place.WorkspaceID]); err != nil {
			return err
		}
	}
	s.listed = listed
	return nil
}

// relist looks for workspaces that the viewer was given since.
func (s *Stream) relist(ctx context.Context) error {
	if s.request.List == nil || time.Since(s.listed) < relistTime {
		return nil
	}
	return s.list(ctx, cursor{listed: s.listed})
}

// follow begins in a workspace behind a sequence, unless it lies in the future or events behind it are gone.
func (s *Stream) follow(ctx context.Context, workspaceID string, at, newest int64) error {
	if at != newest {
		if _, err := s.feed.service.EventsFollowing(ctx, workspaceID, at, 1); err != nil {
			return err
		}
	}
	s.follows = append(s.follows, &follow{tail: s.feed.join(s, workspaceID, newest), at: at})
	return nil
}

// cursor is what to pass as since to go on after an event.
func (s *Stream) cursor(event *domain.Event) string {
	if s.request.WorkspaceID != "" {
		return strconv.FormatInt(event.Sequence, 10)
	}
	c := cursor{s.listed, make(map[string]int64, len(s.follows))}
	for _, place := range s.follows {
		c.at[place.tail.workspace] = place.at
	}
	c.at[event.WorkspaceID] = event.Sequence
	return c.String()
}
