package gateway_test

import "kanera.dev/domain"

var cardShape = object{"id": someID, "workspaceId": "$garden", "organisationKey": "$orgKey", "number": 1, "key": "$prefix-1", "listId": "$l1", "boardId": "$b1",
	"title": "Plant basil", "description": nil, "position": place(0), "dueDateLocalDate": nil, "dueDateSlot": nil, "dueDateTimezone": nil,
	"completedAt": nil, "archivedAt": nil, "createdById": "$owner", "coverAttachmentId": nil, "createdAt": someTime, "updatedAt": someTime,
	"url": "http://app.test/o/$orgKey/c/$prefix-1"}

// numbered is a card that is the n-th of its workspace.
func numbered(n int, members object) object {
	key := "$prefix-" + string(rune('0'+n))
	return with(with(cardShape, object{"number": n, "key": key, "url": "http://app.test/o/$orgKey/c/" + key}), members)
}

// contractLists is F17 and F18.
func contractLists(c *contract) {
	c.garden("SHED")
	list := with(listShape, object{"id": "=l9", "name": "Compost", "icon": "list", "color": "brown", "position": place(8)})
	c.run(
		row{"F17", "personal", "POST /workspaces/$garden/lists", `{"name":"Compost","color":"brown","position":7}`, 201, list},
		row{"F17 after", "personal", "POST /lists/$l9/move", `{"afterListId":"$l1"}`, 200, object{"id": "$l9", "position": "1500.0000000000"}},
		row{"F17 to the top", "personal", "POST /lists/$l9/move", `{"afterListId":null}`, 200, object{"id": "$l9", "position": "0.0000000000"}},
		row{"F17 nowhere", "personal", "POST /lists/$l9/move", `{}`, 400, invalid(array{}, object{"code": "custom"})},
		row{"F17 unknown neighbour", "personal", "POST /lists/$l9/move", `{"afterListId":"$unknown"}`, 400, failure("BAD_REQUEST")},
		row{"F17 not an admin", "garden", "POST /lists/$l9/move", `{"afterListId":null}`, 403, failure("FORBIDDEN")},
		row{"§5 empty patch", "personal", "PATCH /lists/$l9", `{}`, 200, with(list, object{"id": "$l9", "position": "0.0000000000"})},
		row{"§11 patch", "personal", "PATCH /lists/$l9", `{"name":"Heap","icon":null,"color":null}`, 200,
			with(list, object{"id": "$l9", "name": "Heap", "icon": nil, "color": nil, "position": "0.0000000000"})},
		row{"§11 null name", "personal", "PATCH /lists/$l9", `{"name":null}`, 400, invalid(array{"name"}, object{"code": "invalid_type", "expected": "string"})},
		row{"§11 delete", "personal", "DELETE /lists/$l9", "", 204, nil},
		row{"§11 delete again", "personal", "DELETE /lists/$l9", "", 404, failure("NOT_FOUND")},
	)
	for range 3 {
		c.run(row{"a card", "garden", "POST /boards/$b1/lists/$l1/cards", `{"title":"Tea"}`, 201, anything})
	}
	c.run(
		row{"F18 move", "garden", "POST /lists/$l1/cards/move", `{"targetListId":"$l2","boardId":"$b1"}`, 200, object{"moved": 3}},
		row{"F18 move nothing", "garden", "POST /lists/$l1/cards/move", `{"targetListId":"$l2","boardId":"$b1"}`, 200, object{"moved": 0}},
		row{"F18 same list", "garden", "POST /lists/$l1/cards/move", `{"targetListId":"$l1","boardId":"$b1"}`, 400, failure("BAD_REQUEST")},
		row{"F18 foreign list", "garden", "POST /lists/$l1/cards/move", `{"targetListId":"$list","boardId":"$b1"}`, 400, failure("BAD_REQUEST")},
		row{"F18 every board needs an admin", "garden", "POST /lists/$l2/cards/move", `{"targetListId":"$l1"}`, 403, failure("FORBIDDEN")},
		row{"F18 completion", "garden", "POST /boards/$b1/lists/$l2/cards/completion", `{"completed":true}`, 200, object{"updated": 3}},
		row{"F18 completion again", "garden", "POST /boards/$b1/lists/$l2/cards/completion", `{"completed":true}`, 200, object{"updated": 0}},
		row{"F18 archive", "garden", "PATCH /lists/$l2/cards/archive", `{"boardId":"$b1"}`, 200, object{"archived": 3}},
		row{"F18 archive, no body", "personal", "PATCH /lists/$l2/cards/archive", "", 200, object{"archived": 0}},
	)
}

