package domain

import "slices"

// EventWebhookTest is sent to one webhook when somebody asks for it. Nobody else hears of it.
const EventWebhookTest = "webhook:test"

// eventType is a name of events and what their data holds, in the notation of shapes. Without data, the noun is not
// built yet: nothing of that name is sent.
type eventType struct{ name, data string }

// publicEventTypes are the names that the contract promises, in its order.
var publicEventTypes = []eventType{
	{"list:created", "workspaceId list"},
	{"list:updated", "workspaceId list"},
	{"list:moved", "workspaceId listId position prevPosition"},
	{"list:rebalanced", "workspaceId positions"},
	{"list:deleted", "workspaceId listId"},
	{"customField:created", "workspaceId customField"},
	{"customField:updated", "workspaceId customField"},
	{"customField:moved", "workspaceId fieldId position prevPosition"},
	{"customField:rebalanced", "workspaceId positions"},
	{"customField:deleted", "workspaceId fieldId"},
	{"customFieldOption:created", "workspaceId fieldId option"},
	{"customFieldOption:updated", "workspaceId fieldId option"},
	{"customFieldOption:moved", "workspaceId fieldId optionId position prevPosition"},
	{"customFieldOption:rebalanced", "workspaceId fieldId positions"},
	{"customFieldOption:deleted", "workspaceId fieldId optionId"},
	{"card:created", "boardId card"},
	{"card:updated", "boardId card"},
	{"card:moved", "boardId cardId fromListId toListId position prevPosition"},
	{"card:rebalanced", "boardId listId positions"},
	{"card:deleted", "boardId cardId"},
	{"card:customFieldValue:set", "boardId cardId fieldId valueText|null valueNumber|null valueCheckbox|null valueDate|null " +
		"valueUrl|null valueOptionIds|null valueUserIds|null"},
	{"card:customFieldValue:cleared", "boardId cardId fieldId"},
	{"card:labels:set", "boardId cardId labelIds"},
	{"card:assignees:set", "boardId cardId assigneeIds"},
	{"card:attachment:created", ""},
	{"card:attachment:deleted", ""},
	{"card:checklist:created", ""},
	{"card:checklist:updated", ""},
	{"card:checklist:moved", ""},
	{"card:checklist:rebalanced", ""},
	{"card:checklist:deleted", ""},
	{"card:checklistItem:created", ""},
	{"card:checklistItem:updated", ""},
	{"card:checklistItem:moved", ""},
	{"card:checklistItem:rebalanced", ""},
	{"card:checklistItem:deleted", ""},
	{"cardLabel:created", "workspaceId cardLabel"},
	{"cardLabel:updated", "workspaceId cardLabel"},
	{"cardLabel:moved", "workspaceId labelId position prevPosition"},
	{"cardLabel:rebalanced", "workspaceId positions"},
	{"cardLabel:deleted", "workspaceId labelId"},
	{"comment:created", ""},
	{"comment:updated", ""},
	{"comment:deleted", ""},
	{"comment:reaction:added", ""},
	{"comment:reaction:removed", ""},
	{"card:feedItem:created", "boardId cardId item"},
	{"card:feedItem:updated", "boardId cardId item"},
	{"card:feedItem:deleted", "boardId cardId type itemId"},
	{"board:created", "workspaceId board"},
	{"board:updated", "board"},
	{"board:moved", "workspaceId boardId position prevPosition"},
	{"board:rebalanced", "workspaceId positions"},
	{"board:deleted", "workspaceId boardId"},
	{"board:member:added", ""},
	{"board:member:removed", ""},
	{"boardMirror:created", ""},
	{"boardMirror:updated", ""},
	{"boardMirror:deleted", ""},
	{"workspace:updated", "workspace"},
	{"workspace:deleted", "workspaceId"},
	{"workspace:member:added", ""},
	{"workspace:member:updated", ""},
	{"workspace:member:removed", ""},
	{"user:profile:updated", ""},
	{"note:created", ""},
	{"note:updated", ""},
	{"note:moved", ""},
	{"note:rebalanced", ""},
	{"note:deleted", ""},
	{"note:locked", ""},
	{"note:unlocked", ""},
}

// ownEventTypes are names beyond the contract's list. Who asks for all events hears of workspaces created too.
var ownEventTypes = []eventType{
	{"workspace:created", "workspace"},
	{EventWebhookTest, "webhookId"},
}

// PublicEventTypes lists the names of events that the contract promises, also of those whose noun is not built yet.
func PublicEventTypes() []string { return namesOf(publicEventTypes) }

// SentEventTypes lists the names of all events there are; each has an EventSchema.
func SentEventTypes() []string {
	return namesOf(slices.DeleteFunc(slices.Concat(publicEventTypes, ownEventTypes), func(e eventType) bool { return e.data == "" }))
}

func namesOf(types []eventType) []string {
	names := make([]string, len(types))
	for i, e := range types {
		names[i] = e.name
	}
	return names
}
