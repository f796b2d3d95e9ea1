package rest

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestShape(t *testing.T) {
	t.Parallel()
	schema := realSchema(t)
	row := Route{"POST", "/cards/{id}", "op", 200, ""}
	card := func(selection string) string { return `query op($id: ID!) { card(id: $id) ` + selection + ` }` }
	rows := map[string]struct {
		text, data, want string
	}{
		"nothing to shape":       {card(`{ id title }`), `{"card":{"id":"1","title":"a\"}"}}`, `{"id":"1","title":"a\"}"}`},
		"white space":            {card(`{ id due: dueDate { slot } }`), "{ \"card\" : { \"id\" : \"1\" ,\n\"due\" : { \"slot\" : \"ANY_TIME\" } } }", `{"id":"1","due":{"slot":"anyTime"}}`},
		"body below":             {card(`{ board @body { id } }`), `{"card":{"board":{"id":"1"}}}`, `{"id":"1"}`},
		"body is a list":         {card(`{ labels @body { id color } }`), `{"card":{"labels":[{"id":"1","color":"RED"},{"id":"2","color":null}]}}`, `[{"id":"1","color":"red"},{"id":"2","color":null}]`},
		"empty list":             {card(`{ labels @body { id color } }`), `{"card":{"labels":[]}}`, `[]`},
		"null body":              {card(`{ dueDate @body { date slot } }`), `{"card":{"dueDate":null}}`, `null`},
		"spread":                 {card(`{ id dueDate @spread { day: date slot } key }`), `{"card":{"id":"1","dueDate":{"day":"2030-01-01","slot":"MORNING"},"key":"A-1"}}`, `{"id":"1","day":"2030-01-01","slot":"morning","key":"A-1"}`},
		"spread of null":         {card(`{ dueDate @spread { day: date slot x: __typename @constant(json: "7") } }`), `{"card":{"dueDate":null}}`, `{"day":null,"slot":null,"x":null}`},
		"spread in spread":       {card(`{ board @spread { workspace @spread { name } } }`), `{"card":{"board":{"workspace":{"name":"n"}}}}`, `{"name":"n"}`},
		"nest":                   {card(`{ ... @nest(as: "a") { id } ... @nest(as: "b") { title labels { color } } key }`), `{"card":{"id":"1","title":"t","labels":[{"color":"SKY"}],"key":"A-1"}}`, `{"a":{"id":"1"},"b":{"title":"t","labels":[{"color":"sky"}]},"key":"A-1"}`},
		"constant":               {card(`{ x: __typename @constant(json: "[]") id y: __typename @constant(json: "\"a\"") }`), `{"card":{"id":"1"}}`, `{"x":[],"id":"1","y":"a"}`},
		"echo":                   {card(`{ id given: __typename @echo(variable: "id") }`), `{"card":{"id":"1"}}`, `{"id":"1","given":"v"}`},
		"compact":                {card(`{ id ... @compact { description number hasDescription labelIds title dueDate @spread { date } } }`), `{"card":{"id":"","description":null,"number":0,"hasDescription":false,"labelIds":[],"title":"","dueDate":null}}`, `{"id":""}`},
		"compact keeps":          {card(`{ ... @compact { number labelIds dueDate @spread { date slot } } }`), `{"card":{"number":10,"labelIds":["0"],"dueDate":{"date":"d","slot":"ANY_TIME"}}}`, `{"number":10,"labelIds":["0"],"date":"d","slot":"anyTime"}`},
		"compact null only":      {card(`{ id ... @compact(when: NULL) { description number } }`), `{"card":{"id":"1","description":null,"number":0}}`, `{"id":"1","number":0}`},
		"compact field":          {card(`{ due: dueDate @compact(when: NULL) { date } id }`), `{"card":{"due":null,"id":"1"}}`, `{"id":"1"}`},
		"compact not inside":     {card(`{ ... @compact { labels { color } } }`), `{"card":{"labels":[{"color":null}]}}`, `{"labels":[{"color":null}]}`},
		"compact spread deep":    {card(`{ id ... @compact { board @spread { workspace @spread { icon } } } }`), `{"card":{"id":"1","board":{"workspace":{"icon":null}}}}`, `{"id":"1"}`},
		"narrow":                 {card(`{ customFieldValues @body { fieldId ... on TextFieldValue { text } ... on NumberFieldValue { decimal } cardId } }`), `{"card":{"customFieldValues":[{"fieldId":"1","text":"x","cardId":"c"},{"fieldId":"2","decimal":"1.5","cardId":"c"},{"fieldId":"3","cardId":"c"}]}}`, `[{"fieldId":"1","text":"x","decimal":null,"cardId":"c"},{"fieldId":"2","text":null,"decimal":"1.5","cardId":"c"},{"fieldId":"3","text":null,"decimal":null,"cardId":"c"}]`},
		"narrow compact":         {card(`{ customFieldValues @body { fieldId ... @compact(when: NULL) { ... on TextFieldValue { text } ... on CheckboxFieldValue { checked } } } }`), `{"card":{"customFieldValues":[{"fieldId":"1","checked":false},{"fieldId":"2","text":null}]}}`, `[{"fieldId":"1","checked":false},{"fieldId":"2"}]`},
		"braces inside of texts": {card(`{ labels { name color } title }`), `{"card":{"labels":[{"name":"}],\"{\\","color":"RED"}],"title":"\\"}}`, `{"labels":[{"name":"}],\"{\\","color":"red"}],"title":"\\"}`},
	}
	for name, r := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := planOf(t, schema, row, r.text)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.write([]byte(r.data), map[string]any{"id": "v"})
			if err != nil || string(got) != r.want {
				t.Errorf("got %s, %v\nwant %s", got, err, r.want)
			}
		})
	}
}

