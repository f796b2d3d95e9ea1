package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"kanera.dev/domain"
)

const (
	id1 = "0190c0de-0000-7000-8000-000000000001"
	id2 = "0190c0de-0000-7000-8000-000000000002"
)

// call sends one request with a credential and returns the answer.
func call(api *API, method, target, contentType, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, Base+target, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r.WithContext(domain.WithPrincipal(r.Context(), &domain.Principal{})))
	return w
}

func refusal(errs ...*gqlerror.Error) *graphql.Response { return &graphql.Response{Errors: errs} }

func TestVariables(t *testing.T) {
	t.Parallel()
	type vars = map[string]any
	rows := map[string]struct {
		method, target, body, operation string
		want                            vars
	}{
		"path":              {"GET", "/cards/" + id1 + "/detail", "", "getCardDetail", vars{"id": id1}},
		"upper-case id":     {"GET", "/cards/" + strings.ToUpper(id1) + "/detail", "", "getCardDetail", vars{"id": strings.ToUpper(id1)}},
		"texts in path":     {"GET", "/organisations/0a1b/cards/by-key/garden-4", "", "resolveCardKey", vars{"organisationKey": "0a1b", "key": "garden-4"}},
		"no page":           {"GET", "/boards?x=1", "", "listAccessibleBoards", vars{"offset": int64(0)}},
		"page":              {"GET", "/workspaces?limit=101&offset=7", "", "listWorkspaces", vars{"limit": int64(101), "offset": int64(7)}},
		"clamped":           {"GET", "/boards/" + id1 + "/activity?limit=5000&cursor=abc", "", "listBoardActivity", vars{"id": id1, "limit": int64(200), "cursor": "abc"}},
		"default":           {"GET", "/boards/" + id1 + "/activity", "", "listBoardActivity", vars{"id": id1, "limit": int64(50)}},
		"open":              {"POST", "/boards/" + id1 + "/open?listId=" + id2 + "&cardLimit=1&archived=true", "", "openBoard", vars{"id": id1, "listId": id2, "cardLimit": int64(1), "cardOffset": int64(0), "archived": true, "includeCompleted": false}},
		"open without":      {"POST", "/boards/" + id1 + "/open?includeCards=false", "", "getBoardDetail", vars{"id": id1}},
		"board":             {"GET", "/boards/" + id1 + "?includeCards=true", "", "getBoard", vars{"id": id1}},
		"board detail":      {"GET", "/boards/" + id1 + "?includeCards=false", "", "getBoardDetail", vars{"id": id1}},
		"unknown dropped":   {"POST", "/workspaces", `{"name":"A","x":1,"lists":[{"name":"L","y":{}}],"automations":[1]}`, "createWorkspace", vars{"name": "A", "lists": []any{vars{"name": "L"}}}},
		"enumerations":      {"POST", "/workspaces", `{"name":"A","kind":"board","customFields":[{"name":"F","type":"select","options":[{"label":"O","color":"sky"}]}]}`, "createWorkspace", vars{"name": "A", "kind": "BOARD", "customFields": []any{vars{"name": "F", "type": "SELECT", "options": []any{vars{"label": "O", "color": "SKY"}}}}}},
		"absent and null":   {"PATCH", "/cards/" + id1, `{"description":null,"dueDateSlot":"endOfWorkDay"}`, "updateCard", vars{"id": id1, "description": nil, "dueDateSlot": "END_OF_WORK_DAY"}},
		"empty patch":       {"PATCH", "/lists/" + id1, `{}`, "updateList", vars{"id": id1}},
		"anchor null":       {"POST", "/lists/" + id1 + "/move", `{"afterListId":null}`, "moveList", vars{"id": id1, "afterListId": nil}},
		"typed anchor":      {"POST", "/cards/" + id1 + "/move", `{"listId":"` + id2 + `","afterItem":{"type":"separator","id":"` + id1 + `","z":0}}`, "moveCard", vars{"id": id1, "listId": id2, "afterItem": vars{"type": "SEPARATOR", "id": id1}}},
		"number as number":  {"PUT", "/cards/" + id1 + "/custom-fields/" + id2, `{"valueNumber":12.50}`, "setCardCustomFieldValue", vars{"id": id1, "fieldId": id2, "valueNumber": "12.5"}},
		"number as text":    {"PUT", "/cards/" + id1 + "/custom-fields/" + id2, `{"valueNumber":" 7 "}`, "setCardCustomFieldValue", vars{"id": id1, "fieldId": id2, "valueNumber": "7"}},
		"null background":   {"PATCH", "/boards/" + id1 + "/background", `{"backgroundGradient":null}`, "updateBoardBackground", vars{"id": id1, "backgroundGradient": nil}},
		"whole as fraction": {"PATCH", "/workspaces/" + id1, `{"completedCardsActiveDays":3.0}`, "updateWorkspace", vars{"id": id1, "completedCardsActiveDays": int64(3)}},
		"duplicate members": {"PUT", "/cards/" + id1 + "/labels", `{"labelIds":["x"],"labelIds":[]}`, "setCardLabels", vars{"id": id1, "labelIds": []any{}}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, executor := newAPI(t, refusal(gqlerror.Errorf("stop")))
			contentType := ""
			if row.body != "" {
				contentType = "application/json"
			}
			w := call(api, row.method, row.target, contentType, row.body)
			if executor.operation != row.operation || !reflect.DeepEqual(executor.variables, row.want) {
				t.Errorf("ran %s with %#v\nwant %s with %#v\n%s", executor.operation, executor.variables, row.operation, row.want, w.Body)
			}
		})
	}
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	const typeJSON = "application/json; charset=utf-8"
	card, board := "/cards/"+id1, "/boards/"+id1
	rows := map[string]struct {
		method, target, contentType, body string
		status                            int
		code, issue, path                 string
	}{
		"broken JSON":        {"PATCH", card, typeJSON, `{bad`, 400, "INVALID_JSON", "", ""},
		"two values":         {"PATCH", card, typeJSON, `{} {}`, 400, "INVALID_JSON", "", ""},
		"empty body":         {"DELETE", "/lists/" + id1, typeJSON, ``, 400, "EMPTY_BODY", "", ""},
		"blank body":         {"PATCH", card, typeJSON, ` `, 400, "INVALID_JSON", "", ""},
		"form":               {"PATCH", card, "application/x-www-form-urlencoded", `a=b`, 415, "UNSUPPORTED_MEDIA_TYPE", "", ""},
		"no content type":    {"PATCH", card, "", `{}`, 415, "UNSUPPORTED_MEDIA_TYPE", "", ""},
		"plain text":         {"PATCH", card, "text/plain", `{}`, 400, "VALIDATION", "invalid_type", `[]`},
		"too large":          {"PATCH", card, typeJSON, `{"title":"` + strings.Repeat("a", maxBody) + `"}`, 413, "BODY_TOO_LARGE", "", ""},
		"array":              {"PATCH", card, typeJSON, `[]`, 400, "VALIDATION", "invalid_type", `[]`},
		"null":               {"PATCH", card, typeJSON, `null`, 400, "VALIDATION", "invalid_type", `[]`},
		"no uuid in path":    {"PATCH", "/cards/7", typeJSON, `{}`, 400, "VALIDATION", "invalid_format", `[]`},
		"missing":            {"PATCH", card + "/completion", typeJSON, `{}`, 400, "VALIDATION", "invalid_type", `["completed"]`},
		"missing, no body":   {"PATCH", card + "/completion", "", ``, 400, "VALIDATION", "invalid_type", `["completed"]`},
		"missing nullable":   {"PATCH", board + "/background", typeJSON, `{}`, 400, "VALIDATION", "invalid_value", `["backgroundGradient"]`},
		"null member":        {"PATCH", card + "/completion", typeJSON, `{"completed":null}`, 400, "VALIDATION", "invalid_type", `["completed"]`},
		"text for boolean":   {"PATCH", card + "/completion", typeJSON, `{"completed":"true"}`, 400, "VALIDATION", "invalid_type", `["completed"]`},
		"number for text":    {"PATCH", card, typeJSON, `{"title":1}`, 400, "VALIDATION", "invalid_type", `["title"]`},
		"date form":          {"PATCH", card, typeJSON, `{"dueDateLocalDate":"2030-3-4"}`, 400, "VALIDATION", "invalid_format", `["dueDateLocalDate"]`},
		"no such day":        {"PATCH", card, typeJSON, `{"dueDateLocalDate":"2030-13-45"}`, 400, "VALIDATION", "invalid_format", `["dueDateLocalDate"]`},
		"enumeration":        {"PATCH", card, typeJSON, `{"dueDateSlot":"MORNING"}`, 400, "VALIDATION", "invalid_value", `["dueDateSlot"]`},
		"null name":          {"PATCH", "/lists/" + id1, typeJSON, `{"name":null}`, 400, "VALIDATION", "invalid_type", `["name"]`},
		"no list":            {"PUT", card + "/labels", typeJSON, `{"labelIds":"` + id1 + `"}`, 400, "VALIDATION", "invalid_type", `["labelIds"]`},
		"no uuid in list":    {"PUT", card + "/labels", typeJSON, `{"labelIds":["` + id1 + `","x"]}`, 400, "VALIDATION", "invalid_format", `["labelIds",1]`},
		"null in list":       {"PUT", card + "/labels", typeJSON, `{"labelIds":[null]}`, 400, "VALIDATION", "invalid_type", `["labelIds",0]`},
		"deep enumeration":   {"POST", "/workspaces", typeJSON, `{"name":"A","customFields":[{"name":"F","type":"select","options":[{"label":"O","color":"grey"}]}]}`, 400, "VALIDATION", "invalid_value", `["customFields",0,"options",0,"color"]`},
		"deep missing":       {"POST", "/workspaces", typeJSON, `{"name":"A","lists":[{}]}`, 400, "VALIDATION", "invalid_type", `["lists",0,"name"]`},
		"text for object":    {"POST", "/workspaces", typeJSON, `{"name":"A","initialBoard":"B"}`, 400, "VALIDATION", "invalid_type", `["initialBoard"]`},
		"no number":          {"PUT", card + "/custom-fields/" + id2, typeJSON, `{"valueNumber":"seven"}`, 400, "VALIDATION", "invalid_type", `["valueNumber"]`},
		"huge number":        {"PATCH", "/workspaces/" + id1, typeJSON, `{"completedCardsActiveDays":1e400}`, 400, "VALIDATION", "too_big", `["completedCardsActiveDays"]`},
		"fraction":           {"PATCH", "/workspaces/" + id1, typeJSON, `{"completedCardsActiveDays":1.5}`, 400, "VALIDATION", "invalid_type", `["completedCardsActiveDays"]`},
		"limit too small":    {"GET", "/boards?limit=0", "", "", 400, "VALIDATION", "too_small", `["limit"]`},
		"limit too big":      {"GET", "/boards?limit=102", "", "", 400, "VALIDATION", "too_big", `["limit"]`},
		"limit no number":    {"GET", "/boards?limit=ten", "", "", 400, "VALIDATION", "invalid_type", `["limit"]`},
		"offset negative":    {"GET", "/boards?offset=-1", "", "", 400, "VALIDATION", "too_small", `["offset"]`},
		"activity limit":     {"GET", board + "/activity?limit=ten", "", "", 400, "BAD_REQUEST", "", ""},
		"open without list":  {"POST", board + "/open", "", "", 400, "BAD_REQUEST", "", ""},
		"open without limit": {"POST", board + "/open?listId=" + id2, "", "", 400, "BAD_REQUEST", "", ""},
		"flag":               {"POST", board + "/open?listId=" + id2 + "&cardLimit=1&archived=maybe", "", "", 400, "VALIDATION", "invalid_type", `["archived"]`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, executor := newAPI(t, nil)
			w := call(api, row.method, row.target, row.contentType, row.body)
			checkError(t, w, row.status, row.code, row.issue, row.path)
			if executor.operation != "" {
				t.Errorf("%s ran", executor.operation)
			}
		})
	}
}

