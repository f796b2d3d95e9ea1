package gateway_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"kanera.dev/gateway/gatewaytest"
)

// badBodies sends what is no body to every operation that takes one.
func badBodies(b *badInput) {
	deep := strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001)
	for _, o := range b.operations() {
		if len(o.members) == 0 {
			continue
		}
		for _, body := range []string{`{bad`, `{"title":"x"} {}`, `null`, `[]`, `7`, `"x"`, "\x00", `{"x":` + deep + `}`, "{\"x\":\"\xff\xfe\"}", "\xef\xbb\xbf{}", `{"x":01}`, `{'x':1}`} {
			b.refused(o.method+" "+o.path+" "+body, b.Do(o.method, b.address(o), b.Facts.PersonalKey, body))
		}
		for _, kind := range []string{"text/html", "application/xml", "multipart/form-data; boundary=x", "application/jsonp", ";;"} {
			header := http.Header{"Authorization": {"Bearer " + b.Facts.PersonalKey}, "Content-Type": {kind}}
			b.refused(o.method+" "+o.path+" as "+kind, b.Send(o.method, b.address(o), header, `{}`))
		}
	}
	cards := b.filled("/api/v1/boards/$board/lists/$list/cards")
	b.refused("large", b.Do(http.MethodPost, cards, b.Facts.PersonalKey, `{"title":"`+strings.Repeat("a", 1<<20)+`"}`))
	b.refused("the last of two members counts", b.Do(http.MethodPost, cards, b.Facts.PersonalKey, `{"title":"good","title":""}`))
	b.refused("almost too deep", b.Do(http.MethodPost, cards, b.Facts.PersonalKey, `{"title":`+strings.Repeat(`{"a":`, 9_000)+"1"+strings.Repeat("}", 9_000)+`}`))
	b.refused("many members", b.Do(http.MethodPatch, b.filled("/api/v1/cards/$card"), b.Facts.PersonalKey, "{"+strings.Repeat(`"x":1,`, 100_000)+`"y":2}`))
}

// answersBadly checks that a GraphQL answer has errors with codes, none of them our fault.
func (b *badInput) answersBadly(what string, answer *gatewaytest.Response) {
	b.t.Helper()
	var got gatewaytest.Answer
	if answer.Status >= 500 || json.Unmarshal(answer.Body, &got) != nil || len(got.Errors) == 0 {
		b.t.Errorf("%.300s: %d %.300s", what, answer.Status, answer.Body)
		return
	}
	for _, e := range got.Errors {
		if e.Extensions.Code == "" || e.Extensions.Code == "INTERNAL" {
			b.t.Errorf("%.300s: %+v", what, e)
		}
	}
}

func (b *badInput) graphQL(query, variables string) *gatewaytest.Response {
	b.t.Helper()
	document, err := json.Marshal(query)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.Do(http.MethodPost, "/graphql", b.Facts.PersonalKey, fmt.Sprintf(`{"query":%s,"variables":%s}`, document, variables))
}

// badArguments sends every argument of every root field, and every member of every input, as what it is not.
func badArguments(b *badInput) {
	text, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		b.t.Fatal(err)
	}
	schema := gqlparser.MustLoadSchema(&ast.Source{Name: "schema", Input: string(text)})
	for kind, root := range map[string]*ast.Definition{"query": schema.Query, "mutation": schema.Mutation} {
		for _, field := range root.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			selection := "{ __typename }"
			if schema.Types[field.Type.Name()].IsLeafType() {
				selection = ""
			}
			for _, argument := range field.Arguments {
				declared, given, variables := "", "", map[string]string{}
				for _, a := range field.Arguments {
					declared += fmt.Sprintf("$%s: %s ", a.Name, a.Type)
					given += fmt.Sprintf("%s: $%s ", a.Name, a.Name)
					if a.Type.NonNull && a != argument {
						variables[a.Name] = b.good(schema, a.Type)
					}
				}
				document := fmt.Sprintf("%s(%s) { %s(%s) %s }", kind, declared, field.Name, given, selection)
				for _, value := range b.bad(schema, argument.Type, 0) {
					variables[argument.Name] = value
					b.answersBadly(document+" "+argument.Name+"="+value, b.graphQL(document, written(variables)))
				}
			}
		}
	}
}

