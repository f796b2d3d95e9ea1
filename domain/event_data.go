package domain

import (
	"encoding/json"
	"time"
)

// The nouns as event data shows them: the member names of the REST representation, instants as ISO-8601 with
// milliseconds and Z.

// stampForm is how instants are written; they are always UTC.
const stampForm = "2006-01-02T15:04:05.000Z"

func stamp(at time.Time) string { return at.UTC().Format(stampForm) }

func stampOrNil(at *time.Time) any {
	if at == nil {
		return nil
	}
	return stamp(*at)
}

func (w *Workspace) wire() map[string]any {
	return map[string]any{"id": w.ID, "clientId": w.OrganisationID, "name": w.Name, "cardKeyPrefix": w.CardKeyPrefix,
		"kind": w.Kind, "icon": w.Icon, "accentColor": w.AccentColor,
		"completedCardsActiveDays": w.CompletedCardsActiveDays, "boardLinkingEnabled": w.BoardLinkingEnabled,
		"archivedAt": stampOrNil(w.ArchivedAt), "createdAt": stamp(w.CreatedAt), "updatedAt": stamp(w.UpdatedAt)}
}

func (b *Board) wire() map[string]any {
	return map[string]any{"id": b.ID, "workspaceId": b.WorkspaceID, "groupId": nil, "standaloneGroupId": nil,
		"name": b.Name, "description": b.Description, "icon": b.Icon, "iconColor": b.IconColor,
		"backgroundGradient": b.BackgroundGradient, "position": b.Position,
		"archivedAt": stampOrNil(b.ArchivedAt), "createdAt": stamp(b.CreatedAt), "updatedAt": stamp(b.UpdatedAt)}
}

func (l *List) wire() map[string]any {
	return map[string]any{"id": l.ID, "workspaceId": l.WorkspaceID, "name": l.Name, "icon": l.Icon, "color": l.Color,
		"position": l.Position, "archivedAt": stampOrNil(l.ArchivedAt), "createdAt": stamp(l.CreatedAt),
		"updatedAt": stamp(l.UpdatedAt)}
}

func (l *Label) wire() map[string]any {
	return map[string]any{"id": l.ID, "workspaceId": l.WorkspaceID, "name": l.Name, "color": l.Color,
		"position": l.Position, "archivedAt": stampOrNil(l.ArchivedAt), "createdAt": stamp(l.CreatedAt),
		"updatedAt": stamp(l.UpdatedAt)}
}

func (f *CustomField) wire(options []*CustomFieldOption) map[string]any {
	shown := make([]map[string]any, len(options))
	for i, option := range options {
		shown[i] = option.wire()
	}
	return map[string]any{"id": f.ID, "workspaceId": f.WorkspaceID, "name": f.Name, "icon": f.Icon, "type": f.Type,
		"allowMultiple": f.AllowMultiple, "showOnCard": f.ShowOnCard, "position": f.Position,
		"archivedAt": stampOrNil(f.ArchivedAt), "createdAt": stamp(f.CreatedAt), "updatedAt": stamp(f.UpdatedAt),
		"options": shown}
}

func (o *CustomFieldOption) wire() map[string]any {
	return map[string]any{"id": o.ID, "fieldId": o.FieldID, "label": o.Label, "color": o.Color, "position": o.Position,
		"archivedAt": stampOrNil(o.ArchivedAt), "createdAt": stamp(o.CreatedAt), "updatedAt": stamp(o.UpdatedAt)}
}

// wire shows the card compactly: members without a value are left out.
func (c *Card) wire() map[string]any {
	shown := map[string]any{"id": c.ID, "workspaceId": c.WorkspaceID, "organisationKey": c.OrganisationKey,
		"number": c.Number, "key": c.Key(), "listId": c.ListID, "boardId": c.BoardID, "title": c.Title,
		"position": c.Position, "createdById": c.CreatedByID, "createdAt": stamp(c.CreatedAt),
		"updatedAt": stamp(c.UpdatedAt)}
	for member, text := range map[string]*string{"description": c.Description, "dueDateLocalDate": c.DueDay,
		"dueDateSlot": (*string)(c.DueSlot), "dueDateTimezone": c.DueTimeZone, "coverAttachmentId": c.CoverAttachmentID} {
		if orZero(text) != "" {
			shown[member] = *text
		}
	}
	for member, at := range map[string]*time.Time{"completedAt": c.CompletedAt, "archivedAt": c.ArchivedAt} {
		if at != nil {
			shown[member] = stamp(*at)
		}
	}
	return shown
}

func (a *Activity) wire() map[string]any {
	actor := a.Actor()
	payload := a.Payload
	if payload == nil {
		payload = json.RawMessage("{}")
	}
	return map[string]any{"id": a.ID, "boardId": a.BoardID, "clientId": a.OrganisationID, "workspaceId": a.WorkspaceID,
		"actorId": a.ActorID, "actorKind": a.ActorKind, "actorName": actor.Name, "actorAvatarUrl": actor.AvatarURL,
		"apiKeyId": a.APIKeyID, "apiKeyName": a.APIKeyName, "supportSessionId": nil, "supportActorEmail": nil,
		"entityType": a.EntityType, "entityId": a.EntityID, "action": a.Action, "payload": payload,
		"feedVisible": a.FeedVisible, "coalesceKey": a.CoalesceKey, "coalescedCount": a.CoalescedCount,
		"coalescedUntil": stampOrNil(a.CoalescedUntil), "createdAt": stamp(a.CreatedAt), "updatedAt": stamp(a.UpdatedAt)}
}