func checkError(t *testing.T, w *httptest.ResponseRecorder, status int, code, issue, path string) {
	t.Helper()
	var body struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Issues  []struct {
			Code string          `json:"code"`
			Path json.RawMessage `json:"path"`
		} `json:"issues"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%s: %v", w.Body, err)
	}
	if w.Code != status || body.Code != code || body.Message == "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %s %v, want %d %s", w.Code, w.Body, w.Header(), status, code)
	}
	switch {
	case issue == "" && len(body.Issues) > 0:
		t.Errorf("unexpected issues: %s", w.Body)
	case issue != "" && (len(body.Issues) != 1 || body.Issues[0].Code != issue || string(body.Issues[0].Path) != path):
		t.Errorf("got %s, want issue %s at %s", w.Body, issue, path)
	}
}

func TestFailuresOfTheExecutor(t *testing.T) {
	t.Parallel()
	issue := func(path ...any) []domain.Issue { return []domain.Issue{domain.TooSmall("string", 1, path...)} }
	coded := func(code any, issues []domain.Issue) *gqlerror.Error {
		return &gqlerror.Error{Message: "No.", Extensions: map[string]any{"code": code, "issues": issues}}
	}
	card := "/cards/" + id1
	rows := map[string]struct {
		method, target, body string
		failure              *gqlerror.Error
		status               int
		code, issue, path    string
	}{
		"unauthorized":   {"GET", card + "/detail", "", coded("UNAUTHORIZED", nil), 401, "UNAUTHORIZED", "", ""},
		"forbidden":      {"GET", card + "/detail", "", coded("FORBIDDEN", nil), 403, "FORBIDDEN", "", ""},
		"not found":      {"GET", card + "/detail", "", coded(domain.CodeNotFound, nil), 404, "NOT_FOUND", "", ""},
		"conflict":       {"PATCH", card, `{}`, coded("CONFLICT", nil), 409, "CONFLICT", "", ""},
		"bad request":    {"PATCH", card, `{}`, coded("BAD_REQUEST", nil), 400, "BAD_REQUEST", "", ""},
		"internal":       {"PATCH", card, `{}`, coded("INTERNAL", nil), 500, "INTERNAL", "", ""},
		"unknown code":   {"PATCH", card, `{}`, coded("GRAPHQL_VALIDATION_FAILED", nil), 500, "INTERNAL", "", ""},
		"no code":        {"PATCH", card, `{}`, gqlerror.Errorf("secret"), 500, "INTERNAL", "", ""},
		"member":         {"PATCH", card, `{}`, coded("VALIDATION", issue("input", "title")), 400, "VALIDATION", "too_small", `["title"]`},
		"renamed member": {"PATCH", card, `{}`, coded("VALIDATION", issue("input", "dueDate", "date")), 400, "VALIDATION", "too_small", `["dueDateLocalDate"]`},
		"whole input":    {"PATCH", card, `{}`, coded("VALIDATION", issue("input")), 400, "VALIDATION", "too_small", `[]`},
		"no path":        {"PATCH", card, `{}`, coded("VALIDATION", issue()), 400, "VALIDATION", "too_small", `[]`},
		"path parameter": {"PATCH", card, `{}`, coded("VALIDATION", issue("id")), 400, "VALIDATION", "too_small", `[]`},
		"half an object": {"PATCH", card, `{}`, coded("VALIDATION", issue("input", "dueDate")), 400, "VALIDATION", "too_small", `[]`},
		"deep member":    {"POST", "/workspaces", `{"name":"A"}`, coded("VALIDATION", issue("input", "lists", 0, "name")), 400, "VALIDATION", "too_small", `["lists",0,"name"]`},
		"unknown member": {"PATCH", card, `{}`, coded("VALIDATION", issue("elsewhere")), 400, "VALIDATION", "too_small", `["elsewhere"]`},
		"nested field":   {"GET", "/boards?limit=1", "", coded("VALIDATION", issue("boards", "page", "limit")), 400, "VALIDATION", "too_small", `["limit"]`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, _ := newAPI(t, refusal(row.failure))
			w := call(api, row.method, row.target, "application/json", row.body)
			checkError(t, w, row.status, row.code, row.issue, row.path)
			if strings.Contains(w.Body.String(), "secret") {
				t.Error("a cause was shown")
			}
		})
	}
}

func TestLegalValuesAreCamelCase(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t, refusal(&gqlerror.Error{Message: "No.", Extensions: map[string]any{"code": "VALIDATION",
		"issues": []domain.Issue{domain.WrongValue([]string{"ANY_TIME", "morning", "endOfWorkDay"}, "input", "dueDate", "slot")}}}))
	w := call(api, "PATCH", "/cards/"+id1, "application/json", `{}`)
	if want := `"values":["anyTime","morning","endOfWorkDay"]`; !strings.Contains(w.Body.String(), want) {
		t.Errorf("got %s, want %s", w.Body, want)
	}
}

func TestCredentialIsToldFirst(t *testing.T) {
	t.Parallel()
	api, executor := newAPI(t, &graphql.Response{Data: json.RawMessage(`{"health":{"ok":true,"service":"kanera"}}`)})
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPatch, Base+"/cards/7", strings.NewReader("{bad"))
	r.Header.Set("Content-Type", "application/json")
	api.ServeHTTP(w, r)
	checkError(t, w, 401, "UNAUTHORIZED", "", "")
	w = httptest.NewRecorder()
	api.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Base+"/health", http.NoBody))
	if w.Code != 200 || w.Body.String() != `{"ok":true,"service":"kanera"}` || executor.operation != "getPublicApiHealth" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestUnknownRoutes(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t, nil)
	for _, target := range []string{"GET /nope", "PUT /boards", "GET /boards/" + id1 + "/", "DELETE /session", "GET /"} {
		method, path, _ := strings.Cut(target, " ")
		w := call(api, method, path, "", "")
		var body map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		if w.Code != 404 || body["error"] != "Not Found" || body["statusCode"] != 404.0 || body["code"] != nil || w.Header().Get("Cache-Control") != "" {
			t.Errorf("%s: got %d %s", target, w.Code, w.Body)
		}
	}
}

func TestSuccess(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		method, target, body, data string
		status                     int
		want                       string
	}{
		"no body":       {"DELETE", "/lists/" + id1, "", `{"listDelete":{"deletedId":"x"}}`, 204, ""},
		"created":       {"POST", "/workspaces/" + id1 + "/card-labels", `{"name":"A"}`, `{"labelCreate":{"label":{"id":"1","workspaceId":"2","name":"A","color":"RED","position":"1","archivedAt":null,"createdAt":"c","updatedAt":"u"}}}`, 201, `{"id":"1","workspaceId":"2","name":"A","color":"red","position":"1","archivedAt":null,"createdAt":"c","updatedAt":"u"}`},
		"moved":         {"POST", "/lists/" + id1 + "/move", `{"afterListId":null}`, `{"listMove":{"list":{"id":"1","position":"0.0000000000"}}}`, 200, `{"id":"1","position":"0.0000000000"}`},
		"no first body": {"POST", "/cards/" + id1 + "/duplicate", ``, `{"cardDuplicate":{"card":null}}`, 201, `null`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, _ := newAPI(t, &graphql.Response{Data: json.RawMessage(row.data)})
			contentType := ""
			if row.body != "" {
				contentType = "application/json"
			}
			w := call(api, row.method, row.target, contentType, row.body)
			if w.Code != row.status || w.Body.String() != row.want {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, row.status, row.want)
			}
		})
	}
}

func TestForeignAnswerIsInternal(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t, &graphql.Response{Data: json.RawMessage(`{"viewer":{}}`)})
	checkError(t, call(api, "GET", "/session", "", ""), 500, "INTERNAL", "", "")
}

func TestWriteErrorHidesCauses(t *testing.T) {
	t.Parallel()
	for _, err := range []error{errors.New("secret"), errors.Join(domain.NotFound("Card"), errors.New("secret"))} {
		w := httptest.NewRecorder()
		WriteError(w, err)
		checkError(t, w, 500, "INTERNAL", "", "")
	}
}