// contractCards is F14 and F19 to F24.
func contractCards(c *contract) {
	c.garden("HERB")
	basil := numbered(1, object{"id": "$basil", "description": "south bed"})
	c.run(
		row{"F19", "garden", "POST /boards/$b1/lists/$l1/cards", `{"title":"Plant basil","description":"south bed","assigneeIds":["$owner","$owner"],"done":1}`, 201,
			with(basil, object{"id": "=basil"})},
		row{"F19 bottom", "personal", "POST /boards/$b1/lists/$l1/cards", `{"title":" "}`, 201, numbered(2, object{"id": "=mint", "title": " ", "position": place(1)})},
		row{"F19 top", "garden", "POST /boards/$b1/lists/$l1/cards", `{"title":"Sage","atTop":true}`, 201, numbered(3, object{"id": "=sage", "title": "Sage", "position": "0.0000000000"})},
		row{"F19 assignee", "garden", "POST /boards/$b1/lists/$l1/cards", `{"title":"x","assigneeIds":["$unknown"]}`, 400, failure("BAD_REQUEST")},
		row{"F19 foreign list", "garden", "POST /boards/$b1/lists/$list/cards", `{"title":"x"}`, 400, failure("BAD_REQUEST")},
		row{"F19 unknown list", "garden", "POST /boards/$b1/lists/$unknown/cards", `{"title":"x"}`, 404, failure("NOT_FOUND")},
		row{"F19 unknown board", "garden", "POST /boards/$unknown/lists/$l1/cards", `{"title":"x"}`, 404, failure("NOT_FOUND")},
		row{"§4.2 token", "garden", "POST /boards/$b1/lists/$l2/cards", `{"title":"Thyme","clientToken":"$unknown"}`, 201,
			numbered(4, object{"id": "=thyme", "title": "Thyme", "listId": "$l2"})},
		row{"§4.2 again", "garden", "POST /boards/$b1/lists/$l2/cards", `{"title":"Other","clientToken":"$unknown"}`, 201,
			numbered(4, object{"id": "$thyme", "title": "Thyme", "listId": "$l2"})},
		row{"§4.2 elsewhere", "garden", "POST /boards/$b1/lists/$l1/cards", `{"title":"Other","clientToken":"$unknown"}`, 400, failure("BAD_REQUEST")},
		row{"F20", "garden", "PATCH /cards/$basil", `{"dueDateLocalDate":"2030-03-10"}`, 200,
			with(basil, object{"dueDateLocalDate": "2030-03-10", "dueDateSlot": "anyTime", "dueDateTimezone": "Europe/Berlin"})},
		row{"F20 slot only", "garden", "PATCH /cards/$basil", `{"dueDateSlot":"morning"}`, 200, basil},
		row{"F20 both", "garden", "PATCH /cards/$basil", `{"dueDateLocalDate":"2030-03-10","dueDateSlot":"endOfWorkDay"}`, 200,
			with(basil, object{"dueDateLocalDate": "2030-03-10", "dueDateSlot": "endOfWorkDay", "dueDateTimezone": "Europe/Berlin"})},
		row{"F20 null", "garden", "PATCH /cards/$basil", `{"dueDateLocalDate":null}`, 200, basil},
		row{"F21", "garden", "POST /cards/$basil/move", `{"listId":"$l2","beforeCardId":null}`, 200, object{"id": "$basil", "listId": "$l2", "position": place(1)}},
		row{"F21 typed", "garden", "POST /cards/$basil/move", `{"listId":"$l2","beforeItem":{"type":"card","id":"$thyme"}}`, 200,
			object{"id": "$basil", "listId": "$l2", "position": "0.0000000000"}},
		row{"F21 back", "garden", "POST /cards/$basil/move", `{"listId":"$l1","afterCardId":"$sage"}`, 200, object{"id": "$basil", "listId": "$l1", "position": place(0)}},
		row{"F21 separator", "garden", "POST /cards/$basil/move", `{"listId":"$l1","afterItem":{"type":"separator","id":"$unknown"}}`, 400, failure("BAD_REQUEST")},
		row{"F21 complete", "garden", "PATCH /cards/$basil/completion", `{"completed":true}`, 200, with(basil, object{"completedAt": someTime})},
		row{"F21 reopen", "garden", "PATCH /cards/$basil/completion", `{"completed":false}`, 200, basil},
	)
	contractSets(c, basil)
	contractOpen(c)
	contractArchived(c, basil)
}