func TestShapeRefusesForeignAnswers(t *testing.T) {
	t.Parallel()
	p, err := planOf(t, realSchema(t), Route{"POST", "/cards/{id}", "op", 200, ""},
		`query op($id: ID!) { card(id: $id) { id dueDate @spread { slot } labels { color } } }`)
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{
		``, `null`, `{}`, `{"card"`, `{"card":`, `{"card":{`, `{"card":{"title":"x"}}`, `{"card":{"id":"1"}}`,
		`{"card":{"id":"1","dueDate":{"slot":"NEVER"},"labels":[]}}`, `{"card":{"id":"1","dueDate":{},"labels":[]}}`,
		`{"card":{"id":"1","dueDate":null,"labels":[{"color":"RED"`, `{"card":{"id":"1`, `{"card":{"id":["`, `{"card":[`,
		`{"card":{"id":,"dueDate":null,"labels":[]}}`,
	} {
		if body, err := p.write([]byte(data), nil); err == nil {
			t.Errorf("%s was written as %s", data, body)
		}
	}
}

func FuzzShapeNeverPanics(f *testing.F) {
	p, err := planOf(f, realSchema(f), Route{"POST", "/cards/{id}", "op", 200, ""},
		`query op($id: ID!) { card(id: $id) { id ... @compact { dueDate @spread { slot } } labels { color } ... @nest(as: "x") { title } } }`)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"card":{"id":"1","dueDate":{"slot":"MORNING"},"labels":[{"color":"RED"}],"title":"t"}}`))
	f.Add([]byte(`{"card":{"id":"1","dueDate":null,"labels":[null],"title":null}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		body, err := p.write(data, nil)
		if err == nil && json.Valid(data) && !json.Valid(body) {
			t.Errorf("%s became %s", data, body)
		}
	})
}

func FuzzSkip(f *testing.F) {
	for _, seed := range []string{`1`, `"a\\\""`, `{"a":[1,2,{"b":"]"}]}`, `[`, `"`, ` null `, `-1.5e3`, `}`, ``} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := reader{in: data}
		r.skip()
		if !json.Valid(data) {
			return
		}
		if rest := bytes.TrimSpace(data[r.at:]); r.err != nil || len(rest) > 0 {
			t.Errorf("%q: stopped before %q: %v", data, rest, r.err)
		}
	})
}