func written(members map[string]string) string {
	parts := []string{}
	for name, value := range members {
		parts = append(parts, fmt.Sprintf("%q:%s", name, value))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// good is a value of a type.
func (b *badInput) good(schema *ast.Schema, typ *ast.Type) string {
	definition := schema.Types[typ.Name()]
	switch {
	case typ.Elem != nil:
		return "[]"
	case definition.Kind == ast.Enum:
		return `"` + definition.EnumValues[0].Name + `"`
	case definition.Kind == ast.InputObject:
		members := map[string]string{}
		for _, f := range definition.Fields {
			if f.Type.NonNull && f.DefaultValue == nil {
				members[f.Name] = b.good(schema, f.Type)
			}
		}
		return written(members)
	}
	return map[string]string{"ID": b.filled(`"$unknown"`), "String": `"x"`, "Int": "1", "Float": "1.5", "Boolean": "true", "Date": `"2030-03-04"`,
		"DateTime": `"2030-03-04T09:00:00Z"`, "DateOrDuration": `"P1D"`, "Decimal": `"1"`}[typ.Name()]
}

// wrongFor holds values that are none of a scalar.
var wrongFor = map[string][]string{
	"ID":      {`"42"`, `7`, `true`, `"\u0000"`, `[{}]`, `{}`},
	"String":  {`7`, `true`, `{}`, `"a\u0000b"`, `[{}]`},
	"Int":     {`"x"`, `1.5`, `99999999999`, `1e400`, `true`, `{}`},
	"Boolean": {`"true"`, `1`, `{}`},
	"Date":    {`"2030-02-30"`, `7`, `""`, `{}`}, "DateTime": {`"2030-02-30T00:00:00Z"`, `7`, `"now"`, `{}`},
	"DateOrDuration": {`"P"`, `7`, `"\u0000"`, `{}`}, "Decimal": {`"x"`, `"1e999"`, `true`, `{}`},
}

// bad lists values that are none of a type; those of inputs have one bad member each.
func (b *badInput) bad(schema *ast.Schema, typ *ast.Type, depth int) (values []string) {
	definition := schema.Types[typ.Name()]
	if typ.NonNull {
		values = append(values, "null")
	}
	switch {
	case typ.Elem != nil:
		for _, value := range b.bad(schema, typ.Elem, depth) {
			values = append(values, "["+value+"]")
		}
		return values
	case definition.Kind == ast.Enum:
		return append(values, `"NONSENSE"`, `"`+strings.ToLower(definition.EnumValues[0].Name)+`"`, `7`)
	case definition.Kind != ast.InputObject:
		return append(values, wrongFor[typ.Name()]...)
	case depth > 1:
		return append(values, `"x"`, `7`)
	}
	values = append(values, `"x"`, `7`, `{"nonsense":1}`)
	for _, field := range definition.Fields {
		for _, value := range b.bad(schema, field.Type, depth+1) {
			members := map[string]string{}
			for _, other := range definition.Fields {
				if other.Type.NonNull && other.DefaultValue == nil {
					members[other.Name] = b.good(schema, other.Type)
				}
			}
			members[field.Name] = value
			values = append(values, written(members))
		}
	}
	return values
}

// badRequests sends what is no GraphQL request.
func badRequests(b *badInput) {
	for _, body := range []string{``, `{bad`, `null`, `[]`, `7`, `{}`, `{"query":7}`, `{"query":""}`, `{"query":"{"}`, `{"query":"{ nonsense }"}`, "{\"query\":\"\xff\"}",
		`{"query":"{ viewer { webUrl } }","variables":[]}`, `{"query":"{ viewer { webUrl } }","variables":"x"}`, `{"query":"{ viewer { webUrl } }","operationName":"Other"}`,
		`{"query":"query A { viewer { webUrl } } query B { viewer { webUrl } }"}`, `{"query":"{ viewer { webUrl } }","operationName":7}`,
		`{"query":"{ card(id: \"42\") { id } }"}`, `{"query":"{ card(id: 42) { id } }"}`, `{"query":"{ card(key: \"\\u0000\") { id } }"}`, `{"query":"{ cards(first: 201) { totalCount } }"}`,
		`{"query":"{ cards(first: -1) { totalCount } }"}`, `{"query":"{ cards(first: 99999999999) { totalCount } }"}`, `{"query":"fragment A on Card { ...A } { card(key: \"X-1\") { ...A } }"}`,
		`{"query":"` + strings.Repeat("{a", 10_000) + strings.Repeat("}", 10_000) + `"}`, `{"query":"{ ` + strings.Repeat("(", 100_000) + `"}`, `{"query":"` + strings.Repeat("a", 1<<20) + `"}`,
		`{"query":"{ cards(filter: ` + strings.Repeat("{ not: ", 10_000) + "{}" + strings.Repeat("}", 10_000) + `) { totalCount } }"}`,
	} {
		b.answersBadly(body, b.Do(http.MethodPost, "/graphql", b.Facts.PersonalKey, body))
	}
	for _, query := range []string{"", "query=", "query={", "query={viewer{webUrl}}&variables={", "query={viewer{webUrl}}&extensions=7", "query=mutation{workspaceDelete(id:1,confirmationName:1){deletedId}}",
		"query={card(key:%22%00%22){id}}", "query=%ff", "query={card(key:%22%ff%22){id}}"} {
		b.answersBadly("GET "+query, b.Do(http.MethodGet, "/graphql?"+query, b.Facts.PersonalKey, nil))
	}
	header := http.Header{"Authorization": {"Bearer " + b.Facts.PersonalKey}, "Content-Type": {"text/plain"}}
	b.answersBadly("as text", b.Send(http.MethodPost, "/graphql", header, `{"query":"{ viewer { webUrl } }"}`))
	nested := strings.Repeat(`{"not":`, 9_000) + "{}" + strings.Repeat("}", 9_000)
	b.answersBadly("deep filter", b.graphQL("query($f: CardFilter) { cards(filter: $f) { totalCount } }", `{"f":`+nested+`}`))
}

// badTexts puts the one character that not every database keeps into every text of every body.
func badTexts(b *badInput) {
	for _, o := range b.operations() {
		for name, schema := range o.members {
			for _, kind := range typesOf(schema) {
				value := map[string]string{"string": `"a\u0000b"`, "array": `["a\u0000b"]`}[kind]
				if value != "" {
					body := b.body(o, name, value)
					b.refused(o.method+" "+o.path+" "+body, b.Do(o.method, b.address(o), b.Facts.PersonalKey, body))
				}
			}
		}
	}
}

// badCursors alters cursors that were given out, at both doors.
func badCursors(b *badInput) {
	const board = `query($id: ID!, $after: String) { board(id: $id) { activity(first: 1, after: $after) { pageInfo { endCursor } } } }`
	const cards = `query($after: String) { cards(first: 1, after: $after, orderBy: [{field: DUE_DATE, direction: ASC}, {field: TITLE, direction: ASC}]) { pageInfo { endCursor } } }`
	for _, document := range []string{board, cards} {
		first := b.graphQL(document, b.filled(`{"id":"$board"}`))
		_, cursor, ok := strings.Cut(string(first.Body), `"endCursor":"`)
		if cursor, _, _ = strings.Cut(cursor, `"`); !ok {
			b.t.Fatalf("no cursor: %s", first.Body)
		}
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		if err != nil {
			b.t.Fatal(err)
		}
		for i := range len(raw) / 2 {
			altered := []byte(string(raw))
			altered[2*i] = []byte{'"', '9', 0xff}[i%3]
			b.cursor(document, base64.RawURLEncoding.EncodeToString(altered))
		}
		for _, value := range []string{"9223372036854775807", "-9223372036854775808", "1e400", "", "\\u0000", "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"} {
			var made map[string]any
			if json.Unmarshal(raw, &made) != nil {
				b.t.Fatalf("cursor is no JSON: %s", raw)
			}
			for member, values := range made {
				if list, ok := values.([]any); ok {
					for i := range list {
						list[i] = value
					}
					made[member] = list
				}
			}
			again, _ := json.Marshal(made)
			b.cursor(document, base64.RawURLEncoding.EncodeToString([]byte(strings.ReplaceAll(string(again), `\\u0000`, `\u0000`))))
		}
		for _, text := range []string{"", "nonsense", "bnVsbA", "W10", "eyJ9", "%", cursor[:len(cursor)-2], cursor + "A", strings.Repeat("A", 2000)} {
			b.cursor(document, text)
		}
	}
}

// cursor sends a cursor that may be wrong: the answer is a page or a refusal, never a failure of ours.
func (b *badInput) cursor(document, cursor string) {
	b.t.Helper()
	after, _ := json.Marshal(cursor)
	for what, answer := range map[string]*gatewaytest.Response{
		"GraphQL": b.graphQL(document, b.filled(`{"id":"$board","after":`)+string(after)+"}"),
		"REST":    b.Do(http.MethodGet, b.filled("/api/v1/boards/$board/activity?cursor=")+url.QueryEscape(cursor), b.Facts.PersonalKey, nil),
	} {
		if answer.Status >= 500 || strings.Contains(string(answer.Body), `"INTERNAL"`) {
			raw, _ := base64.RawURLEncoding.DecodeString(cursor)
			b.t.Errorf("%s, cursor %s: %d %.200s", what, raw, answer.Status, answer.Body)
		}
	}
}

// extremes are legal questions at the edge: they may be refused or answered, but must not break anything.
func extremes(b *badInput) {
	ids := strings.Repeat(`"`+unknownID+`",`, 20_000) + `"` + unknownID + `"`
	for what, sent := range map[string][2]string{
		"many ids":     {"query($f: CardFilter) { cards(filter: $f) { totalCount } }", `{"f":{"id":{"in":[` + ids + `]}}}`},
		"long text":    {"query($f: CardFilter) { cards(filter: $f) { totalCount } }", `{"f":{"title":{"contains":"` + strings.Repeat("%_", 200_000) + `"}}}`},
		"wide filter":  {"query($f: CardFilter) { cards(filter: $f) { totalCount } }", `{"f":{"or":[` + strings.Repeat(`{"title":{"eq":"x"}},`, 5_000) + `{}]}}`},
		"lone half":    {"query($f: CardFilter) { cards(filter: $f) { totalCount } }", `{"f":{"title":{"contains":"\ud800"}}}`},
		"huge number":  {"query($f: CardFilter) { cards(filter: $f) { totalCount } }", `{"f":{"number":{"gt":2147483647}}}`},
		"long ago":     {"query($f: CardFilter) { cards(filter: $f) { totalCount } }", `{"f":{"createdAt":{"gt":"-P9999Y"}}}`},
		"far away":     {"query($f: CardFilter) { cards(filter: $f) { totalCount } }", `{"f":{"createdAt":{"lt":"P99999999Y"}}}`},
		"last instant": {"query($f: CardFilter) { cards(filter: $f) { totalCount } }", `{"f":{"createdAt":{"lt":"9999-12-31T23:59:59.999Z"}}}`},
		"many aliases": {"{" + strings.Repeat("viewer { webUrl } ", 500) + "}", `{}`},
	} {
		answer := b.graphQL(sent[0], sent[1])
		if answer.Status >= 500 || strings.Contains(string(answer.Body), `"INTERNAL"`) {
			b.t.Errorf("%s: %d %.300s", what, answer.Status, answer.Body)
		}
	}
	for _, path := range []string{"/boards?limit=1&offset=1000000", "/boards/$board/open?listId=$list&cardLimit=100&cardOffset=1000000", "/boards/$board/activity?limit=2147483647"} {
		method := http.MethodGet
		if strings.Contains(path, "/open") {
			method = http.MethodPost
		}
		if answer := b.Do(method, "/api/v1"+b.filled(path), b.Facts.PersonalKey, nil); answer.Status != 200 {
			b.t.Errorf("%s: %d %.300s", path, answer.Status, answer.Body)
		}
	}
}
