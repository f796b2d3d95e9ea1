package domain

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Entity types of activities.
const (
	entityWorkspace   = "workspace"
	entityBoard       = "board"
	entityList        = "list"
	entityCard        = "card"
	entityLabel       = "cardLabel"
	entityCustomField = "customField"
)

// entry is what a use case reports to history. With a Window and a CoalesceKey, an entry of the same actor, entity,
// action and key that is still open takes the new one in.
//
// Members of Payload that begin with "from" or "prev" keep their first value when entries are folded; all others
// take the newest. An entry whose toValue comes back to its fromValue was an undo: it is hidden.
type entry struct {
	home
	EntityType  string
	EntityID    string
	Action      string
	Payload     map[string]any
	CoalesceKey string
	Window      time.Duration
}

// record writes an entry and, for cards, the event of the feed. Call it after the entity's own event.
func (s *Service) record(ctx context.Context, tx Store, who *Principal, e entry) error {
	now := s.Now()
	activity, err := newActivity(s.NewID(), actorOf(who), e, now)
	if err != nil {
		return err
	}
	if activity.CoalesceKey != nil {
		open, err := tx.OpenActivity(ctx, activity, now)
		if err != nil {
			return err
		}
		if open != nil {
			return s.fold(ctx, tx, who, open, activity)
		}
	}
	if err := tx.Insert(ctx, activity); err != nil {
		return err
	}
	return s.emitFeedItem(ctx, tx, who, "created", activity)
}

// fold takes a newer entry into an open one.
func (s *Service) fold(ctx context.Context, tx Store, who *Principal, open, newer *Activity) error {
	if err := coalesce(open, newer); err != nil {
		return err
	}
	if err := tx.Update(ctx, open); err != nil {
		return err
	}
	if !open.FeedVisible {
		return s.emitFeedItem(ctx, tx, who, "deleted", open)
	}
	return s.emitFeedItem(ctx, tx, who, "updated", open)
}

func newActivity(id string, actor Actor, e entry, now time.Time) (*Activity, error) {
	if e.Payload == nil {
		e.Payload = map[string]any{}
	}
	payload, err := json.Marshal(e.Payload)
	if err != nil {
		return nil, fmt.Errorf("payload of activity %s: %w", e.Action, err)
	}
	activity := &Activity{ID: id, OrganisationID: e.OrganisationID, WorkspaceID: e.WorkspaceID, BoardID: orNil(e.BoardID),
		ActorID: actor.UserID, ActorKind: actor.Kind, APIKeyID: actor.APIKeyID, APIKeyName: actor.APIKeyName,
		EntityType: e.EntityType, EntityID: e.EntityID, Action: e.Action, Payload: payload, FeedVisible: true,
		CoalescedCount: 1, CreatedAt: now, UpdatedAt: now, ActorName: actor.Name, ActorAvatarURL: actor.AvatarURL}
	if e.CoalesceKey != "" && e.Window > 0 {
		until := now.Add(e.Window)
		activity.CoalesceKey, activity.CoalescedUntil = &e.CoalesceKey, &until
	}
	return activity, nil
}

// coalesce folds newer into open. An undone change is hidden and closed, so that the next one starts afresh.
func coalesce(open, newer *Activity) error {
	var merged, latest map[string]json.RawMessage
	if err := json.Unmarshal(open.Payload, &merged); err != nil {
		return fmt.Errorf("payload of activity %s: %w", open.ID, err)
	}
	if err := json.Unmarshal(newer.Payload, &latest); err != nil {
		return fmt.Errorf("payload of activity %s: %w", newer.ID, err)
	}
	for member, value := range latest {
		_, known := merged[member]
		if known && (strings.HasPrefix(member, "from") || strings.HasPrefix(member, "prev")) {
			continue
		}
		merged[member] = value
	}
	payload, err := json.Marshal(merged)
	if err != nil {
		return fmt.Errorf("payload of activity %s: %w", open.ID, err)
	}
	open.Payload, open.BoardID = payload, newer.BoardID
	open.CoalescedCount++
	open.CoalescedUntil, open.UpdatedAt = newer.CoalescedUntil, newer.UpdatedAt
	open.ActorName, open.ActorAvatarURL = newer.ActorName, newer.ActorAvatarURL
	if undone(merged) {
		open.FeedVisible, open.CoalescedUntil = false, &newer.UpdatedAt
	}
	return nil
}

func undone(payload map[string]json.RawMessage) bool {
	from, hasFrom := payload["fromValue"]
	to, hasTo := payload["toValue"]
	return hasFrom && hasTo && sameJSON(from, to)
}

// sameJSON compares values that databases may have written with other spaces.
func sameJSON(a, b json.RawMessage) bool {
	var left, right bytes.Buffer
	return json.Compact(&left, a) == nil && json.Compact(&right, b) == nil && bytes.Equal(left.Bytes(), right.Bytes())
}

// emitFeedItem tells that the feed of a card changed; other entities have no feed.
func (s *Service) emitFeedItem(ctx context.Context, tx Store, who *Principal, change string, a *Activity) error {
	if a.EntityType != entityCard {
		return nil
	}
	data := map[string]any{"boardId": a.BoardID, "cardId": a.EntityID}
	if change == "deleted" {
		data["type"], data["itemId"] = "activity", a.ID
	} else {
		data["item"] = map[string]any{"type": "activity", "data": a.wire()}
	}
	where := home{OrganisationID: a.OrganisationID, WorkspaceID: a.WorkspaceID}
	if a.BoardID != nil {
		where.BoardID = *a.BoardID
	}
	return s.emit(ctx, tx, who, outgoing{home: where, CardID: a.EntityID, Type: "card:feedItem:" + change, Data: data})
}
