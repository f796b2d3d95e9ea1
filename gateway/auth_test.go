package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"kanera.dev/gateway/gatewaytest"
)

const unknownID = "0b8f7d38-6f3e-4a57-9d5c-1d3f0a2b4c5d"

func TestCredentials(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			g := gatewaytest.BothWays(t, backend)
			good, personal := "Bearer "+g.Facts.WorkspaceKey, "Bearer "+g.Facts.PersonalKey
			unknown := "Bearer kanera_dev_" + strings.Repeat("A", 43)
			for name, row := range map[string]struct {
				authorization, organisation string
				rest, graphQL               int // graphQL answers 200 to anonymous requests; their fields say UNAUTHORIZED
			}{
				"workspace key":                       {good, "", 200, 200},
				"personal key":                        {personal, "", 200, 200},
				"scheme in lower case":                {"bearer " + g.Facts.WorkspaceKey, "", 200, 200},
				"none":                                {"", "", 401, 200},
				"empty bearer":                        {"Bearer ", "", 401, 200},
				"another scheme":                      {"Basic dTpw", "", 401, 401},
				"key without a scheme":                {g.Facts.WorkspaceKey, "", 401, 401},
				"unknown key":                         {unknown, "", 401, 401},
				"no key at all":                       {"Bearer nonsense", "", 401, 401},
				"own organisation":                    {personal, g.Demo.Organisation.ID, 200, 200},
				"foreign organisation":                {personal, unknownID, 401, 401},
				"malformed organisation":              {personal, "42", 401, 401},
				"malformed organisation, workspace":   {good, "42", 401, 401},
				"foreign organisation, workspace key": {good, unknownID, 200, 200},
			} {
				header := http.Header{"Content-Type": {"application/json"}}
				if row.authorization != "" {
					header.Set("Authorization", row.authorization)
				}
				if row.organisation != "" {
					header.Set("X-Kanera-Organisation-Id", row.organisation)
				}
				answer := g.Send(http.MethodGet, "/api/v1/session", header, nil)
				if answer.Status != row.rest || row.rest == 401 && (answer.Code() != "UNAUTHORIZED" || answer.Header.Get("Cache-Control") != "no-store") {
					t.Errorf("%s: REST %d %s", name, answer.Status, answer.Body)
				}
				answer = g.Send(http.MethodPost, "/graphql", header, `{"query":"{ viewer { user { id } } }"}`)
				refused := strings.Contains(string(answer.Body), `"UNAUTHORIZED"`)
				if answer.Status != row.graphQL || refused != (row.rest == 401) {
					t.Errorf("%s: GraphQL %d %s", name, answer.Status, answer.Body)
				}
			}
		})
	}
}

func TestKeysInAddressesAreIgnored(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	for _, name := range []string{"access_token", "api_key", "token", "key"} {
		if answer := g.Do(http.MethodGet, "/api/v1/session?"+name+"="+g.Facts.WorkspaceKey, "", nil); answer.Status != 401 {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
		}
	}
}

func TestKnownWithoutPermission(t *testing.T) {
	t.Parallel()
	g := gatewaytest.New(t, gatewaytest.SQLite)
	other := g.Demo.Workspaces[1].ID
	for name, row := range map[string]struct {
		method, path string
		body         any
		status       int
		code         string
	}{
		"another workspace":            {"GET", "/api/v1/workspaces/" + other, nil, 403, "FORBIDDEN"},
		"a workspace nobody has":       {"GET", "/api/v1/workspaces/" + unknownID, nil, 404, "NOT_FOUND"},
		"organisation work":            {"POST", "/api/v1/workspaces", map[string]any{"name": "New"}, 403, "FORBIDDEN"},
		"change of another workspace":  {"PATCH", "/api/v1/workspaces/" + other, map[string]any{"name": "New"}, 403, "FORBIDDEN"},
		"a card nobody has":            {"GET", "/api/v1/cards/" + unknownID + "/detail", nil, 404, "NOT_FOUND"},
		"reading the workspace it has": {"GET", "/api/v1/workspaces/" + g.Facts.WorkspaceID, nil, 200, ""},
	} {
		answer := g.Do(row.method, row.path, g.Facts.WorkspaceKey, row.body)
		if answer.Status != row.status || answer.Code() != row.code {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
		}
	}
}
