package gateway_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kanera.dev/domain"
	"kanera.dev/gateway"
	"kanera.dev/gateway/gatewaytest"
)

// The documented requests and answers of the REST door, replayed as rows: the members of every answer are exactly
// those of the contract, and their values are the documented ones.

type (
	object = map[string]any
	array  = []any
)

// Stand-ins for values of a form. Text such as "$basil" stands for what an earlier row kept, "=basil" keeps an id.
const (
	someID       = "<id>"
	someTime     = "<time>"
	someText     = "<text>"
	somePosition = "<position>"
	anything     = "<anything>"
)

var forms = map[string]*regexp.Regexp{
	someID:       regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`),
	someTime:     regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`),
	someText:     regexp.MustCompile(`.`),
	somePosition: regexp.MustCompile(`^-?\d+\.\d{10}$`),
}

// row is a request and its answer. A nil want expects no body at all.
type row struct {
	what, key, request, body string // request is "METHOD /path" below /api/v1; key is the name of a key
	status                   int
	want                     any
}

// contract replays rows against a gateway.
type contract struct {
	*gatewaytest.Gateway
	t    *testing.T
	keys map[string]string // by name; "" is no key
	kept map[string]string
}

func newContract(t *testing.T, g *gatewaytest.Gateway) *contract {
	t.Helper()
	c := &contract{Gateway: g, t: t, keys: map[string]string{"": "", "personal": g.Facts.PersonalKey, "admin": g.Facts.WorkspaceKey},
		kept: map[string]string{"ws": g.Facts.WorkspaceID, "board": g.Facts.BoardID, "list": g.Facts.ListID, "card": g.Facts.CardID,
			"org": g.Demo.Organisation.ID, "orgKey": g.Demo.Organisation.Key, "owner": g.Demo.Users[0].ID, "unknown": unknownID}}
	for _, scope := range []domain.Scope{domain.ScopeRead, domain.ScopeWrite} {
		c.keys[string(scope)] = c.makeKey(g.Facts.WorkspaceID, scope)
	}
	return c
}

// makeKey makes a workspace key of the owner.
func (c *contract) makeKey(workspaceID string, scope domain.Scope) string {
	c.t.Helper()
	store, err := gateway.OpenStore(c.t.Context(), c.Config)
	if err != nil {
		c.t.Fatal(err)
	}
	defer store.Close()
	service := &domain.Service{Store: store, Now: domain.SystemClock, NewID: domain.NewID}
	secret, _, err := service.KeyCreate(c.t.Context(), domain.KeyRequest{Kind: domain.WorkspaceKey, WorkspaceID: workspaceID,
		UserEmail: c.Demo.Users[0].Email, Name: "garden-bot", Scope: scope, Environment: "dev"})
	if err != nil {
		c.t.Fatal(err)
	}
	return secret
}

func (c *contract) run(rows ...row) {
	c.t.Helper()
	for _, r := range rows {
		c.t.Helper()
		c.replay(r)
	}
}

func (c *contract) replay(r row) *gatewaytest.Response {
	c.t.Helper()
	method, path, _ := strings.Cut(c.filled(r.request), " ")
	var body any
	if r.body != "" {
		body = c.filled(r.body)
	}
	answer := c.Do(method, "/api/v1"+path, c.keys[r.key], body)
	name := r.what + ": " + r.request + " " + r.body
	if answer.Status != r.status {
		c.t.Errorf("%s: status %d, want %d: %s", name, answer.Status, r.status, answer.Body)
		return answer
	}
	if answer.Status >= http.StatusBadRequest && answer.Header.Get("Cache-Control") != "no-store" {
		c.t.Errorf("%s: Cache-Control is %q", name, answer.Header.Get("Cache-Control"))
	}
	if r.want == nil {
		if len(answer.Body) > 0 {
			c.t.Errorf("%s: body %s, want none", name, answer.Body)
		}
		return answer
	}
	for _, wrong := range c.compare(r.want, answer) {
		c.t.Errorf("%s: %s", name, wrong)
	}
	return answer
}

