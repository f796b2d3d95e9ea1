package gateway_test

import "fmt"

var (
	workspaceShape = object{"id": someID, "clientId": "$org", "name": "Garden", "cardKeyPrefix": "GARDEN", "kind": "standard", "icon": "rocket",
		"accentColor": "teal", "completedCardsActiveDays": 35, "boardLinkingEnabled": true, "archivedAt": nil, "createdAt": someTime, "updatedAt": someTime}
	boardShape = object{"id": someID, "workspaceId": "$garden", "groupId": nil, "standaloneGroupId": nil, "name": "Spring", "description": nil,
		"icon": "layout-kanban", "iconColor": nil, "backgroundGradient": nil, "position": "1000.0000000000", "archivedAt": nil,
		"createdAt": someTime, "updatedAt": someTime}
	listShape = object{"id": someID, "workspaceId": "$garden", "name": "Wishlist", "icon": nil, "color": nil, "position": "1000.0000000000",
		"archivedAt": nil, "createdAt": someTime, "updatedAt": someTime}
	labelShape = object{"id": someID, "workspaceId": "$garden", "name": "Support", "color": "yellow", "position": "1000.0000000000",
		"archivedAt": nil, "createdAt": someTime, "updatedAt": someTime}
	fieldShape = object{"id": someID, "workspaceId": "$garden", "name": "Branch", "icon": "git-branch", "type": "text", "allowMultiple": false,
		"position": "1000.0000000000", "showOnCard": true, "archivedAt": nil, "createdAt": someTime, "updatedAt": someTime, "options": array{}}
	accessibleShape = object{"id": someID, "workspaceId": "$garden", "workspaceName": "Garden", "workspaceIcon": "rocket", "workspaceAccentColor": "teal",
		"workspaceKind": "standard", "clientId": "$org", "clientName": "Brightwater Studio", "name": "Spring", "icon": "layout-kanban", "iconColor": nil,
		"viewerRole": "editor", "assignedItemsOnly": false, "canAccessWorkspace": true, "navigationOrder": anything}
)

func place(i int) string { return fmt.Sprintf("%d.0000000000", (i+1)*1000) }

func seededLists() array {
	names := []string{"Wishlist", "Planning / Review", "Backlog", "Bugs / Issues / Feedback", "Awaiting Feedback", "In Progress", "Ready for QA", "Complete"}
	lists := make(array, len(names))
	for i, name := range names {
		lists[i] = with(listShape, object{"id": fmt.Sprintf("=l%d", i+1), "name": name, "position": place(i)})
	}
	return lists
}

func seededLabels() array {
	seeds := [][2]string{{"Support", "yellow"}, {"Reporting", "orange"}, {"Issue / Bug", "red"}, {"Chore", "purple"}, {"Feature / Enhancement", "blue"}}
	labels := make(array, len(seeds))
	for i, seed := range seeds {
		labels[i] = with(labelShape, object{"id": fmt.Sprintf("=la%d", i+1), "name": seed[0], "color": seed[1], "position": place(i)})
	}
	return labels
}

func seededFields() array {
	return array{with(fieldShape, object{"id": "=branch"}),
		with(fieldShape, object{"id": "=hours", "name": "Billing Hours", "icon": "clock-hour-4", "type": "number", "position": place(1)}),
		with(fieldShape, object{"id": "=month", "name": "Billing Month", "icon": "calendar-month", "position": place(2)})}
}

// garden makes the workspace of the fixtures and keeps the ids of what is in it.
func (c *contract) garden(prefix string) {
	c.t.Helper()
	c.run(
		row{"F11", "personal", "POST /workspaces", `{"name":"Garden","accentColor":"teal","cardKeyPrefix":"` + prefix + `","initialBoard":{"name":"Spring"}}`, 201,
			with(workspaceShape, object{"id": "=garden", "cardKeyPrefix": prefix, "initialBoard": with(boardShape, object{"id": "=b1", "workspaceId": someID})})},
		row{"F12", "personal", "GET /workspaces/$garden", "", 200, object{"workspace": with(workspaceShape, object{"id": "$garden", "cardKeyPrefix": prefix}),
			"role": "admin", "lists": seededLists(), "customFields": seededFields(), "cardLabels": seededLabels(), "checklistTemplates": array{},
			"automations": array{}, "automationExecutionsRemaining": nil}},
	)
	c.kept["prefix"] = prefix
	c.keys["garden"] = c.makeKey(c.kept["garden"], "write")
}

