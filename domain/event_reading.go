package domain

import (
	"context"
	"strconv"
)

// maxScanned is how many events one page looks at: with a narrow sieve few of them may be left.
const maxScanned = 500

// SinceNow stands for the newest event, whichever that is.
const SinceNow = "now"

// EventPage is a stretch of what happened in a workspace.
type EventPage struct {
	Events  []*Event // those the viewer hears, in order
	Next    int64    // the sequence to go on from; further on than the last of Events when nobody hears of what follows it
	HasMore bool     // there is more to look at right now
}

// Events returns up to limit events of a workspace that the viewer hears of and that pass the sieve: those after since,
// which is a sequence, SinceNow for none, or empty for the oldest that is kept. Pages may hold less than limit, and
// nothing, although HasMore. BAD_REQUEST for boards of other workspaces, VALIDATION for types that can be no names and,
// as SINCE_EXPIRED, for what EventsFollowing refuses.
func (s *Service) Events(ctx context.Context, who *Principal, workspaceID, since string, sieve Sieve, limit int) (*EventPage, error) {
	if _, err := s.workspaceFor(ctx, s.Store, who, workspaceID, readWorkspace); err != nil {
		return nil, err
	}
	var checks Checks
	if checks.EventTypes(sieve.Types, "types"); checks.Err() != nil {
		return nil, checks.Err()
	}
	if err := s.boardsWithin(ctx, workspaceID, sieve.BoardIDs); err != nil {
		return nil, err
	}
	if since == SinceNow {
		last, err := s.Store.LastSequences(ctx, []string{workspaceID})
		return &EventPage{Next: last[workspaceID]}, err
	}
	read, after := s.Store.EventsAfter, int64(0)
	if since != "" {
		var err error
		if after, err = ParseSince(since); err != nil {
			return nil, err
		}
		read = s.EventsFollowing
	}
	events, err := read(ctx, workspaceID, after, maxScanned)
	if err != nil || len(events) == 0 {
		return &EventPage{Next: after}, err
	}
	heard, err := s.Hears(ctx, who, events, sieve)
	if err != nil {
		return nil, err
	}
	page := &EventPage{Events: heard, Next: events[len(events)-1].Sequence, HasMore: len(events) == maxScanned}
	if len(heard) > limit {
		page.Events, page.Next, page.HasMore = heard[:limit], heard[limit-1].Sequence, true
	}
	return page, nil
}

// boardsWithin refuses boards of other workspaces. Those that are gone may be named: of their end can still be heard.
func (s *Service) boardsWithin(ctx context.Context, workspaceID string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	boards, err := s.Store.Boards(ctx, ids)
	for _, board := range boards {
		if board.WorkspaceID != workspaceID {
			return BadRequest("A board belongs to another workspace.")
		}
	}
	return err
}

// EventsFollowing returns up to limit events of a workspace after a sequence, without a gap: SINCE_EXPIRED when some of
// them are no longer kept. VALIDATION when no event has that sequence yet. It judges nobody.
func (s *Service) EventsFollowing(ctx context.Context, workspaceID string, after int64, limit int) ([]*Event, error) {
	events, err := s.Store.EventsAfter(ctx, workspaceID, after, limit)
	switch {
	case err != nil:
		return nil, err
	case len(events) > 0 && events[0].Sequence == after+1:
		return events, nil
	case len(events) > 0:
		return nil, SinceExpired()
	}
	last, err := s.Store.LastSequences(ctx, []string{workspaceID})
	switch {
	case err != nil:
		return nil, err
	case last[workspaceID] > after:
		return s.kept(ctx, workspaceID, after, limit)
	case last[workspaceID] < after:
		return nil, badSince("no event has come that far")
	}
	return nil, nil
}

// kept reads again what came, or had gone, between two looks.
func (s *Service) kept(ctx context.Context, workspaceID string, after int64, limit int) ([]*Event, error) {
	events, err := s.Store.EventsAfter(ctx, workspaceID, after, limit)
	if err == nil && (len(events) == 0 || events[0].Sequence != after+1) {
		return nil, SinceExpired()
	}
	return events, err
}

// ParseSince reads the sequence of the last event that somebody has seen; VALIDATION for anything else.
func ParseSince(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != text {
		return 0, badSince("must be the cursor or the sequence of an event")
	}
	return n, nil
}

func badSince(message string) error {
	issue := Custom(message)
	issue.Path = []any{"since"}
	return Invalid(issue)
}

// SinceExpired says that some of the events somebody has not seen are no longer kept.
func SinceExpired() error {
	return &Error{Code: CodeSinceExpired, Message: "Some of the events since then are no longer kept. Load what you need anew and begin without since."}
}
