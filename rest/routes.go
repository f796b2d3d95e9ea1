package rest

import "slices"

// Base is where the routes live.
const Base = "/api/v1"

// Route is one row of the table.
type Route struct {
	Method    string
	Pattern   string // below Base; {name} binds the variable of that name
	Operation string // name of the stored operation, which is also the operationId
	Status    int    // of success; 204 answers without a body
	When      string // `name=value` in the query string that chooses this row over the one without it
}

// The variables of the operation bind by convention: named in the pattern, they come from the path; for GET, or
// with @query, from the query string; else from the member of that name in the JSON body.
var routes = []Route{
	{"GET", "/health", "getPublicApiHealth", 200, ""},
	{"GET", "/session", "getSession", 200, ""},

	{"GET", "/workspaces", "listWorkspaces", 200, ""},
	{"POST", "/workspaces", "createWorkspace", 201, ""},
	{"GET", "/workspaces/{id}", "getWorkspace", 200, ""},
	{"PATCH", "/workspaces/{id}", "updateWorkspace", 200, ""},
	{"DELETE", "/workspaces/{id}", "deleteWorkspace", 204, ""},
	{"GET", "/workspaces/{id}/boards", "listWorkspaceBoards", 200, ""},
	{"GET", "/workspaces/{id}/members", "listWorkspaceMembers", 200, ""},
	{"GET", "/workspaces/{id}/events", "listWorkspaceEvents", 200, ""},

	{"POST", "/workspaces/{id}/boards", "createBoard", 201, ""},
	{"GET", "/boards", "listAccessibleBoards", 200, ""},
	{"GET", "/boards/{id}", "getBoardDetail", 200, "includeCards=false"},
	{"GET", "/boards/{id}", "getBoard", 200, ""},
	{"PATCH", "/boards/{id}", "updateBoard", 200, ""},
	{"DELETE", "/boards/{id}", "deleteBoard", 204, ""},
	{"PATCH", "/boards/{id}/background", "updateBoardBackground", 200, ""},
	{"POST", "/boards/{id}/move", "moveBoard", 200, ""},
	{"POST", "/boards/{id}/open", "getBoardDetail", 200, "includeCards=false"},
	{"POST", "/boards/{id}/open", "openBoard", 200, ""},
	{"GET", "/boards/{id}/transfer-targets", "listBoardTransferTargets", 200, ""},
	{"GET", "/boards/{id}/activity", "listBoardActivity", 200, ""},

	{"POST", "/workspaces/{wsId}/lists", "createList", 201, ""},
	{"PATCH", "/lists/{id}", "updateList", 200, ""},
	{"DELETE", "/lists/{id}", "archiveList", 204, ""},
	{"POST", "/lists/{id}/move", "moveList", 200, ""},
	{"POST", "/lists/{id}/cards/move", "moveListCards", 200, ""},
	{"PATCH", "/lists/{id}/cards/archive", "archiveListCards", 200, ""},
	{"POST", "/boards/{boardId}/lists/{id}/cards/completion", "setListCardCompletion", 200, ""},

	{"GET", "/organisations/{organisationKey}/cards/by-key/{key}", "resolveCardKey", 200, ""},
	{"GET", "/cards/{id}/detail", "getCardDetail", 200, ""},
	{"POST", "/boards/{boardId}/lists/{id}/cards", "createCard", 201, ""},
	{"PATCH", "/cards/{id}", "updateCard", 200, ""},
	{"PATCH", "/cards/{id}/completion", "setCardCompletion", 200, ""},
	{"POST", "/cards/{id}/move", "moveCard", 200, ""},
	{"POST", "/cards/{id}/move-to-board", "moveCardToBoard", 200, ""},
	{"POST", "/cards/{id}/duplicate", "duplicateCard", 201, ""},
	{"PATCH", "/cards/{id}/archive", "setCardArchived", 200, ""},
	{"PUT", "/cards/{id}/labels", "setCardLabels", 200, ""},
	{"PUT", "/cards/{id}/assignees", "setCardAssignees", 200, ""},
	{"PUT", "/cards/{id}/custom-fields/{fieldId}", "setCardCustomFieldValue", 200, ""},
	{"DELETE", "/cards/{id}/custom-fields/{fieldId}", "clearCardCustomFieldValue", 204, ""},

	{"POST", "/workspaces/{wsId}/custom-fields", "createCustomField", 201, ""},
	{"PATCH", "/custom-fields/{id}", "updateCustomField", 200, ""},
	{"DELETE", "/custom-fields/{id}", "archiveCustomField", 204, ""},
	{"POST", "/custom-fields/{id}/move", "moveCustomField", 200, ""},
	{"POST", "/custom-fields/{id}/options", "createCustomFieldOption", 201, ""},
	{"PATCH", "/options/{optionId}", "updateCustomFieldOption", 200, ""},
	{"DELETE", "/options/{optionId}", "archiveCustomFieldOption", 204, ""},
	{"POST", "/options/{optionId}/move", "moveCustomFieldOption", 200, ""},

	{"POST", "/workspaces/{wsId}/card-labels", "createCardLabel", 201, ""},
	{"PATCH", "/card-labels/{id}", "updateCardLabel", 200, ""},
	{"DELETE", "/card-labels/{id}", "deleteCardLabel", 204, ""},
	{"POST", "/card-labels/{id}/move", "moveCardLabel", 200, ""},

	{"GET", "/webhook-event-types", "listWebhookEventTypes", 200, ""},
	{"GET", "/workspaces/{id}/webhooks", "listWebhooks", 200, ""},
	{"POST", "/workspaces/{id}/webhooks", "createWebhook", 201, ""},
	{"PATCH", "/workspaces/{workspaceId}/webhooks/{endpointId}", "updateWebhook", 200, ""},
	{"DELETE", "/workspaces/{workspaceId}/webhooks/{endpointId}", "deleteWebhook", 204, ""},
	{"POST", "/workspaces/{workspaceId}/webhooks/{endpointId}/secret", "rotateWebhookSecret", 200, ""},
	{"GET", "/workspaces/{workspaceId}/webhooks/{endpointId}/deliveries", "listWebhookDeliveries", 200, ""},
	{"POST", "/workspaces/{workspaceId}/webhooks/{endpointId}/deliveries/{deliveryId}/retry", "retryWebhookDelivery", 200, ""},
}

// Routes returns the table, for tests that walk it.
func (a *API) Routes() []Route {
	return slices.Clone(routes)
}