// contractWorkspaces is F9 to F13 and F15.
func contractWorkspaces(c *contract) {
	c.garden("PLOT")
	session := object{"userId": "$owner", "organisationId": "$org", "organisationName": "Brightwater Studio", "organisationLogoUrl": nil,
		"credentialKind": "workspace", "organisationScope": "workspace-pinned", "scope": "write", "workspaceId": "$ws", "webUrl": "http://app.test"}
	reachable := with(without(workspaceShape, "archivedAt"), object{"id": "$garden", "cardKeyPrefix": "PLOT", "role": "member"})
	admin := with(reachable, object{"role": "admin"})
	c.run(
		row{"F9", "write", "GET /session", "", 200, session},
		row{"F9 read", "read", "GET /session", "", 200, with(session, object{"scope": "read"})},
		row{"F9 personal", "personal", "GET /session", "", 200, with(session, object{"credentialKind": "personal",
			"organisationScope": "identity-wide", "workspaceId": nil})},
		row{"F10", "garden", "GET /workspaces?limit=2&offset=0", "", 200, array{reachable}},
		row{"F11 name only", "personal", "POST /workspaces", `{"name":"Ö 7 beds!","unknown":{"member":1}}`, 201,
			with(workspaceShape, object{"id": "=plain", "name": "Ö 7 beds!", "cardKeyPrefix": "O7BEDS", "accentColor": nil})},
		row{"F11 same name", "personal", "POST /workspaces", `{"name":"Ö 7 beds!"}`, 201,
			with(workspaceShape, object{"id": "=plain2", "name": "Ö 7 beds!", "cardKeyPrefix": "O7BEDS2", "accentColor": nil})},
		row{"F11 prefix in use", "personal", "POST /workspaces", `{"name":"x","cardKeyPrefix":"plot"}`, 409, failure("CONFLICT")},
		row{"§8 empty patch", "personal", "PATCH /workspaces/$plain", `{}`, 200, with(workspaceShape, object{"id": "$plain", "name": "Ö 7 beds!", "cardKeyPrefix": "O7BEDS", "accentColor": nil})},
		row{"§8 wrong confirmation", "personal", "DELETE /workspaces/$plain", `{"confirmationName":"Beds"}`, 400, failure("BAD_REQUEST")},
		row{"§8 delete", "personal", "DELETE /workspaces/$plain", `{"confirmationName":"Ö 7 beds!"}`, 204, nil},
		row{"§8 deleted", "personal", "GET /workspaces/$plain", "", 404, failure("NOT_FOUND")},
		row{"§8 delete the other", "personal", "DELETE /workspaces/$plain2", `{"confirmationName":"Ö 7 beds!"}`, 204, nil},
		row{"F13", "personal", "POST /workspaces/$garden/boards", `{"name":"Summer","iconColor":"lime"}`, 201,
			with(boardShape, object{"id": "=b2", "name": "Summer", "iconColor": "lime", "position": place(1)})},
		row{"F13 read back", "garden", "GET /boards/$b2", "", 200, with(boardShape, object{"id": "$b2", "name": "Summer", "iconColor": "lime", "position": place(1)})},
		row{"§9 background", "garden", "PATCH /boards/$b2/background", `{"backgroundGradient":"ocean"}`, 200,
			with(boardShape, object{"id": "$b2", "name": "Summer", "iconColor": "lime", "position": place(1), "backgroundGradient": "ocean"})},
		row{"§9 empty patch", "personal", "PATCH /boards/$b2", `{}`, 200,
			with(boardShape, object{"id": "$b2", "name": "Summer", "iconColor": "lime", "position": place(1), "backgroundGradient": "ocean"})},
		row{"F15", "garden", "GET /boards", "", 200, array{with(accessibleShape, object{"id": "$b1", "navigationOrder": 0}),
			with(accessibleShape, object{"id": "$b2", "name": "Summer", "iconColor": "lime", "navigationOrder": 1})}},
		row{"§9.6", "garden", "GET /boards/$b2/transfer-targets", "", 200, array{with(boardShape, object{"id": "$b1", "organisationId": "$org",
			"organisationName": "Brightwater Studio", "organisationExternal": anything, "workspaceName": "Garden", "workspaceIcon": "rocket", "workspaceAccentColor": "teal",
			"workspaceKind": "standard", "standaloneGroupTitle": nil})}},
		row{"§8 members", "garden", "GET /workspaces/$garden/members", "", 200, array{object{"workspaceId": "$garden", "userId": "$owner", "role": "admin", "addedAt": someTime,
			"email": "mara@brightwater.example", "displayName": "Mara Lindqvist", "avatarUrl": nil, "lastOnlineAt": nil, "orgRole": "owner"}}},
		row{"§8 patch", "personal", "PATCH /workspaces/$garden", `{"accentColor":null,"completedCardsActiveDays":0,"boardLinkingEnabled":false}`, 200,
			with(without(admin, "role"), object{"archivedAt": nil, "accentColor": nil, "completedCardsActiveDays": 0, "boardLinkingEnabled": false})},
		row{"§9 delete", "personal", "DELETE /boards/$b2", "", 204, nil},
		row{"§9 deleted", "personal", "GET /boards/$b2", "", 404, failure("NOT_FOUND")},
	)
}