// contractSets is F22 to F24.
func contractSets(c *contract, basil object) {
	value := object{"cardId": "$basil", "fieldId": "$hours", "valueText": nil, "valueNumber": "12.5", "valueCheckbox": nil, "valueDate": nil, "valueUrl": nil,
		"valueOptionIds": nil, "valueUserIds": nil, "updatedAt": someTime}
	c.run(
		row{"F24", "garden", "PUT /cards/$basil/labels", `{"labelIds":["$la2","$la1"]}`, 200, object{"labelIds": array{"$la1", "$la2"}}},
		row{"F24 twice", "garden", "PUT /cards/$basil/labels", `{"labelIds":["$la1","$la1"]}`, 400, failure("BAD_REQUEST")},
		row{"F24 one", "garden", "PUT /cards/$basil/labels", `{"labelIds":["$la1"]}`, 200, object{"labelIds": array{"$la1"}}},
		row{"F24 none given", "garden", "PUT /cards/$basil/labels", `{}`, 400, invalid(array{"labelIds"}, object{"code": "invalid_type", "expected": "array"})},
		row{"F24 assignees", "garden", "PUT /cards/$basil/assignees", `{"userIds":["$owner","$owner"]}`, 200, object{"assigneeIds": array{"$owner"}}},
		row{"F24 nobody", "garden", "PUT /cards/$mint/assignees", `{"userIds":[]}`, 200, object{"assigneeIds": array{}}},
		row{"F22 value", "garden", "PUT /cards/$basil/custom-fields/$hours", `{"valueNumber":12.50}`, 200, value},
		row{"F22", "garden", "GET /cards/$basil/detail", "", 200, object{"card": basil, "customFieldValues": array{value}, "labelIds": array{"$la1"},
			"assigneeIds": array{"$owner"}, "attachments": array{}, "checklists": array{}, "appliedChecklistTemplateIds": array{}, "linkedNotes": array{}}},
		row{"F23", "read", "GET /organisations/$orgKey/cards/by-key/$prefix-1", "", 404, failure("NOT_FOUND")},
		row{"F23 any case", "garden", "GET /organisations/b81647a7e25d10c3/cards/by-key/herb-1", "", 200, object{"id": "$basil", "workspaceId": "$garden",
			"organisationKey": "$orgKey", "boardId": "$b1", "listId": "$l1", "number": 1, "key": "$prefix-1", "url": "http://app.test/o/$orgKey/c/$prefix-1"}},
	)
}

