package rest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

const golden = "testdata/openapi.json"

func TestOpenAPIGolden(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t, nil)
	got := api.OpenAPI("https://kanera.test/")
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the description differs from %s; look at the difference, then run go test ./rest -update", golden)
	}
}

// description is the OpenAPI document as a test reads it.
func description(t *testing.T, api *API) object {
	t.Helper()
	var out object
	if err := json.Unmarshal(api.OpenAPI("https://kanera.test"), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOpenAPIIsClosedAndDescribed(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t, nil)
	doc := description(t, api)
	used := map[string]bool{}
	walkJSON(doc, func(key string, value any) {
		if ref, ok := value.(string); ok && key == "$ref" {
			used[ref] = true
			if at(doc, ref) == nil {
				t.Errorf("%s points nowhere", ref)
			}
		}
	})
	for _, kind := range []string{"schemas", "responses", "parameters", "headers"} {
		for name, component := range at(doc, "#/components/"+kind).(object) {
			if !used["#/components/"+kind+"/"+name] {
				t.Errorf("component %s is unused", name)
			}
			if component.(object)["description"] == nil {
				t.Errorf("component %s has no description", name)
			}
		}
	}
	ids := map[any]bool{}
	for pattern, item := range doc["paths"].(object) {
		for method, operation := range item.(object) {
			op := operation.(object)
			if ids[op["operationId"]] {
				t.Errorf("operationId %s is used twice", op["operationId"])
			}
			ids[op["operationId"]] = true
			if op["description"] == "" || op["summary"] == "" || op["tags"].([]any)[0] == "" {
				t.Errorf("%s %s lacks description, summary or tag", method, pattern)
			}
			for _, p := range append([]any{}, anyList(op["parameters"])...) {
				if p.(object)["description"] == "" {
					t.Errorf("%s %s: parameter %s has no description", method, pattern, p.(object)["name"])
				}
			}
		}
	}
}

func anyList(value any) []any {
	list, _ := value.([]any)
	return list
}

// at follows a local reference.
func at(doc object, ref string) any {
	var value any = doc
	for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		members, ok := value.(object)
		if !ok {
			return nil
		}
		value = members[step]
	}
	return value
}

func walkJSON(value any, visit func(key string, value any)) {
	switch v := value.(type) {
	case object:
		for key, member := range v {
			visit(key, member)
			walkJSON(member, visit)
		}
	case []any:
		for _, element := range v {
			walkJSON(element, visit)
		}
	}
}

// TestOpenAPIHeaders are listed where requests may carry them and answers do.
func TestOpenAPIHeaders(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t, nil)
	doc := description(t, api)
	for name, row := range map[string]struct{ path, method, status, request, answer string }{
		"a change":  {"/cards/{id}", "patch", "200", "RequestId OrganisationId IdempotencyKey", "Idempotency-Replayed"},
		"a read":    {"/session", "get", "200", "RequestId OrganisationId", ""},
		"no key":    {"/health", "get", "200", "RequestId", ""},
		"too many":  {"/cards/{id}", "patch", "429", "RequestId OrganisationId IdempotencyKey", "Retry-After"},
		"a refusal": {"/cards/{id}", "patch", "409", "RequestId OrganisationId IdempotencyKey", "Idempotency-Replayed"},
	} {
		operation := doc["paths"].(object)[row.path].(object)[row.method].(object)
		var request []string
		for _, p := range anyList(operation["parameters"]) {
			if ref, ok := p.(object)["$ref"].(string); ok {
				request = append(request, strings.TrimPrefix(ref, "#/components/parameters/"))
			}
		}
		if got := strings.Join(request, " "); got != row.request {
			t.Errorf("%s: request headers %s, want %s", name, got, row.request)
		}
		answer := operation["responses"].(object)[row.status].(object)
		if ref, ok := answer["$ref"].(string); ok {
			answer = at(doc, ref).(object)
		}
		headers := answer["headers"].(object)
		for _, header := range []string{"Retry-After", "Idempotency-Replayed"} {
			if _, listed := headers[header]; listed != (header == row.answer) {
				t.Errorf("%s: %s is listed: %v", name, header, listed)
			}
		}
		for _, header := range []string{"X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit", "RateLimit-Policy"} {
			if headers[header] == nil {
				t.Errorf("%s: %s is missing", name, header)
			}
		}
	}
}