// compare lists where an answer is not as wanted.
func (c *contract) compare(want any, answer *gatewaytest.Response) []string {
	c.t.Helper()
	raw, err := json.Marshal(want)
	if err != nil {
		c.t.Fatal(err)
	}
	var expected, got any
	if err := json.Unmarshal([]byte(c.filled(string(raw))), &expected); err != nil {
		c.t.Fatal(err)
	}
	answer.Decode(c.t, &got)
	return c.differences("", expected, got)
}

// filled replaces the names of what was kept.
func (c *contract) filled(text string) string {
	names := slices.SortedFunc(maps.Keys(c.kept), func(a, b string) int { return len(b) - len(a) })
	for _, name := range names {
		text = strings.ReplaceAll(text, "$"+name, c.kept[name])
	}
	return text
}

func (c *contract) differences(at string, want, got any) (all []string) {
	switch want := want.(type) {
	case object:
		members, ok := got.(object)
		if !ok {
			return []string{fmt.Sprintf("%s is %v, want an object", at, got)}
		}
		for name, value := range want {
			if member, there := members[name]; there {
				all = append(all, c.differences(at+"."+name, value, member)...)
			} else {
				all = append(all, at+"."+name+" is missing")
			}
		}
		for name := range members {
			if _, wanted := want[name]; !wanted {
				all = append(all, fmt.Sprintf("%s.%s = %v is one too many", at, name, members[name]))
			}
		}
		return all
	case array:
		elements, ok := got.(array)
		if !ok || len(elements) != len(want) {
			return []string{fmt.Sprintf("%s is %v, want %d elements", at, got, len(want))}
		}
		for i := range want {
			all = append(all, c.differences(fmt.Sprintf("%s[%d]", at, i), want[i], elements[i])...)
		}
		return all
	}
	if !c.fits(want, got) {
		return []string{fmt.Sprintf("%s is %#v, want %#v", at, got, want)}
	}
	return nil
}

func (c *contract) fits(want, got any) bool {
	form, isText := want.(string)
	text, gotText := got.(string)
	switch {
	case form == anything:
		return true
	case isText && forms[form] != nil:
		return gotText && forms[form].MatchString(text)
	case isText && strings.HasPrefix(form, "="):
		c.kept[form[1:]] = text
		return forms[someID].MatchString(text)
	}
	return want == got
}

// with returns an object with other members.
func with(base, members object) object {
	out := maps.Clone(base)
	maps.Copy(out, members)
	return out
}

// without returns an object with fewer members.
func without(base object, members ...string) object {
	out := maps.Clone(base)
	for _, member := range members {
		delete(out, member)
	}
	return out
}

// failure is an error answer.
func failure(code domain.Code) object { return object{"code": string(code), "message": someText} }

// invalid is a VALIDATION answer with one issue.
func invalid(path array, issue object) object {
	return object{"code": "VALIDATION", "message": someText, "issues": array{with(issue, object{"path": path, "message": someText})}}
}

// TestContract replays rows on each backend. The scripts share one gateway: each works in places of its own.
func TestContract(t *testing.T) {
	t.Parallel()
	for _, backend := range gatewaytest.Backends {
		t.Run(string(backend), func(t *testing.T) {
			t.Parallel()
			g := gatewaytest.BothWays(t, backend)
			for name, script := range scripts {
				t.Run(name, func(t *testing.T) {
					t.Helper()
					script(newContract(t, g))
				})
			}
		})
	}
}

var scripts = map[string]func(*contract){
	"errors": contractErrors, "workspaces and boards": contractWorkspaces, "lists": contractLists, "cards": contractCards,
	"fields": contractFields, "paging": contractPaging, "anchors": contractAnchors, "quickstart": contractQuickstart,
	"webhooks": contractWebhooks,
}