// contractOpen is F14: compact cards in the order of the lane, a page of one list.
func contractOpen(c *contract) {
	compact := object{"id": "$basil", "workspaceId": "$garden", "organisationKey": "$orgKey", "number": 1, "key": "$prefix-1", "listId": "$l1", "boardId": "$b1",
		"title": "Plant basil", "position": place(0), "createdAt": someTime, "updatedAt": someTime, "hasDescription": true, "labelIds": array{"$la1"},
		"assigneeIds": array{"$owner"}, "customFieldValues": array{object{"cardId": "$basil", "fieldId": "$hours", "updatedAt": someTime, "valueNumber": "12.5"}}}
	sage := with(without(compact, "hasDescription", "labelIds", "assigneeIds", "customFieldValues"),
		object{"id": "$sage", "number": 3, "key": "$prefix-3", "title": "Sage", "position": "0.0000000000"})
	detail := object{"board": with(boardShape, object{"id": "$b1"}), "workspaceClientId": "$org", "workspaceKind": "standard",
		"workspaceCardKeyPrefixes": array{"$prefix"}, "boardLinkingEnabled": true, "boardSyncAllowed": true, "hasMirrors": false, "lists": seededLists(),
		"separators": array{}, "customFields": seededFields(), "cardLabels": seededLabels(), "checklistTemplates": array{},
		"members": array{object{"userId": "$owner", "displayName": "Mara Lindqvist", "avatarUrl": nil, "lastOnlineAt": nil, "role": "editor", "assignedItemsOnly": false,
			"pinned": true, "source": anything, "clientId": "$org", "isOrganisationMember": true}, anything, anything},
		"viewerRole": "editor", "viewerSource": "workspace", "viewerCanAccessWorkspace": true, "viewerIsWorkspaceAdmin": false,
		"viewerAssignedItemsOnly": false, "customFieldValuesComplete": true}
	page := func(offset int, more bool, cards ...any) object {
		cards = append(array{}, cards...)
		return with(detail, object{"cards": cards, "cardPage": object{"offset": offset, "limit": 1, "hasMore": more}})
	}
	c.run(
		row{"F14", "garden", "POST /boards/$b1/open?listId=$l1&cardLimit=1", "", 200, page(0, true, sage)},
		row{"F14 second page", "garden", "POST /boards/$b1/open?listId=$l1&cardLimit=1&cardOffset=1", "", 200, page(1, true, compact)},
		row{"F14 behind the end", "garden", "POST /boards/$b1/open?listId=$l1&cardLimit=1&cardOffset=1000000", "", 200, page(1_000_000, false)},
		row{"F14 archived", "garden", "POST /boards/$b1/open?listId=$l1&cardLimit=1&archived=true", "", 200, page(0, false)},
		row{"F14 without list", "garden", "POST /boards/$b1/open", "", 400, failure("BAD_REQUEST")},
		row{"F14 without limit", "garden", "POST /boards/$b1/open?listId=$l1", "", 400, failure("BAD_REQUEST")},
		row{"F14 limit", "garden", "POST /boards/$b1/open?listId=$l1&cardLimit=101", "", 400, anything},
		row{"F14 metadata", "garden", "POST /boards/$b1/open?includeCards=false", "", 200, detail},
		row{"§9.2 metadata", "garden", "GET /boards/$b1?includeCards=false", "", 200, detail},
	)
}

// contractArchived is what archiving forbids, and moving and copying the rest.
func contractArchived(c *contract, basil object) {
	c.run(
		row{"§12.11", "garden", "POST /cards/$basil/duplicate", "", 201, numbered(5, object{"id": "=copy", "description": "south bed", "position": "1500.0000000000"})},
		row{"§12.11 elsewhere", "garden", "POST /cards/$basil/duplicate", `{"listId":"$l3"}`, 201, numbered(6, object{"description": "south bed", "listId": "$l3"})},
		row{"a board", "personal", "POST /workspaces/$garden/boards", `{"name":"Autumn"}`, 201, with(boardShape, object{"id": "=b2", "name": "Autumn", "position": place(1)})},
		row{"§12.10", "garden", "POST /cards/$copy/move-to-board", `{"boardId":"$b2"}`, 200,
			numbered(5, object{"id": "$copy", "description": "south bed", "boardId": "$b2", "position": "-1000.0000000000"})},
		row{"§12.10 same board", "garden", "POST /cards/$copy/move-to-board", `{"boardId":"$b2"}`, 400, failure("BAD_REQUEST")},
		row{"§12.8", "garden", "PATCH /cards/$basil/archive", `{"archived":true}`, 200, with(basil, object{"archivedAt": someTime})},
	)
	for request, body := range map[string]string{
		"PATCH /cards/$basil": `{"title":"x"}`, "PATCH /cards/$basil/completion": `{"completed":true}`, "POST /cards/$basil/move": `{"listId":"$l2","afterCardId":null}`,
		"POST /cards/$basil/move-to-board": `{"boardId":"$b2"}`, "POST /cards/$basil/duplicate": `{}`, "PUT /cards/$basil/labels": `{"labelIds":[]}`,
		"PUT /cards/$basil/assignees": `{"userIds":[]}`, "PUT /cards/$basil/custom-fields/$hours": `{"valueNumber":1}`, "DELETE /cards/$basil/custom-fields/$hours": "",
	} {
		c.run(row{"F21 archived", "garden", request, body, 400, failure(domain.CodeBadRequest)})
	}
	c.run(row{"§12.8 restore", "garden", "PATCH /cards/$basil/archive", `{"archived":false}`, 200, basil})
}
